//! Content-Transfer-Encoding (RFC 2045 section 6): how a body is encoded.

use crate::grammar::{cfws, token};
use crate::rule::Rule;
use nom::Parser;
use std::fmt;

/// A Content-Transfer-Encoding (RFC 2045 section 6).
///
/// A body without this field is as with [`SevenBit`](Self::SevenBit): it is not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TransferEncoding<'a> {
    /// `7bit`: not encoded, short lines of ASCII. It is the default.
    #[default]
    SevenBit,
    /// `8bit`: not encoded, short lines.
    EightBit,
    /// `binary`: not encoded.
    Binary,
    /// `quoted-printable` (RFC 2045 section 6.7).
    QuotedPrintable,
    /// `base64` (RFC 2045 section 6.8).
    Base64,
    /// Another encoding, as written.
    Other(&'a str),
}

impl<'a> TransferEncoding<'a> {
    /// ```abnf
    /// encoding  := "Content-Transfer-Encoding" ":" mechanism      ; RFC 2045 section 6.1
    /// mechanism := "7bit" / "8bit" / "binary" / "quoted-printable" / "base64"
    ///            / ietf-token / x-token
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        read(value).map(|(encoding, _)| encoding)
    }

    /// The name of the encoding.
    #[must_use]
    pub const fn name(self) -> &'a str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
            Self::Other(name) => name,
        }
    }

    /// Whether a body is its own content, because this encoding changes nothing.
    #[must_use]
    pub const fn is_identity(self) -> bool {
        matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }
}

impl fmt::Display for TransferEncoding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The encoding, and whether a comment is around it.
fn read(value: &[u8]) -> Option<(TransferEncoding<'_>, bool)> {
    use TransferEncoding::{Base64, Binary, EightBit, Other, QuotedPrintable, SevenBit};
    let (rest, (before, name, behind)) = (cfws, token, cfws).parse(value).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let known = [SevenBit, EightBit, Binary, QuotedPrintable, Base64];
    let found = known.into_iter().find(|known| known.name().eq_ignore_ascii_case(name));
    Some((found.unwrap_or(Other(name)), before || behind))
}

/// Whether a value is the name of an encoding in its usual spelling.
pub(crate) fn is_usual(value: &[u8]) -> bool {
    matches!(value, b"7bit" | b"8bit" | b"binary" | b"quoted-printable" | b"base64")
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    match read(value) {
        Some((_, false)) => None,
        Some((_, true)) => Some(Rule::FieldComment),
        None => Some(Rule::ContentTransferEncodingSyntax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc2045_6_1_an_encoding_is_a_token_in_any_case() {
        for (value, encoding) in [
            ("7bit", TransferEncoding::SevenBit),
            ("8BIT", TransferEncoding::EightBit),
            ("binary", TransferEncoding::Binary),
            ("Quoted-Printable", TransferEncoding::QuotedPrintable),
            ("BASE64", TransferEncoding::Base64),
            ("x-uuencode", TransferEncoding::Other("x-uuencode")),
        ] {
            assert_eq!(TransferEncoding::parse(value.as_bytes()), Some(encoding));
            assert_eq!(violation(value.as_bytes()), None);
            assert!(encoding.to_string().eq_ignore_ascii_case(value));
            assert_eq!(encoding.is_identity(), value.to_lowercase().contains("bi"));
        }
        for bad in ["", "base64;", "base 64", "\"base64\"", "base64 (", "(a)"] {
            assert_eq!(TransferEncoding::parse(bad.as_bytes()), None, "{bad}");
            assert_eq!(violation(bad.as_bytes()), Some(Rule::ContentTransferEncodingSyntax));
        }
        let commented = b"(a) base64 (b)";
        assert_eq!(TransferEncoding::parse(commented), Some(TransferEncoding::Base64));
        assert_eq!(violation(commented), Some(Rule::FieldComment));
    }
}
