//! Collects what links and records say about one resource.

use crate::link_field::Link;
use crate::reference::{Base, Crossing, normal};
use crate::relation::Relation;
use crate::reporting::Diagnostics;
use crate::versions::anchor_policy::AnchorPolicy;
use crate::versions::attribute::Attribute;
use crate::versions::finding::Finding;
use crate::versions::record::{Record, Source};
use crate::versions::version_link::{Target, VersionLink};
use crate::versions::version_links::VersionLinks;
use std::sync::Arc;

/// Collects what links and records say about one resource. Anchor and target of a link are resolved
/// once, however many relation types it has.
#[derive(Debug)]
pub(super) struct Collector {
    base: Base,
    anchors: AnchorPolicy,
    /// Whether the context is the document.
    is_document: bool,
    /// In normal form.
    context: String,
    /// How many relation types of a link count.
    relation_types: u64,
    versions: VersionLinks,
}

/// The last source of records, and its target, if it counts.
pub(super) type Last<'a> = Option<(Arc<Source<'a>>, Option<Arc<Target>>)>;

impl Collector {
    pub(super) fn new(
        document: String,
        context: Option<String>,
        anchors: AnchorPolicy,
        relation_types: u64,
    ) -> Self {
        let base = Base::new(&document);
        let document = base.uri().map_or(document, str::to_owned);
        let context = context
            .map_or_else(|| document.clone(), |context| base.resolve(&context).unwrap_or(context));
        let normal_context = normal(&context).into_owned();
        Self {
            anchors,
            is_document: normal_context == normal(&document),
            context: normal_context,
            relation_types,
            versions: VersionLinks {
                context,
                links: Vec::new(),
                findings: Vec::new(),
                diagnostics: Diagnostics::default(),
                others: 0,
            },
            base,
        }
    }

    pub(super) fn find(&mut self, finding: Finding) {
        self.versions.findings.push(finding);
    }

    pub(super) fn link(&mut self, link: Link<'_>) {
        let (relations, source) = Source::of(link);
        let mut relations = relations.peekable();
        if relations.peek().is_none() {
            return;
        }
        let spelled = link.target();
        let Some(target) = self.target(source) else { return };
        let most = usize::try_from(self.relation_types).unwrap_or(usize::MAX);
        for relation in relations.by_ref().take(most) {
            self.relation(relation, &target);
        }
        if relations.peek().is_some() {
            self.find(Finding::TooManyRelationTypes(spelled.to_owned()));
        }
    }

    pub(super) fn record<'a>(&mut self, record: Record<'a>, last: &mut Last<'a>) {
        let Record { relation, source } = record;
        let target = match last {
            Some((of, target)) if Arc::ptr_eq(of, &source) => target.clone(),
            _ => match Arc::try_unwrap(source) {
                Ok(source) => self.target(source),
                Err(shared) => {
                    let target = self.target(Source::clone(&shared));
                    *last = Some((shared, target.clone()));
                    target
                }
            },
        };
        if let Some(target) = target {
            self.relation(relation, &target);
        }
    }

    /// Resolves the target of a source, if the source counts.
    fn target(&mut self, source: Source<'_>) -> Option<Arc<Target>> {
        if !self.counts(source.context.as_deref()) {
            return None;
        }
        let Some(uri) = self.base.resolve(&source.target) else {
            self.find(Finding::Unresolved(source.target.into_owned()));
            return None;
        };
        let crossing = Crossing::between(&self.versions.context, &uri);
        let reference = (uri != *source.target).then(|| source.target.into_owned());
        let attributes = source.attributes.into_iter().map(Attribute::into_owned).collect();
        Some(Arc::new(Target { reference, uri, attributes, crossing }))
    }

    fn relation(&mut self, relation: Relation<'_>, target: &Arc<Target>) {
        let relation = match relation.renamed() {
            Some(renamed) => {
                self.find(Finding::Renamed(relation.into_owned()));
                renamed
            }
            None => Relation::constant(relation.as_str()).unwrap_or_else(|| relation.into_owned()),
        };
        let target = Arc::clone(target);
        self.versions.links.push(VersionLink { relation, target, is_about_api: false });
    }

    /// Whether a link with this context counts, as the table of [`AnchorPolicy`] says.
    fn counts(&mut self, context: Option<&str>) -> bool {
        let counts = match (context, self.anchors) {
            (None, _) => self.is_document,
            (Some(_), AnchorPolicy::Discard) => false,
            (Some(_), AnchorPolicy::SameDocument) if !self.is_document => false,
            (Some(anchor), AnchorPolicy::SameDocument | AnchorPolicy::Honour) => {
                let Some(anchor) = self.base.resolve(anchor) else {
                    self.find(Finding::UnresolvedContext(anchor.to_owned()));
                    return false;
                };
                normal(&anchor) == self.context
            }
        };
        self.versions.others += u64::from(!counts);
        counts
    }

    pub(super) fn finish(self, is_deprecated: bool) -> VersionLinks {
        let mut versions = self.versions;
        let notices = [Relation::DEPRECATION, Relation::SUNSET];
        let is_notice = |link: &VersionLink| notices.contains(&link.relation);
        if is_deprecated || versions.links.iter().any(is_notice) {
            let of_api = [Relation::SUCCESSOR_VERSION, Relation::LATEST_VERSION];
            for link in &mut versions.links {
                link.is_about_api = of_api.contains(&link.relation);
            }
        }
        let found = versions.contradictions();
        versions.findings.extend(found);
        versions
    }
}
