//! How to write a linkset.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::reporting::Tolerance;

/// Writes linksets, in text, in JSON and in the CoRE Link Format.
///
/// What it writes, a reader with the same tolerance and limits reads back with the same meaning. A value cannot
/// inject anything: it is quoted, encoded, escaped or refused.
///
/// ```
/// use version_links::{Linkset, LinksetWriter, Rule, Tolerance};
///
/// let linkset = Linkset::from_text(b"</2>; rel=next; type=\"text/html;charset=utf-8\"")?;
/// assert_eq!(LinksetWriter::new().to_text(&linkset).unwrap_err().rule(), Some(Rule::TypeSyntax));
/// let lenient = LinksetWriter::new().tolerance(Tolerance::STRICT.with(Rule::TypeSyntax));
/// assert_eq!(lenient.to_text(&linkset)?, "</2>; rel=\"next\"; type=\"text/html;charset=utf-8\"\n");
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct LinksetWriter {
    pub(super) tolerance: Tolerance,
    pub(super) limits: Limits,
}

impl LinksetWriter {
    /// A writer with [`Tolerance::STRICT`] and the default [`Limits`].
    pub fn new() -> Self {
        Self { tolerance: Tolerance::STRICT, limits: Limits::default() }
    }

    /// Sets which violations are written instead of refused.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much is written, for receivers that accept more or less than a [`Reader`] does by
    /// default: `linkset_octets`, `linkset_links` and `parameters`, and in text also `field_octets` for
    /// one link.
    ///
    /// [`Reader`]: crate::Reader
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Refuses to write more of something than the limit allows, at an offset of what was written.
    pub(super) fn within(&self, limit: Limit, count: u64, offset: usize) -> Result<(), Error> {
        if count <= limit.of(&self.limits) {
            return Ok(());
        }
        Err(Error::limit(limit, &self.limits, 0, offset as u64).in_linkset())
    }
}

impl Default for LinksetWriter {
    fn default() -> Self {
        Self::new()
    }
}
