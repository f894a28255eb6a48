//! The reader of documents, with its settings.

use crate::error::Error;
use crate::foreign;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::reporting::Tolerance;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::{Settings, Stage};
use crate::xml::{Token, XmlReader, has_wide_characters};

/// Reads documents under a tolerance, limits and a [`Stage`].
///
/// ```
/// use atom_fsm::{Reader, Rule, Stage, Tolerance, atom::Entry, namespace};
///
/// // A fragment without its namespaces, as drafts print them.
/// let source = "<entry><title>A</title><link href='http://example.org/'/><fsm:query>q=1</fsm:query></entry>";
/// let reader = Reader::new()
///     .stage(Stage::Submitted)
///     .namespace("", namespace::ATOM)
///     .namespace("fsm", namespace::FSM);
/// let reading = reader.read::<Entry<'_>>(source)?;
/// assert_eq!(reading.document().title().unwrap().value(), "A");
/// assert!(reading.diagnostics().iter().all(|one| one.rule() == Rule::NamespaceSupplied));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Reader {
    settings: Settings,
    namespaces: Vec<(String, String)>,
}

impl Reader {
    /// Returns a reader with the default tolerance and limits, for documents as a server stores
    /// them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which violations are reported instead of refused. The default is [`Tolerance::DRAFTS`].
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.settings.tolerance = tolerance;
        self
    }

    /// Sets how large a document may be. A document that exceeds a limit is refused.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets whether the documents are read as a server stores them or as a client submits them.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.settings.stage = stage;
        self
    }

    /// Supplies the namespace of a prefix for fragments that do not declare it. The empty prefix
    /// stands for the default namespace. The first use of the prefix is reported
    /// ([`Rule::NamespaceSupplied`]).
    pub fn namespace(mut self, prefix: &str, namespace: &str) -> Self {
        self.namespaces.push((prefix.to_owned(), namespace.to_owned()));
        self
    }

    /// Reads a document in UTF-8, and reports the violations that were tolerated.
    ///
    /// # Errors
    /// When the document is not well-formed, when its root is not a `T`, when it violates a rule
    /// that is not tolerated, or when it exceeds a limit.
    pub fn read<'a, T: Root<'a>>(
        &self,
        source: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Reading<T>, Error> {
        let octets = source.as_ref();
        if has_wide_characters(octets) {
            let reader = XmlReader::new("", self.settings, &[])?;
            return Err(reader.at_end_of(Rule::Encoding, ""));
        }
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
        if let Err(error) = reader.next_start() {
            return Err(named(error, &reader, text));
        }
        if !T::is_root(&reader) {
            let refusal = reader.refusal(Rule::RootElement, reader.tag());
            return Err(match foreign::sniff(text) {
                Some((root, _)) => refusal.with_foreign_root(root),
                None => refusal,
            });
        }
        let root = T::read_root(&mut reader)?;
        while reader.next()? != Token::Eof {}
        Ok(Reading::new(root, reader.into_diagnostics()))
    }
}

/// The error for a document that breaks before its root: what it is, if it is another format.
#[cold]
fn named(error: Error, reader: &XmlReader<'_>, text: &str) -> Error {
    if error.rule().is_none() {
        return error;
    }
    match foreign::sniff(text) {
        Some((root, tag)) if root.is_other_format() => {
            let tag = reader.within_source(text, tag);
            reader.refusal(Rule::RootElement, tag).with_foreign_root(root)
        }
        _ => error,
    }
}
