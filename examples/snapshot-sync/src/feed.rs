//! The documents of the change event feed (draft of 2015-06-30, sections 4 and 5.2).
//!
//! Every document but the youngest is full and never changes: an archive document. The youngest is
//! the subscription document. The URI of the archive document after the last one redirects to it,
//! so that an archive document's own `next-archive` never changes either.

use crate::clock::instant;
use crate::consume::Method;
use crate::error::Error;
use crate::snapshot::ENTITY_TYPE;
use crate::store::{self, FeedIdentity, Store, StoredEvent};
use chrono::{DateTime, Utc};
use multipart_package::{Boundary, Encoder, EventType, HeadBuilder};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Where the subscription document is.
pub const SUBSCRIPTION: &str = "/changes/latest";

/// The media type of patches.
pub const PATCH_TYPE: &str = "application/merge-patch+json";

/// A document of the feed.
#[derive(Debug, Clone)]
pub struct Document {
    /// The Content-Type.
    pub content_type: String,
    /// The Link field.
    pub link: String,
    /// The entity tag, quoted.
    pub etag: String,
    /// When its youngest event happened, if it has one.
    pub last_modified: Option<DateTime<Utc>>,
    /// The octets.
    pub body: Vec<u8>,
}

/// Where a document of the feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is the subscription document.
    Subscription,
    /// It is this archive document.
    Archive(u64),
    /// There is no such document.
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

    /// The number of the subscription document, were it an archive document.
    fn youngest(&self, last_event: u64) -> u64 {
        last_event.saturating_sub(1) / self.0.page_events
    }

    /// Where the document of a number is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn place(&self, connection: &Connection, number: u64) -> Result<Place, Error> {
        let youngest = self.youngest(store::last_event(connection)?);
        Ok(match number {
            _ if number < youngest => Place::Archive(number),
            _ if number == youngest => Place::Subscription,
            _ => Place::Nowhere,
        })
    }

    /// Where the document is that holds an event.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn place_of_event(&self, connection: &Connection, event: u64) -> Result<Place, Error> {
        if event == 0 || event > store::last_event(connection)? {
            return Ok(Place::Nowhere);
        }
        self.place(connection, (event - 1) / self.0.page_events)
    }

    /// The entity tag of the subscription document, without making the document.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn etag(&self, connection: &Connection) -> Result<String, Error> {
        Ok(self.etag_after(store::last_event(connection)?))
    }

    /// The entity tag of an archive document.
    #[must_use]
    pub fn archive_etag(&self, number: u64) -> String {
        self.etag_after((number + 1) * self.0.page_events)
    }

    /// The entity tag of the document that ends in an event.
    fn etag_after(&self, last: u64) -> String {
        format!("\"{}-{last}\"", self.0.id)
    }

    /// The subscription document.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn subscription(&self, connection: &Connection) -> Result<Document, Error> {
        let last = store::last_event(connection)?;
        let number = self.youngest(last);
        let mut link = format!("<{SUBSCRIPTION}>; rel=\"current\"");
        link.push_str(&prev_archive(number));
        self.document(connection, number, last, link)
    }

    /// The archive document of a number, which must be one.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Write`].
    pub fn archive(&self, connection: &Connection, number: u64) -> Result<Document, Error> {
        let next = number + 1;
        let mut link = format!(
            "<{SUBSCRIPTION}>; rel=\"current\", </changes/archive/{next}>; rel=\"next-archive\""
        );
        link.push_str(&prev_archive(number));
        self.document(connection, number, next * self.0.page_events, link)
    }

    fn document(
        &self,
        connection: &Connection,
        number: u64,
        last: u64,
        link: String,
    ) -> Result<Document, Error> {
        let events = store::events(connection, number * self.0.page_events + 1, last)?;
        let boundary = self.boundary(last);
        let mut encoder = Encoder::new(&boundary);
        let mut body = Vec::new();
        for event in &events {
            self.write_event(&mut encoder, &mut body, event)?;
        }
        encoder.finish(&mut body)?;
        let content_type = boundary.content_type("mixed")?;
        let last_modified = events.last().map(|event| instant(event.time));
        Ok(Document { content_type, link, etag: self.etag_after(last), last_modified, body })
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
            Method::Put => head = head.content_type(ENTITY_TYPE),
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

    /// The boundary of the document that ends in an event: always the same, yet unknown to who
    /// writes an event into it, even if they have seen the document as it was before.
    fn boundary(&self, last: u64) -> Boundary {
        let digest =
            Sha256::new().chain_update(self.0.secret).chain_update(last.to_be_bytes()).finalize();
        let mut entropy = [0; 16];
        entropy.copy_from_slice(&digest[..16]);
        Boundary::from_entropy(entropy)
    }
}

fn prev_archive(number: u64) -> String {
    match number.checked_sub(1) {
        Some(earlier) => format!(", </changes/archive/{earlier}>; rel=\"prev-archive\""),
        None => String::new(),
    }
}
