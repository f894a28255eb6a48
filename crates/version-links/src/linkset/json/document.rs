//! The document, and the array of link context objects.

use crate::error::ErrorKind;
use crate::limits::Limit;
use crate::linkset::json::context::{ContextSeed, ContextVisitor};
use crate::linkset::json::depth;
use crate::linkset::json::otherwise::otherwise;
use crate::linkset::json::reading::Reading;
use crate::linkset::json::text::Text;
use crate::linkset::model::Member;
use crate::rule::Rule;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Visits the whole document.
pub(super) struct DocumentVisitor<'r, 'a>(pub(super) &'r mut Reading<'a>);

impl<'a> Visitor<'a> for DocumentVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the member linkset")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(reading) = self;
        let (mut number, mut is_found) = (0, false);
        // Where `linkset` is missing, that is said, and not that other members are there.
        let mut sole = None;
        while let Some(Text(name)) = map.next_key()? {
            reading.path.enter(number);
            match &*name {
                "linkset" if !is_found => {
                    is_found = true;
                    map.next_value_seed(ContextsSeed(reading))?;
                }
                _ => {
                    let value: &RawValue = map.next_value()?;
                    let json = value.get();
                    match &*name {
                        "linkset" => reading.member(Rule::MemberRepeated, name, json)?,
                        _ if !reading.tolerance.tolerates(Rule::LinksetSole) => {
                            sole.get_or_insert(json);
                        }
                        _ => reading.member(Rule::LinksetSole, name, json)?,
                    }
                }
            }
            reading.path.leave();
            number += 1;
        }
        if !is_found {
            return Err(reading.fault(ErrorKind::Rule(Rule::LinksetMissing), None));
        }
        match sole {
            None => Ok(()),
            Some(json) => Err(reading.fault(ErrorKind::Rule(Rule::LinksetSole), Some(json))),
        }
    }

    fn visit_seq<A: SeqAccess<'a>>(self, _: A) -> Result<(), A::Error> {
        Err(self.0.fault(ErrorKind::Rule(Rule::LinksetBare), None))
    }

    otherwise!(self => Err(self.0.fault(ErrorKind::Rule(Rule::LinksetMissing), None)); scalar, string);
}

impl<'a> Reading<'a> {
    /// Keeps a member beside `linkset`, or refuses the document.
    fn member<E: Error>(&mut self, rule: Rule, name: Cow<'a, str>, json: &'a str) -> Result<(), E> {
        if !self.tolerance.tolerates(rule) {
            return Err(self.fault(ErrorKind::Rule(rule), Some(json)));
        }
        self.violation(rule, Some(json));
        if let Some(at) = depth::exceeded_at(json, self.limits.linkset_depth) {
            let deeper = json.get(at..);
            return Err(self.fault(ErrorKind::Limit(Limit::LinksetDepth), deeper));
        }
        self.linkset.document_members.push(Member { name, json: Cow::Borrowed(json) });
        self.limit(Limit::LinksetLinks, self.linkset.document_members.len())
    }
}

/// The value of `linkset`.
struct ContextsSeed<'r, 'a>(&'r mut Reading<'a>);

impl<'a> DeserializeSeed<'a> for ContextsSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for ContextsSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of link context objects")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let Self(reading) = self;
        let mut number = 0;
        reading.path.enter(number);
        while items.next_element_seed(ContextSeed(reading))?.is_some() {
            number += 1;
            reading.path.leave();
            reading.path.enter(number);
        }
        reading.path.leave();
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, map: A) -> Result<(), A::Error> {
        let Self(reading) = self;
        if !reading.tolerance.tolerates(Rule::ContextArray) {
            return Err(reading.fault(ErrorKind::Rule(Rule::ContextArray), None));
        }
        reading.violation(Rule::ContextArray, None);
        ContextVisitor(reading).visit_map(map)
    }

    otherwise!(self => Err(self.0.fault(ErrorKind::Rule(Rule::ContextArray), None)); scalar, string);
}
