//! Text and attribute values, in which references are replaced and line ends are normalized.

use super::chars;
use crate::rule::Rule;
use memchr::{memchr, memchr2, memchr3};
use std::borrow::Cow;
use std::ops::Range;

/// The rule that a piece of text violates, and the octets of the violation.
pub(crate) type Fault = (Rule, Range<usize>);

const CDATA: &str = "<![CDATA[";

/// Reads the text between two tags, which has no markup but CDATA: replaces references, CDATA
/// sections and line ends (XML 1.0 sections 2.4, 2.7, 2.11 and 4.1).
pub(crate) fn content(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if chars::is_plain(raw) {
        return Ok(Cow::Borrowed(raw));
    }
    match usual(raw) {
        Some(text) => Ok(text),
        None => any_content(raw),
    }
}

/// Reads a text in which the five entities of XML are all that is replaced; `None` for any other.
fn usual(raw: &str) -> Option<Cow<'_, str>> {
    let octets = raw.as_bytes();
    let (mut text, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = chars::next_marked(octets, at) {
        at = found + 1;
        match octets.get(found..)? {
            [b'&', entity @ ..] => {
                let (replaced, length) = match entity {
                    [b'l', b't', b';', ..] => ('<', "&lt;".len()),
                    [b'g', b't', b';', ..] => ('>', "&gt;".len()),
                    [b'a', b'm', b'p', b';', ..] => ('&', "&amp;".len()),
                    [b'q', b'u', b'o', b't', b';', ..] => ('"', "&quot;".len()),
                    [b'a', b'p', b'o', b's', b';', ..] => ('\'', "&apos;".len()),
                    _ => return None,
                };
                if copied == 0 {
                    text.reserve(raw.len());
                }
                text.push_str(raw.get(copied..found)?);
                text.push(replaced);
                copied = found + length;
                at = copied;
            }
            [b'>', ..] if !octets.get(..found)?.ends_with(b"]]") => {}
            // No other character that begins with this octet is forbidden.
            [0xEF, second, third, ..] if (*second, *third) < (0xBF, 0xBE) => {}
            _ => return None,
        }
    }
    if copied == 0 {
        return Some(Cow::Borrowed(raw));
    }
    text.push_str(raw.get(copied..)?);
    Some(Cow::Owned(text))
}

/// The slow twin.
fn any_content(raw: &str) -> Result<Cow<'_, str>, Fault> {
    forbid_characters(raw)?;
    if memchr3(b'&', b'\r', b'<', raw.as_bytes()).is_none() {
        forbid_cdata_end(raw, 0)?;
        return Ok(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| memchr2(b'&', b'<', rest.as_bytes())) {
        let plain = &raw[at..at + found];
        forbid_cdata_end(plain, at)?;
        push_lines(&mut text, plain);
        at += found;
        if raw.as_bytes()[at] == b'&' {
            let (referenced, length) =
                reference(&raw[at..]).map_err(|(rule, length)| (rule, at..at + length))?;
            text.push(referenced);
            at += length;
        } else {
            let section = raw[at..].strip_prefix(CDATA).ok_or((Rule::Markup, at..at + 1))?;
            let end = section.find("]]>").ok_or((Rule::Incomplete, at..raw.len()))?;
            push_lines(&mut text, &section[..end]);
            at += CDATA.len() + end + "]]>".len();
        }
    }
    forbid_cdata_end(&raw[at..], at)?;
    push_lines(&mut text, &raw[at..]);
    Ok(Cow::Owned(text))
}

