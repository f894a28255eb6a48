//! HTML of bounded depth, properly nested, as it goes to the sanitiser.
//!
//! A parser of HTML mends what is nested wrongly, and its time and its result may grow with the square of
//! the input: an element that is open costs time for each that follows, and `<b>` that is not closed is
//! opened again in each paragraph. Here each element is closed within its parent and the depth is bounded,
//! so that the parser has nothing to mend.

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// How many elements are open at once at most. Of an element that is deeper, the content is kept.
const MOST_OPEN: usize = 48;

/// The elements that are kept: those that format text. The content of others is kept without them.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "caption",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// Those of them that have no content.
const VOID: &[&str] = &["br", "hr", "img", "wbr"];

/// Those that a next one ends, where it is not closed.
const ENDED_BY_NEXT: &[&str] = &["dd", "dt", "li", "p", "td", "th", "tr"];

/// The attributes that the sanitiser may keep.
const ATTRIBUTES: &[&str] =
    &["alt", "cite", "colspan", "datetime", "dir", "href", "lang", "rowspan", "start", "title"];

/// Writes HTML with the elements that format text, properly nested.
pub(super) fn nest(html: &str) -> String {
    let tokenizer = Tokenizer::new(Nesting::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // The sink gives the tokenizer no scripts to wait for.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut written = tokenizer.sink.0.take();
    written.close_down_to(0);
    written.out
}

/// The tokenizer gives its tokens to a sink that is shared.
#[derive(Debug, Default)]
struct Nesting(RefCell<Written>);

impl TokenSink for Nesting {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut written = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if !written.is_skipping => escape(&text, &mut written.out),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return written.start(&tag),
            Token::TagToken(tag) => written.end(&tag),
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

#[derive(Debug, Default)]
struct Written {
    out: String,
    open: Vec<LocalName>,
    /// Whether what comes is the text of an element that is left out whole.
    is_skipping: bool,
}

impl Written {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let raw = match name {
            "script" => Some(RawKind::ScriptData),
            "iframe" | "noembed" | "noframes" | "noscript" | "style" | "xmp" => {
                Some(RawKind::Rawtext)
            }
            "textarea" | "title" => Some(RawKind::Rcdata),
            _ => None,
        };
        if let Some(raw) = raw {
            self.is_skipping = true;
            return TokenSinkResult::RawData(raw);
        }
        if VOID.contains(&name) {
            self.write_start(tag);
        } else if KEPT.contains(&name) {
            if ENDED_BY_NEXT.contains(&name) && self.open.last() == Some(&tag.name) {
                self.close_down_to(self.open.len() - 1);
            }
            if self.open.len() < MOST_OPEN {
                self.write_start(tag);
                self.open.push(tag.name.clone());
            }
        }
        TokenSinkResult::Continue
    }

    /// Closes an element with all that is open in it. An end tag of none that is open is left out.
    fn end(&mut self, tag: &Tag) {
        // In the text of an element that is left out, the only end tag is its own.
        if std::mem::take(&mut self.is_skipping) {
            return;
        }
        if let Some(depth) = self.open.iter().rposition(|name| *name == tag.name) {
            self.close_down_to(depth);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        for name in self.open.drain(depth..).rev() {
            self.out.extend(["</", &name, ">"]);
        }
    }

    fn write_start(&mut self, tag: &Tag) {
        self.out.extend(["<", &tag.name]);
        for one in tag.attrs.iter().filter(|one| ATTRIBUTES.contains(&&*one.name.local)) {
            self.out.extend([" ", &one.name.local, "=\""]);
            escape(&one.value, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_element_is_closed_within_its_parent() {
        for (html, nested) in [
            ("a &lt; b & c", "a &lt; b &amp; c"),
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
            ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
            ("</div>a<br/>b</p>", "a<br>b"),
            ("<A HREF='x\"y' onclick=z>a", "<a href=\"x&quot;y\">a</a>"),
            ("<svg><b>a</b></svg><custom>b</custom>", "<b>a</b>b"),
            ("<script>'<b>'</script>a<style><b></style>b<title><b></title>c", "abc"),
            ("a<!-- <b> -->b<?c?>", "ab"),
        ] {
            assert_eq!(nest(html), nested, "{html}");
        }
    }

    #[test]
    fn the_content_of_what_is_too_deep_is_kept() {
        let nested = nest(&format!("{}a{}b", "<div>".repeat(1000), "</div>".repeat(1000)));
        assert_eq!(nested.matches("<div>").count(), MOST_OPEN);
        assert_eq!(nested.matches("</div>").count(), MOST_OPEN);
        assert!(nested.ends_with("</div>b"), "{nested}");
    }
}
