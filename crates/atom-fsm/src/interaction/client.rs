//! The requests that a client sends, and the responses that it reads (draft-wilde-fsm-00 section 4,
//! RFC 5023 section 5).

use super::media::{CollectionType, ENTRY, Kind};
use super::slug;
use crate::app::{Collection, Service};
use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::root::Root;
use crate::rule::Rule;
use crate::settings::Stage;
use crate::writer::{Declaration, Writer};
use http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, request, response};

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
    reader: Reader,
    collection_type: CollectionType,
}

/// The response of a server: success or refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// The server did what the request asks for.
    Done(T),
    /// The server refused the request, with this status.
    Refused(StatusCode),
}

impl<T> Answer<T> {
    /// Returns what the server sent on success.
    ///
    /// # Errors
    /// [`Rule::Status`], with the status, when the server refused the request.
    pub fn done(self) -> Result<T, Error> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Refused(status) => Err(Error::head(Rule::Status, status.as_str())),
        }
    }
}

/// A document that was received, with fields of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<T> {
    value: T,
    location: Option<String>,
    etag: Option<String>,
    diagnostics: Diagnostics,
}

impl<T> Received<T> {
    /// The document.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The document.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// The Location: the URI of what was created, or a reference relative to the request's URI.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The entity tag, for the next edit or deletion.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The violations that were tolerated in the document.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
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

    /// Builds a GET of a service document, a bundle or an entry.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is not valid.
    pub fn get(&self, uri: &str) -> Result<Request<Vec<u8>>, Error> {
        let accept = "application/atom+xml, application/atomsvc+xml";
        let accept = (ACCEPT, HeaderValue::from_static(accept));
        request(Method::GET, uri, [Some(accept)], Vec::new())
    }

