//! What is wrong with one document.

use atom_fsm::validate::{Finding, Validation, Validator};
use atom_fsm::{Level, Limits, Reader, Rule, Stage};

/// What is asked of the documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// As a server stores them, or as a client submits them.
    pub stage: Stage,
    /// Whether they have to be bundles, service entries or bundle references.
    pub fsm: bool,
}

impl Options {
    fn validator(self) -> Validator {
        let limits = Limits::default().diagnostics(1000);
        let validator = Validator::new().stage(self.stage).limits(limits);
        if self.fsm { validator.feed_service_management() } else { validator }
    }
}

/// The findings in one document.
#[derive(Debug)]
pub struct Lint {
    findings: Vec<Finding>,
    omitted: u64,
    is_valid: bool,
}

impl Lint {
    /// The findings, in the order of their places; a fault that only a repairing reader gets past comes
    /// first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether a strict reader accepts the document.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.is_valid
    }

    /// How many findings there are of a kind, with those that were not kept among the violations.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let advice = self.findings.iter().filter(|one| one.level() == Level::Advice).count() as u64;
        (self.findings.len() as u64 - advice + self.omitted, advice)
    }
}

/// Finds what is wrong with a document. If it is not well-formed, it is read a second time under
/// repair.
#[must_use]
pub fn lint(source: &[u8], options: Options) -> Lint {
    // What cannot be decoded is validated as it is: the validator says so.
    let decoded = Reader::new().decode(source, None);
    let octets = decoded.as_ref().map_or(source, AsRef::as_ref);
    let validation = options.validator().document(octets);
    let Some(fault) = validation.findings().iter().find(|one| ends_reading(one)).cloned() else {
        return of(&validation);
    };
    let decoded = Reader::new().repair().decode(source, None);
    let octets = decoded.as_ref().map_or(source, AsRef::as_ref);
    let repaired = options.validator().repair().document(octets);
    let mut lint = of(&repaired);
    lint.is_valid = false;
    let is_there = |one: &Finding| one.rule() == fault.rule() && one.span() == fault.span();
    if !lint.findings.iter().any(is_there) {
        lint.findings.insert(0, fault);
    }
    lint
}

fn of(validation: &Validation) -> Lint {
    let (is_valid, omitted) = (validation.is_valid(), validation.omitted());
    Lint { findings: validation.findings().to_vec(), omitted, is_valid }
}

/// Whether a reader can read no further. The rules of FSM are fatal for a conversion alone.
fn ends_reading(finding: &Finding) -> bool {
    let is_of_fsm = finding.rule().is_some_and(|rule| {
        matches!(
            rule,
            Rule::ProfileMissing | Rule::ProfileUnknown | Rule::ProfileTwice | Rule::ServiceUri
        )
    });
    finding.level() == Level::Fatal && !is_of_fsm
}
