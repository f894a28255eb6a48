//! The links of one field value.

use crate::error::Error;
use crate::limits::Limit;
use crate::link_field::check::{self, Check};
use crate::link_field::grammar::{self, Scope, separators};
use crate::link_field::link::Link;
use crate::link_field::recovery::{Before, resume};
use crate::link_field::scan::{is_blank, is_space, trimmed_end};
use crate::link_field::usual::usual_link;
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
/// A link that cannot be read is an error in its place: a target does not close, a quote does not
/// close, or a rule is violated that is not tolerated. Nothing of it becomes part of another link. A
/// line break or a control character before, between or after links is an error of its own, and loses
/// no link. Only a limit ends the reading early: the links that end before it are given, and the
/// error is the last item.
///
/// # Where a link begins
///
/// A link begins where an element of the list starts with `<`: at the start of the value, and after a
/// comma outside quotes. One rule says where a link begins elsewhere, whether the octets before it
/// can be read or not:
///
/// **Outside quotes, `<...>` begins a link if it is followed by optional white space and a `;`, a `,`
/// or the end of the value.** There is no other `<` between the two brackets. What stands before
/// makes no difference: a `;` where a comma belongs, a line break, other text, or nothing. There are
/// two exceptions: behind `=`, `<...>` is the start of a value, as in the versioning draft's
/// `anchor=</docs/test.txt>`; and within an unquoted value it begins a link only if white space
/// precedes it, so that `title=x<evil>` makes no link. The missing comma is reported
/// ([`Rule::LinkSeparator`]).
///
/// A quote begins a quoted string only behind `=`. Any other quote hides no link that begins by the
/// rule: of `x"y, <a>; rel="next"` only the element `x"y` is lost. (Between two such quotes a comma
/// does not separate elements.) If a quoted string is not closed, there are two cases:
///
/// * The field contains a further quote. That one closes the string, so that the links between the two
///   become text of the value. This loses the links up to that quote. The text that follows it is
///   reported ([`Rule::ParameterSeparator`]).
/// * It does not. The link of the quote is lost ([`Rule::QuoteUnclosed`]), and the octets behind the
///   quote are read as an unquoted value is: up to the next link.
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
///
/// [`Rule::LinkSeparator`]: crate::Rule::LinkSeparator
/// [`Rule::ParameterSeparator`]: crate::Rule::ParameterSeparator
/// [`Rule::QuoteUnclosed`]: crate::Rule::QuoteUnclosed
#[derive(Debug, Clone)]
#[must_use]
pub struct Links<'a> {
    report: Report<'a>,
    /// The value as text, or an empty text if it is not UTF-8.
    text: &'a str,
    at: usize,
    count: u64,
    state: State,
    #[cfg(test)]
    by: By,
}

/// What reads the links.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The walk for usual links, and the grammar for all others.
    WalkAndGrammar,
    /// The grammar, which is the oracle for the walk.
    Grammar,
}

/// How far a reader has come in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Start,
    /// Before the first element.
    Before,
    /// After an element, and no comma was read.
    After,
    /// After an element and a comma.
    Separated,
    /// At the end.
    End,
    /// A limit was exceeded.
    Stopped,
}

impl<'a> Links<'a> {
    pub(crate) fn new(value: &'a [u8], reader: Reader) -> Self {
        Self {
            report: Report::new(value, reader),
            text: "",
            at: 0,
            count: 0,
            state: State::Start,
            #[cfg(test)]
            by: By::WalkAndGrammar,
        }
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.report.diagnostics
    }

    /// Whether a limit was exceeded.
    pub(crate) fn is_stopped(&self) -> bool {
        self.state == State::Stopped
    }

    /// Continues with the value of another field, unless a limit was exceeded.
    pub(crate) fn next_field(&mut self, field: usize, value: &'a [u8]) -> bool {
        if self.state == State::Stopped {
            return false;
        }
        (self.report.field, self.report.value) = (field, value);
        (self.at, self.state) = (0, State::Start);
        true
    }

    /// Ends the reading, because there is more of something than the limit allows.
    pub(crate) fn stop(&mut self, limit: Limit, offset: u64) -> Error {
        self.state = State::Stopped;
        self.report.exceeded(limit, offset)
    }

    fn start(&mut self) {
        self.text = std::str::from_utf8(self.report.value).unwrap_or_default();
        self.state = State::Before;
    }

    /// The error for a value that is too long, if what was read ends beyond the limit. A link that
    /// ends before the limit is given.
    fn too_long(&mut self) -> Option<Error> {
        let limit = self.report.limits.field_octets;
        (self.at as u64 > limit).then(|| self.stop(Limit::FieldOctets, limit))
    }

