//! The elements that AtomPub adds to entries, feeds and sources (RFC 5023 sections 8.3.5, 10.2 and
//! 13.1). They are kept among the extensions, and checked.

use super::children::{holds, keep};
use super::date;
use crate::correction::Correction;
use crate::error::Error;
use crate::ext::rules;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Name, SPACE, XmlReader, XmlWriter, tree};

/// The element of Atom whose children are read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    Entry,
    /// A feed, or a source.
    Feed,
    Person,
}

/// Which elements that may occur once have occurred.
#[derive(Debug, Default)]
pub(super) struct Occurred {
    control: bool,
    edited: bool,
    total: bool,
}

/// What an element is that Atom does not define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Control,
    Edited,
    /// The total of replies, of which an entry has one at most (RFC 4685 section 5).
    Total,
    Foreign,
    /// An element of Atom or AtomPub that may not be here.
    Unexpected,
}

fn kind(name: &Name<'_>, parent: Parent) -> Kind {
    let is = |namespace| namespace::same(&name.namespace, namespace);
    if is(namespace::ATOM) {
        return Kind::Unexpected;
    }
    if !is(namespace::APP) {
        let is_total = parent == Parent::Entry && name.is(namespace::THREAD, "total");
        return if is_total { Kind::Total } else { Kind::Foreign };
    }
    match (parent, &*name.local) {
        (Parent::Entry, "control") => Kind::Control,
        (Parent::Entry, "edited") => Kind::Edited,
        // RFC 5023 section 8.3.5: the collection that the feed is a view of.
        (Parent::Feed, "collection") => Kind::Foreign,
        _ => Kind::Unexpected,
    }
}

impl Occurred {
    /// Whether an element of this kind has occurred before, and may not occur again.
    fn again(&mut self, kind: Kind) -> bool {
        match kind {
            Kind::Control => std::mem::replace(&mut self.control, true),
            Kind::Edited => std::mem::replace(&mut self.edited, true),
            Kind::Total => std::mem::replace(&mut self.total, true),
            Kind::Foreign | Kind::Unexpected => false,
        }
    }
}

/// Keeps the element at the last start tag as a tree, and returns its number. An element of Atom or
/// AtomPub that is not expected or is repeated is reported, and so are wrong values.
pub(super) fn other<'a>(
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    parent: Parent,
    occurred: &mut Occurred,
) -> Result<usize, Error> {
    let kind = kind(reader.name(), parent);
    let tag = reader.tag();
    if occurred.again(kind) {
        reader.violation_at(Rule::ElementRepeated, tag)?;
        return keep(rest, reader);
    }
    match kind {
        Kind::Foreign | Kind::Total => {
            let number = keep(rest, reader)?;
            if let Some(kept) = rest.last().filter(|kept| rules::is_known(&kept.name)) {
                rules::check(kept, &mut reader.at_tag(tag))?;
            }
            Ok(number)
        }
        Kind::Unexpected => {
            reader.violation_at(Rule::ElementUnexpected, tag)?;
            keep(rest, reader)
        }
        Kind::Edited => {
            let edited = tree::read(reader)?;
            check_edited(&edited, &mut reader.at_tag(tag))?;
            rest.push(edited);
            Ok(rest.len() - 1)
        }
        Kind::Control => {
            let control = read_control(reader)?;
            check_control(&control, &mut reader.at_tag(tag))?;
            rest.push(control);
            Ok(rest.len() - 1)
        }
    }
}

/// Reads a control element. Its children are reported where they are.
fn read_control<'a>(reader: &mut XmlReader<'a>) -> Result<Element<'a>, Error> {
    let mut has_draft = false;
    tree::read_children(reader, |reader| {
        let rule = match child_of_control(reader.name()) {
            Some(Child::Draft) if std::mem::replace(&mut has_draft, true) => Rule::ElementRepeated,
            Some(Child::Unexpected) => Rule::ElementUnexpected,
            Some(Child::Draft) | None => return Ok(()),
        };
        reader.violation_at(rule, reader.tag())
    })
}

enum Child {
    Draft,
    Unexpected,
}

/// RFC 5023 section 13.1: beside draft, a control element contains elements of other vocabularies.
fn child_of_control(name: &Name<'_>) -> Option<Child> {
    let is_ours = namespace::same(&name.namespace, namespace::APP);
    is_ours.then(|| if name.local == "draft" { Child::Draft } else { Child::Unexpected })
}

/// RFC 5023 section 13.1.1: a draft is yes or no.
fn check_control(control: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    match control.child(namespace::APP, "draft") {
        Some(draft) if draft.children().next().is_some() => report.violation(Rule::TextMarkup),
        Some(draft) => {
            let is_known = matches!(&*draft.text(), "yes" | "no");
            report.require(is_known, Rule::ControlDraft)
        }
        None => Ok(()),
    }
}

/// RFC 5023 section 10.2: an edited element is a date.
fn check_edited(edited: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    if edited.children().next().is_some() {
        return report.violation(Rule::TextMarkup);
    }
    let text = edited.text();
    let trimmed = text.trim_matches(SPACE);
    report.require(trimmed.len() == text.len(), Rule::ValueSpace)?;
    report.require(date::parse(trimmed).is_some(), Rule::DateSyntax)
}

/// Writes the elements that Atom does not define, and checks them as [`other`] does. `before` writes
/// what stands before the element with a number.
pub(super) fn write_others(
    elements: &[Element<'_>],
    parent: Parent,
    writer: &mut XmlWriter<'_>,
    mut before: impl FnMut(usize, &mut XmlWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut occurred = Occurred::default();
    for (at, element) in elements.iter().enumerate() {
        before(at, writer)?;
        let kind = kind(&element.name, parent);
        let rule = match kind {
            _ if occurred.again(kind) => Some(Rule::ElementRepeated),
            Kind::Unexpected => Some(Rule::ElementUnexpected),
            Kind::Foreign | Kind::Edited | Kind::Control | Kind::Total => None,
        };
        if let Some(rule) = rule {
            tree::write_unexpected(element, rule, writer)?;
            continue;
        }
        match kind {
            Kind::Foreign | Kind::Total if rules::is_known(&element.name) => {
                tree::write_checked(element, writer, |writer| rules::check(element, writer))?;
            }
            Kind::Foreign | Kind::Total | Kind::Unexpected => tree::write(element, writer)?,
            Kind::Edited => {
                tree::write_checked(element, writer, |writer| check_edited(element, writer))?;
            }
            Kind::Control => tree::write_checked(element, writer, |writer| {
                let mut has_draft = false;
                for child in element.children() {
                    match child_of_control(&child.name) {
                        Some(Child::Draft) if std::mem::replace(&mut has_draft, true) => {
                            writer.violation(Rule::ElementRepeated)?;
                        }
                        Some(Child::Unexpected) => writer.violation(Rule::ElementUnexpected)?,
                        Some(Child::Draft) | None => {}
                    }
                }
                check_control(element, writer)
            })?,
        }
    }
    Ok(())
}

/// Writes one element as [`write_others`] does.
pub(super) fn write_one(
    element: &Element<'_>,
    parent: Parent,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    write_others(std::slice::from_ref(element), parent, writer, |_, _| Ok(()))
}

/// Whether an element was there that could not be used, so that it is not missing.
pub(super) fn is_there(rest: &[Element<'_>], local: &str, report: &dyn Report) -> bool {
    // What a correction leaves out is not there in what is written.
    !report.will_correct(Correction::UnexpectedElements) && holds(rest, namespace::ATOM, local)
}
