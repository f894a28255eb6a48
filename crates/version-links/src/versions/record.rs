//! Links whatever they came from.

use crate::link_field::Link;
use crate::relation::Relation;
use std::borrow::Cow;

/// A link as a record: its context, relation type, target and attributes, whatever it was read
/// from: a Link field, an Atom link, a linkset, JSON, HTML.
///
/// From HAL, whose `_links` is an object: its keys are relation types.
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
/// From a `links` array, as STAC and OGC APIs have it:
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
/// From an Atom link, whose rel is `alternate` where there is none:
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
    pub(crate) context: Option<Cow<'a, str>>,
    pub(crate) relation: Relation<'a>,
    pub(crate) target: Cow<'a, str>,
    pub(crate) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Record<'a> {
    /// A link from the document to a target, a URI reference.
    pub fn new(relation: Relation<'a>, target: impl Into<Cow<'a, str>>) -> Self {
        Self { context: None, relation, target: target.into(), attributes: Vec::new() }
    }

    /// With another context than the document: a URI reference, as an anchor has it.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Cow<'a, str>>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// With one more attribute, such as `title`, `type` or `datetime`.
    #[must_use]
    pub fn with_attribute(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// The relation type.
    #[must_use]
    pub fn relation(&self) -> &Relation<'a> {
        &self.relation
    }

    /// The target as it stands.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The records of a link: one for each of its relation types, in order.
    ///
    /// Its parameters are the attributes, without quotes and escapes. `title` is the one that
    /// counts; those whose name ends in `*` are decoded, their language left out, and those that
    /// cannot be are left out themselves.
    pub fn of(link: Link<'a>) -> impl Iterator<Item = Record<'a>> + Clone {
        let title = link.title().map(|title| (Cow::Borrowed("title"), title));
        let others = link.parameters().filter(|parameter| {
            !["rel", "anchor", "title", "title*"].iter().any(|known| parameter.is(known))
        });
        let others = others.filter_map(|parameter| {
            let value = match parameter.name().strip_suffix('*') {
                Some(_) => parameter.ext_value()?.into_text(),
                None => parameter.value().unwrap_or_default(),
            };
            Some((Cow::Borrowed(parameter.name()), value))
        });
        let attributes: Vec<_> = title.into_iter().chain(others).collect();
        link.rel().map(move |relation| Record {
            context: link.anchor(),
            relation,
            target: Cow::Borrowed(link.target()),
            attributes: attributes.clone(),
        })
    }
}