    /// Reads the element at this place if it is a link as they are usually written, without anything
    /// to report.
    #[inline]
    fn usual(&mut self) -> Option<Link<'a>> {
        #[cfg(test)]
        if self.by == By::Grammar {
            return None;
        }
        // Where no comma was read, there is something to report.
        if self.state == State::After {
            return None;
        }
        let (value, at) = (self.report.value, self.at);
        let link = usual_link(&value[at..], self.report.limits.parameters)?;
        let target = self.text.get(at + link.target.start..at + link.target.end)?;
        let start = at + link.target.end + 1;
        let rel = self.text.get(start + link.rel.start..start + link.rel.end)?;
        let parameters = &value[start..at + link.end];
        self.at += link.end;
        Some(Link::new(target, parameters).with_rel(rel))
    }

    /// Skips a comma and at most one space before the next element, as they are usually written.
    #[inline]
    fn is_separated(&mut self) -> bool {
        let len = match self.report.value.get(self.at..) {
            Some([b',', b' ', b'<', ..]) if self.state == State::After => 2,
            Some([b',', b'<', ..]) if self.state == State::After => 1,
            _ => return false,
        };
        self.at += len;
        self.state = State::Separated;
        true
    }

    /// Skips what separates an element from the one before, or from the end.
    fn separators(&mut self) -> Result<(), Error> {
        let value = self.report.value;
        let (_, run) = separators(&value[self.at..]);
        self.at += run.len();
        let from_comma = &run[memchr::memchr(b',', run).unwrap_or(run.len())..];
        let commas = memchr::memchr_iter(b',', from_comma).count();
        let due = usize::from(self.state == State::After && self.at < value.len());
        self.report.expect(commas <= due, Rule::ElementEmpty, from_comma);
        check::controls(&mut self.report, run);
        if self.state == State::After && commas > 0 {
            self.state = State::Separated;
        }
        self.report.verdict(())
    }

    /// Reads the element at this place, up to its end.
    fn element(&mut self) -> Result<Link<'a>, Error> {
        let element = &self.report.value[self.at..];
        let Ok((parameters, inside)) = grammar::target(element) else {
            return self.unreadable(Rule::TargetBrackets, element, Before::Text);
        };
        if self.state == State::After {
            let bracketed = &element[..element.len() - parameters.len()];
            self.report.violation(Rule::LinkSeparator, bracketed);
        }
        let target = check::target(&mut self.report, inside);
        let (mut rest, mut steps, mut check) = (parameters, 0_u64, Check::default());
        let mut read = grammar::first_step(rest, Scope::Field);
        loop {
            match read {
                Ok((after, (octets, step))) => {
                    steps += 1;
                    if steps > self.report.limits.parameters {
                        let offset = self.report.value.offset(octets) as u64;
                        return Err(self.stop(Limit::Parameters, offset));
                    }
                    check.step(&mut self.report, step, trimmed_end(octets, is_space));
                    rest = after;
                }
                Err(nom::Err::Failure(unclosed)) => {
                    let quote = unclosed.input;
                    return self.unreadable(Rule::QuoteUnclosed, quote, Before::Equals);
                }
                Err(_) => break,
            }
            read = grammar::step(rest, Scope::Field);
        }
        let octets = trimmed_end(&element[..element.len() - rest.len()], is_blank);
        check.finish(&mut self.report, octets);
        check::controls(&mut self.report, octets);
        self.at += octets.len();
        let parameters = &octets[element.len() - parameters.len()..];
        self.report.verdict(Link::new(target, parameters))
    }

    /// Reports or refuses a link that cannot be read, and resumes where the next link begins.
    fn unreadable(
        &mut self,
        rule: Rule,
        octets: &'a [u8],
        before: Before,
    ) -> Result<Link<'a>, Error> {
        let value = self.report.value;
        self.report.violation(rule, octets);
        self.at = resume(value, value.offset(octets), before);
        self.report.verdict(Link::new("", b""))
    }
}

impl<'a> Iterator for Links<'a> {
    type Item = Result<Link<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Start {
            self.start();
        }
        if matches!(self.state, State::End | State::Stopped) {
            return None;
        }
        if !self.is_separated() {
            if let Err(error) = self.separators() {
                return Some(Err(error));
            }
        }
        if self.at == self.report.value.len() {
            self.state = State::End;
            return self.too_long().map(Err);
        }
        if self.count == self.report.limits.links {
            return Some(Err(self.stop(Limit::Links, self.at as u64)));
        }
        self.count += 1;
        let element = match self.usual() {
            Some(link) => Ok(link),
            None => self.element(),
        };
        if self.state == State::Stopped {
            return Some(element);
        }
        self.state = State::After;
        Some(self.too_long().map_or(element, Err))
    }
}

