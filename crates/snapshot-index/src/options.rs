//! How to read.

use crate::limits::Limits;
use crate::tolerance::Tolerance;

/// How to read an index: what is reported instead of refused, and how much is taken.
///
/// ```
/// use snapshot_index::{Limits, Options, SnapshotIndexRef, Tolerance};
///
/// let options = Options::STRICT.limits(Limits::default().uris(2));
/// let index = br#"{"id":"a","started":1435019805885,"uris":["a/0","a/1","a/2"]}"#;
/// assert!(SnapshotIndexRef::from_slice_with(index, &options).is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options {
    tolerance: Tolerance,
    limits: Option<Limits>,
}

impl Options {
    /// [`Tolerance::DRAFTS`] and the default [`Limits`].
    pub const DRAFTS: Self = Self { tolerance: Tolerance::DRAFTS, limits: None };

    /// [`Tolerance::STRICT`] and the default [`Limits`].
    pub const STRICT: Self = Self { tolerance: Tolerance::STRICT, limits: None };

    /// Sets which breaches are reported instead of refused.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much is taken.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    pub(crate) fn tolerated(&self) -> Tolerance {
        self.tolerance
    }

    pub(crate) fn limited(&self) -> Limits {
        self.limits.unwrap_or_default()
    }
}
