//! The index, borrowed from the input.

use crate::member::time::Millis;
use crate::member::unknown::Unknown;
use crate::member::uris::list::Uris;
use crate::reporting::Diagnostics;
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// A snapshot index whose strings borrow the input, except those that had to be unescaped.
///
/// A [`Reader`](crate::Reader) gives it.
///
/// ```
/// use snapshot_index::SnapshotIndexRef;
///
/// let index = SnapshotIndexRef::parse(r#"{
///     "uris": ["/snapshot/2015-06-23T00:36:45.885Z/0", "/snapshot/2015-06-23T00:36:45.885Z/1"],
///     "completed": 1435019872400,
///     "started": 1435019805885,
///     "id": "2015-06-23T00:36:45.885Z"
/// }"#)?;
/// assert_eq!(index.uri(1), Some("/snapshot/2015-06-23T00:36:45.885Z/1"));
/// assert_eq!(index.started().to_rfc3339(), "2015-06-23T00:36:45.885+00:00");
/// assert!(index.diagnostics().is_empty());
/// # Ok::<(), snapshot_index::Error>(())
/// ```
///
/// Two indexes are equal if all their members are equal; unknown members are compared by name and
/// JSON text. The inputs and the diagnostics are not compared.
#[derive(Debug, Clone)]
pub struct SnapshotIndexRef<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) started: Millis,
    pub(crate) completed: Option<Millis>,
    pub(crate) uris: Vec<Cow<'a, str>>,
    pub(crate) unknown: Vec<Unknown<'a>>,
    /// The input, for spans.
    pub(crate) source: Option<&'a [u8]>,
    /// Whether the index is known to violate no rule that `Tolerance::STRICT` refuses.
    pub(crate) is_sound: bool,
    pub(crate) diagnostics: Diagnostics,
}

impl SnapshotIndexRef<'_> {
    /// The snapshot's name: an opaque string, usually the RFC 3339 form of `started`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the snapshot was started. Changes after this time may be missing from the snapshot.
    #[must_use]
    pub fn started(&self) -> DateTime<Utc> {
        self.started.to_utc()
    }

    /// Gives [`started`](Self::started) in milliseconds since the Unix epoch.
    #[must_use]
    pub fn started_millis(&self) -> u64 {
        self.started.get()
    }

    /// When the snapshot was completed, or `None` if it is still being written.
    #[must_use]
    pub fn completed(&self) -> Option<DateTime<Utc>> {
        self.completed.map(Millis::to_utc)
    }

    /// Gives [`completed`](Self::completed) in milliseconds since the Unix epoch.
    #[must_use]
    pub fn completed_millis(&self) -> Option<u64> {
        self.completed.map(Millis::get)
    }

    /// The packages' URI references in order, as the index has them.
    ///
    /// A package's number is the position of its reference, counted from 0. The references are not
    /// resolved, and the publisher chooses where they lead: call [`resolve`](Self::resolve) before
    /// making a request.
    #[must_use]
    pub fn uris(&self) -> Uris<'_> {
        Uris::of(&self.uris)
    }

    /// The URI reference of the package with this number, as the index has it.
    #[must_use]
    pub fn uri(&self, number: usize) -> Option<&str> {
        self.uris.get(number).map(|uri| &**uri)
    }

    /// How many packages the snapshot has.
    #[must_use]
    pub fn package_count(&self) -> usize {
        self.uris.len()
    }

    /// The members that the draft does not define, in their order: the name and JSON text of each.
    pub fn unknown_members(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.unknown.iter().map(Unknown::as_pair)
    }

    /// The JSON text of the unknown member with this name.
    #[must_use]
    pub fn unknown_member(&self, name: &str) -> Option<&str> {
        self.unknown_members().find(|member| member.0 == name).map(|member| member.1)
    }

    /// The violations that were reported while reading.
    ///
    /// An index that was built has an empty list: call [`check`](Self::check) for its violations of
    /// [`Advice`](crate::Level::Advice) rules.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl PartialEq<SnapshotIndexRef<'_>> for SnapshotIndexRef<'_> {
    fn eq(&self, other: &SnapshotIndexRef<'_>) -> bool {
        self.id == other.id
            && self.started == other.started
            && self.completed == other.completed
            && self.uris == other.uris
            && self.unknown_members().eq(other.unknown_members())
    }
}

impl Eq for SnapshotIndexRef<'_> {}

impl Hash for SnapshotIndexRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.started.hash(state);
        self.completed.hash(state);
        self.uris.hash(state);
        self.unknown_members().for_each(|member| member.hash(state));
    }
}
