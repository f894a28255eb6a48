//! Quoted-printable (RFC 2045 section 6.7): its lines are found here, and the quoted_printable crate
//! decodes what is in them.

use super::line::LINE;
use crate::error::Error;
use crate::grammar::is_space;
use crate::limits::Limit;
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
            if self.held.is_empty() && feed < HELD {
                self.line(line, at, report, out)?;
            } else {
                // A long line is decoded in the same pieces as if it came octet by octet.
                self.hold(&line[..feed], at, report, out)?;
                let mut held = std::mem::take(&mut self.held);
                held.push(b'\n');
                self.line(&held, self.held_at, report, out)?;
                held.clear();
                self.held = held;
            }
            (self.decoded, self.is_long, self.most, rest) = (0, false, 0, behind);
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
            let (limit, limits) = (Limit::WhiteSpaceOctets, &report.limits);
            report.at_most(limit, limits.white_space_octets, held.len() as u64, self.held_at)?;
            // Twice as much each time, so that the time stays linear if little of it is decoded.
            let limit = usize::try_from(limits.white_space_octets).unwrap_or(usize::MAX);
            self.most = HELD.max(held.len().saturating_mul(2).min(limit.saturating_add(1)));
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

/// How many octets a piece of a text has that is decoded on its own: a `=` and the next two
/// printable octets, or one octet. There is none if the text ends before that.
fn piece_len(text: &[u8]) -> Option<usize> {
    match text.split_first()? {
        (b'=', behind) => {
            let mut printable = behind.iter().enumerate().filter(|(_, octet)| is_decoded(**octet));
            printable.nth(1).map(|(at, _)| at + 2)
        }
        _ => Some(1),
    }
}

/// Whether a `=` at the end of the text removes the line break.
fn is_soft(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(equals) = memchr::memchr(b'=', rest) {
        rest = &rest[equals..];
        match piece_len(rest) {
            Some(len) => rest = &rest[len..],
            None => return !rest[1..].iter().any(|&octet| is_decoded(octet)),
        }
    }
    false
}

/// How much of a line can be decoded before the rest is known: whole pieces, of which the last one
/// does not end with what may be white space at the line's end.
fn sound_end(held: &[u8]) -> usize {
    let (mut at, mut end) = (0, 0);
    while let Some(len) = piece_len(&held[at..]) {
        at += len;
        if held[at - 1].is_ascii_graphic() {
            end = at;
        }
    }
    end
}

/// Whether the library that decodes does not skip an octet.
const fn is_decoded(octet: u8) -> bool {
    octet.is_ascii_graphic() || is_space(octet) || octet == b'\r'
}

/// Whether an octet stands for itself.
const fn is_literal(octet: u8) -> bool {
    (octet.is_ascii_graphic() && octet != b'=') || is_space(octet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::limits::Limits;
    use crate::reporting::Tolerance;

    /// Decodes a body in pieces of this size: how much was held at most, and what came out.
    fn held(body: &[u8], size: usize) -> (usize, Result<Vec<u8>, Error>) {
        let (mut decoder, mut out, mut most) = (QuotedPrintable::default(), Vec::new(), 0);
        let mut report = Report::new(Tolerance::ALL, Limits::default());
        for (number, piece) in body.chunks(size).enumerate() {
            let pushed = decoder.push(piece, (number * size) as u64, &mut report, &mut out);
            most = most.max(decoder.held.capacity());
            if let Err(error) = pushed {
                return (most, Err(error));
            }
        }
        let finished = decoder.finish(&mut report, &mut out);
        (most, finished.map(|()| out))
    }

    #[test]
    fn what_is_held_of_a_line_without_end_is_bounded_whatever_it_is() {
        let limit = Limits::default().white_space_octets;
        for (repeated, is_refused) in [
            ("=", false),
            ("a ", false),
            ("=4a", false),
            ("=\u{1}a", false),
            (" ", true),
            ("\r", true),
            ("\u{1}", true),
            ("=4 ", true),
            ("=\u{1}", false),
        ] {
            let body = repeated.repeat((1 << 20) / repeated.len());
            let (_, expected) = held(body.as_bytes(), body.len());
            let kind = expected.as_ref().map_err(Error::kind);
            assert_eq!(kind.is_err(), is_refused, "{repeated:?}");
            for size in [1, 1000, 100_000] {
                let (most, outcome) = held(body.as_bytes(), size);
                assert!(most as u64 <= 4 * limit, "{repeated:?}: {most} octets are held");
                assert!(outcome == expected, "{repeated:?} in pieces of {size}");
            }
            if let Err(error) = expected {
                let limit = ErrorKind::Limit(Limit::WhiteSpaceOctets);
                assert_eq!((error.kind(), error.offset()), (limit, 0));
            }
        }
    }

    #[test]
    fn white_space_within_its_limit_passes_and_one_octet_more_does_not() {
        for (spaces, is_refused) in [(64 * 1024, false), (64 * 1024 + 1, true)] {
            for end in ["", "\r\n", "a", "a\r\n"] {
                let body = ["x", &" ".repeat(spaces), end].concat();
                // The CR at the end of a line is held with the white space.
                let is_refused = is_refused || (end == "\r\n" && spaces == 64 * 1024);
                for size in [1, 5000, body.len()] {
                    assert_eq!(
                        held(body.as_bytes(), size).1.is_err(),
                        is_refused,
                        "{end:?}, {size}"
                    );
                }
            }
        }
    }
}
