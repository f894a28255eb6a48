//! Parameter values with a character set and a language (RFC 8187).

use crate::language_tag::is_language_tag;
use crate::latin1;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::rest;
use nom::{IResult, Parser};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// The decoded value of a parameter whose name ends in `*`, such as `title*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExtValue<'a> {
    language: &'a str,
    text: Cow<'a, str>,
}

impl<'a> ExtValue<'a> {
    /// The language tag, if there is one.
    #[must_use]
    pub fn language(&self) -> Option<&'a str> {
        Some(self.language).filter(|language| !language.is_empty())
    }

    /// The decoded text. It can contain any character, even line breaks:
    /// [`has_controls`](Self::has_controls) says whether it does.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text contains control characters other than tabs (the Unicode category Cc), such
    /// as encoded line breaks. Such a text must not be copied into a header field or a log as it is.
    /// A reader reports it ([`Rule::ExtValueControl`]).
    ///
    /// ```
    /// let link = version_links::links(b"</>; rel=up; title*=UTF-8''a%0D%0Ab").next().unwrap()?;
    /// let title = link.parameter("title*").and_then(|title| title.ext_value());
    /// assert!(title.is_some_and(|title| title.has_controls()));
    /// # Ok::<(), version_links::Error>(())
    /// ```
    ///
    /// [`Rule::ExtValueControl`]: crate::Rule::ExtValueControl
    #[must_use]
    pub fn has_controls(&self) -> bool {
        self.text.chars().any(|found| found.is_control() && found != '\t')
    }

    /// The text. It is borrowed from the field if nothing was encoded.
    #[must_use]
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }
}

/// The parts of an `ext-value`, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodedValue<'a> {
    charset: &'a [u8],
    language: &'a [u8],
    chars: &'a [u8],
}

/// ```abnf
/// ext-value   = charset  "'" [ language ] "'" value-chars     ; RFC 8187 section 3.2.1
/// charset     = "UTF-8" / mime-charset
/// value-chars = *( pct-encoded / attr-char )
/// ```
pub(crate) fn ext_value(input: &[u8]) -> IResult<&[u8], EncodedValue<'_>> {
    let language = take_while(is_of_language);
    (take_while1(is_mime_charset), tag("'"), language, tag("'"), rest)
        .map(|(charset, _, language, _, chars)| EncodedValue { charset, language, chars })
        .parse(input)
}

/// Whether an `ext-value` with this language can be read, although it may be no language tag.
pub(crate) fn has_room_for(language: &str) -> bool {
    language.bytes().all(is_of_language)
}

const fn is_of_language(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'-'
}

impl<'a> EncodedValue<'a> {
    pub(crate) fn is_utf8(&self) -> bool {
        self.charset.eq_ignore_ascii_case(b"UTF-8")
    }

    /// Whether the language, if there is one, is a language tag, and all characters are encoded
    /// that have to be.
    pub(crate) fn is_strict(&self) -> bool {
        (self.language.is_empty() || is_language_tag(self.language))
            && self.chars.iter().all(|&octet| octet == b'%' || is_attr_char(octet))
    }

    /// The text, if it is in UTF-8 or ISO-8859-1, as the value says, and each `%` encodes an octet.
    ///
    /// Characters that should have been encoded are taken as they are.
    pub(crate) fn decoded(&self) -> Option<ExtValue<'a>> {
        let octets = percent_decoded(self.chars)?;
        let text = if self.is_utf8() {
            match octets {
                Cow::Borrowed(octets) => Cow::Borrowed(std::str::from_utf8(octets).ok()?),
                Cow::Owned(octets) => Cow::Owned(String::from_utf8(octets).ok()?),
            }
        } else if self.charset.eq_ignore_ascii_case(b"ISO-8859-1") {
            Cow::Owned(latin1::decoded(&octets))
        } else {
            return None;
        };
        Some(ExtValue { language: std::str::from_utf8(self.language).ok()?, text })
    }
}

fn percent_decoded(chars: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr::memchr(b'%', chars).is_none() {
        return Some(Cow::Borrowed(chars));
    }
    let mut decoded = Vec::with_capacity(chars.len());
    let mut chars = chars.iter();
    while let Some(&octet) = chars.next() {
        decoded.push(if octet == b'%' {
            hex(*chars.next()?)? << 4 | hex(*chars.next()?)?
        } else {
            octet
        });
    }
    Some(Cow::Owned(decoded))
}

/// Appends a text to a field value as an `ext-value`, with a language that may be empty.
pub(crate) fn push_ext_value(out: &mut String, language: &str, text: &str) {
    out.push_str("UTF-8'");
    out.push_str(language);
    out.push('\'');
    out.extend(utf8_percent_encode(text, &NOT_ATTR_CHARS));
}

