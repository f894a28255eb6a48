//! Conversion of values that borrow their document to values that own all they hold.

use crate::reporting::Tolerance;
use crate::settings::Stage;
use std::borrow::Cow;
use std::sync::Arc;

/// A value that can be converted to one that borrows nothing.
pub(crate) trait IntoOwned {
    type Owned: 'static;

    fn into_owned(self) -> Self::Owned;
}

impl IntoOwned for Cow<'_, str> {
    type Owned = Cow<'static, str>;

    fn into_owned(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

/// Implements [`IntoOwned`] for types that borrow nothing.
macro_rules! owned {
    ($($type:ty),*) => {
        $(impl IntoOwned for $type {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        })*
    };
}

owned!(bool, u64, Stage, Tolerance);

impl<T: ?Sized + Send + Sync + 'static> IntoOwned for Arc<T> {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl<T: IntoOwned> IntoOwned for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        // A tree comes here once a level: without optimisation, a chain of adapters would take three
        // times as much of the stack as this loop.
        let mut owned = Vec::with_capacity(self.len());
        for item in self {
            owned.push(item.into_owned());
        }
        owned
    }
}

impl<T: IntoOwned> IntoOwned for Box<T> {
    type Owned = Box<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        Box::new((*self).into_owned())
    }
}

/// Implements [`IntoOwned`] field by field.
///
/// For a struct `A` it also writes the public method `pub fn into_owned(self) -> A<'static>`,
/// unless the struct is marked `private`. Tuple fields are listed by their numbers. An enum is
/// marked `enum`, and each variant lists names for its fields.
macro_rules! into_owned {
    (private $name:ident { $($field:tt),* $(,)? }) => {
        impl crate::into_owned::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            fn into_owned(self) -> $name<'static> {
                $name { $($field: crate::into_owned::IntoOwned::into_owned(self.$field),)* }
            }
        }
    };
    (enum $name:ident { $($variant:ident($($field:ident),*)),* $(,)? }) => {
        impl crate::into_owned::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            fn into_owned(self) -> $name<'static> {
                match self {
                    $(Self::$variant($($field),*) => $name::$variant(
                        $(crate::into_owned::IntoOwned::into_owned($field)),*
                    ),)*
                }
            }
        }
    };
    ($name:ident { $($field:tt),* $(,)? }) => {
        crate::into_owned::into_owned!(private $name { $($field),* });

        impl $name<'_> {
            /// Copies what the value still borrows, so that it can outlive the document.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                crate::into_owned::IntoOwned::into_owned(self)
            }
        }
    };
}

pub(crate) use into_owned;
