//! The repairs around markup: before the root, behind it, and what is reported of each piece.

use super::{MARK, XmlReader};
use crate::error::Error;
use crate::rule::Rule;
use crate::xml::chars;
use crate::xml::doctype;
use std::ops::Range;

impl XmlReader<'_> {
    /// Reports a repair.
    #[cold]
    pub(crate) fn repaired(&mut self, rule: Rule, span: Range<usize>) -> Result<(), Error> {
        self.repaired += 1;
        self.violation_at(rule, span)
    }

    /// Reports the repairs of the last piece, unless it is read again.
    pub(super) fn report_repairs(&mut self) -> Result<(), Error> {
        let Some((kept, omitted)) = self.repairs.end() else { return Ok(()) };
        for (rule, span) in kept {
            self.repaired(rule, span)?;
        }
        // As many as can be kept are: these are only counted.
        for _ in 0..omitted {
            self.repaired(Rule::RepairedCharacter, 0..0)?;
        }
        Ok(())
    }

    /// Skips the white space and the remains of byte order marks before an XML declaration, and such
    /// remains before anything else.
    pub(super) fn skip_remains(&mut self) -> Result<(), Error> {
        /// A byte order mark in UTF-8 that was taken for Latin-1, and encoded again.
        const MOJIBAKE: &str = "\u{EF}\u{BB}\u{BF}";
        let mut rest = self.source;
        loop {
            let next = rest.trim_start_matches(chars::SPACE).trim_start_matches(MARK);
            let next = next.strip_prefix(MOJIBAKE).unwrap_or(next);
            if next.len() == rest.len() {
                break;
            }
            rest = next;
        }
        let remains = self.source.len() - rest.len();
        let is_blank = chars::is_blank(&self.source[..remains]);
        if remains == 0 || is_blank && !rest.starts_with("<?xml") {
            return Ok(());
        }
        self.start_at(remains);
        self.declaration_at = Some(remains);
        self.repaired(Rule::RepairedStart, 0..remains)
    }

    /// Goes on at an offset, where no markup is open.
    pub(super) fn start_at(&mut self, at: usize) {
        self.at = at;
        self.pending = None;
    }

    /// The octets after the part of the document that is UTF-8 are left out, if the root has ended.
    pub(crate) fn leave_out_octets(&mut self) -> Result<(), Error> {
        let end = self.source.len();
        self.repaired(Rule::RepairedEnd, end..end)
    }

    /// Skips the document type declaration at an offset before the root, if there is one.
    pub(super) fn skip_doctype(&mut self, start: usize) -> Result<bool, Error> {
        let rest = &self.source[start..];
        if self.is_root_read || doctype::after_doctype(rest).is_none() {
            return Ok(false);
        }
        let Some(length) = doctype::doctype_end(rest) else {
            return Err(self.refusal(Rule::Incomplete, start..self.source.len()));
        };
        self.start_at(start + length);
        self.repaired(Rule::RepairedDoctype, start..start + length)?;
        Ok(true)
    }
}
