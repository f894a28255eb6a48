//! The storage: bundles and their members, in memory.

use atom_fsm::app::{Collection, Edited, Service, Workspace};
use atom_fsm::atom::{Date, Entry, Feed, Link, Person};
use atom_fsm::fsm::{Bundle, Member};
use atom_fsm::interaction::Resource;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The path of the service document.
pub const SERVICE: &str = "/service";
/// The path of a bundle is this prefix and its name.
const BUNDLES: &str = "/bundles/";

/// The bundles that a server manages, with their members.
#[derive(Debug)]
pub struct Store {
    /// The scheme and authority of the URIs of the server.
    origin: String,
    /// The author of entries that name none.
    owner: String,
    bundles: BTreeMap<String, StoredBundle>,
    /// The number of edits so far. The number of an edit becomes an entity tag.
    edits: u64,
}

#[derive(Debug)]
struct StoredBundle {
    id: String,
    collection: Collection<'static>,
    updated: DateTime<Utc>,
    edit: u64,
    members: BTreeMap<String, StoredMember>,
    next_member: u64,
}

#[derive(Debug)]
struct StoredMember {
    entry: Entry<'static>,
    is_reference: bool,
    edit: u64,
}

/// A path of the store, whether or not something exists there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The service document.
    Service,
    /// The bundle of this name.
    Bundle(String),
    /// The member with this bundle name and this name of its own.
    Member(String, String),
}

impl Place {
    /// Reads a path. The result is `None` if it cannot be a path of the store.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        if path == SERVICE {
            return Some(Self::Service);
        }
        let mut names = path.strip_prefix(BUNDLES)?.split('/').map(str::to_owned);
        match (names.next(), names.next(), names.next()) {
            (Some(bundle), None, None) => Some(Self::Bundle(bundle)),
            (Some(bundle), Some(member), None) => Some(Self::Member(bundle, member)),
            _ => None,
        }
    }
}

