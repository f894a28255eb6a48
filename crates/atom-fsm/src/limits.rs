//! How much a reader takes before it refuses.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr, $variant:ident, $counted:literal;)*) => {
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
            $($(#[$doc])* pub $field: u64,)*
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
                Self { $($field: u64::MAX,)* }.diagnostics(4096).depth(1024)
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
            /// The name of the field of [`Limits`] that sets it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Limit::$variant => stringify!($field),)* }
            }

            /// What the limit counts, in plain words.
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
    /// Octets of a document. Default 64 MiB, above any feed that is meant to be read in one piece.
    octets = 64 * 1024 * 1024, Octets, "octets in a document";
    /// Elements in a document, and the comments and instructions that a tree keeps. Default
    /// 1,000,000: the largest feeds of 64 MiB hold a third of it, and each costs some 200 octets of
    /// memory.
    elements = 1_000_000, Elements, "elements, comments and instructions in a document";
    /// Elements within each other. Default 128, some ten times what Atom and XHTML need.
    depth = 128, Depth, "elements within each other";
    /// Attributes of one element, namespace declarations included. Default 128.
    attributes = 128, Attributes, "attributes on one element";
    /// Namespace declarations in scope at one place. Default 128: the feeds with the most have
    /// some twenty.
    namespaces = 128, Namespaces, "namespace declarations in scope";
    /// Octets of a namespace's name. Default 2,048, which is long for a URI: a writer may have to
    /// repeat it on many elements.
    namespace_octets = 2048, NamespaceOctets, "octets in the name of a namespace";
    /// Diagnostics kept; the rest is counted. Default 64: enough to see what is wrong.
    diagnostics = 64, Diagnostics, "diagnostics";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
