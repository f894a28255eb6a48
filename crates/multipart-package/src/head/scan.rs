//! One pass over a part's head: finds its end and checks its fields on the way.

use crate::checks::Checks;
use crate::delimiter::{At, Delimiter, Line, Window};
use crate::error::Error;
use crate::field::{self, Known};
use crate::grammar::{is_space, is_tchar, trimmed};
use crate::limits::Limit;
use crate::rule::Rule;
use crate::sweep::first_control;

/// What a head states of its body's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    Absent,
    /// Stated, but not as a number.
    Unreadable,
    Octets(u64),
}

/// What the pass over a head has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) length: Length,
    /// Where the Content-Length's value stands in the whole input.
    pub(crate) length_span: (u64, u64),
    /// Whether no rule of a level above advice was broken.
    pub(crate) strict: bool,
    pub(crate) fields: usize,
    pub(crate) longest_field: usize,
    /// The bits of the known fields that are there.
    known: u32,
}

impl Seen {
    const NOTHING: Self = Self {
        length: Length::Absent,
        length_span: (0, 0),
        strict: true,
        fields: 0,
        longest_field: 0,
        known: 0,
    };

    /// Whether a Content-Location or a Content-Type is there.
    pub(crate) const fn describes_entity(self) -> bool {
        self.known & (Known::ContentLocation.bit() | Known::ContentType.bit()) != 0
    }

    /// Takes down a field of a line that begins at `line`, if there is nothing to say of it.
    #[inline]
    fn plain(&mut self, known: Option<Known>, value: Value<'_>, line: u64) -> bool {
        let Some(known) = known else { return true };
        if self.known & known.bit() != 0 {
            return false;
        }
        if known == Known::ContentLength {
            let Some(octets) = field::content_length::digits(value.octets) else { return false };
            let start = line + value.at as u64;
            self.length = Length::Octets(octets);
            self.length_span = (start, start + value.octets.len() as u64);
        } else if field::breach(known, value.octets).is_some() {
            return false;
        }
        self.known |= known.bit();
        true
    }
}

/// A pass over a head that can stop at any octet and go on when there are more.
#[derive(Debug, Clone)]
pub(crate) struct HeadScan {
    /// Where the line begins that is being read.
    line: usize,
    /// Up to where that line was searched for its end.
    searched: usize,
    seen: Seen,
}

/// How a pass over a head went.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scanned {
    /// The window ends inside the head.
    Incomplete,
    /// The fields end, and a blank line after them ends, at these places.
    Blank { fields: usize, end: usize },
    /// A delimiter line ends the head early.
    Delimiter(Line),
}

impl HeadScan {
    pub(crate) const fn new() -> Self {
        Self { line: 0, searched: 0, seen: Seen::NOTHING }
    }

    pub(crate) const fn seen(&self) -> Seen {
        self.seen
    }

    /// Passes over a whole head with its blank line, outside any package.
    pub(crate) fn check(head: &[u8], checks: &mut Checks) -> Result<Seen, Error> {
        let mut scan = Self::new();
        let window = Window { octets: head, base: 0, last: true };
        match scan.advance(window, None, checks)? {
            Scanned::Blank { end, .. } if end == head.len() => Ok(scan.seen),
            _ => Err(Error::rule(Rule::HeadIncomplete, head.len() as u64, b"")),
        }
    }

    /// Goes on over a window that begins where the head begins, each time with more in it.
    #[inline]
    pub(crate) fn advance(
        &mut self,
        window: Window<'_>,
        delimiter: Option<&Delimiter>,
        checks: &mut Checks,
    ) -> Result<Scanned, Error> {
        let octets = window.octets;
        loop {
            // A line that was looked at before is not swept again: that would not stay linear.
            if self.searched == self.line {
                let seen;
                (self.line, seen) = plain_lines(window, self.line, self.seen, checks);
                (self.searched, self.seen) = (self.line, seen);
            }
            match &octets[self.line..] {
                [b'\r', b'\n', ..] => return self.blank(window, 2, checks),
                [b'\n', ..] => {
                    self.breach(Rule::BareLineFeed, window, self.line..self.line + 1, checks)?;
                    return self.blank(window, 1, checks);
                }
                [b'-', ..] => match self.delimiter_at(window, delimiter, checks)? {
                    At::Line(line) => return self.delimiter(window, line, checks),
                    // What is a delimiter line at last is no field, and counts as none.
                    At::Incomplete => return Ok(Scanned::Incomplete),
                    At::Other => {}
                },
                _ => {}
            }
            let Some(end) = self.field_end(octets, window.last) else {
                return self.pause(window, checks);
            };
            self.count(window, end, checks)?;
            self.field(window, end, checks)?;
            (self.line, self.searched) = (end, end);
        }
    }

