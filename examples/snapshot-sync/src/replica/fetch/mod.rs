//! Getting documents over HTTP: from known origins, again where an attempt failed, as claimed.

mod claim;
mod retry;

pub(crate) use claim::{Claim, of_representation as representation_digest};
pub use retry::Retries;
pub(crate) use retry::{Delays, Failed};

use crate::error::Error;
use crate::origin::Origins;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::redirect;
use std::path::PathBuf;
use std::time::Duration;

/// The most octets of an index, feed document or entity that a replica takes: 64 MiB, an index of
/// more than half a million packages.
const MOST_OCTETS: usize = 64 * 1024 * 1024;
/// The most redirects that are followed for one document.
const MOST_REDIRECTS: usize = 10;

/// How documents are got.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often and when to try again.
    pub retries: Retries,
    /// How long to wait for an answer to begin, and for each next octet of it.
    pub patience: Duration,
    /// What the publisher is told with `Authorization: Bearer`; other origins never are.
    pub token: Option<HeaderValue>,
    /// Where to leave a copy of each document, if anywhere.
    pub keep: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let retries = Retries::default();
        Self { retries, patience: Duration::from_secs(60), token: None, keep: None }
    }
}

/// Gets documents, and leaves a copy of each where it is told to.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    origins: Origins,
    options: Options,
}

/// An answer in memory.
#[derive(Debug)]
pub struct Answer {
    /// Where it was found, after redirects, without its fragment.
    pub uri: String,
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Fetcher {
    /// A fetcher that asks these origins.
    ///
    /// It follows redirects among them, asks for no content coding, and uses no proxy: what is
    /// replicated is what the publisher sent.
    ///
    /// # Errors
    /// [`Error::Http`] when the client cannot be set up.
    pub fn new(origins: Origins, options: Options) -> Result<Self, Error> {
        let identity = [(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))];
        let client = reqwest::Client::builder()
            .connect_timeout(options.patience.min(Duration::from_secs(10)))
            .read_timeout(options.patience)
            .default_headers(HeaderMap::from_iter(identity))
            .redirect(redirect::Policy::custom(within(origins.clone())))
            .no_proxy()
            .build()?;
        Ok(Self { client, origins, options })
    }

    /// Begins to get a document, once; the caller reads the body.
    pub(crate) async fn open(
        &self,
        uri: &str,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, Error> {
        self.origins.check(uri)?;
        let mut request = self.client.get(uri).headers(headers);
        // The client drops it where a redirect leads to another origin.
        if let Some(token) = self.options.token.as_ref().filter(|_| self.origins.is_home(uri)) {
            request = request.header(header::AUTHORIZATION, token);
        }
        let response = request.send().await?;
        if response.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(Error::Coded { uri: uri.to_owned() });
        }
        Ok(response)
    }

    /// Gets a document whole, whatever the status; with an entity tag, on condition that it is
    /// another one. Where it comes with a digest (RFC 9530), it is compared.
    ///
    /// Tries again where the network or the server failed, or octets are not those claimed.
    ///
    /// # Errors
    /// The last failure: [`Error::Http`], [`Error::Status`], [`Error::Later`], [`Error::Digest`]; and
    /// [`Error::TooLarge`], [`Error::OtherOrigin`], [`Error::Coded`].
    pub async fn get(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Error> {
        let mut delays = self.delays();
        loop {
            match self.try_get(uri, etag).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => delays.wait(failed).await?,
            }
        }
    }

    async fn try_get(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Failed> {
        let condition = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let condition = condition.map(|etag| (header::IF_NONE_MATCH, etag));
        let response = self.open(uri, HeaderMap::from_iter(condition)).await?;
        let mut found = response.url().clone();
        found.set_fragment(None);
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(failed) = Failed::by_status(uri, status, &headers) {
            return Err(failed);
        }
        let mut body = BytesMut::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk.map_err(Error::Http)?);
            if body.len() > MOST_OCTETS {
                return Err(Error::TooLarge { uri: uri.to_owned(), limit: MOST_OCTETS }.into());
            }
        }
        if let Some(mut claim) = Claim::of_answer(status, &headers) {
            claim.update(&body);
            if !claim.holds() {
                return Err(Failed::for_now(Error::Digest { uri: uri.to_owned() }));
            }
        }
        Ok(Answer { uri: found.into(), status, headers, body: body.freeze() })
    }

    /// The delays between attempts at one thing.
    pub(crate) fn delays(&self) -> Delays {
        Delays::new(&self.options.retries)
    }

    /// Where to leave a copy of a document of that name, if anywhere.
    #[must_use]
    pub fn copy_of(&self, name: &str) -> Option<PathBuf> {
        self.options.keep.as_ref().map(|keep| keep.join(name))
    }
}

fn within(origins: Origins) -> impl Fn(redirect::Attempt<'_>) -> redirect::Action {
    move |attempt| {
        if let Err(error) = origins.check(attempt.url().as_str()) {
            return attempt.error(error);
        }
        if attempt.previous().len() > MOST_REDIRECTS {
            return attempt.error("there are too many redirects");
        }
        attempt.follow()
    }
}
