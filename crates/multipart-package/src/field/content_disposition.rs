//! Content-Disposition (RFC 6266): the draft's parts say `inline`.

use crate::grammar::{Value, is_tchar, next_parameter, token};
use crate::rule::Rule;
use std::borrow::Cow;

/// A Content-Disposition value: its type, and its parameters as they stand.
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

    /// The disposition type, such as `inline` or `attachment` (names compare case-insensitively).
    #[must_use]
    pub fn type_(&self) -> &'a str {
        self.type_
    }

    /// The first parameter of exactly that name, in any case; quoted pairs resolved, nothing
    /// else decoded (`filename*` is a name of its own).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.parameters()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The parameters in order.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, Cow<'a, [u8]>)> {
        self.values().map(|(name, value)| (name, value.octets()))
    }

    fn values(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        let mut rest = self.parameters;
        std::iter::from_fn(move || {
            let (next, parameter) = next_parameter(rest).ok()?;
            rest = next;
            Some(parameter)
        })
        .flatten()
        .map(|parameter| (parameter.name, parameter.value))
    }
}

pub(crate) fn breach(value: &[u8]) -> Option<Rule> {
    // The usual one, a type alone, needs no look at parameters.
    if !value.is_empty() && value.iter().copied().all(is_tchar) {
        return None;
    }
    let is_sound = |(_, value)| !matches!(value, Value::Bare(_));
    let sound =
        ContentDisposition::parse(value).is_some_and(|parsed| parsed.values().all(is_sound));
    (!sound).then_some(Rule::ContentDispositionSyntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6266_4_1_a_disposition_is_a_type_and_parameters() {
        let inline = ContentDisposition::parse(b"inline").unwrap();
        assert_eq!((inline.type_(), inline.parameters().count()), ("inline", 0));
        let value = br#"attachment; filename="a\"b"; filename*=UTF-8''%e2%82%ac"#;
        let attachment = ContentDisposition::parse(value).unwrap();
        assert_eq!(attachment.parameter("FileName").unwrap().as_ref(), br#"a"b"#);
        assert_eq!(attachment.parameter("filename*").unwrap().as_ref(), b"UTF-8''%e2%82%ac");
        assert_eq!(breach(value), None);
        for bad in [&b""[..], b"; a=b", b"inline a=b", b"inline; a=\"", b"inline; a=b:c"] {
            assert_eq!(breach(bad), Some(Rule::ContentDispositionSyntax), "{}", bad.escape_ascii());
        }
    }
}
