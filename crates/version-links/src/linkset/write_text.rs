//! Writing `application/linkset` (RFC 9264 section 4.1), and Link fields.

use crate::error::Error;
use crate::ext_value::{has_room_for, push_ext_value};
use crate::limits::Limit;
use crate::link_field::{Link, LinkBuf, is_token};
use crate::linkset::context::LinksetContext;
use crate::linkset::model::{Linkset, Value};
use crate::linkset::target::{LinksetAttribute, LinksetTarget};
use crate::linkset::writer::LinksetWriter;
use crate::reader::Reader;
use crate::relation::Relation;
use crate::rule::Rule;

impl Linkset<'_> {
    /// Writes the linkset in text, `application/linkset`, one link a line, as
    /// [`LinksetWriter::to_text`] does with the settings of [`LinksetWriter::new`].
    ///
    /// # Errors
    /// Those of [`LinksetWriter::to_text`].
    pub fn to_text(&self) -> Result<String, Error> {
        LinksetWriter::new().to_text(self)
    }

    /// Makes a link of each link of the linkset, for Link fields. A link that cannot be written is an
    /// error in its place: the first rule that it violates, or the limit that it exceeds, or why it
    /// could not be read.
    pub fn to_links(&self) -> impl Iterator<Item = Result<LinkBuf, Error>> {
        let writer = LinksetWriter::new();
        self.links().map(move |link| {
            let text = writer.link_to_text(link.map_err(Clone::clone)?)?;
            let mut links = writer.reader().links(text.as_bytes());
            let read = links.next().transpose()?.map(Link::into_owned);
            read.ok_or_else(|| Error::violation(Rule::TargetBrackets, 0, 0, text.as_bytes()))
        })
    }
}

