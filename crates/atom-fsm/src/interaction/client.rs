//! What a client sends, and what it makes of the answers (draft-wilde-fsm-00 section 4,
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

/// Makes requests, and reads responses. It sends nothing: give the requests to any HTTP client.
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

/// A server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// What was asked for was done.
    Done(T),
    /// It was not, for the reason that the status gives.
    Refused(StatusCode),
}

impl<T> Answer<T> {
    /// What was done.
    ///
    /// # Errors
    /// [`Rule::Status`] with the status when it was refused.
    pub fn done(self) -> Result<T, Error> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Refused(status) => Err(Error::head(Rule::Status, status.as_str())),
        }
    }
}

/// A document, and what came with it.
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

    /// Where what was created is: a URI reference against the request's URI.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The entity tag, to be given to an edit or a deletion.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// What was tolerated in the document.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl Client {
    /// A client that sends collections as the draft does, and reads with the default [`Reader`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what responses are read with.
    pub fn reader(mut self, reader: Reader) -> Self {
        self.reader = reader;
        self
    }

    /// Sets the media type that collections are sent as.
    pub fn collection_type(mut self, collection_type: CollectionType) -> Self {
        self.collection_type = collection_type;
        self
    }

    /// GET, of a service document, a bundle or an entry.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`] when the URI is none.
    pub fn get(&self, uri: &str) -> Result<Request<Vec<u8>>, Error> {
        let accept = "application/atom+xml, application/atomsvc+xml";
        let accept = (ACCEPT, HeaderValue::from_static(accept));
        request(Method::GET, uri, [Some(accept)], Vec::new())
    }

    /// POST of a collection to the service document's URI, which creates a bundle (section 4.2).
    /// The slug is a wish for the URI's name (RFC 5023 section 9.7).
    ///
    /// # Errors
    /// When the URI is none, or the collection cannot be written as submitted.
    pub fn create_bundle(
        &self,
        service_document: &str,
        collection: &Collection<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), slug.map(slug::field)];
        request(Method::POST, service_document, fields, submitted(collection)?)
    }

    /// POST of an entry to a bundle's URI, which creates a member (section 4.1).
    ///
    /// # Errors
    /// When the URI is none, or the entry cannot be written as submitted.
    pub fn create_member(
        &self,
        bundle: &str,
        entry: &Entry<'_>,
        slug: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), slug.map(slug::field)];
        request(Method::POST, bundle, fields, submitted(entry)?)
    }

    /// PUT of a collection to a bundle's URI (section 4.2), only if it still has this entity tag.
    ///
    /// # Errors
    /// When the URI or the tag is none, or the collection cannot be written as submitted.
    pub fn edit_bundle(
        &self,
        bundle: &str,
        collection: &Collection<'_>,
        etag: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(self.collection_type.as_str())), if_match(etag)?];
        request(Method::PUT, bundle, fields, submitted(collection)?)
    }

    /// PUT of an entry to its edit URI (RFC 5023 section 9.3), only if it still has this entity
    /// tag.
    ///
    /// # Errors
    /// When the URI or the tag is none, or the entry cannot be written as submitted.
    pub fn edit_member(
        &self,
        edit_uri: &str,
        entry: &Entry<'_>,
        etag: Option<&str>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let fields = [Some(content_type(ENTRY)), if_match(etag)?];
        request(Method::PUT, edit_uri, fields, submitted(entry)?)
    }

    /// DELETE, of a bundle or an entry (RFC 5023 section 9.4), only if it still has this entity
    /// tag. Deleting a bundle reference leaves the bundle.
    ///
    /// # Errors
    /// When the URI or the tag is none.
    pub fn delete(&self, uri: &str, etag: Option<&str>) -> Result<Request<Vec<u8>>, Error> {
        request(Method::DELETE, uri, [if_match(etag)?], Vec::new())
    }

    /// Reads the answer to [`get`](Self::get) of a service document.
    ///
    /// # Errors
    /// When it says 200 and is not what was asked for.
    pub fn service_document<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Service<'a>>>, Error> {
        self.receive(parts, body, Kind::Service, &[StatusCode::OK])
    }

    /// Reads the answer to [`get`](Self::get) of a bundle, or any feed.
    ///
    /// # Errors
    /// When it says 200 and is not what was asked for.
    pub fn feed<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Feed<'a>>>, Error> {
        self.receive(parts, body, Kind::Feed, &[StatusCode::OK])
    }

    /// Reads the answer to [`get`](Self::get) of an entry, or to an edit that brings it back.
    ///
    /// # Errors
    /// When it says 200 and is not what was asked for.
    pub fn member<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Entry<'a>>>, Error> {
        self.receive(parts, body, Kind::Entry, &[StatusCode::OK])
    }

    /// Reads the answer to [`create_member`](Self::create_member).
    ///
    /// # Errors
    /// When it says 201 without a Location, or without the entry.
    pub fn created_member<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Entry<'a>>>, Error> {
        self.receive(parts, body, Kind::Entry, &[StatusCode::CREATED])
    }

    /// Reads the answer to [`create_bundle`](Self::create_bundle).
    ///
    /// # Errors
    /// When it says 201 without a Location, or without the collection.
    pub fn created_bundle<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Collection<'a>>>, Error> {
        self.receive(parts, body, Kind::Collection, &[StatusCode::CREATED])
    }

    /// Reads the answer to [`edit_bundle`](Self::edit_bundle).
    ///
    /// # Errors
    /// When it says 200 and brings no collection.
    pub fn edited_bundle<'a>(
        &self,
        parts: &response::Parts,
        body: &'a [u8],
    ) -> Result<Answer<Received<Collection<'a>>>, Error> {
        self.receive(parts, body, Kind::Collection, &[StatusCode::OK])
    }

    /// Reads the answer to [`delete`](Self::delete).
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

/// What a client submits, with the declaration that the draft's examples have.
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
