//! The links of one field value.

use crate::error::Error;
use crate::limits::Limit;
use crate::link_field::check::{self, Check};
use crate::link_field::grammar::{self, separators, trimmed_end};
use crate::link_field::link::Link;
use crate::link_field::recovery::Recovery;
use crate::reader::Reader;
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use nom::Offset;

impl Reader {
    /// Reads the links of one field value.
    pub fn links(self, value: &[u8]) -> Links<'_> {
        Links::new(value, self)
    }
}

/// Reads the links of one field value with the settings of [`Reader::new`].
///
/// A link that cannot be read is an error in its place, and its neighbours are read. So
/// `links(value).flatten()` gives the links that can be read, and
/// `links(value).collect::<Result<Vec<_>, _>>()` gives all links or the first error.
///
/// ```
/// use version_links::links;
///
/// // The Link fields of one part of a change event feed, from a multipart reader.
/// let fields: [&[u8]; 2] = [br#"</products/7628827272>;rel="about""#, br#"</changes/1234>;rel="self""#];
/// let mut found = fields.into_iter().flat_map(links).flatten();
/// let about = found.find(|link| link.has_rel("about"));
/// assert_eq!(about.map(|link| link.target()), Some("/products/7628827272"));
/// ```
pub fn links(value: &[u8]) -> Links<'_> {
    Reader::new().links(value)
}

/// The links of one field value, in order.
///
/// A link that cannot be read is an error in its place. Reading resumes with the next link, which
/// begins after the first comma outside quotes and `<>` that is followed by a `<`. In this search,
/// a quote or a `<` that does not close counts as an ordinary character. A line break or a control
/// character between two links is an error of its own. Only a limit ends the reading early.
///
/// ```
/// let value = b"</1>; rel=prev, <oops; rel=first, </3>; rel=next";
/// let mut links = version_links::links(value);
/// assert_eq!(links.next().unwrap()?.target(), "/1");
/// assert_eq!(links.next().unwrap().unwrap_err().offset(), 16);
/// assert_eq!(links.next().unwrap()?.target(), "/3");
/// assert!(links.next().is_none());
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Links<'a> {
    report: Report<'a>,
    recovery: Recovery,
    at: usize,
    count: u64,
    has_controls: bool,
    state: State,
}

/// How far a reader has come in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Start,
    /// Before the first element.
    Before,
    /// After an element.
    After,
    /// At the end.
    End,
    /// A limit was exceeded.
    Stopped,
}

impl<'a> Links<'a> {
    pub(crate) fn new(value: &'a [u8], reader: Reader) -> Self {
        Self {
            report: Report::new(value, reader.tolerance, reader.limits),
            recovery: Recovery::default(),
            at: 0,
            count: 0,
            has_controls: false,
            state: State::Start,
        }
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.report.diagnostics
    }

    /// Continues with the value of another field, unless a limit was exceeded.
    #[cfg(feature = "http")]
    pub(crate) fn next_field(&mut self, field: usize, value: &'a [u8]) -> bool {
        if self.state == State::Stopped {
            return false;
        }
        (self.report.field, self.report.value) = (field, value);
        (self.recovery, self.at, self.state) = (Recovery::default(), 0, State::Start);
        true
    }

    /// Ends the reading, because there is more of something than the limit allows.
    pub(crate) fn stop(&mut self, limit: Limit, offset: u64) -> Error {
        self.state = State::Stopped;
        self.report.exceeded(limit, offset)
    }

    fn start(&mut self) -> Result<(), Error> {
        let (value, limit) = (self.report.value, self.report.limits.field_octets);
        if value.len() as u64 > limit {
            return Err(self.stop(Limit::FieldOctets, limit));
        }
        self.has_controls = value.iter().any(|&octet| check::is_control(octet));
        self.state = State::Before;
        Ok(())
    }

    /// Skips the commas before an element or at the end.
    fn separators(&mut self) -> Result<(), Error> {
        let value = self.report.value;
        let rest = &value[self.at..];
        let run = separators(rest).map_or(rest, |(_, run)| run);
        self.at += run.len();
        let due = usize::from(self.state == State::After && self.at < value.len());
        let commas = memchr::memchr_iter(b',', run).count();
        self.report.expect(commas <= due, Rule::ElementEmpty, run);
        self.controls(run);
        self.report.verdict(())
    }

    /// Reads the element at this place, up to its end.
    fn element(&mut self) -> Result<Link<'a>, Error> {
        let element = &self.report.value[self.at..];
        let Ok((parameters, inside)) = grammar::target(element) else {
            return self.unreadable(Rule::TargetBrackets, element);
        };
        let target = check::target(&mut self.report, inside);
        let (mut rest, mut steps, mut check) = (parameters, 0_u64, Check::default());
        let end = loop {
            match grammar::step(rest) {
                Ok((after, (octets, step))) => {
                    steps += 1;
                    if steps > self.report.limits.parameters {
                        let offset = self.report.value.offset(octets) as u64;
                        return Err(self.stop(Limit::Parameters, offset));
                    }
                    check.step(&mut self.report, step, trimmed_end(octets));
                    rest = after;
                }
                Err(nom::Err::Failure(unclosed)) => {
                    self.recovery.unclosed();
                    return self.unreadable(Rule::QuoteUnclosed, unclosed.input);
                }
                Err(_) => break rest,
            }
        };
        let len = element.len() - end.len();
        let octets = trimmed_end(&element[..len]);
        check.finish(&mut self.report, octets);
        self.controls(&element[..len]);
        self.at += len;
        let parameters = trimmed_end(&parameters[..parameters.len() - end.len()]);
        self.report.verdict(Link::new(target, parameters))
    }

    /// Reports or refuses a link that cannot be read, and resumes where the next link begins.
    fn unreadable(&mut self, rule: Rule, octets: &'a [u8]) -> Result<Link<'a>, Error> {
        let value = self.report.value;
        self.report.violation(rule, octets);
        self.at = self.recovery.next_link(value, value.offset(octets));
        self.report.verdict(Link::new("", b""))
    }

    fn controls(&mut self, octets: &'a [u8]) {
        if self.has_controls {
            check::controls(&mut self.report, octets);
        }
    }
}

impl<'a> Iterator for Links<'a> {
    type Item = Result<Link<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Start {
            if let Err(error) = self.start() {
                return Some(Err(error));
            }
        }
        if matches!(self.state, State::End | State::Stopped) {
            return None;
        }
        if let Err(error) = self.separators() {
            return Some(Err(error));
        }
        if self.at == self.report.value.len() {
            self.state = State::End;
            return None;
        }
        if self.count == self.report.limits.links {
            return Some(Err(self.stop(Limit::Links, self.at as u64)));
        }
        self.count += 1;
        self.state = State::After;
        Some(self.element())
    }
}

impl std::iter::FusedIterator for Links<'_> {}
