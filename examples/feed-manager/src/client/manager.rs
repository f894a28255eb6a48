//! The client of one server's service document.

use super::found::Found;
use super::limits::Limits;
use super::same::is_same_resource;
use super::token::Token;
use super::transport::{Response, Transport};
use crate::error::Error;
use atom_fsm::app::{Collection, Service};
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::interaction::{Answer, Client, Created, Guard, Received, Retried, Validators};
use http::{Request, StatusCode};
use std::time::Duration;

/// A client of one server's service document.
///
/// It reads bundles of other servers too. Its [`Token`] goes to the origin of the service document
/// alone.
#[derive(Debug, Clone)]
pub struct Manager {
    transport: Transport,
    client: Client,
    service: String,
    patience: Duration,
}

impl Manager {
    /// Creates a client for the server of a service document, with the default [`Limits`] and without a
    /// token.
    ///
    /// The client speaks https if the feature `tls` is on. If the program has installed no provider of
    /// cryptography for rustls, this function installs ring.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be created.
    pub fn new(service: &str) -> Result<Self, Error> {
        Self::with_limits(service, Limits::default())
    }

    /// Creates a client as [`new`](Self::new) does, with these limits.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be created.
    pub fn with_limits(service: &str, limits: Limits) -> Result<Self, Error> {
        let transport = Transport::new(service, limits)?;
        Ok(Self {
            transport,
            client: Client::new(),
            service: service.to_owned(),
            patience: Duration::ZERO,
        })
    }

