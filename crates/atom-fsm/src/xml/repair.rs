//! Text and attribute values that are not well-formed, read as feed readers must. Each function is the
//! slow twin of one in `text`: it returns the same for what is well-formed.

use super::chars;
use super::entities;
use super::text::{self, Fault};
use crate::rule::Rule;
use std::borrow::Cow;
use std::ops::Range;

const CDATA: &str = "<![CDATA[";

/// The repairs of a piece of a document, of which no more are kept than can be reported.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    kept: Vec<Fault>,
    omitted: u64,
    most: u64,
    /// Repairs before this offset were reported when the piece was read for the first time.
    from: usize,
    to: usize,
}

impl Repairs {
    /// Begins a piece.
    pub(super) fn begin(&mut self, most: u64) {
        self.most = most;
    }

    pub(super) fn push(&mut self, rule: Rule, span: Range<usize>) {
        if span.start < self.from {
            return;
        }
        self.to = self.to.max(span.end);
        if (self.kept.len() as u64) < self.most {
            self.kept.push((rule, span));
        } else {
            self.omitted += 1;
        }
    }

    /// Ends a piece, and returns its repairs in the order of their places, and the number of those
    /// that are only counted.
    pub(super) fn end(&mut self) -> Option<(Vec<Fault>, u64)> {
        if self.to <= self.from {
            return None;
        }
        self.from = self.to;
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_by_key(|(_, span)| span.start);
        Some((kept, std::mem::take(&mut self.omitted)))
    }
}

/// Reads text as `text::content` does, and repairs characters and references.
///
/// The first octet is at `base` in the document.
pub(super) fn content<'a>(
    raw: &'a str,
    base: usize,
    repairs: &mut Repairs,
) -> Result<Cow<'a, str>, Fault> {
    if let Ok(text) = text::content(raw) {
        return Ok(text);
    }
    let mut text = String::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        if let Some(section) = rest.strip_prefix(CDATA) {
            let end = section.find("]]>").ok_or((Rule::Incomplete, at..raw.len()))?;
            let start = at + CDATA.len();
            push_clean(&mut text, &section[..end], base + start, repairs);
            at = start + end + "]]>".len();
        } else if rest.starts_with('&') {
            at += push_reference(&mut text, rest, base + at, repairs);
        } else if rest.starts_with('<') {
            return Err((Rule::Markup, at..at + 1));
        } else {
            let end = rest.find(['&', '<']).unwrap_or(rest.len());
            text::forbid_cdata_end(&rest[..end], at)?;
            push_clean(&mut text, &rest[..end], base + at, repairs);
            at += end;
        }
    }
    Ok(Cow::Owned(text))
}

/// Reads an attribute's value as `text::attribute` does, and repairs characters and references.
///
/// The first octet is at `base` in the document.
pub(super) fn attribute<'a>(
    raw: &'a str,
    base: usize,
    repairs: &mut Repairs,
) -> Result<Cow<'a, str>, Fault> {
    match text::attribute(raw) {
        Err((Rule::Character | Rule::Reference | Rule::Entity | Rule::CharacterReference, _)) => {}
        read => return read,
    }
    let mut value = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(first) = raw[at..].chars().next() {
        let rest = &raw[at..];
        at += match first {
            '&' => push_reference(&mut value, rest, base + at, repairs),
            '<' => return Err((Rule::AttributeLessThan, at..at + 1)),
            '\t' | '\n' | '\r' => {
                value.push(' ');
                if rest.starts_with("\r\n") { 2 } else { 1 }
            }
            _ => {
                let end = rest.find(['&', '<', '\t', '\n', '\r']).unwrap_or(rest.len());
                push_clean(&mut value, &rest[..end], base + at, repairs);
                end
            }
        };
    }
    Ok(Cow::Owned(value))
}

/// Reads the inside of a comment or an instruction as `text::lines` does, and repairs characters.
pub(super) fn lines<'a>(raw: &'a str, base: usize, repairs: &mut Repairs) -> Cow<'a, str> {
    if let Ok(text) = text::lines(raw) {
        return text;
    }
    let mut text = String::with_capacity(raw.len());
    push_clean(&mut text, raw, base, repairs);
    Cow::Owned(text)
}

/// Appends text, with its line ends normalised and what XML forbids replaced.
fn push_clean(text: &mut String, raw: &str, base: usize, repairs: &mut Repairs) {
    if chars::first_forbidden(raw).is_none() {
        return text::push_lines(text, raw);
    }
    let mut chars_left = raw.char_indices().peekable();
    while let Some((at, found)) = chars_left.next() {
        match found {
            '\r' => {
                text.push('\n');
                chars_left.next_if(|(_, next)| *next == '\n');
            }
            _ if chars::is_char(found) => text.push(found),
            _ => {
                text.push(char::REPLACEMENT_CHARACTER);
                repairs.push(Rule::RepairedCharacter, base + at..base + at + found.len_utf8());
            }
        }
    }
}

