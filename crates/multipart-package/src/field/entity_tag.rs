//! ETag (RFC 9110 section 8.8.3): names a state of the entity that a part holds.

use crate::rule::Rule;

/// An entity tag, weak or strong.
///
/// Equality compares the whole tag, weakness included (RFC 9110 section 8.8.3.2, strong
/// comparison, but for two weak tags); see [`weak_eq`](Self::weak_eq).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntityTag<'a> {
    weak: bool,
    opaque: &'a [u8],
    value: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// ```abnf
    /// entity-tag = [ "W/" ] opaque-tag
    /// opaque-tag = DQUOTE *etagc DQUOTE
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let (weak, rest) = match value.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, value),
        };
        let quoted = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        let opaque = quoted.unwrap_or(rest);
        let sound =
            (quoted.is_some() || !opaque.is_empty()) && opaque.iter().all(|&octet| is_etagc(octet));
        sound.then_some(Self { weak, opaque, value })
    }

    /// Whether it is a weak validator.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weak
    }

    /// What stands between the quotes.
    #[must_use]
    pub fn opaque(&self) -> &'a [u8] {
        self.opaque
    }

    /// The field value as it was read, ready for an If-None-Match.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.value
    }

    /// Weak comparison (RFC 9110 section 8.8.3.2): the opaque tags alone.
    #[must_use]
    pub fn weak_eq(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

pub(crate) fn breach(value: &[u8]) -> Option<Rule> {
    let sound = value.ends_with(b"\"") && EntityTag::parse(value).is_some();
    (!sound).then_some(Rule::EntityTagSyntax)
}

/// `etagc`: VCHAR except the double quote, or obs-text.
const fn is_etagc(octet: u8) -> bool {
    octet == 0x21 || (octet >= 0x23 && octet != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_8_3_an_etag_is_quoted_and_may_be_weak() {
        let weak = EntityTag::parse(b"W/\"12345678\"").unwrap();
        let strong = EntityTag::parse(b"\"12345678\"").unwrap();
        assert!(weak.is_weak() && !strong.is_weak());
        assert!(weak != strong && weak.weak_eq(&strong));
        assert_eq!((weak.opaque(), weak.as_bytes()), (&b"12345678"[..], &b"W/\"12345678\""[..]));
        assert_eq!(EntityTag::parse(b"\"\"").unwrap().opaque(), b"");
        assert_eq!(breach(b"W/\"1\""), None);
    }

    #[test]
    fn an_unquoted_etag_is_readable_and_a_broken_one_is_not() {
        assert_eq!(EntityTag::parse(b"c180de84").unwrap().opaque(), b"c180de84");
        assert_eq!(breach(b"c180de84"), Some(Rule::EntityTagSyntax));
        for bad in [&b""[..], b"W/", b"\"", b"\"a", b"a\"", b"\"a b\"", b"\"a\"b\"", b"w/\"1\""] {
            assert_eq!(EntityTag::parse(bad), None, "{}", bad.escape_ascii());
            assert_eq!(breach(bad), Some(Rule::EntityTagSyntax));
        }
    }
}
