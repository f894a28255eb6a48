//! What relations between versions are elsewhere (RFC 5829 appendix A).

use crate::relation::Relation;

/// What kind of resource a link is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A resource under version control: version-controlled in WebDAV, versionable in JCR.
    VersionedResource,
    /// One of its versions.
    Version,
    /// A working copy.
    WorkingCopy,
}

/// The properties that tell the same as a relation on resources of a kind, for servers that have
/// them (RFC 5829 appendix A).
///
/// It leads one way only: a property may be there and mean something else on another kind. What no
/// property tells is not in the table: the latest version, from a version, is the successor that has
/// no successor; the history, from a version in JCR, is its parent; what is checked out in place is
/// its own working copy.
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
    /// The whole table, in the order of RFC 5829.
    #[must_use]
    pub fn all() -> &'static [Correspondence] {
        &ALL
    }

    /// What corresponds to a relation on resources of a kind, if a property does.
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

    /// The properties in WebDAV versioning, of which a resource has one.
    #[must_use]
    pub fn webdav(&self) -> &'static [&'static str] {
        self.webdav
    }

    /// The property in JCR.
    #[must_use]
    pub fn jcr(&self) -> Option<&'static str> {
        self.jcr
    }
}
