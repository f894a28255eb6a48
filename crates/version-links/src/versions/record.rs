//! Links as records, whatever they were read from.

use crate::ext_value::ExtValue;
use crate::link_field::{Link, Parameter, Relations};
use crate::relation::Relation;
use std::borrow::Cow;

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
    pub(crate) context: Option<Cow<'a, str>>,
    pub(crate) relation: Relation<'a>,
    pub(crate) target: Cow<'a, str>,
    pub(crate) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Record<'a> {
    /// A link from the document to a target, which is a URI reference.
    pub fn new(relation: Relation<'a>, target: impl Into<Cow<'a, str>>) -> Self {
        Self { context: None, relation, target: target.into(), attributes: Vec::new() }
    }

    /// Sets another context than the document: a URI reference, as in an anchor.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Cow<'a, str>>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Adds an attribute, such as `title`, `type` or `datetime`.
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

    /// The target as it is spelled.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The records of a link: one for each of its relation types, in order.
    ///
    /// A link without relation types gives no record. The attributes are the link's other
    /// parameters (not `rel` and `anchor`), without quotes and escapes. `title` comes first, as
    /// [`Link::title`] gives it. Other parameters whose name ends in `*` are decoded, without their
    /// language; those that cannot be decoded are left out.
    ///
    /// The link's parameters are read once, however many relation types it has.
    pub fn of(link: Link<'a>) -> impl Iterator<Item = Record<'a>> + Clone {
        let Read { rel, context, attributes } = Read::of(link);
        rel.map(move |relation| Record {
            context: context.clone(),
            relation,
            target: Cow::Borrowed(link.target()),
            attributes: attributes.clone(),
        })
    }
}

/// What one walk over a link's parameters finds for all of its records.
struct Read<'a> {
    rel: Relations<'a>,
    context: Option<Cow<'a, str>>,
    attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Read<'a> {
    fn of(link: Link<'a>) -> Self {
        let (mut rel, mut anchor, mut title, mut title_star) = (None, None, None, None);
        let mut attributes = Vec::new();
        for parameter in link.parameters() {
            let name = parameter.name();
            // The first of each counts, as it does for the accessors of the link.
            let first = match () {
                () if parameter.is("rel") => &mut rel,
                () if parameter.is("anchor") => &mut anchor,
                () if parameter.is("title") => &mut title,
                () if parameter.is("title*") => &mut title_star,
                () => {
                    let value = match name.ends_with('*') {
                        true => parameter.ext_value().map(ExtValue::into_text),
                        false => Some(parameter.value().unwrap_or_default()),
                    };
                    attributes.extend(value.map(|value| (Cow::Borrowed(name), value)));
                    continue;
                }
            };
            first.get_or_insert(parameter);
        }
        let decoded = title_star.and_then(Parameter::ext_value).map(ExtValue::into_text);
        let title = decoded.or_else(|| title.and_then(Parameter::value));
        if let Some(title) = title {
            attributes.insert(0, (Cow::Borrowed("title"), title));
        }
        Self {
            rel: rel.map_or_else(Relations::default, Parameter::relations),
            context: anchor.map(|anchor| anchor.value().unwrap_or_default()),
            attributes,
        }
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
        assert!(records.iter().all(|record| record.context.as_deref() == Some("/g")));
    }

    /// The one walk finds what the accessors of the link find.
    #[test]
    fn the_first_of_each_parameter_counts_in_a_record_as_in_its_link() {
        for value in [
            "<a>",
            "<a>; rel",
            "<a>; rel=b; rel=c; anchor; anchor=d; title; title=e",
            "<a>; REL=\"b c\"; Anchor=\"\\/d\"; Title=\"e\\f\"; x*=UTF-8''%41; y*=broken; z",
            "<a>; rel=b; title=c; title*=UTF-8''%e4; title*=UTF-8''d",
            "<a>; rel=b; title*=broken; title=c; title=d; title*=UTF-8'de'e",
            "<a>; rel=b; title*=UTF-8'de'c; hreflang=de; hreflang=en",
        ] {
            let link = link(value);
            let records: Vec<_> = Record::of(link).collect();
            let relations: Vec<_> = records.iter().map(|record| record.relation.clone()).collect();
            assert_eq!(relations, link.rel().collect::<Vec<_>>(), "{value}");
            for record in &records {
                assert_eq!(record.context, link.anchor(), "{value}");
                let of_name = |name| record.attributes.iter().filter(move |(key, _)| *key == name);
                let titles: Vec<_> = of_name("title").map(|(_, title)| title.clone()).collect();
                assert_eq!(titles, Vec::from_iter(link.title()), "{value}");
                let languages = of_name("hreflang").map(|(_, language)| language.clone());
                assert!(languages.eq(link.hreflang()), "{value}");
            }
        }
    }
}
