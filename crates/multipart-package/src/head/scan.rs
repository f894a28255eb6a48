//! One pass over a part's head, which finds its end and checks its fields.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, Window};
use crate::error::Error;
use crate::field::{self, Known};
use crate::grammar::{is_ftext, is_space, is_tchar, trimmed};
use crate::head::plain_line::{Most, PlainLines, StatedLength};
use crate::limits::Limit;
use crate::report::Report;
use crate::rule::Rule;
#[cfg(test)]
use crate::scanned;

/// What a head states about the length of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    Absent,
    /// It is stated, but not as a number.
    Unreadable,
    Octets(u64),
}

/// What the pass over a head found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct HeadSummary {
    pub(crate) length: Length,
    /// Where the value of Content-Length is in the whole input.
    pub(crate) length_span: (u64, u64),
    /// Whether no rule of a level above advice was violated.
    pub(crate) strict: bool,
    /// Whether every line ends with LF alone, the blank line too.
    pub(crate) lone_line_feeds: bool,
    pub(crate) fields: u64,
    /// The octets of the longest field, including its line breaks.
    pub(crate) longest_field: u64,
    /// The bits of the known fields that are present.
    known: u32,
}

impl HeadSummary {
    const NOTHING: Self = Self {
        length: Length::Absent,
        length_span: (0, 0),
        strict: true,
        lone_line_feeds: false,
        fields: 0,
        longest_field: 0,
        known: 0,
    };

    /// Whether a Content-Location or a Content-Type is present.
    pub(crate) const fn describes_entity(self) -> bool {
        self.known & (Known::ContentLocation.bit() | Known::ContentType.bit()) != 0
    }

    /// What the plain lines at the start of this window state.
    #[inline]
    fn of(lines: &PlainLines, window: Window<'_>) -> Self {
        let (length, length_span) = match lines.length {
            Some(StatedLength { octets, start, end }) => {
                (Length::Octets(octets), (window.offset(start), window.offset(end)))
            }
            None => (Length::Absent, (0, 0)),
        };
        let PlainLines { fields, longest: longest_field, known, .. } = *lines;
        Self {
            length,
            length_span,
            strict: true,
            lone_line_feeds: false,
            fields,
            longest_field,
            known,
        }
    }

