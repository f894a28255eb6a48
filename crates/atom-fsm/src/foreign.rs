//! Documents of other formats, by their root.

use crate::namespace;
use crate::xml::{MARK, after_doctype, doctype_end};
use memchr::memmem;
use std::fmt;
use std::ops::Range;

/// What a document is whose root is none of this crate's, as far as its beginning shows
/// ([`Error::foreign_root`](crate::Error::foreign_root)).
///
/// `Display` names it, with what to do about it where there is something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForeignRoot {
    /// An HTML page, in most cases one that links to a feed or says that there is none.
    Html,
    /// An RSS feed of a version.
    Rss(RssVersion),
    /// RDF that is not RSS.
    Rdf,
    /// OPML, a list of feeds.
    Opml,
    /// A JSON Feed.
    JsonFeed,
    /// Atom 0.3, the draft of 2003.
    Atom03,
    /// AtomPub in the namespace of its drafts, before RFC 5023.
    AtomPubDraft,
    /// Atom or AtomPub in a namespace that nearly is the right one, such as one with `https:` or
    /// with a slash at its end.
    NearNamespace,
    /// An element with the name of a root of Atom or AtomPub, in no namespace.
    NoNamespace,
}

/// A version of RSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RssVersion {
    /// RSS 0.90, which is RDF.
    V0_90,
    /// RSS 0.91.
    V0_91,
    /// RSS 0.92.
    V0_92,
    /// RSS 0.93.
    V0_93,
    /// RSS 0.94.
    V0_94,
    /// RSS 1.0, which is RDF.
    V1_0,
    /// RSS 2.0 and its revisions.
    V2_0,
    /// A version that is missing or unknown.
    Unknown,
}

impl RssVersion {
    fn of(text: &str) -> Self {
        match text.trim() {
            "0.90" => Self::V0_90,
            "0.91" => Self::V0_91,
            "0.92" => Self::V0_92,
            "0.93" => Self::V0_93,
            "0.94" => Self::V0_94,
            "1.0" => Self::V1_0,
            text if text == "2" || text.starts_with("2.0") => Self::V2_0,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for RssVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V0_90 => "0.90",
            Self::V0_91 => "0.91",
            Self::V0_92 => "0.92",
            Self::V0_93 => "0.93",
            Self::V0_94 => "0.94",
            Self::V1_0 => "1.0",
            Self::V2_0 => "2.0",
            Self::Unknown => "of an unknown version",
        })
    }
}

impl fmt::Display for ForeignRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "an HTML page, which may link to a feed",
            Self::Rss(version) => return write!(f, "an RSS feed, RSS {version}"),
            Self::Rdf => "an RDF document",
            Self::Opml => "an OPML document, which lists feeds",
            Self::JsonFeed => "a JSON Feed",
            Self::Atom03 => "an Atom 0.3 document, which has another namespace and other elements",
            Self::AtomPubDraft => "a document of a draft of AtomPub, which has another namespace",
            Self::NearNamespace => "in a namespace that nearly is the right one, but not it",
            Self::NoNamespace => "in no namespace; Reader::namespace can supply one",
        })
    }
}

impl ForeignRoot {
    /// Whether it is another format, whatever else is wrong with the document.
    pub(crate) fn is_other_format(self) -> bool {
        match self {
            Self::Html | Self::Rss(_) | Self::Rdf | Self::Opml | Self::JsonFeed => true,
            Self::Atom03 | Self::AtomPubDraft | Self::NearNamespace | Self::NoNamespace => false,
        }
    }
}

/// As much of a start tag as is looked at.
const MOST: usize = 8192;

