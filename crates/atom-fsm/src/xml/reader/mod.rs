//! A pull reader that checks well-formedness and namespaces in full.

mod places;
mod repairs;
mod start_tag;

use super::chars;
use super::declaration;
use super::markup::{self, Kind};
use super::name::{Attribute, Name};
use super::repair::{self, Repairs};
use super::scope::Scope;
use super::shared::Shared;
use super::tag::Raw;
use super::text::{self, Fault};
use crate::error::Error;
use crate::limits::Limit;
use crate::place::Position;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::settings::{Repair, Settings};
use std::borrow::Cow;
use std::ops::Range;

/// The byte order mark.
const MARK: &str = "\u{FEFF}";

/// The next piece of a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag, whose name and attributes the reader holds.
    Start,
    End,
    /// All text up to the next markup. References are replaced, and CDATA sections joined.
    Text(Cow<'a, str>),
    Comment(Cow<'a, str>),
    Instruction(&'a str, Cow<'a, str>),
    Eof,
}

#[derive(Debug, Clone)]
struct Piece {
    kind: Kind,
    span: Range<usize>,
}

#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    namespaces: usize,
}

/// Where an element begins, so that it can be read again.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    start: usize,
    depth: usize,
    namespaces: usize,
    elements: u64,
}

/// The reader of markup.
#[derive(Debug)]
pub struct XmlReader<'a> {
    source: &'a str,
    /// The octets before `source`: those of a byte order mark.
    before: u64,
    /// Where the next piece begins, unless one is pending.
    at: usize,
    /// Where an XML declaration may be.
    declaration_at: usize,
    pending: Option<Piece>,
    open: Vec<Open<'a>>,
    scope: Scope<'a>,
    raw: Raw<'a>,
    name: Name<'a>,
    attributes: Vec<Attribute<'a>>,
    tag: Range<usize>,
    text: Range<usize>,
    /// Where the last comment or instruction begins.
    markup: usize,
    namespaces_around: usize,
    is_empty: bool,
    is_root_read: bool,
    /// The repairs of the last piece, to be reported in the order of their places.
    repairs: Repairs,
    is_repaired: bool,
    elements: u64,
    settings: Settings,
    diagnostics: Diagnostics,
    counted: Position,
}

impl<'a> XmlReader<'a> {
    pub(crate) fn new(
        input: &'a str,
        settings: Settings,
        namespaces: &[(String, String)],
    ) -> Result<Self, Error> {
        let source = input.strip_prefix(MARK).unwrap_or(input);
        let mut scope = Scope::default();
        for (prefix, namespace) in namespaces {
            scope.supply(Cow::Owned(prefix.clone()), Cow::Owned(namespace.clone()));
        }
        let mut reader = Self {
            source,
            before: (input.len() - source.len()) as u64,
            at: 0,
            declaration_at: 0,
            pending: None,
            open: Vec::new(),
            scope,
            raw: Raw::default(),
            name: Name::known("", "", ""),
            attributes: Vec::new(),
            tag: 0..0,
            text: 0..0,
            markup: 0,
            namespaces_around: 0,
            is_empty: false,
            is_root_read: false,
            repairs: Repairs::default(),
            is_repaired: false,
            elements: 0,
            settings,
            diagnostics: Diagnostics::default(),
            counted: Position { offset: 0, line: 1, column: 1 },
        };
        let most = reader.limits().octets;
        if source.len() as u64 > most {
            let at = usize::try_from(most).unwrap_or(source.len());
            return Err(reader.limit(Limit::Octets, reader.boundary(at)));
        }
        if chars::has_wide_characters(source.as_bytes()) {
            return Err(reader.refusal(Rule::Encoding, 0..1));
        }
        if reader.repairs() {
            reader.repairs.begin(settings.limits.diagnostics);
            reader.skip_remains()?;
            return Ok(reader);
        }
        if let Some(at) = chars::first_forbidden(source) {
            let end = at + source[at..].chars().next().map_or(0, char::len_utf8);
            return Err(reader.refusal(Rule::Character, at..end));
        }
        // It would be the text before the root.
        if source.starts_with(MARK) {
            return Err(reader.refusal(Rule::RootText, 0..MARK.len()));
        }
        Ok(reader)
    }

