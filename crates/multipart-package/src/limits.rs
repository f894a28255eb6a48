//! How much a reader takes before it refuses.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $variant:ident;)*) => {
        /// How much a reader takes before it refuses, whatever its tolerance.
        ///
        /// The defaults are safe for hostile input and generous for real packages. Where several
        /// are exceeded, which one is told, and where, does not depend on how the input is cut into
        /// chunks.
        ///
        /// ```
        /// use multipart_package::Limits;
        ///
        /// let limits = Limits::default().fields(16).preamble_octets(0);
        /// assert_eq!(limits.fields, 16);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub struct Limits {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Limits {
            /// No limits but the machine's: for input that is trusted.
            ///
            /// Diagnostics stay capped, since each is kept in memory, and so does padding, since all
            /// of it is looked at again with every chunk.
            #[must_use]
            pub fn unlimited() -> Self {
                Self { $($field: <$type>::MAX,)* }.diagnostics(4096).padding_octets(4096)
            }

            $(
                #[doc = concat!("Sets [`Limits::", stringify!($field), "`](#structfield.", stringify!($field), ").")]
                #[must_use]
                pub const fn $field(mut self, value: $type) -> Self {
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
    /// Octets before the opening delimiter line. Default 65,536: a preamble is a note to a
    /// person, and everything in it is thrown away.
    preamble_octets: u64 = 64 * 1024, PreambleOctets;
    /// Octets after the close delimiter line. Default 65,536, for the same reason.
    epilogue_octets: u64 = 64 * 1024, EpilogueOctets;
    /// Spaces and tabs after a delimiter, before its line ends. Default 256: transport padding
    /// has to be held until the line's end tells whether the line is a delimiter.
    padding_octets: usize = 256, PaddingOctets;
    /// Octets of a part's head, blank line included. Default 65,536, what large HTTP servers
    /// take for a whole request head; a decoder may have to hold that much.
    head_octets: usize = 64 * 1024, HeadOctets;
    /// Octets of one field, its line breaks included. Default 16,384: long Link fields fit.
    field_octets: usize = 16 * 1024, FieldOctets;
    /// Fields in a head. Default 128, above what HTTP servers usually take.
    fields: usize = 128, Fields;
    /// Octets of one body. Default none: a body is never held, only handed on in chunks.
    body_octets: u64 = u64::MAX, BodyOctets;
    /// Parts in a package or feed document, or in each range of one that is read in ranges.
    /// Default none: parts are counted, not held.
    parts: u64 = u64::MAX, Parts;
    /// Diagnostics kept; the rest is counted. Default 64: enough to see what is wrong.
    diagnostics: usize = 64, Diagnostics;
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
