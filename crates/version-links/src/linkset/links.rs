//! Links of Link fields as links of a linkset.

use crate::error::Error;
use crate::link_field::{Link, Parameter};
use crate::linkset::model::{Attribute, Extended, Item, Linkset, Target, Value};
use crate::rule::Rule;
use std::borrow::Cow;

impl<'a> Linkset<'a> {
    /// Makes a linkset of links, such as those of Link fields.
    ///
    /// All that a link says is kept. A link with several relation types becomes several links. A
    /// second `rel` or `anchor` and a `rev` are kept as attributes; a writer of JSON refuses them, and
    /// a parameter without value, because JSON has no place for them.
    ///
    /// A link without `rel`, or with an empty one, is an error in its place: [`Rule::RelMissing`].
    ///
    /// ```
    /// use version_links::{Linkset, links};
    ///
    /// let linkset = Linkset::from_links(links(b"</2>; rel=\"next last\"; title=Two").flatten());
    /// assert_eq!(linkset.links().flatten().count(), 2);
    /// ```
    #[must_use]
    pub fn from_links(links: impl IntoIterator<Item = Link<'a>>) -> Self {
        let mut linkset = Self::default();
        for link in links {
            linkset.add(link, |text| text);
        }
        linkset.finish();
        linkset
    }

    /// Adds a link, with each text converted by `text`.
    pub(super) fn add<'l>(&mut self, link: Link<'l>, text: impl Fn(Cow<'l, str>) -> Cow<'a, str>) {
        let (anchor, href) = (link.anchor().map(&text), text(Cow::Borrowed(link.target())));
        self.add_as(link, Resolved { anchor, href, relation: None }, text);
    }

    /// Adds a link with this anchor and target: to the last context if it has the same anchor,
    /// otherwise to a new one.
    pub(super) fn add_as<'l>(
        &mut self,
        link: Link<'l>,
        resolved: Resolved<'a>,
        text: impl Fn(Cow<'l, str>) -> Cow<'a, str>,
    ) {
        let Resolved { anchor: context, href, relation: default } = resolved;
        let (mut rel, mut anchor) = (None, None);
        let attributes = self.attributes.len();
        for parameter in link.parameters() {
            let first = match () {
                () if parameter.is("rel") && rel.is_none() => &mut rel,
                () if parameter.is("anchor") && anchor.is_none() => &mut anchor,
                () => {
                    let name = text(Cow::Borrowed(parameter.name()));
                    self.attributes.push(Attribute { name, value: value(parameter, &text) });
                    continue;
                }
            };
            *first = Some(parameter);
        }
        if self.contexts.last().is_none_or(|last| last.anchor != context) {
            self.finish();
            self.begin(context);
        }
        let attributes = attributes..self.attributes.len();
        let before = self.items.len();
        let relations = rel.into_iter().flat_map(Parameter::relations);
        let relations = relations.map(|relation| text(relation.into_text()));
        let default = default.filter(|_| rel.is_none()).map(Cow::Borrowed);
        for relation in relations.chain(default) {
            let relation = self.relation(relation);
            let (href, attributes) = (href.clone(), attributes.clone());
            self.items.push(Item::Target(Target { relation, href, attributes }));
        }
        if self.items.len() == before {
            self.attributes.truncate(attributes.start);
            let found = link.target().as_bytes();
            self.items.push(Item::Refused(Error::violation(Rule::RelMissing, 0, 0, found)));
        }
    }

    /// The index of a relation type of the last context. It is not added if it was the last one.
    pub(super) fn relation(&mut self, name: Cow<'a, str>) -> usize {
        let start = self.contexts.last().map_or(0, |context| context.relations.start);
        let last = self.relations.get(start..).and_then(<[_]>::last);
        if last != Some(&name) {
            self.relations.push(name);
        }
        self.relations.len().saturating_sub(1)
    }
}

/// What a link leads from and to, in a linkset.
pub(super) struct Resolved<'a> {
    pub(super) anchor: Option<Cow<'a, str>>,
    pub(super) href: Cow<'a, str>,
    /// The relation type of a link without `rel`.
    pub(super) relation: Option<&'static str>,
}

fn value<'l, 'a>(
    parameter: Parameter<'l>,
    text: &impl Fn(Cow<'l, str>) -> Cow<'a, str>,
) -> Value<'a> {
    match (parameter.ext_value(), parameter.value()) {
        (Some(value), _) => {
            let language = value.language().map(|language| text(Cow::Borrowed(language)));
            Value::Extended(Box::new(Extended { text: text(value.into_text()), language }))
        }
        (None, Some(value)) => Value::Text(text(value)),
        (None, None) => Value::Absent,
    }
}
