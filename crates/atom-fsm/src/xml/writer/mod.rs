//! A writer that declares the namespaces which are needed, where they are first needed.

pub(crate) mod around;
pub(crate) mod pause;

use self::around::Around;
use super::chars;
use super::name::Name;
use super::scope::Scope;
use super::shared::Shared;
use crate::correction::Correction;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::Limit;
use crate::namespace;
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::settings::{Settings, Spelling, Stage};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The namespaces that may be declared ahead, for the elements within. A reader's default limit on
/// the declarations of an element is twice as many, and each is looked at for each element.
const MOST_HOISTED: usize = 64;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Element,
    Attribute,
}

/// A writer that keeps track of the open elements, of the namespaces in scope, and of the names
/// that a path is made of.
#[derive(Debug)]
pub struct XmlWriter<'w> {
    out: &'w mut Vec<u8>,
    begin: usize,
    /// The root around what is written, and how many namespaces are declared in it.
    around: Option<(Around, usize)>,
    open: Vec<Open>,
    /// Where in `out` the names stand of the open elements and of those that ended directly within
    /// them, in document order: what a path is counted from, should one be needed.
    names: Vec<Range<usize>>,
    scope: Scope<'static>,
    /// For declarations around the start tag written last, by their places in `scope`: the number of
    /// the last start tag that uses them.
    users: Vec<usize>,
    /// How many start tags were written.
    tags: usize,
    /// Whether the start tag written last is still open for attributes.
    is_in_tag: bool,
    generated: usize,
    settings: Settings,
    diagnostics: Diagnostics,
}

#[derive(Debug)]
struct Open {
    namespaces: usize,
    /// How many names there are up to its own; those after it are its children's.
    names: usize,
    /// The children that were counted, once a path was needed.
    counted: Option<Box<Counted>>,
}

/// How many children of each name an element has, up to one of its children.
#[derive(Debug)]
struct Counted {
    /// How many names there were when they were counted.
    names: usize,
    of_name: HashMap<Box<[u8]>, u64>,
}

impl<'w> XmlWriter<'w> {
    pub(crate) fn new(out: &'w mut Vec<u8>, settings: Settings) -> Self {
        let begin = out.len();
        Self {
            out,
            begin,
            around: None,
            open: Vec::new(),
            names: Vec::new(),
            scope: Scope::default(),
            users: Vec::new(),
            tags: 0,
            is_in_tag: false,
            generated: 0,
            settings,
            diagnostics: Diagnostics::default(),
        }
    }

    /// Ends the writing. If it failed, what was written is removed.
    pub(crate) fn finish(self, written: Result<(), Error>) -> Result<Diagnostics, Error> {
        if written.is_err() {
            self.out.truncate(self.begin);
        }
        written.map(|()| self.diagnostics)
    }

    pub(crate) fn stage(&self) -> Stage {
        self.settings.stage
    }

    /// Whether a correction was asked for.
    pub(crate) fn mends(&self, correction: Correction) -> bool {
        self.settings.corrections.contains(correction)
    }

    pub(crate) fn declaration(&mut self) {
        self.out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }

    /// Begins an element of a vocabulary.
    pub(crate) fn start(&mut self, name: &Name<'_>) -> Result<(), Error> {
        self.start_needing(name, &[])
    }

    /// Begins an element, with declarations that its content needs.
    pub(crate) fn start_needing(
        &mut self,
        name: &Name<'_>,
        needed: &[(Cow<'_, str>, Shared<'_>)],
    ) -> Result<(), Error> {
        if name.is_unbound() {
            return Err(self.refusal(Rule::PrefixUndeclared, &name.prefix));
        }
        self.check_octets()?;
        self.close_tag();
        self.tags += 1;
        let namespaces = self.scope.len();
        for (prefix, namespace) in needed {
            if !self.uses(prefix, namespace, namespaces) {
                self.declare(prefix, namespace);
            }
        }
        let prefix = self.choose(name, namespaces, Named::Element);
        self.out.push(b'<');
        let start = self.out.len();
        self.push_name(&prefix, &name.local);
        self.names.push(start..self.out.len());
        self.open.push(Open { namespaces, names: self.names.len(), counted: None });
        self.is_in_tag = true;
        self.write_declarations(namespaces)
    }

