//! The client, with its settings.

use super::super::media::CollectionType;
use crate::reader::Reader;

/// Builds requests and reads responses. It sends nothing: any HTTP client can send the requests.
///
/// ```
/// use atom_fsm::fsm::ServiceEntry;
/// use atom_fsm::interaction::Client;
///
/// let service = ServiceEntry::new("Rates", "http://geofeeds.org/unemployment2011");
/// let request = Client::new().create_member("http://example.org/spatial-feeds/", service.as_entry(), None)?;
/// assert_eq!(request.method(), "POST");
/// assert_eq!(request.headers()["content-type"], "application/atom+xml;type=entry");
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Client {
    pub(super) reader: Reader,
    pub(super) collection_type: CollectionType,
}

impl Client {
    /// Returns a client that sends collections as [`CollectionType::Entry`], and reads with the
    /// default [`Reader`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the reader of responses.
    pub fn reader(mut self, reader: Reader) -> Self {
        self.reader = reader;
        self
    }

    /// Sets the media type of the collections that are sent.
    pub fn collection_type(mut self, collection_type: CollectionType) -> Self {
        self.collection_type = collection_type;
        self
    }
}
