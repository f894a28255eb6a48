//! A history: the versions of a document in their order.

use crate::error::Error;
use atom_fsm::atom::{Base, Entry, Feed, Link};
use std::collections::HashMap;
use version_links::{Record, Relation, VersionLink, VersionLinks};

/// The limit on the number of versions in a history.
pub const MOST_VERSIONS: usize = 10_000;

/// The versions of a document, from the first to the latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    versions: Vec<String>,
}

impl History {
    /// Creates a history from the URIs of its versions, in their order.
    #[must_use]
    pub fn new(versions: Vec<String>) -> Self {
        Self { versions }
    }

    /// Returns the URIs of the versions, from the first to the latest.
    #[must_use]
    pub fn versions(&self) -> &[String] {
        &self.versions
    }

    /// Reads the history from a feed that was found at a URI. Each entry is a version, and its Atom
    /// links lead to its predecessor and its successor.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Branched`], [`Error::Cycle`] or [`Error::Contradiction`] if the links
    /// do not bring all entries into one line.
    pub fn of_feed(uri: &str, feed: &Feed<'_>) -> Result<Self, Error> {
        let base = Base::new(uri).within(feed.common());
        let mut versions = HashMap::new();
        for entry in feed.entries() {
            let links = links(entry, &base)?;
            versions.insert(links.context().to_owned(), links);
        }
        let mut firsts =
            versions.values().filter(|links| links.predecessor_versions().count() == 0);
        let missing = || Error::Missing { uri: uri.to_owned(), relation: "first version" };
        let mut at = firsts.next().ok_or_else(missing)?;
        let mut line = vec![at.context().to_owned()];
        while let Some(next) = only(at.context(), at.successor_versions())? {
            if line.len() > versions.len() {
                return Err(Error::Cycle { uri: next.uri().to_owned() });
            }
            let contradiction = || Error::Contradiction { uri: next.uri().to_owned() };
            let after = versions.get(next.uri()).ok_or_else(contradiction)?;
            let back = only(after.context(), after.predecessor_versions())?;
            if back.is_none_or(|back| back.uri() != at.context()) {
                return Err(contradiction());
            }
            line.push(next.uri().to_owned());
            at = after;
        }
        let latest = at.latest_version().map(VersionLink::uri);
        if line.len() < versions.len() || latest != Some(at.context()) {
            return Err(Error::Contradiction { uri: at.context().to_owned() });
        }
        Ok(Self { versions: line })
    }
}

/// Reads the links of the version that an entry represents. Links in Atom become records, as links in
/// Link fields do.
fn links(entry: &Entry<'_>, base: &Base) -> Result<VersionLinks, Error> {
    let base = base.within(entry.common());
    let resolved = |link: &Link<'_>| base.within(link.common()).resolve(link.href()?);
    let missing = || Error::Missing {
        uri: entry.id().unwrap_or("an entry").to_owned(),
        relation: "alternate",
    };
    let version = entry.link("alternate").and_then(resolved).ok_or_else(missing)?;
    let records = entry.links().iter().filter_map(|link| {
        let relation = Relation::from_atom(link.rel().unwrap_or("alternate"));
        Some(Record::new(relation, resolved(link)?))
    });
    Ok(VersionLinks::about(version).records(records))
}

/// Returns the only version among predecessors or successors, if there is any.
pub(crate) fn only<'v>(
    of: &str,
    mut side: impl Iterator<Item = &'v VersionLink>,
) -> Result<Option<&'v VersionLink>, Error> {
    let first = side.next();
    match (first, side.find(|other| first.is_some_and(|first| first.uri() != other.uri()))) {
        (_, Some(_)) => Err(Error::Branched { uri: of.to_owned() }),
        (first, None) => Ok(first),
    }
}
