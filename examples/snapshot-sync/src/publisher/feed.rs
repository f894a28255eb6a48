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
use crate::publisher::store::pages::{self, Page};
use crate::publisher::store::{self, Entities, FeedIdentity, Store, StoredEvent};
use crate::time::instant;
use chrono::{DateTime, Utc};
use multipart_package::{Boundary, Encoder, EventType, HeadBuilder};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Where the subscription document is.
pub const SUBSCRIPTION: &str = "/changes/latest";

/// A document of the feed.
#[derive(Debug, Clone)]
pub struct Document {
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
    /// Nowhere: there is no such document.
    Nowhere,
}

/// Makes the feed's documents.
#[derive(Debug, Clone)]
pub struct Feed(FeedIdentity);

impl Feed {
    /// The feed of a store.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        Self(store.feed().clone())
    }

    /// The path of its entities.
    #[must_use]
    pub fn entities(&self) -> &Entities {
        &self.0.entities
    }

    /// Finds the document that has this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn place(&self, connection: &Connection, number: u64) -> Result<Place, Error> {
        Ok(place(pages::page(connection, number)?))
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
        Ok(self.etag_of(&pages::youngest(connection)?))
    }

    /// The subscription document.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn subscription(&self, connection: &Connection) -> Result<Document, Error> {
        self.document(connection, &pages::youngest(connection)?)
    }

    /// The entity tag of a page's document.
    #[must_use]
    pub fn etag_of(&self, page: &Page) -> String {
        format!("\"{}-{}\"", self.0.id, page.last)
    }

    /// A page's document.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn document(&self, connection: &Connection, page: &Page) -> Result<Document, Error> {
        let events = store::events(connection, page.first, page.last)?;
        let boundary = self.boundary(page.last);
        let mut encoder = Encoder::new(&boundary);
        let mut body = Vec::new();
        for event in &events {
            self.write_event(&mut encoder, &mut body, event)?;
        }
        encoder.finish(&mut body)?;
        let content_type = boundary.content_type("mixed")?;
        let last_modified = events.last().map(|event| instant(event.time));
        Ok(Document {
            content_type,
            link: link(page),
            etag: self.etag_of(page),
            last_modified,
            body,
        })
    }

    fn write_event(
        &self,
        encoder: &mut Encoder,
        body: &mut Vec<u8>,
        event: &StoredEvent,
    ) -> Result<(), Error> {
        let mut head = HeadBuilder::new()
            .field("Link", format!("<{}>;rel=\"about\"", event.uri))
            .field("Link", format!("</changes/{}>;rel=\"self\"", event.number))
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
            .content_id(&format!("{}@{}.snapshot-sync", event.number, self.0.id))
            .build()?;
        Ok(encoder.part(body, head.borrow(), &event.body)?)
    }

    /// The boundary of the document that ends with an event. It is always the same, but a client
    /// that writes an event cannot predict it, even if the client knows the document before the
    /// event.
    fn boundary(&self, last: u64) -> Boundary {
        let digest =
            Sha256::new().chain_update(self.0.secret).chain_update(last.to_be_bytes()).finalize();
        let mut entropy = [0; 16];
        entropy.copy_from_slice(&digest[..16]);
        Boundary::from_entropy(entropy)
    }
}

fn place(page: Option<Page>) -> Place {
    match page {
        Some(Page { is_open: true, .. }) => Place::Subscription,
        Some(page) => Place::Archive(page),
        None => Place::Nowhere,
    }
}

/// The Link field of a page's document.
fn link(page: &Page) -> String {
    let mut link = format!("<{SUBSCRIPTION}>; rel=\"current\"");
    let mut archive = |number: Option<u64>, relation: &str| {
        if let Some(number) = number {
            link.push_str(&format!(", </changes/archive/{number}>; rel=\"{relation}\""));
        }
    };
    archive((!page.is_open).then_some(page.number + 1), "next-archive");
    archive(page.number.checked_sub(1), "prev-archive");
    link
}