    /// Where the field ends that begins at `line`: behind a LF that no space or tab follows.
    fn field_end(&mut self, octets: &[u8], last: bool) -> Option<usize> {
        loop {
            let end = self.searched + memchr::memchr(b'\n', &octets[self.searched..])? + 1;
            match octets.get(end) {
                Some(&next) if is_space(next) => self.searched = end,
                None if !last => return None,
                _ => return Some(end),
            }
        }
    }

    /// The window ends inside the head: refuses where more can only exceed a limit.
    fn pause(&mut self, window: Window<'_>, checks: &Checks) -> Result<Scanned, Error> {
        let len = window.octets.len();
        // A line break at the very end is looked at again: what follows may continue the field.
        self.searched = self.searched.max(len.saturating_sub(1));
        self.check_extent(window, len, checks)?;
        Ok(Scanned::Incomplete)
    }

    fn blank(&self, window: Window<'_>, len: usize, checks: &Checks) -> Result<Scanned, Error> {
        let end = self.line + len;
        self.check_extent(window, end, checks)?;
        Ok(Scanned::Blank { fields: self.line, end })
    }

    fn delimiter_at(
        &self,
        window: Window<'_>,
        delimiter: Option<&Delimiter>,
        checks: &mut Checks,
    ) -> Result<At, Error> {
        delimiter.map_or(Ok(At::Other), |delimiter| delimiter.at(window, self.line, checks))
    }

    fn delimiter(
        &mut self,
        window: Window<'_>,
        line: Line,
        checks: &mut Checks,
    ) -> Result<Scanned, Error> {
        self.breach(Rule::DelimiterInHead, window, self.line..line.end, checks)?;
        line.check(window.base, checks)?;
        Ok(Scanned::Delimiter(line))
    }

    /// Refuses a head or field that reaches beyond its limit, whichever is met first.
    fn check_extent(&self, window: Window<'_>, reach: usize, checks: &Checks) -> Result<(), Error> {
        let (head, field) = (checks.limits.head_octets, checks.limits.field_octets);
        if self.line.saturating_add(field) <= head {
            let (len, offset) = (reach - self.line, window.offset(self.line));
            checks.at_most(Limit::FieldOctets, field as u64, len as u64, offset)
        } else {
            checks.at_most(Limit::HeadOctets, head as u64, reach as u64, window.offset(0))
        }
    }

    /// Counts the field that stands from `line` to `end`.
    fn count(&mut self, window: Window<'_>, end: usize, checks: &Checks) -> Result<(), Error> {
        self.check_extent(window, end, checks)?;
        self.seen.fields += 1;
        self.seen.longest_field = self.seen.longest_field.max(end - self.line);
        let (bound, count) = (checks.limits.fields as u64, self.seen.fields as u64);
        checks.at_most(Limit::Fields, bound, count, window.offset(self.line))
    }

    /// Checks the field that stands from `line` to `end`.
    fn field(&mut self, window: Window<'_>, end: usize, checks: &mut Checks) -> Result<(), Error> {
        let start = self.line;
        let field = &window.octets[start..end];
        let (name, rest) = field.split_at(token_len(field));
        let spaces = rest.iter().take_while(|&&octet| is_space(octet)).count();
        if name.is_empty() || rest.get(spaces) != Some(&b':') {
            return Err(Error::rule(Rule::FieldSyntax, window.offset(start), field));
        }
        if spaces > 0 {
            let at = start + name.len();
            self.breach(Rule::FieldSpaceBeforeColon, window, at..at + spaces, checks)?;
        }
        let value_at = start + name.len() + spaces + 1;
        self.check_value(window, value_at, end, checks)?;
        let value = trimmed(&window.octets[value_at..end]);
        self.known(Known::by_name(name), window, value, checks)
    }

    /// Names what makes a value's octets no plain text that ends in CR LF.
    fn check_value(
        &mut self,
        window: Window<'_>,
        value_at: usize,
        end: usize,
        checks: &mut Checks,
    ) -> Result<(), Error> {
        for at in value_at..end {
            let next = window.octets.get(at + 1).filter(|_| at + 1 < end);
            let rule = match (window.octets[at], next) {
                (b'\t' | b' '..=b'~' | 0x80.., _) | (b'\r', Some(b'\n')) => continue,
                (b'\n', next) => {
                    if window.octets[at - 1] != b'\r' {
                        self.breach(Rule::BareLineFeed, window, at..at + 1, checks)?;
                    }
                    if next.is_none() {
                        continue;
                    }
                    Rule::FieldFold
                }
                (0 | b'\r', _) => Rule::FieldNulOrCr,
                _ => Rule::FieldControl,
            };
            self.breach(rule, window, at..at + 1, checks)?;
        }
        Ok(())
    }

