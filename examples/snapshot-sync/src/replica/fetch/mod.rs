//! Getting documents over HTTP: only from allowed origins, with repeated attempts, compared with
//! their digests.

mod answer;
mod body;
mod coding;
mod failure;
mod limits;
mod options;
mod retry;
mod traffic;

pub use answer::Answer;
pub(crate) use answer::{entity_tag, found, is_direct};
pub(crate) use body::Body;
pub(crate) use coding::is_coded;
pub use limits::Limits;
pub use options::Options;
pub use retry::Retries;
pub(crate) use retry::{Delays, Failed};
pub use traffic::Traffic;

use crate::digest::Claim;
use crate::error::Error;
use crate::origin::Origins;
use crate::preference::{self, PREFER};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::redirect;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The limit on redirects for one document.
const MOST_REDIRECTS: usize = 10;

/// Gets documents over HTTP.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    origins: Origins,
    options: Options,
    traffic: Arc<Traffic>,
}

impl Fetcher {
    /// A fetcher that sends requests to these origins alone.
    ///
    /// It follows redirects among them, asks for no content coding, and uses no proxy, so that the
    /// replica gets what the publisher sent. If an answer comes in a content coding all the same, it
    /// decodes gzip and, if the feature `zstd` is on, zstd. It supports https if the feature `tls` is
    /// on.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be built.
    pub fn new(origins: Origins, options: Options) -> Result<Self, Error> {
        let identity = [(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))];
        let client = client()
            .connect_timeout(options.stall.min(Duration::from_secs(10)))
            .read_timeout(options.stall)
            .default_headers(HeaderMap::from_iter(identity))
            .redirect(redirect::Policy::custom(within(origins.clone())))
            .build()?;
        Ok(Self { client, origins, options, traffic: Arc::default() })
    }

    /// What was fetched, by this fetcher and its clones.
    #[must_use]
    pub fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }

    /// The origins that it sends requests to.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Requests a document, in one attempt. The caller reads the body.
    pub(crate) async fn open(
        &self,
        uri: &str,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, Error> {
        self.origins.check(uri)?;
        spoken(uri)?;
        let mut request = self.client.get(uri).headers(headers);
        // The client removes it when a redirect leads to another origin.
        if let Some(token) = self.options.token.as_ref().filter(|_| self.origins.is_home(uri)) {
            request = request.header(header::AUTHORIZATION, token);
        }
        let response = request.send().await.map_err(|source| Error::of_request(uri, source))?;
        self.traffic.answered(response.status());
        Ok(response)
    }

    /// Gets a complete document, whatever its status. With an entity tag, the request is
    /// conditional (If-None-Match). If the answer has a digest (RFC 9530), the body is compared
    /// with it.
    ///
    /// A failure of the network or of the server, or a wrong digest, leads to another attempt.
    ///
    /// # Errors
    /// The last failure: [`Error::Request`], [`Error::Unreachable`], [`Error::Status`], [`Error::Later`], [`Error::Digest`];
    /// [`Error::Undecodable`]; and [`Error::TooLarge`], [`Error::Inflated`], [`Error::OtherOrigin`],
    /// [`Error::Redirect`], [`Error::NoTls`], [`Error::Coded`].
    pub async fn get(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Error> {
        self.repeatedly(uri, condition(etag)).await
    }

    /// The same, but every cache on the way asks the publisher (Cache-Control: no-cache).
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn get_fresh(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Error> {
        let mut headers = condition(etag);
        insert_no_cache(&mut headers);
        self.repeatedly(uri, headers).await
    }

    /// Gets a document in one attempt, for which the server may wait until the document changes
    /// (RFC 7240 section 4.3).
    pub(crate) async fn get_waiting(
        &self,
        uri: &str,
        etag: &str,
        time: Duration,
    ) -> Result<Answer, Failed> {
        let mut headers = condition(Some(etag));
        headers.extend(preference::wait_of(time).parse().ok().map(|wait| (PREFER, wait)));
        self.try_get(uri, headers).await
    }

    /// Like [`get`](Self::get), after an attempt that has failed: the first one follows when it is due.
    pub(crate) async fn get_after(
        &self,
        failed: Failed,
        uri: &str,
        etag: Option<&str>,
    ) -> Result<Answer, Error> {
        let mut delays = Delays::new(&self.options.retries, &self.traffic);
        delays.wait(failed).await?;
        self.attempts(delays, uri, condition(etag)).await
    }

    /// The longest time for which a server may be asked to wait with its answer: half of the time in
    /// which the begin of an answer is waited for.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.options.stall / 2
    }

    /// Gets a document that should be there. While it is answered with 404 or cannot be had, it is
    /// waited for as long as the patience lasts; that it is gone (410) is confirmed once. If a redirect
    /// led to what is gone, the redirect was an old one, and the document is waited for too. All
    /// requests after an answer of that kind are [fresh](Self::get_fresh).
    ///
    /// # Errors
    /// Those of [`get`](Self::get), and [`Error::Gone`].
    pub async fn get_patiently(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Error> {
        self.within(self.options.patience, uri, etag).await
    }

    /// The same, with a tenth of the patience: for a URI that may be a wrong one.
    ///
    /// # Errors
    /// Those of [`get_patiently`](Self::get_patiently).
    pub(crate) async fn get_start(&self, uri: &str) -> Result<Answer, Error> {
        self.within(self.options.patience / 10, uri, None).await
    }

    async fn within(
        &self,
        patience: Duration,
        uri: &str,
        etag: Option<&str>,
    ) -> Result<Answer, Error> {
        let mut delays = Delays::patient(&self.options.retries, patience, &self.traffic);
        let mut headers = condition(etag);
        loop {
            let failed = match self.try_get(uri, headers.clone()).await {
                Ok(Answer { uri: found, status, .. }) if is_absent(status) => {
                    insert_no_cache(&mut headers);
                    Failed::absent(uri, &found, status)
                }
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            delays.wait(failed).await?;
        }
    }

    async fn repeatedly(&self, uri: &str, headers: HeaderMap) -> Result<Answer, Error> {
        let delays = Delays::new(&self.options.retries, &self.traffic);
        self.attempts(delays, uri, headers).await
    }

    async fn attempts(
        &self,
        mut delays: Delays,
        uri: &str,
        headers: HeaderMap,
    ) -> Result<Answer, Error> {
        loop {
            match self.try_get(uri, headers.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => delays.wait(failed).await?,
            }
        }
    }

    async fn try_get(&self, uri: &str, headers: HeaderMap) -> Result<Answer, Failed> {
        let response = self.open(uri, headers).await?;
        let found = found(&response);
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(failed) = Failed::by_status(uri, status, &headers) {
            return Err(failed);
        }
        let body = self.body(uri, response).await?;
        Ok(Answer { uri: found, status, headers, body })
    }

    async fn body(&self, uri: &str, response: reqwest::Response) -> Result<Bytes, Failed> {
        let limit = self.options.limits.document_octets;
        let status = response.status();
        let claim = Claim::of_answer(status, response.headers());
        let is_whole = status == StatusCode::OK;
        let mut body = match Body::new(uri, response.headers(), claim, self.options.limits) {
            // The status says more than a coding that is not known.
            Err(Error::Coded { .. }) if !status.is_success() => return Ok(Bytes::new()),
            body => body?,
        };
        let mut whole = BytesMut::new();
        let mut stream = response.bytes_stream();
        let within = |whole: &BytesMut| match whole.len() > limit {
            true => Err(Error::TooLarge { uri: uri.to_owned(), limit }),
            false => Ok(()),
        };
        let mut is_empty = true;
        while let Some(chunk) = stream.next().await {
            let mut chunk = chunk.map_err(|source| Error::of_request(uri, source))?;
            self.traffic.received(chunk.len());
            is_empty = is_empty && chunk.is_empty();
            while !chunk.is_empty() {
                whole.extend_from_slice(&body.take(&mut chunk)?);
                within(&whole)?;
            }
        }
        // An answer may state the coding and digest that its body would have, and have none, as a 304.
        if !is_empty || is_whole {
            whole.extend_from_slice(&body.finish()?);
            within(&whole)?;
        }
        Ok(whole.freeze())
    }

    /// The limits on what is fetched.
    pub(crate) fn limits(&self) -> Limits {
        self.options.limits
    }

    /// The delays between attempts at a document that should be there.
    pub(crate) fn delays(&self) -> Delays {
        Delays::patient(&self.options.retries, self.options.patience, &self.traffic)
    }

    /// The path for a copy of the document with this name, if copies are wanted.
    #[must_use]
    pub fn copy_of(&self, name: &str) -> Option<PathBuf> {
        self.options.keep.as_ref().map(|keep| keep.join(name))
    }
}

/// The fields of a request on condition that the entity tag differs.
fn condition(etag: Option<&str>) -> HeaderMap {
    let condition = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
    HeaderMap::from_iter(condition.map(|etag| (header::IF_NONE_MATCH, etag)))
}

/// Makes every cache on the way ask the publisher.
pub(crate) fn insert_no_cache(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

fn is_absent(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}

/// Begins to build an HTTP client that uses no proxy, and supports https if the feature `tls` is on.
///
/// For https, rustls needs a provider of cryptography. If the program has installed none, this
/// function installs ring.
pub fn client() -> reqwest::ClientBuilder {
    // This fails if there is a provider already, which is as well.
    #[cfg(feature = "tls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// Refuses a URI of https where the program does not support it.
fn spoken(uri: &str) -> Result<(), Error> {
    match cfg!(feature = "tls") || !uri.starts_with("https:") {
        true => Ok(()),
        false => Err(Error::NoTls { uri: uri.to_owned() }),
    }
}

fn within(origins: Origins) -> impl Fn(redirect::Attempt<'_>) -> redirect::Action {
    move |attempt| {
        let uri = attempt.url().as_str();
        if let Err(error) = origins.check(uri).and_then(|()| spoken(uri)) {
            return attempt.error(error);
        }
        if attempt.previous().len() > MOST_REDIRECTS {
            return attempt.error("more than 10 redirects");
        }
        attempt.follow()
    }
}
