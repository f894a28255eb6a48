//! From bundles to OPML.

use crate::client::{Federation, is_web};
use atom_fsm::atom::{Base, Entry, Link, Text};
use atom_fsm::fsm::{Bundle, BundleReference, Member, ServiceEntry};
use atom_fsm::opml::{Folder, Item, Opml};
use atom_fsm::walk::{Target, Visit, VisitReference, VisitState};
use atom_fsm::{Error, Writer};
use std::collections::HashSet;

/// The media type of OPML. None is registered; readers of feeds know this one.
pub const OPML: &str = "text/x-opml";

/// Whether the queries of services are exported. A query may hold secrets of its owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Queries {
    /// Without them: the outline has the URI of the service. This is the default.
    #[default]
    LeftOut,
    /// With them: the outline has the URI that invokes the service. A query with a scheme is not part of
    /// that URI, and is left out.
    Included,
}

/// A folder, and what an OPML document cannot hold of its bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The folder.
    pub folder: Folder,
    /// The titles of members that are neither a service nor a reference, or whose URI does not resolve.
    pub left_out: Vec<String>,
    /// The pages of services that are of another scheme than http and https, or do not resolve. The services
    /// are in the folder, without their pages.
    pub pages: Vec<String>,
}

/// Returns a bundle as an OPML document. `uri` is where the bundle was found: relative references are
/// resolved against it.
///
/// Members that are neither a service nor a reference, or whose URI does not resolve, are not in it:
/// [`folder`] names them.
///
/// # Errors
/// Those of the writer, such as a character in a title that XML does not have.
pub fn document(bundle: &Bundle<'_>, uri: &str, queries: Queries) -> Result<Vec<u8>, Error> {
    Writer::new().to_vec(&Opml::from_folder(&folder(bundle, uri, queries).folder))
}

/// Returns a bundle as a folder. References to other bundles are references.
#[must_use]
pub fn folder(bundle: &Bundle<'_>, uri: &str, queries: Queries) -> Exported {
    let base = Base::new(uri).within(bundle.feed().common());
    let mut exported = Exported { folder: Folder::new(bundle.title()), ..Exported::default() };
    for member in bundle.members() {
        exported.pages.extend(other_page(member, &base));
        match item(member, &base, queries) {
            Some(item) => exported.folder = exported.folder.with_item(item),
            None => exported.left_out.push(title(member)),
        }
    }
    exported
}

/// Returns the first bundle of a walk as a folder, with the bundles that it leads to as folders within
/// it. A bundle is there once: further references to it are references, and so are those to bundles
/// that were not found.
#[must_use]
pub fn walked(federation: &Federation, queries: Queries) -> Exported {
    let mut walked = Walked {
        federation,
        queries,
        seen: HashSet::new(),
        left_out: Vec::new(),
        pages: Vec::new(),
    };
    let folder = walked.folder(0).unwrap_or_default();
    Exported { folder, left_out: walked.left_out, pages: walked.pages }
}

struct Walked<'f> {
    federation: &'f Federation,
    queries: Queries,
    seen: HashSet<usize>,
    left_out: Vec<String>,
    pages: Vec<String>,
}

impl Walked<'_> {
    /// The folder of a visit, unless it is there already or was not found. The depth is that of the
    /// walk, which has a limit.
    fn folder(&mut self, at: usize) -> Option<Folder> {
        let visit = self.federation.visits().get(at)?;
        if let VisitState::Same(other) = visit.state() {
            return self.folder(other);
        }
        let (uri, bundle) = self.federation.bundle(visit)?;
        if !self.seen.insert(at) {
            return None;
        }
        let base = Base::new(uri).within(bundle.feed().common());
        let mut folder = Folder::new(bundle.title());
        let mut targets = visit.references().iter();
        for member in bundle.members() {
            self.pages.extend(other_page(member, &base));
            let target = matches!(member, Member::Reference(_)).then(|| targets.next()).flatten();
            let inner = match target.map(VisitReference::target) {
                Some(Target::Visit(inner)) if is_deeper(self.federation.visits(), at, inner) => {
                    self.folder(inner)
                }
                _ => None,
            };
            match inner.map(Item::Folder).or_else(|| item(member, &base, self.queries)) {
                Some(item) => folder = folder.with_item(item),
                None => self.left_out.push(title(member)),
            }
        }
        Some(folder)
    }
}

/// Whether a visit stands under another in the tree of the walk: the first way to it leads there.
fn is_deeper(visits: &[Visit], from: usize, to: usize) -> bool {
    let depth = |at: usize| visits.get(at).map(Visit::depth);
    depth(to) > depth(from)
}

fn title(member: &Member<'_>) -> String {
    member.as_entry().title().map(|title| title.to_plain().into_owned()).unwrap_or_default()
}

fn item(member: &Member<'_>, base: &Base, queries: Queries) -> Option<Item> {
    match member {
        Member::Service(service) => self::service(service, base, queries).map(Item::Service),
        Member::Reference(reference) => {
            let uri = reference.bundle_uri(base).ok()?;
            Some(Item::Reference(BundleReference::new(title(member), uri)))
        }
        _ => None,
    }
}

fn service(
    service: &ServiceEntry<'_>,
    base: &Base,
    queries: Queries,
) -> Option<ServiceEntry<'static>> {
    let plain = service.clone().without_query();
    let uri = match queries {
        Queries::Included => service.invocation_uri(base).or_else(|_| plain.invocation_uri(base)),
        Queries::LeftOut => plain.invocation_uri(base),
    };
    let title = service.as_entry().title().map(|it| it.to_plain().into_owned());
    let exported = ServiceEntry::new(title.unwrap_or_default(), uri.ok()?);
    let mut entry = exported.as_entry().clone();
    // The summary that an entry gets when it has none of its own says nothing.
    let summary = service.as_entry().summary().map(|it| it.to_plain().into_owned());
    let is_made = |it: &String| it.is_empty() || it.starts_with("Subscription to http");
    entry.set_summary(summary.filter(|it| !is_made(it)).map(Text::plain));
    // Readers of OPML open htmlUrl with a click, whatever its scheme is.
    if let Some(Ok(page)) = page(service.as_entry(), base) {
        entry = entry.with_link(Link::new(page).with_rel("related"));
    }
    ServiceEntry::try_from(entry).ok()
}

/// The page of a service, if it has one: an absolute URI of http or https, or else what the link has.
fn page(entry: &Entry<'_>, base: &Base) -> Option<Result<String, String>> {
    let link = entry.link("related")?;
    let href = link.href()?;
    let resolved = base.within(entry.common()).within(link.common()).resolve(href);
    Some(resolved.filter(|it| is_web(it)).ok_or_else(|| href.to_owned()))
}

/// The page of a member that is no page of the web.
fn other_page(member: &Member<'_>, base: &Base) -> Option<String> {
    match member {
        Member::Service(service) => page(service.as_entry(), base)?.err(),
        _ => None,
    }
}
