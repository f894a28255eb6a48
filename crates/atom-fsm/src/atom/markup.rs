//! Texts as HTML and as plain text.

use crate::namespace;
use crate::xml::{Element, Node, html_entity};
use std::borrow::Cow;

/// The elements of HTML that have no end tag (the HTML standard, section 13.1.2).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// The elements that begin a line of their own.
const BLOCKS: [&str; 35] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// The elements whose text is not shown.
const HIDDEN: [&str; 6] = ["head", "noscript", "script", "style", "template", "title"];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Appends nodes as HTML: no namespaces are declared, only elements of HTML that have no end tag lack
/// it, and instructions, which HTML has not, are left out.
pub(super) fn to_html(nodes: &[Node<'_>], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Comment(text) => {
                out.push_str("<!--");
                // An HTML comment may not begin so.
                out.push_str(text.trim_start_matches(['>', '-']));
                out.push_str("-->");
            }
            Node::Instruction(..) => {}
            Node::Element(element) => {
                let local = element.name().local();
                out.push('<');
                out.push_str(local);
                for attribute in element.attributes() {
                    let name = attribute.name();
                    let prefix = match name.namespace() {
                        "" => "",
                        namespace::XML => "xml:",
                        "http://www.w3.org/1999/xlink" => "xlink:",
                        // HTML has no other namespaces for attributes.
                        _ => continue,
                    };
                    out.push(' ');
                    out.push_str(prefix);
                    out.push_str(name.local());
                    out.push_str("=\"");
                    escape(attribute.value(), out);
                    out.push('"');
                }
                out.push('>');
                let is_xhtml = namespace::same(element.name().namespace(), namespace::XHTML);
                if is_xhtml && is_one_of(local, &VOID) {
                    continue;
                }
                to_html(element.nodes(), out);
                out.push_str("</");
                out.push_str(local);
                out.push('>');
            }
        }
    }
}

