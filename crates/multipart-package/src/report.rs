//! The collector of every reading: its tolerance, its limits, and what was reported so far.

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) tolerance: Tolerance,
    pub(crate) limits: Limits,
    pub(crate) diagnostics: Diagnostics,
}

impl Report {
    pub(crate) fn new(tolerance: Tolerance, limits: Limits) -> Self {
        Self { tolerance, limits, diagnostics: Diagnostics::default() }
    }

    /// Reports a violation if it is tolerated, and refuses it otherwise.
    #[cold]
    pub(crate) fn violation(&mut self, rule: Rule, offset: u64, found: &[u8]) -> Result<(), Error> {
        self.settle(rule, offset..offset + found.len() as u64, found)
    }

    /// Does the same for octets that are not in memory.
    #[cold]
    pub(crate) fn violation_in(&mut self, rule: Rule, span: Range<u64>) -> Result<(), Error> {
        self.settle(rule, span, b"")
    }

    fn settle(&mut self, rule: Rule, span: Range<u64>, found: &[u8]) -> Result<(), Error> {
        if !self.tolerance.tolerates(rule) {
            return Err(Error::violation(rule, span.start, found));
        }
        self.diagnostics.push(self.limits.diagnostics, || Diagnostic::new(rule, span));
        Ok(())
    }

    /// Refuses a count above its limit.
    #[inline]
    pub(crate) fn at_most(
        &self,
        limit: Limit,
        most: u64,
        count: u64,
        offset: u64,
    ) -> Result<(), Error> {
        if count > most {
            return Err(Error::limit(limit, &self.limits, offset));
        }
        Ok(())
    }
}
