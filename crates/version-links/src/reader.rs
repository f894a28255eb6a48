//! How to read: which violations are tolerated, and how much is accepted.

use crate::limits::Limits;
use crate::reporting::Tolerance;
use crate::rule::Rule;

/// How to read Link fields: which violations are tolerated, and how much is accepted.
///
/// ```
/// use version_links::{ErrorKind, Reader, Rule, Tolerance};
///
/// let draft = b"</system/vh/84345634>; rel=version-history; anchor=</docs/test.txt>";
/// let mut lenient = Reader::new().links(draft);
/// assert_eq!(lenient.next().unwrap()?.anchor().as_deref(), Some("/docs/test.txt"));
/// assert_eq!(lenient.diagnostics().as_slice()[0].rule(), Rule::AnchorBrackets);
///
/// let mut strict = Reader::new().tolerance(Tolerance::STRICT).links(draft);
/// let error = strict.next().unwrap().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Rule(Rule::AnchorBrackets));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Reader {
    pub(crate) tolerance: Tolerance,
    pub(crate) limits: Limits,
    pub(crate) format: Format,
}

/// What the links stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// A Link field, or a document of the same grammar.
    #[default]
    Field,
    /// A document in the CoRE Link Format.
    LinkFormat,
}

impl Format {
    /// Whether the format allows what violates this rule of Link fields.
    pub(crate) const fn allows(self, rule: Rule) -> bool {
        match self {
            Self::Field => false,
            Self::LinkFormat => {
                matches!(rule, Rule::RelMissing | Rule::ParameterValue | Rule::ValueAscii)
            }
        }
    }
}

impl Reader {
    /// A reader with [`Tolerance::DRAFTS`] and the default [`Limits`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which violations are reported instead of refused.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much the reader accepts before it refuses.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what the links stand in.
    pub(crate) const fn for_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }
}
