//! Where a breach goes: into the diagnostics, or into the error of the link that has it.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use crate::tolerance::Tolerance;
use nom::Offset;

/// What one field's value is read with, and what was found in it.
#[derive(Debug, Clone)]
pub(crate) struct Report<'a> {
    pub(crate) value: &'a [u8],
    pub(crate) field: usize,
    pub(crate) limits: Limits,
    pub(crate) diagnostics: Diagnostics,
    tolerance: Tolerance,
    /// The first breach in the link at hand that the tolerance does not hold.
    refusal: Option<Error>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(value: &'a [u8], tolerance: Tolerance, limits: Limits) -> Self {
        let diagnostics = Diagnostics::default();
        Self { value, field: 0, limits, diagnostics, tolerance, refusal: None }
    }

    /// Notes a breach at octets of the value, unless the link is refused already.
    #[cold]
    pub(crate) fn breach(&mut self, rule: Rule, octets: &'a [u8]) {
        if self.refusal.is_some() {
            return;
        }
        let start = self.value.offset(octets) as u64;
        if self.tolerance.tolerates(rule) {
            let span = start..start + octets.len() as u64;
            let diagnostic = Diagnostic::new(rule, self.field, span);
            self.diagnostics.push(diagnostic, self.limits.diagnostics);
        } else {
            self.refusal = Some(Error::rule(rule, self.field, start, octets));
        }
    }

    /// Notes a breach unless something holds.
    pub(crate) fn expect(&mut self, holds: bool, rule: Rule, octets: &'a [u8]) {
        if !holds {
            self.breach(rule, octets);
        }
    }

    /// What was read, unless a breach in it was refused.
    pub(crate) fn verdict<T>(&mut self, read: T) -> Result<T, Error> {
        self.refusal.take().map_or(Ok(read), Err)
    }

    /// The error that a limit was met at an index of the value.
    pub(crate) fn exceeded(&self, limit: Limit, index: usize) -> Error {
        Error::limit(limit, &self.limits, self.field, index as u64)
    }
}
