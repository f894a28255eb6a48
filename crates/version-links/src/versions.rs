//! What links say about the versions of one resource.

use crate::error::Error;
use crate::link::{Link, LinkBuf};
use crate::record::Record;
use crate::relation::Relation;
use crate::resolve::{self, Base, authority, normal};
use std::collections::HashSet;
use std::fmt;

/// Which links with an anchor are believed: an anchor says that the link is about another resource
/// than the document it came with (RFC 8288 section 3.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Anchors {
    /// Links whose anchor names the document itself, as in the answer to VERSION-CONTROL. The
    /// default.
    #[default]
    SameDocument,
    /// Links whose anchor names the context that is asked about, whichever that is: the document's
    /// server may then say anything about it.
    Honour,
    /// None.
    Discard,
}

/// What links say about the versions of one resource, the context (RFC 5829).
///
/// For what the relations are in WebDAV and JCR see [`Correspondence`](crate::Correspondence).
///
/// ```
/// use version_links::{VersionLinks, links};
///
/// let answer = links(b"</system/v/84345634/1>; rel=latest-version; anchor=</docs/test.txt>, \
///                      </system/vh/84345634>; rel=version-history; anchor=</docs/test.txt>");
/// let versions = VersionLinks::about("http://example.net/docs/test.txt").links(answer.flatten());
/// let latest = versions.latest_version().unwrap();
/// assert_eq!(latest.uri(), "http://example.net/system/v/84345634/1");
/// assert!(!latest.crosses_authority());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLinks {
    context: String,
    links: Vec<VersionLink>,
    findings: Vec<Finding>,
}

/// A link of the context's, its target resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLink {
    relation: Relation<'static>,
    reference: String,
    uri: String,
    attributes: Vec<(String, String)>,
    crosses_authority: bool,
    is_api_successor: bool,
}

/// Something odd about the links.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A target is no URI reference, or relative where the document's URI is not absolute: the link
    /// is left out.
    Unresolved(String),
    /// A relation type was called by a name that the draft has given up: it is taken for the new
    /// one.
    Renamed(Relation<'static>),
    /// There are several latest versions: the first counts.
    SeveralLatest,
    /// The context is its own predecessor or successor.
    Itself(Relation<'static>),
    /// This URI is both a predecessor and a successor.
    BeforeAndAfter(String),
    /// The latest version, at this URI, is a predecessor.
    LatestBefore(String),
}

/// Collects the links of one context: see [`VersionLinks::about`].
#[derive(Debug, Clone)]
#[must_use]
pub struct About {
    document: String,
    context: Option<String>,
    anchors: Anchors,
    is_deprecated: bool,
}

impl VersionLinks {
    /// Asks what links say about a document that was found at this URI, after redirects. Relative
    /// references are resolved against it.
    pub fn about(document: impl Into<String>) -> About {
        About {
            document: document.into(),
            context: None,
            anchors: Anchors::default(),
            is_deprecated: false,
        }
    }

    /// The resource that the links are about.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// All links of the context's, in order, those of other relation types included.
    pub fn iter(&self) -> std::slice::Iter<'_, VersionLink> {
        self.links.iter()
    }

    /// The links of a relation type, in order.
    pub fn of<'s>(&'s self, relation: Relation<'s>) -> impl Iterator<Item = &'s VersionLink> {
        self.links.iter().filter(move |link| link.relation == relation)
    }

    /// What was odd.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The resource that holds the history of versions.
    #[must_use]
    pub fn version_history(&self) -> Option<&VersionLink> {
        self.of(Relation::VERSION_HISTORY).next()
    }

    /// The latest version in the history.
    #[must_use]
    pub fn latest_version(&self) -> Option<&VersionLink> {
        self.of(Relation::LATEST_VERSION).next()
    }

    /// The working copies of the context.
    pub fn working_copies(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::WORKING_COPY)
    }

    /// What the context, a working copy, was taken from.
    #[must_use]
    pub fn working_copy_of(&self) -> Option<&VersionLink> {
        self.of(Relation::WORKING_COPY_OF).next()
    }

    /// The versions before the context: several after a merge.
    pub fn predecessor_versions(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::PREDECESSOR_VERSION)
    }

    /// The versions after the context: several after a branch. Those of a deprecated API are left
    /// out: see [`VersionLink::is_api_successor`].
    pub fn successor_versions(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::SUCCESSOR_VERSION).filter(|link| !link.is_api_successor)
    }

    /// The resource that the context is a memento of (RFC 7089).
    #[must_use]
    pub fn original(&self) -> Option<&VersionLink> {
        self.of(Relation::ORIGINAL).next()
    }

    /// The resource that leads to the memento of a time (RFC 7089).
    #[must_use]
    pub fn timegate(&self) -> Option<&VersionLink> {
        self.of(Relation::TIMEGATE).next()
    }

    /// The list of the original resource's mementos (RFC 7089).
    #[must_use]
    pub fn timemap(&self) -> Option<&VersionLink> {
        self.of(Relation::TIMEMAP).next()
    }

    /// The mementos, each with its attribute `datetime` (RFC 7089).
    pub fn mementos(&self) -> impl Iterator<Item = &VersionLink> {
        self.of(Relation::MEMENTO)
    }

    /// The links as Link fields have them, to be sent with the context itself.
    ///
    /// Targets stay as they stood where they name the same from the context, and are URIs
    /// otherwise, those of IRIs included; registered relation types are in lower case.
    ///
    /// # Errors
    /// The rule by which a strict reader would refuse one.
    pub fn to_links(&self) -> Result<Vec<LinkBuf>, Error> {
        let base = Base::new(&self.context);
        self.links.iter().map(|link| link.to_link(&base)).collect()
    }
}

