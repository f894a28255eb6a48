//! Links as records, whatever they were read from.

use crate::link_field::{Link, Parameter, Relations};
use crate::relation::Relation;
use crate::versions::attribute::{self, Attribute, AttributeValue};
use std::borrow::Cow;
use std::sync::Arc;

/// A link as a record: its context, relation type, target and attributes.
///
/// A record can be made from a Link field, an Atom link, a linkset, JSON or HTML. The following
/// reads HAL, where the keys of the object `_links` are relation types:
///
/// ```
/// use version_links::{Record, Relation, VersionLinks};
///
/// struct Hal { href: String, title: Option<String> }
/// # let links = std::collections::BTreeMap::from([
/// #     ("predecessor-version".to_owned(), vec![Hal { href: "/v/1".into(), title: Some("One".into()) }]),
/// # ]);
///
/// let records = links.iter().flat_map(|(rel, objects)| objects.iter().map(move |object| {
///     let record = Record::new(Relation::new(rel), &object.href);
///     object.title.iter().fold(record, |record, title| record.with_attribute("title", title))
/// }));
/// let versions = VersionLinks::about("http://example.net/v/2").records(records);
/// assert_eq!(versions.predecessor_versions().count(), 1);
/// ```
///
/// This reads a `links` array, as in STAC and OGC APIs:
///
/// ```
/// use version_links::{Record, Relation, VersionLinks};
///
/// struct Object { rel: String, href: String, r#type: Option<String> }
/// # let links = [Object { rel: "latest-version".into(), href: "../9".into(), r#type: Some("application/json".into()) }];
///
/// let records = links.iter().map(|object| {
///     let record = Record::new(Relation::new(&object.rel), &object.href);
///     object.r#type.iter().fold(record, |record, media| record.with_attribute("type", media))
/// });
/// let versions = VersionLinks::about("http://example.net/items/7/8").records(records);
/// assert_eq!(versions.latest_version().unwrap().uri(), "http://example.net/items/9");
/// ```
///
/// This reads an Atom link. Without a `rel` attribute, its relation type is `alternate`:
///
/// ```
/// use version_links::{Record, Relation};
///
/// # let (rel, href, title) = (Some("http://www.iana.org/assignments/relation/latest-version"), "/v/2", "Two");
/// let record = Record::new(Relation::from_atom(rel.unwrap_or("alternate")), href)
///     .with_attribute("title", title);
/// assert_eq!(*record.relation(), Relation::LATEST_VERSION);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    pub(crate) relation: Relation<'a>,
    pub(crate) source: Arc<Source<'a>>,
}

/// What the records of one link have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    pub(crate) context: Option<Cow<'a, str>>,
    pub(crate) target: Cow<'a, str>,
    pub(crate) attributes: Vec<Attribute<'a>>,
}

impl<'a> Record<'a> {
    /// A link from the document to a target, which is a URI reference.
    pub fn new(relation: Relation<'a>, target: impl Into<Cow<'a, str>>) -> Self {
        let source = Source { context: None, target: target.into(), attributes: Vec::new() };
        Self { relation, source: Arc::new(source) }
    }

    /// Sets another context than the document: a URI reference, as in an anchor.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Cow<'a, str>>) -> Self {
        Arc::make_mut(&mut self.source).context = Some(context.into());
        self
    }

    /// Adds an attribute, such as `title`, `type` or `datetime`.
    #[must_use]
    pub fn with_attribute(
        self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        self.with(name.into(), AttributeValue::Text(value.into()))
    }

    /// Adds an attribute whose text has a language, such as `title*`. The text is not encoded.
    #[must_use]
    pub fn with_attribute_in(
        self,
        language: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
        text: impl Into<Cow<'a, str>>,
    ) -> Self {
        let value = AttributeValue::Encoded { language: language.into(), text: text.into() };
        self.with(name.into(), value)
    }

    /// Adds an attribute that has no value, such as `crossorigin`.
    #[must_use]
    pub fn with_flag(self, name: impl Into<Cow<'a, str>>) -> Self {
        self.with(name.into(), AttributeValue::Absent)
    }

    fn with(mut self, name: Cow<'a, str>, value: AttributeValue<'a>) -> Self {
        Arc::make_mut(&mut self.source).attributes.push(Attribute { name, value });
        self
    }

    /// The relation type.
    #[must_use]
    pub fn relation(&self) -> &Relation<'a> {
        &self.relation
    }

    /// The target as it is spelled.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.source.target
    }

    /// The context as it is spelled, if it is not the document.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        self.source.context.as_deref()
    }

    /// All attributes, in order. An attribute without a value has the value `""`.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.source.attributes.iter().map(|one| (&*one.name, one.text()))
    }

    /// The name, the text unless there is no value, and the language of each attribute, in order.
    pub(crate) fn attribute_parts(
        &self,
    ) -> impl Iterator<Item = (&str, Option<&str>, Option<&str>)> {
        self.source.attributes.iter().map(|one| {
            let text = (one.value != AttributeValue::Absent).then(|| one.text());
            (&*one.name, text, one.language())
        })
    }

    /// The first attribute with this name; for `title`, the first `title*` is preferred.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute::first(&self.source.attributes, name).map(Attribute::text)
    }

    /// The records of a link: one for each of its relation types, in order.
    ///
    /// A link without relation types gives no record. The attributes are the link's other
    /// parameters (not `rel` and `anchor`), in order and repeated ones included, without quotes and
    /// escapes. Those whose name ends in `*` are decoded; those that cannot be decoded are left out,
    /// and the reader of the link has reported them.
    ///
    /// The link's parameters are read once, however many relation types it has, and its records
    /// share what they have in common.
    pub fn of(link: Link<'a>) -> impl Iterator<Item = Record<'a>> + Clone {
        let (relations, source) = Source::of(link);
        let source = Arc::new(source);
        relations.map(move |relation| Record { relation, source: Arc::clone(&source) })
    }
}