/// Appends text as HTML.
pub(super) fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// The text of nodes: white space is joined as a browser does, and blocks are on lines of their own.
pub(super) fn plain_of_nodes(nodes: &[Node<'_>]) -> String {
    let mut plain = Plain::default();
    plain.nodes(nodes);
    plain.finish()
}

/// The text of HTML. It is not a parser of HTML, and takes linear time; what it returns is text, which
/// a page must escape again.
pub(super) fn plain_of_html(markup: &str) -> String {
    let mut plain = Plain::default();
    let mut rest = markup;
    // Where an element whose text is not shown has no end tag, none behind it has one.
    let mut is_open = true;
    while let Some(at) = rest.find(['<', '&']) {
        plain.text(&rest[..at]);
        rest = &rest[at..];
        let Some(inside) = rest.strip_prefix('<') else {
            let (character, length) = reference(rest);
            plain.text(&character);
            rest = &rest[length..];
            continue;
        };
        let is_end = inside.starts_with('/');
        let named = inside.strip_prefix('/').unwrap_or(inside);
        let end = named.find(|found: char| !found.is_ascii_alphanumeric()).unwrap_or(named.len());
        let name = &named[..end];
        if inside.starts_with("!--") {
            let end = inside.get(3..).and_then(|text| text.find("-->"));
            rest = end.map_or("", |end| &inside[3 + end + 3..]);
        } else if inside.starts_with(['!', '?']) || is_end && name.is_empty() {
            rest = inside.find('>').map_or("", |end| &inside[end + 1..]);
        } else if !name.starts_with(|found: char| found.is_ascii_alphabetic()) {
            plain.text("<");
            rest = inside;
        } else {
            rest = after_tag(&named[end..]);
            if is_one_of(name, &BLOCKS) {
                plain.end_line();
            }
            if !is_end && is_open && is_one_of(name, &HIDDEN) {
                match end_of(rest, name) {
                    Some(end) => rest = &rest[end..],
                    None => is_open = false,
                }
            }
        }
    }
    plain.text(rest);
    plain.finish()
}

/// What is behind the `>` of a tag; quoted values may contain it.
fn after_tag(text: &str) -> &str {
    let mut quote = None;
    for (at, octet) in text.bytes().enumerate() {
        match (quote, octet) {
            (Some(open), octet) if open == octet => quote = None,
            (None, b'"' | b'\'') => quote = Some(octet),
            (None, b'>') => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// Where the end tag of an element begins.
fn end_of(text: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find("</")?;
        let found = text.get(at + 2..at + 2 + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(at);
        }
        at += 2;
    }
}

/// What a reference at the start of a text stands for, and its length. An ampersand that begins none
/// stands for itself.
fn reference(text: &str) -> (Cow<'static, str>, usize) {
    let ampersand = (Cow::Borrowed("&"), 1);
    let head = text.get(1..).unwrap_or_default();
    let is_inside = |found: char| found.is_ascii_alphanumeric() || found == '#';
    let length = head.chars().take(40).take_while(|found| is_inside(*found)).count();
    let (name, rest) = head.split_at(length);
    if !rest.starts_with(';') {
        return ampersand;
    }
    let number = name.strip_prefix('#').map(|number| match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    });
    let character = match number {
        Some(number) => number.ok().and_then(char::from_u32).map(String::from),
        None => html_entity(name).map(Iterator::collect),
    };
    character.map_or(ampersand, |character| (Cow::Owned(character), 1 + length + 1))
}

/// Text that is put together: white space is joined, and lines are ended.
#[derive(Debug, Default)]
struct Plain {
    text: String,
    has_space: bool,
}

impl Plain {
    fn nodes(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text),
                Node::Comment(_) | Node::Instruction(..) => {}
                Node::Element(element) => self.element(element),
            }
        }
    }

    fn element(&mut self, element: &Element<'_>) {
        let local = element.name().local();
        if is_one_of(local, &HIDDEN) {
            return;
        }
        let is_block = is_one_of(local, &BLOCKS);
        if is_block {
            self.end_line();
        }
        self.nodes(element.nodes());
        if is_block {
            self.end_line();
        }
    }

    fn text(&mut self, text: &str) {
        for piece in text.split_inclusive([' ', '\t', '\r', '\n']) {
            let word = piece.trim_end_matches([' ', '\t', '\r', '\n']);
            if !word.is_empty() {
                if self.has_space && !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push(' ');
                }
                self.text.push_str(word);
                self.has_space = false;
            }
            self.has_space |= word.len() < piece.len();
        }
    }

    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.has_space = false;
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4287_3_1_1_2_the_text_of_html_has_no_markup() {
        for (markup, expected) in [
            ("", ""),
            ("plain", "plain"),
            (" a\n <b>bold</b> word &amp; more ", "a bold word & more"),
            ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
            ("caf&eacute; &#233; &#xE9;", "café é é"),
            ("a &nonsense; & b &lt;i&gt;", "a &nonsense; & b <i>"),
            ("1 < 2 <3", "1 < 2 <3"),
            ("a<!-- <b> -->b<!doctype html>c<?php ?>d", "abcd"),
            ("<a title='>'>x</a>", "x"),
            ("a<script>if (a < b) { '</p>' }</script>b<STYLE>c</Style>d", "abd"),
            ("a<script>b", "ab"),
            ("a<b", "a"),
            ("a<!-- b", "a"),
            ("&#xD800;&#0;", "&#xD800;\0"),
        ] {
            assert_eq!(plain_of_html(markup), expected, "{markup}");
        }
    }

    #[test]
    fn nodes_are_written_as_html() {
        let source = "<div xmlns='http://www.w3.org/1999/xhtml'>a &amp; b<br/><p/><i title='\"'>c</i>\
            <!--d--><?e f?><svg xmlns='http://www.w3.org/2000/svg'><path/></svg></div>";
        let div = Element::parse(source).unwrap();
        let mut html = String::new();
        to_html(div.nodes(), &mut html);
        assert_eq!(
            html,
            "a &amp; b<br><p></p><i title=\"&quot;\">c</i><!--d--><svg><path></path></svg>"
        );
        assert_eq!(plain_of_nodes(div.nodes()), "a & b\nc");
    }

    #[test]
    fn many_elements_without_end_tags_take_linear_time() {
        let open = "<script>".repeat(100_000);
        assert_eq!(plain_of_html(&open), "");
    }
}
