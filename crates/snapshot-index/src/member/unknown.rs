//! The members that the draft does not define, kept as raw JSON.

use serde_json::value::RawValue;
use std::borrow::Cow;

/// A member that the draft does not define: its unescaped name and the JSON text of its value.
#[derive(Debug, Clone)]
pub(crate) struct Unknown<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, RawValue>,
}

impl Unknown<'_> {
    pub(crate) fn as_pair(&self) -> (&str, &str) {
        (&self.name, self.value.get())
    }

    pub(crate) fn into_owned(self) -> Unknown<'static> {
        Unknown {
            name: Cow::Owned(self.name.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
        }
    }
}

/// Raw JSON: borrowed from the input, or owned where a format has no input to borrow from.
pub(crate) trait Raw<'de>: serde::Deserialize<'de> {
    fn into_cow(self) -> Cow<'de, RawValue>;
}

impl<'de> Raw<'de> for &'de RawValue {
    fn into_cow(self) -> Cow<'de, RawValue> {
        Cow::Borrowed(self)
    }
}

impl<'de> Raw<'de> for Box<RawValue> {
    fn into_cow(self) -> Cow<'de, RawValue> {
        Cow::Owned(self)
    }
}
