//! The client, which sends requests about versions to servers.

use crate::error::Error;
use crate::history::{History, MOST_VERSIONS, only};
use atom_fsm::atom::Feed;
use futures_util::StreamExt;
use http::{Method, StatusCode};
use reqwest::redirect;
use std::time::Duration;
use version_links::{VersionLink, VersionLinks};

/// The limit on the size of a feed: 16 MiB.
const MOST_OCTETS: usize = 16 * 1024 * 1024;
/// The limit on the redirects of one request.
const MOST_REDIRECTS: usize = 10;

/// A client that reads the versions of documents. It stays on the server of the document that it
/// begins with: it follows links only within the document's authority, and redirects only within
/// the origin of the request (RFC 6454), so not from http to https. Any other redirect is an
/// [`Error::Http`] with an [`Error::Foreign`] among its sources.
#[derive(Debug, Clone)]
pub struct Explorer {
    http: reqwest::Client,
}

impl Explorer {
    /// Creates an explorer.
    ///
    /// The client speaks https if the feature `tls` is on. If the program has installed no provider of
    /// cryptography for rustls, this function installs ring.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be created.
    pub fn new() -> Result<Self, Error> {
        // For https, rustls needs a provider of cryptography. This fails if the program has installed
        // one already, which is as well.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .redirect(redirect::Policy::custom(within_origin))
            .no_proxy()
            .build()?;
        Ok(Self { http })
    }

    /// Requests the links of a resource to its versions (HEAD).
    ///
    /// # Errors
    /// The errors of the request.
    pub async fn look(&self, uri: &str) -> Result<VersionLinks, Error> {
        let response = self.ask(Method::HEAD, uri).await?;
        let found = found_at(&response);
        Ok(VersionLinks::about(found).headers(response.headers()))
    }

    /// Puts a resource under version control, and returns the links in the answer whose anchor is the
    /// resource (RFC 5829 appendix B).
    ///
    /// # Errors
    /// The errors of the request.
    pub async fn version_control(&self, uri: &str) -> Result<VersionLinks, Error> {
        let method = Method::from_bytes(b"VERSION-CONTROL").map_err(http::Error::from)?;
        let response = self.ask(method, uri).await?;
        let found = found_at(&response);
        Ok(VersionLinks::about(found).headers(response.headers()))
    }

    /// Reads the history of a document by links alone: from the document to the latest version, back
    /// to the first, and forward to the latest again. Both ways must lead to the same versions.
    ///
    /// # Errors
    /// The errors of the requests, and an error if the versions are not in one line.
    pub async fn by_links(&self, document: &str) -> Result<History, Error> {
        let links = self.look(document).await?;
        let latest = required(&links, links.latest_version(), "latest version")?;
        let mut back = vec![latest];
        while let Some(before) = self.next(&back, Side::Before).await? {
            back.push(before);
        }
        let mut forth: Vec<_> = back.last().cloned().into_iter().collect();
        while let Some(after) = self.next(&forth, Side::After).await? {
            forth.push(after);
        }
        let mut there = back.iter().rev();
        let odd = forth.iter().find(|version| there.next() != Some(version));
        match odd.or(there.next()) {
            Some(odd) => Err(Error::Contradiction { uri: odd.clone() }),
            None => Ok(History::new(forth)),
        }
    }

    /// Reads the history of a document from the Atom feed that its links lead to.
    ///
    /// # Errors
    /// The errors of the requests and of the feed, and an error if the versions are not in one line.
    pub async fn by_feed(&self, document: &str) -> Result<History, Error> {
        let links = self.look(document).await?;
        let uri = required(&links, links.version_history(), "version history")?;
        let response = self.ask(Method::GET, &uri).await?;
        let found = found_at(&response);
        let (mut body, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() > MOST_OCTETS {
                return Err(Error::TooLarge { uri, limit: MOST_OCTETS });
            }
        }
        let read = atom_fsm::Reader::new().read::<Feed<'_>>(&body);
        let read = read.map_err(|source| Error::Feed { uri: found.clone(), source })?;
        History::of_feed(&found, read.document())
    }

    async fn next(&self, line: &[String], side: Side) -> Result<Option<String>, Error> {
        let Some(at) = line.last() else { return Ok(None) };
        let links = self.look(at).await?;
        let next = match side {
            Side::Before => only(at, links.predecessor_versions())?,
            Side::After => only(at, links.successor_versions())?,
        };
        let Some(next) = next else { return Ok(None) };
        let uri = next.uri().to_owned();
        if next.crosses_authority() {
            return Err(Error::Foreign { uri });
        }
        if line.contains(&uri) {
            return Err(Error::Cycle { uri });
        }
        if line.len() >= MOST_VERSIONS {
            return Err(Error::TooMany { limit: MOST_VERSIONS });
        }
        Ok(Some(uri))
    }

    async fn ask(&self, method: Method, uri: &str) -> Result<reqwest::Response, Error> {
        let response = self.http.request(method, uri).send().await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(Error::Status { uri: uri.to_owned(), status }),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Before,
    After,
}

fn required(
    links: &VersionLinks,
    link: Option<&VersionLink>,
    relation: &'static str,
) -> Result<String, Error> {
    let uri = || links.context().to_owned();
    match link {
        Some(link) if link.crosses_authority() => {
            Err(Error::Foreign { uri: link.uri().to_owned() })
        }
        Some(link) => Ok(link.uri().to_owned()),
        None => Err(Error::Missing { uri: uri(), relation }),
    }
}

/// Follows a redirect within the scheme, host and port of the request that began it, and no other.
fn within_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let asked = attempt.previous().first();
    if asked.is_none_or(|asked| asked.origin() != attempt.url().origin()) {
        let uri = attempt.url().to_string();
        return attempt.error(Error::Foreign { uri });
    }
    if attempt.previous().len() > MOST_REDIRECTS {
        return attempt.error("more than 10 redirects");
    }
    attempt.follow()
}

/// Returns the URI of an answer, after redirects.
fn found_at(response: &reqwest::Response) -> String {
    let mut found = response.url().clone();
    found.set_fragment(None);
    found.into()
}
