//! The versions of entities: the links between them (RFC 5829), and each history as an Atom feed.
//!
//! | resource | links to |
//! |---|---|
//! | the entity | its latest version, its history |
//! | a version | its predecessor and successor, the latest version, the history |
//! | the history | the feed's entries have the links of their versions |

use crate::error::Error;
use crate::publisher::reference::References;
use crate::publisher::store::{Store, Version};
use crate::time::instant;
use atom_fsm::Writer;
use atom_fsm::atom::{Date, Entry, Feed, Link, Person};
use version_links::{LinkBuf, LinkFields, Relation};

/// The path of versions: a version's URI is this path, the entity's id, and the version's number.
pub const VERSIONS: &str = "/versions/";
/// The path of histories: a history's URI is this path and the entity's id.
pub const HISTORIES: &str = "/histories/";

/// The versions of one entity, at least one.
#[derive(Debug)]
pub(crate) struct Versions {
    /// The name of the entity.
    name: String,
    id: String,
    references: References,
    versions: Vec<Version>,
    latest: u64,
}

impl Versions {
    /// Takes the versions of an entity, the oldest first. Returns none if there is none.
    pub(crate) fn new(store: &Store, id: &str, versions: Vec<Version>) -> Option<Self> {
        let latest = versions.last()?.number;
        let (name, references) = (store.feed().entities.name(id), store.references().clone());
        Some(Self { name, id: id.to_owned(), references, versions, latest })
    }

    /// The Link fields of the entity.
    pub(crate) fn of_entity(&self) -> Result<Vec<String>, Error> {
        self.fields(&self.name, self.shared(), None)
    }

    /// The Link fields of the answer to VERSION-CONTROL, which is no representation of the entity:
    /// its links have the entity as their anchor (RFC 5829 appendix B).
    pub(crate) fn of_version_control(&self) -> Result<Vec<String>, Error> {
        let itself = self.references.from(&self.name, &self.name);
        self.fields(&self.name, self.shared(), Some(&itself))
    }

    /// The Link fields of a version.
    pub(crate) fn of_version(&self, number: u64) -> Result<Vec<String>, Error> {
        let neighbours = self.neighbours(number);
        self.fields(&self.name_of(number), neighbours.chain(self.shared()), None)
    }

    /// The history as a feed, the latest version first.
    pub(crate) fn feed(&self, authority: &str) -> Result<Vec<u8>, Error> {
        let Self { id, versions, .. } = self;
        let about = |what: &str| format!("tag:{authority},2026:{what}");
        let name = format!("{HISTORIES}{id}");
        let to = |other: &str| self.references.from(&name, other);
        let mut feed = Feed::new()
            .with_id(about(&format!("history/{id}")))
            .with_title(format!("Versions of {id}"))
            .with_author(Person::new("publisher"))
            .with_link(Link::new(to(&name)).with_rel("self"));
        feed.set_updated(versions.last().map(|latest| date(latest.time)));
        for version in versions.iter().rev() {
            let number = version.number;
            let mut entry = Entry::new()
                .with_id(about(&format!("version/{id}/{number}")))
                .with_title(format!("Version {number}"))
                .with_updated(date(version.time))
                .with_link(Link::new(to(&self.name_of(number))));
            for (relation, uri) in self.neighbours(number).chain(self.shared()) {
                let rel = relation.as_str().to_owned();
                entry.links_mut().push(Link::new(to(&uri)).with_rel(rel));
            }
            feed.entries_mut().push(entry);
        }
        Ok(Writer::new().to_vec(&feed)?)
    }

    /// The name of a version.
    fn name_of(&self, number: u64) -> String {
        format!("{VERSIONS}{}/{number}", self.id)
    }

    /// The links of the entity and of every version.
    fn shared(&self) -> impl Iterator<Item = (Relation<'static>, String)> {
        let history = format!("{HISTORIES}{}", self.id);
        let latest = (Relation::LATEST_VERSION, self.name_of(self.latest));
        [latest, (Relation::VERSION_HISTORY, history)].into_iter()
    }

