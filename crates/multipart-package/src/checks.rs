//! What every reader carries along: its tolerance, its limits and what it has reported.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use crate::tolerance::Tolerance;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(crate) struct Checks {
    pub(crate) tolerance: Tolerance,
    pub(crate) limits: Limits,
    pub(crate) diagnostics: Diagnostics,
}

impl Checks {
    pub(crate) fn new(tolerance: Tolerance, limits: Limits) -> Self {
        Self { tolerance, limits, diagnostics: Diagnostics::default() }
    }

    /// Reports a breach where it is tolerated, refuses it otherwise.
    #[cold]
    pub(crate) fn breach(&mut self, rule: Rule, offset: u64, found: &[u8]) -> Result<(), Error> {
        self.settle(rule, offset..offset + found.len() as u64, found)
    }

    /// The same for octets that are not at hand.
    #[cold]
    pub(crate) fn report(&mut self, rule: Rule, span: Range<u64>) -> Result<(), Error> {
        self.settle(rule, span, b"")
    }

    fn settle(&mut self, rule: Rule, span: Range<u64>, found: &[u8]) -> Result<(), Error> {
        if !self.tolerance.tolerates(rule) {
            return Err(Error::rule(rule, span.start, found));
        }
        self.diagnostics.push(Diagnostic::new(rule, span), self.limits.diagnostics);
        Ok(())
    }

    /// Refuses a count above its limit.
    #[inline]
    pub(crate) fn at_most(
        &self,
        limit: Limit,
        bound: u64,
        count: u64,
        offset: u64,
    ) -> Result<(), Error> {
        if count > bound {
            return Err(Error::limit(limit, &self.limits, offset));
        }
        Ok(())
    }
}
