//! The limits of what is read and built.

use std::fmt;

/// Declares `Limits`, its setters and `Limit` from a table with one row for each limit: its docs,
/// its field, its variant, its default, and what it counts.
macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $variant:ident = $default:expr, $counted:literal;)*) => {
        /// How much a reader or a builder accepts before it refuses.
        ///
        /// Input that exceeds a limit is refused under every tolerance. Only `diagnostics` refuses
        /// nothing: further diagnostics are counted, not kept. The defaults are safe for hostile
        /// input, and allow an index of four million URIs in 256 MiB.
        ///
        /// ```
        /// use snapshot_index::Limits;
        ///
        /// let limits = Limits::default().uris(1000).unknown_members(0);
        /// assert_eq!(limits.uris, 1000);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub struct Limits {
            $($(#[$doc])* pub $field: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        impl Limits {
            pub(crate) const DEFAULT: Self = Self { $($field: $default,)* };

            /// No limits except those of the machine, for input that is trusted.
            ///
            /// One limit stays: 4,096 diagnostics, because each is kept in memory.
            #[must_use]
            pub const fn unlimited() -> Self {
                Self { $($field: u64::MAX,)* }.diagnostics(4096)
            }

            $(
                #[doc = concat!("Sets [`Limits::", stringify!($field), "`](#structfield.", stringify!($field), ").")]
                #[must_use]
                pub const fn $field(mut self, value: u64) -> Self {
                    self.$field = value;
                    self
                }
            )*
        }

        /// The name of a limit, for errors.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Limit {
            $(
                #[doc = concat!("[`Limits::", stringify!($field), "`].")]
                $variant,
            )*
        }

        impl Limit {
            /// The name of the limit: the field of [`Limits`] that sets it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Limit::$variant => stringify!($field),)* }
            }

            /// What is counted, as errors print it after the number.
            pub(crate) const fn counted(self) -> &'static str {
                match self { $(Limit::$variant => $counted,)* }
            }

            pub(crate) const fn of(self, limits: &Limits) -> u64 {
                match self { $(Limit::$variant => limits.$field,)* }
            }
        }
    };
}

limits! {
    /// Octets of the whole input. The default is 268,435,456 (256 MiB), which is enough for four
    /// million URIs of 60 octets. A builder does not measure the document.
    octets: Octets = 256 * 1024 * 1024, "octets in the document";
    /// Items of `uris`. The default is 4,000,000: their table takes 96 MB on a 64-bit machine, and
    /// that many packages of 3 MB, the size of the draft's, are a snapshot of 12 TB.
    uris: Uris = 4_000_000, "items in uris";
    /// Octets of one item of `uris`, counted after unescaping. The default is 16,384, which is
    /// twice what RFC 9110 section 4.1 asks every HTTP recipient to support.
    uri_octets: UriOctets = 16 * 1024, "octets in an item of uris";
    /// Octets of `id`, counted after unescaping. The default is 4,096: the draft's id has 24, and a
    /// digest or a URI fits too.
    id_octets: IdOctets = 4096, "octets in id";
    /// Unknown members. The default is 64: extensions are few, and each member is kept in memory.
    unknown_members: UnknownMembers = 64, "unknown members";
    /// Octets of one unknown member: its name, and the JSON text of its value. The default is
    /// 1,048,576 (1 MiB), which is enough for a note or a table of digests.
    unknown_octets: UnknownOctets = 1024 * 1024, "octets in an unknown member";
    /// Arrays and objects that are nested in an unknown member. The default is 64, which is half of
    /// what `serde_json` supports, so that the kept JSON text can be parsed with it.
    depth: Depth = 64, "nested arrays and objects";
    /// Diagnostics that are kept; further ones are only counted. The default is 64, which is
    /// enough to see what is wrong.
    diagnostics: Diagnostics = 64, "diagnostics";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