    fn neighbours(&self, number: u64) -> impl Iterator<Item = (Relation<'static>, String)> {
        // Those before it were removed, or never were.
        let first = self.versions.first().map_or(number, |first| first.number);
        let before =
            (number > first).then(|| (Relation::PREDECESSOR_VERSION, self.name_of(number - 1)));
        let is_last = number >= self.latest;
        let after = (!is_last).then(|| (Relation::SUCCESSOR_VERSION, self.name_of(number + 1)));
        before.into_iter().chain(after)
    }

    fn fields(
        &self,
        document: &str,
        links: impl Iterator<Item = (Relation<'static>, String)>,
        anchor: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let built = links.map(|(relation, uri)| {
            let link = LinkBuf::builder(self.references.from(document, &uri)).rel(relation);
            match anchor {
                Some(anchor) => link.anchor(anchor).build(),
                None => link.build(),
            }
        });
        // One link a field, as in the draft's examples.
        let mut values = Vec::new();
        for link in built {
            values.extend(LinkFields::new().values(&[link?])?);
        }
        Ok(values)
    }
}

fn date(millis: i64) -> Date<'static> {
    instant(millis).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    const THREE: [Version; 3] = [
        Version { number: 1, time: 1000 },
        Version { number: 2, time: 2000 },
        Version { number: 3, time: 3500 },
    ];

    fn three(references: References) -> Versions {
        let (name, id) = ("/entities/7:1".to_owned(), "7:1".to_owned());
        Versions { name, id, references, versions: THREE.to_vec(), latest: 3 }
    }

    #[test]
    fn rfc5829_appendix_b_each_resource_links_to_the_others() {
        let versions = three(References::default());
        let latest = "<../versions/7:1/3>; rel=latest-version";
        let history = "<../histories/7:1>; rel=version-history";
        assert_eq!(versions.of_entity().unwrap(), [latest, history]);
        assert_eq!(
            versions.of_version_control().unwrap(),
            [latest, history].map(|link| format!("{link}; anchor=\"./7:1\""))
        );
        let before = |number| format!("<{number}>; rel=predecessor-version");
        let after = |number| format!("<{number}>; rel=successor-version");
        let shared = || {
            ["<3>; rel=latest-version", "<../../histories/7:1>; rel=version-history"]
                .map(str::to_owned)
                .to_vec()
        };
        assert_eq!(versions.of_version(1).unwrap(), [vec![after(2)], shared()].concat());
        let both = vec![before(1), after(3)];
        assert_eq!(versions.of_version(2).unwrap(), [both, shared()].concat());
        assert_eq!(versions.of_version(3).unwrap(), [vec![before(2)], shared()].concat());
        let below = three(References::below("https://a.example/p/").unwrap());
        let latest = "<https://a.example/p/versions/7:1/3>; rel=latest-version";
        assert_eq!(below.of_entity().unwrap()[0], latest);
    }

    #[test]
    fn rfc4287_a_history_is_a_feed_with_the_latest_version_first() {
        let written = three(References::default()).feed("example.org").unwrap();
        let feed = Feed::parse(std::str::from_utf8(&written).unwrap()).unwrap();
        let titles: Vec<_> =
            feed.entries().iter().map(|entry| entry.title().unwrap().value()).collect();
        assert_eq!(titles, ["Version 3", "Version 2", "Version 1"]);
        assert_eq!(feed.updated().unwrap().as_str(), "1970-01-01T00:00:03.500Z");
        let second = &feed.entries()[1];
        let link = |relation| second.link(relation).and_then(Link::href);
        assert_eq!(link("alternate"), Some("../versions/7:1/2"));
        assert_eq!(link("predecessor-version"), Some("../versions/7:1/1"));
        assert_eq!(link("successor-version"), Some("../versions/7:1/3"));
        assert_eq!(link("latest-version"), Some("../versions/7:1/3"));
    }
}
