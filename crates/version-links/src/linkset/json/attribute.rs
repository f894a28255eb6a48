//! Target attributes (RFC 9264 section 4.2.4).

use crate::linkset::json::maybe_text::MaybeText;
use crate::linkset::json::otherwise::otherwise;
use crate::linkset::json::reading::Reading;
use crate::linkset::json::shape::{self, Shape};
use crate::linkset::json::text::Text;
use crate::linkset::model::{Attribute, Extended, Value};
use crate::rule::Rule;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::borrow::Cow;
use std::fmt;

/// The value of a member beside `href`.
pub(super) struct AttributeSeed<'r, 'a> {
    reading: &'r mut Reading<'a>,
    name: Cow<'a, str>,
    shape: Shape,
}

impl<'r, 'a> AttributeSeed<'r, 'a> {
    pub(super) fn new(reading: &'r mut Reading<'a>, name: Cow<'a, str>) -> Self {
        let shape = Shape::of(&name);
        Self { reading, name, shape }
    }

    /// Adds one value.
    #[inline]
    fn add(&mut self, value: Value<'a>) {
        if let Some(rule) = shape::value(&self.name, &value) {
            let text = match &value {
                Value::Text(text) => Some(&**text),
                _ => None,
            };
            self.reading.violation(rule, text);
        }
        let name = self.name.clone();
        self.reading.linkset.attributes.push(Attribute { name, value });
    }

    /// Keeps the whole value as JSON.
    #[cold]
    fn keep<E: Error>(self, rule: Rule) -> Result<(), E> {
        self.reading.violation(rule, None);
        self.reading.keep(self.name)
    }

    fn text<E: Error>(mut self, text: Cow<'a, str>) -> Result<(), E> {
        match self.shape {
            Shape::One => {}
            Shape::Several => self.reading.violation(Rule::AttributeArray, Some(&text)),
            Shape::Extended => return self.keep(Rule::AttributeValue),
        }
        self.add(Value::Text(text));
        Ok(())
    }
}

impl<'a> DeserializeSeed<'a> for AttributeSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for AttributeSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a target attribute")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<(), E> {
        self.text(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(Cow::Owned(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        let start = self.reading.linkset.attributes.len();
        let mut number = 0;
        let is_defined = loop {
            self.reading.path.enter(number);
            let value = match self.shape {
                Shape::One => break items.next_element::<IgnoredAny>()?.is_none(),
                Shape::Several => {
                    items.next_element()?.map(|MaybeText(text)| text.map(Value::Text))
                }
                Shape::Extended => items.next_element()?.map(|MaybeExtended(value)| {
                    value.map(|value| Value::Extended(Box::new(value)))
                }),
            };
            match value {
                Some(Some(value)) => self.add(value),
                Some(None) => break false,
                None => break true,
            }
            self.reading.path.leave();
            number += 1;
        };
        self.reading.path.leave();
        if is_defined && number > 0 {
            return Ok(());
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        self.reading.linkset.attributes.truncate(start);
        let rule = if is_defined { Rule::AttributeAbsent } else { Rule::AttributeValue };
        self.keep(rule)
    }

    fn visit_map<A: MapAccess<'a>>(mut self, map: A) -> Result<(), A::Error> {
        match ExtendedVisitor.visit_map(map)?.0 {
            Some(value) if self.shape == Shape::Extended => {
                self.reading.violation(Rule::AttributeArray, None);
                self.add(Value::Extended(Box::new(value)));
                Ok(())
            }
            _ => self.keep(Rule::AttributeValue),
        }
    }

    otherwise!(self => self.keep(Rule::AttributeValue); scalar);
}

/// An object of value and language (RFC 9264 section 4.2.4.2), or nothing for any other value.
struct MaybeExtended<'a>(Option<Extended<'a>>);

impl<'a> Deserialize<'a> for MaybeExtended<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExtendedVisitor)
    }
}

struct ExtendedVisitor;

impl<'a> Visitor<'a> for ExtendedVisitor {
    type Value = MaybeExtended<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of value and language")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut value, mut language, mut is_defined) = (None, None, true);
        while let Some(Text(name)) = map.next_key()? {
            let part = match &*name {
                "value" => &mut value,
                "language" => &mut language,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    is_defined = false;
                    continue;
                }
            };
            let MaybeText(text) = map.next_value()?;
            is_defined &= text.is_some() && part.is_none();
            *part = text;
        }
        let value = value.filter(|_| is_defined);
        Ok(MaybeExtended(value.map(|text| Extended { text, language })))
    }

    otherwise!(self => Ok(MaybeExtended(None)); scalar, string, seq);
}