/// Reads an attribute's value: replaces references, and white space by spaces (XML 1.0
/// section 3.3.3).
pub(crate) fn attribute(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if chars::is_plain_value(raw) {
        return Ok(Cow::Borrowed(raw));
    }
    forbid_characters(raw)?;
    let special = |octet: u8| matches!(octet, b'&' | b'<' | b'\t' | b'\n' | b'\r');
    if !raw.bytes().any(special) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(found) = raw[at..].bytes().position(special) {
        value.push_str(&raw[at..at + found]);
        at += found;
        match raw.as_bytes()[at] {
            b'<' => return Err((Rule::AttributeLessThan, at..at + 1)),
            b'&' => {
                let (referenced, length) =
                    reference(&raw[at..]).map_err(|(rule, length)| (rule, at..at + length))?;
                value.push(referenced);
                at += length;
            }
            _ => {
                at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
                value.push(' ');
            }
        }
    }
    value.push_str(&raw[at..]);
    Ok(Cow::Owned(value))
}

/// Reads the inside of a comment or an instruction: replaces line ends by line feeds (XML 1.0
/// section 2.11).
pub(crate) fn lines(raw: &str) -> Result<Cow<'_, str>, Fault> {
    forbid_characters(raw)?;
    if memchr(b'\r', raw.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    push_lines(&mut text, raw);
    Ok(Cow::Owned(text))
}

/// Refuses what no document may contain (XML 1.0 section 2.2, `Char`).
pub(super) fn forbid_characters(raw: &str) -> Result<(), Fault> {
    match chars::first_forbidden(raw) {
        Some(at) => {
            let length = raw[at..].chars().next().map_or(1, char::len_utf8);
            Err((Rule::Character, at..at + length))
        }
        None => Ok(()),
    }
}

