//! A link context object (RFC 9264 section 4.2.2).

use crate::limits::Limit;
use crate::linkset::check::{self, Reference};
use crate::linkset::json::maybe_text::MaybeText;
use crate::linkset::json::otherwise::otherwise;
use crate::linkset::json::reading::{Note, Reading};
use crate::linkset::json::shape;
use crate::linkset::json::target::TargetSeed;
use crate::linkset::json::text::Text;
use crate::linkset::model::Member;
use crate::relation::Relation;
use crate::rule::Rule;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// An item of the array of link context objects.
pub(super) struct ContextSeed<'r, 'a>(pub(super) &'r mut Reading<'a>);

impl<'a> DeserializeSeed<'a> for ContextSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(ContextVisitor(self.0))
    }
}

/// Visits a link context object.
pub(super) struct ContextVisitor<'r, 'a>(pub(super) &'r mut Reading<'a>);

impl<'a> Visitor<'a> for ContextVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a link context object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(reading) = self;
        reading.linkset.begin(None);
        reading.limit(Limit::LinksetLinks, reading.linkset.contexts.len())?;
        reading.context_names.clear();
        let mark = reading.mark();
        let mut anchor = None;
        let mut is_refused = false;
        let mut number = 0;
        while let Some(Text(name)) = map.next_key()? {
            reading.path.enter(number);
            let is_new = reading.context_names.insert(name.clone());
            if name == "anchor" {
                reading.expect(is_new, Rule::MemberRepeated);
                let MaybeText(text) = map.next_value()?;
                reading.expect(text.is_some(), Rule::AnchorString);
                if let Some(text) = text.filter(|_| is_new) {
                    reading.reference(&text, Reference::Anchor);
                    anchor = Some(text);
                }
                // The anchor is that of every link of the context.
                is_refused |= reading.is_refused();
            } else if is_refused {
                map.next_value::<IgnoredAny>()?;
            } else {
                reading.expect(is_new, Rule::MemberRepeated);
                if reading.settle(reading.mark()) {
                    map.next_value::<IgnoredAny>()?;
                } else {
                    map.next_value_seed(MemberSeed(reading, name))?;
                }
            }
            reading.path.leave();
            number += 1;
        }
        if !reading.settle(mark) {
            reading.expect(anchor.is_some(), Rule::AnchorMissing);
            if let Some(context) = reading.linkset.contexts.last_mut() {
                context.anchor = anchor;
            }
        }
        reading.linkset.finish();
        Ok(())
    }

    otherwise!(self => {
        self.0.linkset.begin(None);
        self.0.violation(Rule::ContextObject, None);
        self.0.settle(self.0.mark());
        self.0.linkset.finish();
        self.0.limit(Limit::LinksetLinks, self.0.linkset.contexts.len())
    }; scalar, string, seq);
}

impl Reading<'_> {
    /// Checks an anchor or a target.
    #[inline]
    pub(super) fn reference(&mut self, text: &str, which: Reference) {
        check::reference(text, which, |rule| self.violation(rule, Some(text)));
    }
}

/// The value of a member beside `anchor`.
struct MemberSeed<'r, 'a>(&'r mut Reading<'a>, Cow<'a, str>);

impl<'a> DeserializeSeed<'a> for MemberSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for MemberSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of link target objects")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let Self(reading, name) = self;
        if !reading.relation(name)? {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        let mut number = 0;
        reading.path.enter(number);
        while items.next_element_seed(TargetSeed(reading))?.is_some() {
            number += 1;
            reading.path.leave();
            reading.path.enter(number);
        }
        reading.path.leave();
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(reading, name) = self;
        reading.violation(Rule::TargetArray, None);
        if reading.relation(name)? {
            return TargetSeed(reading).visit_map(map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    otherwise!(self => {
        let Self(reading, name) = self;
        reading.violation(Rule::ContextExtension, None);
        reading.note(Note::Member(reading.linkset.members.len()));
        reading.linkset.members.push(Member { name, json: Cow::Borrowed("") });
        reading.limit(Limit::LinksetLinks, reading.linkset.members.len())
    }; scalar, string);
}

impl<'a> Reading<'a> {
    /// Begins the links of a relation type, unless it is refused.
    fn relation<E: serde::de::Error>(&mut self, name: Cow<'a, str>) -> Result<bool, E> {
        let mark = self.mark();
        self.expect(shape::is_relation_type(&name), Rule::RelSyntax);
        self.expect(Relation::new(&*name).renamed().is_none(), Rule::RelRenamed);
        self.linkset.relations.push(name);
        self.limit(Limit::LinksetLinks, self.linkset.relations.len())?;
        let is_refused = self.settle(mark);
        self.limit(Limit::LinksetLinks, self.linkset.items.len())?;
        Ok(!is_refused)
    }
}
