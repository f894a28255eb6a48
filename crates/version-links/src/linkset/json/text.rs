//! Strings that borrow the input.

use crate::linkset::json::otherwise::otherwise;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A string that borrows the input unless it had to be unescaped.
///
/// Serde's own `Deserialize` of `Cow<str>` always copies.
pub(super) struct Text<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text)))
    }
}

/// The span of a text in the input, if the text borrows the input.
pub(super) fn span_within(input: &[u8], text: &str) -> Option<Range<usize>> {
    let start = text.as_ptr().addr().checked_sub(input.as_ptr().addr())?;
    let end = start.checked_add(text.len())?;
    (end <= input.len()).then_some(start..end)
}

/// A string, or nothing for any other value.
pub(super) struct MaybeText<'a>(pub(super) Option<Cow<'a, str>>);

impl<'a> Deserialize<'a> for MaybeText<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MaybeTextVisitor)
    }
}

struct MaybeTextVisitor;

impl<'a> Visitor<'a> for MaybeTextVisitor {
    type Value = MaybeText<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Self::Value, E> {
        Ok(MaybeText(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(MaybeText(Some(Cow::Owned(text.to_owned()))))
    }

    otherwise!(self => Ok(MaybeText(None)); scalar, seq, map);
}
