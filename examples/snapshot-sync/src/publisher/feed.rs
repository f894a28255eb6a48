//! The documents of the change event feed (draft of 2015-06-30, sections 4 and 5.2).
//!
//! The newest document is the subscription document. All other documents are archive documents:
//! they are full and never change. Which document an event belongs to is decided when the event is
//! stored ([`pages`]). The URI of the archive document after the last one redirects to the
//! subscription document, so that the `next-archive` of an archive document never changes either.

use crate::entity::ENTITY_TYPE;
use crate::error::Error;
use crate::event::Method;
use crate::patch::PATCH_TYPE;
use crate::publisher::reference::References;
use crate::publisher::store::pages::{self, Page};
use crate::publisher::store::{self, EventId, FeedIdentity, Store, StoredEvent};
use crate::time::instant;
use chrono::{DateTime, Utc};
use multipart_package::{Boundary, Encoder, EventType, HeadBuilder};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Where the subscription document is.
pub const SUBSCRIPTION: &str = "/changes/latest";

/// The name of an archive document.
#[must_use]
pub fn archive_name(number: u64) -> String {
    format!("/changes/archive/{number}")
}

/// The name of an event.
#[must_use]
pub fn event_name(id: EventId) -> String {
    format!("/changes/{id}")
}

/// A document of the feed.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its name, from which its references lead.
    pub name: String,
    /// The Content-Type.
    pub content_type: String,
    /// The Link field.
    pub link: String,
    /// The entity tag, quoted.
    pub etag: String,
    /// The time of its newest event, if it has one.
    pub last_modified: Option<DateTime<Utc>>,
    /// The body.
    pub body: Vec<u8>,
}

/// Where a document of the feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the subscription document.
    Subscription,
    /// In the archive document of this page.
    Archive(Page),
    /// Nowhere: there was such a document, and its events were removed.
    Pruned,
    /// Nowhere: there is no such document.
    Nowhere,
}

/// Makes the feed's documents.
#[derive(Debug, Clone)]
pub struct Feed {
    identity: FeedIdentity,
    references: References,
}

impl Feed {
    /// The feed of a store.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        Self { identity: store.feed().clone(), references: store.references().clone() }
    }

    /// Finds the document that has this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn place(&self, connection: &Connection, number: u64) -> Result<Place, Error> {
        Ok(match pages::page(connection, number)? {
            None if number < pages::youngest(connection)?.number => Place::Pruned,
            page => place(page),
        })
    }

    /// Finds the document that contains an event.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn place_of_event(&self, connection: &Connection, event: u64) -> Result<Place, Error> {
        Ok(place(pages::page_of(connection, event)?))
    }

    /// The entity tag of the subscription document, without making the document.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn etag(&self, connection: &Connection) -> Result<String, Error> {
        self.etag_of(connection, &pages::youngest(connection)?)
    }

    /// The subscription document.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn subscription(&self, connection: &Connection) -> Result<Document, Error> {
        self.document(connection, &pages::youngest(connection)?)
    }

    /// The entity tag of a page's document: its last event decides it, or the run if there is no
    /// event; and the base URI, if its references have one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn etag_of(&self, connection: &Connection, page: &Page) -> Result<String, Error> {
        let FeedIdentity { id: feed, run, .. } = &self.identity;
        let last = store::event_id(connection, page.last)?;
        let last = last.map_or_else(|| run.to_string(), |id| id.to_string());
        Ok(match self.references.base() {
            None => format!("\"{feed}-{last}\""),
            Some(base) => {
                let digest = format!("{:x}", Sha256::digest(base));
                format!("\"{feed}-{last}-{}\"", &digest[..8])
            }
        })
    }

    /// A page's document.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn document(&self, connection: &Connection, page: &Page) -> Result<Document, Error> {
        let events = store::events(connection, page.first, page.last)?;
        let etag = self.etag_of(connection, page)?;
        let boundary = self.boundary(&etag);
        let name = match page.is_open {
            true => SUBSCRIPTION.to_owned(),
            false => archive_name(page.number),
        };
        let mut encoder = Encoder::new(&boundary);
        let mut body = Vec::new();
        for event in &events {
            self.write_event(&name, &mut encoder, &mut body, event)?;
        }
        encoder.finish(&mut body)?;
        let content_type = boundary.content_type("mixed")?;
        let last_modified = events.last().map(|event| instant(event.time));
        let link = self.link(&name, page);
        Ok(Document { name, content_type, link, etag, last_modified, body })
    }

    fn write_event(
        &self,
        document: &str,
        encoder: &mut Encoder,
        body: &mut Vec<u8>,
        event: &StoredEvent,
    ) -> Result<(), Error> {
        let about = self.references.from(document, &event.uri);
        let itself = self.references.from(document, &event_name(event.id));
        let mut head = HeadBuilder::new()
            .field("Link", format!("<{about}>;rel=\"about\""))
            .field("Link", format!("<{itself}>;rel=\"self\""))
            .event_type(EventType::HTTP_EQUIV, event.method.name());
        match event.method {
            Method::Put => {
                head = head.content_type(event.media_type.as_deref().unwrap_or(ENTITY_TYPE));
            }
            Method::Patch => head = head.content_type(PATCH_TYPE),
            Method::Post => head = head.content_type("application/json"),
            Method::Delete => {}
        }
        if let Some(etag) = &event.etag {
            head = head.etag(etag);
        }
        let head = head
            .last_modified(instant(event.time))
            .content_id(&format!("{}@{}.snapshot-sync", event.id, self.identity.id))
            .build()?;
        Ok(encoder.part(body, head.borrow(), &event.body)?)
    }

    /// The boundary of the document that has an entity tag. It is always the same, but a client that
    /// writes an event cannot predict it, even if the client knows the document before the event, or
    /// knew the events that were lost when the database was restored.
    fn boundary(&self, etag: &str) -> Boundary {
        let digest = Sha256::new().chain_update(self.identity.secret).chain_update(etag).finalize();
        let mut entropy = [0; 16];
        entropy.copy_from_slice(&digest[..16]);
        Boundary::from_entropy(entropy)
    }

    /// The Link field of a page's document.
    fn link(&self, document: &str, page: &Page) -> String {
        let to = |name: &str| self.references.from(document, name);
        let mut link = format!("<{}>; rel=\"current\"", to(SUBSCRIPTION));
        let mut archive = |number: Option<u64>, relation: &str| {
            if let Some(number) = number {
                link.push_str(&format!(", <{}>; rel=\"{relation}\"", to(&archive_name(number))));
            }
        };
        archive((!page.is_open).then_some(page.number + 1), "next-archive");
        archive(page.number.checked_sub(1), "prev-archive");
        link
    }
}

fn place(page: Option<Page>) -> Place {
    match page {
        Some(Page { is_open: true, .. }) => Place::Subscription,
        Some(page) => Place::Archive(page),
        None => Place::Nowhere,
    }
}