    /// Sets the token, which is sent to the origin of the service document.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.transport = self.transport.with_token(token);
        self
    }

    /// The URI of the service document.
    #[must_use]
    pub fn service_uri(&self) -> &str {
        &self.service
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        self.transport.limits()
    }

    /// Reads the service document.
    ///
    /// # Errors
    /// The errors of the request and of the document.
    pub async fn service(&self) -> Result<Service<'static>, Error> {
        self.found_service().await.map(|found| found.value)
    }

    /// Reads the service document as [`service`](Self::service) does, with its URI after redirections, which
    /// its references resolve against.
    ///
    /// # Errors
    /// Those of [`service`](Self::service).
    pub async fn found_service(&self) -> Result<Found<Service<'static>>, Error> {
        let uri = &self.service;
        let Response { uri: last, parts, body } = self.send(self.client.get(uri)?).await?;
        received(uri, self.client.service(&last, &parts, &body))
    }

    /// Finds the collection of a URI in the service document. A collection has no document of its own:
    /// a GET of its URI gives the feed. What is to be edited is read by
    /// [`collection_to_edit`](Self::collection_to_edit).
    ///
    /// # Errors
    /// The errors of the service document, and [`Error::Missing`] if it does not list the collection.
    pub async fn collection(&self, uri: &str) -> Result<Collection<'static>, Error> {
        let mut collections = self.collections().await?.into_iter();
        let found = collections
            .find(|(href, _)| is_same_resource(href, uri))
            .map(|(_, collection)| collection);
        found.ok_or_else(|| missing(uri, "collection in the service document"))
    }

    /// Finds the collection of a URI to edit it, with what guards the edit.
    ///
    /// A collection has no document of its own, and no validators: those of its URI are the feed's, and guard
    /// both. They are read first, and the collection behind them: if somebody edits it in between,
    /// [`edit_bundle`](Self::edit_bundle) is refused with 412. In the other order, the edit would overwrite that
    /// one. A member that is created, edited or deleted changes them too.
    ///
    /// # Errors
    /// Those of [`state`](Self::state) and of [`collection`](Self::collection).
    pub async fn collection_to_edit(&self, uri: &str) -> Result<Found<Collection<'static>>, Error> {
        let state = self.state(uri).await?;
        let value = self.collection(uri).await?;
        Ok(Found { uri: state.uri, validators: state.validators, value })
    }

    /// Lists the collections of the service document, each with its absolute URI. One whose URI does not
    /// resolve is not listed.
    ///
    /// # Errors
    /// The errors of the service document.
    pub async fn collections(&self) -> Result<Vec<(String, Collection<'static>)>, Error> {
        let found = self.found_service().await?;
        let base = found.base();
        let mut listed = Vec::new();
        for workspace in found.value.workspaces() {
            let base = base.within(workspace.common());
            for collection in workspace.collections() {
                let base = base.within(collection.common());
                let href = base.resolve(collection.href().unwrap_or_default());
                listed.extend(href.map(|href| (href, collection.clone())));
            }
        }
        Ok(listed)
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
        let Response { uri: last, parts, body } = self.send(request).await?;
        let created = done(uri, self.client.created_collection(&last, &parts, &body))?;
        let of_bundle = created.collection_uri();
        let uri = of_bundle.ok_or_else(|| missing(uri, "Location that resolves, and no href"))?;
        let validators = created.head().validators();
        let value = match created.document() {
            Some(collection) => collection.clone(),
            None => self.collection(&uri).await?,
        };
        Ok(Found { uri, validators, value })
    }

    /// Edits a bundle, if it is still in the state that the guard names:
    /// [`collection_to_edit`](Self::collection_to_edit) gives what is edited and the guard.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn edit_bundle(
        &self,
        uri: &str,
        collection: &Collection<'_>,
        guard: &Guard,
    ) -> Result<Collection<'static>, Error> {
        let request = self.client.edit_collection(uri, collection, guard)?;
        let Response { uri: last, parts, body } = self.send(request).await?;
        let edited = done(uri, self.client.edited_collection(&last, &parts, &body))?;
        match edited.document() {
            Some(collection) => Ok(collection.clone()),
            None => self.collection(uri).await,
        }
    }

    /// Reads a bundle, with the members of all its pages.
    ///
    /// # Errors
    /// Those of [`all_pages`](Self::all_pages), and [`Error::Answer`] if the feed is not a bundle.
    pub async fn bundle(&self, uri: &str) -> Result<Bundle<'static>, Error> {
        self.found_bundle(uri).await.map(|found| found.value)
    }

    /// Reads a bundle as [`bundle`](Self::bundle) does, with its URI after redirections.
    ///
    /// # Errors
    /// Those of [`bundle`](Self::bundle).
    pub async fn found_bundle(&self, uri: &str) -> Result<Found<Bundle<'static>>, Error> {
        let Found { uri, validators, value } = self.all_pages(uri).await?;
        match Bundle::try_from(value) {
            Ok(value) => Ok(Found { uri, validators, value }),
            Err(source) => Err(Error::Answer { uri, source }),
        }
    }

    /// Reads one document of a feed, with its validators: one page of a bundle.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn page(&self, uri: &str) -> Result<Found<Feed<'static>>, Error> {
        let Response { uri: last, parts, body } = self.send(self.client.get(uri)?).await?;
        received(uri, self.client.feed(&last, &parts, &body))
    }

    /// Reads one document of a feed, if it no longer has these validators. The result is `None` while
    /// it has them (304).
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn page_if_changed(
        &self,
        uri: &str,
        validators: &Validators,
    ) -> Result<Option<Found<Feed<'static>>>, Error> {
        let request = self.client.get_if_changed(uri, validators)?;
        let Response { uri: last, parts, body } = self.send(request).await?;
        match self.client.feed(&last, &parts, &body) {
            Ok(Answer::NotModified(_)) => Ok(None),
            answer => received(uri, answer).map(Some),
        }
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
        self.create_named_member(bundle, entry, None).await
    }

    /// Creates a member of a collection. The slug suggests a name for its URI (RFC 5023 section 9.7).
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn create_named_member(
        &self,
        collection: &str,
        entry: &Entry<'_>,
        slug: Option<&str>,
    ) -> Result<Found<Entry<'static>>, Error> {
        let request = self.client.create_member(collection, entry, slug)?;
        let Response { uri: last, parts, body } = self.send(request).await?;
        let created = done(collection, self.client.created_member(&last, &parts, &body))?;
        self.created(collection, &created).await
    }

    /// What was created. Unless the server says that its answer is the whole entry, the entry is read
    /// from its URI (RFC 5023 section 9.2).
    pub(super) async fn created(
        &self,
        asked: &str,
        created: &Created<Entry<'static>>,
    ) -> Result<Found<Entry<'static>>, Error> {
        let uri = created.edit_uri();
        let uri = uri.ok_or_else(|| missing(asked, "Location that resolves, and no edit link"))?;
        match created.complete() {
            Some(entry) => {
                let validators = created.head().validators();
                Ok(Found { uri, validators, value: entry.clone() })
            }
            None => self.member(&uri).await,
        }
    }

    /// Reads a member.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn member(&self, uri: &str) -> Result<Found<Entry<'static>>, Error> {
        let Response { uri: last, parts, body } = self.send(self.client.get(uri)?).await?;
        received(uri, self.client.entry(&last, &parts, &body))
    }

    /// Reads a member to edit it. Where the answer has no strong entity tag, as behind a proxy that
    /// compresses, the member is asked for once more without a content coding. If there is no strong tag
    /// then either, [`Found::guard`] is what the answer allows.
    ///
    /// # Errors
    /// The errors of the requests and of the answers.
    pub async fn member_to_edit(&self, uri: &str) -> Result<Found<Entry<'static>>, Error> {
        let Response { uri: last, parts, body } = self.send(self.client.get(uri)?).await?;
        let answer = self.client.entry(&last, &parts, &body);
        let first = done(uri, answer.map_err(|source| unreadable(uri, source))?)?;
        let Err(none) = first.strong_tag() else { return Ok(found(first)) };
        let (request, retry) = none.retry(&self.client)?;
        let Response { uri: last, parts, body } = self.send(request).await?;
        match retry.answer(&parts) {
            Retried::Unchanged(tag) => {
                let validators = first.validators().with_etag(tag.as_tag().clone());
                Ok(Found { validators, ..found(first) })
            }
            Retried::Reread(_) => received(uri, self.client.entry(&last, &parts, &body)),
            Retried::NoStrongValidator => Ok(found(first)),
        }
    }

    /// Reads the validators of whatever is at a URI: a bundle, a member or a media resource. Their
    /// [`guard`](Found::guard) is for [`delete_guarded`](Self::delete_guarded). The answer is asked for
    /// without a content coding, since a proxy that compresses makes strong entity tags weak; its body is not
    /// looked at.
    ///
    /// # Errors
    /// The errors of the request.
    pub async fn state(&self, uri: &str) -> Result<Found<()>, Error> {
        let Response { uri: last, parts, body } = self.send(self.client.get_identity(uri)?).await?;
        // What a deletion gives is the head of any answer whose body is left alone.
        let head = done(uri, self.client.deleted(&last, &parts, &body))?;
        Ok(Found { uri: last, validators: head.validators(), value: () })
    }

    /// Edits a member, if it is still in the state that the guard names. The result is the member as the
    /// server has stored it: that of the answer, if Content-Location says that it is (RFC 9110 section 8.7),
    /// and otherwise what a GET gives.
    ///
    /// # Errors
    /// The errors of the request and of the answer.
    pub async fn edit_member(
        &self,
        uri: &str,
        entry: &Entry<'_>,
        guard: &Guard,
    ) -> Result<Entry<'static>, Error> {
        let request = self.client.edit_member(uri, entry, guard)?;
        let Response { uri: last, parts, body } = self.send(request).await?;
        let edited = done(uri, self.client.edited_member(&last, &parts, &body))?;
        match edited.complete() {
            Some(entry) => Ok(entry.clone()),
            None => self.member(uri).await.map(|found| found.value),
        }
    }

    /// Deletes a bundle or a member, whatever state it is in.
    ///
    /// # Errors
    /// The errors of the request, and [`Error::Refused`].
    pub async fn delete(&self, uri: &str) -> Result<(), Error> {
        self.delete_guarded(uri, &Guard::Unguarded).await
    }

    /// Deletes a bundle or a member, if it is still in the state that the guard names.
    ///
    /// # Errors
    /// The errors of the request, and [`Error::Refused`].
    pub async fn delete_guarded(&self, uri: &str, guard: &Guard) -> Result<(), Error> {
        let Response { uri: last, parts, body } =
            self.send(self.client.delete(uri, guard)?).await?;
        done(uri, self.client.deleted(&last, &parts, &body)).map(drop)
    }

    /// Invokes a service: reads the feed at its URI, with its query appended. `base` is what the entry's
    /// references resolve against: [`Found::base`] of the bundle or the entry that was read. The token goes
    /// there only if the service is at the origin of the service document.
    ///
    /// # Errors
    /// The errors of the request and of the answer, and those of
    /// [`invocation_uri`](ServiceEntry::invocation_uri).
    pub async fn invoke(
        &self,
        service: &ServiceEntry<'_>,
        base: &Base,
    ) -> Result<Feed<'static>, Error> {
        let uri = service.invocation_uri(base)?;
        self.page(&uri).await.map(|found| found.value)
    }

    /// Follows a reference to a bundle. `base` is what the reference resolves against: [`Found::base`] of the
    /// bundle or the entry that was read.
    ///
    /// # Errors
    /// The errors of the request and of the answer, those of [`bundle_uri`](BundleReference::bundle_uri), and
    /// [`Error::Answer`] if the feed is not a bundle.
    pub async fn follow(
        &self,
        reference: &BundleReference<'_>,
        base: &Base,
    ) -> Result<Found<Bundle<'static>>, Error> {
        self.found_bundle(&reference.bundle_uri(base)?).await
    }

    pub(super) fn codec(&self) -> &Client {
        &self.client
    }

    /// A client that waits where a server answers with 429, as long as [`Limits::patience`] allows.
    pub(crate) fn patient(&self) -> Self {
        Self { patience: self.limits().patience(), ..self.clone() }
    }

    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, Error> {
        let mut left = self.patience;
        loop {
            let response = self.transport.send(request.clone()).await?;
            match self.pause(&response).filter(|pause| *pause <= left) {
                None => return Ok(response),
                Some(pause) => {
                    tracing::info!(seconds = pause.as_secs(), "the server wants to be asked later");
                    tokio::time::sleep(pause).await;
                    left = left.saturating_sub(pause);
                }
            }
        }
    }

    /// When a server wants to be asked again that has answered with 429, which says that it has done nothing.
    fn pause(&self, response: &Response) -> Option<Duration> {
        if response.parts.status != StatusCode::TOO_MANY_REQUESTS {
            return None;
        }
        // What a deletion gives is the refusal of any request.
        let answer = self.client.deleted(&response.uri, &response.parts, &response.body);
        let Answer::Refused(refusal) = answer else { return None };
        let seconds = refusal.retry_after()?.seconds_from(chrono::Utc::now());
        Some(Duration::from_secs(seconds.max(1)))
    }
}

