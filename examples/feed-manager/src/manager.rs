//! The client: what the draft's section 4 has it do, and invoking what it manages.

use crate::error::Error;
use atom_fsm::app::{Collection, Service};
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::interaction::{Answer, Client, Received};
use futures_util::StreamExt;
use http::{Request, response};
use std::time::Duration;

/// The most octets of a document that are read: 16 MiB.
const MOST_OCTETS: usize = 16 * 1024 * 1024;

/// A client of one server's service document.
#[derive(Debug, Clone)]
pub struct Manager {
    http: reqwest::Client,
    client: Client,
    service: String,
}

/// Where something is, and the entity tag that it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// Its URI.
    pub uri: String,
    /// Its entity tag.
    pub etag: Option<String>,
    /// What it is.
    pub value: T,
}

impl Manager {
    /// A client for the server of a service document.
    ///
    /// # Errors
    /// [`Error::Http`] when it cannot be set up.
    pub fn new(service: &str) -> Result<Self, Error> {
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
    /// Those of the request and of the document.
    pub async fn service(&self) -> Result<Service<'static>, Error> {
        let uri = &self.service;
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        let service = self.client.service_document(&parts, &body);
        Ok(received(uri, service)?.into_value().into_owned())
    }

    /// Creates a bundle.
    ///
    /// # Errors
    /// Those of the request and of the answer.
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

    /// Edits a bundle.
    ///
    /// # Errors
    /// Those of the request and of the answer.
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
    /// Those of the request and of the answer, and where the feed is no bundle.
    pub async fn bundle(&self, uri: &str) -> Result<Bundle<'static>, Error> {
        let feed = self.feed(uri).await?;
        let refused = |source| Error::Answer { uri: uri.to_owned(), source };
        Bundle::try_from(feed).map_err(refused)
    }

    /// Creates a member of a bundle.
    ///
    /// # Errors
    /// Those of the request and of the answer.
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
    /// Those of the request and of the answer.
    pub async fn member(&self, uri: &str) -> Result<Found<Entry<'static>>, Error> {
        let (parts, body) = self.send(self.client.get(uri)?).await?;
        let member = received(uri, self.client.member(&parts, &body))?;
        let etag = member.etag().map(str::to_owned);
        Ok(Found { uri: uri.to_owned(), etag, value: member.into_value().into_owned() })
    }

    /// Edits a member, if it still has this entity tag.
    ///
    /// # Errors
    /// Those of the request and of the answer.
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
    /// Those of the request, and [`Error::Status`].
    pub async fn delete(&self, uri: &str) -> Result<(), Error> {
        let (parts, _) = self.send(self.client.delete(uri, None)?).await?;
        done(uri, self.client.deleted(&parts))
    }

    /// Invokes a service: reads the feed at its URI, with its query appended.
    ///
    /// # Errors
    /// Those of the request and of the answer.
    pub async fn invoke(&self, service: &ServiceEntry<'_>) -> Result<Feed<'static>, Error> {
        self.feed(&service.invocation_uri(&Base::new(&self.service))?).await
    }

    /// Follows a reference to a bundle.
    ///
    /// # Errors
    /// Those of the request and of the answer, and where the feed is no bundle.
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

/// What was created, its Location resolved against the URI that was asked.
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