pub(super) fn push_lines(text: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some(found) = memchr(b'\r', rest.as_bytes()) {
        text.push_str(&rest[..found]);
        text.push('\n');
        rest = &rest[found + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    text.push_str(rest);
}

pub(super) fn forbid_cdata_end(text: &str, base: usize) -> Result<(), Fault> {
    let octets = text.as_bytes();
    for at in memchr::memchr_iter(b'>', octets) {
        if octets[..at].ends_with(b"]]") {
            return Err((Rule::CdataEnd, base + at - 2..base + at + 1));
        }
    }
    Ok(())
}

/// Reads the reference at the start of a text, and returns the character and the length of the
/// reference in octets. A fault comes with the number of octets to show.
pub(super) fn reference(text: &str) -> Result<(char, usize), (Rule, usize)> {
    // The longest that is allowed is a character reference with leading zeros; no end within
    // reach is no reference.
    let end = text.bytes().position(|octet| octet == b';' || chars::is_space(octet));
    let end = end.filter(|&end| text.as_bytes()[end] == b';');
    let end = end.ok_or((Rule::Reference, text.len().min(12)))?;
    let (name, length) = (&text[1..end], end + 1);
    if let Some(number) = name.strip_prefix('#') {
        let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
        let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        let number = u32::from_str_radix(digits, radix).ok().filter(|_| is_number);
        return match number.and_then(char::from_u32).filter(|&found| chars::is_char(found)) {
            Some(found) => Ok((found, length)),
            None => Err((Rule::CharacterReference, length)),
        };
    }
    match name {
        "lt" => Ok(('<', length)),
        "gt" => Ok(('>', length)),
        "amp" => Ok(('&', length)),
        "apos" => Ok(('\'', length)),
        "quot" => Ok(('"', length)),
        _ if chars::is_ncname(name) => Err((Rule::Entity, length)),
        _ => Err((Rule::Reference, length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_usual_text_is_read_as_any_other(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "&lt;", "&gt;", "&amp;", "&apos;", "&quot;", "&#65;", "&", "lt;", "]", "]]", ">", "<",
                    "<![CDATA[", "\r", "\n", "\t", "a", "some words that are long", "\u{FFFD}", "\u{FFFE}",
                    "\u{FF21}", "\u{F8FF}", "\u{1}", "é", "\u{7F}", "\0",
                ]),
                0..12,
            )
        ) {
            let raw = parts.concat();
            if let Some(text) = usual(&raw) {
                prop_assert_eq!(Ok(text), any_content(&raw), "{}", raw);
            }
        }
    }

    #[test]
    fn the_texts_of_most_feeds_are_usual() {
        for raw in ["", "\n", "a\tb", "&lt;p&gt;&amp;&quot;&apos;", "]] > é\u{FFFD}\u{FF21}"] {
            assert!(usual(raw).is_some(), "{raw:?}");
        }
        for raw in ["\r", "&#65;", "&nbsp;", "]]>", "<![CDATA[]]>", "\u{1}", "\u{FFFF}", "&lt"] {
            assert!(usual(raw).is_none(), "{raw:?}");
        }
    }

    #[test]
    fn xml_4_1_references_are_replaced_in_text_and_values() {
        for (raw, expected) in [
            ("plain", "plain"),
            ("&lt;&gt;&amp;&apos;&quot;", "<>&'\""),
            ("&#65;&#x41;&#x1F600;&#00065;", "AA😀A"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(content(raw).as_deref(), Ok(expected));
            assert_eq!(attribute(raw).as_deref(), Ok(expected));
        }
        for (raw, rule) in [
            ("&", Rule::Reference),
            ("&;", Rule::Reference),
            ("& amp;", Rule::Reference),
            ("&a b;", Rule::Reference),
            ("&1;", Rule::Reference),
            ("&amp", Rule::Reference),
            ("&nbsp;", Rule::Entity),
            ("&AMP;", Rule::Entity),
            ("&#;", Rule::CharacterReference),
            ("&#x;", Rule::CharacterReference),
            ("&#X41;", Rule::CharacterReference),
            ("&#+65;", Rule::CharacterReference),
            ("&#1;", Rule::CharacterReference),
            ("&#xD800;", Rule::CharacterReference),
            ("&#x110000;", Rule::CharacterReference),
            ("&#99999999999;", Rule::CharacterReference),
        ] {
            assert_eq!(content(raw).unwrap_err().0, rule, "{raw}");
            assert_eq!(attribute(raw).unwrap_err().0, rule, "{raw}");
        }
    }

    #[test]
    fn xml_2_11_line_ends_are_line_feeds_and_3_3_3_spaces_in_values() {
        assert_eq!(content("a\r\nb\rc\nd&#13;\r").as_deref(), Ok("a\nb\nc\nd\r\n"));
        assert_eq!(attribute("a\r\nb\rc\nd\te&#10;").as_deref(), Ok("a b c d e\n"));
        assert_eq!(lines("a\r\n\r\rb").as_deref(), Ok("a\n\n\nb"));
    }

    #[test]
    fn xml_2_7_cdata_is_text_and_2_4_its_end_stands_nowhere_else() {
        assert_eq!(content("a<![CDATA[<b>&amp;\r\n]]>c").as_deref(), Ok("a<b>&amp;\nc"));
        assert_eq!(content("]]").as_deref(), Ok("]]"));
        assert_eq!(content("<![CDATA[]]]]>&gt;").as_deref(), Ok("]]>"));
        assert_eq!(content("ab]]>c"), Err((Rule::CdataEnd, 2..5)));
        assert_eq!(content("&lt;]]>"), Err((Rule::CdataEnd, 4..7)));
        assert_eq!(content("<![CDATA[]]>]]>"), Err((Rule::CdataEnd, 12..15)));
    }

    #[test]
    fn xml_2_2_a_forbidden_character_is_a_fault_wherever_it_is() {
        for raw in ["a\u{1}", "&lt;a\u{1}&", "<![CDATA[\u{1}]]>", "a]]>\u{1}", "\u{FFFE}"] {
            let at = raw.find(|found| !chars::is_char(found)).unwrap();
            let fault =
                Err((Rule::Character, at..at + raw[at..].chars().next().unwrap().len_utf8()));
            assert_eq!(content(raw), fault, "{raw:?}");
            assert_eq!(attribute(raw), fault, "{raw:?}");
            assert_eq!(lines(raw), fault, "{raw:?}");
        }
    }

    #[test]
    fn xml_3_1_a_value_holds_no_less_than() {
        assert_eq!(attribute("ab<"), Err((Rule::AttributeLessThan, 2..3)));
    }
}
