//! One pass over a part's head, which finds its end and checks its fields.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, Window};
use crate::error::Error;
use crate::field::{self, Known};
use crate::grammar::{is_ftext, is_space, is_tchar, trimmed};
use crate::head::plain_line::{Most, PlainLines};
use crate::head::summary::{HeadSummary, Length};
use crate::limits::{Limit, Limits};
use crate::report::Report;
use crate::rule::Rule;
#[cfg(test)]
use crate::scanned;

/// A pass over a head. It can stop at any octet and continue when there are more.
#[derive(Debug, Clone)]
pub(crate) struct HeadScan {
    /// Where the current line begins.
    line: usize,
    /// Up to where the current line was searched for its end.
    searched: usize,
    summary: HeadSummary,
}

/// How a pass over a head went.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scanned {
    /// The window ends inside the head.
    Incomplete,
    /// A blank line ends the head: where the fields end, and where the blank line ends.
    Blank { fields: usize, end: usize },
    /// A delimiter line ends the head early.
    Delimiter(DelimiterLine),
}

impl HeadScan {
    pub(crate) const fn new() -> Self {
        Self { line: 0, searched: 0, summary: HeadSummary::NOTHING }
    }

    pub(crate) const fn summary(&self) -> HeadSummary {
        self.summary
    }

    /// Reads a head of plain lines, and returns its summary and where its fields end.
    ///
    /// If another line than the blank line follows the plain lines, this returns the scan, which
    /// [`advance_after_plain_lines`](Self::advance_after_plain_lines) continues.
    #[inline]
    pub(crate) fn plain_head(
        window: Window<'_>,
        report: &Report,
    ) -> Result<(HeadSummary, usize), Self> {
        let most = Most { end: plain_octets(report), fields: report.limits.fields };
        let lines = PlainLines::read(window.octets, 0, 0, most);
        let (line, summary) = (lines.end, HeadSummary::of(&lines, window));
        let is_whole = ends_plainly(window, line, report);
        if is_whole { Ok((summary, line)) } else { Err(Self { line, searched: line, summary }) }
    }

    /// Checks a whole head with its blank line, outside of any package.
    pub(crate) fn check(head: &[u8], report: &mut Report) -> Result<HeadSummary, Error> {
        let mut scan = Self::new();
        let window = Window { octets: head, base: 0, last: true };
        match scan.advance(window, None, report)? {
            Scanned::Blank { end, .. } if end == head.len() => Ok(scan.summary),
            _ => Err(Error::violation(Rule::HeadIncomplete, head.len() as u64, b"")),
        }
    }

    /// Continues in a window that begins where the head begins and has more octets each time.
    #[inline]
    pub(crate) fn advance(
        &mut self,
        window: Window<'_>,
        delimiter: Option<&Delimiter>,
        report: &mut Report,
    ) -> Result<Scanned, Error> {
        // A line that was searched before is not read again, so that the time stays linear.
        if self.searched == self.line {
            self.skip_plain_lines(window, report);
            if ends_plainly(window, self.line, report) {
                return Ok(Scanned::Blank { fields: self.line, end: self.line + 2 });
            }
        }
        self.advance_after_plain_lines(window, delimiter, report)
    }

    /// Continues at a line that is not plain: the plain lines before it were read already.
    pub(crate) fn advance_after_plain_lines(
        &mut self,
        window: Window<'_>,
        delimiter: Option<&Delimiter>,
        report: &mut Report,
    ) -> Result<Scanned, Error> {
        let octets = window.octets;
        loop {
            let mut is_prefix = false;
            match &octets[self.line..] {
                [b'\r', b'\n', ..] => return self.blank(window, 2, report),
                [b'\n', ..] => {
                    self.violation(Rule::BareLineFeed, window, self.line..self.line + 1, report)?;
                    return self.blank(window, 1, report);
                }
                [b'-', ..] => match self.delimiter_at(window, delimiter, report)? {
                    LineMatch::Line(line) => return self.delimiter(window, line, report),
                    // A line that may become a delimiter line does not count as a field.
                    LineMatch::Incomplete => return Ok(Scanned::Incomplete),
                    LineMatch::Prefix => is_prefix = true,
                    LineMatch::Other => {}
                },
                _ => {}
            }
            let Some(end) = self.field_end(octets, window.last) else {
                return self.pause(window, report);
            };
            self.count(window, end, report)?;
            if let (true, Some(delimiter)) = (is_prefix, delimiter) {
                let dashes = self.line..self.line + delimiter.dash_boundary().len();
                self.violation(Rule::DelimiterPrefix, window, dashes, report)?;
            }
            self.field(window, end, report)?;
            (self.line, self.searched) = (end, end);
            self.skip_plain_lines(window, report);
        }
    }

