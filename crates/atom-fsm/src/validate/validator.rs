//! The validator, with its settings.

use super::finding::{Finding, Validation};
use super::fsm_rules::{self, Extent};
use crate::document::Document;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::reporting::{Diagnostics, Tolerance};
use crate::settings::Stage;
use crate::writer::Writer;

/// Validates documents and values.
///
/// ```
/// use atom_fsm::atom::Entry;
/// use atom_fsm::validate::Validator;
///
/// let validation = Validator::new().value(&Entry::new().into());
/// let paths: Vec<_> = validation.findings().iter().filter_map(|one| one.path()).collect();
/// assert_eq!(paths, ["/entry"; 5]);
/// assert!(validation.findings()[0].to_string().contains("an entry has a title"));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Validator {
    stage: Stage,
    limits: Limits,
    repairs: bool,
    is_fsm: bool,
    namespaces: Vec<(String, String)>,
}

impl Default for Validator {
    fn default() -> Self {
        Self {
            stage: Stage::default(),
            limits: Limits::default().diagnostics(256),
            repairs: false,
            is_fsm: false,
            namespaces: Vec::new(),
        }
    }
}

impl Validator {
    /// Returns a validator of documents as a server stores them, which keeps 256 findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the documents are as a server stores them or as a client submits them.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// Sets how large a document may be, and how many findings are kept.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Repairs what is not well-formed, as [`Reader::repair`] does, so that what is behind it is
    /// validated too. The document is not valid all the same.
    pub fn repair(mut self) -> Self {
        self.repairs = true;
        self
    }

    /// Demands that feeds are bundles, and entries service entries or bundle references
    /// (draft-wilde-fsm-00 section 2). Without it, the rules of FSM hold for those that have one of
    /// its profile links.
    pub fn feed_service_management(mut self) -> Self {
        self.is_fsm = true;
        self
    }

    /// Supplies the namespace of a prefix, as [`Reader::namespace`] does.
    pub fn namespace(mut self, prefix: &str, namespace: &str) -> Self {
        self.namespaces.push((prefix.to_owned(), namespace.to_owned()));
        self
    }

    fn reader(&self) -> Reader {
        let reader = Reader::new().tolerance(Tolerance::ALL).stage(self.stage).limits(self.limits);
        let reader = if self.repairs { reader.repair() } else { reader };
        self.namespaces
            .iter()
            .fold(reader, |reader, (prefix, namespace)| reader.namespace(prefix, namespace))
    }

    /// Validates a document of any kind. Of a document that cannot be read to its end, the part before is
    /// validated: what is missing in it may have been behind, but what is there, and each entry that is
    /// complete, has its findings, and one more says why the document cannot be read.
    #[must_use]
    pub fn document(&self, source: &(impl AsRef<[u8]> + ?Sized)) -> Validation {
        let octets = source.as_ref();
        let reader = self.reader();
        let read = reader.attempt::<Document<'_>>(octets);
        let extent = if read.error.is_none() { Extent::Whole } else { Extent::Part };
        let mut validation = of_diagnostics(&read.diagnostics);
        validation.is_repaired = read.is_repaired;
        if let Some(document) = &read.root {
            let (limits, is_fsm) = (self.limits, self.is_fsm);
            let found = fsm_rules::of_document(document, extent, octets, reader, limits, is_fsm);
            self.add(&mut validation, found);
        }
        // It is kept whatever the limit is, since no other finding says the same.
        validation.findings.extend(read.error.map(Finding::of_error));
        // The sort is stable: what is at one place stays in the order of its rules.
        validation.findings.sort_by_key(Finding::order);
        validation
    }

    /// Validates a value as it would be written.
    #[must_use]
    pub fn value(&self, document: &Document<'_>) -> Validation {
        match Writer::new().stage(self.stage).limits(self.limits).check(document) {
            Ok(diagnostics) => {
                let mut validation = of_diagnostics(&diagnostics);
                self.add(&mut validation, fsm_rules::of_value(document, self.is_fsm));
                validation
            }
            Err(error) => {
                let mut validation = of_diagnostics(&Diagnostics::default());
                validation.findings.push(Finding::of_error(error));
                validation
            }
        }
    }

    fn add(&self, validation: &mut Validation, found: Vec<Finding>) {
        for finding in found {
            if (validation.findings.len() as u64) < self.limits.diagnostics {
                validation.findings.push(finding);
            } else {
                validation.omitted = validation.omitted.saturating_add(1);
            }
        }
    }
}

fn of_diagnostics(diagnostics: &Diagnostics) -> Validation {
    let findings = diagnostics.iter().map(Finding::of_diagnostic).collect();
    Validation { findings, omitted: diagnostics.omitted(), is_repaired: false }
}