    /// Declares a prefix on the element at the last start tag as a caller asked for it.
    pub(crate) fn declare_as_asked(&mut self, prefix: &str, namespace: &str) -> Result<(), Error> {
        // The name is valid if such an element's is.
        let name = Name::new(namespace, prefix, "a")?;
        let is_reserved = matches!(prefix, "xml" | "xmlns") || namespace == namespace::XML;
        if is_reserved || namespace.is_empty() {
            return Err(self.refusal(Rule::PrefixReserved, name.prefix()));
        }
        if self.scope.namespace(prefix).is_some() {
            return Ok(());
        }
        let before = self.scope.len();
        self.declare(prefix, namespace);
        self.write_declarations(before)
    }

    /// Declares a prefix on the element at the last start tag, for the elements in it.
    pub(crate) fn declare_here(&mut self, prefix: &str, namespace: &str) -> Result<(), Error> {
        let is_reserved = prefix == "xmlns" || namespace == namespace::XML;
        let is_full = self.scope.len() >= MOST_HOISTED;
        let is_own = self.settings.spelling == Spelling::Own;
        if is_reserved || is_own || is_full || self.scope.namespace(prefix).is_some() {
            return Ok(());
        }
        let before = self.scope.len();
        self.declare(prefix, namespace);
        self.write_declarations(before)
    }

    /// Writes an attribute of the element just begun.
    pub(crate) fn attribute(&mut self, name: &Name<'_>, value: &str) -> Result<(), Error> {
        if name.is_unbound() {
            let is_left_out = self.corrects(Correction::UnboundNames, Rule::PrefixUndeclared);
            let refusal = || self.refusal(Rule::PrefixUndeclared, &name.prefix);
            return if is_left_out { Ok(()) } else { Err(refusal()) };
        }
        self.check_octets()?;
        let before = self.scope.len();
        let around = self.open.last().map_or(0, |open| open.namespaces);
        let prefix = match &*name.namespace {
            // It would be read as a declaration.
            "" if name.local == "xmlns" => {
                return Err(self.refusal(Rule::PrefixReserved, &name.local));
            }
            "" => Cow::Borrowed(""),
            namespace::XML => Cow::Borrowed("xml"),
            _ => self.choose(name, around, Named::Attribute),
        };
        self.write_declarations(before)?;
        self.out.push(b' ');
        self.push_name(&prefix, &name.local);
        self.out.extend_from_slice(b"=\"");
        self.escape(value, true)?;
        self.out.push(b'"');
        Ok(())
    }

    /// Writes an attribute without a namespace, if there is one.
    pub(crate) fn plain(&mut self, local: &str, value: Option<&str>) -> Result<(), Error> {
        let Some(value) = value else { return Ok(()) };
        self.out.push(b' ');
        self.out.extend_from_slice(local.as_bytes());
        self.out.extend_from_slice(b"=\"");
        self.escape(value, true)?;
        self.out.push(b'"');
        Ok(())
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.check_octets()?;
        if !text.is_empty() {
            self.close_tag();
        }
        self.escape(text, false)
    }

    /// Writes markup that is known to be well-formed, except that its characters are checked.
    pub(crate) fn raw(&mut self, pieces: &[&str]) -> Result<(), Error> {
        self.check_octets()?;
        self.close_tag();
        for piece in pieces {
            // A carriage return would be read as a line feed, and cannot be escaped here.
            if chars::first_forbidden(piece).is_some() || piece.contains('\r') {
                return Err(self.refusal(Rule::Character, piece));
            }
            self.out.extend_from_slice(piece.as_bytes());
        }
        Ok(())
    }

    pub(crate) fn end(&mut self) {
        let Some(Open { namespaces, names, .. }) = self.open.pop() else { return };
        self.scope.truncate(namespaces);
        self.names.truncate(names);
        if std::mem::take(&mut self.is_in_tag) {
            self.out.extend_from_slice(b"/>");
            return;
        }
        let Some(name) = self.names.last() else { return };
        self.out.extend_from_slice(b"</");
        self.out.extend_from_within(name.clone());
        self.out.push(b'>');
    }