    /// Checks a field whose meaning this crate knows.
    fn known(
        &mut self,
        known: Option<Known>,
        window: Window<'_>,
        value: &[u8],
        checks: &mut Checks,
    ) -> Result<(), Error> {
        let Some(known) = known else { return Ok(()) };
        let start = nom::Offset::offset(window.octets, value);
        let span = start..start + value.len();
        let is_repeated = self.seen.known & known.bit() != 0;
        self.seen.known |= known.bit();
        if known == Known::ContentLength {
            return self.content_length(window, value, span, checks);
        }
        if is_repeated {
            self.breach(Rule::FieldRepeated, window, span.clone(), checks)?;
        }
        if let Some(rule) = field::breach(known, value) {
            self.breach(rule, window, span, checks)?;
        }
        Ok(())
    }

    fn content_length(
        &mut self,
        window: Window<'_>,
        value: &[u8],
        span: std::ops::Range<usize>,
        checks: &mut Checks,
    ) -> Result<(), Error> {
        let (length, repeated) = match field::content_length::parse(value) {
            Ok(field::content_length::Parsed { octets, repeated }) => {
                (Length::Octets(octets), repeated)
            }
            Err(rule) => {
                self.breach(rule, window, span.clone(), checks)?;
                (Length::Unreadable, false)
            }
        };
        match self.seen.length {
            Length::Absent => {
                self.seen.length = length;
                self.seen.length_span = (window.offset(span.start), window.offset(span.end));
                if repeated {
                    self.breach(Rule::ContentLengthRepeated, window, span, checks)?;
                }
                Ok(())
            }
            earlier if earlier == length => {
                self.breach(Rule::ContentLengthRepeated, window, span, checks)
            }
            _ => self.breach(Rule::ContentLengthConflict, window, span, checks),
        }
    }

    #[cold]
    fn breach(
        &mut self,
        rule: Rule,
        window: Window<'_>,
        span: std::ops::Range<usize>,
        checks: &mut Checks,
    ) -> Result<(), Error> {
        self.seen.strict = false;
        checks.breach(rule, window.offset(span.start), &window.octets[span])
    }
}

/// Passes over a head of plain lines that ends in CR LF; gives what was seen and where the blank
/// line begins. Of any other head the walk knows more to say.
#[inline]
pub(crate) fn plain_head(window: Window<'_>, checks: &Checks) -> Option<(Seen, usize)> {
    let (end, seen) = plain_lines(window, 0, Seen::NOTHING, checks);
    let within_limits = end + 2 <= plain_octets(checks);
    (within_limits && window.octets[end..].starts_with(b"\r\n")).then_some((seen, end))
}

/// Passes over plain lines up to the first one of which there is more to say.
#[inline(always)]
fn plain_lines(
    window: Window<'_>,
    mut at: usize,
    mut seen: Seen,
    checks: &Checks,
) -> (usize, Seen) {
    let most = plain_octets(checks);
    while let Some(line) = PlainLine::read(&window.octets[at..]) {
        let within_limits = at + line.end <= most && seen.fields < checks.limits.fields;
        if !within_limits || !seen.plain(line.known, line.value, window.offset(at)) {
            break;
        }
        seen.fields += 1;
        seen.longest_field = seen.longest_field.max(line.end);
        at += line.end;
    }
    (at, seen)
}

/// How far into a head neither the head nor a field can exceed its limit.
#[inline]
fn plain_octets(checks: &Checks) -> usize {
    checks.limits.head_octets.min(checks.limits.field_octets)
}

/// The usual line, read at one go: a field of text that ends in CR LF and that no fold continues.
#[derive(Debug, Clone, Copy)]
struct PlainLine<'a> {
    known: Option<Known>,
    value: Value<'a>,
    end: usize,
}

/// A value without the white space around it, and where in its line it stands.
#[derive(Debug, Clone, Copy)]
struct Value<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> PlainLine<'a> {
    #[inline]
    fn read(line: &'a [u8]) -> Option<Self> {
        // What begins with a hyphen may be a delimiter line.
        if matches!(line, [] | [b'\r' | b'-', ..]) {
            return None;
        }
        let (known, name_len) = match Known::by_line(line) {
            Some((known, len)) if line.get(len) == Some(&b':') => (Some(known), len),
            _ => (None, token_len(line)),
        };
        let behind = line.get(name_len..)?.strip_prefix(b":").filter(|_| name_len > 0)?;
        let value_len = first_control(behind);
        let (value, rest) = behind.split_at_checked(value_len)?;
        let [b'\r', b'\n', next, ..] = rest else { return None };
        let (at, end) = (name_len + 1, name_len + 1 + value_len + 2);
        let value = Value { octets: value, at }.trimmed();
        (!is_space(*next)).then_some(Self { known, value, end })
    }
}