impl LinksetWriter {
    /// Writes a linkset in text, `application/linkset`, one link a line.
    ///
    /// A `title` or an extension attribute that is not ASCII is written with a `*` at the end of its
    /// name, as RFC 8187 says. Contexts without links, the names of relation types without links,
    /// and members that RFC 9264 does not define have no place in this form: the writer leaves out
    /// empty contexts and relation types, and refuses other members.
    ///
    /// # Errors
    /// The first rule that a link violates, if the tolerance does not contain it, or why a link could
    /// not be read. Also [`Rule::AttributeValue`] for a JSON value that is no text,
    /// [`Rule::LinksetSole`] and [`Rule::ContextExtension`] for other members,
    /// [`Rule::FieldControl`] for a control character in a value even where it would be encoded, and
    /// the limit of the [`limits`](Self::limits) that is exceeded.
    pub fn to_text(&self, linkset: &Linkset<'_>) -> Result<String, Error> {
        self.without_members(linkset)?;
        let mut text = String::new();
        for (number, link) in linkset.links().enumerate() {
            self.within(Limit::LinksetLinks, number as u64 + 1, text.len())?;
            if number > 0 {
                text.push_str(",\n");
            }
            text.push_str(&self.link_to_text(link.map_err(Clone::clone)?)?);
            // The last link is followed by a line break.
            self.within(Limit::LinksetOctets, text.len() as u64 + 1, text.len())?;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        Ok(text)
    }

    /// Refuses members that RFC 9264 does not define.
    pub(super) fn without_members(&self, linkset: &Linkset<'_>) -> Result<(), Error> {
        let refuse = |rule, name: &str| Err(Error::violation(rule, 0, 0, name.as_bytes()));
        if let Some((name, _)) = linkset.unknown_members().next() {
            return refuse(Rule::LinksetSole, name);
        }
        let mut members = linkset.contexts().flat_map(LinksetContext::unknown_members);
        match members.next() {
            Some((name, _)) => refuse(Rule::ContextExtension, name),
            None => Ok(()),
        }
    }

    /// One link, which a reader with the same tolerance reads back.
    fn link_to_text(&self, link: LinksetTarget<'_>) -> Result<String, Error> {
        let relation = link.relation();
        let is_one = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        if !is_one(relation.as_str()) {
            return Err(Error::violation(Rule::RelSyntax, 0, 0, relation.as_str().as_bytes()));
        }
        let mut text = format!("<{}>", link.href());
        push_parameter(&mut text, "rel", relation.as_str());
        if let Some(anchor) = link.anchor() {
            push_parameter(&mut text, "anchor", anchor);
        }
        // Each attribute is compared with the others.
        self.within(Limit::Parameters, link.attributes().len() as u64, 0)?;
        for attribute in link.attributes() {
            push_attribute(&mut text, link, attribute)?;
        }
        self.verify(&text, link)?;
        Ok(text)
    }

    /// Checks that a reader reads the text as this link, and as one link.
    fn verify(&self, text: &str, link: LinksetTarget<'_>) -> Result<(), Error> {
        let mut reading = self.reader().links(text.as_bytes());
        let read = reading.next().transpose().map_err(Error::in_linkset)?;
        let is_one = reading.next().transpose().map_err(Error::in_linkset)?.is_none();
        let is_same = read.is_some_and(|read| {
            read.target() == link.href()
                && read.anchor().as_deref() == link.anchor()
                && read.rel().map(Relation::into_text).eq([link.relation().as_str()])
                && read.parameters().count()
                    == 1 + usize::from(link.anchor().is_some()) + link.attributes().len()
        });
        if is_one && is_same {
            return Ok(());
        }
        Err(Error::violation(Rule::TargetBrackets, 0, 0, text.as_bytes()))
    }

    fn reader(&self) -> Reader {
        Reader::new().tolerance(self.tolerance).limits(self.limits)
    }
}

fn push_attribute(
    text: &mut String,
    link: LinksetTarget<'_>,
    attribute: LinksetAttribute<'_>,
) -> Result<(), Error> {
    let name = writable_name(attribute)?;
    let refuse = |rule, found: &str| Err(Error::violation(rule, 0, 0, found.as_bytes()));
    match attribute.as_value() {
        Value::Absent => {
            text.push_str("; ");
            text.push_str(name);
        }
        Value::Json(json) => return refuse(Rule::AttributeValue, json),
        Value::Text(value) if name.ends_with('*') => return refuse(Rule::ExtValueSyntax, value),
        Value::Text(value) if value.is_ascii() => push_parameter(text, name, value),
        Value::Text(value) => {
            let starred = format!("{name}*");
            let has_starred_form =
                !["rev", "hreflang", "media", "type"].iter().any(|one| attribute.is(one));
            // A title* is preferred to any title, and only the first title counts.
            let is_later_title =
                attribute.is("title") && link.attribute("title") != Some(attribute);
            let is_taken = is_later_title || link.attributes().any(|one| one.is(&starred));
            if !has_starred_form || is_taken {
                return refuse(Rule::ValueAscii, value);
            }
            push_extended(text, &starred, "", value);
        }
        Value::Extended(value) => {
            let language = value.language.as_deref().unwrap_or_default();
            if !has_room_for(language) {
                return refuse(Rule::ExtValueSyntax, language);
            }
            push_extended(text, name, language, &value.text);
        }
    }
    Ok(())
}

/// The name of an attribute, if the attribute can stand in a text: it is a token and not reserved, and
/// the value has no control characters.
pub(super) fn writable_name(attribute: LinksetAttribute<'_>) -> Result<&str, Error> {
    let name = attribute.name();
    let refuse = |rule, found: &str| Err(Error::violation(rule, 0, 0, found.as_bytes()));
    if attribute.is("rel") || attribute.is("anchor") {
        return refuse(Rule::AttributeReserved, name);
    }
    if !is_token(name.as_bytes()) {
        return refuse(Rule::ParameterName, name);
    }
    if let Some(at) = attribute.value().and_then(|value| value.find(is_control)) {
        let found = attribute.value().and_then(|value| value.get(at..));
        return refuse(Rule::FieldControl, found.unwrap_or_default());
    }
    Ok(name)
}

fn is_control(found: char) -> bool {
    found.is_control() && found != '\t'
}

fn push_extended(text: &mut String, name: &str, language: &str, value: &str) {
    text.push_str("; ");
    text.push_str(name);
    text.push('=');
    push_ext_value(text, language, value);
}

fn push_parameter(text: &mut String, name: &str, value: &str) {
    text.push_str("; ");
    push_quoted(text, name, value);
}

/// Appends a name and a quoted value.
pub(super) fn push_quoted(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    text.push_str("=\"");
    for found in value.chars() {
        if matches!(found, '"' | '\\') {
            text.push('\\');
        }
        text.push(found);
    }
    text.push('"');
}