    /// Stops the writing of a member that has become too large.
    fn check_octets(&self) -> Result<(), Error> {
        let written = (self.out.len() - self.begin) as u64;
        let Settings { spelling, limits, .. } = &self.settings;
        if *spelling == Spelling::Own && written > limits.member_octets {
            return Err(Error::limit_of(Limit::MemberOctets, limits, &self.path()));
        }
        Ok(())
    }

    /// Returns the prefix under which a name can be written here, and declares one if there is
    /// none. `around` is the number of declarations around the tag that is being written.
    ///
    /// A name keeps its own prefix where that is possible, although another prefix may stand for the same
    /// namespace: what an element declares does then not depend on the prefixes around it, except that it
    /// declares less if they stand for the same namespaces.
    fn choose<'n>(&mut self, name: &'n Name<'_>, around: usize, named: Named) -> Cow<'n, str> {
        let (wanted, namespace) = (&*name.prefix, &*name.namespace);
        if namespace::same(namespace, namespace::XML) {
            return Cow::Borrowed("xml");
        }
        let is_element = named == Named::Element;
        let is_usable = is_element || !wanted.is_empty();
        if is_usable && self.uses(wanted, namespace, around) {
            return Cow::Borrowed(wanted);
        }
        if namespace.is_empty() {
            if !self.scope.means("", "") {
                self.declare("", "");
            }
            return Cow::Borrowed("");
        }
        // The names of Atom's and AtomPub's own elements have no prefix of their own.
        let is_own = wanted.is_empty()
            && [namespace::ATOM, namespace::APP].iter().any(|it| namespace::same(namespace, it));
        let is_reserved = matches!(wanted, "xml" | "xmlns");
        let is_free = is_usable && !is_reserved && self.is_free(wanted, around);
        if is_own || !is_free {
            if let Some(prefix) = self.scope.prefix(namespace, is_element) {
                let prefix = prefix.to_owned();
                self.uses(&prefix, namespace, around);
                return Cow::Owned(prefix);
            }
        }
        if is_free {
            self.declare(wanted, namespace);
            return Cow::Borrowed(wanted);
        }
        let generated = loop {
            self.generated += 1;
            let prefix = format!("ns{}", self.generated);
            if self.scope.namespace(&prefix).is_none() {
                break prefix;
            }
        };
        self.declare(&generated, namespace);
        Cow::Owned(generated)
    }

    /// Whether a prefix stands for a namespace here. If a declaration around the tag that is being
    /// written says so, the tag uses it from now on.
    fn uses(&mut self, prefix: &str, namespace: &str, around: usize) -> bool {
        if !self.scope.means(prefix, namespace) {
            return false;
        }
        // Without a prefix there is nothing that an attribute could declare again.
        let place = if prefix.is_empty() { None } else { self.scope.place(prefix) };
        if let Some(place) = place.filter(|place| *place < around) {
            if self.users.len() <= place {
                self.users.resize(place + 1, 0);
            }
            if let Some(user) = self.users.get_mut(place) {
                *user = self.tags;
            }
        }
        true
    }

    /// Whether a prefix can be declared on the tag that is being written: it is not declared there, and
    /// nothing there uses what it stands for around the tag.
    fn is_free(&self, prefix: &str, around: usize) -> bool {
        match self.scope.place(prefix) {
            Some(place) if place >= around => false,
            Some(place) => self.users.get(place).is_none_or(|user| *user != self.tags),
            None => true,
        }
    }

    fn declare(&mut self, prefix: &str, namespace: &str) {
        self.scope.push(Cow::Owned(prefix.to_owned()), Cow::Owned(namespace.to_owned()));
    }

