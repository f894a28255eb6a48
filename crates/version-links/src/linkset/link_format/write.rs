//! Writing a document.

use crate::error::Error;
use crate::ext_value::{has_room_for, push_ext_value};
use crate::limits::Limit;
use crate::linkset::link_format::origin::origin;
use crate::linkset::link_format::read::{is_never_quoted, is_ptokenchar};
use crate::linkset::model::{Linkset, Value};
use crate::linkset::target::{LinksetAttribute, LinksetTarget};
use crate::linkset::write_text::{push_quoted, writable_name};
use crate::linkset::writer::LinksetWriter;
use crate::reader::Reader;
use crate::reference::Base;
use crate::rule::Rule;

impl Linkset<'_> {
    /// Writes the linkset in the CoRE Link Format, as [`LinksetWriter::to_link_format`] does with the
    /// settings of [`LinksetWriter::new`].
    ///
    /// # Errors
    /// Those of [`LinksetWriter::to_link_format`].
    pub fn to_link_format(&self, base: &str) -> Result<String, Error> {
        LinksetWriter::new().to_link_format(self, base)
    }
}

impl LinksetWriter {
    /// Writes a linkset in the CoRE Link Format, `application/link-format` (RFC 6690), in one line.
    ///
    /// The base is the URI that the document will be found at. Anchors and targets are resolved against
    /// it, and a link without an anchor leads from the base, as in a linkset. Each is then written as
    /// short as this format allows without another meaning: a link from the origin of its target has no
    /// anchor, a link with the relation type `hosts` has no `rel`, and a target at the origin of its
    /// context is a path. [`Reader::link_format`] with the same base reads the same links back, with
    /// absolute anchors and targets.
    ///
    /// Contexts without links, the names of relation types without links, and members that RFC 9264
    /// does not define have no place in this form: the writer leaves out empty contexts and relation
    /// types, and refuses other members.
    ///
    /// ```
    /// use version_links::{Linkset, Record, Relation};
    ///
    /// let sensor = Record::new(Relation::HOSTS, "/sensors/temp").with_context("coap://node");
    /// let linkset = Linkset::from_records([sensor.with_attribute("rt", "temperature-c")]);
    /// let text = linkset.to_link_format("coap://node/.well-known/core")?;
    /// assert_eq!(text, "</sensors/temp>;rt=\"temperature-c\"");
    /// # Ok::<(), version_links::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first rule that a link violates, if the tolerance does not contain it, or why a link could
    /// not be read. Refused under every tolerance are: an anchor or a target that cannot be resolved
    /// ([`Rule::AnchorSyntax`], [`Rule::TargetSyntax`]); an attribute called `rel` or `anchor`
    /// ([`Rule::AttributeReserved`]); a JSON value that is no text ([`Rule::AttributeValue`]); a value
    /// that was not decoded although its name ends in `*` ([`Rule::ExtValueSyntax`]); a control
    /// character in a value, even where it would be encoded ([`Rule::FieldControl`]); and other members
    /// ([`Rule::LinksetSole`], [`Rule::ContextExtension`]). Or the limit of the
    /// [`limits`](Self::limits) that is exceeded.
    pub fn to_link_format(&self, linkset: &Linkset<'_>, base: &str) -> Result<String, Error> {
        self.without_members(linkset)?;
        let document = Document::new(self, base);
        let mut text = String::new();
        for (number, link) in linkset.links().enumerate() {
            self.within(Limit::LinksetLinks, number as u64 + 1, text.len())?;
            if number > 0 {
                text.push(',');
            }
            text.push_str(&document.link(link.map_err(Clone::clone)?)?);
            self.within(Limit::LinksetOctets, text.len() as u64, text.len())?;
        }
        Ok(text)
    }
}

/// What is the same for all links of a document.
struct Document<'w> {
    base: &'w str,
    /// The scheme and the authority of the base, if it has both.
    origin: Option<String>,
    resolver: Base,
    writer: &'w LinksetWriter,
}

impl<'w> Document<'w> {
    fn new(writer: &'w LinksetWriter, base: &'w str) -> Self {
        Self { base, origin: origin(base), resolver: Base::new(base), writer }
    }

