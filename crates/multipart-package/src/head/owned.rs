//! The accessors of a head that owns its octets. Each is that of the borrowed head.

use crate::content_type::ContentType;
use crate::error::Error;
use crate::field::content_disposition::ContentDisposition;
use crate::field::content_range::ContentRange;
use crate::field::entity_tag::EntityTag;
use crate::field::event_type::EventType;
use crate::field::transfer_encoding::TransferEncoding;
use crate::head::{Fields, Head};
use bytes::Bytes;
use std::borrow::Cow;

/// The accessors of a borrowed head. No octets are copied: the values borrow this head.
impl Head<Bytes> {
    /// The fields in order, including repeated ones.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        self.borrow().fields()
    }

    /// The value of the first field with this name, compared case-insensitively.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.borrow().get(name)
    }

    /// The values of all fields with this name in order, compared case-insensitively.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.borrow().get_all(name)
    }

    /// The value of the first field with this name, without the line breaks of its folds.
    #[must_use]
    pub fn unfolded(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.borrow().unfolded(name)
    }

    /// Content-Type (RFC 9110 section 8.3).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_type(&self) -> Result<Option<ContentType<'_>>, Error> {
        self.borrow().content_type()
    }

    /// Content-Location (RFC 9110 section 8.7): the entity's URI reference, not yet resolved.
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_location(&self) -> Result<Option<&str>, Error> {
        self.borrow().content_location()
    }

    /// Content-Range (RFC 9110 section 14.4).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_range(&self) -> Result<Option<ContentRange<'_>>, Error> {
        self.borrow().content_range()
    }

    /// Content-Transfer-Encoding (RFC 2045 section 6).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_transfer_encoding(&self) -> Result<Option<TransferEncoding<'_>>, Error> {
        self.borrow().content_transfer_encoding()
    }

    /// Content-Disposition (RFC 6266).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_disposition(&self) -> Result<Option<ContentDisposition<'_>>, Error> {
        self.borrow().content_disposition()
    }

    /// ETag (RFC 9110 section 8.8.3).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn etag(&self) -> Result<Option<EntityTag<'_>>, Error> {
        self.borrow().etag()
    }

    /// Content-ID (RFC 2045 section 7), without its angle brackets.
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn content_id(&self) -> Result<Option<&str>, Error> {
        self.borrow().content_id()
    }

    /// Event-Type (event-sourcing draft of 2015-06-30, section 4.3).
    ///
    /// # Errors
    /// Those of a borrowed head.
    pub fn event_type(&self) -> Result<Option<EventType<'_>>, Error> {
        self.borrow().event_type()
    }
}