    /// Builds a POST of a collection to the service document's URI, which creates a bundle
    /// (section 4.2). The slug suggests a name for the bundle's URI (RFC 5023 section 9.7).
    ///
    /// # Errors
    /// When the URI is not valid, or the collection cannot be written as submitted.
    pub fn create_bundle(
        &self,
        service_document: &str,
        collection: &Collection<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), slug.map(slug::field)];
        request(Method::POST, service_document, fields, submitted(collection)?)
    }

    /// Builds a POST of an entry to a bundle's URI, which creates a member (section 4.1). The slug
    /// suggests a name for the member's URI (RFC 5023 section 9.7).
    ///
    /// # Errors
    /// When the URI is not valid, or the entry cannot be written as submitted.
    pub fn create_member(
        &self,
        bundle: &str,
        entry: &Entry<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), slug.map(slug::field)];
        request(Method::POST, bundle, fields, submitted(entry)?)
    }

    /// Builds a PUT of a collection to a bundle's URI (section 4.2). With an entity tag, the server
    /// performs it only if the bundle still has that tag (If-Match).
    ///
    /// # Errors
    /// When the URI is not valid, when the tag is not a field value, or when the collection cannot
    /// be written as submitted.
    pub fn edit_bundle(
        &self,
        bundle: &str,
        collection: &Collection<'_>,
        etag: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), if_match(etag)?];
        request(Method::PUT, bundle, fields, submitted(collection)?)
    }

    /// Builds a PUT of an entry to its edit URI (RFC 5023 section 9.3). With an entity tag, the
    /// server performs it only if the entry still has that tag (If-Match).
    ///
    /// # Errors
    /// When the URI is not valid, when the tag is not a field value, or when the entry cannot be
    /// written as submitted.
    pub fn edit_member(
        &self,
        edit_uri: &str,
        entry: &Entry<'_>,
        etag: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), if_match(etag)?];
        request(Method::PUT, edit_uri, fields, submitted(entry)?)
    }

    /// Builds a DELETE of a bundle or an entry (RFC 5023 section 9.4). With an entity tag, the
    /// server performs it only if the resource still has that tag (If-Match). Deleting a bundle
    /// reference does not delete the bundle.
    ///
    /// # Errors
    /// When the URI is not valid, or the tag is not a field value.
    pub fn delete(&self, uri: &str, etag: Option<&str>) -> Result<Request<Vec<u8>>, Error> {
        request(Method::DELETE, uri, [if_match(etag)?], Vec::new())
    }

    /// Reads the response to [`get`](Self::get) of a service document.
    ///
    /// # Errors
    /// When the status is neither 200 nor an error, or when the body has another media type or
    /// cannot be read.
    pub fn service_document<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Service<'a>>>, Error> {
        self.receive(parts, body, Kind::Service, &[StatusCode::OK])
    }

    /// Reads the response to [`get`](Self::get) of a bundle or any other feed.
    ///
    /// # Errors
    /// When the status is neither 200 nor an error, or when the body has another media type or
    /// cannot be read.
    pub fn feed<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Feed<'a>>>, Error> {
        self.receive(parts, body, Kind::Feed, &[StatusCode::OK])
    }

    /// Reads the response to [`get`](Self::get) of an entry, or to an
    /// [`edit_member`](Self::edit_member) if the response to the PUT contains the entry.
    ///
    /// # Errors
    /// When the status is neither 200 nor an error, or when the body has another media type or
    /// cannot be read.
    pub fn member<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Entry<'a>>>, Error> {
        self.receive(parts, body, Kind::Entry, &[StatusCode::OK])
    }

    /// Reads the response to [`create_member`](Self::create_member).
    ///
    /// # Errors
    /// When the status is neither 201 nor an error, when a 201 has no Location, or when the entry
    /// cannot be read.
    pub fn created_member<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Entry<'a>>>, Error> {
        self.receive(parts, body, Kind::Entry, &[StatusCode::CREATED])
    }

    /// Reads the response to [`create_bundle`](Self::create_bundle).
    ///
    /// # Errors
    /// When the status is neither 201 nor an error, when a 201 has no Location, or when the
    /// collection cannot be read.
    pub fn created_bundle<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Collection<'a>>>, Error> {
        self.receive(parts, body, Kind::Collection, &[StatusCode::CREATED])
    }

    /// Reads the response to [`edit_bundle`](Self::edit_bundle).
    ///
    /// # Errors
    /// When the status is neither 200 nor an error, or when the collection cannot be read.
    pub fn edited_bundle<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Collection<'a>>>, Error> {
        self.receive(parts, body, Kind::Collection, &[StatusCode::OK])
    }

    /// Reads the response to [`delete`](Self::delete).
    #[must_use]
    pub fn deleted(&self, parts: &response::Parts) -> Answer<()> {
        match parts.status {
            StatusCode::OK | StatusCode::ACCEPTED | StatusCode::NO_CONTENT => Answer::Done(()),
            status => Answer::Refused(status),
        }
    }

    fn receive<'a, T: Root<'a>>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
        kind: Kind,
        expected: &[StatusCode],
    ) -> Result<Answer<Received<T>>, Error> {
        let status = parts.status;
        if status.is_client_error() || status.is_server_error() {
            return Ok(Answer::Refused(status));
        }
        if !expected.contains(&status) {
            return Err(Error::head(Rule::Status, status.as_str()));
        }
        let location = text(&parts.headers, &LOCATION);
        if status == StatusCode::CREATED && location.is_none() {
            return Err(Error::head(Rule::LocationMissing, ""));
        }
        kind.check(&parts.headers)?;
        let (value, diagnostics) = self.reader.read(body)?.into_parts();
        let etag = text(&parts.headers, &ETAG);
        Ok(Answer::Done(Received { value, location, etag, diagnostics }))
    }
}

/// Writes a document as submitted, with an XML declaration as in the draft's examples.
fn submitted<'a>(root: &impl Root<'a>) -> Result<Vec<u8>, Error> {
    Writer::new().stage(Stage::Submitted).declaration(Declaration::Written).to_vec(root)
}

type Field = (http::HeaderName, HeaderValue);

fn content_type(media_type: &'static str) -> Field {
    (CONTENT_TYPE, HeaderValue::from_static(media_type))
}

fn if_match(etag: Option<&str>) -> Result<Option<Field>, Error> {
    let Some(etag) = etag else { return Ok(None) };
    let value = HeaderValue::from_str(etag);
    let value = value.map_err(|_| Error::head(Rule::Character, etag))?;
    Ok(Some((IF_MATCH, value)))
}

fn request<const N: usize>(
    method: Method,
    uri: &str,
    fields: [Option<Field>; N],
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>, Error> {
    let uri: Uri = uri.parse().map_err(|_| Error::head(Rule::IriSyntax, uri))?;
    let (mut parts, ()): (request::Parts, ()) = Request::new(()).into_parts();
    (parts.method, parts.uri) = (method, uri);
    parts.headers.extend(fields.into_iter().flatten());
    Ok(Request::from_parts(parts, body))
}

fn text(headers: &HeaderMap, name: &http::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
