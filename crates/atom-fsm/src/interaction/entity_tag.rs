//! Entity tags and lists of them (RFC 9110 sections 8.8.3 and 13.1.1).

use http::HeaderValue;
use std::fmt;

/// An entity tag: an opaque validator of a representation (RFC 9110 section 8.8.3).
///
/// ```abnf
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / obs-text
/// ```
///
/// ```
/// use atom_fsm::interaction::EntityTag;
///
/// let (strong, weak) = (EntityTag::strong("1,2").unwrap(), EntityTag::parse("W/\"1,2\"").unwrap());
/// assert_eq!(strong.to_string(), "\"1,2\"");
/// assert!(strong.equals_weakly(&weak) && !strong.equals_strongly(&weak));
/// assert_eq!(EntityTag::parse("1,2"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityTag(HeaderValue);

impl EntityTag {
    /// Parses a text that is one entity tag and nothing else, quotes included. `None` for any other
    /// text.
    #[must_use]
    pub fn parse(text: impl AsRef<[u8]>) -> Option<Self> {
        let text = text.as_ref();
        Tag::parse(text)?;
        HeaderValue::from_bytes(text).ok().map(Self)
    }

    /// Returns a strong tag with these characters between its quotes. `None` if one of them is a
    /// quote, white space or a control character.
    #[must_use]
    pub fn strong(opaque: &str) -> Option<Self> {
        Self::parse(format!("\"{opaque}\""))
    }

    /// Whether it is a weak tag: one that may stay the same when the octets change.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.0.as_bytes().starts_with(b"W/")
    }

    /// The octets of the tag as it stands in a field, quotes included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The strong comparison (RFC 9110 section 8.8.3.2): a weak tag equals no other.
    #[must_use]
    pub fn equals_strongly(&self, other: &Self) -> bool {
        self.tag().is_some_and(|tag| tag.equals_strongly(other.tag()))
    }

    /// The weak comparison (RFC 9110 section 8.8.3.2): tags are equal whether or not they are weak.
    #[must_use]
    pub fn equals_weakly(&self, other: &Self) -> bool {
        self.tag().is_some_and(|tag| tag.equals_weakly(other.tag()))
    }

    /// The value of a field that consists of this tag.
    #[must_use]
    pub fn to_field(&self) -> HeaderValue {
        self.0.clone()
    }

    pub(super) fn tag(&self) -> Option<Tag<'_>> {
        Tag::parse(self.0.as_bytes())
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.0.as_bytes()))
    }
}

/// A strong entity tag, the only kind that If-Match can match (RFC 9110 section 13.1.1).
///
/// ```
/// use atom_fsm::interaction::{EntityTag, StrongTag};
///
/// assert!(StrongTag::new(EntityTag::strong("1").unwrap()).is_some());
/// assert!(StrongTag::new(EntityTag::parse("W/\"1\"").unwrap()).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StrongTag(EntityTag);

impl StrongTag {
    /// Returns the tag as a strong one. `None` if it is weak.
    #[must_use]
    pub fn new(tag: EntityTag) -> Option<Self> {
        (!tag.is_weak()).then_some(Self(tag))
    }

    /// The tag.
    #[must_use]
    pub fn as_tag(&self) -> &EntityTag {
        &self.0
    }
}

impl fmt::Display for StrongTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An entity tag within a field line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    is_weak: bool,
    opaque: &'a [u8],
}

impl<'a> Tag<'a> {
    fn parse(text: &'a [u8]) -> Option<Self> {
        Self::read(text).and_then(|(tag, rest)| rest.is_empty().then_some(tag))
    }

    /// Reads the entity tag at the start of a text, and returns it with what follows.
    fn read(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let strong = text.strip_prefix(b"W/");
        let (is_weak, text) = (strong.is_some(), strong.unwrap_or(text));
        let text = text.strip_prefix(b"\"")?;
        let end = memchr::memchr(b'"', text)?;
        let (opaque, rest) = text.split_at(end);
        let is_etagc = |octet: &u8| matches!(octet, 0x21 | 0x23..=0x7E | 0x80..);
        let rest = rest.strip_prefix(b"\"")?;
        opaque.iter().all(is_etagc).then_some((Self { is_weak, opaque }, rest))
    }

