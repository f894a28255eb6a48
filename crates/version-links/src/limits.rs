//! How much a reader takes before it refuses.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $variant:ident;)*) => {
        /// How much a reader takes before it refuses, whatever its tolerance.
        ///
        /// The defaults are safe for hostile input and generous for real Link fields.
        ///
        /// ```
        /// use version_links::Limits;
        ///
        /// let limits = Limits::default().links(16).parameters(8);
        /// assert_eq!(limits.links, 16);
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
            /// Diagnostics stay capped, since each is kept in memory.
            #[must_use]
            pub fn unlimited() -> Self {
                Self { $($field: <$type>::MAX,)* }.diagnostics(4096)
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

            pub(crate) fn of(self, limits: &Limits) -> usize {
                match self { $(Limit::$variant => limits.$field,)* }
            }
        }
    };
}

limits! {
    /// Octets of one field value. Default 65,536, what large HTTP servers take for a whole head.
    field_octets: usize = 64 * 1024, FieldOctets;
    /// Link fields of one message. Default 128, above what HTTP servers usually take in a head.
    fields: usize = 128, Fields;
    /// Links, broken ones included, in one value or in all Link fields of one message together.
    /// Default 1,024: pages with hundreds of links exist.
    links: usize = 1024, Links;
    /// Parameters of one link, empty ones included. Default 64: a link that says all that RFC 8288
    /// knows, with a dozen languages and as many extensions, fits.
    parameters: usize = 64, Parameters;
    /// Diagnostics kept; the rest is counted. Default 64: enough to see what is wrong.
    diagnostics: usize = 64, Diagnostics;
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
