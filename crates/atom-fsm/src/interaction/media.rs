//! The media types of the documents (RFC 5023 sections 12 and 16, draft-wilde-fsm-00 section 4).

use crate::app::media_range;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The media type of an entry.
pub const ENTRY: &str = "application/atom+xml;type=entry";
/// The media type of a feed.
pub const FEED: &str = "application/atom+xml;type=feed";
/// The media type of a service document.
pub const SERVICE: &str = "application/atomsvc+xml";
/// The media type of a category document.
pub const CATEGORIES: &str = "application/atomcat+xml";

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

/// The kind of document that a body contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Entry,
    Feed,
    Service,
    Categories,
    Collection,
}

impl Kind {
    /// Whether a media type says that a document may be of this kind. `application/atom+xml` without
    /// the parameter `type` may be an entry or a feed (RFC 5023 section 12.1).
    pub(super) fn takes(self, media_type: &str) -> bool {
        let is = |range: &str| media_range::matches(range, media_type);
        let is_atom = |kind: &str| {
            let type_ = media_range::parameter(media_type, "type");
            is("application/atom+xml") && type_.is_none_or(|it| it.eq_ignore_ascii_case(kind))
        };
        match self {
            Self::Entry => is_atom("entry"),
            Self::Feed => is_atom("feed"),
            Self::Service => is(SERVICE),
            Self::Categories => is(CATEGORIES),
            Self::Collection => is_atom("entry") || is(SERVICE) || is("application/xml"),
        }
    }
}

/// The Content-Type of a message, if it is text.
pub(super) fn of(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

/// Whether a message says that it contains a problem document, or at least JSON.
pub(super) fn is_problem(headers: &HeaderMap) -> bool {
    let is_json = |media_type: &str| {
        ["application/problem+json", "application/json"]
            .into_iter()
            .any(|json| media_range::matches(json, media_type))
    };
    of(headers).is_some_and(is_json)
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
            (Kind::Entry, "application/atom+xml; subtype=feed", true),
            (Kind::Entry, "application/atom+xml;type=feed", false),
            (Kind::Entry, "text/html", false),
            (Kind::Feed, "application/atom+xml;type=feed", true),
            (Kind::Feed, "application/atom+xml", true),
            (Kind::Feed, "application/atom+xml;type=entry", false),
            (Kind::Service, "application/atomsvc+xml; charset=utf-8", true),
            (Kind::Service, "application/xml", false),
            (Kind::Categories, "application/atomcat+xml", true),
            (Kind::Collection, "application/atom+xml;type=entry", true),
            (Kind::Collection, "application/atomsvc+xml", true),
            (Kind::Collection, "application/xml", true),
            (Kind::Collection, "application/json", false),
            (Kind::Collection, "", false),
        ] {
            assert_eq!(kind.takes(media_type), expected, "{kind:?} {media_type}");
        }
    }

    /// What stands in quotes is one value, whatever is in it.
    #[test]
    fn rfc9110_5_6_4_a_semicolon_in_quotes_separates_nothing() {
        for (media_type, expected) in [
            ("application/atom+xml; title=\"a; type=feed\"; type=entry", true),
            ("application/atom+xml; title=\"\\\"; type=feed; \"; type=entry", true),
            ("application/atom+xml; title=\"a; type=entry\"; type=feed", false),
            ("application/atom+xml; title=\"a; type=feed\"", true),
            ("application/atom+xml; type=\"e\\ntry\"", true),
        ] {
            assert_eq!(Kind::Entry.takes(media_type), expected, "{media_type}");
        }
    }

    #[test]
    fn rfc9110_8_3_1_a_parameter_may_have_quotes_and_spaces_around_it() {
        let media_type = "a/b; Charset = \"utf-16\" ;type=entry";
        let parameter = |name| media_range::parameter(media_type, name);
        assert_eq!(parameter("charset").as_deref(), Some("utf-16"));
        assert_eq!(parameter("type").as_deref(), Some("entry"));
        assert_eq!(parameter("b"), None);
    }
}
