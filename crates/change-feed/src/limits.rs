//! The limits of what a consumer accepts.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $variant:ident = $default:expr, $counted:literal;)*) => {
        /// How much a consumer accepts before it refuses.
        ///
        /// A consumer keeps one feed document, the runs and its position in memory. Limit the octets of
        /// a document before you read it: these limits bound each of its pieces.
        ///
        /// ```
        /// let limits = change_feed::Limits::default().set_aside(10);
        /// assert_eq!(limits.set_aside, 10);
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
            /// No limits except those of the machine, for a publisher that is trusted.
            #[must_use]
            pub const fn unlimited() -> Self {
                Self { $($field: u64::MAX,)* }
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
    /// Events in one document. The default is 1,000,000, a thousand times what is usual.
    events: Events = 1_000_000, "events in a feed document";
    /// Octets of an event's id, and of the identity of a feed. The default is 998, the longest line of RFC 5322.
    id_octets: IdOctets = 998, "octets in an event's id";
    /// Octets of a URI or of an entity tag. The default is 8,192, which RFC 9110 section 4.1 asks
    /// every HTTP recipient to support.
    uri_octets: UriOctets = 8192, "octets in a URI or an entity tag";
    /// Documents that are requested between two events. The default is 100,000, which is a walk over
    /// a hundred million events. It ends a walk over documents that refer to each other in a circle.
    documents: Documents = 100_000, "feed documents between two events";
    /// Entities that are set aside. Those that were not found, or with another media type, count at the
    /// end of a reading, because later events may explain that. The default is 1,000: more than that is a fault of the publisher
    /// or of the way to it, and not of single entities.
    set_aside: SetAside = 1000, "entities that cannot be had";
    /// Runs of a timeline. The default is 1,000,000: a publisher that is started every minute has
    /// so many in two years.
    runs: Runs = 1_000_000, "runs in a timeline";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