/// Appends what the reference or the ampersand at the start of a text stands for, and returns the
/// octets that it takes.
fn push_reference(text: &mut String, rest: &str, base: usize, repairs: &mut Repairs) -> usize {
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b"#_-.".contains(octet);
    // No octet is looked at again: what is behind a bare ampersand is text.
    let name = rest.bytes().skip(1).take_while(is_name).count();
    let end = 1 + name;
    if rest.as_bytes().get(end) != Some(&b';') {
        repairs.push(Rule::RepairedAmpersand, base..base + 1);
        text.push_str(&rest[..end]);
        return end;
    }
    let reference = &rest[..=end];
    let span = base..base + reference.len();
    match text::reference(reference) {
        Ok((found, _)) => text.push(found),
        Err((Rule::Entity, _)) => match entities::html(&reference[1..end]) {
            Some(characters) => {
                text.extend(characters);
                repairs.push(Rule::RepairedHtmlEntity, span);
            }
            None => {
                text.push_str(reference);
                repairs.push(Rule::RepairedEntity, span);
            }
        },
        Err((Rule::CharacterReference, _)) if is_number(&reference[1..end]) => {
            text.push(char::REPLACEMENT_CHARACTER);
            repairs.push(Rule::RepairedCharacter, span);
        }
        Err(_) => {
            text.push_str(reference);
            repairs.push(Rule::RepairedAmpersand, base..base + 1);
        }
    }
    reference.len()
}

/// Whether this is the number of a character, though not of one that XML allows.
fn is_number(name: &str) -> bool {
    let number = name.strip_prefix('#').unwrap_or_default();
    match number.strip_prefix('x') {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_hexdigit()),
        None => !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Repairs {
        Repairs { most: 64, ..Repairs::default() }
    }

    #[test]
    fn no_more_repairs_are_kept_than_can_be_reported() {
        let mut repairs = Repairs::default();
        repairs.begin(2);
        assert_eq!(content("&&&&&", 10, &mut repairs).as_deref(), Ok("&&&&&"));
        assert_eq!(repairs.kept.len(), 2);
        let (kept, omitted) = repairs.end().unwrap();
        assert_eq!((kept.len(), omitted), (2, 3));
        // The same text again is reported no more.
        assert!(content("&&&&&", 10, &mut repairs).is_ok());
        assert_eq!(repairs.end(), None);
        assert!(content("&", 15, &mut repairs).is_ok());
        assert_eq!(repairs.end(), Some((vec![(Rule::RepairedAmpersand, 15..16)], 0)));
    }

    #[test]
    fn what_feed_readers_meet_is_kept_as_text() {
        use Rule::{
            RepairedAmpersand as Ampersand, RepairedCharacter as Character,
            RepairedEntity as Entity, RepairedHtmlEntity as Html,
        };
        for (raw, expected, rules) in [
            ("a & b", "a & b", &[(Ampersand, 2..3)][..]),
            ("AT&T;&amp;", "AT&T;&", &[(Entity, 2..5)]),
            (
                "&nbsp;&eacute;&unknown;",
                "\u{A0}é&unknown;",
                &[(Html, 0..6), (Html, 6..14), (Entity, 14..23)],
            ),
            ("?a=1&b=2", "?a=1&b=2", &[(Ampersand, 4..5)]),
            (
                "&#0;&#xD800;&#x110000;",
                "\u{FFFD}\u{FFFD}\u{FFFD}",
                &[(Character, 0..4), (Character, 4..12), (Character, 12..22)],
            ),
            (
                "&#;&#x;&#X41;",
                "&#;&#x;&#X41;",
                &[(Ampersand, 0..1), (Ampersand, 3..4), (Ampersand, 7..8)],
            ),
            (
                "é\u{1}\u{FFFE}é&",
                "é\u{FFFD}\u{FFFD}é&",
                &[(Character, 2..3), (Character, 3..6), (Ampersand, 8..9)],
            ),
            ("&&lt;&", "&<&", &[(Ampersand, 0..1), (Ampersand, 5..6)]),
        ] {
            let mut repairs = some();
            assert_eq!(content(raw, 0, &mut repairs).as_deref(), Ok(expected));
            assert_eq!(repairs.kept, rules, "{raw}");
            let mut repairs = some();
            assert_eq!(attribute(raw, 0, &mut repairs).as_deref(), Ok(expected));
            assert_eq!(repairs.kept, rules, "{raw}");
        }
        let mut repairs = some();
        let raw = "\u{1}\r\n<![CDATA[&nbsp;\u{2}\r]]>&";
        assert_eq!(content(raw, 0, &mut repairs).as_deref(), Ok("\u{FFFD}\n&nbsp;\u{FFFD}\n&"));
        assert_eq!(attribute("\u{1}\r\n\t&", 0, &mut repairs).as_deref(), Ok("\u{FFFD}  &"));
        assert_eq!(lines("\u{1}\r&", 7, &mut repairs), "\u{FFFD}\n&");
        assert_eq!(repairs.kept.last(), Some(&(Rule::RepairedCharacter, 7..8)));
        // What is not repaired is refused as ever.
        assert_eq!(content("&]]>", 0, &mut repairs), Err((Rule::CdataEnd, 1..4)));
        assert_eq!(attribute("&<", 0, &mut repairs), Err((Rule::AttributeLessThan, 1..2)));
    }
}
