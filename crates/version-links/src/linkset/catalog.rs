//! Catalogs of APIs (RFC 9727).

use crate::linkset::context::LinksetContext;
use crate::linkset::model::Linkset;
use crate::linkset::target::LinksetTarget;
use crate::reference::normal;
use crate::relation::Relation;
use std::collections::{HashMap, HashSet};

/// The APIs that a linkset lists, usually that of `/.well-known/api-catalog` (RFC 9727).
///
/// APIs, and what is said of them, are found by relation type and anchor, wherever they stand in the
/// document. URIs are compared in normal form (RFC 3986 section 6.2.2).
///
/// ```
/// use version_links::{ApiCatalog, Linkset, Relation};
///
/// let linkset = Linkset::from_text(
///     b"<https://api.example/foo>; rel=item,
///       <https://api.example/foo/spec>; rel=service-desc; anchor=\"https://api.example/foo\"")?;
/// let catalog = ApiCatalog::new(linkset, "https://example.org/.well-known/api-catalog");
/// assert_eq!(catalog.apis(), ["https://api.example/foo"]);
/// let mut described = catalog.of("https://api.example/foo", Relation::SERVICE_DESC);
/// assert_eq!(described.next().map(|link| link.href()), Some("https://api.example/foo/spec"));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ApiCatalog<'a> {
    linkset: Linkset<'a>,
    uri: String,
    /// The indexes of the contexts with an anchor, which is in normal form.
    contexts: HashMap<String, Vec<usize>>,
}

/// What is said of an API (RFC 8631).
const DESCRIPTIONS: [Relation<'static>; 4] =
    [Relation::SERVICE_DESC, Relation::SERVICE_DOC, Relation::SERVICE_META, Relation::STATUS];

impl<'a> ApiCatalog<'a> {
    /// The catalog that is at this URI. Relative references are resolved against it.
    #[must_use]
    pub fn new(linkset: Linkset<'a>, uri: &str) -> Self {
        let linkset = linkset.resolve(uri);
        let mut contexts: HashMap<_, Vec<_>> = HashMap::new();
        for (index, context) in linkset.contexts().enumerate() {
            contexts
                .entry(normal(context.anchor().unwrap_or(uri)).into_owned())
                .or_default()
                .push(index);
        }
        Self { linkset, uri: normal(uri).into_owned(), contexts }
    }

    /// The linkset, with absolute references.
    #[must_use]
    pub fn linkset(&self) -> &Linkset<'a> {
        &self.linkset
    }

    /// The URIs of the APIs, each once, in order: the targets of the catalog's `item` links, and the
    /// anchors that have a `service-desc`, `service-doc`, `service-meta` or `status`.
    #[must_use]
    pub fn apis(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let mut apis = Vec::new();
        let mut add = |uri| {
            if seen.insert(normal(uri)) {
                apis.push(uri);
            }
        };
        for context in self.linkset.contexts() {
            let Some(anchor) = context.anchor() else { continue };
            let is_catalog = normal(anchor) == self.uri;
            for link in context.links().flatten() {
                let relation = link.relation();
                if is_catalog && relation == Relation::ITEM {
                    add(link.href());
                } else if DESCRIPTIONS.contains(&relation) {
                    add(anchor);
                }
            }
        }
        apis
    }

    /// What a relation type leads to from an API, in order.
    pub fn of<'s>(
        &'s self,
        api: &str,
        relation: Relation<'s>,
    ) -> impl Iterator<Item = LinksetTarget<'s>> {
        let indexes = self.contexts.get(&*normal(api)).map_or(&[][..], Vec::as_slice);
        let contexts = indexes.iter().filter_map(|&index| self.linkset.contexts.get(index));
        contexts
            .map(|context| LinksetContext::new(&self.linkset, context))
            .flat_map(LinksetContext::links)
            .flatten()
            .filter(move |link| link.relation() == relation)
    }

    /// The URIs of further catalogs that this one leads to, in order.
    pub fn catalogs(&self) -> impl Iterator<Item = &str> {
        self.of(&self.uri, Relation::API_CATALOG).map(LinksetTarget::href)
    }
}
