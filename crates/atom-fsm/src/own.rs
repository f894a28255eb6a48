//! From what borrows its source to what owns itself.

use std::borrow::Cow;

/// A value that can be made to borrow nothing.
pub(crate) trait Own {
    type Owned: 'static;

    fn own(self) -> Self::Owned;
}

impl Own for Cow<'_, str> {
    type Owned = Cow<'static, str>;

    fn own(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

impl<T: Own> Own for Option<T> {
    type Owned = Option<T::Owned>;

    fn own(self) -> Self::Owned {
        self.map(T::own)
    }
}

impl<T: Own> Own for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn own(self) -> Self::Owned {
        self.into_iter().map(T::own).collect()
    }
}

impl<T: Own> Own for Box<T> {
    type Owned = Box<T::Owned>;

    fn own(self) -> Self::Owned {
        Box::new((*self).own())
    }
}

/// Makes a struct with these fields, all of which can be owned, be owned; and gives it
/// `into_owned` unless it is private.
macro_rules! own {
    (private $name:ident { $($field:tt),* $(,)? }) => {
        impl crate::own::Own for $name<'_> {
            type Owned = $name<'static>;

            fn own(self) -> $name<'static> {
                $name { $($field: crate::own::Own::own(self.$field),)* }
            }
        }
    };
    ($name:ident { $($field:tt),* $(,)? }) => {
        crate::own::own!(private $name { $($field),* });

        impl $name<'_> {
            /// The same value, borrowing nothing.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                crate::own::Own::own(self)
            }
        }
    };
}

pub(crate) use own;
