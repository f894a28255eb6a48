//! What a change will store: worked out before the change, so that the connection that writes only
//! writes.

use crate::server::document;
use crate::server::draft;
use crate::server::find::{Found, What};
use crate::server::markup;
use crate::server::place::{Place, is_reserved};
use crate::server::receive::{Received, Upload};
use crate::server::refusal::Refusal;
use crate::server::service;
use crate::server::site::Site;
use crate::store::collections::{self, Kind, NewCollection, Visibility};
use crate::store::members::{self, MemberKind, NewMember, Publication, StoredMember, View};
use crate::store::{Seen, StoreError, available, media_of, segment, urn};
use atom_fsm::app::{Control, Edited};
use atom_fsm::atom::{Date, Entry, Person};
use atom_fsm::fsm::Profile;
use atom_fsm::interaction::{
    Operation, PostedCollection, PostedEntry, ServerFields, Slug, StoredCollection, StoredEntry,
    Target,
};
use atom_fsm::{Reader, Tolerance};
use chrono::{DateTime, Utc};
use http::StatusCode;
use rusqlite::Connection;

/// A change, ready to be made.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one is held at a time")]
pub(super) enum Plan {
    CreateCollection(NewCollection, StoredCollection),
    EditCollection {
        document: Vec<u8>,
        visibility: Visibility,
        seen: Seen,
        collection: StoredCollection,
    },
    CreateMember {
        name: String,
        new: NewMember,
        entry: StoredEntry,
        media: Option<Media>,
    },
    EditMember {
        new: NewMember,
        entry: StoredEntry,
    },
    EditMedia {
        new: NewMember,
        media: Media,
    },
    Delete,
}

/// A media resource to be stored.
#[derive(Debug)]
pub(super) struct Media {
    pub(super) media_type: String,
    pub(super) upload: Upload,
}

