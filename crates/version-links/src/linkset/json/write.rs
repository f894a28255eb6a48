//! Writing a document.

use crate::error::Error;
use crate::limits::Limit;
use crate::linkset::check::{self, Reference};
use crate::linkset::context::LinksetContext;
use crate::linkset::json::shape::{self, Shape};
use crate::linkset::model::{Linkset, Value};
use crate::linkset::target::LinksetTarget;
use crate::linkset::writer::LinksetWriter;
use crate::rule::Rule;
use std::collections::HashMap;

impl Linkset<'_> {
    /// Writes the linkset in JSON, `application/linkset+json`, as [`LinksetWriter::to_json`] does
    /// with the settings of [`LinksetWriter::new`].
    ///
    /// # Errors
    /// Those of [`LinksetWriter::to_json`].
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn to_json(&self) -> Result<String, Error> {
        LinksetWriter::new().to_json(self)
    }
}

impl LinksetWriter {
    /// Writes a linkset in JSON, `application/linkset+json`, in one line.
    ///
    /// Links with the same anchor are written to one link context object, and of these the links with
    /// the same relation type to one array; both stand where the first such link does. Members that
    /// RFC 9264 does not define follow. The values of an attribute are written to one array in the same
    /// way. The names of the attributes that RFC 8288 defines are written in lower case.
    ///
    /// # Errors
    /// The first rule that is violated, if the tolerance does not contain it, or why a link could not
    /// be read. What JSON cannot express is refused under every tolerance: a relation type called
    /// `anchor` ([`Rule::RelationAnchor`]); an attribute called `rel`, `rev`, `anchor` or `href`
    /// ([`Rule::AttributeReserved`]), or without a value ([`Rule::AttributeAbsent`]); an attribute
    /// whose name ends in `*` and whose value was not decoded ([`Rule::ExtValueSyntax`]); a second
    /// `media`, `title` or `type` ([`Rule::ParameterRepeated`]); and a member with the name of another
    /// one ([`Rule::MemberRepeated`]).
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn to_json(&self, linkset: &Linkset<'_>) -> Result<String, Error> {
        self.within(Limit::LinksetLinks, linkset.links().count() as u64, 0)?;
        let grouped = Grouped::of(linkset)?;
        let mut out = String::from("{\"linkset\":[");
        for (number, object) in grouped.objects.iter().enumerate() {
            separate(&mut out, number);
            self.object(&mut out, object)?;
            self.within(Limit::LinksetOctets, out.len() as u64, out.len())?;
        }
        out.push(']');
        for (name, json) in linkset.unknown_members() {
            self.expect(false, Rule::LinksetSole, name)?;
            if name == "linkset" {
                return Err(refusal(Rule::MemberRepeated, name));
            }
            push_member(&mut out, 1, name);
            out.push_str(json);
        }
        out.push('}');
        self.within(Limit::LinksetOctets, out.len() as u64, out.len())?;
        Ok(out)
    }

    fn object(&self, out: &mut String, object: &Object<'_>) -> Result<(), Error> {
        out.push('{');
        let mut number = 0;
        if let Some(anchor) = object.anchor {
            self.reference(anchor, Reference::Anchor)?;
            push_member(out, number, "anchor");
            push_string(out, anchor);
            number += 1;
        }
        // The other members follow, wherever contexts with the same anchor had them.
        let is_json = |part: &Part<'_>| matches!(part, Part::Json(_));
        let relations = object.members.iter().filter(|(_, part)| !is_json(part));
        let others = object.members.iter().filter(|(_, part)| is_json(part));
        for (name, part) in relations.chain(others) {
            push_member(out, number, name);
            number += 1;
            match part {
                Part::Json(json) => out.push_str(json),
                Part::Links(links) => {
                    self.expect(shape::is_relation_type(name), Rule::RelSyntax, name)?;
                    out.push('[');
                    for (number, link) in links.iter().enumerate() {
                        separate(out, number);
                        self.link(out, *link)?;
                    }
                    out.push(']');
                }
            }
        }
        out.push('}');
        Ok(())
    }

    fn link(&self, out: &mut String, link: LinksetTarget<'_>) -> Result<(), Error> {
        self.reference(link.href(), Reference::Target)?;
        out.push_str("{\"href\":");
        push_string(out, link.href());
        for (name, values) in by_name(link) {
            push_member(out, 1, &name);
            self.values(out, &name, &values)?;
        }
        out.push('}');
        Ok(())
    }

