//! One link, and the attributes of its target.

use crate::linkset::model::{Attribute, Context, Linkset, Target, Value};
use crate::relation::Relation;
use std::fmt;

/// A link target object of a [`Linkset`], with the anchor and the relation type that it stands under:
/// one link.
#[derive(Clone, Copy)]
pub struct LinksetTarget<'s> {
    linkset: &'s Linkset<'s>,
    context: &'s Context<'s>,
    target: &'s Target<'s>,
}

impl<'s> LinksetTarget<'s> {
    pub(super) fn new(
        linkset: &'s Linkset<'s>,
        context: &'s Context<'s>,
        target: &'s Target<'s>,
    ) -> Self {
        Self { linkset, context, target }
    }

    /// The anchor of the link's context, as [`LinksetContext::anchor`](crate::LinksetContext::anchor).
    #[must_use]
    pub fn anchor(self) -> Option<&'s str> {
        self.context.anchor.as_deref()
    }

    /// The relation type.
    #[must_use]
    pub fn relation(self) -> Relation<'s> {
        Relation::new(self.relation_name())
    }

    pub(super) fn relation_name(self) -> &'s str {
        self.linkset.relations.get(self.target.relation).map_or("", |name| &**name)
    }

    /// The target as it is spelled: a URI reference.
    #[must_use]
    pub fn href(self) -> &'s str {
        &self.target.href
    }

    /// The attributes, in order. An attribute with several values occurs once for each.
    #[must_use]
    pub fn attributes(self) -> impl ExactSizeIterator<Item = LinksetAttribute<'s>> + Clone {
        let attributes = self.linkset.attributes.get(self.target.attributes.clone());
        attributes.unwrap_or_default().iter().map(LinksetAttribute)
    }

    /// The first attribute with this name. Case does not matter.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<LinksetAttribute<'s>> {
        self.attributes().find(|attribute| attribute.is(name))
    }

    /// The title: the first `title*` if there is one, otherwise `title`.
    ///
    /// A link can have a `title*` for each of several languages; [`attributes`](Self::attributes)
    /// gives all of them, with their languages.
    #[must_use]
    pub fn title(self) -> Option<&'s str> {
        let translated = self.attributes().find(|one| one.is("title*") && one.is_extended());
        translated.or_else(|| self.attribute("title")).and_then(LinksetAttribute::value)
    }

    /// The languages of the target.
    pub fn hreflang(self) -> impl Iterator<Item = &'s str> + Clone {
        let languages = self.attributes().filter(|attribute| attribute.is("hreflang"));
        languages.filter_map(LinksetAttribute::value)
    }

    /// The media queries that the target is meant for.
    #[must_use]
    pub fn media(self) -> Option<&'s str> {
        self.attribute("media").and_then(LinksetAttribute::value)
    }

    /// The media type that the target probably has.
    #[must_use]
    pub fn type_(self) -> Option<&'s str> {
        self.attribute("type").and_then(LinksetAttribute::value)
    }
}

impl PartialEq for LinksetTarget<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.anchor() == other.anchor()
            && self.relation().as_str() == other.relation().as_str()
            && self.href() == other.href()
            && self.attributes().eq(other.attributes())
    }
}

impl Eq for LinksetTarget<'_> {}

impl fmt::Debug for LinksetTarget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes: Vec<_> = self.attributes().collect();
        f.debug_struct("LinksetTarget")
            .field("anchor", &self.anchor())
            .field("relation", &self.relation())
            .field("href", &self.href())
            .field("attributes", &attributes)
            .finish()
    }
}

/// One value of an attribute of a [`LinksetTarget`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinksetAttribute<'s>(&'s Attribute<'s>);

impl<'s> LinksetAttribute<'s> {
    /// The name as it is spelled. Case does not matter.
    #[must_use]
    pub fn name(self) -> &'s str {
        &self.0.name
    }

    /// Whether the attribute has this name. Case does not matter.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.0.name.eq_ignore_ascii_case(name)
    }

    /// The value as text. There is none if the attribute came from a parameter without `=`, or if its
    /// JSON value is neither a string nor an object of value and language.
    ///
    /// If the name ends in `*`, this is the decoded value, unless it could not be decoded. It can
    /// contain any character, even line breaks, so check it before you use it in a header field.
    #[must_use]
    pub fn value(self) -> Option<&'s str> {
        match &self.0.value {
            Value::Text(text) => Some(text),
            Value::Extended(value) => Some(&value.text),
            Value::Absent | Value::Json(_) => None,
        }
    }

    /// The language of the value, if the name ends in `*` and the value has a language.
    #[must_use]
    pub fn language(self) -> Option<&'s str> {
        match &self.0.value {
            Value::Extended(value) => value.language.as_deref(),
            Value::Absent | Value::Text(_) | Value::Json(_) => None,
        }
    }

    /// The text of the JSON value, if RFC 9264 does not define such a value.
    #[must_use]
    pub fn json(self) -> Option<&'s str> {
        match &self.0.value {
            Value::Json(json) => Some(json),
            Value::Absent | Value::Text(_) | Value::Extended(_) => None,
        }
    }

    pub(super) fn as_value(self) -> &'s Value<'s> {
        &self.0.value
    }

    fn is_extended(self) -> bool {
        matches!(self.0.value, Value::Extended(_))
    }
}

impl fmt::Debug for LinksetAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match &self.0.value {
            Value::Absent => Ok(()),
            Value::Text(text) => write!(f, "={text:?}"),
            Value::Extended(value) => write!(f, "={:?} in {:?}", value.text, value.language),
            Value::Json(json) => write!(f, "={json}"),
        }
    }
}