type Read<T> = Result<Answer<Received<T>>, atom_fsm::Error>;

fn received<T>(uri: &str, read: Read<T>) -> Result<Found<T>, Error> {
    done(uri, read.map_err(|source| unreadable(uri, source))?).map(found)
}

fn found<T>(received: Received<T>) -> Found<T> {
    let (uri, validators) = (received.head().uri().to_owned(), received.validators());
    Found { uri, validators, value: received.into_value() }
}

pub(super) fn done<T>(uri: &str, answer: Answer<T>) -> Result<T, Error> {
    match answer {
        Answer::Done(done) => Ok(done),
        other => Err(refused(uri, other)),
    }
}

/// The error of an answer that is not the one that was asked for.
pub(super) fn refused<T>(uri: &str, answer: Answer<T>) -> Error {
    let uri = uri.to_owned();
    match answer {
        Answer::Refused(refusal) => Error::Refused { uri, refusal: Box::new(refusal) },
        Answer::Redirected(redirect) => {
            Error::Redirected { uri, status: redirect.head().status(), target: redirect.target() }
        }
        Answer::Accepted(head) => Error::Accepted { uri, status_uri: head.location() },
        other => match other.done() {
            Ok(_) => missing(&uri, "answer that fits"),
            Err(source) => Error::Answer { uri, source },
        },
    }
}

fn unreadable(uri: &str, source: atom_fsm::Error) -> Error {
    Error::Answer { uri: uri.to_owned(), source }
}

pub(super) fn missing(uri: &str, what: &'static str) -> Error {
    Error::Missing { uri: uri.to_owned(), what }
}
