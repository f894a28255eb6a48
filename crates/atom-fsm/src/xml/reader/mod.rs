//! A pull reader that checks well-formedness and namespaces in full.

pub(crate) mod pause;
pub(crate) mod places;
mod repairs;
mod start_tag;
mod usual;

use super::chars;
use super::declaration;
use super::markup::{Kind, MARK, Markup};
use super::name::{Attribute, Name};
use super::repair::{self, Repairs};
use super::scope::Scope;
use super::shared::Shared;
use super::tag::Raw;
use super::text::{self, Fault};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::place::Position;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use crate::settings::{Repair, Settings};
use std::borrow::Cow;
use std::ops::Range;

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
    name: Cow<'a, str>,
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
    pieces: Markup<'a>,
    /// Where `source` begins in the whole input: behind a byte order mark, or behind the parts of the
    /// document that were read before.
    origin: Position,
    /// Where the next piece begins, unless one is pending.
    at: usize,
    /// Where an XML declaration may be.
    declaration_at: Option<usize>,
    pending: Option<Piece>,
    open: Vec<Open<'a>>,
    scope: Scope<'a>,
    raw: Raw<'a>,
    name: Name<'a>,
    attributes: Vec<Attribute<'a>>,
    tag: Range<usize>,
    text: Range<usize>,
    /// The last piece, or what cannot be one: what an error is about.
    piece: Range<usize>,
    /// Where the last comment or instruction begins.
    markup: usize,
    namespaces_around: usize,
    is_empty: bool,
    is_root_read: bool,
    /// The repairs of the last piece, to be reported in the order of their places.
    repairs: Repairs,
    repaired: u64,
    /// The rules whose violation was tolerated.
    violated: Tolerance,
    elements: u64,
    settings: Settings,
    diagnostics: Diagnostics,
    /// The positions that were reported and are before all that were reported later.
    counted: Vec<Position>,
    /// Whether the fast paths are not taken, so that what both paths read can be compared.
    #[cfg(test)]
    is_slow: bool,
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
        let offset = (input.len() - source.len()) as u64;
        let origin = Position { offset, line: 1, column: 1 };
        let mut reader = Self::at(source, origin, settings);
        reader.scope = scope;
        reader.declaration_at = Some(0);
        let most = reader.limits().octets;
        if source.len() as u64 > most {
            let at = usize::try_from(most).unwrap_or(source.len());
            return Err(reader.limit(Limit::Octets, reader.boundary(at)));
        }
        if chars::has_wide_characters(source.as_bytes()) {
            return Err(reader.refusal(Rule::Encoding, 0..1));
        }
        if reader.repairs() {
            reader.skip_remains()?;
        }
        Ok(reader)
    }

    /// A reader at a place in a document, before or behind the root.
    fn at(source: &'a str, origin: Position, settings: Settings) -> Self {
        let mut repairs = Repairs::default();
        repairs.begin(settings.limits.diagnostics);
        Self {
            source,
            pieces: Markup::new(source),
            origin,
            at: 0,
            declaration_at: None,
            pending: None,
            open: Vec::new(),
            scope: Scope::default(),
            raw: Raw::default(),
            name: Name::known("", "", ""),
            attributes: Vec::new(),
            tag: 0..0,
            text: 0..0,
            piece: 0..0,
            markup: 0,
            namespaces_around: 0,
            is_empty: false,
            is_root_read: false,
            repairs,
            repaired: 0,
            violated: Tolerance::STRICT,
            elements: 0,
            settings,
            diagnostics: Diagnostics::default(),
            counted: Vec::new(),
            #[cfg(test)]
            is_slow: false,
        }
    }

    /// A reader of nothing.
    pub(crate) fn of_nothing(settings: Settings) -> Self {
        Self::unchecked("", settings)
    }

    /// A reader of a document whose beginning is not checked, for the positions in it.
    pub(crate) fn unchecked(input: &'a str, settings: Settings) -> Self {
        let source = input.strip_prefix(MARK).unwrap_or(input);
        let offset = (input.len() - source.len()) as u64;
        Self::at(source, Position { offset, line: 1, column: 1 }, settings)
    }

    /// The same reader under other limits.
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
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

    /// A part of the source.
    pub(crate) fn source(&self, part: Range<usize>) -> &'a str {
        self.source.get(part).unwrap_or_default()
    }

    /// Where an offset in the source is in the whole input.
    pub(crate) fn in_document(&self, at: usize) -> u64 {
        self.origin.offset + at as u64
    }

    /// Where the last piece ends, if no text was read behind it.
    pub(crate) fn offset(&self) -> usize {
        self.pending.as_ref().map_or(self.at, |piece| piece.span.start)
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
        self.repaired > 0
    }

    /// How many repairs were reported.
    pub(crate) fn repairs_so_far(&self) -> u64 {
        self.repaired
    }

    /// The name of the last start tag.
    pub(crate) fn name(&self) -> &Name<'a> {
        &self.name
    }

    /// Whether the last start tag has no attributes but declarations, or they were taken.
    pub(crate) fn has_no_attributes(&self) -> bool {
        self.attributes.is_empty()
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

    /// Where the last comment or instruction begins.
    pub(crate) fn markup(&self) -> usize {
        self.markup
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

    /// The namespaces that are declared here, each by its prefix.
    pub(crate) fn namespaces(&self) -> Vec<(Box<str>, Box<str>)> {
        self.scope.visible()
    }

    pub(crate) fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
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
        let is_behind = self.is_root_read && self.open.is_empty();
        match self.next_piece() {
            Err(error) if error.rule().is_some() => self.recover(error, is_behind),
            read => {
                if self.repairs() {
                    self.report_repairs()?;
                }
                read
            }
        }
    }

    #[cold]
    fn recover(&mut self, error: Error, is_behind: bool) -> Result<Token<'a>, Error> {
        if !self.repairs() {
            // Whatever else is wrong with a piece, a character that XML forbids is what is wrong.
            let piece = self.piece.clone();
            let forbidden = text::forbid_characters(self.source(piece.clone()));
            return Err(forbidden.map_or_else(|fault| self.fault(fault, piece.start), |()| error));
        }
        if !is_behind {
            self.report_repairs()?;
            return Err(error);
        }
        let at = usize::try_from(error.offset().saturating_sub(self.origin.offset));
        let end = self.source.len();
        let at = at.unwrap_or(end).min(end);
        self.start_at(end);
        self.repairs.end();
        self.repaired(Rule::RepairedEnd, at..end)?;
        Ok(Token::Eof)
    }

    fn next_piece(&mut self) -> Result<Token<'a>, Error> {
        if self.is_empty {
            self.is_empty = false;
            self.close();
            return Ok(Token::End);
        }
        if self.may_be_usual() {
            match self.source.as_bytes().get(self.at..) {
                Some([b'<', b'/', ..]) if self.usual_end().is_some() => return Ok(Token::End),
                Some([b'<', ..]) if self.usual_start()?.is_some() => return Ok(Token::Start),
                _ => {}
            }
        }
        loop {
            let Piece { kind, span } = self.piece()?;
            self.piece = span.clone();
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
                    // What is wrong behind the text comes after what is wrong in it. Most text ends at
                    // a tag, and nothing is joined to it.
                    let may_go_on = !matches!(
                        self.source.as_bytes().get(end..),
                        Some([b'<', next, ..]) if *next != b'!' && *next != b'?'
                    );
                    let behind = loop {
                        if !may_go_on {
                            break Ok(());
                        }
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
                    let piece = std::mem::replace(&mut self.piece, span.start..end);
                    let raw = &self.source[span.start..end];
                    if !self.open.is_empty() {
                        let cooked = self.cooked(raw, span.start);
                        let text =
                            cooked.map_err(|fault| self.text_fault(raw, fault, span.start))?;
                        self.piece = piece;
                        return behind.map(|()| Token::Text(text));
                    }
                    if !chars::is_blank(raw) {
                        let blank = raw.len() - raw.trim_start_matches(chars::SPACE).len();
                        return Err(self.refusal(Rule::RootText, span.start + blank..end));
                    }
                    self.piece = piece;
                    behind?;
                }
                Kind::Comment => {
                    self.markup = span.start;
                    let inside = &self.source[span.start + "<!--".len()..span.end - "-->".len()];
                    if inside.contains("--") || inside.ends_with('-') {
                        return Err(self.refusal(Rule::Comment, span));
                    }
                    let text = self.lines(inside, span.start + "<!--".len())?;
                    return Ok(Token::Comment(text));
                }
                Kind::Instruction => {
                    self.markup = span.start;
                    let inside = &self.source[span.start + "<?".len()..span.end - "?>".len()];
                    let end = inside.find(chars::SPACE).unwrap_or(inside.len());
                    let (target, data) = inside.split_at(end);
                    if !chars::is_ncname(target) || target.eq_ignore_ascii_case("xml") {
                        return Err(self.refusal(Rule::Instruction, span));
                    }
                    let data = data.trim_start_matches(chars::SPACE);
                    let data = self.lines(data, span.end - "?>".len() - data.len())?;
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
    fn lines(&mut self, inside: &'a str, base: usize) -> Result<Cow<'a, str>, Error> {
        if !self.repairs() {
            return text::lines(inside).map_err(|fault| self.fault(fault, base));
        }
        Ok(repair::lines(inside, base, &mut self.repairs))
    }

    /// The error for a text between two tags. A reference that the end of the document cuts is cut,
    /// not wrong.
    #[cold]
    fn text_fault(&self, raw: &str, (rule, span): Fault, base: usize) -> Error {
        let is_last = base + raw.len() == self.source.len();
        let reference = raw.get(span.start + 1..).unwrap_or_default();
        let may_go_on = |found| found == '#' || chars::is_name_char(found);
        if is_last && rule == Rule::Reference && reference.chars().all(may_go_on) {
            return self.at_end(Rule::Incomplete);
        }
        self.fault((rule, span), base)
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
            let (kind, end) = match self.pieces.piece(start) {
                Ok(piece) => piece,
                Err(rule) => {
                    let is_cut = rule == Rule::Incomplete;
                    self.piece = start..if is_cut { self.source.len() } else { start };
                    return Err(self.refusal(rule, start..self.source.len()));
                }
            };
            self.at = end;
            let span = start..end;
            let kind = match kind {
                Kind::Declaration => {
                    self.declaration(&span)?;
                    continue;
                }
                Kind::Doctype => {
                    self.piece = start..start;
                    return Err(self.refusal(Rule::Doctype, span));
                }
                Kind::Cdata if self.open.is_empty() => {
                    self.piece = start..start;
                    return Err(self.refusal(Rule::RootText, span));
                }
                Kind::Cdata => Kind::Text,
                kind => kind,
            };
            return Ok(Piece { kind, span });
        }
    }

    fn declaration(&mut self, span: &Range<usize>) -> Result<(), Error> {
        let inside = &self.source[span.start + "<?xml".len()..span.end - "?>".len()];
        let read = declaration::read(inside).filter(|_| self.declaration_at == Some(span.start));
        let read = read.ok_or_else(|| self.refusal(Rule::Declaration, span.clone()))?;
        let is_one_of = |known: [&str; 2]| {
            read.encoding.is_some_and(|name| known.iter().any(|one| name.eq_ignore_ascii_case(one)))
        };
        let is_right = read.encoding.is_none()
            || is_one_of(["utf-8", "utf8"])
            || is_one_of(["us-ascii", "ascii"]) && self.source.is_ascii();
        if !is_right {
            return Err(self.refusal(Rule::Encoding, span.clone()));
        }
        if read.minor == "0" { Ok(()) } else { self.violation_at(Rule::XmlVersion, span.clone()) }
    }

    fn end(&mut self, span: &Range<usize>) -> Result<(), Error> {
        let inside = &self.source[span.start + 2..span.end - 1];
        let is_name = |open: &Open<'_>| {
            open.name == inside || open.name == inside.trim_end_matches(chars::SPACE)
        };
        if !self.open.last().is_some_and(is_name) {
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
