//! What is asked of links, and how they are read.

#[cfg(feature = "http")]
use crate::link_field::FieldValues;
use crate::link_field::{Link, LinksInFields};
use crate::reader::Reader;
use crate::versions::anchor_policy::AnchorPolicy;
use crate::versions::collector::Collector;
use crate::versions::finding::Finding;
use crate::versions::record::Record;
use crate::versions::version_links::VersionLinks;

/// Collects the links of one resource; [`VersionLinks::about`] makes it.
#[derive(Debug, Clone)]
#[must_use]
pub struct VersionLinksBuilder {
    document: String,
    context: Option<String>,
    anchors: AnchorPolicy,
    is_deprecated: bool,
    reader: Reader,
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
            reader: Reader::new(),
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

    /// Says that the message has a Deprecation or Sunset field. Its successor and latest versions
    /// are then those of an API: see [`VersionLink::is_about_api`](crate::VersionLink::is_about_api).
    /// A link that counts and has the relation type `deprecation` or `sunset` has the same effect
    /// without this call.
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }

    /// Sets how `headers` and [`fields`](Self::fields) read the fields, and, by
    /// [`Limits::relation_types`](crate::Limits::relation_types), how many relation types of a link
    /// count. The default is [`Reader::new`].
    pub fn reader(mut self, reader: Reader) -> Self {
        self.reader = reader;
        self
    }

    /// Collects from links. The caller decides whether to skip links that cannot be read, or to
    /// refuse the message.
    #[must_use]
    pub fn links<'a>(self, links: impl IntoIterator<Item = Link<'a>>) -> VersionLinks {
        let (is_deprecated, mut collector) = self.start();
        links.into_iter().for_each(|link| collector.link(link));
        collector.finish(is_deprecated)
    }

    /// Collects from the Link fields of a message. A Deprecation or Sunset field has the effect of
    /// [`deprecated`](Self::deprecated).
    ///
    /// A link that cannot be read is left out, and so is everything after an exceeded limit. Each is
    /// a [`Finding::Unread`]. [`VersionLinks::diagnostics`] has the violations that were tolerated.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn headers(mut self, headers: &http::HeaderMap) -> VersionLinks {
        self.is_deprecated |= headers.contains_key("deprecation") || headers.contains_key("sunset");
        self.fields(FieldValues::of(headers))
    }

    /// Collects from the values of the Link fields of a message, as `headers` does.
    /// If the message has a Deprecation or Sunset field, the caller says so by
    /// [`deprecated`](Self::deprecated).
    #[must_use]
    pub fn fields<'a>(self, values: impl IntoIterator<Item = &'a [u8]>) -> VersionLinks {
        let mut read: LinksInFields<'a, _> = self.reader.links_in_fields(values);
        let (is_deprecated, mut collector) = self.start();
        for link in read.by_ref() {
            match link {
                Ok(link) => collector.link(link),
                Err(error) => collector.find(Finding::Unread(error)),
            }
        }
        let mut versions = collector.finish(is_deprecated);
        versions.diagnostics = read.into_diagnostics();
        versions
    }

    /// Collects from records, whatever they were made from.
    #[must_use]
    pub fn records<'a>(self, records: impl IntoIterator<Item = Record<'a>>) -> VersionLinks {
        let (is_deprecated, mut collector) = self.start();
        let mut last = None;
        records.into_iter().for_each(|record| collector.record(record, &mut last));
        collector.finish(is_deprecated)
    }

    fn start(self) -> (bool, Collector) {
        let limit = self.reader.limits.relation_types;
        let collector = Collector::new(self.document, self.context, self.anchors, limit);
        (self.is_deprecated, collector)
    }
}