    /// One link, which a reader with the same tolerance reads back.
    fn link(&self, link: LinksetTarget<'_>) -> Result<String, Error> {
        let anchor = self.resolved(link.anchor().unwrap_or_default(), Rule::AnchorSyntax)?;
        let href = self.resolved(link.href(), Rule::TargetSyntax)?;
        // Without an anchor, the context is the origin of the target, or else that of the document.
        let of_target = origin(&href);
        let is_implied = of_target.as_ref().or(self.origin.as_ref()) == Some(&anchor);
        let origin = if is_implied { self.origin.clone() } else { origin(&anchor) };
        let mut text = format!("<{}>", path(&href, origin.as_deref()));
        if !is_implied {
            push_parameter(&mut text, "anchor", path(&anchor, self.origin.as_deref()));
        }
        if link.relation().as_str() != "hosts" {
            push_parameter(&mut text, "rel", link.relation().as_str());
        }
        self.writer.within(Limit::Parameters, link.attributes().len() as u64, 0)?;
        for attribute in link.attributes() {
            push_attribute(&mut text, attribute)?;
        }
        self.verify(&text, link, (&anchor, &href))?;
        Ok(text)
    }

    /// A reference, resolved against the base.
    fn resolved(&self, reference: &str, rule: Rule) -> Result<String, Error> {
        let resolved = self.resolver.resolve(reference);
        resolved.ok_or_else(|| Error::violation(rule, 0, 0, reference.as_bytes()))
    }

    /// Checks that a reader reads the text as this link, and as one link.
    fn verify(
        &self,
        text: &str,
        link: LinksetTarget<'_>,
        (anchor, href): (&str, &str),
    ) -> Result<(), Error> {
        let LinksetWriter { tolerance, limits } = *self.writer;
        let reader = Reader::new().tolerance(tolerance).limits(limits);
        let read = reader.link_format(text.as_bytes(), self.base).map_err(Error::in_linkset)?;
        let mut reading = read.links();
        let found = reading.next().transpose().map_err(Clone::clone)?;
        let is_same = found.is_some_and(|found| {
            found.anchor() == Some(anchor)
                && found.href() == href
                && found.relation().as_str() == link.relation().as_str()
                && found.attributes().map(parts).eq(link.attributes().map(parts))
        });
        if is_same && reading.next().is_none() {
            return Ok(());
        }
        Err(Error::violation(Rule::TargetBrackets, 0, 0, text.as_bytes()))
    }
}

/// What a link says by an attribute.
fn parts(attribute: LinksetAttribute<'_>) -> (&str, Option<&str>, Option<&str>) {
    let language = attribute.language().filter(|language| !language.is_empty());
    (attribute.name(), attribute.value(), language)
}

/// A URI without this origin, if the rest is a path that leads back to it.
fn path<'u>(uri: &'u str, origin: Option<&str>) -> &'u str {
    let rest = origin.and_then(|origin| uri.strip_prefix(origin));
    rest.filter(|rest| rest.starts_with('/') && !rest.starts_with("//")).unwrap_or(uri)
}

fn push_attribute(text: &mut String, attribute: LinksetAttribute<'_>) -> Result<(), Error> {
    let name = writable_name(attribute)?;
    let refuse = |rule, found: &str| Err(Error::violation(rule, 0, 0, found.as_bytes()));
    match attribute.as_value() {
        Value::Absent => {
            text.push(';');
            text.push_str(name);
        }
        Value::Json(json) => return refuse(Rule::AttributeValue, json),
        Value::Text(value) if name.ends_with('*') => return refuse(Rule::ExtValueSyntax, value),
        Value::Text(value) if is_plain(name, value) => {
            text.push(';');
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        Value::Text(value) if is_never_quoted(name) => return refuse(Rule::LinkFormatValue, value),
        Value::Text(value) => push_parameter(text, name, value),
        Value::Extended(value) => {
            let language = value.language.as_deref().unwrap_or_default();
            if !has_room_for(language) {
                return refuse(Rule::ExtValueSyntax, language);
            }
            text.push(';');
            text.push_str(name);
            text.push('=');
            push_ext_value(text, language, &value.text);
        }
    }
    Ok(())
}

/// Whether a value is written without quotes: where the grammar has none, and numbers, as in the
/// examples of RFC 6690.
fn is_plain(name: &str, value: &str) -> bool {
    if is_never_quoted(name) {
        return !value.is_empty() && value.bytes().all(is_ptokenchar);
    }
    let is_number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
    is_number && !name.eq_ignore_ascii_case("title")
}

fn push_parameter(text: &mut String, name: &str, value: &str) {
    text.push(';');
    push_quoted(text, name, value);
}
