//! ETag (RFC 9110 section 8.8.3): the name of a state of the entity in a part.

use crate::rule::Rule;

/// An entity tag, weak or strong (RFC 9110 section 8.8.3).
///
/// `==` compares the whole value, including `W/` and the quotes. Unlike the strong comparison of
/// RFC 9110 section 8.8.3.2, it is true for two equal weak tags. For the weak comparison, see
/// [`weak_eq`](Self::weak_eq).
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

    /// Whether the tag is weak.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weak
    }

    /// The octets between the quotes.
    #[must_use]
    pub fn opaque(&self) -> &'a [u8] {
        self.opaque
    }

    /// The field value as written, to be sent in an If-None-Match.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.value
    }

    /// Compares the opaque tags only: the weak comparison of RFC 9110 section 8.8.3.2.
    #[must_use]
    pub fn weak_eq(&self, other: &EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

#[inline]
pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    // The usual value, a strong tag.
    if let [b'"', opaque @ .., b'"'] = value {
        let is_sound = opaque.iter().all(|&octet| is_etagc(octet));
        return (!is_sound).then_some(Rule::EntityTagSyntax);
    }
    unusual_violation(value)
}

fn unusual_violation(value: &[u8]) -> Option<Rule> {
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
        assert_eq!(violation(b"W/\"1\""), None);
    }

    #[test]
    fn an_unquoted_etag_is_readable_and_a_broken_one_is_not() {
        assert_eq!(EntityTag::parse(b"c180de84").unwrap().opaque(), b"c180de84");
        assert_eq!(violation(b"c180de84"), Some(Rule::EntityTagSyntax));
        for bad in [&b""[..], b"W/", b"\"", b"\"a", b"a\"", b"\"a b\"", b"\"a\"b\"", b"w/\"1\""] {
            assert_eq!(EntityTag::parse(bad), None, "{}", bad.escape_ascii());
            assert_eq!(violation(bad), Some(Rule::EntityTagSyntax));
        }
    }
}
