//! Changes, each made in one transaction with the check of its conditions.

use crate::server::find::{Found, What};
use crate::server::plan::{Media, Plan};
use crate::server::refusal::{Answer, Refusal};
use crate::server::site::Site;
use crate::store::collections::StoredCollection;
use crate::store::members::{NewMember, StoredMember};
use crate::store::{StoreError, Tag, collections, members, put_media, users};
use atom_fsm::interaction::{Expected, Outcome, Validators};
use rusqlite::Connection;

/// How a change came out.
#[derive(Debug)]
pub(super) enum Change {
    /// It was made, and this is the response.
    Made(Answer),
    /// The resource has changed since the change was worked out: work it out again.
    Stale,
}

/// Makes a change. `before` is what it was worked out for, and `found` is what there is now.
pub(super) fn make(
    connection: &Connection,
    site: &Site,
    expected: &Expected,
    plan: &Plan,
    before: &Found,
    found: &Found,
) -> Result<Change, Refusal> {
    match within_limit(connection, site, expected, plan, before, found) {
        Ok(answer) => Ok(Change::Made(answer)),
        Err(Failure::Store(StoreError::Changed | StoreError::Taken)) => Ok(Change::Stale),
        Err(Failure::Store(error)) => Err(error.into()),
        Err(Failure::Refused(refusal)) => Err(refusal),
    }
}

/// Why a change was not made.
enum Failure {
    Store(StoreError),
    Refused(Refusal),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<atom_fsm::Error> for Failure {
    fn from(error: atom_fsm::Error) -> Self {
        Self::Refused(error.into())
    }
}

/// Makes a change, and fails if the user then has more octets than the limit allows: the caller undoes it
/// then. What does not add to them is always permitted.
fn within_limit(
    connection: &Connection,
    site: &Site,
    expected: &Expected,
    plan: &Plan,
    before: &Found,
    found: &Found,
) -> Result<Answer, Failure> {
    let (owner, limit) = (found.owner.id, site.limits.user_octets);
    let had = users::octets(connection, owner)?;
    let answer = applied(connection, site, expected, plan, before, found)?;
    let has = users::octets(connection, owner)?;
    if has > limit && has > had {
        return Err(StoreError::Full { what: "octets of one user", limit }.into());
    }
    Ok(answer)
}

fn applied(
    connection: &Connection,
    site: &Site,
    expected: &Expected,
    plan: &Plan,
    before: &Found,
    found: &Found,
) -> Result<Answer, Failure> {
    let respond = |outcome, validators: &Validators| expected.respond(outcome, validators);
    let none = Validators::new();
    match (plan, &before.what, &found.what) {
        (Plan::CreateCollection(new, collection), _, What::Service) => {
            let owner = found.owner.id;
            let stored = collections::create(connection, owner, new, site.limits.collections)?;
            let validators = stored.tag.validators(stored.modified);
            Ok(respond(Outcome::CreatedCollection(collection), &validators)?)
        }
        (
            Plan::EditCollection { document, visibility, seen, collection },
            What::Collection(was),
            What::Collection(is),
        ) => {
            same_collection(was, is)?;
            collections::edit(connection, is, document, *visibility, *seen)?;
            Ok(respond(Outcome::EditedCollection(collection), &none)?)
        }
        (Plan::CreateMember { name, new, entry, media }, _, What::Collection(is)) => {
            let most = site.limits.members;
            let (id, tag) = members::create(connection, is.id, name, new, most)?;
            if let Some(media) = media {
                put(connection, id, media, new)?;
            }
            let validators = tag.validators(new.edited);
            Ok(respond(Outcome::CreatedMember(entry), &validators)?)
        }
        (Plan::EditMember { new, entry }, What::Member(_, was), What::Member(of, is)) => {
            same_member(was, is)?;
            members::edit(connection, of.id, is, new)?;
            Ok(respond(Outcome::EditedMember(entry), &none)?)
        }
        (Plan::EditMedia { new, media }, What::Media(_, was), What::Media(of, is)) => {
            same_member(was, is)?;
            members::edit(connection, of.id, is, new)?;
            let tag = put(connection, is.id, media, new)?;
            Ok(respond(Outcome::EditedMedia, &tag.validators(new.edited))?)
        }
        (Plan::Delete, _, What::Collection(is)) => {
            collections::delete(connection, is)?;
            Ok(respond(Outcome::Deleted, &none)?)
        }
        (Plan::Delete, _, What::Member(of, is) | What::Media(of, is)) => {
            members::delete(connection, of.id, is)?;
            Ok(respond(Outcome::Deleted, &none)?)
        }
        // The place is the same, so that only the kind of the resource there may have changed.
        _ => Err(StoreError::Changed.into()),
    }
}

fn put(
    connection: &Connection,
    member: i64,
    Media { media_type, upload }: &Media,
    new: &NewMember,
) -> Result<Tag, StoreError> {
    put_media(connection, member, media_type, &mut upload.octets()?, upload.size(), new.edited)
}

fn same_collection(was: &StoredCollection, is: &StoredCollection) -> Result<(), StoreError> {
    if was.tag == is.tag { Ok(()) } else { Err(StoreError::Changed) }
}

fn same_member(was: &StoredMember, is: &StoredMember) -> Result<(), StoreError> {
    if was.tag == is.tag { Ok(()) } else { Err(StoreError::Changed) }
}
