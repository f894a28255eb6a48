//! The text that the octets of a parameter value stand for.

use crate::latin1;
use crate::link_field::grammar::Value;
use memchr::{memchr2, memchr3};
use std::borrow::Cow;

/// The octets that a value stands for, without quotes, escapes and the line breaks of folds.
pub(crate) fn octets(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::Absent => None,
        Value::Quoted(inside) => Some(match memchr3(b'\\', b'\r', b'\n', inside) {
            None => Cow::Borrowed(inside),
            Some(_) => Cow::Owned(unescaped(inside)),
        }),
        Value::Token(octets) | Value::Bracketed(octets) | Value::Loose(octets) => {
            Some(match memchr2(b'\r', b'\n', octets) {
                None => Cow::Borrowed(octets),
                Some(_) => Cow::Owned(octets.iter().copied().filter(not_line_break).collect()),
            })
        }
    }
}

/// The text of a value. It is decoded from UTF-8, or from ISO-8859-1 if it is not UTF-8: in
/// ISO-8859-1 any octets are text (RFC 9110 section 5.5).
pub(crate) fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    octets(value).map(|octets| match octets {
        Cow::Borrowed(octets) => match std::str::from_utf8(octets) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(latin1::decoded(octets)),
        },
        Cow::Owned(octets) => Cow::Owned(
            String::from_utf8(octets).unwrap_or_else(|refused| latin1::decoded(refused.as_bytes())),
        ),
    })
}

/// ```abnf
/// quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text )      ; RFC 9110 section 5.6.4
/// ```
fn unescaped(inside: &[u8]) -> Vec<u8> {
    let mut escaped = false;
    let keep = |octet: &u8| {
        escaped = *octet == b'\\' && !escaped;
        !escaped && not_line_break(octet)
    };
    inside.iter().copied().filter(keep).collect()
}

fn not_line_break(octet: &u8) -> bool {
    !matches!(octet, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_5_6_4_a_quoted_pair_stands_for_its_second_octet() {
        for (inside, expected) in [
            ("plain", "plain"),
            (r#"a \"b\" c"#, r#"a "b" c"#),
            (r"\\", r"\"),
            (r"\\\\n", r"\\n"),
            (r"\n\e\x\t", "next"),
        ] {
            let value = Value::Quoted(inside.as_bytes());
            let text = text(value).unwrap();
            assert_eq!(text, expected);
            assert_eq!(matches!(text, Cow::Borrowed(_)), inside == expected, "{inside}");
        }
    }

    #[test]
    fn rfc9112_5_2_a_fold_stands_for_white_space() {
        assert_eq!(text(Value::Quoted(b"a\r\n b")).unwrap(), "a b");
        assert_eq!(text(Value::Loose(b"a\n\tb")).unwrap(), "a\tb");
    }

    #[test]
    fn rfc9110_5_5_octets_that_are_not_utf8_are_read_as_iso_8859_1() {
        assert_eq!(text(Value::Quoted("é".as_bytes())).unwrap(), "é");
        assert_eq!(text(Value::Quoted(b"caf\xe9")).unwrap(), "café");
        assert_eq!(text(Value::Quoted(b"\\c\xe9")).unwrap(), "cé");
    }
}
