//! How much a reader accepts before it refuses.

use std::fmt;

/// Declares `Limits` and `Limit` from a table with one row for each limit: its documentation, its
/// field, its default, its variant, and the words for what it counts.
macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr, $variant:ident, $counted:literal;)*) => {
        /// How much a reader accepts before it refuses.
        ///
        /// Input that exceeds a limit is refused under every tolerance. Only `diagnostics` refuses
        /// nothing: further diagnostics are counted, not kept.
        ///
        /// The defaults are safe for hostile input and generous for real packages. If an input
        /// exceeds several limits, the error names the same limit at the same offset however the
        /// input is cut into chunks.
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
            $($(#[$doc])* pub $field: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Limits {
            /// No limits except those of the machine, for input that is trusted.
            ///
            /// Two limits stay: 4,096 diagnostics, because each is kept in memory, and 4,096
            /// octets of padding, because the reader reads the padding again with every chunk.
            #[must_use]
            pub const fn unlimited() -> Self {
                Self { $($field: u64::MAX,)* }.diagnostics(4096).padding_octets(4096)
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
            /// The name of the field of [`Limits`] that sets this limit.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Limit::$variant => stringify!($field),)* }
            }

            /// What the limit counts, in words.
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
    /// Octets before the opening delimiter line. The default is 65,536: a preamble is a note to
    /// a person, and the reader discards all of it.
    preamble_octets = 64 * 1024, PreambleOctets, "octets before the opening delimiter line";
    /// Octets after the close delimiter line. The default is 65,536, for the same reason.
    epilogue_octets = 64 * 1024, EpilogueOctets, "octets after the close delimiter line";
    /// Spaces and tabs between a delimiter and the end of its line. The default is 256: a reader
    /// has to hold such padding until the line's end shows whether the line is a delimiter line.
    padding_octets = 256, PaddingOctets, "spaces and tabs after a delimiter";
    /// Octets of a part's head, including the blank line. The default is 65,536, which large HTTP
    /// servers accept for a whole request head; a decoder may have to hold that much.
    head_octets = 64 * 1024, HeadOctets, "octets in a head";
    /// Octets of one field, including its line breaks. The default is 16,384, so that long Link
    /// fields fit.
    field_octets = 16 * 1024, FieldOctets, "octets in a field";
    /// Fields in a head. The default is 128, more than HTTP servers usually accept.
    fields = 128, Fields, "fields";
    /// Octets of one body. There is no limit by default: a reader never holds a body, but hands
    /// it on in chunks.
    body_octets = u64::MAX, BodyOctets, "octets in a body";
    /// Parts in a package or feed document, or in each range of one that is read in ranges.
    /// There is no limit by default: a reader counts parts, but does not hold them.
    parts = u64::MAX, Parts, "parts";
    /// Octets at the end of a line of a quoted-printable body that a decoder of the body holds, because
    /// it depends on what follows them whether they count: spaces, tabs, CRs and a `=` that is not
    /// complete. The default is 65,536, many times the 76 characters that a line may have. Up to 4,095
    /// octets are held whatever the limit is.
    white_space_octets = 64 * 1024, WhiteSpaceOctets, "octets of white space in an encoded line";
    /// Diagnostics that are kept; further ones are counted. The default is 64, enough to see what
    /// is wrong.
    diagnostics = 64, Diagnostics, "diagnostics";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