    /// Whether the line at which a limit was exceeded may be a field or a blank line.
    ///
    /// It looks at the octets alone that the limit has to let pass, which are the same in any
    /// chunking.
    pub(crate) fn may_be_in_head(&self, window: Window<'_>, report: &Report) -> bool {
        let Limits { head_octets, field_octets, .. } = report.limits;
        let most = (self.line as u64).saturating_add(field_octets).min(head_octets);
        let end = usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX);
        let line = &window.octets[self.line..window.octets.len().min(end).max(self.line)];
        let name_len = line.iter().position(|&octet| !is_ftext(octet)).unwrap_or(line.len());
        match line[name_len..].iter().find(|&&octet| !is_space(octet)) {
            _ if name_len == 0 => matches!(line, [] | [b'\n', ..] | [b'\r'] | [b'\r', b'\n', ..]),
            None | Some(b':') => true,
            Some(_) => false,
        }
    }

    fn skip_plain_lines(&mut self, window: Window<'_>, report: &Report) {
        let fields = report.limits.fields.saturating_sub(self.summary.fields);
        let most = Most { end: plain_octets(report), fields };
        let lines = PlainLines::read(window.octets, self.line, self.summary.known, most);
        self.summary.extend(&lines, window);
        (self.line, self.searched) = (lines.end, lines.end);
    }

    /// Where the current field ends: after a LF that is not followed by a space or tab.
    fn field_end(&mut self, octets: &[u8], last: bool) -> Option<usize> {
        loop {
            let found = memchr::memchr(b'\n', &octets[self.searched..]);
            #[cfg(test)]
            scanned::add(found.unwrap_or(octets.len() - self.searched));
            let end = self.searched + found? + 1;
            match octets.get(end) {
                Some(&next) if is_space(next) => self.searched = end,
                None if !last => return None,
                _ => return Some(end),
            }
        }
    }

    /// Stops at the end of a window that ends inside the head, unless a limit is exceeded already.
    fn pause(&mut self, window: Window<'_>, report: &Report) -> Result<Scanned, Error> {
        let len = window.octets.len();
        // A line break at the very end is searched again, because a fold may follow it.
        self.searched = self.searched.max(len.saturating_sub(1));
        self.check_extent(window, len, report)?;
        Ok(Scanned::Incomplete)
    }

    fn blank(&mut self, window: Window<'_>, len: usize, report: &Report) -> Result<Scanned, Error> {
        let end = self.line + len;
        let head = &window.octets[..end];
        self.summary.lone_line_feeds = len == 1 && memchr::memmem::find(head, b"\r\n").is_none();
        self.check_extent(window, end, report)?;
        Ok(Scanned::Blank { fields: self.line, end })
    }

    fn delimiter_at(
        &self,
        window: Window<'_>,
        delimiter: Option<&Delimiter>,
        report: &mut Report,
    ) -> Result<LineMatch, Error> {
        delimiter.map_or(Ok(LineMatch::Other), |delimiter| delimiter.at(window, self.line, report))
    }

    fn delimiter(
        &mut self,
        window: Window<'_>,
        line: DelimiterLine,
        report: &mut Report,
    ) -> Result<Scanned, Error> {
        let rule = if self.line == 0 { Rule::PartEmpty } else { Rule::DelimiterInHead };
        self.violation(rule, window, self.line..line.end, report)?;
        line.check(window.base, report)?;
        Ok(Scanned::Delimiter(line))
    }

    /// Refuses a head or a field above its limit, by the limit that is met first.
    fn check_extent(&self, window: Window<'_>, reach: usize, report: &Report) -> Result<(), Error> {
        let (head, field) = (report.limits.head_octets, report.limits.field_octets);
        if (self.line as u64).saturating_add(field) <= head {
            let (len, offset) = (reach - self.line, window.offset(self.line));
            report.at_most(Limit::FieldOctets, field, len as u64, offset)
        } else {
            report.at_most(Limit::HeadOctets, head, reach as u64, window.offset(0))
        }
    }

    /// Counts the current field, which ends at `end`.
    fn count(&mut self, window: Window<'_>, end: usize, report: &Report) -> Result<(), Error> {
        self.check_extent(window, end, report)?;
        self.summary.fields += 1;
        let len = (end - self.line) as u64;
        self.summary.longest_field = self.summary.longest_field.max(len);
        let (most, count) = (report.limits.fields, self.summary.fields);
        report.at_most(Limit::Fields, most, count, window.offset(self.line))
    }

    /// Checks the current field, which ends at `end`.
    fn field(&mut self, window: Window<'_>, end: usize, report: &mut Report) -> Result<(), Error> {
        let start = self.line;
        let field = &window.octets[start..end];
        let name_len = field.iter().position(|&octet| !is_ftext(octet)).unwrap_or(field.len());
        let (name, rest) = field.split_at(name_len);
        let spaces = rest.iter().take_while(|&&octet| is_space(octet)).count();
        if name.is_empty() || rest.get(spaces) != Some(&b':') {
            return Err(Error::violation(Rule::FieldSyntax, window.offset(start), field));
        }
        if !name.iter().copied().all(is_tchar) {
            self.violation(Rule::FieldNameToken, window, start..start + name.len(), report)?;
        }
        if spaces > 0 {
            let at = start + name.len();
            self.violation(Rule::FieldSpaceBeforeColon, window, at..at + spaces, report)?;
        }
        let value_at = start + name.len() + spaces + 1;
        self.check_value(window, value_at, end, report)?;
        let value = trimmed(&window.octets[value_at..end]);
        self.known(Known::by_name(name), window, value, report)
    }

    /// Checks that a value's octets are text that ends with CR LF.
    fn check_value(
        &mut self,
        window: Window<'_>,
        value_at: usize,
        end: usize,
        report: &mut Report,
    ) -> Result<(), Error> {
        for at in value_at..end {
            let next = window.octets.get(at + 1).filter(|_| at + 1 < end);
            let rule = match (window.octets[at], next) {
                (b'\t' | b' '..=b'~' | 0x80.., _) | (b'\r', Some(b'\n')) => continue,
                (b'\n', next) => {
                    if window.octets[at - 1] != b'\r' {
                        self.violation(Rule::BareLineFeed, window, at..at + 1, report)?;
                    }
                    if next.is_none() {
                        continue;
                    }
                    Rule::FieldFold
                }
                (0 | b'\r', _) => Rule::FieldNulOrCr,
                _ => Rule::FieldControl,
            };
            self.violation(rule, window, at..at + 1, report)?;
        }
        Ok(())
    }

    /// Checks a field whose meaning this crate knows.
    fn known(
        &mut self,
        known: Option<Known>,
        window: Window<'_>,
        value: &[u8],
        report: &mut Report,
    ) -> Result<(), Error> {
        let Some(known) = known else { return Ok(()) };
        let start = nom::Offset::offset(window.octets, value);
        let span = start..start + value.len();
        let is_repeated = self.summary.known & known.bit() != 0;
        self.summary.known |= known.bit();
        if known == Known::ContentLength {
            return self.content_length(window, value, span, report);
        }
        if is_repeated {
            self.violation(Rule::FieldRepeated, window, span.clone(), report)?;
        }
        if let Some(rule) = field::violation(known, value) {
            self.violation(rule, window, span, report)?;
        }
        Ok(())
    }

    fn content_length(
        &mut self,
        window: Window<'_>,
        value: &[u8],
        span: std::ops::Range<usize>,
        report: &mut Report,
    ) -> Result<(), Error> {
        let (length, repeated) = match field::content_length::parse(value) {
            Ok(field::content_length::Parsed { octets, repeated }) => {
                (Length::Octets(octets), repeated)
            }
            Err(rule) => {
                self.violation(rule, window, span.clone(), report)?;
                (Length::Unreadable, false)
            }
        };
        match self.summary.length {
            Length::Absent => {
                self.summary.length = length;
                self.summary.length_span = (window.offset(span.start), window.offset(span.end));
                if repeated {
                    self.violation(Rule::ContentLengthRepeated, window, span, report)?;
                }
                Ok(())
            }
            earlier if earlier == length => {
                self.violation(Rule::ContentLengthRepeated, window, span, report)
            }
            _ => self.violation(Rule::ContentLengthConflict, window, span, report),
        }
    }

    #[cold]
    fn violation(
        &mut self,
        rule: Rule,
        window: Window<'_>,
        span: std::ops::Range<usize>,
        report: &mut Report,
    ) -> Result<(), Error> {
        self.summary.strict = false;
        report.violation(rule, window.offset(span.start), &window.octets[span])
    }
}

/// Whether a blank line that ends with CR LF is at `line`, and the head is within its limits.
#[inline]
fn ends_plainly(window: Window<'_>, line: usize, report: &Report) -> bool {
    line as u64 + 2 <= plain_octets(report) && window.octets[line..].starts_with(b"\r\n")
}

/// How far into a head neither the head nor a field can exceed its limit.
#[inline]
fn plain_octets(report: &Report) -> u64 {
    report.limits.head_octets.min(report.limits.field_octets)
}

#[cfg(test)]
mod tests;