    /// Reads up to the first start tag.
    pub(crate) fn next_start(&mut self) -> Result<(), Error> {
        while self.next()? != Token::Start {}
        Ok(())
    }

    /// The octets of the source that a part of the whole input is.
    pub(crate) fn within_source(&self, input: &str, part: Range<usize>) -> Range<usize> {
        let before = input.len() - self.source.len();
        part.start.saturating_sub(before)..part.end.saturating_sub(before)
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether what is not well-formed is repaired.
    pub(crate) fn repairs(&self) -> bool {
        self.settings.repair == Repair::On
    }

    /// Whether anything was repaired.
    pub(crate) fn is_repaired(&self) -> bool {
        self.is_repaired
    }

    /// The name of the last start tag.
    pub(crate) fn name(&self) -> &Name<'a> {
        &self.name
    }

    /// The attributes of the last start tag, declarations left out; each can be taken once.
    pub(crate) fn take_attributes(&mut self) -> std::vec::Drain<'_, Attribute<'a>> {
        self.attributes.drain(..)
    }

    /// Where the last start tag is.
    pub(crate) fn tag(&self) -> Range<usize> {
        self.tag.clone()
    }

    /// Where the last text is.
    pub(crate) fn text(&self) -> Range<usize> {
        self.text.clone()
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The outermost declaration that gives a prefix the meaning that it has here: the depth of its
    /// element (0 if the declaration was supplied), the prefix and the namespace.
    pub(crate) fn declaration_of(&self, prefix: &str) -> Option<(usize, Cow<'a, str>, Shared<'a>)> {
        let binding = self.scope.innermost(prefix)?;
        let depth = self.open.partition_point(|open| open.namespaces <= binding.origin);
        Some((depth, binding.prefix.clone(), binding.namespace.clone()))
    }

    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// Returns a mark of the element at the last start tag.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            start: self.tag.start,
            depth: self.open.len() - 1,
            namespaces: self.namespaces_around,
            elements: self.elements - 1,
        }
    }

    /// Goes back to the start tag of an element, and reads it again.
    pub(crate) fn reread(&mut self, mark: &Mark) -> Result<(), Error> {
        self.at = mark.start;
        self.pending = None;
        self.is_empty = false;
        self.open.truncate(mark.depth);
        self.scope.truncate(mark.namespaces);
        self.elements = mark.elements;
        self.is_root_read = mark.depth > 0;
        self.next().map(drop)
    }

    /// Reads the next piece. A reader that repairs leaves out what may not be behind the root.
    pub(crate) fn next(&mut self) -> Result<Token<'a>, Error> {
        let is_behind = self.repairs() && self.is_root_read && self.open.is_empty();
        match self.next_piece() {
            Err(error) if is_behind && error.rule().is_some() => {
                let at = usize::try_from(error.offset().saturating_sub(self.before));
                let (at, end) =
                    (at.unwrap_or(usize::MAX).min(self.source.len()), self.source.len());
                self.start_at(end);
                self.repairs.end();
                self.repaired(Rule::RepairedEnd, at..end)?;
                Ok(Token::Eof)
            }
            read => {
                self.report_repairs()?;
                read
            }
        }
    }

    fn next_piece(&mut self) -> Result<Token<'a>, Error> {
        if self.is_empty {
            self.is_empty = false;
            self.close();
            return Ok(Token::End);
        }
        loop {
            let Piece { kind, span } = self.piece()?;
            let whole = &self.source[span.clone()];
            match kind {
                Kind::Start | Kind::Empty => {
                    self.start(&span, kind == Kind::Empty)?;
                    return Ok(Token::Start);
                }
                Kind::End => {
                    self.end(&span)?;
                    return Ok(Token::End);
                }
                Kind::Text => {
                    let mut end = span.end;
                    // What is wrong behind the text comes after what is wrong in it.
                    let behind = loop {
                        match self.piece() {
                            Ok(Piece { kind: Kind::Text, span }) => end = span.end,
                            Ok(piece) => {
                                self.pending = Some(piece);
                                break Ok(());
                            }
                            Err(error) => break Err(error),
                        }
                    };
                    self.text = span.start..end;
                    let raw = &self.source[span.start..end];
                    if !self.open.is_empty() {
                        let cooked = self.cooked(raw, span.start);
                        let text = cooked.map_err(|fault| self.fault(fault, span.start))?;
                        return behind.map(|()| Token::Text(text));
                    }
                    if !chars::is_blank(raw) {
                        let blank = raw.len() - raw.trim_start_matches(chars::SPACE).len();
                        return Err(self.refusal(Rule::RootText, span.start + blank..end));
                    }
                    behind?;
                }
                Kind::Comment => {
                    self.markup = span.start;
                    let inside = &whole["<!--".len()..whole.len() - "-->".len()];
                    if inside.contains("--") || inside.ends_with('-') {
                        return Err(self.refusal(Rule::Comment, span));
                    }
                    let text = self.lines(inside, span.start + "<!--".len());
                    return Ok(Token::Comment(text));
                }
                Kind::Instruction => {
                    self.markup = span.start;
                    let inside = &whole["<?".len()..whole.len() - "?>".len()];
                    let end = inside.find(chars::SPACE).unwrap_or(inside.len());
                    let (target, data) = inside.split_at(end);
                    if !chars::is_ncname(target) || target.eq_ignore_ascii_case("xml") {
                        return Err(self.refusal(Rule::Instruction, span));
                    }
                    let data = data.trim_start_matches(chars::SPACE);
                    let data = self.lines(data, span.end - "?>".len() - data.len());
                    return Ok(Token::Instruction(target, data));
                }
                // `piece` returns no other.
                Kind::Eof | Kind::Cdata | Kind::Declaration | Kind::Doctype => {
                    if self.is_root_read && self.open.is_empty() {
                        return Ok(Token::Eof);
                    }
                    return Err(self.refusal(Rule::Incomplete, span));
                }
            }
        }
    }

    /// Reads the text between two tags, which begins at `base`.
    fn cooked(&mut self, raw: &'a str, base: usize) -> Result<Cow<'a, str>, Fault> {
        if !self.repairs() {
            return text::content(raw);
        }
        repair::content(raw, base, &mut self.repairs)
    }

    /// Reads the inside of a comment or an instruction, which begins at `base`.
    fn lines(&mut self, inside: &'a str, base: usize) -> Cow<'a, str> {
        if !self.repairs() {
            return text::lines(inside);
        }
        repair::lines(inside, base, &mut self.repairs)
    }

    fn piece(&mut self) -> Result<Piece, Error> {
        if let Some(piece) = self.pending.take() {
            return Ok(piece);
        }
        loop {
            let start = self.at;
            if self.repairs() && self.skip_doctype(start)? {
                continue;
            }
            let (kind, end) = markup::piece(self.source, start)
                .map_err(|rule| self.refusal(rule, start..self.source.len()))?;
            self.at = end;
            let span = start..end;
            let kind = match kind {
                Kind::Declaration => {
                    self.declaration(&span)?;
                    continue;
                }
                Kind::Doctype => return Err(self.refusal(Rule::Doctype, span)),
                Kind::Cdata if self.open.is_empty() => {
                    return Err(self.refusal(Rule::RootText, span));
                }
                Kind::Cdata => Kind::Text,
                kind => kind,
            };
            return Ok(Piece { kind, span });
        }
    }

    fn declaration(&self, span: &Range<usize>) -> Result<(), Error> {
        let inside = &self.source[span.start + "<?xml".len()..span.end - "?>".len()];
        let encoding = declaration::read(inside).filter(|_| span.start == self.declaration_at);
        let encoding = encoding.ok_or_else(|| self.refusal(Rule::Declaration, span.clone()))?;
        let is_one_of = |known: [&str; 2]| {
            encoding.is_some_and(|name| known.iter().any(|one| name.eq_ignore_ascii_case(one)))
        };
        let is_right = encoding.is_none()
            || is_one_of(["utf-8", "utf8"])
            || is_one_of(["us-ascii", "ascii"]) && self.source.is_ascii();
        if !is_right {
            return Err(self.refusal(Rule::Encoding, span.clone()));
        }
        Ok(())
    }

    fn end(&mut self, span: &Range<usize>) -> Result<(), Error> {
        let inside = &self.source[span.start + 2..span.end - 1];
        let name = inside.trim_end_matches(chars::SPACE);
        if self.open.last().is_none_or(|open| open.name != name) {
            return Err(self.refusal(Rule::EndTag, span.clone()));
        }
        self.close();
        Ok(())
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.scope.truncate(open.namespaces);
        }
    }
}