    /// All values of one attribute.
    fn values(&self, out: &mut String, name: &str, values: &[&Value<'_>]) -> Result<(), Error> {
        match shape::name(name) {
            Some(Rule::AttributeReserved) => return Err(refusal(Rule::AttributeReserved, name)),
            Some(rule) => self.expect(false, rule, name)?,
            None => {}
        }
        let shape = Shape::of(name);
        let is_one =
            values.iter().any(|value| matches!(value, Value::Json(_))) || shape == Shape::One;
        if is_one && values.len() > 1 {
            return Err(refusal(Rule::ParameterRepeated, name));
        }
        if !is_one {
            out.push('[');
        }
        for (number, value) in values.iter().enumerate() {
            if let Some(rule) = shape::value(name, value) {
                self.expect(false, rule, name)?;
            }
            separate(out, number);
            match value {
                Value::Absent => return Err(refusal(Rule::AttributeAbsent, name)),
                Value::Text(_) if shape == Shape::Extended => {
                    return Err(refusal(Rule::ExtValueSyntax, name));
                }
                Value::Text(text) => push_string(out, text),
                Value::Json(json) => out.push_str(json),
                Value::Extended(value) => {
                    out.push_str("{\"value\":");
                    push_string(out, &value.text);
                    if let Some(language) = &value.language {
                        out.push_str(",\"language\":");
                        push_string(out, language);
                    }
                    out.push('}');
                }
            }
        }
        if !is_one {
            out.push(']');
        }
        Ok(())
    }

    fn reference(&self, text: &str, which: Reference) -> Result<(), Error> {
        let mut refused = None;
        check::reference(text, which, |rule| {
            if refused.is_none() && !self.tolerance.tolerates(rule) {
                refused = Some(rule);
            }
        });
        refused.map_or(Ok(()), |rule| Err(refusal(rule, text)))
    }

    fn expect(&self, holds: bool, rule: Rule, found: &str) -> Result<(), Error> {
        if holds || self.tolerance.tolerates(rule) {
            return Ok(());
        }
        Err(refusal(rule, found))
    }
}

#[cold]
fn refusal(rule: Rule, found: &str) -> Error {
    Error::violation(rule, 0, 0, found.as_bytes())
}

/// The contexts of a linkset, each anchor once.
#[derive(Default)]
struct Grouped<'s> {
    objects: Vec<Object<'s>>,
    by_anchor: HashMap<Option<&'s str>, usize>,
    /// By the index of the object and the name of the member.
    by_name: HashMap<(usize, &'s str), usize>,
}

struct Object<'s> {
    anchor: Option<&'s str>,
    members: Vec<(&'s str, Part<'s>)>,
}

enum Part<'s> {
    Links(Vec<LinksetTarget<'s>>),
    /// The value of a member that RFC 9264 does not define.
    Json(&'s str),
}

impl<'s> Grouped<'s> {
    fn of(linkset: &'s Linkset<'s>) -> Result<Self, Error> {
        let mut grouped = Self::default();
        for context in linkset.contexts() {
            grouped.add(context)?;
        }
        Ok(grouped)
    }

    fn add(&mut self, context: LinksetContext<'s>) -> Result<(), Error> {
        let anchor = context.anchor();
        let index = *self.by_anchor.entry(anchor).or_insert(self.objects.len());
        if index == self.objects.len() {
            self.objects.push(Object { anchor, members: Vec::new() });
        }
        for name in context.relation_names() {
            self.links(index, name)?;
        }
        for link in context.links() {
            let link = link.map_err(Clone::clone)?;
            self.links(index, link.relation_name())?.push(link);
        }
        for (name, json) in context.unknown_members() {
            let members = self.objects.get_mut(index).map(|object| &mut object.members);
            let is_new = self.by_name.insert((index, name), usize::MAX).is_none();
            match members {
                Some(members) if is_new => members.push((name, Part::Json(json))),
                _ => return Err(refusal(Rule::MemberRepeated, name)),
            }
        }
        Ok(())
    }

    /// The links of a relation type so far.
    fn links(&mut self, index: usize, name: &'s str) -> Result<&mut Vec<LinksetTarget<'s>>, Error> {
        if name == "anchor" {
            return Err(refusal(Rule::RelationAnchor, name));
        }
        let repeated = || refusal(Rule::MemberRepeated, name);
        let members = &mut self.objects.get_mut(index).ok_or_else(repeated)?.members;
        let at = *self.by_name.entry((index, name)).or_insert(members.len());
        if at == members.len() {
            members.push((name, Part::Links(Vec::new())));
        }
        match members.get_mut(at) {
            Some((_, Part::Links(links))) => Ok(links),
            _ => Err(repeated()),
        }
    }
}

/// The attributes of a link, each name once, where it occurs first.
fn by_name<'s>(link: LinksetTarget<'s>) -> Vec<(String, Vec<&'s Value<'s>>)> {
    let mut named: Vec<(String, Vec<_>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for attribute in link.attributes() {
        let key = attribute.name().to_ascii_lowercase();
        let at = *places.entry(key).or_insert_with_key(|key| {
            let known =
                ["title", "title*", "media", "type", "hreflang", "rel", "rev", "anchor", "href"];
            let name = match known.contains(&&**key) {
                true => key.clone(),
                false => attribute.name().to_owned(),
            };
            named.push((name, Vec::new()));
            named.len() - 1
        });
        if let Some((_, values)) = named.get_mut(at) {
            values.push(attribute.as_value());
        }
    }
    named
}

fn separate(out: &mut String, number: usize) {
    if number > 0 {
        out.push(',');
    }
}

/// Begins the member with this number.
fn push_member(out: &mut String, number: usize, name: &str) {
    separate(out, number);
    push_string(out, name);
    out.push(':');
}

/// ```abnf
/// string = quotation-mark *char quotation-mark            ; RFC 8259 section 7
/// ```
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) =
        rest.bytes().position(|octet| octet < b' ' || matches!(octet, b'"' | b'\\'))
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let mut characters = after.chars();
        match characters.next() {
            Some(found @ ('"' | '\\')) => {
                out.push('\\');
                out.push(found);
            }
            Some(found) => out.push_str(&format!("\\u{:04x}", u32::from(found))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rfc8259_7_a_string_is_escaped_so_that_it_is_read_back(text in "[\\x00-\\x7f]{0,8}|\\PC{0,8}") {
            let mut out = String::new();
            push_string(&mut out, &text);
            let read: String = serde_json::from_str(&out).unwrap();
            prop_assert_eq!(read, text);
            prop_assert!(out.bytes().all(|octet| octet >= b' '));
        }
    }
}
