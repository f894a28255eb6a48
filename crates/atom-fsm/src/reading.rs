//! What a reader returns.

use crate::reporting::Diagnostics;

/// A document that was read, with the diagnostics of what was tolerated in it.
///
/// ```
/// use atom_fsm::{Reader, Reading, Rule, atom::Feed};
///
/// let source = "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title></feed>";
/// let reading: Reading<Feed<'_>> = Reader::new().read(source)?;
/// assert_eq!(reading.document().id(), Some("urn:example:1"));
/// assert_eq!(reading.diagnostics().as_slice()[0].rule(), Rule::FeedUpdated);
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<T> {
    document: T,
    diagnostics: Diagnostics,
    is_repaired: bool,
}

impl<T> Reading<T> {
    pub(crate) fn new(document: T, diagnostics: Diagnostics) -> Self {
        Self { document, diagnostics, is_repaired: false }
    }

    /// Marks the document as repaired.
    pub(crate) fn repaired(self) -> Self {
        Self { is_repaired: true, ..self }
    }

    /// Whether [`Reader::repair`](crate::Reader::repair) repaired anything: the document is not
    /// well-formed, and another program may read it differently. Each repair is among the
    /// diagnostics, as far as their limit allows.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.is_repaired
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &T {
        &self.document
    }

    /// The document, without the diagnostics.
    #[must_use]
    pub fn into_document(self) -> T {
        self.document
    }

    /// The violations that were tolerated in the document, with their positions.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The document and the diagnostics.
    #[must_use]
    pub fn into_parts(self) -> (T, Diagnostics) {
        (self.document, self.diagnostics)
    }
}