impl std::iter::FusedIterator for Links<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::limits::Limits;
    use crate::reporting::Tolerance;
    use proptest::collection::vec;
    use proptest::prelude::*;

    type Read<'a> = (Vec<Result<Link<'a>, Error>>, Vec<Diagnostic>);

    fn read(value: &[u8], reader: Reader, by: By) -> Read<'_> {
        let mut links = Links { by, ..reader.links(value) };
        let read = links.by_ref().collect();
        (read, links.diagnostics().as_slice().to_vec())
    }

    /// What a link says, by its accessors.
    fn said(link: Link<'_>) -> String {
        let rel: Vec<_> = link.rel().collect();
        format!("{link:?} {rel:?} {:?}", link.title())
    }

    /// The walk and the grammar give the same links, errors and diagnostics.
    fn both_read_alike(value: &[u8]) {
        let limits = Limits::default().parameters(4).links(8).field_octets(300);
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            for limits in [Limits::unlimited(), limits] {
                let reader = Reader::new().tolerance(tolerance).limits(limits);
                let by_walk = read(value, reader, By::WalkAndGrammar);
                let by_grammar = read(value, reader, By::Grammar);
                assert_eq!(by_walk, by_grammar, "{}", value.escape_ascii());
                let said = |read: &Read<'_>| {
                    read.0.iter().flatten().map(|link| said(*link)).collect::<Vec<_>>()
                };
                assert_eq!(said(&by_walk), said(&by_grammar), "{}", value.escape_ascii());
            }
        }
    }

    fn octets() -> impl Strategy<Value = Vec<u8>> {
        let pieces = proptest::sample::select(vec![
            "<",
            ">",
            ",",
            ", ",
            ";",
            "; ",
            "=",
            "\"",
            "\\",
            " ",
            "\t",
            "\r\n",
            "\x01",
            "*",
            "%",
            "%4a",
            "a",
            "B",
            "/",
            "//",
            ":",
            "?",
            "#",
            "@",
            "[",
            "]",
            "1",
            ".",
            "-",
            "_",
            "+",
            "<a>; ",
            "rel=",
            "rel=\"next\"",
            "rel=a",
            "; rel=\"a  b\"",
            "anchor=",
            "anchor=</b>",
            "title*=UTF-8''%c3",
            "title=\"b, c\"",
            "media",
            "type=\"text/html\"",
            "type=",
            "hreflang=de",
            "rev=",
            "REL=c",
            "http://example.org/",
            "urn:",
            "all-versions",
            "\u{e9}",
            ", <b>; rel=x",
            "<c>",
            "crossorigin",
        ]);
        let piece = prop_oneof![
            8 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
            1 => vec(any::<u8>(), 1..3),
        ];
        vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Links that are nearly as usual, so that the walk goes far into them.
    fn nearly_usual() -> impl Strategy<Value = Vec<u8>> {
        let target = "(http|a)?:?/{0,2}[a:@%4.]{0,4}/[a-b:?#%4]{0,4}";
        let value = "=[a-b/:]{0,3}|=\"[a-b: \t\\\\/]{0,6}\"|=\"[a-z]{1,4} [a-z]{1,4}(:/[ab])?\"|";
        let parameter = ("(rel|rel|rel|type|title|media|anchor|hreflang|rev|x|T|title\\*)", value);
        let parameter =
            (" ?; ?|,|; ", parameter).prop_map(|(lead, (name, value))| lead + &name + &value);
        let link = (target, vec(parameter, 0..5))
            .prop_map(|(target, parameters)| format!("<{target}>{}", parameters.concat()));
        vec((link, ", |,|,, | |"), 1..4).prop_map(|links| {
            links.into_iter().map(|(link, comma)| link + &comma).collect::<String>().into_bytes()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_walk_reads_what_the_grammar_reads_of_any_octets(value in octets()) {
            both_read_alike(&value);
        }

        #[test]
        fn the_walk_reads_what_the_grammar_reads_of_nearly_usual_links(value in nearly_usual()) {
            both_read_alike(&value);
        }
    }

    #[test]
    fn the_walk_reads_what_the_grammar_reads_of_each_usual_link_with_an_octet_changed() {
        let usual =
            b"<http://a:1/b%41#c>; rel=\"d e:/f\"; anchor=\"/g\"; title=\"h\",<i>;rel=j;k ,<l>";
        for at in 0..usual.len() {
            for octet in [
                0, b'\t', b'\n', b' ', b'<', b'>', b';', b',', b'=', b'"', b'\\', b'%', b':', b'A',
                b'~', 0xe9,
            ] {
                let mut value = usual.to_vec();
                value[at] = octet;
                both_read_alike(&value);
                value.insert(at, usual[at]);
                both_read_alike(&value);
            }
        }
    }

    #[test]
    fn a_usual_link_is_read_by_the_walk() {
        for value in [
            "<http://example.net/a,b;c?d=e>; rel=\"next http://example.org/r#x\"; title=\"y\"",
            "</a>;rel=next",
            "<a> ; rel=next ; crossorigin ; hreflang=de; type=\"text/html\"; anchor=\"#b\"",
        ] {
            let mut links = Reader::new().links(value.as_bytes());
            links.start();
            assert!(links.usual().is_some(), "{value}");
            both_read_alike(value.as_bytes());
        }
    }
}
