//! A link target object (RFC 9264 section 4.2.3).

use crate::limits::Limit;
use crate::linkset::check::Reference;
use crate::linkset::json::attribute::AttributeSeed;
use crate::linkset::json::maybe_text::MaybeText;
use crate::linkset::json::otherwise::otherwise;
use crate::linkset::json::reading::Reading;
use crate::linkset::json::shape;
use crate::linkset::json::text::Text;
use crate::linkset::model::{Item, Target};
use crate::rule::Rule;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;

/// An item of the array of link target objects. The relation type is the last one.
pub(super) struct TargetSeed<'r, 'a>(pub(super) &'r mut Reading<'a>);

impl<'a> DeserializeSeed<'a> for TargetSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for TargetSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a link target object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(reading) = self;
        let mark = reading.mark();
        let start = reading.linkset.attributes.len();
        reading.names.clear();
        let mut href = None;
        let mut number = 0;
        while let Some(Text(name)) = map.next_key()? {
            reading.path.enter(number);
            let is_new = reading.names.insert(name.clone());
            reading.expect(is_new, Rule::MemberRepeated);
            if name == "href" {
                let MaybeText(text) = map.next_value()?;
                reading.expect(text.is_some(), Rule::HrefMissing);
                if let Some(text) = text.filter(|_| is_new) {
                    reading.reference(&text, Reference::Target);
                    href = Some(text);
                }
            } else {
                if let Some(rule) = shape::name(&name) {
                    reading.violation(rule, Some(&name));
                }
                map.next_value_seed(AttributeSeed::new(reading, name))?;
                let count = reading.linkset.attributes.len() - start;
                reading.limit(Limit::Parameters, count)?;
            }
            reading.path.leave();
            number += 1;
        }
        let attributes = start..reading.linkset.attributes.len();
        match href {
            None => reading.violation(Rule::HrefMissing, None),
            Some(href) => {
                let relation = reading.linkset.relations.len().saturating_sub(1);
                reading.linkset.items.push(Item::Target(Target { relation, href, attributes }));
            }
        }
        reading.settle(mark);
        reading.limit(Limit::LinksetLinks, reading.linkset.items.len())
    }

    otherwise!(self => {
        self.0.violation(Rule::TargetObject, None);
        self.0.settle(self.0.mark());
        self.0.limit(Limit::LinksetLinks, self.0.linkset.items.len())
    }; scalar, string, seq);
}