/// Works out what an operation stores, in the state of the database that a connection reads.
pub(super) fn plan(
    connection: &Connection,
    site: &Site,
    found: &Found,
    operation: Operation,
    body: &Received,
) -> Result<Plan, Refusal> {
    let planner = Planner { connection, site, found };
    match (operation, &found.what) {
        (Operation::CreateMedia(media_type, slug), What::Collection(_)) => {
            planner.create_media(uploaded(media_type, body)?, slug.as_ref())
        }
        (Operation::EditMedia(media_type), What::Media(_, before)) => {
            planner.edit_media(uploaded(media_type, body)?, before)
        }
        (Operation::CreateCollection(posted, slug), What::Service) => {
            planner.create_collection(posted, slug.as_ref())
        }
        (Operation::EditCollection(posted), What::Collection(before)) => {
            planner.edit_collection(posted, before)
        }
        (Operation::CreateMember(posted, slug), What::Collection(_)) => {
            planner.create_member(posted, slug.as_ref())
        }
        (Operation::EditMember(posted), What::Member(_, before)) => {
            planner.edit_member(posted, before)
        }
        (Operation::Delete, What::Collection(_) | What::Member(..) | What::Media(..)) => {
            Ok(Plan::Delete)
        }
        // The codec returns no operation that the resource does not support.
        _ => Err(Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

fn uploaded(media_type: String, body: &Received) -> Result<Media, Refusal> {
    match body {
        Received::Media(upload) => Ok(Media { media_type, upload: upload.clone() }),
        // The body was received as what the operation takes.
        Received::Document(_) => Err(Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

struct Planner<'p> {
    connection: &'p Connection,
    site: &'p Site,
    found: &'p Found,
}

impl Planner<'_> {
    fn create_collection(
        &self,
        posted: PostedCollection,
        slug: Option<&Slug>,
    ) -> Result<Plan, Refusal> {
        let kind = markup::kind(posted.collection())?;
        let visibility = markup::visibility(posted.collection())?.unwrap_or(Visibility::Private);
        let title = posted.collection().title().map(|title| title.value().into_owned());
        let wish = wish(slug, title.as_deref(), "bundle");
        let name = available(&wish, |name| {
            let is_taken = collections::is_taken(self.connection, self.found.owner.id, name)?;
            Ok::<_, StoreError>(is_reserved(name) || is_taken)
        })?;
        let uri = self.collection_uri(&name);
        let (collection, document) = self.collection(posted, &uri, kind, visibility)?;
        let new = NewCollection { name, kind, visibility, document };
        Ok(Plan::CreateCollection(new, collection))
    }

    fn edit_collection(
        &self,
        posted: PostedCollection,
        before: &collections::StoredCollection,
    ) -> Result<Plan, Refusal> {
        let stated = markup::stated_kind(posted.collection())?;
        if stated.is_some_and(|kind| kind != before.kind) {
            let detail = "a collection stays what it is: create another one";
            return Err(Refusal::new(StatusCode::CONFLICT, detail));
        }
        let visibility = markup::visibility(posted.collection())?.unwrap_or(before.visibility);
        let uri = self.collection_uri(&before.name);
        let (collection, document) = self.collection(posted, &uri, before.kind, visibility)?;
        let is_hidden = [before.visibility, visibility] == [Visibility::Private; 2];
        let is_same = before.visibility == visibility
            && (is_hidden
                || service::seen(&document, View::Others)?
                    == service::seen(&before.document, View::Others)?);
        let seen = if is_same { Seen::Same } else { Seen::Changed };
        Ok(Plan::EditCollection { document, visibility, seen, collection })
    }

    /// A collection as it is stored, with what the server states in it, and its document.
    fn collection(
        &self,
        mut posted: PostedCollection,
        uri: &str,
        kind: Kind,
        visibility: Visibility,
    ) -> Result<(StoredCollection, Vec<u8>), Refusal> {
        markup::state(posted.collection_mut(), kind, visibility);
        let stored = posted.store(uri, |range| markup::honours(kind, range))?;
        let octets = document::written(stored.collection())?;
        within(octets.len(), self.site.limits.collection_octets)?;
        Ok((stored, octets))
    }

    fn create_member(&self, posted: PostedEntry, slug: Option<&Slug>) -> Result<Plan, Refusal> {
        let title = posted.entry().title().map(|title| title.value().into_owned());
        let name = self.member_name(&wish(slug, title.as_deref(), "entry"))?;
        let fields = ServerFields::new(urn(), self.member_uri(&name), now());
        let entry = posted.store(&self.authored(fields))?;
        let new = self.member(&entry, now_of(&entry), None)?;
        Ok(Plan::CreateMember { name, new, entry, media: None })
    }

    fn create_media(&self, media: Media, slug: Option<&Slug>) -> Result<Plan, Refusal> {
        let name = self.member_name(&wish(slug, None, "media"))?;
        let title = slug.map(Slug::text).filter(|title| !title.is_empty());
        let fields = ServerFields::new(urn(), self.member_uri(&name), now());
        let fields = self.authored(fields);
        let fields = self.with_media(fields, &name, &media.media_type);
        let server = &self.site.documents;
        let entry = server.media_link_entry(title.unwrap_or(&name), &fields)?;
        let new = self.member(&entry, now_of(&entry), Some(MemberKind::MediaLink))?;
        Ok(Plan::CreateMember { name, new, entry, media: Some(media) })
    }

    fn edit_member(&self, posted: PostedEntry, before: &StoredMember) -> Result<Plan, Refusal> {
        let (entry, new) = self.edited(posted, before, None)?;
        Ok(Plan::EditMember { new, entry })
    }

    /// The media link entry is stored again with what the client last made of it, since its date and its
    /// media type change.
    fn edit_media(&self, media: Media, before: &StoredMember) -> Result<Plan, Refusal> {
        let octets = octets_of(before)?;
        let uri = self.member_uri(&self.name_of(before)?);
        let put = http::Request::put(&uri)
            .header(http::header::CONTENT_TYPE, atom_fsm::interaction::ENTRY)
            .body(());
        let (parts, ()) = put.map_err(|_| StoreError::Missing)?.into_parts();
        let server = atom_fsm::interaction::Server::new();
        let target = Target::new(atom_fsm::interaction::Resource::MediaLinkEntry, &uri);
        let Operation::EditMember(posted) = server.expect(&parts, &target)?.read(octets)? else {
            return Err(Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR));
        };
        let (_, new) = self.edited(posted, before, Some(&media.media_type))?;
        Ok(Plan::EditMedia { new, media })
    }

    fn edited(
        &self,
        posted: PostedEntry,
        before: &StoredMember,
        media_type: Option<&str>,
    ) -> Result<(StoredEntry, NewMember), Refusal> {
        let name = self.name_of(before)?;
        let reader = Reader::new().tolerance(Tolerance::ALL);
        let known = reader.read::<Entry<'_>>(octets_of(before)?)?.into_document();
        // A clock that was set back does not make an edit older than the one before.
        let now = now().max(before.edited + chrono::Duration::microseconds(1));
        let fields = ServerFields::for_edit(&known, self.member_uri(&name), now);
        let mut fields = self.authored(fields);
        if before.kind == MemberKind::MediaLink {
            let stored = media_of(self.connection, before.id)?.ok_or_else(Refusal::not_found)?;
            fields = self.with_media(fields, &name, media_type.unwrap_or(&stored.media_type));
        }
        let entry = posted.store(&fields)?;
        let is_media = before.kind == MemberKind::MediaLink;
        let mut new = self.member(&entry, now, is_media.then_some(MemberKind::MediaLink))?;
        // The codec refuses this, unless the member was replaced while the body came.
        if new.kind != before.kind {
            let detail = "a member stays what it is: create another one";
            return Err(Refusal::new(StatusCode::CONFLICT, detail));
        }
        // An edit of a media resource is seen by all who see it.
        if media_type.is_none() {
            private_edit(before, &mut new)?;
        }
        Ok((entry, new))
    }

    /// What is stored of an entry, with what others see of it where that differs.
    fn member(
        &self,
        entry: &StoredEntry,
        edited: DateTime<Utc>,
        kind: Option<MemberKind>,
    ) -> Result<NewMember, Refusal> {
        within(entry.octets().len(), self.site.limits.entry_octets)?;
        let is_bundle = self.found.collection().is_some_and(|it| it.kind == Kind::Bundle);
        let kind = kind.unwrap_or(match entry.profile() {
            Some(Profile::ServiceEntry) if is_bundle => MemberKind::Service,
            Some(Profile::Bundle) if is_bundle => MemberKind::Reference,
            _ => MemberKind::Plain,
        });
        let publication = match entry.publication() {
            Control::Published if !draft::is_old_draft(entry.entry()) => Publication::Published,
            _ => Publication::Draft,
        };
        let has_query = entry.entry().extensions().iter().any(markup::is_query);
        let public_octets = has_query.then(|| {
            let mut shown = entry.entry().clone();
            shown.extensions_mut().retain(|element| !markup::is_query(element));
            document::written(&shown)
        });
        let octets = entry.octets().to_vec();
        Ok(NewMember {
            kind,
            publication,
            edited,
            octets,
            public_octets: public_octets.transpose()?,
            seen: Seen::Changed,
        })
    }

    fn authored(&self, fields: ServerFields) -> ServerFields {
        fields.with_author(Person::new(self.found.owner.title().to_owned()))
    }

    fn with_media(&self, fields: ServerFields, name: &str, media_type: &str) -> ServerFields {
        let (user, collection) = self.names();
        let uri = self.site.uri(&Place::Media { user, collection, member: name.to_owned() }.path());
        fields.with_media(uri.clone(), media_type, uri)
    }

    fn member_name(&self, wish: &str) -> Result<String, Refusal> {
        let collection = self.found.collection().ok_or_else(Refusal::not_found)?.id;
        Ok(available(wish, |name| members::is_taken(self.connection, collection, name))?)
    }

    fn name_of(&self, member: &StoredMember) -> Result<String, Refusal> {
        members::name(self.connection, member.id)?.ok_or_else(Refusal::not_found)
    }

    fn names(&self) -> (String, String) {
        let collection = self.found.collection().map(|it| it.name.clone()).unwrap_or_default();
        (self.found.owner.name().to_owned(), collection)
    }

    fn collection_uri(&self, name: &str) -> String {
        let user = self.found.owner.name().to_owned();
        self.site.uri(&Place::Collection { user, collection: name.to_owned() }.path())
    }

    fn member_uri(&self, name: &str) -> String {
        let (user, collection) = self.names();
        self.site.uri(&Place::Member { user, collection, member: name.to_owned() }.path())
    }
}

/// The name that a client wishes for: that of the Slug, or else of the title.
fn wish(slug: Option<&Slug>, title: Option<&str>, otherwise: &str) -> String {
    let named = slug.and_then(|slug| segment(slug.text()));
    named.or_else(|| title.and_then(segment)).unwrap_or_else(|| otherwise.to_owned())
}

fn octets_of(member: &StoredMember) -> Result<&[u8], Refusal> {
    member.octets(View::Owner).ok_or_else(Refusal::not_found)
}

/// Lets others see what they saw before, if the edit changes nothing but what they do not see: neither a date
/// nor the order of the feed tells them of it.
fn private_edit(before: &StoredMember, new: &mut NewMember) -> Result<(), Refusal> {
    let is_published = [before.publication, new.publication] == [Publication::Published; 2];
    let has_private = before.has_private() || new.public_octets.is_some();
    let Some(seen) = before.octets(View::Others).filter(|_| is_published && has_private) else {
        return Ok(());
    };
    if undated(seen)? == undated(new.public_octets.as_deref().unwrap_or(&new.octets))? {
        new.public_octets = Some(seen.to_vec());
        new.seen = Seen::Same;
    }
    Ok(())
}

/// An entry as a document, without the dates of its edit.
fn undated(entry: &[u8]) -> Result<Vec<u8>, Refusal> {
    let reader = Reader::new().tolerance(Tolerance::ALL);
    let mut entry = reader.read::<Entry<'_>>(entry)?.into_document();
    let date = Date::from(DateTime::<Utc>::UNIX_EPOCH);
    entry.set_updated(Some(date.clone()));
    entry.set_extension(&Edited(date));
    Ok(document::written(&entry)?)
}

/// The time, as the database stores it.
fn now() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
}

/// The time of a new entry, which its `app:edited` has.
fn now_of(entry: &StoredEntry) -> DateTime<Utc> {
    let updated = entry.entry().updated().and_then(atom_fsm::atom::Date::to_datetime);
    updated.map_or_else(now, |date| date.with_timezone(&Utc))
}

fn within(octets: usize, most: usize) -> Result<(), Refusal> {
    if octets <= most {
        return Ok(());
    }
    let detail = format!("what would be stored has {octets} octets, and the limit is {most}");
    Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, detail))
}
