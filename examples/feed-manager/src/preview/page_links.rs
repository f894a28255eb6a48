//! The feeds of a page: what its `link` elements name (HTML's living standard, section 4.6.7.1).

use super::source::{Source, web_uri};
use atom_fsm::Reader;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use serde::Serialize;
use std::borrow::Cow;
use std::cell::RefCell;
use url::Url;

/// How much of a page is read: 128 KiB, which is more than what comes before most bodies. The tokenizer's time
/// grows with the square of the number of attributes that one element has.
const READ_OCTETS: usize = 128 * 1024;
/// How many feeds of a page are given.
const MOST_CANDIDATES: usize = 20;
/// The media types of feeds, the best first. Only the first can be previewed; all can be managed.
const FEED_TYPES: [&str; 3] =
    ["application/atom+xml", "application/rss+xml", "application/feed+json"];

/// A feed that a page links to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    uri: String,
    title: String,
    #[serde(rename = "type")]
    media_type: &'static str,
}

impl Candidate {
    /// The absolute URI of the feed, which is http or https.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The title that the page gives it, as plain text; it may be empty.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The media type that the page gives it.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.media_type
    }
}

/// Finds the feeds of a page, those in Atom first. Only what stands before its `body` is looked at.
#[must_use]
pub fn find(page: &Source<'_>) -> Vec<Candidate> {
    let octets = page.octets.get(..READ_OCTETS).unwrap_or(page.octets);
    let text = Reader::new().repair().decode(octets, page.charset()).map_or_else(
        |_| String::from_utf8_lossy(octets),
        |decoded| Cow::Owned(decoded.as_str().to_owned()),
    );
    let links = Links { base: RefCell::new(Url::parse(page.uri).ok()), ..Links::default() };
    let tokenizer = Tokenizer::new(links, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    // The result is a script that waits, which is how the sink stops at the body.
    let _ = tokenizer.feed(&input);
    let mut found = tokenizer.sink.found.take();
    found.sort_by_key(|candidate| FEED_TYPES.iter().position(|&one| one == candidate.media_type));
    found
}

/// Gathers links from the tags of a page.
#[derive(Debug, Default)]
struct Links {
    base: RefCell<Option<Url>>,
    has_base: RefCell<bool>,
    found: RefCell<Vec<Candidate>>,
}

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "body" => return TokenSinkResult::Script(()),
            "base" => self.set_base(&tag),
            "link" => self.add(&tag),
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "noframes" => return TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

impl Links {
    /// Only the first `base` with an `href` counts.
    fn set_base(&self, tag: &Tag) {
        let Some(href) = attribute(tag, "href") else { return };
        if !self.has_base.replace(true) {
            let base = self.base.borrow().as_ref().and_then(|base| base.join(href).ok());
            if base.is_some() {
                self.base.replace(base);
            }
        }
    }

    fn add(&self, tag: &Tag) {
        let relation = attribute(tag, "rel").unwrap_or_default();
        let essence = attribute(tag, "type").and_then(|value| value.split(';').next());
        let essence = essence.unwrap_or_default().trim();
        let media_type = FEED_TYPES.into_iter().find(|one| one.eq_ignore_ascii_case(essence));
        let is_alternate =
            relation.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("alternate"));
        let (true, Some(media_type), Some(href)) =
            (is_alternate, media_type, attribute(tag, "href"))
        else {
            return;
        };
        let base = self.base.borrow();
        let uri = base.as_ref().and_then(|base| base.join(href.trim()).ok());
        let Some(uri) = uri.and_then(|uri| web_uri(uri.as_str())) else { return };
        let mut found = self.found.borrow_mut();
        if found.len() < MOST_CANDIDATES && found.iter().all(|one| one.uri != uri) {
            let title = attribute(tag, "title").unwrap_or_default().trim();
            found.push(Candidate { uri, title: title.chars().take(200).collect(), media_type });
        }
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|one| &*one.name.local == name).map(|one| &*one.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uris(page: &str) -> Vec<String> {
        let source =
            Source { uri: "http://example.org/a/", content_type: None, octets: page.as_bytes() };
        find(&source).into_iter().map(|candidate| candidate.uri).collect()
    }

    #[test]
    fn html_4_6_7_1_an_alternate_link_with_a_feeds_type_is_a_feed() {
        let atom = "type='application/atom+xml'";
        for (page, found) in [
            (format!("<link rel=alternate {atom} href=b>"), "http://example.org/a/b"),
            (format!("<LINK REL='x ALTERNATE' {atom} HREF=' /b '>"), "http://example.org/b"),
            (format!("<base href='//h/c/'><link rel=alternate {atom} href=b>"), "http://h/c/b"),
            (
                "<link rel=alternate type='APPLICATION/Atom+XML; type=feed' href=b>".into(),
                "http://example.org/a/b",
            ),
            (
                format!("<head><title><link></title><link rel=alternate {atom} href='?b&amp;c'>"),
                "http://example.org/a/?b&c",
            ),
            (format!("<link rel=stylesheet {atom} href=b>"), ""),
            ("<link rel=alternate type='text/html' href=b>".into(), ""),
            (format!("<link rel=alternate {atom}>"), ""),
            (format!("<link rel=alternate {atom} href='javascript:x'>"), ""),
            (format!("<link rel=alternate {atom} href='data:,x'>"), ""),
            (format!("<!-- <link rel=alternate {atom} href=b> -->"), ""),
            (format!("<script>'<link rel=alternate {atom} href=b>'</script>"), ""),
            (format!("<style><link rel=alternate {atom} href=b></style>"), ""),
            (format!("<body><link rel=alternate {atom} href=b>"), ""),
        ] {
            assert_eq!(uris(&page).join(" "), found, "{page}");
        }
    }

    #[test]
    fn feeds_in_atom_come_first_and_none_comes_twice() {
        let page = "<link rel=alternate type=application/rss+xml href=r>\
            <link rel=alternate type=application/atom+xml href=a title=' A &lt; B '>\
            <link rel=alternate type=application/atom+xml href='./a'>";
        assert_eq!(uris(page), ["http://example.org/a/a", "http://example.org/a/r"]);
        let source = Source { uri: "http://h/", content_type: None, octets: page.as_bytes() };
        assert_eq!(find(&source)[0].title(), "A < B");
    }

    #[test]
    fn a_page_of_many_links_or_attributes_is_bounded() {
        let many: String = (0..10_000)
            .map(|number| format!("<link rel=alternate type=application/atom+xml href={number}>"))
            .collect();
        assert_eq!(uris(&many).len(), MOST_CANDIDATES);
        let attributes: String = (0..100_000).map(|number| format!(" a{number}")).collect();
        assert!(uris(&format!("<link{attributes}>")).is_empty());
    }
}
