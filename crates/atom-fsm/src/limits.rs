//! How much a reader takes before it refuses.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $variant:ident;)*) => {
        /// How much a reader takes before it refuses, whatever its tolerance.
        ///
        /// The defaults are safe for hostile input and generous for real documents.
        ///
        /// ```
        /// use atom_fsm::Limits;
        ///
        /// let limits = Limits::default().octets(1024 * 1024).depth(32);
        /// assert_eq!(limits.depth, 32);
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
            /// Diagnostics stay capped at 4,096, since each is kept in memory, and depth at 1,024, since
            /// trees are dropped and compared one level within the other.
            #[must_use]
            pub fn unlimited() -> Self {
                Self { $($field: <$type>::MAX,)* }.diagnostics(4096).depth(1024)
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
    /// Octets of a document. Default 64 MiB, above any feed that is meant to be read in one piece.
    octets: usize = 64 * 1024 * 1024, Octets;
    /// Elements in a document, and the comments and instructions that a tree keeps. Default
    /// 1,000,000: the largest feeds of 64 MiB hold a third of it, and each costs some 200 octets of
    /// memory.
    elements: usize = 1_000_000, Elements;
    /// Elements within each other. Default 128, some ten times what Atom and XHTML need.
    depth: usize = 128, Depth;
    /// Attributes of one element, namespace declarations included. Default 128.
    attributes: usize = 128, Attributes;
    /// Namespace declarations in scope at one place. Default 128: the feeds with the most have
    /// some twenty.
    namespaces: usize = 128, Namespaces;
    /// Octets of a namespace's name. Default 2,048, which is long for a URI: a writer may have to
    /// repeat it on many elements.
    namespace_octets: usize = 2048, NamespaceOctets;
    /// Diagnostics kept; the rest is counted. Default 64: enough to see what is wrong.
    diagnostics: usize = 64, Diagnostics;
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
