//! Values of another kind than the one that is expected.

/// Declares the methods of a visitor for kinds of values that are not expected. Such a value is read
/// to its end, and gives the expression.
macro_rules! otherwise {
    ($self:ident => $given:expr; $($kind:ident),*) => { $(otherwise!(@$kind $self => $given);)* };
    (@scalar $self:ident => $given:expr) => {
        fn visit_bool<E: serde::de::Error>($self, _: bool) -> Result<Self::Value, E> { $given }
        fn visit_i64<E: serde::de::Error>($self, _: i64) -> Result<Self::Value, E> { $given }
        fn visit_u64<E: serde::de::Error>($self, _: u64) -> Result<Self::Value, E> { $given }
        fn visit_f64<E: serde::de::Error>($self, _: f64) -> Result<Self::Value, E> { $given }
        fn visit_unit<E: serde::de::Error>($self) -> Result<Self::Value, E> { $given }
    };
    (@string $self:ident => $given:expr) => {
        fn visit_str<E: serde::de::Error>($self, _: &str) -> Result<Self::Value, E> { $given }
    };
    (@seq $self:ident => $given:expr) => {
        fn visit_seq<A: serde::de::SeqAccess<'a>>(
            $self,
            mut items: A,
        ) -> Result<Self::Value, A::Error> {
            while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            $given
        }
    };
    (@map $self:ident => $given:expr) => {
        fn visit_map<A: serde::de::MapAccess<'a>>(
            $self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            type Skipped = serde::de::IgnoredAny;
            while map.next_entry::<Skipped, Skipped>()?.is_some() {}
            $given
        }
    };
}

pub(super) use otherwise;
