//! How much a reader or builder takes before it refuses.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $variant:ident = $default:expr;)*) => {
        /// How much a reader or builder takes before it refuses, whatever its tolerance.
        ///
        /// The defaults are safe for hostile input and let an index of millions of packages pass.
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
            $($(#[$doc])* pub $field: usize,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Limits {
            /// No limits but the machine's: for input that is trusted.
            ///
            /// Diagnostics stay capped, since each is kept in memory.
            #[must_use]
            pub fn unlimited() -> Self {
                Self { $($field: usize::MAX,)* }.diagnostics(4096)
            }

            $(
                #[doc = concat!("Sets [`Limits::", stringify!($field), "`](#structfield.", stringify!($field), ").")]
                #[must_use]
                pub const fn $field(mut self, value: usize) -> Self {
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
            /// The name of the field of [`Limits`] that sets it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Limit::$variant => stringify!($field),)* }
            }

            pub(crate) fn of(self, limits: &Limits) -> u64 {
                match self { $(Limit::$variant => limits.$field as u64,)* }
            }
        }
    };
}

limits! {
    /// Octets of the whole input. Default 268,435,456 (256 MiB): a million URIs of 250 octets.
    octets: Octets = 256 * 1024 * 1024;
    /// Items of `uris`. Default 4,000,000: their table takes 96 MB on a 64-bit machine, and so
    /// many packages of 3 MB, as the draft's are, make a snapshot of 12 TB.
    uris: Uris = 4_000_000;
    /// Octets of one item of `uris`, unescaped. Default 16,384: twice what RFC 9110 section 4.1
    /// asks every HTTP recipient to take, and more than most servers do.
    uri_octets: UriOctets = 16 * 1024;
    /// Octets of `id`, unescaped. Default 4,096: the draft's own has 24, and a digest or a URI
    /// fits as well.
    id_octets: IdOctets = 4096;
    /// Unknown members. Default 64: extensions are few, and each is kept.
    unknown_members: UnknownMembers = 64;
    /// Octets of one unknown member, name and value as they stand. Default 1,048,576: a note or
    /// a table of digests, not a payload.
    unknown_octets: UnknownOctets = 1024 * 1024;
    /// Arrays and objects inside one another in an unknown member. Default 64: half of what
    /// `serde_json` takes, so that whoever reads the kept text on will not fail.
    depth: Depth = 64;
    /// Diagnostics kept; the rest is counted. Default 64: enough to see what is wrong.
    diagnostics: Diagnostics = 64;
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
