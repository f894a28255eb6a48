//! Collects what links and records say about one resource.

use crate::link_field::Link;
#[cfg(feature = "http")]
use crate::link_field::links_in_headers;
use crate::reference::{Base, authority, normal};
use crate::relation::Relation;
use crate::versions::anchor_policy::AnchorPolicy;
use crate::versions::finding::Finding;
use crate::versions::record::Record;
use crate::versions::version_link::VersionLink;
use crate::versions::version_links::VersionLinks;

/// Collects the links of one resource; [`VersionLinks::about`] makes it.
#[derive(Debug, Clone)]
#[must_use]
pub struct VersionLinksBuilder {
    document: String,
    context: Option<String>,
    anchors: AnchorPolicy,
    is_deprecated: bool,
}

impl VersionLinks {
    /// Asks what links say about the document at this URI.
    ///
    /// The URI is the one that the document was found at, after redirects. Relative references are
    /// resolved against it.
    pub fn about(document: impl Into<String>) -> VersionLinksBuilder {
        VersionLinksBuilder {
            document: document.into(),
            context: None,
            anchors: AnchorPolicy::default(),
            is_deprecated: false,
        }
    }
}

impl VersionLinksBuilder {
    /// Asks about another resource than the document: the context.
    ///
    /// Links count only under [`AnchorPolicy::Honour`], and only if their anchor names the context.
    /// Under the other policies the result is empty, unless the context is the document itself.
    pub fn context(mut self, uri: impl Into<String>) -> Self {
        self.context = Some(uri.into());
        self
    }

    /// Sets which links count, depending on their anchor. The default is
    /// [`AnchorPolicy::SameDocument`].
    pub fn anchors(mut self, anchors: AnchorPolicy) -> Self {
        self.anchors = anchors;
        self
    }

    /// Says that the message has a Deprecation or Sunset field. Its successor versions are then
    /// those of an API: see [`VersionLink::is_api_successor`]. A link that counts and has the
    /// relation type `deprecation` or `sunset` has the same effect without this call.
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }

    /// Collects from links. The caller decides whether to skip links that cannot be read, or to
    /// refuse the message.
    #[must_use]
    pub fn links<'a>(self, links: impl IntoIterator<Item = Link<'a>>) -> VersionLinks {
        self.records(links.into_iter().flat_map(Record::of))
    }

    /// Collects from the Link fields of a message. A Deprecation or Sunset field has the effect of
    /// [`deprecated`](Self::deprecated).
    ///
    /// The default [`Reader`](crate::Reader) reads the fields. This method skips links that cannot
    /// be read, and everything after an exceeded limit, and reports neither. To see the errors,
    /// call [`links_in_headers`](crate::links_in_headers) and pass its links to
    /// [`links`](Self::links), and call [`deprecated`](Self::deprecated) if the message has such a
    /// field.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn headers(mut self, headers: &http::HeaderMap) -> VersionLinks {
        self.is_deprecated |= headers.contains_key("deprecation") || headers.contains_key("sunset");
        self.links(links_in_headers(headers).flatten())
    }

    /// Collects from records, whatever they were made from.
    #[must_use]
    pub fn records<'a>(self, records: impl IntoIterator<Item = Record<'a>>) -> VersionLinks {
        let base = Base::new(&self.document);
        let document = base.resolve("").unwrap_or(self.document);
        let context = self
            .context
            .map_or_else(|| document.clone(), |context| base.resolve(&context).unwrap_or(context));
        let filter = Filter {
            anchors: self.anchors,
            is_document: normal(&context) == normal(&document),
            context: normal(&context),
        };
        let mut versions = VersionLinks { context, links: Vec::new(), findings: Vec::new() };
        for record in records {
            if filter.counts(&record, &base) {
                versions.add(record, &base);
            }
        }
        versions.finish(self.is_deprecated);
        versions
    }
}

/// Which records count.
struct Filter {
    anchors: AnchorPolicy,
    /// Whether the context is the document.
    is_document: bool,
    /// In normal form.
    context: String,
}

impl Filter {
    /// Whether a record counts, as the table of [`AnchorPolicy`] says.
    fn counts(&self, record: &Record<'_>, base: &Base) -> bool {
        let Some(anchor) = &record.context else { return self.is_document };
        let names_context =
            || base.resolve(anchor).is_some_and(|anchor| normal(&anchor) == self.context);
        match self.anchors {
            AnchorPolicy::Discard => false,
            AnchorPolicy::Honour => names_context(),
            AnchorPolicy::SameDocument => self.is_document && names_context(),
        }
    }
}

impl VersionLinks {
    fn add(&mut self, record: Record<'_>, base: &Base) {
        let Some(uri) = base.resolve(&record.target) else {
            return self.findings.push(Finding::Unresolved(record.target.into_owned()));
        };
        let relation = match record.relation.renamed() {
            Some(renamed) => {
                self.findings.push(Finding::Renamed(record.relation.into_owned()));
                renamed
            }
            None => record.relation.into_owned(),
        };
        let crosses_authority = authority(&uri) != authority(&self.context);
        let attributes = record.attributes.into_iter();
        self.links.push(VersionLink {
            relation,
            reference: record.target.into_owned(),
            uri,
            attributes: attributes
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
            crosses_authority,
            is_api_successor: false,
        });
    }

    fn finish(&mut self, is_deprecated: bool) {
        let notices = [Relation::DEPRECATION, Relation::SUNSET];
        let is_notice = |link: &VersionLink| notices.contains(&link.relation);
        if is_deprecated || self.links.iter().any(is_notice) {
            for link in &mut self.links {
                link.is_api_successor = link.relation == Relation::SUCCESSOR_VERSION;
            }
        }
        let found = self.contradictions();
        self.findings.extend(found);
    }
}
