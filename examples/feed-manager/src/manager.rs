//! The client: the interactions of section 4 of the draft, and the invocation of managed services.

use crate::error::Error;
use atom_fsm::app::{Collection, Service};
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::interaction::{Answer, Client, Created, EntityTag, Guard, Received, StrongTag};
use futures_util::StreamExt;
use http::{Request, response};
use std::time::Duration;

/// The limit on the size of a document: 16 MiB.
const MOST_OCTETS: usize = 16 * 1024 * 1024;

/// A client of one server's service document.
#[derive(Debug, Clone)]
pub struct Manager {
    http: reqwest::Client,
    client: Client,
    service: String,
}

/// Something that a server holds, with its URI and its entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// Its URI.
    pub uri: String,
    /// Its entity tag.
    pub etag: Option<String>,
    /// The thing itself.
    pub value: T,
}

impl Manager {
    /// Creates a client for the server of a service document.
    ///
    /// The client speaks https if the feature `tls` is on. If the program has installed no provider of
    /// cryptography for rustls, this function installs ring.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be created.
    pub fn new(service: &str) -> Result<Self, Error> {
        // For https, rustls needs a provider of cryptography. This fails if the program has installed
        // one already, which is as well.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .no_proxy()
            .build()?;
        Ok(Self { http, client: Client::new(), service: service.to_owned() })
    }

    /// Reads the service document.
    ///
    /// # Errors
    /// The errors of the request and of the document.
    pub async fn service(&self) -> Result<Service<'static>, Error> {
        let uri = &self.service;
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        Ok(received(uri, self.client.service(uri, &parts, &body))?.into_value())
    }

    /// Creates a bundle.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn create_bundle(
        &self,
        collection: &Collection<'_>,
        slug: Option<&str>,
    ) -> Result<Found<Collection<'static>>, Error> {
        let uri = &self.service;
        let request = self.client.create_collection(uri, collection, slug)?;
        let (parts, body) = self.send(request).await?;
        found(uri, &done(uri, self.client.created_collection(uri, &parts, &body))?)
    }

    /// Edits a bundle, if its entity tag is still the given one.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn edit_bundle(
        &self,
        uri: &str,
        collection: &Collection<'_>,
        etag: Option<&str>,
    ) -> Result<Collection<'static>, Error> {
        let request = self.client.edit_collection(uri, collection, &guard(uri, etag)?)?;
        let (parts, body) = self.send(request).await?;
        let edited = done(uri, self.client.edited_collection(uri, &parts, &body))?;
        edited.document().cloned().ok_or_else(|| missing(uri, "collection in its answer"))
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// The errors of the request and of the answer, and [`Error::Answer`] if the feed is not a bundle.
    pub async fn bundle(&self, uri: &str) -> Result<Bundle<'static>, Error> {
        let feed = self.feed(uri).await?;
        let refused = |source| Error::Answer { uri: uri.to_owned(), source };
        Bundle::try_from(feed).map_err(refused)
    }

    /// Creates a member of a bundle.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn create_member(
        &self,
        bundle: &str,
        entry: &Entry<'_>,
    ) -> Result<Found<Entry<'static>>, Error> {
        let request = self.client.create_member(bundle, entry, None)?;
        let (parts, body) = self.send(request).await?;
        found(bundle, &done(bundle, self.client.created_member(bundle, &parts, &body))?)
    }

    /// Reads a member.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn member(&self, uri: &str) -> Result<Found<Entry<'static>>, Error> {
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        let member = received(uri, self.client.entry(uri, &parts, &body))?;
        let etag = member.validators().etag().map(ToString::to_string);
        Ok(Found { uri: uri.to_owned(), etag, value: member.into_value() })
    }

    /// Edits a member, if its entity tag is still the given one.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn edit_member(
        &self,
        uri: &str,
        entry: &Entry<'_>,
        etag: Option<&str>,
    ) -> Result<Entry<'static>, Error> {
        let request = self.client.edit_member(uri, entry, &guard(uri, etag)?)?;
        let (parts, body) = self.send(request).await?;
        let edited = done(uri, self.client.edited_member(uri, &parts, &body))?;
        edited.document().cloned().ok_or_else(|| missing(uri, "entry in its answer"))
    }

    /// Deletes a bundle or a member.
    ///
    /// # Errors
    /// The errors of the request, and [`Error::Status`].
    pub async fn delete(&self, uri: &str) -> Result<(), Error> {
        let (parts, body) = self.send(self.client.delete(uri, &Guard::Unguarded)?).await?;
        done(uri, self.client.deleted(uri, &parts, &body)).map(drop)
    }

    /// Invokes a service: reads the feed at its URI, with its query appended.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn invoke(&self, service: &ServiceEntry<'_>) -> Result<Feed<'static>, Error> {
        self.feed(&service.invocation_uri(&Base::new(&self.service))?).await
    }

    /// Follows a reference to a bundle.
    ///
    /// # Errors
    /// The errors of the request and of the answer, and [`Error::Answer`] if the feed is not a bundle.
    pub async fn follow(&self, reference: &BundleReference<'_>) -> Result<Bundle<'static>, Error> {
        self.bundle(&reference.bundle_uri(&Base::new(&self.service))?).await
    }

    async fn feed(&self, uri: &str) -> Result<Feed<'static>, Error> {
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        Ok(received(uri, self.client.feed(uri, &parts, &body))?.into_value())
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<(response::Parts, Vec<u8>), Error> {
        let uri = request.uri().to_string();
        let response = self.http.execute(request.try_into()?).await?;
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.headers_mut() = response.headers().clone();
        let (mut body, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() > MOST_OCTETS {
                return Err(Error::TooLarge { uri, limit: MOST_OCTETS });
            }
        }
        Ok((head.into_parts().0, body))
    }
}

type Read<T> = Result<Answer<Received<T>>, atom_fsm::Error>;

fn received<T>(uri: &str, read: Read<T>) -> Result<Received<T>, Error> {
    done(uri, read.map_err(|source| Error::Answer { uri: uri.to_owned(), source })?)
}

fn done<T>(uri: &str, answer: Answer<T>) -> Result<T, Error> {
    if let Answer::Refused(refusal) = &answer {
        return Err(Error::Status { uri: uri.to_owned(), status: refusal.status() });
    }
    answer.done().map_err(|source| Error::Answer { uri: uri.to_owned(), source })
}

/// A strong tag guards an edit. Any other text cannot, and is refused.
fn guard(uri: &str, etag: Option<&str>) -> Result<Guard, Error> {
    let Some(etag) = etag else { return Ok(Guard::Unguarded) };
    let tag = EntityTag::parse(etag).and_then(StrongTag::new);
    tag.map(Guard::IfMatch).ok_or_else(|| missing(uri, "strong entity tag"))
}

fn missing(uri: &str, what: &'static str) -> Error {
    Error::Missing { uri: uri.to_owned(), what }
}

/// What was created, at its Location.
fn found<T: Clone>(asked: &str, created: &Created<T>) -> Result<Found<T>, Error> {
    let uri = created.location().ok_or_else(|| missing(asked, "Location that resolves"))?;
    let etag = created.head().validators().etag().map(ToString::to_string);
    let value = created.document().cloned().ok_or_else(|| missing(asked, "document"))?;
    Ok(Found { uri, etag, value })
}