    pub(super) fn equals_strongly(self, other: Option<Tag<'_>>) -> bool {
        other.is_some_and(|other| !self.is_weak && !other.is_weak && self.opaque == other.opaque)
    }

    pub(super) fn equals_weakly(self, other: Option<Tag<'_>>) -> bool {
        other.is_some_and(|other| self.opaque == other.opaque)
    }
}

/// The entity tags in a field line, `#entity-tag` (RFC 9110 section 5.6.1). Empty elements are
/// skipped. The list ends before an element that is not an entity tag, since the end of such an
/// element is unknown.
pub(super) fn list(line: &[u8]) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while let [b' ' | b'\t' | b',', after @ ..] = rest {
            rest = after;
        }
        let (tag, after) = Tag::read(rest)?;
        rest = after.trim_ascii_start();
        matches!(rest, [] | [b',', ..]).then_some(tag)
    })
}

/// Whether a field line matches any entity tag, which it does if it is `*` and nothing else.
pub(super) fn is_any(line: &[u8]) -> bool {
    line.trim_ascii() == b"*"
}

/// Whether one of the elements in a field line is `*`, where no element before it is something else than
/// an entity tag. In If-None-Match that is allowed only alone, and taken for itself beside others.
pub(super) fn has_any(line: &[u8]) -> bool {
    let mut rest = line;
    loop {
        while let [b' ' | b'\t' | b',', after @ ..] = rest {
            rest = after;
        }
        let (is_any, after) = match rest {
            [b'*', after @ ..] => (true, after),
            _ => match Tag::read(rest) {
                Some((_, after)) => (false, after),
                None => return false,
            },
        };
        rest = after.trim_ascii_start();
        match rest {
            [] | [b',', ..] if is_any => return true,
            [b',', ..] => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_8_3_an_entity_tag_is_quoted_and_may_contain_a_comma() {
        let tag = |is_weak, opaque| Some(Tag { is_weak, opaque });
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
            (b"", None),
        ] {
            assert_eq!(Tag::parse(text), expected, "{}", text.escape_ascii());
            assert_eq!(EntityTag::parse(text).is_some(), expected.is_some());
        }
    }

    #[test]
    fn rfc9110_5_6_1_a_list_has_its_tags_up_to_what_is_not_one() {
        let tags = |line: &'static str| {
            list(line.as_bytes()).map(|tag| tag.opaque.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(tags("\"a\", W/\"b\" ,,\t\"c,d\""), [&b"a"[..], b"b", b"c,d"]);
        assert_eq!(tags("\"x,*,y\""), [b"x,*,y"]);
        assert_eq!(tags("\"a\", b, \"c\""), [b"a"]);
        assert_eq!(tags("\"a\" \"b\""), [] as [Vec<u8>; 0]);
        assert!(is_any(b" * ") && !is_any(b"\"*\"") && !is_any(b"*, \"a\""));
        for line in ["*", " * ", "*, *", ", *", "\"a\", *", "W/\"*\" ,\t* ,x", "*, x"] {
            assert!(has_any(line.as_bytes()), "{line}");
        }
        for line in ["", "\"*\"", "x, *", "\"a\" *", "**", "* *", "\"a,*,b\"", "*x"] {
            assert!(!has_any(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn rfc9110_8_8_3_2_the_table_of_comparisons() {
        for (one, other, strongly, weakly) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            let (one, other) = (EntityTag::parse(one).unwrap(), EntityTag::parse(other).unwrap());
            assert_eq!(one.equals_strongly(&other), strongly, "{one} {other}");
            assert_eq!(other.equals_strongly(&one), strongly);
            assert_eq!(one.equals_weakly(&other), weakly, "{one} {other}");
        }
    }
}
