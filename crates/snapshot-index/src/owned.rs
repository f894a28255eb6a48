//! The index that owns what it says.

use crate::builder::SnapshotIndexBuilder;
use crate::error::Error;
use crate::index::SnapshotIndexRef;
use crate::member::uris::repeats;
use crate::options::Options;
use std::ops::Deref;
use std::str::FromStr;

/// A snapshot index that owns its strings.
///
/// Everything that can be asked of a [`SnapshotIndexRef`] can be asked of it: it derefs to one.
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

    /// Begins an index.
    pub fn builder() -> SnapshotIndexBuilder {
        SnapshotIndexBuilder::default()
    }

    /// Reads an index under [`Options::DRAFTS`] and copies it.
    ///
    /// # Errors
    ///
    /// Those of [`SnapshotIndexRef::from_slice`].
    pub fn from_slice(input: &[u8]) -> Result<Self, Error> {
        Self::from_slice_with(input, &Options::DRAFTS)
    }

    /// Reads an index under the given options and copies it.
    ///
    /// # Errors
    ///
    /// Those of [`SnapshotIndexRef::from_slice_with`].
    pub fn from_slice_with(input: &[u8], options: &Options) -> Result<Self, Error> {
        SnapshotIndexRef::from_slice_with(input, options).map(SnapshotIndexRef::into_owned)
    }

    /// Corrects [`Rule::CompletedBeforeStarted`](crate::Rule::CompletedBeforeStarted) by not
    /// saying when the snapshot was completed.
    #[must_use]
    pub fn without_completed(mut self) -> Self {
        self.0.completed = None;
        self
    }

    /// Corrects [`Rule::UriRepeated`](crate::Rule::UriRepeated) by keeping the first of each.
    ///
    /// The packages behind a repeated one get other numbers: a
    /// [`Progress`](crate::Progress) of the index as it was does not fit.
    #[must_use]
    pub fn without_repeated_uris(mut self) -> Self {
        let mut repeated = repeats::repeated(&self.0.uris).into_iter().peekable();
        let mut numbers = 0..;
        self.0.uris.retain(|_| repeated.next_if_eq(&numbers.next().unwrap_or_default()).is_none());
        self
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

impl FromStr for SnapshotIndex {
    type Err = Error;

    fn from_str(input: &str) -> Result<Self, Error> {
        Self::from_slice(input.as_bytes())
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
