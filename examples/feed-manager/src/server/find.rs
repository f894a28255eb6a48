//! What a path names, for the one who asks.

use crate::server::place::Place;
use crate::server::refusal::Refusal;
use crate::store::collections::{self, Kind, StoredCollection};
use crate::store::media_of;
use crate::store::members::{self, MemberKind, StoredMember, View};
use crate::store::users::{self, User};
use atom_fsm::interaction::{Resource, Validators};
use rusqlite::Connection;

/// What was found at a path, and may be seen by the one who asks.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) owner: User,
    pub(super) view: View,
    pub(super) what: What,
}

/// The resources.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one is held at a time")]
pub(super) enum What {
    Service,
    Collection(StoredCollection),
    /// A bundle as OPML.
    Outline(StoredCollection),
    Member(StoredCollection, StoredMember),
    Media(StoredCollection, StoredMember),
}

/// Finds what a place names.
///
/// # Errors
/// 401 for the service document of nobody, otherwise 404: for what does not exist, for a private
/// collection of somebody else, and for a draft of somebody else.
pub(super) fn find(
    connection: &Connection,
    place: &Place,
    asker: Option<&User>,
    is_script: bool,
) -> Result<Found, Refusal> {
    let name = match place {
        Place::OwnService => {
            let sign_in = || Refusal::unauthorized("whose service document?", is_script);
            asker.ok_or_else(sign_in)?.name()
        }
        Place::Service { user }
        | Place::Collection { user, .. }
        | Place::Outline { user, .. }
        | Place::Member { user, .. }
        | Place::Media { user, .. } => user,
    };
    let owner = users::by_name(connection, name)?.ok_or_else(Refusal::not_found)?;
    let is_owner = asker.is_some_and(|asker| asker.id == owner.id);
    let view = if is_owner { View::Owner } else { View::Others };
    let of = |name: &str| {
        let found = collections::find(connection, owner.id, name)?;
        let found = found.filter(|it| view == View::Owner || it.is_public());
        found.ok_or_else(Refusal::not_found)
    };
    let member_of = |collection: &StoredCollection, name: &str| {
        let found = members::find(connection, collection.id, name, view)?;
        found.ok_or_else(Refusal::not_found)
    };
    let what = match place {
        Place::OwnService | Place::Service { .. } => What::Service,
        Place::Collection { collection, .. } => What::Collection(of(collection)?),
        Place::Outline { collection, .. } => {
            let bundle = Some(of(collection)?).filter(|it| it.kind == Kind::Bundle);
            What::Outline(bundle.ok_or_else(Refusal::not_found)?)
        }
        Place::Member { collection, member, .. } => {
            let collection = of(collection)?;
            let member = member_of(&collection, member)?;
            What::Member(collection, member)
        }
        Place::Media { collection, member, .. } => {
            let collection = of(collection)?;
            let member = member_of(&collection, member)?;
            if member.kind != MemberKind::MediaLink {
                return Err(Refusal::not_found());
            }
            What::Media(collection, member)
        }
    };
    Ok(Found { owner, view, what })
}

impl Found {
    /// The kind of the resource.
    pub(super) fn resource(&self) -> Resource {
        match &self.what {
            What::Service => Resource::ServiceDocument,
            What::Collection(collection) => match collection.kind {
                Kind::Bundle => Resource::Bundle,
                Kind::Plain => Resource::Collection,
            },
            // It can be read only, as a category document can.
            What::Outline(_) => Resource::Categories,
            What::Member(_, member) => match member.kind {
                MemberKind::Plain => Resource::Member,
                MemberKind::Service => Resource::ServiceEntry,
                MemberKind::Reference => Resource::BundleReference,
                MemberKind::MediaLink => Resource::MediaLinkEntry,
            },
            What::Media(..) => Resource::Media,
        }
    }

    /// The collection that the resource is or belongs to.
    pub(super) fn collection(&self) -> Option<&StoredCollection> {
        match &self.what {
            What::Service => None,
            What::Collection(it) | What::Outline(it) | What::Member(it, _) | What::Media(it, _) => {
                Some(it)
            }
        }
    }

    /// The validators of the resource, as the one who asks sees it.
    pub(super) fn validators(&self, connection: &Connection) -> Result<Validators, Refusal> {
        Ok(match (&self.what, self.view) {
            (What::Service, View::Owner) => self.owner.tag.validators(self.owner.modified),
            (What::Service, View::Others) => {
                self.owner.public_tag.validators(self.owner.public_modified)
            }
            (What::Collection(it) | What::Outline(it), View::Owner) => {
                it.tag.validators(it.modified)
            }
            (What::Collection(it) | What::Outline(it), View::Others) => {
                it.public_tag.validators(it.public_modified)
            }
            (What::Member(_, it), View::Owner) => it.tag.validators(it.edited),
            (What::Member(_, it), View::Others) => it.public_tag.validators(it.public_edited),
            (What::Media(_, it), _) => {
                let media = media_of(connection, it.id)?.ok_or_else(Refusal::not_found)?;
                media.tag.validators(media.modified)
            }
        })
    }
}