    fn write_declarations(&mut self, from: usize) -> Result<(), Error> {
        for index in from..self.scope.len() {
            let binding = self.scope.since(index)[0].clone();
            self.out.extend_from_slice(b" xmlns");
            if !binding.prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(binding.prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            self.escape(&binding.namespace, true)?;
            self.out.push(b'"');
        }
        Ok(())
    }

    fn push_name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.is_in_tag) {
            self.out.push(b'>');
        }
    }

    fn escape(&mut self, text: &str, is_value: bool) -> Result<(), Error> {
        let octets = text.as_bytes();
        let next = |from| {
            if is_value {
                chars::next_to_escape(octets, from)
            } else {
                chars::next_marked(octets, from)
            }
        };
        let (mut plain, mut searched) = (0, 0);
        while let Some(at) = next(searched) {
            searched = at + 1;
            let escaped: &[u8] = match octets[at] {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                b'\r' => b"&#13;",
                b'"' => b"&quot;",
                b'\t' => b"&#9;",
                b'\n' => b"&#10;",
                // U+FFFE and U+FFFF are the only ones above ASCII that no document may hold.
                0xEF if chars::is_char(text[at..].chars().next().unwrap_or_default()) => continue,
                _ => return Err(self.refusal(Rule::Character, text)),
            };
            self.out.extend_from_slice(&octets[plain..at]);
            self.out.extend_from_slice(escaped);
            plain = searched;
        }
        self.out.extend_from_slice(&octets[plain..]);
        Ok(())
    }

    #[cold]
    pub(crate) fn refusal(&self, rule: Rule, found: &str) -> Error {
        Error::built(rule, &self.path(), found)
    }

    /// The path of the innermost open element, such as `/feed/entry[3]/link[1]`: each step counts
    /// the elements of one local name within its parent.
    #[cold]
    fn path(&self) -> String {
        let mut path = self.path_around();
        let mut first = 0;
        for Open { names, .. } in &self.open {
            let siblings = &self.names[first..*names];
            let local = siblings.last().map_or(&[][..], |name| self.local_part(name));
            if let (0, Some((around, _))) = (first, &self.around) {
                path = around.path(local);
                first = *names;
                continue;
            }
            let count = siblings.iter().filter(|name| self.local_part(name) == local).count();
            push_step(&mut path, local, (first > 0).then_some(count as u64));
            first = *names;
        }
        path
    }

    /// The same path. What was counted is remembered, so that any number of paths is found in time
    /// that grows with the document.
    #[cold]
    fn path_again(&mut self) -> String {
        let mut path = self.path_around();
        let mut open = std::mem::take(&mut self.open);
        for at in 0..open.len() {
            let name = open[at].names.saturating_sub(1);
            let local = self.names.get(name).map_or(&[][..], |name| self.local_part(name));
            if let (0, Some((around, _))) = (at, &self.around) {
                path = around.path(local);
                continue;
            }
            let parent = at.checked_sub(1).and_then(|parent| open.get_mut(parent));
            let count = parent.map(|Open { names, counted, .. }| {
                let counted = counted.get_or_insert_with(|| {
                    Box::new(Counted { names: *names, of_name: HashMap::new() })
                });
                for other in counted.names..=name {
                    let local = self.local_part(&self.names[other]);
                    match counted.of_name.get_mut(local) {
                        Some(count) => *count += 1,
                        None => drop(counted.of_name.insert(local.into(), 1)),
                    }
                }
                counted.names = counted.names.max(name + 1);
                counted.of_name.get(local).copied().unwrap_or(1)
            });
            push_step(&mut path, local, count);
        }
        self.open = open;
        path
    }

    fn report(&mut self, diagnostic: impl FnOnce(&str) -> Diagnostic) {
        let limit = self.settings.limits.diagnostics;
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.push(limit, || {
            let path = self.path_again();
            debug_assert!(self.names.len() > 1000 || path == self.path());
            diagnostic(&path)
        });
        self.diagnostics = diagnostics;
    }

    fn local_part(&self, name: &Range<usize>) -> &[u8] {
        let name = &self.out[name.clone()];
        name.rsplit(|octet| *octet == b':').next().unwrap_or(name)
    }
}

fn push_step(path: &mut String, local: &[u8], count: Option<u64>) {
    path.push('/');
    path.push_str(&String::from_utf8_lossy(local));
    if let Some(count) = count {
        path.push_str(&format!("[{count}]"));
    }
}

impl Report for XmlWriter<'_> {
    fn violation(&mut self, rule: Rule) -> Result<(), Error> {
        if !self.settings.tolerance.tolerates(rule) {
            return Err(self.refusal(rule, ""));
        }
        self.report(|path| Diagnostic::built(rule, path));
        Ok(())
    }

    fn will_correct(&self, correction: Correction) -> bool {
        self.mends(correction)
    }

    fn corrects(&mut self, correction: Correction, rule: Rule) -> bool {
        let is_mended = self.mends(correction);
        if is_mended {
            self.report(|path| Diagnostic::built(rule, path).with_correction(correction));
        }
        is_mended
    }
}
