//! Getting documents over HTTP, all from one origin.

use crate::error::Error;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use reqwest::redirect;
use std::path::PathBuf;
use std::time::Duration;

/// The most octets of an index, feed document or entity that a replica takes: 64 MiB, an index of
/// more than half a million packages.
const MOST_OCTETS: usize = 64 * 1024 * 1024;
/// The most redirects that are followed for one document.
const MOST_REDIRECTS: usize = 10;

/// Gets documents, and leaves a copy of each where it is told to.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    keep: Option<PathBuf>,
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
    /// A fetcher; with `keep`, documents are left in that directory.
    ///
    /// It follows redirects within the origin that was asked, and uses no proxy: what is replicated
    /// is what the publisher sent.
    ///
    /// # Errors
    /// [`Error::Http`] when the client cannot be set up.
    pub fn new(keep: Option<PathBuf>) -> Result<Self, Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .redirect(redirect::Policy::custom(within_origin))
            .no_proxy()
            .build()?;
        Ok(Self { client, keep })
    }

    /// Begins to get a document; the caller reads the body.
    ///
    /// # Errors
    /// [`Error::Http`], and [`Error::Status`] unless the answer is 200.
    pub async fn open(&self, uri: &str) -> Result<reqwest::Response, Error> {
        let response = self.client.get(uri).send().await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(Error::Status { uri: uri.to_owned(), status }),
        }
    }

    /// Gets a document whole, whatever the status; with an entity tag, on condition that it is
    /// another one.
    ///
    /// # Errors
    /// [`Error::Http`], [`Error::TooLarge`].
    pub async fn get(&self, uri: &str, etag: Option<&str>) -> Result<Answer, Error> {
        let mut request = self.client.get(uri);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let response = request.send().await?;
        let mut found = response.url().clone();
        found.set_fragment(None);
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = BytesMut::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() > MOST_OCTETS {
                return Err(Error::TooLarge { uri: uri.to_owned(), limit: MOST_OCTETS });
            }
        }
        Ok(Answer { uri: found.into(), status, headers, body: body.freeze() })
    }

    /// Where to leave a copy of a document of that name, if anywhere.
    #[must_use]
    pub fn copy_of(&self, name: &str) -> Option<PathBuf> {
        self.keep.as_ref().map(|keep| keep.join(name))
    }
}

fn within_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let asked = attempt.previous().first();
    if asked.is_some_and(|asked| asked.origin() != attempt.url().origin()) {
        return attempt.error("it leads to another origin");
    }
    if attempt.previous().len() > MOST_REDIRECTS {
        return attempt.error("there are too many");
    }
    attempt.follow()
}
