//! From links and records to what they say about one resource.

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

/// Collects the links of one context: see [`VersionLinks::about`].
#[derive(Debug, Clone)]
#[must_use]
pub struct VersionLinksBuilder {
    document: String,
    context: Option<String>,
    anchors: AnchorPolicy,
    is_deprecated: bool,
}

impl VersionLinks {
    /// Asks what links say about a document that was found at this URI, after redirects. Relative
    /// references are resolved against it.
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
    /// Asks about another resource than the document: with [`AnchorPolicy::Honour`], links whose anchor
    /// names it count.
    pub fn context(mut self, uri: impl Into<String>) -> Self {
        self.context = Some(uri.into());
        self
    }

    /// Sets which links with an anchor are believed.
    pub fn anchors(mut self, anchors: AnchorPolicy) -> Self {
        self.anchors = anchors;
        self
    }

    /// Says that the message had a Deprecation or Sunset field, so that its successor versions are
    /// those of an API.
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }

    /// Collects from links; those that cannot be read are for the caller to leave out or refuse.
    #[must_use]
    pub fn links<'a>(self, links: impl IntoIterator<Item = Link<'a>>) -> VersionLinks {
        self.records(links.into_iter().flat_map(Record::of))
    }

    /// Collects from a message's Link fields, leaving out links that cannot be read; a Deprecation
    /// or Sunset field beside them is seen.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn headers(mut self, headers: &http::HeaderMap) -> VersionLinks {
        self.is_deprecated |= headers.contains_key("deprecation") || headers.contains_key("sunset");
        self.links(links_in_headers(headers).flatten())
    }

    /// Collects from records.
    #[must_use]
    pub fn records<'a>(self, records: impl IntoIterator<Item = Record<'a>>) -> VersionLinks {
        let base = Base::new(&self.document);
        let document = base.resolve("").unwrap_or(self.document);
        let context = self
            .context
            .map_or_else(|| document.clone(), |context| base.resolve(&context).unwrap_or(context));
        let believed = Believed {
            anchors: self.anchors,
            is_document: normal(&context) == normal(&document),
            context: normal(&context),
        };
        let mut versions = VersionLinks { context, links: Vec::new(), findings: Vec::new() };
        for record in records {
            if believed.counts(&record, &base) {
                versions.add(record, &base);
            }
        }
        versions.finish(self.is_deprecated);
        versions
    }
}

/// Which records count.
struct Believed {
    anchors: AnchorPolicy,
    /// Whether the context is the document.
    is_document: bool,
    /// In normal form.
    context: String,
}

impl Believed {
    /// Whether a record is about the context, and believed.
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
