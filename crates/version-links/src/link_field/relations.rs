//! The relation types that a `rel` or `rev` parameter lists.

use crate::link_field::grammar::Value;
use crate::link_field::text;
use crate::relation::{Relation, is_blank};
use memchr::memchr2;
use std::borrow::Cow;
use std::fmt;

/// The relation types of a `rel` or `rev` parameter, in order.
#[derive(Clone, Default)]
pub struct Relations<'a> {
    text: Cow<'a, str>,
    at: usize,
}

impl<'a> Relations<'a> {
    pub(crate) fn new(value: Value<'a>) -> Self {
        Self { text: text::text(value).unwrap_or_default(), at: 0 }
    }

    /// The relation types of a value without escapes.
    #[inline]
    pub(crate) fn of_text(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), at: 0 }
    }
}

impl<'a> Iterator for Relations<'a> {
    type Item = Relation<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // Blanks are ASCII, so that words begin and end between characters.
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().position(|&octet| !is_blank(octet)).unwrap_or(rest.len());
        let word = &rest[blanks..];
        let start = self.at + blanks;
        let end = start + memchr2(b' ', b'\t', word).unwrap_or(word.len());
        self.at = end;
        if start == end {
            return None;
        }
        let word = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end)?),
            Cow::Owned(text) => Cow::Owned(text.get(start..end)?.to_owned()),
        };
        Some(Relation(word))
    }
}

impl std::iter::FusedIterator for Relations<'_> {}

/// Shows those that are left: `["next", "last"]`.
impl fmt::Debug for Relations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(Relation::into_text)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relations(value: &str) -> Vec<String> {
        let relations = Relations::new(Value::Quoted(value.as_bytes()));
        relations.map(|relation| relation.to_string()).collect()
    }

    #[test]
    fn rfc8288_3_3_relation_types_are_parted_by_white_space() {
        for (value, expected) in [
            ("", &[] as &[&str]),
            ("  ", &[]),
            ("next", &["next"]),
            ("original latest-version", &["original", "latest-version"]),
            (" a \t b ", &["a", "b"]),
            (r"a\ b \c", &["a", "b", "c"]),
        ] {
            assert_eq!(relations(value), expected, "{value:?}");
        }
    }

    #[test]
    fn what_is_left_of_the_relation_types_is_shown_as_a_list() {
        let mut relations = Relations::of_text("next last");
        assert_eq!(format!("{relations:?}"), "[\"next\", \"last\"]");
        relations.next();
        assert_eq!(format!("{relations:?}"), "[\"last\"]");
    }

    #[test]
    fn rfc8288_3_3_relation_types_are_borrowed_unless_escaped() {
        let mut plain = Relations::new(Value::Quoted(b"next"));
        assert!(matches!(plain.next().unwrap().into_text(), Cow::Borrowed("next")));
        let mut escaped = Relations::new(Value::Quoted(br"ne\xt"));
        assert!(matches!(escaped.next().unwrap().into_text(), Cow::Owned(_)));
        assert!(escaped.next().is_none());
        assert!(escaped.next().is_none());
    }
}
