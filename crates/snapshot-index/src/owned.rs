//! The index that owns its strings.

use crate::index::SnapshotIndexRef;
use crate::member::unknown::Unknown;
use crate::member::uris::repeats;
use std::borrow::Cow;
use std::ops::Deref;

/// A snapshot index that owns its strings.
///
/// It dereferences to [`SnapshotIndexRef`], which has the accessors.
///
/// ```
/// use snapshot_index::SnapshotIndex;
///
/// let index: SnapshotIndex =
///     r#"{"id":"nightly","started":1435019805885,"completed":1435019872400,"uris":["0","1"]}"#
///         .parse()?;
/// assert_eq!(index.package_count(), 2);
/// assert_eq!(index.id(), "nightly");
/// # Ok::<(), snapshot_index::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SnapshotIndex(SnapshotIndexRef<'static>);

impl SnapshotIndex {
    pub(crate) fn from_static(index: SnapshotIndexRef<'static>) -> Self {
        Self(index)
    }

    /// Removes `completed`, which corrects a violation of
    /// [`Rule::CompletedBeforeStarted`](crate::Rule::CompletedBeforeStarted). The diagnostics stay
    /// those of the index as it was read.
    #[must_use]
    pub fn without_completed(mut self) -> Self {
        self.0.completed = None;
        self
    }

    /// Removes every item of `uris` that repeats an earlier one, which corrects violations of
    /// [`Rule::UriRepeated`](crate::Rule::UriRepeated).
    ///
    /// The packages after a removed item get other numbers, so a [`Progress`](crate::Progress) of
    /// the index before the correction is refused for the index after it. The diagnostics stay
    /// those of the index as it was read.
    #[must_use]
    pub fn without_repeated_uris(mut self) -> Self {
        let mut repeated = repeats::repeated(&self.0.uris).into_iter().peekable();
        let mut numbers = 0..;
        self.0.uris.retain(|_| repeated.next_if_eq(&numbers.next().unwrap_or_default()).is_none());
        self
    }
}

impl SnapshotIndexRef<'_> {
    /// Copies the strings that borrow the input. The diagnostics keep their spans.
    #[must_use]
    pub fn into_owned(self) -> SnapshotIndex {
        fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        SnapshotIndex::from_static(SnapshotIndexRef {
            id: owned(self.id),
            started: self.started,
            completed: self.completed,
            uris: self.uris.into_iter().map(owned).collect(),
            unknown: self.unknown.into_iter().map(Unknown::into_owned).collect(),
            source: None,
            is_sound: self.is_sound,
            diagnostics: self.diagnostics,
        })
    }
}

impl Deref for SnapshotIndex {
    type Target = SnapshotIndexRef<'static>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<SnapshotIndexRef<'_>> for SnapshotIndex {
    fn from(index: SnapshotIndexRef<'_>) -> Self {
        index.into_owned()
    }
}

impl PartialEq<SnapshotIndexRef<'_>> for SnapshotIndex {
    fn eq(&self, other: &SnapshotIndexRef<'_>) -> bool {
        &self.0 == other
    }
}

impl PartialEq<SnapshotIndex> for SnapshotIndexRef<'_> {
    fn eq(&self, other: &SnapshotIndex) -> bool {
        self == &other.0
    }
}