    /// Adds what plain lines of this window state.
    fn extend(&mut self, lines: &PlainLines, window: Window<'_>) {
        let more = Self::of(lines, window);
        if let Length::Octets(_) = more.length {
            (self.length, self.length_span) = (more.length, more.length_span);
        }
        self.known = more.known;
        self.fields += more.fields;
        self.longest_field = self.longest_field.max(more.longest_field);
    }
}

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
mod tests {
    use super::*;
    use crate::{ErrorKind, Limits, Tolerance};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn scan(
        head: &[u8],
        tolerance: Tolerance,
        step: usize,
    ) -> Result<(usize, HeadSummary), ErrorKind> {
        let delimiter = Delimiter::new(b"b");
        let mut report = Report::new(tolerance, Limits::default());
        let mut scan = HeadScan::new();
        let mut len = 0;
        loop {
            len = (len + step).min(head.len());
            let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
            match scan
                .advance(window, Some(&delimiter), &mut report)
                .map_err(|error| error.kind())?
            {
                Scanned::Incomplete if window.last => return Ok((0, scan.summary())),
                Scanned::Incomplete => {}
                Scanned::Blank { end, .. } => return Ok((end, scan.summary())),
                Scanned::Delimiter(line) => return Ok((line.end, scan.summary())),
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
            (b"A/b(1): c\r\n\r\n", Err(Rule::FieldNameToken), Ok(13)),
            (b"\x01: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b"A\xe4: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b": b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
            (b"A: b\0\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: b\rc\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: b\r\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
            (b"A: \x01\r\n\r\n", Err(Rule::FieldControl), Err(Rule::FieldControl)),
            (b"A: b\r\n--b--\r\n", Err(Rule::DelimiterInHead), Err(Rule::DelimiterInHead)),
            (b"--b: x\r\n\r\n", Err(Rule::DelimiterPrefix), Ok(10)),
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

    /// A line, or a piece of one, that is plain or nearly so.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let name = prop::sample::select(
            &[
                "Content-Length",
                "content-length",
                "Content-Location",
                "Content-Type",
                "Content-ID",
                "Content-Disposition",
                "content-DISPOSITION",
                "Content-Range",
                "ETag",
                "Event-Type",
                "Content-Transfer-Encoding",
                "Content-Transfer-Encodin",
                "Last-Modified",
                "A",
                "Content-",
                "Content-Lengt",
                "Content-Locationx",
                "-",
                "",
                "A/b",
                "X-Long-Name-Of-A-Field",
            ][..],
        );
        let value = prop_oneof![
            4 => prop::sample::select(
                &[
                    "5", "05", "", "5, 5", "99999999999999999999", "9999999999999999999", "/a b", "/a/b/c/d/e",
                    "text/html", "inline", "inline ", "form-data; name=\"a\"", "form-data; name=\"a",
                    "form-data; name=\"a\\\"; filename=\"b\"", "form-data; name=\"a\"; filename=\"b\"x",
                    "form-data; name=\"a\"; name=\"b\"", "<1@x>", "<a<b>", "<>", "< 1@x>", "<1@x> (c)", "binary", "7bit", "8bit", "Base64", "1@x", "base64", "\"tag\"", "bytes 0-1/2",
                    "x y, a long value of more than eight octets",
                ][..],
            ).prop_map(|value| value.as_bytes().to_vec()),
            1 => vec(prop_oneof![b' '..=b'~', any::<u8>()], 0..20),
        ];
        let break_ = prop_oneof![
            20 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r\n "), 1 => Just("\r"), 1 => Just("")
        ];
        let colon = prop_oneof![9 => Just(": "), 1 => Just(":"), 1 => Just(":  "), 1 => Just(" :"), 1 => Just("")];
        (name, colon, value, prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just("\t")], break_)
            .prop_map(|(name, colon, value, space, break_)| {
                [name.as_bytes(), colon.as_bytes(), &value, space.as_bytes(), break_.as_bytes()]
                    .concat()
            })
    }

    /// What a scan gives, and what it reports.
    type Given = (Result<Option<usize>, (ErrorKind, u64)>, HeadSummary, Vec<crate::Diagnostic>);

    /// The slow, obvious scan: it reads every line as if it were not plain.
    fn line_by_line(head: &[u8], mut report: Report) -> Given {
        let window = Window { octets: head, base: 7, last: true };
        let mut scan = HeadScan::new();
        let end = loop {
            let break_len = match &head[scan.line..] {
                [b'\r', b'\n', ..] => Some(2),
                [b'\n', ..] => Some(1),
                _ => None,
            };
            if let Some(len) = break_len {
                let line = scan.line..scan.line + 1;
                let bare = if len == 1 {
                    scan.violation(Rule::BareLineFeed, window, line, &mut report)
                } else {
                    Ok(())
                };
                break bare
                    .and_then(|()| scan.blank(window, len, &report))
                    .map(|_| Some(scan.line));
            }
            let Some(end) = scan.field_end(head, true) else {
                break scan.pause(window, &report).map(|_| None);
            };
            let read = scan.count(window, end, &report);
            if let Err(error) = read.and_then(|()| scan.field(window, end, &mut report)) {
                break Err(error);
            }
            (scan.line, scan.searched) = (end, end);
        };
        let end = end.map_err(|error| (error.kind(), error.offset()));
        (end, scan.summary, report.diagnostics.as_slice().to_vec())
    }

    fn at_once(head: &[u8], mut report: Report) -> Given {
        let window = Window { octets: head, base: 7, last: true };
        let mut scan = HeadScan::new();
        let end = match scan.advance(window, None, &mut report) {
            Ok(Scanned::Blank { fields, .. }) => Ok(Some(fields)),
            Ok(Scanned::Incomplete) => Ok(None),
            Ok(Scanned::Delimiter(line)) => unreachable!("{line:?}"),
            Err(error) => Err((error.kind(), error.offset())),
        };
        (end, scan.summary, report.diagnostics.as_slice().to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn plain_lines_give_what_a_look_at_each_line_gives(
            lines in vec(line(), 0..5),
            ends in any::<bool>(),
            small in any::<bool>(),
        ) {
            let head = [lines.concat(), if ends { b"\r\n\r\n".to_vec() } else { vec![] }].concat();
            let limits = Limits::default();
            let limits = if small { limits.head_octets(60).field_octets(30).fields(2) } else { limits };
            for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
                let report = Report::new(tolerance, limits);
                let expected = line_by_line(&head, report.clone());
                let given = at_once(&head, report);
                // After an error, the summary is of no use.
                let summaries = if expected.0.is_ok() { [given.1, expected.1] } else { [expected.1; 2] };
                prop_assert_eq!(summaries[0], summaries[1]);
                prop_assert_eq!((&given.0, &given.2), (&expected.0, &expected.2), "{}", head.escape_ascii());
            }
        }
    }

    #[test]
    fn limits_on_fields_and_octets_hold_under_any_chunking() {
        let delimiter = Delimiter::new(b"b");
        let limits = Limits::default().fields(2).field_octets(12).head_octets(30);
        let cases: &[(&[u8], Limit)] = &[
            (b"a: 1\r\nb: 2\r\nc: 3\r\n\r\n", Limit::Fields),
            (b"a: 1234567890\r\n\r\n", Limit::FieldOctets),
            (b"a: 1\r\n 1234567890\r\n\r\n", Limit::FieldOctets),
        ];
        for (head, limit) in cases {
            for step in 1..=head.len() {
                let mut report = Report::new(Tolerance::ALL, limits);
                let mut scan = HeadScan::new();
                let error = (1..).find_map(|count| {
                    let len = (count * step).min(head.len());
                    let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
                    scan.advance(window, Some(&delimiter), &mut report).err()
                });
                assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Limit(*limit)));
            }
        }
    }

    #[test]
    fn plain_lines_are_read_once_though_the_line_behind_them_is_not_plain() {
        let delimiter = Delimiter::new(b"b");
        let (plain, fold) = ("Content-Length: 5\r\nA: b\r\n", "C: d\r\n e\r\n\r\n");
        let head = [plain, fold].concat();
        // Were the plain lines read again, a NUL in their place would be refused.
        let behind = ["\0".repeat(plain.len()).as_str(), fold].concat();
        let window = |octets| Window { octets, base: 0, last: true };
        let mut report = Report::new(Tolerance::DRAFTS, Limits::default());
        let Err(mut scan) = HeadScan::plain_head(window(head.as_bytes()), &report) else {
            panic!("a fold is not plain")
        };
        let scanned = scan.advance_after_plain_lines(
            window(behind.as_bytes()),
            Some(&delimiter),
            &mut report,
        );
        let Ok(Scanned::Blank { fields, end }) = scanned else { panic!("{scanned:?}") };
        assert_eq!((fields, end), (head.len() - 2, head.len()));

        let mut anew = HeadScan::new();
        let mut report = Report::new(Tolerance::DRAFTS, Limits::default());
        anew.advance(window(head.as_bytes()), Some(&delimiter), &mut report).unwrap();
        assert_eq!(scan.summary(), anew.summary());
        assert_eq!((anew.summary().fields, anew.summary().length), (3, Length::Octets(5)));
    }
}
