//! What links say about the versions of one resource.

use crate::relation::Relation;
use crate::reporting::Diagnostics;
use crate::versions::finding::Finding;
use crate::versions::version_link::VersionLink;

/// What links say about the versions of one resource, which is called the context (RFC 5829).
///
/// [`VersionLinks::about`] collects it. [`Correspondence`](crate::Correspondence) lists the
/// equivalent properties of WebDAV and JCR.
///
/// ```
/// use version_links::{VersionLinks, links};
///
/// let answer = links(b"</system/v/84345634/1>; rel=latest-version; anchor=</docs/test.txt>, \
///                      </system/vh/84345634>; rel=version-history; anchor=</docs/test.txt>");
/// let versions = VersionLinks::about("http://example.net/docs/test.txt").links(answer.flatten());
/// let latest = versions.latest_version().unwrap();
/// assert_eq!(latest.uri(), "http://example.net/system/v/84345634/1");
/// assert!(!latest.crosses_authority());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLinks {
    pub(super) context: String,
    pub(super) links: Vec<VersionLink>,
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Diagnostics,
    pub(super) others: u64,
}

impl VersionLinks {
    /// The resource that the links are about.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// All links of the context in order, including those of relation types that are not about
    /// versions.
    pub fn iter(&self) -> std::slice::Iter<'_, VersionLink> {
        self.links.iter()
    }

    /// The links of a relation type, in order.
    pub fn of<'s>(&'s self, relation: Relation<'s>) -> impl Iterator<Item = &'s VersionLink> {
        self.links.iter().filter(move |link| link.relation == relation)
    }

    /// What is contradictory or unusual about the links, and what could not be read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The violations that were tolerated in Link fields. There are none unless
    /// `VersionLinksBuilder::headers` or
    /// [`fields`](crate::VersionLinksBuilder::fields) read them.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// How many links were left out because they do not count, as the table of
    /// [`AnchorPolicy`](crate::AnchorPolicy) says: most are about another resource.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.others
    }

    /// The resource that contains the history of versions.
    #[must_use]
    pub fn version_history(&self) -> Option<&VersionLink> {
        self.of(Relation::VERSION_HISTORY).next()
    }

    /// The latest version in the history. The latest version of a deprecated API is left out: see
    /// [`VersionLink::is_about_api`].
    #[must_use]
    pub fn latest_version(&self) -> Option<&VersionLink> {
        self.latest_versions().next()
    }

    /// All that are said to be the latest version in the history. There should be one.
    pub(super) fn latest_versions(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::LATEST_VERSION).filter(|link| !link.is_about_api)
    }

    /// The working copies of the context.
    pub fn working_copies(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::WORKING_COPY)
    }

    /// The resource that the context, a working copy, was made from.
    #[must_use]
    pub fn working_copy_of(&self) -> Option<&VersionLink> {
        self.of(Relation::WORKING_COPY_OF).next()
    }

    /// The versions before the context. There are several after a merge.
    pub fn predecessor_versions(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::PREDECESSOR_VERSION)
    }

    /// The versions after the context. There are several after a branch. Successors of a deprecated
    /// API are left out: see [`VersionLink::is_about_api`].
    pub fn successor_versions(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::SUCCESSOR_VERSION).filter(|link| !link.is_about_api)
    }

    /// The resource that the context is a memento of (RFC 7089).
    #[must_use]
    pub fn original(&self) -> Option<&VersionLink> {
        self.of(Relation::ORIGINAL).next()
    }

    /// The resource that redirects to the memento of a given time (RFC 7089).
    #[must_use]
    pub fn timegate(&self) -> Option<&VersionLink> {
        self.of(Relation::TIMEGATE).next()
    }

    /// The list of the original resource's mementos (RFC 7089).
    #[must_use]
    pub fn timemap(&self) -> Option<&VersionLink> {
        self.of(Relation::TIMEMAP).next()
    }

    /// The mementos (RFC 7089). The attribute `datetime` of each gives its time.
    pub fn mementos(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::MEMENTO)
    }
}

impl<'a> IntoIterator for &'a VersionLinks {
    type Item = &'a VersionLink;
    type IntoIter = std::slice::Iter<'a, VersionLink>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