impl Store {
    /// Creates an empty store for a server at an origin, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn new(origin: &str, owner: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            owner: owner.to_owned(),
            bundles: BTreeMap::new(),
            edits: 0,
        }
    }

    /// Finds what exists at a place: the kind of the resource, and its entity tag. The service document
    /// has no entity tag.
    #[must_use]
    pub fn find(&self, place: &Place) -> Option<(Resource, Option<String>)> {
        match place {
            Place::Service => Some((Resource::ServiceDocument, None)),
            Place::Bundle(name) => {
                let bundle = self.bundles.get(name)?;
                Some((Resource::Bundle, Some(tag(bundle.edit))))
            }
            Place::Member(bundle, name) => {
                let member = self.bundles.get(bundle)?.members.get(name)?;
                let resource = match member.is_reference {
                    true => Resource::BundleReference,
                    false => Resource::ServiceEntry,
                };
                Some((resource, Some(tag(member.edit))))
            }
        }
    }

    /// Returns the service document, whose workspace lists every bundle as a collection (section 3).
    #[must_use]
    pub fn service(&self) -> Service<'static> {
        let mut workspace = Workspace::new(format!("Bundles of {}", self.owner));
        workspace
            .collections_mut()
            .extend(self.bundles.values().map(|bundle| bundle.collection.clone()));
        Service::new().with_workspace(workspace)
    }

    /// Returns a bundle as a feed. The members that were edited last come first (RFC 5023 section 10).
    /// The foreign markup of its collection is in the feed too.
    #[must_use]
    pub fn feed(&self, name: &str) -> Option<Feed<'static>> {
        let StoredBundle { id, collection, updated, members, .. } = self.bundles.get(name)?;
        let title = collection.title().cloned().unwrap_or_else(|| name.to_owned().into());
        let service = format!("{}{SERVICE}", self.origin);
        let mut feed = Bundle::new(id.clone(), title, Date::from(*updated), service).into_feed();
        let uri = self.bundle_uri(name);
        feed.links_mut().push(Link::new(uri).with_rel("self").with_type("application/atom+xml"));
        feed.authors_mut().push(Person::new(self.owner.clone()));
        feed.extensions_mut().extend(collection.extensions().iter().cloned());
        let mut members: Vec<_> = members.values().collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.edit));
        feed.entries_mut().extend(members.into_iter().map(|member| member.entry.clone()));
        Some(feed)
    }

    /// Returns a member, if it exists.
    #[must_use]
    pub fn member(&self, bundle: &str, name: &str) -> Option<&Entry<'static>> {
        Some(&self.bundles.get(bundle)?.members.get(name)?.entry)
    }

    /// Creates a bundle, and returns its name. The name is derived from the slug or else from the title.
    pub fn create_bundle(&mut self, collection: Collection<'static>, slug: Option<&str>) -> String {
        let title = collection.title().map(|title| title.value().into_owned());
        let wish = slug::slugify(slug.or(title.as_deref()).unwrap_or_default());
        let wish = if wish.is_empty() { "bundle".to_owned() } else { wish };
        let numbered = (2..).map(|number| format!("{wish}-{number}"));
        let is_free = |name: &String| !self.bundles.contains_key(name);
        let name = std::iter::once(wish.clone()).chain(numbered).find(is_free);
        let name = name.unwrap_or(wish);
        let bundle = StoredBundle {
            id: urn(),
            collection: collection.with_href(self.bundle_uri(&name)),
            updated: Utc::now(),
            edit: self.next_edit(),
            members: BTreeMap::new(),
            next_member: 1,
        };
        self.bundles.insert(name.clone(), bundle);
        name
    }

    /// Replaces the collection of a bundle, which keeps its URI. The result is `None` if there is no
    /// such bundle.
    pub fn edit_bundle(&mut self, name: &str, collection: Collection<'static>) -> Option<()> {
        let (uri, edit) = (self.bundle_uri(name), self.next_edit());
        let bundle = self.bundles.get_mut(name)?;
        bundle.collection = collection.with_href(uri);
        (bundle.updated, bundle.edit) = (Utc::now(), edit);
        Some(())
    }

    /// Returns the collection of a bundle, if that exists.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection<'static>> {
        self.bundles.get(name).map(|bundle| &bundle.collection)
    }

    /// Creates a member of a bundle, and returns its name. The result is `None` if there is no such
    /// bundle.
    pub fn create_member(&mut self, bundle: &str, member: Member<'static>) -> Option<String> {
        let (edit, now) = (self.next_edit(), Utc::now());
        let number = self.bundles.get(bundle)?.next_member;
        let (name, is_reference) = (number.to_string(), is_reference(&member));
        let mut entry = self.stored(bundle, &name, member.into_entry(), now);
        entry.set_id(Some(urn().into()));
        entry.set_published(Some(now.into()));
        let bundle = self.bundles.get_mut(bundle)?;
        bundle.next_member += 1;
        (bundle.updated, bundle.edit) = (now, edit);
        bundle.members.insert(name.clone(), StoredMember { entry, is_reference, edit });
        Some(name)
    }

    /// Replaces the entry of a member, which keeps its id and its date of publication. The result is
    /// `None` if there is no such member.
    pub fn edit_member(
        &mut self,
        bundle: &str,
        name: &str,
        member: Member<'static>,
    ) -> Option<&Entry<'static>> {
        let before = &self.bundles.get(bundle)?.members.get(name)?.entry;
        let id = before.id().map(|id| id.to_owned().into());
        let published = before.published().cloned();
        let (edit, now, is_reference) = (self.next_edit(), Utc::now(), is_reference(&member));
        let mut entry = self.stored(bundle, name, member.into_entry(), now);
        entry.set_id(id);
        entry.set_published(published);
        let bundle = self.bundles.get_mut(bundle)?;
        (bundle.updated, bundle.edit) = (now, edit);
        let stored = bundle.members.get_mut(name)?;
        *stored = StoredMember { entry, is_reference, edit };
        Some(&stored.entry)
    }

    /// Deletes what exists at a place. A bundle is deleted with its members. A reference is deleted
    /// without the bundle that it refers to. References to a deleted bundle remain, and lead to nothing.
    pub fn delete(&mut self, place: &Place) -> Option<()> {
        match place {
            Place::Service => None,
            Place::Bundle(name) => self.bundles.remove(name).map(drop),
            Place::Member(bundle, name) => {
                let edit = self.next_edit();
                let bundle = self.bundles.get_mut(bundle)?;
                bundle.members.remove(name)?;
                (bundle.updated, bundle.edit) = (Utc::now(), edit);
                Some(())
            }
        }
    }

    /// Returns the URI of a bundle.
    #[must_use]
    pub fn bundle_uri(&self, name: &str) -> String {
        format!("{}{BUNDLES}{name}", self.origin)
    }

    /// Returns the URI of a member.
    #[must_use]
    pub fn member_uri(&self, bundle: &str, name: &str) -> String {
        format!("{}{BUNDLES}{bundle}/{name}", self.origin)
    }

    /// Sets what the server determines in an entry: its dates, its edit link and, if it has none, an
    /// author.
    fn stored(
        &self,
        bundle: &str,
        name: &str,
        mut entry: Entry<'static>,
        now: DateTime<Utc>,
    ) -> Entry<'static> {
        entry.set_updated(Some(now.into()));
        entry.set_extension(&Edited(now.into()));
        entry.links_mut().retain(|link| !link.has_rel("edit"));
        let edit = Link::new(self.member_uri(bundle, name)).with_rel("edit");
        entry.links_mut().push(edit);
        if entry.authors().is_empty() {
            entry.authors_mut().push(Person::new(self.owner.clone()));
        }
        entry
    }

    fn next_edit(&mut self) -> u64 {
        self.edits += 1;
        self.edits
    }
}

fn is_reference(member: &Member<'_>) -> bool {
    matches!(member, Member::Reference(_))
}

fn tag(edit: u64) -> String {
    format!("\"{edit}\"")
}

fn urn() -> String {
    Uuid::new_v4().urn().to_string()
}
