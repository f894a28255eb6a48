//! The names of namespaces, which many elements and attributes share.

use crate::into_owned::IntoOwned;
use crate::namespace;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// A longer text is reference-counted instead of copied: a document spells it once, and refers to
/// it by a prefix any number of times. A copy of a shorter text is no larger than the rest of a
/// name.
const LONG: usize = 64;

/// A text that is cloned without a copy.
#[derive(Debug, Clone)]
pub(crate) enum Shared<'a> {
    Borrowed(&'a str),
    Counted(Arc<str>),
}

impl<'a> Shared<'a> {
    /// Returns the text of a namespace declaration, which many names will share.
    pub(crate) fn declared(text: Cow<'a, str>) -> Self {
        match (namespace::interned(&text), text) {
            (Some(known), _) => Self::Borrowed(known),
            (None, Cow::Borrowed(text)) if text.len() <= LONG => Self::Borrowed(text),
            (None, text) => Self::Counted(text.into()),
        }
    }
}

/// What the namespace begins with of a name whose prefix is declared nowhere. No document may contain
/// this character, so that the namespace is no other's.
const UNBOUND: char = '\u{1}';

impl Shared<'_> {
    /// Returns the namespace of the names of an undeclared prefix.
    pub(crate) fn unbound(prefix: &str) -> Self {
        Self::Counted(format!("{UNBOUND}{prefix}").into())
    }

    pub(crate) fn is_unbound(&self) -> bool {
        self.starts_with(UNBOUND)
    }
}

impl<'a> From<Cow<'a, str>> for Shared<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Borrowed(text),
            Cow::Owned(text) => Self::Counted(text.into()),
        }
    }
}

impl Deref for Shared<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Counted(text) => text,
        }
    }
}

impl IntoOwned for Shared<'_> {
    type Owned = Shared<'static>;

    fn into_owned(self) -> Shared<'static> {
        match self {
            Self::Borrowed(text) => match namespace::interned(text) {
                Some(known) => Shared::Borrowed(known),
                None => Shared::Counted(text.into()),
            },
            Self::Counted(text) => Shared::Counted(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_or_known_is_held_once() {
        let long = "u".repeat(LONG + 1);
        for text in [Cow::Borrowed(&*long), Cow::Owned("u".to_owned()), namespace::ATOM.into()] {
            let declared = Shared::declared(text.clone());
            assert_eq!(*declared, *text);
            let (one, other) = (declared.clone().into_owned(), declared.into_owned());
            assert_eq!(one.as_ptr(), other.as_ptr());
        }
        let short = Shared::declared("u".into());
        assert_eq!(&*short.clone().into_owned(), "u");
    }
}
