//! Strings where other values are tolerated.

use crate::linkset::json::otherwise::otherwise;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;

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
