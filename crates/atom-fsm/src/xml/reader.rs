//! A pull reader that checks well-formedness and namespaces in full. It is built on quick-xml,
//! which finds where markup begins and ends and leaves the rest to its caller.

use super::chars;
use super::declaration;
use super::doctype;
use super::name::{Attribute, Name};
use super::repair::{self, Repairs};
use super::scope::Scope;
use super::shared::Shared;
use super::tag::Raw;
use super::text::{self, Fault};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::place::Position;
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::settings::{Repair, Settings};
use quick_xml::events::Event;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    Empty,
    End,
    Text,
    Comment,
    Instruction,
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
    inner: quick_xml::Reader<&'a [u8]>,
    inner_start: usize,
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
            inner: inner(source),
            inner_start: 0,
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
        // quick-xml would take a second mark for the first.
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

    /// Reports a repair.
    #[cold]
    pub(crate) fn repaired(&mut self, rule: Rule, span: Range<usize>) -> Result<(), Error> {
        self.is_repaired = true;
        self.violation_at(rule, span)
    }

    /// Reports the repairs of the last piece, unless it is read again.
    fn report_repairs(&mut self) -> Result<(), Error> {
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
    fn skip_remains(&mut self) -> Result<(), Error> {
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
        self.declaration_at = remains;
        self.repaired(Rule::RepairedStart, 0..remains)
    }

    /// Goes on at an offset, where no markup is open.
    fn start_at(&mut self, at: usize) {
        self.inner_start = at;
        self.inner = inner(&self.source[at..]);
        self.pending = None;
    }

    /// The octets after the part of the document that is UTF-8 are left out, if the root has ended.
    pub(crate) fn leave_out_octets(&mut self) -> Result<(), Error> {
        let end = self.source.len();
        self.repaired(Rule::RepairedEnd, end..end)
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
        self.inner_start = mark.start;
        self.inner = inner(&self.source[mark.start..]);
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
                Kind::Eof => {
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

    /// Skips the document type declaration at an offset before the root, if there is one.
    fn skip_doctype(&mut self, start: usize) -> Result<bool, Error> {
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

    fn piece(&mut self) -> Result<Piece, Error> {
        if let Some(piece) = self.pending.take() {
            return Ok(piece);
        }
        loop {
            let start = self.at();
            if self.repairs() && self.skip_doctype(start)? {
                continue;
            }
            let event = self.inner.read_event();
            let span = start..self.at();
            let kind = match event {
                Ok(Event::Start(_)) => Kind::Start,
                Ok(Event::Empty(_)) => Kind::Empty,
                Ok(Event::End(_)) => Kind::End,
                Ok(Event::Text(_) | Event::GeneralRef(_)) => Kind::Text,
                Ok(Event::CData(_)) if !self.open.is_empty() => Kind::Text,
                Ok(Event::CData(_)) => return Err(self.refusal(Rule::RootText, span)),
                Ok(Event::Comment(_)) => Kind::Comment,
                Ok(Event::PI(_)) => Kind::Instruction,
                Ok(Event::DocType(_)) => return Err(self.refusal(Rule::Doctype, span)),
                Ok(Event::Decl(_)) => {
                    self.declaration(&span)?;
                    continue;
                }
                Ok(Event::Eof) => Kind::Eof,
                Err(error) => return Err(self.explain(&error, start)),
            };
            return Ok(Piece { kind, span });
        }
    }

    /// The offset of quick-xml in the source.
    fn at(&self) -> usize {
        let position = usize::try_from(self.inner.buffer_position()).unwrap_or(usize::MAX);
        self.source.len().min(self.inner_start + position)
    }

    #[cold]
    fn explain(&self, error: &quick_xml::Error, start: usize) -> Error {
        let rest = &self.source[start..];
        let is_doctype = rest.get(..9).is_some_and(|open| open.eq_ignore_ascii_case("<!doctype"));
        let may_become = |open: &str| rest.starts_with(open) || open.starts_with(rest);
        let is_cut = !rest.starts_with("<!") || may_become("<!--") || may_become("<![CDATA[");
        let rule = match error {
            _ if is_doctype => Rule::Doctype,
            quick_xml::Error::Syntax(_) if is_cut => Rule::Incomplete,
            _ => Rule::Markup,
        };
        self.refusal(rule, start..self.source.len())
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

    fn start(&mut self, span: &Range<usize>, is_empty: bool) -> Result<(), Error> {
        if self.open.is_empty() && self.is_root_read {
            return Err(self.refusal(Rule::OneRoot, span.clone()));
        }
        let limits = self.limits();
        if self.open.len() as u64 >= limits.depth {
            return Err(self.limit(Limit::Depth, span.start));
        }
        self.count(span.start)?;
        self.tag = span.clone();
        self.namespaces_around = self.scope.len();
        let inside = span.start + 1..span.end - if is_empty { 2 } else { 1 };
        let mut raw = std::mem::take(&mut self.raw);
        let mut repairs = std::mem::take(&mut self.repairs);
        let for_tag = self.repairs().then_some(&mut repairs);
        let read = self.read_tag(&mut raw, inside, for_tag);
        let name = raw.name;
        self.raw = raw;
        self.repairs = repairs;
        read?;
        self.open.push(Open { name, namespaces: self.namespaces_around });
        self.is_root_read = true;
        self.is_empty = is_empty;
        Ok(())
    }

    fn count(&mut self, start: usize) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > self.limits().elements {
            return Err(self.limit(Limit::Elements, start));
        }
        Ok(())
    }

    /// Counts the last comment or instruction, which is kept: it takes as much memory as an
    /// element.
    pub(crate) fn count_kept(&mut self) -> Result<(), Error> {
        self.count(self.markup)
    }

    fn read_tag(
        &mut self,
        raw: &mut Raw<'a>,
        inside: Range<usize>,
        mut repairs: Option<&mut Repairs>,
    ) -> Result<(), Error> {
        let start = inside.start;
        let attributes = raw.read_name(&self.source[inside.clone()]);
        let (prefix, local) = chars::split(raw.name).ok_or_else(|| {
            let end = start + raw.name.len().max(1);
            self.refusal(Rule::Name, start..end)
        })?;
        let from = inside.end - attributes.len();
        let most = self.limits().attributes;
        let count = raw
            .read(attributes, from, most, repairs.as_deref_mut())
            .map_err(|fault| self.fault(fault, 0))?;
        if count > most {
            return Err(self.limit(Limit::Attributes, start));
        }
        raw.declare(&mut self.scope).map_err(|fault| self.fault(fault, 0))?;
        let longest = self.limits().namespace_octets;
        let declared = self.scope.since(self.namespaces_around).iter();
        if declared.map(|binding| binding.namespace.len()).any(|octets| octets as u64 > longest) {
            return Err(self.limit(Limit::NamespaceOctets, start));
        }
        if self.scope.len() as u64 > self.limits().namespaces {
            return Err(self.limit(Limit::Namespaces, start));
        }
        let span = start..start + prefix.len();
        let namespace = match (self.lookup(prefix)?, repairs.as_deref_mut()) {
            (Some(namespace), _) => namespace,
            (None, Some(repairs)) => {
                repairs.push(Rule::RepairedPrefix, span);
                Shared::unbound(prefix)
            }
            (None, None) => return Err(self.refusal(Rule::PrefixUndeclared, span)),
        };
        let mut attributes = std::mem::take(&mut self.attributes);
        let mut failed = None;
        let resolved = raw.resolve(
            |prefix| {
                self.lookup(prefix).unwrap_or_else(|error| {
                    failed = Some(error);
                    None
                })
            },
            &mut attributes,
            repairs,
        );
        if let Some(error) = failed {
            return Err(error);
        }
        resolved.map_err(|fault| self.fault(fault, 0))?;
        self.attributes = attributes;
        let (prefix, local) = (Cow::Borrowed(prefix), Cow::Borrowed(local));
        self.name = Name { namespace, prefix, local };
        Ok(())
    }

    /// The namespace that a prefix stands for. The first use of a supplied prefix is reported.
    fn lookup(&mut self, prefix: &str) -> Result<Option<Shared<'a>>, Error> {
        if let Some(binding) = self.scope.find_mut(prefix) {
            let namespace = binding.namespace.clone();
            if std::mem::take(&mut binding.unreported) {
                self.violation_at(Rule::NamespaceSupplied, self.tag())?;
            }
            return Ok(Some(namespace));
        }
        Ok(match prefix {
            "" => Some(Shared::Borrowed("")),
            "xml" => Some(Shared::Borrowed(crate::namespace::XML)),
            _ => None,
        })
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

    fn limits(&self) -> Limits {
        self.settings.limits
    }

    #[cold]
    fn fault(&self, (rule, span): Fault, base: usize) -> Error {
        self.refusal(rule, base + span.start..base + span.end)
    }

    #[cold]
    fn limit(&self, limit: Limit, at: usize) -> Error {
        Error::limit(limit, &self.limits(), self.position(at))
    }

    #[cold]
    pub(crate) fn refusal(&self, rule: Rule, span: Range<usize>) -> Error {
        let (start, end) = (self.boundary(span.start), self.boundary(span.end));
        Error::violation(rule, self.position(start), &self.source[start..end.max(start)])
    }

    /// The last border between characters that is not after an offset: where a fault shows a fixed
    /// number of octets, a character may be cut.
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.source.len());
        while !self.source.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// An error at the end of a text, which is the part of the document that is UTF-8.
    #[cold]
    pub(crate) fn at_end_of(mut self, rule: Rule, text: &'a str) -> Error {
        self.source = text;
        self.refusal(rule, text.len()..text.len())
    }

    /// Refuses a violation at a place, or reports it.
    pub(crate) fn violation_at(&mut self, rule: Rule, span: Range<usize>) -> Result<(), Error> {
        if !self.settings.tolerance.tolerates(rule) {
            return Err(self.refusal(rule, span));
        }
        let limit = self.limits().diagnostics;
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.push(limit, || {
            let position = self.position(span.start);
            self.counted = position;
            Diagnostic::read(rule, position, span.len() as u64)
        });
        self.diagnostics = diagnostics;
        Ok(())
    }

    /// Returns a reporter of violations at a place.
    pub(crate) fn at_tag(&mut self, span: Range<usize>) -> AtTag<'_, 'a> {
        AtTag { reader: self, span }
    }

    /// Counts from the last position that was reported, unless that is behind `at`.
    fn position(&self, at: usize) -> Position {
        let offset = at as u64 + self.before;
        let known = usize::try_from(self.counted.offset.saturating_sub(self.before)).unwrap_or(0);
        let (from, line, column) = match known <= at {
            true => (known, self.counted.line, self.counted.column),
            false => (0, 1, 1),
        };
        let between = &self.source[from..at];
        let line = line + memchr::memchr_iter(b'\n', between.as_bytes()).count() as u64;
        let column = match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(end) => between[end + 1..].chars().count() as u64 + 1,
            None => column + between.chars().count() as u64,
        };
        Position { offset, line, column }
    }
}

/// Reports violations at a place in the document that is read.
#[derive(Debug)]
pub(crate) struct AtTag<'p, 'a> {
    reader: &'p mut XmlReader<'a>,
    span: Range<usize>,
}

impl Report for AtTag<'_, '_> {
    fn violation(&mut self, rule: Rule) -> Result<(), Error> {
        self.reader.violation_at(rule, self.span.clone())
    }
}

fn inner(source: &str) -> quick_xml::Reader<&[u8]> {
    let mut inner = quick_xml::Reader::from_str(source);
    let config = inner.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    config.check_comments = false;
    config.trim_markup_names_in_closing_tags = false;
    inner
}
