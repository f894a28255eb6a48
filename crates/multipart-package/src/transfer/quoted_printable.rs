//! Quoted-printable (RFC 2045 section 6.7): its lines are found here, and the quoted_printable crate
//! decodes what is in them.

use super::line::LINE;
use crate::error::Error;
use crate::grammar::is_space;
use crate::report::Report;
use crate::rule::Rule;
use ::quoted_printable::{Options, ParseMode, QuotedPrintableError, decode_with_options};
use bytes::BufMut;

/// From how many octets on a line is decoded before its end is known.
const HELD: usize = 4096;

#[derive(Debug, Clone, Default)]
pub(super) struct QuotedPrintable {
    /// The octets of the current line that are not yet decoded.
    held: Vec<u8>,
    held_at: u64,
    /// How many characters of the current line are decoded.
    decoded: usize,
    /// Whether the current line is reported to be too long.
    is_long: bool,
    /// How many octets may be held before some are decoded.
    most: usize,
}

impl QuotedPrintable {
    pub(super) fn push(
        &mut self,
        octets: &[u8],
        offset: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let mut rest = octets;
        while let Some(feed) = memchr::memchr(b'\n', rest) {
            let (line, behind) = rest.split_at(feed + 1);
            let at = offset.saturating_add((octets.len() - rest.len()) as u64);
            if self.held.is_empty() {
                self.line(line, at, report, out)?;
            } else {
                let mut held = std::mem::take(&mut self.held);
                held.extend_from_slice(line);
                self.line(&held, self.held_at, report, out)?;
                held.clear();
                self.held = held;
            }
            (self.decoded, self.is_long, rest) = (0, false, behind);
        }
        let at = offset.saturating_add((octets.len() - rest.len()) as u64);
        self.hold(rest, at, report, out)
    }

    /// Decodes the last line.
    pub(super) fn finish(
        &mut self,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        let text = trimmed(&held);
        if is_soft(text) {
            let at = self.held_at.saturating_add(text.len() as u64 - 1);
            report.violation(Rule::QuotedPrintableForm, at, b"=")?;
        }
        self.text(&held, self.held_at, report, out)
    }

    /// Decodes a line with its line break.
    fn line(
        &mut self,
        line: &[u8],
        at: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let (text, line_break) = match line {
            [text @ .., b'\r', b'\n'] => (text, &b"\r\n"[..]),
            [text @ .., b'\n'] => {
                let feed = at.saturating_add(text.len() as u64);
                report.violation(Rule::QuotedPrintableForm, feed, b"\n")?;
                (text, &b"\n"[..])
            }
            text => (text, &b""[..]),
        };
        self.text(text, at, report, out)?;
        if !is_soft(trimmed(text)) {
            out.put_slice(line_break);
        }
        Ok(())
    }

    /// Holds octets of a line whose end is not known.
    fn hold(
        &mut self,
        octets: &[u8],
        at: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let mut rest = octets;
        while !rest.is_empty() {
            if self.held.is_empty() {
                self.held_at = at.saturating_add((octets.len() - rest.len()) as u64);
            }
            let most = self.most.max(HELD);
            let (now, behind) = rest.split_at(rest.len().min(most - self.held.len()));
            self.held.extend_from_slice(now);
            rest = behind;
            if self.held.len() < most {
                continue;
            }
            let mut held = std::mem::take(&mut self.held);
            let end = sound_end(&held);
            self.text(&held[..end], self.held_at, report, out)?;
            held.drain(..end);
            self.held_at = self.held_at.saturating_add(end as u64);
            // Twice as much each time, so that the time stays linear if little of it is decoded.
            self.most = HELD.max(held.len().saturating_mul(2));
            self.held = held;
        }
        Ok(())
    }

    /// Decodes a line, or a piece of it, without its line break.
    fn text(
        &mut self,
        text: &[u8],
        at: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let text = trimmed(text);
        let len = self.decoded.saturating_add(text.len());
        if len > LINE && !self.is_long {
            self.is_long = true;
            let first = at.saturating_add(LINE.saturating_sub(self.decoded) as u64);
            report.violation_in(Rule::TransferEncodingLine, first..first.saturating_add(1))?;
        }
        self.decoded = len;
        if text.iter().all(|&octet| is_literal(octet)) {
            out.put_slice(text);
            return Ok(());
        }
        let decoded = match decode(text, ParseMode::Strict) {
            Ok(decoded) => decoded,
            Err(error) => {
                report_errors(&error, text, at, report)?;
                decode(text, ParseMode::Robust).unwrap_or_default()
            }
        };
        out.put_slice(&decoded);
        Ok(())
    }
}

/// Reports what is wrong in a text, at its first octet.
#[cold]
fn report_errors(
    error: &QuotedPrintableError,
    text: &[u8],
    at: u64,
    report: &mut Report,
) -> Result<(), Error> {
    let mut is_malformed = true;
    if *error == QuotedPrintableError::LowercaseHexOctet {
        report.violation(Rule::QuotedPrintableForm, at, text)?;
        is_malformed = decode(&text.to_ascii_uppercase(), ParseMode::Strict).is_err();
    }
    if is_malformed {
        report.violation(Rule::QuotedPrintableSyntax, at, text)?;
    }
    Ok(())
}

fn decode(text: &[u8], mode: ParseMode) -> Result<Vec<u8>, QuotedPrintableError> {
    decode_with_options(text, Options::default().parse_mode(mode).line_length_limit(usize::MAX))
}

/// The text without the white space at its end, which does not belong to the data.
fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&octet| !is_space(octet)).map_or(0, |last| last + 1);
    &text[..end]
}

/// Whether a `=` at the end of the text removes the line break.
fn is_soft(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(equals) = memchr::memchr(b'=', rest) {
        match rest.get(equals + 3..) {
            Some(behind) => rest = behind,
            None => return equals + 1 == rest.len(),
        }
    }
    false
}

/// How much of a line can be decoded before the rest is known: up to an octet that is not white
/// space, if neither it nor the one before it may belong to a `=`.
fn sound_end(held: &[u8]) -> usize {
    let is_end = |end: &usize| match held[..*end] {
        [.., before, last] => is_literal(before) && is_literal(last) && !is_space(last),
        [only] => is_literal(only) && !is_space(only),
        [] => true,
    };
    (0..=held.len()).rev().find(is_end).unwrap_or(0)
}

/// Whether an octet stands for itself.
const fn is_literal(octet: u8) -> bool {
    (octet.is_ascii_graphic() && octet != b'=') || is_space(octet)
}
