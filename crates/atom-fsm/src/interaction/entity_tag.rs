//! Entity tags and lists of them (RFC 9110 sections 8.8.3 and 13.1.1).

/// An entity tag (RFC 9110 section 8.8.3).
///
/// ```abnf
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntityTag<'a> {
    is_weak: bool,
    opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Parses a text that is one entity tag and nothing else.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        Self::read(text).and_then(|(tag, rest)| rest.is_empty().then_some(tag))
    }

    /// Reads the entity tag at the start of a text, and returns it with what follows.
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let strong = text.strip_prefix(b"W/");
        let (is_weak, text) = (strong.is_some(), strong.unwrap_or(text));
        let text = text.strip_prefix(b"\"")?;
        let end = text.iter().position(|octet| *octet == b'"')?;
        let (opaque, rest) = text.split_at(end);
        let is_etagc = |octet: &u8| matches!(octet, 0x21 | 0x23..=0x7E | 0x80..);
        opaque.iter().all(is_etagc).then_some((Self { is_weak, opaque }, &rest[1..]))
    }

    /// The strong comparison (RFC 9110 section 8.8.3.2): a weak tag equals no other.
    pub(super) fn equals_strongly(self, other: Self) -> bool {
        !self.is_weak && self == other
    }
}

/// The entity tags in a field line, `#entity-tag` (RFC 9110 section 5.6.1). Empty elements are
/// skipped. The list ends before an element that is not an entity tag, since the end of such an
/// element is unknown.
pub(super) fn list(line: &[u8]) -> impl Iterator<Item = EntityTag<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while let [b' ' | b'\t' | b',', after @ ..] = rest {
            rest = after;
        }
        let (tag, after) = EntityTag::read(rest)?;
        rest = after.trim_ascii_start();
        matches!(rest, [] | [b',', ..]).then_some(tag)
    })
}

/// Whether a field line matches any entity tag, which it does if it is `*` and nothing else.
pub(super) fn is_any(line: &[u8]) -> bool {
    line.trim_ascii() == b"*"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_8_3_an_entity_tag_is_quoted_and_may_contain_a_comma() {
        let tag = |is_weak, opaque| Some(EntityTag { is_weak, opaque });
        for (text, expected) in [
            (&b"\"\""[..], tag(false, &b""[..])),
            (b"\"a,b\"", tag(false, b"a,b")),
            (b"W/\"a b\"", None),
            (b"W/\"a\"", tag(true, b"a")),
            (b"\"\xE9!#~\"", tag(false, b"\xE9!#~")),
            (b"w/\"a\"", None),
            (b"\"a\x7F\"", None),
            (b"\"a\"b", None),
            (b"\"a", None),
            (b"a", None),
            (b"*", None),
            (b"", None),
        ] {
            assert_eq!(EntityTag::parse(text), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn rfc9110_5_6_1_a_list_is_parted_by_commas_outside_the_tags() {
        let opaque = |line: &'static [u8]| list(line).map(|tag| tag.opaque).collect::<Vec<_>>();
        assert_eq!(opaque(b"\"a\", W/\"b,c\" ,\"*\""), [&b"a"[..], b"b,c", b"*"]);
        assert_eq!(opaque(b" ,, \"a\",\t,"), [b"a"]);
        assert_eq!(opaque(b"\"a\" \"b\", \"c\""), [b""; 0]);
        assert_eq!(opaque(b"\"a\", b, \"c\""), [b"a"]);
        assert_eq!(opaque(b""), [b""; 0]);
        assert!(is_any(b" * ") && !is_any(b"*, \"a\"") && !is_any(b"\"*\""));
    }
}