/// Looks at the beginning of a document, which need not be well-formed, and returns what it is and
/// the octets of its root's start tag. `None` for a document of this crate, and for what is unknown.
pub(crate) fn sniff(text: &str) -> Option<(ForeignRoot, Range<usize>)> {
    let mut is_html = false;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let rest =
            rest.trim_start_matches(|found: char| found.is_ascii_whitespace() || found == MARK);
        at = text.len() - rest.len();
        let skipped = if rest.starts_with("<?") {
            memmem::find(rest.as_bytes(), b"?>").map(|end| end + 2)
        } else if rest.starts_with("<!--") {
            memmem::find(rest.as_bytes(), b"-->").map(|end| end + 3)
        } else if let Some(name) = after_doctype(rest) {
            let name = name.trim_start();
            is_html |= name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"));
            doctype_end(rest)
        } else {
            break;
        };
        match skipped {
            Some(skipped) => at += skipped,
            None => return is_html.then_some((ForeignRoot::Html, at..text.len())),
        }
    }
    let rest = &text[at..];
    if rest.starts_with('{') {
        let head = &rest.as_bytes()[..rest.len().min(MOST)];
        let is_feed = memmem::find(head, b"jsonfeed.org/version").is_some();
        return is_feed.then_some((ForeignRoot::JsonFeed, at..at + 1));
    }
    let end = rest.bytes().take(MOST).position(|octet| octet == b'>');
    let tag = &rest[..end.map_or(rest.len().min(at_boundary(rest, MOST)), |end| end + 1)];
    let found = tag.strip_prefix('<').and_then(of_tag);
    let found = found.or_else(|| is_html.then_some(ForeignRoot::Html));
    found.map(|found| (found, at..at + tag.len()))
}

fn at_boundary(text: &str, most: usize) -> usize {
    let mut at = most.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What the root is whose start tag, without its `<`, begins so.
fn of_tag(tag: &str) -> Option<ForeignRoot> {
    let end = tag.find(|found: char| found.is_ascii_whitespace() || matches!(found, '/' | '>'));
    let name = &tag[..end.unwrap_or(tag.len())];
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let declaration =
        if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    let namespace = attribute(tag, &declaration).unwrap_or_default();
    let is = |known: &str| local.eq_ignore_ascii_case(known);
    let is_root = ["feed", "entry", "service", "categories", "collection"].into_iter().any(is);
    if is("html") {
        Some(ForeignRoot::Html)
    } else if is("rss") {
        Some(ForeignRoot::Rss(RssVersion::of(attribute(tag, "version").unwrap_or_default())))
    } else if is("rdf") {
        let has = |namespace: &str| memmem::find(tag.as_bytes(), namespace.as_bytes()).is_some();
        Some(if has("http://purl.org/rss/1.0/") {
            ForeignRoot::Rss(RssVersion::V1_0)
        } else if has("netscape.com/rdf/simple/0.9/") {
            ForeignRoot::Rss(RssVersion::V0_90)
        } else {
            ForeignRoot::Rdf
        })
    } else if is("opml") {
        Some(ForeignRoot::Opml)
    } else if namespace.starts_with("http://purl.org/atom/ns#") {
        Some(ForeignRoot::Atom03)
    } else if namespace == "http://purl.org/atom/app#" {
        Some(ForeignRoot::AtomPubDraft)
    } else if [namespace::ATOM, namespace::APP].into_iter().any(|known| is_near(namespace, known)) {
        Some(ForeignRoot::NearNamespace)
    } else {
        (is_root && prefix.is_empty() && namespace.is_empty()).then_some(ForeignRoot::NoNamespace)
    }
}

/// The value of an attribute in a start tag, if it is written as usual.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut at = 0;
    loop {
        let found = at + memmem::find(tag.as_bytes().get(at..)?, name.as_bytes())?;
        at = found + name.len();
        let is_name = tag[..found].ends_with(|before: char| before.is_ascii_whitespace());
        let value = tag[at..].trim_start().strip_prefix('=').map(str::trim_start);
        let quote =
            value.and_then(|value| value.chars().next()).filter(|it| matches!(it, '"' | '\''));
        if let (true, Some(value), Some(quote)) = (is_name, value, quote) {
            return value[1..].split(quote).next();
        }
    }
}

/// Whether a namespace differs from a known one only in its scheme, its case, a `www.`, white space,
/// or a slash or number sign at its end.
fn is_near(namespace: &str, known: &str) -> bool {
    let plain = |namespace: &str| {
        let lower = namespace.trim().to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        let rest = rest.unwrap_or(&lower);
        rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches(['/', '#']).to_owned()
    };
    namespace != known && plain(namespace) == plain(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_another_or_without_quotes_is_no_attribute() {
        assert_eq!(attribute("a xxmlns='b' xmlns='c'", "xmlns"), Some("c"));
        assert_eq!(attribute("a xmlns:d='b' xmlns = \"c\"", "xmlns"), Some("c"));
        assert_eq!(attribute("a xmlns=c", "xmlns"), None);
    }
}