impl Value<'_> {
    /// Without the spaces around it.
    #[inline]
    fn trimmed(mut self) -> Self {
        while let [b' ', rest @ ..] = self.octets {
            (self.octets, self.at) = (rest, self.at + 1);
        }
        while let [rest @ .., b' '] = self.octets {
            self.octets = rest;
        }
        self
    }
}

/// The length of the token that a line begins with.
#[inline]
fn token_len(line: &[u8]) -> usize {
    line.iter().position(|&octet| !is_tchar(octet)).unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, Limits, Tolerance};

    fn scan(head: &[u8], tolerance: Tolerance, step: usize) -> Result<(usize, Seen), ErrorKind> {
        let delimiter = Delimiter::new(&"b".parse().unwrap());
        let mut checks = Checks::new(tolerance, Limits::default());
        let mut scan = HeadScan::new();
        let mut len = 0;
        loop {
            len = (len + step).min(head.len());
            let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
            match scan
                .advance(window, Some(&delimiter), &mut checks)
                .map_err(|error| error.kind())?
            {
                Scanned::Incomplete if window.last => return Ok((0, scan.seen())),
                Scanned::Incomplete => {}
                Scanned::Blank { end, .. } => return Ok((end, scan.seen())),
                Scanned::Delimiter(line) => return Ok((line.end, scan.seen())),
            }
        }
    }

    #[test]
    fn the_head_table_under_each_preset_and_any_chunking() {
        type Outcome = Result<usize, Rule>;
        let cases: &[(&[u8], Outcome, Outcome)] = &[
            (b"\r\nx", Ok(2), Ok(2)),
            (b"A: b\r\n\r\nx", Ok(8), Ok(8)),
            (b"A:\r\n\r\n", Ok(6), Ok(6)),
            (b"a:\t\xe4\t\r\n\r\n", Ok(9), Ok(9)),
            (b"A: b\n\n", Err(Rule::BareLineFeed), Ok(6)),
            (b"A: b\r\n c\r\n\r\n", Err(Rule::FieldFold), Ok(12)),
            (b"A: b\r\n \r\n\r\n", Err(Rule::FieldFold), Ok(11)),
            (b" A: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b"A : b\r\n\r\n", Err(Rule::FieldSpaceBeforeColon), Err(Rule::FieldSpaceBeforeColon)),
            (b"A b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b": b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b"A: b\0\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: b\rc\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: b\r\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: \x01\r\n\r\n", Err(Rule::FieldControl), Err(Rule::FieldControl)),
            (b"A: b\r\n--b--\r\n", Err(Rule::DelimiterInHead), Err(Rule::DelimiterInHead)),
            (b"--b: x\r\n\r\n", Ok(10), Ok(10)),
            (b"Content-Length: 5\r\n\r\n", Ok(21), Ok(21)),
            (b"Content-Length: nnn\r\n\r\n", Err(Rule::ContentLengthSyntax), Ok(23)),
            (
                b"Content-Length: 5\r\ncontent-length: 5\r\n\r\n",
                Err(Rule::ContentLengthRepeated),
                Ok(40),
            ),
            (
                b"Content-Length: 5\r\ncontent-length: 6\r\n\r\n",
                Err(Rule::ContentLengthConflict),
                Err(Rule::ContentLengthConflict),
            ),
            (b"ETag: \"a\"\r\nETag: \"a\"\r\n\r\n", Err(Rule::FieldRepeated), Ok(24)),
        ];
        for (head, strict, drafts) in cases {
            for (tolerance, expected) in [(Tolerance::STRICT, strict), (Tolerance::DRAFTS, drafts)]
            {
                for step in 1..=head.len() {
                    let outcome = scan(head, tolerance, step).map(|(end, _)| end);
                    assert_eq!(
                        outcome,
                        expected.map_err(ErrorKind::Rule),
                        "{}",
                        head.escape_ascii()
                    );
                }
            }
        }
    }

    #[test]
    fn limits_on_fields_and_octets_hold_under_any_chunking() {
        let delimiter = Delimiter::new(&"b".parse().unwrap());
        let limits = Limits::default().fields(2).field_octets(12).head_octets(30);
        let cases: &[(&[u8], Limit)] = &[
            (b"a: 1\r\nb: 2\r\nc: 3\r\n\r\n", Limit::Fields),
            (b"a: 1234567890\r\n\r\n", Limit::FieldOctets),
            (b"a: 1\r\n 1234567890\r\n\r\n", Limit::FieldOctets),
        ];
        for (head, limit) in cases {
            for step in 1..=head.len() {
                let mut checks = Checks::new(Tolerance::ALL, limits);
                let mut scan = HeadScan::new();
                let error = (1..).find_map(|count| {
                    let len = (count * step).min(head.len());
                    let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
                    scan.advance(window, Some(&delimiter), &mut checks).err()
                });
                assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Limit(*limit)));
            }
        }
    }
}
