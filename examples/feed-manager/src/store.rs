//! The storage: bundles and their members, in memory.

use atom_fsm::app::{Collection, Service, Workspace};
use atom_fsm::atom::{Date, Entry, Feed, Link, Person};
use atom_fsm::fsm::{Bundle, Profile};
use atom_fsm::interaction::{
    EntityTag, Resource, ServerFields, StoredEntry, Validators, feed_markup,
};
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

    /// Finds what exists at a place: the kind of the resource, and its entity tag.
    #[must_use]
    pub fn find(&self, place: &Place) -> Option<(Resource, Validators)> {
        match place {
            Place::Service => Some((Resource::ServiceDocument, validators(self.edits))),
            Place::Bundle(name) => {
                let bundle = self.bundles.get(name)?;
                Some((Resource::Bundle, validators(bundle.edit)))
            }
            Place::Member(bundle, name) => {
                let member = self.bundles.get(bundle)?.members.get(name)?;
                let resource = match member.is_reference {
                    true => Resource::BundleReference,
                    false => Resource::ServiceEntry,
                };
                Some((resource, validators(member.edit)))
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
        feed.extensions_mut().extend(feed_markup(collection).cloned());
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

    /// Returns a name for a new bundle, derived from the slug or else from the title.
    #[must_use]
    pub fn free_name(&self, slug: Option<&str>, collection: &Collection<'_>) -> String {
        let title = collection.title().map(|title| title.value().into_owned());
        let wish = slug::slugify(slug.or(title.as_deref()).unwrap_or_default());
        let wish = if wish.is_empty() { "bundle".to_owned() } else { wish };
        let numbered = (2..).map(|number| format!("{wish}-{number}"));
        let is_free = |name: &String| !self.bundles.contains_key(name);
        let name = std::iter::once(wish.clone()).chain(numbered).find(is_free);
        name.unwrap_or(wish)
    }

    /// Creates a bundle of this name.
    pub fn create_bundle(&mut self, name: &str, collection: Collection<'static>) {
        let bundle = StoredBundle {
            id: urn(),
            collection,
            updated: Utc::now(),
            edit: self.next_edit(),
            members: BTreeMap::new(),
            next_member: 1,
        };
        self.bundles.insert(name.to_owned(), bundle);
    }

    /// Replaces the collection of a bundle, which keeps its URI. The result is `None` if there is no
    /// such bundle.
    pub fn edit_bundle(&mut self, name: &str, collection: Collection<'static>) -> Option<()> {
        let edit = self.next_edit();
        let bundle = self.bundles.get_mut(name)?;
        bundle.collection = collection;
        (bundle.updated, bundle.edit) = (Utc::now(), edit);
        Some(())
    }

    /// Returns the collection of a bundle, if that exists.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection<'static>> {
        self.bundles.get(name).map(|bundle| &bundle.collection)
    }

    /// Returns the name of a new member of a bundle, and what the server determines in its entry.
    pub fn new_member(
        &mut self,
        bundle: &str,
        now: DateTime<Utc>,
    ) -> Option<(String, ServerFields)> {
        let stored = self.bundles.get_mut(bundle)?;
        let name = stored.next_member.to_string();
        stored.next_member += 1;
        let fields = ServerFields::new(urn(), self.member_uri(bundle, &name), now);
        Some((name, fields.with_author(Person::new(self.owner.clone()))))
    }

    /// Returns what the server determines in the new entry of a member, which keeps its id. The result
    /// is `None` if there is no such member.
    #[must_use]
    pub fn edit_fields(
        &self,
        bundle: &str,
        name: &str,
        now: DateTime<Utc>,
    ) -> Option<ServerFields> {
        let before = self.member(bundle, name)?;
        let fields = ServerFields::for_edit(before, self.member_uri(bundle, name), now);
        Some(fields.with_author(Person::new(self.owner.clone())))
    }

    /// Creates a member of a bundle, or replaces its entry. The result is `None` if there is no such
    /// bundle.
    pub fn put_member(&mut self, bundle: &str, name: &str, stored: &StoredEntry) -> Option<()> {
        let edit = self.next_edit();
        let bundle = self.bundles.get_mut(bundle)?;
        (bundle.updated, bundle.edit) = (Utc::now(), edit);
        let is_reference = stored.profile() == Some(Profile::Bundle);
        let member = StoredMember { entry: stored.entry().clone(), is_reference, edit };
        bundle.members.insert(name.to_owned(), member);
        Some(())
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

    /// Returns the URI of a place.
    #[must_use]
    pub fn uri(&self, place: &Place) -> String {
        match place {
            Place::Service => format!("{}{SERVICE}", self.origin),
            Place::Bundle(name) => self.bundle_uri(name),
            Place::Member(bundle, name) => self.member_uri(bundle, name),
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

    fn next_edit(&mut self) -> u64 {
        self.edits += 1;
        self.edits
    }
}

fn validators(edit: u64) -> Validators {
    let etag = EntityTag::strong(&edit.to_string());
    etag.map_or_else(Validators::new, |etag| Validators::new().with_etag(etag))
}

fn urn() -> String {
    Uuid::new_v4().urn().to_string()
}