impl VersionLink {
    /// The relation type.
    #[must_use]
    pub fn relation(&self) -> &Relation<'static> {
        &self.relation
    }

    /// The target, resolved.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The target as it stood.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The first attribute of a name, in any case, such as `title`, `type` or `datetime`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// All attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether the target's authority is another than the context's: agents should take care then
    /// (RFC 5829 section 5).
    #[must_use]
    pub fn crosses_authority(&self) -> bool {
        self.crosses_authority
    }

    /// Whether this is a successor version beside a notice of deprecation (RFC 9745) or of the
    /// resource's end (RFC 8594): it leads to another version of an API, or to a page about it, and
    /// to no later version of the document.
    #[must_use]
    pub fn is_api_successor(&self) -> bool {
        self.is_api_successor
    }

    fn to_link(&self, base: &Base) -> Result<LinkBuf, Error> {
        let same = base.resolve(&self.reference).is_some_and(|uri| uri == self.uri);
        let target = if same { &self.reference } else { &self.uri };
        let relation = match self.relation.is_extension() {
            true => self.relation.as_str().to_owned(),
            false => self.relation.as_str().to_ascii_lowercase(),
        };
        let builder = LinkBuf::builder(resolve::to_uri(target)).rel(relation);
        self.attributes()
            .fold(builder, |builder, (name, value)| builder.parameter(name, value))
            .build()
    }
}

impl About {
    /// Asks about another resource than the document: with [`Anchors::Honour`], links whose anchor
    /// names it count.
    pub fn context(mut self, uri: impl Into<String>) -> Self {
        self.context = Some(uri.into());
        self
    }

    /// Sets which links with an anchor are believed.
    pub fn anchors(mut self, anchors: Anchors) -> Self {
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
        self.links(crate::links_in(headers).flatten())
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
    anchors: Anchors,
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
            Anchors::Discard => false,
            Anchors::Honour => names_context(),
            Anchors::SameDocument => self.is_document && names_context(),
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

    fn contradictions(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let context = normal(&self.context);
        let latest: HashSet<_> =
            self.of(Relation::LATEST_VERSION).map(|link| normal(&link.uri)).collect();
        if latest.len() > 1 {
            found.push(Finding::SeveralLatest);
        }
        let before: HashSet<_> =
            self.predecessor_versions().map(|link| normal(&link.uri)).collect();
        let after = || self.successor_versions().map(|link| (normal(&link.uri), &link.uri));
        if before.contains(&context) {
            found.push(Finding::Itself(Relation::PREDECESSOR_VERSION));
        }
        if after().any(|(uri, _)| uri == context) {
            found.push(Finding::Itself(Relation::SUCCESSOR_VERSION));
        }
        let both = after().filter(|(uri, _)| before.contains(uri));
        found.extend(both.map(|(_, uri)| Finding::BeforeAndAfter(uri.clone())));
        let latest = self.latest_version().filter(|latest| before.contains(&normal(&latest.uri)));
        found.extend(latest.map(|latest| Finding::LatestBefore(latest.uri.clone())));
        found
    }
}

impl<'a> IntoIterator for &'a VersionLinks {
    type Item = &'a VersionLink;
    type IntoIter = std::slice::Iter<'a, VersionLink>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for VersionLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.relation, self.uri)
    }
}
