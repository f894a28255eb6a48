//! Values that hold the element they stand for.

/// Declares a type that holds an element of one name, and implements
/// [`Extension`](super::extension::Extension) for it.
macro_rules! element_value {
    (
        $(#[$doc:meta])*
        $name:ident, $namespace:expr, $prefix:literal, $local:literal
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name<'a>(crate::xml::Element<'a>);

        impl<'a> crate::ext::extension::Extension<'a> for $name<'a> {
            const NAMESPACE: &'static str = $namespace;
            const LOCAL: &'static str = $local;
            const PREFIX: &'static str = $prefix;

            /// Never fails: what is wrong in the element is reported when it is read or written, and
            /// the accessors return `None` for it.
            fn from_element(element: &crate::xml::Element<'a>) -> Result<Self, crate::Error> {
                Ok(Self(element.clone()))
            }

            fn to_element(&self) -> crate::xml::Element<'a> {
                self.0.clone()
            }
        }

        impl<'a> $name<'a> {
            /// The element, with what has no accessor.
            #[must_use]
            pub fn as_element(&self) -> &crate::xml::Element<'a> {
                &self.0
            }
        }

        crate::into_owned::into_owned!($name { 0 });
    };
}

pub(crate) use element_value;

use crate::xml::{Attribute, Element, Name, SPACE};
use std::borrow::Cow;

/// The value of an attribute without a namespace, without the white space around it.
pub(crate) fn attribute<'e>(element: &'e Element<'_>, local: &str) -> Option<&'e str> {
    element.attribute("", local).map(|value| value.trim_matches(SPACE))
}

/// An attribute without a namespace.
pub(crate) fn plain<'a>(local: &'static str, value: impl Into<Cow<'a, str>>) -> Attribute<'a> {
    Attribute::new(Name::known("", "", local), value)
}