/// What must be percent-encoded.
const NOT_ATTR_CHARS: AsciiSet = {
    let mut set = NON_ALPHANUMERIC.remove(b'!');
    let mut octet = 0;
    while octet < 128 {
        if is_attr_char(octet) {
            set = set.remove(octet);
        }
        octet += 1;
    }
    set
};

const fn hex(octet: u8) -> Option<u8> {
    match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'A'..=b'F' => Some(octet - b'A' + 10),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        _ => None,
    }
}

/// `mime-charsetc` (RFC 8187 section 3.2.1).
fn is_mime_charset(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'!' | b'#' | b'$' | b'%' | b'&' | b'+' | b'-' | b'^' | b'_')
        || matches!(octet, b'`' | b'{' | b'}' | b'~')
}

/// `attr-char` (RFC 8187 section 3.2.1).
const fn is_attr_char(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'!' | b'#' | b'$' | b'&' | b'+' | b'-' | b'.' | b'^' | b'_')
        || matches!(octet, b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &str) -> Option<(String, String)> {
        let (_, value) = ext_value(value.as_bytes()).ok()?;
        let extended = value.decoded()?;
        Some((extended.language().unwrap_or("-").to_owned(), extended.into_text().into_owned()))
    }

    #[test]
    fn rfc8187_3_2_1_an_extended_value_is_charset_language_and_percent_encoded_text() {
        for (value, expected) in [
            ("UTF-8'de'letztes%20Kapitel", Some(("de", "letztes Kapitel"))),
            ("utf-8''%e2%82%ac%20rates", Some(("-", "€ rates"))),
            ("UTF-8''", Some(("-", ""))),
            ("iso-8859-1'en'%A3%20rates", Some(("en", "£ rates"))),
            ("UTF-8''it's (here)", Some(("-", "it's (here)"))),
            ("UTF-8''%A3", None),
            ("UTF-8''%e2%82", None),
            ("UTF-8''100%", None),
            ("UTF-8''%4", None),
            ("UTF-8''%g0", None),
            ("windows-1252''%80", None),
            ("UTF-8'de", None),
            ("''x", None),
            ("plain", None),
            ("", None),
        ] {
            let expected = expected.map(|(tag, text)| (tag.to_owned(), text.to_owned()));
            assert_eq!(decoded(value), expected, "{value}");
        }
    }

    #[test]
    fn rfc8187_3_2_1_only_attr_chars_stand_unencoded() {
        for (value, strict) in [
            ("UTF-8''a%20b", true),
            ("UTF-8'de-AT'a", true),
            ("UTF-8''a b", false),
            ("UTF-8''a'b", false),
            ("UTF-8''a*b", false),
            ("UTF-8'-'a", false),
        ] {
            let (_, value) = ext_value(value.as_bytes()).unwrap();
            assert_eq!(value.is_strict(), strict, "{value:?}");
        }
    }

    #[test]
    fn rfc8187_3_2_1_what_is_written_is_strict_and_is_read_as_it_was() {
        let every_ascii: String = (0_u8..128).map(char::from).collect();
        for (language, text) in
            [("", ""), ("de", "letztes Kapitel"), ("", "€"), ("en", &every_ascii)]
        {
            let mut value = String::new();
            push_ext_value(&mut value, language, text);
            let (_, read) = ext_value(value.as_bytes()).unwrap();
            assert!(read.is_strict() && read.is_utf8(), "{value}");
            let read = read.decoded().unwrap();
            assert_eq!((read.language().unwrap_or_default(), read.text()), (language, text));
        }
    }

    #[test]
    fn rfc9110_5_5_a_decoded_text_says_whether_it_has_control_characters() {
        for (value, expected) in [
            ("UTF-8''plain", false),
            ("UTF-8''a%09b%20%C3%A9", false),
            ("UTF-8''a%0D%0AX:b", true),
            ("UTF-8''%00", true),
            ("UTF-8''%7F", true),
            ("UTF-8''%C2%85", true),
            ("ISO-8859-1''%85", true),
        ] {
            let (_, read) = ext_value(value.as_bytes()).unwrap();
            assert_eq!(read.decoded().unwrap().has_controls(), expected, "{value}");
        }
    }

    #[test]
    fn rfc8187_3_2_1_what_is_not_encoded_is_borrowed() {
        let (_, value) = ext_value(b"UTF-8''plain").unwrap();
        assert!(matches!(value.decoded().unwrap().into_text(), Cow::Borrowed("plain")));
    }
}