impl<'a> Source<'a> {
    /// What one walk over a link's parameters finds for all of its records, and their relation types.
    /// The first `rel` and the first `anchor` count, as they do for the accessors of the link.
    pub(crate) fn of(link: Link<'a>) -> (Relations<'a>, Self) {
        let (mut rel, mut anchor) = (None, None);
        let mut attributes = Vec::new();
        for parameter in link.parameters() {
            let first = match () {
                () if parameter.is("rel") => &mut rel,
                () if parameter.is("anchor") => &mut anchor,
                () => {
                    attributes.extend(Attribute::of(parameter));
                    continue;
                }
            };
            first.get_or_insert(parameter);
        }
        let source = Self {
            context: anchor.map(|anchor| anchor.value().unwrap_or_default()),
            target: Cow::Borrowed(link.target()),
            attributes,
        };
        (rel.map_or_else(Relations::default, Parameter::relations), source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link_field::{links, parameters_read};

    fn link(value: &str) -> Link<'_> {
        links(value.as_bytes()).next().unwrap().unwrap()
    }

    #[test]
    fn the_parameters_of_a_link_are_read_once_for_all_of_its_records() {
        let link = link("<a>; x=y; title=b; rel=\"c d e f\"; anchor=\"/g\"; title*=UTF-8''h");
        let before = parameters_read();
        let records: Vec<_> = Record::of(link).collect();
        assert_eq!(parameters_read() - before, 5);
        assert_eq!(records.len(), 4);
        assert!(records.iter().all(|record| record.context() == Some("/g")));
        assert!(records.iter().all(|record| Arc::ptr_eq(&record.source, &records[0].source)));
    }

    /// The one walk finds what the accessors of the link find.
    #[test]
    fn the_first_of_each_parameter_counts_in_a_record_as_in_its_link() {
        for value in [
            "<a>",
            "<a>; rel",
            "<a>; rel=b; rel=c; anchor; anchor=d; title; title=e",
            "<a>; REL=\"b c\"; Anchor=\"\\/d\"; Title=\"e\\f\"; x*=UTF-8''%41; y*=broken; z",
            "<a>; rel=b; title=c; title*=UTF-8''d; title*=UTF-8''e",
            "<a>; rel=b; title*=broken; title=c; title=d",
            "<a>; rel=b; title*=UTF-8'de'c; hreflang=de; hreflang=en; type=a/b; type=c/d; media=e",
        ] {
            let link = link(value);
            let records: Vec<_> = Record::of(link).collect();
            let relations: Vec<_> = records.iter().map(|record| record.relation.clone()).collect();
            assert_eq!(relations, link.rel().collect::<Vec<_>>(), "{value}");
            for record in &records {
                assert_eq!(record.context(), link.anchor().as_deref(), "{value}");
                assert_eq!(
                    record.attribute("TITLE").unwrap_or(""),
                    link.title().unwrap_or_default()
                );
                assert_eq!(record.attribute("type"), link.type_().as_deref(), "{value}");
                assert_eq!(record.attribute("media"), link.media().as_deref(), "{value}");
                let of_name = |name| record.attributes().filter(move |(key, _)| *key == name);
                let languages = of_name("hreflang").map(|(_, language)| language);
                assert!(languages.eq(link.hreflang()), "{value}");
            }
        }
    }

    #[test]
    fn the_attributes_of_a_record_are_in_order_and_repeated_ones_stay() {
        let link = link("<a>; title=b; x; rel=c; title*=UTF-8'de'd; type=e/f; title=g; y=\"\"");
        let record = Record::of(link).next().unwrap();
        let found: Vec<_> = record.attributes().collect();
        let expected = [
            ("title", "b"),
            ("x", ""),
            ("title*", "d"),
            ("type", "e/f"),
            ("title", "g"),
            ("y", ""),
        ];
        assert_eq!(found, expected);
        let built = Record::new(Relation::new("c"), "a")
            .with_attribute("title", "b")
            .with_flag("x")
            .with_attribute_in("de", "title*", "d")
            .with_attribute("type", "e/f")
            .with_attribute("title", "g")
            .with_attribute("y", "");
        assert_eq!(built, record);
    }
}
