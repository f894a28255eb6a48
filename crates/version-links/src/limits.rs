//! How much a reader accepts before it refuses.

use std::fmt;

/// Declares `Limits` and `Limit` from a table with one row for each limit: its documentation, its
/// field, its default, its variant, and the words for what it counts.
macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr, $variant:ident, $counted:literal;)*) => {
        /// How much a reader accepts before it refuses.
        ///
        /// Input that exceeds a limit is refused under every tolerance. Only `diagnostics` and
        /// `relation_types` refuse nothing: further diagnostics are counted, not kept, and further
        /// relation types are left out, which is reported. The defaults are safe for hostile input
        /// and generous for real Link fields.
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
    /// Octets of one field value. The default is 65,536, which large HTTP servers accept for a
    /// whole head.
    field_octets = 64 * 1024, FieldOctets, "octets in a field value";
    /// Link fields of one message. The default is 128, more than HTTP servers usually accept in a
    /// head.
    fields = 128, Fields, "Link fields in a message";
    /// Links in one value, or in all Link fields of one message together. Links that cannot be read
    /// count too. The default is 1,024, because pages with hundreds of links exist.
    links = 1024, Links, "links";
    /// Parameters of one link, including empty ones. The default is 64, so that a link fits that
    /// has all parameters of RFC 8288, a dozen languages and as many extensions.
    parameters = 64, Parameters, "parameters in a link";
    /// Relation types of one link. Only [`VersionLinks`](crate::VersionLinks) applies it: it takes the
    /// first ones, and a [`Finding`](crate::Finding) says that there are more. The default is 64,
    /// several times as many as links have.
    relation_types = 64, RelationTypes, "relation types of a link";
    /// Octets of one link of a TimeMap, with the line breaks in it. The default is 16,384, eight
    /// times as much as the longest URIs of web archives need. A TimeMap may have any number of
    /// links.
    link_octets = 16 * 1024, LinkOctets, "octets in a link of a TimeMap";
    /// Pages of one TimeMap, or TimeMaps of one index, with those that are known and not asked. The
    /// default is 1,024: at 10,000 mementos a page, as the largest web archives have it, room for 10
    /// million mementos.
    timemap_pages = 1024, TimemapPages, "pages of a TimeMap";
    /// Octets of the URIs by which one page of a TimeMap names other pages. The default is 1 MiB, a
    /// thousand for each of the pages that a TimeMap may have.
    timemap_page_octets = 1024 * 1024, TimemapPageOctets, "octets of URIs of pages";
    /// Redirects of one datetime negotiation, or on the way to one version of a history. The default
    /// is 20, as many as browsers follow.
    redirects = 20, Redirects, "redirects";
    /// Versions of one history, with those that are known and not asked. The default is 16,384, a
    /// change each day for forty years.
    history_versions = 16 * 1024, HistoryVersions, "versions in a history";
    /// Links from the start of a history to a version. The default is 16,384, because a version may
    /// link to the one before it alone.
    history_depth = 16 * 1024, HistoryDepth, "links from the start of a history";
    /// Links between the versions of a history. The default is 131,072, eight for each version.
    history_links = 128 * 1024, HistoryLinks, "links in a history";
    /// Octets of the URIs that a history holds, each counted twice, because their normal form is held
    /// too. The default is 33,554,432, a thousand for each version and its normal form.
    history_octets = 32 * 1024 * 1024, HistoryOctets, "octets of URIs in a history";
    /// Requests of a history that are open at a time. The default is 6, as many as browsers open to one
    /// server.
    history_open = 6, HistoryOpen, "open requests of a history";
    /// Origins that a history asks. The default is 8. By default the
    /// [`OriginPolicy`](crate::OriginPolicy) allows one alone.
    history_origins = 8, HistoryOrigins, "origins in a history";
    /// Requests for one version while the server asks for patience. The default is 5.
    history_tries = 5, HistoryTries, "requests for a version";
    /// Octets of one linkset. The default is 16 MiB, room for 100,000 links of 160 octets. Within the
    /// default limits, a linkset that is made to take memory takes at most about 300 MiB.
    linkset_octets = 16 * 1024 * 1024, LinksetOctets, "octets in a linkset";
    /// Links of one linkset. Link context objects are counted too, each kind by itself, and so are
    /// relation types, members of other kinds, and attributes that are kept as JSON. Links that cannot
    /// be read count, and a link counts once for each of its relation types. The default is 500,000.
    linkset_links = 500_000, LinksetLinks, "links, contexts or members in a linkset";
    /// Nested arrays and objects in a JSON value that RFC 9264 does not define, and that is kept. The
    /// default is 32, so that a recursive program can read the value.
    linkset_depth = 32, LinksetDepth, "nested arrays and objects in a member of a linkset";
    /// Diagnostics that are kept; further ones are counted. The default is 64, enough to see what
    /// is wrong.
    diagnostics = 64, Diagnostics, "diagnostics";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
