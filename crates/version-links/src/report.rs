//! The collector of a reading: its tolerance, its limits, and what was reported so far.

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::reader::{Format, Reader};
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use nom::Offset;

/// Collects the violations in one field's value after the other: each is reported, or becomes the
/// error of the link that contains it.
#[derive(Debug, Clone)]
pub(crate) struct Report<'a> {
    pub(crate) value: &'a [u8],
    pub(crate) field: usize,
    pub(crate) limits: Limits,
    pub(crate) diagnostics: Diagnostics,
    tolerance: Tolerance,
    format: Format,
    /// The first violation in the present link that is not tolerated.
    refusal: Option<Error>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(value: &'a [u8], reader: Reader) -> Self {
        let Reader { tolerance, limits, format } = reader;
        let diagnostics = Diagnostics::default();
        Self { value, field: 0, limits, diagnostics, tolerance, format, refusal: None }
    }

    /// Reports or refuses a violation at octets of the value, unless the link is refused already.
    #[cold]
    pub(crate) fn violation(&mut self, rule: Rule, octets: &'a [u8]) {
        if self.refusal.is_some() || self.format.allows(rule) {
            return;
        }
        let (field, start) = (self.field, self.value.offset(octets) as u64);
        if self.tolerance.tolerates(rule) {
            let span = start..start + octets.len() as u64;
            self.diagnostics.push(self.limits.diagnostics, || Diagnostic::new(rule, field, span));
        } else {
            self.refusal = Some(Error::violation(rule, field, start, octets));
        }
    }

    /// Reports or refuses a violation unless the rule holds.
    pub(crate) fn expect(&mut self, holds: bool, rule: Rule, octets: &'a [u8]) {
        if !holds {
            self.violation(rule, octets);
        }
    }

    /// What was read, unless a violation in it was refused.
    pub(crate) fn verdict<T>(&mut self, read: T) -> Result<T, Error> {
        self.refusal.take().map_or(Ok(read), Err)
    }

    /// The error for a limit that is exceeded at an offset in the value.
    pub(crate) fn exceeded(&self, limit: Limit, offset: u64) -> Error {
        Error::limit(limit, &self.limits, self.field, offset)
    }
}
