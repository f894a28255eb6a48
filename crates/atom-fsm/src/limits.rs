//! How much a reader accepts before it refuses.

use std::fmt;

/// Declares `Limits` and `Limit` from a table with one row for each limit: its documentation, its
/// field, its default, its variant, and the words for what it counts.
macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr, $variant:ident, $counted:literal;)*) => {
        /// How much a reader accepts before it refuses.
        ///
        /// Input that exceeds a limit is refused under every tolerance. Only `diagnostics`,
        /// `revision_octets`, `slug_octets`, `refusal_octets` and the limits of a
        /// [`BundleWalk`](crate::walk::BundleWalk) refuse nothing: further diagnostics and octets are
        /// counted, not kept, and a walk says what it leaves out. The defaults are safe for hostile input
        /// and large enough for real documents.
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
            /// No limits except those of the machine, for input that is trusted.
            ///
            /// Three limits stay: 4,096 diagnostics and 256 KiB of ids and dates, because they are kept
            /// in memory, and a depth of 1,024, because trees are dropped and compared recursively.
            #[must_use]
            pub const fn unlimited() -> Self {
                Self { $($field: u64::MAX,)* }.diagnostics(4096).depth(1024).revision_octets(256 * 1024)
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
    /// Octets in a document. The default is 64 MiB, more than any feed that is meant to be read at
    /// once.
    octets = 64 * 1024 * 1024, Octets, "octets in a document";
    /// Octets of one entry of a feed that is read entry by entry, or of one other child of the feed,
    /// with the text before it; and of what is before the feed, or behind it. The default is 16 MiB,
    /// some ten times the longest article with its pictures. Such a feed may be of any size: `octets`
    /// limits only its metadata, which is kept.
    entry_octets = 16 * 1024 * 1024, EntryOctets, "octets in one child of a feed";
    /// Octets of ids and updated dates that are remembered where a feed is read or written entry by
    /// entry: [`Rule::EntryRepeated`](crate::Rule::EntryRepeated) is reported among the entries that
    /// these are of. The others are not refused. The default is 256 KiB, some 3,000 entries. Of the
    /// tombstones of a feed, always the first 65,536 are compared
    /// ([`Rule::TombstoneRepeated`](crate::Rule::TombstoneRepeated)).
    revision_octets = 256 * 1024, RevisionOctets, "octets of ids and dates";
    /// Octets that one entry inherits from the feed that it was read from, where a
    /// [`FeedWriter`](crate::FeedWriter) passes it on to another: authors, namespace declarations, base and
    /// language. Each entry gets its own copy. The default is 64 KiB, some hundred authors.
    inherited_octets = 64 * 1024, InheritedOctets, "octets that an entry inherits";
    /// Elements in a document, and the comments and instructions that are kept. The
    /// default is 1,000,000, three times as many as feeds of 64 MiB contain; each takes about 200
    /// octets of memory. Where a feed is read entry by entry, each entry is counted on its own, and so is
    /// the metadata of the feed.
    elements = 1_000_000, Elements, "elements, comments and instructions in a document";
    /// Elements within each other. The default is 128, about ten times what Atom and XHTML need.
    depth = 128, Depth, "elements within each other";
    /// Attributes on one element, namespace declarations included. The default is 128, far more
    /// than any vocabulary defines.
    attributes = 128, Attributes, "attributes on one element";
    /// Namespace declarations in scope at one place. The default is 128; feeds with many have about
    /// twenty.
    namespaces = 128, Namespaces, "namespace declarations in scope";
    /// Octets in the name of a namespace. The default is 2,048, which is long for a URI; a writer
    /// may have to repeat the name on many elements.
    namespace_octets = 2048, NamespaceOctets, "octets in the name of a namespace";
    /// Documents that a walk over the pages or archives of one feed visits. The default is 10,000: a
    /// feed with an archive for each day reaches back for 27 years.
    archives = 10_000, Archives, "documents of one feed";
    /// Bundles that a walk over bundles and their references visits. The default is 500: a person's
    /// services are in some dozens. References to further bundles are left out, and the walk says so.
    bundles = 500, Bundles, "bundles";
    /// References between the first bundle of a walk and the last. The default is 16. Deeper bundles are
    /// left out, and the walk says so.
    bundle_depth = 16, BundleDepth, "references between the first bundle and the last";
    /// References of one bundle that a walk keeps. The default is 500. Further ones are only counted.
    references = 500, References, "references of one bundle";
    /// Octets in a URI that a walk asks for. The default is 2,048, which is long for a URI. Longer ones
    /// are left out, and the walk says so.
    uri_octets = 2048, UriOctets, "octets in a URI";
    /// Octets in the URIs of all references that a walk keeps. The default is 16 MiB, some 200,000
    /// references. Further references are only counted.
    walk_octets = 16 * 1024 * 1024, WalkOctets, "octets in the URIs of references";
    /// Seconds after which a walk asks again at the latest, whatever the server says. The default is
    /// 3,600: a caller that will not wait so long answers that the visit has failed.
    delay_seconds = 3600, DelaySeconds, "seconds of delay";
    /// How often a walk asks for a bundle whose server wants to be asked later. The default is 4.
    attempts = 4, Attempts, "attempts";
    /// Octets of a member as a server stores it, with all namespace declarations that it may need in a
    /// feed. The default is 1 MiB, so that a page of fifty members has fewer octets than a reader accepts
    /// by default. Of a collection, a sixteenth.
    member_octets = 1024 * 1024, MemberOctets, "octets in a member";
    /// Elements of a member that a server stores. The default is 15,000, so that a page of fifty members
    /// has fewer elements than a reader accepts by default. Of a collection, a sixteenth.
    member_elements = 15_000, MemberElements, "elements in a member";
    /// Octets of the body of a refusal that a client keeps. The default is 64 KiB, far more than a
    /// problem document has. Further octets are only counted.
    refusal_octets = 64 * 1024, RefusalOctets, "octets in the body of a refusal";
    /// Octets of a Slug that a server keeps. The default is 256. A longer one is cut, and not refused: it
    /// only suggests a name.
    slug_octets = 256, SlugOctets, "octets of a Slug";
    /// Diagnostics that are kept; any more are only counted. The default is 64, enough to see what
    /// is wrong.
    diagnostics = 64, Diagnostics, "diagnostics";
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
