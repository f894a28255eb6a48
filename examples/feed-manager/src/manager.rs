//! The client: the interactions of section 4 of the draft, and the invocation of managed services.

use crate::error::Error;
use atom_fsm::app::{Collection, Service};
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::interaction::{Answer, Client, Received};
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
        let service = self.client.service_document(&parts, &body);
        Ok(received(uri, service)?.into_value().into_owned())
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
        let request = self.client.create_bundle(uri, collection, slug)?;
        let (parts, body) = self.send(request).await?;
        let created = received(uri, self.client.created_bundle(&parts, &body))?;
        found(uri, created, Collection::into_owned)
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
        let request = self.client.edit_bundle(uri, collection, etag)?;
        let (parts, body) = self.send(request).await?;
        let edited = received(uri, self.client.edited_bundle(&parts, &body))?;
        Ok(edited.into_value().into_owned())
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
        let created = received(bundle, self.client.created_member(&parts, &body))?;
        found(bundle, created, Entry::into_owned)
    }

    /// Reads a member.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn member(&self, uri: &str) -> Result<Found<Entry<'static>>, Error> {
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        let member = received(uri, self.client.member(&parts, &body))?;
        let etag = member.etag().map(str::to_owned);
        Ok(Found { uri: uri.to_owned(), etag, value: member.into_value().into_owned() })
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
        let request = self.client.edit_member(uri, entry, etag)?;
        let (parts, body) = self.send(request).await?;
        let member = received(uri, self.client.member(&parts, &body))?;
        Ok(member.into_value().into_owned())
    }

    /// Deletes a bundle or a member.
    ///
    /// # Errors
    /// The errors of the request, and [`Error::Status`].
    pub async fn delete(&self, uri: &str) -> Result<(), Error> {
        let (parts, _) = self.send(self.client.delete(uri, None)?).await?;
        done(uri, self.client.deleted(&parts))
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
        Ok(received(uri, self.client.feed(&parts, &body))?.into_value().into_owned())
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
    match answer {
        Answer::Done(value) => Ok(value),
        Answer::Refused(status) => Err(Error::Status { uri: uri.to_owned(), status }),
    }
}

/// Resolves the Location of a created thing against the URI that was requested.
fn found<T, U>(
    asked: &str,
    created: Received<T>,
    into_owned: fn(T) -> U,
) -> Result<Found<U>, Error> {
    let location = created.location().and_then(|location| Base::new(asked).resolve(location));
    let missing = || Error::Missing { uri: asked.to_owned(), what: "Location that resolves" };
    let (uri, etag) = (location.ok_or_else(missing)?, created.etag().map(str::to_owned));
    Ok(Found { uri, etag, value: into_owned(created.into_value()) })
}
