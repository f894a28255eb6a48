//! The equivalents of version relations in WebDAV and JCR (RFC 5829 appendix A).

use crate::relation::Relation;

/// The kind of resource that a link leads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A resource under version control. WebDAV calls it version-controlled, JCR versionable.
    VersionedResource,
    /// One version of such a resource.
    Version,
    /// A working copy.
    WorkingCopy,
}

/// The WebDAV and JCR properties that are equivalent to a relation, on resources of one kind
/// (RFC 5829 appendix A).
///
/// A row says which property to read for a relation. It does not say the reverse: on another kind
/// of resource, the same property may mean something else. If no property is equivalent to a
/// relation, there is no row, or its cell is empty. Three examples: to find the latest version from
/// a version, follow its successors up to the one that has none. In JCR, the history of a version
/// is its parent node. A resource that is checked out in place is its own working copy.
///
/// | relation | on a | WebDAV (RFC 3253) | JCR (JSR-283) |
/// |---|---|---|---|
/// | version-history | versioned resource | `DAV:version-history` | `jcr:versionHistory` |
/// | version-history | version | `DAV:version-history` | |
/// | latest-version | versioned resource | `DAV:checked-in` or `DAV:checked-out` | `jcr:baseVersion` |
/// | working-copy | version | members of `DAV:checkout-set` | |
/// | working-copy-of | working copy | `DAV:checked-out` | `jcr:baseVersion` |
/// | predecessor-version | version | members of `DAV:predecessor-set` | `jcr:predecessors` |
/// | successor-version | version | members of `DAV:successor-set` | `jcr:successors` |
///
/// ```
/// use version_links::{Correspondence, ResourceKind, Relation};
///
/// let found = Correspondence::of(&Relation::SUCCESSOR_VERSION, ResourceKind::Version).unwrap();
/// assert_eq!(found.webdav(), ["DAV:successor-set"]);
/// assert_eq!(found.jcr(), Some("jcr:successors"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondence {
    relation: Relation<'static>,
    kind: ResourceKind,
    webdav: &'static [&'static str],
    jcr: Option<&'static str>,
}

const fn row(
    relation: Relation<'static>,
    kind: ResourceKind,
    webdav: &'static [&'static str],
    jcr: Option<&'static str>,
) -> Correspondence {
    Correspondence { relation, kind, webdav, jcr }
}

static ALL: [Correspondence; 7] = [
    row(
        Relation::VERSION_HISTORY,
        ResourceKind::VersionedResource,
        &["DAV:version-history"],
        Some("jcr:versionHistory"),
    ),
    row(Relation::VERSION_HISTORY, ResourceKind::Version, &["DAV:version-history"], None),
    row(
        Relation::LATEST_VERSION,
        ResourceKind::VersionedResource,
        &["DAV:checked-in", "DAV:checked-out"],
        Some("jcr:baseVersion"),
    ),
    row(Relation::WORKING_COPY, ResourceKind::Version, &["DAV:checkout-set"], None),
    row(
        Relation::WORKING_COPY_OF,
        ResourceKind::WorkingCopy,
        &["DAV:checked-out"],
        Some("jcr:baseVersion"),
    ),
    row(
        Relation::PREDECESSOR_VERSION,
        ResourceKind::Version,
        &["DAV:predecessor-set"],
        Some("jcr:predecessors"),
    ),
    row(
        Relation::SUCCESSOR_VERSION,
        ResourceKind::Version,
        &["DAV:successor-set"],
        Some("jcr:successors"),
    ),
];

impl Correspondence {
    /// All rows of the table, in the order of RFC 5829.
    #[must_use]
    pub fn all() -> &'static [Correspondence] {
        &ALL
    }

    /// The properties that are equivalent to a relation on resources of a kind, if there are any.
    #[must_use]
    pub fn of(relation: &Relation<'_>, kind: ResourceKind) -> Option<&'static Correspondence> {
        ALL.iter().find(|row| row.relation == *relation && row.kind == kind)
    }

    /// The relation.
    #[must_use]
    pub fn relation(&self) -> &Relation<'static> {
        &self.relation
    }

    /// The kind of resource that the relation leads from.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The properties of WebDAV versioning. A resource has one of them.
    #[must_use]
    pub fn webdav(&self) -> &'static [&'static str] {
        self.webdav
    }

    /// The property of JCR, if there is one.
    #[must_use]
    pub fn jcr(&self) -> Option<&'static str> {
        self.jcr
    }
}
