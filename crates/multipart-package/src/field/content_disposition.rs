//! Content-Disposition (RFC 6266): the draft's parts say `inline`.

use crate::grammar::{ParameterStep, Value, is_tchar, next_parameter, token};
use crate::rule::Rule;
use std::borrow::Cow;

/// A Content-Disposition value (RFC 6266): its type and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentDisposition<'a> {
    type_: &'a str,
    parameters: &'a [u8],
}

impl<'a> ContentDisposition<'a> {
    /// ```abnf
    /// content-disposition = disposition-type *( OWS ";" OWS disposition-parm )
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let (parameters, type_) = token(value).ok()?;
        let mut rest = parameters;
        while !rest.is_empty() {
            (rest, _) = next_parameter(rest).ok()?;
        }
        Some(Self { type_, parameters })
    }

    /// The disposition type as written, such as `inline` or `attachment`.
    ///
    /// Types are compared case-insensitively.
    #[must_use]
    pub fn type_(&self) -> &'a str {
        self.type_
    }

    /// The value of the first parameter with this name, compared case-insensitively.
    ///
    /// Quotes are removed, and quoted pairs and folds are resolved. Nothing else is decoded:
    /// `filename*` is a name of its own.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.parameters()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The value of the first parameter with this name as it is written, without its quotes: quoted
    /// pairs and folds are not resolved.
    #[must_use]
    pub fn raw_parameter(&self, name: &str) -> Option<&'a [u8]> {
        let mut values = self.values();
        values.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.raw())
    }

    /// The file name under which the sender suggests to save the body.
    ///
    /// It is `filename*` if that can be decoded (RFC 8187), and `filename` otherwise. The latter is
    /// decoded as UTF-8 if it is valid UTF-8, and as ISO-8859-1 otherwise.
    ///
    /// The name may contain path separators, dots and control characters. Before a file is given
    /// this name, take the last segment and check it (RFC 6266 section 4.3).
    #[must_use]
    pub fn filename(&self) -> Option<Cow<'a, str>> {
        let extended = self.parameter("filename*").and_then(|value| extended(&value));
        extended.map(Cow::Owned).or_else(|| {
            Some(match self.parameter("filename")? {
                Cow::Borrowed(octets) => text(octets),
                Cow::Owned(octets) => Cow::Owned(text(&octets).into_owned()),
            })
        })
    }

    /// The parameters in order.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, Cow<'a, [u8]>)> {
        self.values().map(|(name, value)| (name, value.octets()))
    }

    fn values(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        steps(self.parameters)
            .filter_map(|step| step.parameter)
            .map(|parameter| (parameter.name, parameter.value))
    }
}

fn steps(parameters: &[u8]) -> impl Iterator<Item = ParameterStep<'_>> {
    let mut rest = parameters;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (next, step) = next_parameter(rest).ok()?;
        rest = next;
        Some(step)
    })
}

/// ```abnf
/// ext-value = charset "'" [ language ] "'" value-chars      ; RFC 8187 section 3.2.1
/// ```
fn extended(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    let mut pieces = value.splitn(3, '\'');
    let (charset, _, chars) = (pieces.next()?, pieces.next()?, pieces.next()?);
    // A value that cannot be decoded is ignored, not guessed.
    let hex = |digits: &str| u8::from_str_radix(digits, 16).ok();
    let is_sound = chars.match_indices('%').all(|(at, _)| {
        chars.get(at + 1..at + 3).is_some_and(|two| !two.starts_with('+') && hex(two).is_some())
    });
    let octets: Vec<u8> = percent_encoding::percent_decode_str(chars).collect();
    match () {
        () if !is_sound || !chars.is_ascii() => None,
        () if charset.eq_ignore_ascii_case("utf-8") => String::from_utf8(octets).ok(),
        () if charset.eq_ignore_ascii_case("iso-8859-1") => {
            Some(octets.into_iter().map(char::from).collect())
        }
        () => None,
    }
}

fn text(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(octets.iter().copied().map(char::from).collect()),
    }
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    // A type without parameters is the usual value.
    if matches!(value, b"inline" | b"attachment") {
        return None;
    }
    if !value.is_empty() && value.iter().copied().all(is_tchar) {
        return None;
    }
    let is_sound = |(_, value)| !matches!(value, Value::Bare(_) | Value::Spaced(_));
    match ContentDisposition::parse(value) {
        Some(parsed) if parsed.values().all(is_sound) => {
            let is_commented = steps(parsed.parameters).any(|step| step.is_commented);
            is_commented.then_some(Rule::FieldComment)
        }
        _ => Some(Rule::ContentDispositionSyntax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6266_4_3_the_extended_filename_is_preferred_where_it_can_be_decoded() {
        for (value, expected) in [
            (&b"attachment; filename=a.txt"[..], Some("a.txt")),
            (b"attachment; filename=\"a \\\"b\\\".txt\"", Some("a \"b\".txt")),
            (b"attachment; filename=a; filename*=UTF-8''%e2%82%ac%20rates", Some("\u{20ac} rates")),
            (b"attachment; filename*=iso-8859-1'en'%A3%20rates; filename=a", Some("\u{a3} rates")),
            (b"attachment; filename*=UTF-8''%e2%82; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%zz; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%+1; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%4; filename=a", Some("a")),
            (b"attachment; filename*=koi8-r''a; filename=b", Some("b")),
            (b"attachment; filename*=a; filename=b", Some("b")),
            (b"attachment; filename=\"na\xEFve\"", Some("na\u{ef}ve")),
            (b"attachment; filename*0=a; name=b", None),
            (b"inline", None),
        ] {
            let parsed = ContentDisposition::parse(value).unwrap();
            assert_eq!(parsed.filename().as_deref(), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn rfc6266_4_1_a_disposition_is_a_type_and_parameters() {
        let inline = ContentDisposition::parse(b"inline").unwrap();
        assert_eq!((inline.type_(), inline.parameters().count()), ("inline", 0));
        let value = br#"attachment; filename="a\"b"; filename*=UTF-8''%e2%82%ac"#;
        let attachment = ContentDisposition::parse(value).unwrap();
        assert_eq!(attachment.parameter("FileName").unwrap().as_ref(), br#"a"b"#);
        assert_eq!(attachment.parameter("filename*").unwrap().as_ref(), b"UTF-8''%e2%82%ac");
        assert_eq!(violation(value), None);
        let commented = b"attachment (a); filename=\"b\\\"c\" (d)";
        let parsed = ContentDisposition::parse(commented).unwrap();
        assert_eq!(parsed.parameter("filename").unwrap().as_ref(), b"b\"c");
        assert_eq!(parsed.raw_parameter("FileName"), Some(&b"b\\\"c"[..]));
        assert_eq!(violation(commented), Some(Rule::FieldComment));
        let spaced = ContentDisposition::parse(b"attachment; filename=a b.txt ; c=d").unwrap();
        assert_eq!(spaced.filename().as_deref(), Some("a b.txt"));
        assert_eq!(spaced.raw_parameter("c"), Some(&b"d"[..]));
        for bad in [
            &b""[..],
            b"inline; a=b c",
            b"inline; a=b (c",
            b"; a=b",
            b"inline a=b",
            b"inline; a=\"",
            b"inline; a=b:c",
        ] {
            assert_eq!(
                violation(bad),
                Some(Rule::ContentDispositionSyntax),
                "{}",
                bad.escape_ascii()
            );
        }
    }
}
