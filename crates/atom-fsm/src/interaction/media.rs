//! The media types of the documents (RFC 5023 sections 12 and 16, draft-wilde-fsm-00 section 4).

use crate::app::media_range;
use crate::error::Error;
use crate::rule::Rule;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The media type of an entry.
pub const ENTRY: &str = "application/atom+xml;type=entry";
/// The media type of a feed.
pub const FEED: &str = "application/atom+xml;type=feed";
/// The media type of a service document.
pub const SERVICE: &str = "application/atomsvc+xml";

/// The media type of a collection as a document, for which none is registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CollectionType {
    /// `application/atom+xml;type=entry`, as in the draft's examples, although a collection is not
    /// an entry. This is the default.
    #[default]
    Entry,
    /// `application/xml`.
    Xml,
}

impl CollectionType {
    /// The media type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => ENTRY,
            Self::Xml => "application/xml",
        }
    }
}

/// The kind of document that a body must contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    Feed,
    Service,
    Collection,
}

impl Kind {
    fn takes(self, media_type: &str) -> bool {
        let is = |range: &str| media_range::matches(range, media_type);
        let is_atom = |kind: &str| {
            let of_kind = format!("application/atom+xml;type={kind}");
            is(&of_kind) || is("application/atom+xml") && !media_type.contains("type=")
        };
        match self {
            Self::Entry => is_atom("entry"),
            Self::Feed => is_atom("feed"),
            Self::Service => is(SERVICE),
            Self::Collection => is_atom("entry") || is(SERVICE) || is("application/xml"),
        }
    }

    /// Checks that the Content-Type of a message fits the kind.
    pub(super) fn check(self, headers: &HeaderMap) -> Result<(), Error> {
        let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let value = value.unwrap_or_default();
        if self.takes(value) { Ok(()) } else { Err(Error::head(Rule::MediaType, value)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5023_12_media_types_are_compared_as_such() {
        for (kind, media_type, expected) in [
            (Kind::Entry, "application/atom+xml;type=entry", true),
            (Kind::Entry, "application/atom+xml; type=\"ENTRY\"", true),
            (Kind::Entry, "application/atom+xml", true),
            (Kind::Entry, "application/atom+xml; charset=utf-8", true),
            (Kind::Entry, "application/atom+xml;type=feed", false),
            (Kind::Entry, "text/html", false),
            (Kind::Feed, "application/atom+xml;type=feed", true),
            (Kind::Feed, "application/atom+xml", true),
            (Kind::Feed, "application/atom+xml;type=entry", false),
            (Kind::Service, "application/atomsvc+xml; charset=utf-8", true),
            (Kind::Service, "application/xml", false),
            (Kind::Collection, "application/atom+xml;type=entry", true),
            (Kind::Collection, "application/atomsvc+xml", true),
            (Kind::Collection, "application/xml", true),
            (Kind::Collection, "application/json", false),
            (Kind::Collection, "", false),
        ] {
            assert_eq!(kind.takes(media_type), expected, "{kind:?} {media_type}");
        }
    }
}
