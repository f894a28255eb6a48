//! Reading documents.

use crate::error::Error;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::reporting::Tolerance;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::{Settings, Stage};
use crate::xml::{Token, XmlReader};

/// Reads documents: what is tolerated, how much is taken, whose document it is.
///
/// ```
/// use atom_fsm::{Reader, Rule, Stage, Tolerance, atom::Entry, namespace};
///
/// // A fragment as drafts print them, without its namespaces.
/// let source = "<entry><title>A</title><link href='http://example.org/'/><fsm:query>q=1</fsm:query></entry>";
/// let reader = Reader::new()
///     .stage(Stage::Submitted)
///     .namespace("", namespace::ATOM)
///     .namespace("fsm", namespace::FSM);
/// let (entry, diagnostics): (Entry, _) = reader.read(source)?;
/// assert_eq!(entry.title().unwrap().value(), "A");
/// assert!(diagnostics.iter().all(|one| one.rule() == Rule::NamespaceSupplied));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Reader {
    settings: Settings,
    namespaces: Vec<(String, String)>,
}

impl Reader {
    /// A reader with the default tolerance and limits, for documents as a server stores them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which breaches are reported instead of refused.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.settings.tolerance = tolerance;
        self
    }

    /// Sets how much is taken.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets whose documents these are.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.settings.stage = stage;
        self
    }

    /// Supplies the namespace of a prefix, or with an empty prefix the default one, for fragments
    /// that do not declare it. Its first use is reported ([`Rule::NamespaceSupplied`]).
    pub fn namespace(mut self, prefix: &str, namespace: &str) -> Self {
        self.namespaces.push((prefix.to_owned(), namespace.to_owned()));
        self
    }

    /// Reads a document that is UTF-8, and what was tolerated in it.
    ///
    /// # Errors
    /// When it is not well-formed, has another root than is asked for, breaks a rule that is not
    /// tolerated, or exceeds a limit.
    pub fn read<'a, T: Root<'a>>(
        &self,
        source: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Reading<T>, Error> {
        let octets = source.as_ref();
        match std::str::from_utf8(octets) {
            Ok(text) => self.read_text(text, self.settings),
            Err(error) => {
                let (valid, _) = octets.split_at(error.valid_up_to());
                let valid = std::str::from_utf8(valid).unwrap_or_default();
                let reader = XmlReader::new("", self.settings, &[])?;
                Err(reader.at_end_of(Rule::Encoding, valid))
            }
        }
    }

    fn read_text<'a, T: Root<'a>>(
        &self,
        text: &'a str,
        settings: Settings,
    ) -> Result<Reading<T>, Error> {
        let mut reader = XmlReader::new(text, settings, &self.namespaces)?;
        while reader.next()? != Token::Start {}
        if !T::is_root(&reader) {
            return Err(reader.refusal(Rule::RootElement, reader.tag()));
        }
        let root = T::read_root(&mut reader)?;
        while reader.next()? != Token::Eof {}
        Ok(Reading::new(root, reader.into_diagnostics()))
    }
}
