//! How to write a linkset.

use crate::reporting::Tolerance;

/// Writes linksets, in text and in JSON.
///
/// What it writes, a reader with the same tolerance reads back with the same meaning. A value cannot
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
}

impl LinksetWriter {
    /// A writer with [`Tolerance::STRICT`].
    pub const fn new() -> Self {
        Self { tolerance: Tolerance::STRICT }
    }

    /// Sets which violations are written instead of refused.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }
}

impl Default for LinksetWriter {
    fn default() -> Self {
        Self::new()
    }
}
