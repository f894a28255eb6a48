//! The fetcher: requests, redirects, limits.

use super::address::Addresses;
use super::cause::{Cause, Unfetched};
use super::hop::Hop;
use super::limits::Limits;
use super::lookup::{Checked, Lookup, System};
use crate::coding::Coding;
use crate::error::Error;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, StatusCode};
use reqwest::redirect::Policy;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const ACCEPTED: &str =
    "application/atom+xml, application/xml;q=0.8, text/html;q=0.7, text/xml;q=0.7, */*;q=0.1";
const USER_AGENT: &str = concat!("feed-manager/", env!("CARGO_PKG_VERSION"));

/// How a [`Fetcher`] is set up.
#[derive(Debug, Clone)]
#[must_use]
pub struct Settings {
    addresses: Addresses,
    limits: Limits,
    lookup: Arc<dyn Lookup>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            addresses: Addresses::default(),
            limits: Limits::default(),
            lookup: Arc::new(System),
        }
    }
}

impl Settings {
    /// Sets which addresses are connected to. Public addresses always are.
    pub fn addresses(self, addresses: Addresses) -> Self {
        Self { addresses, ..self }
    }

    /// Sets the limits.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets who looks up names, instead of the system.
    pub fn lookup(self, lookup: impl Lookup) -> Self {
        Self { lookup: Arc::new(lookup), ..self }
    }
}

/// Fetches documents from anywhere but the server's own network. Its clones share the limit on documents
/// at once.
#[derive(Debug, Clone)]
pub struct Fetcher {
    http: reqwest::Client,
    addresses: Addresses,
    limits: Limits,
    turns: Arc<Semaphore>,
}

/// A document that was fetched. While it is there, it counts among the documents at once.
#[derive(Debug, Clone)]
pub struct Fetched {
    uri: String,
    content_type: Option<String>,
    octets: Vec<u8>,
    /// The turn lasts until the document is read.
    _turn: Arc<OwnedSemaphorePermit>,
}

impl Fetched {
    /// The URI of the document, after all redirects.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The Content-Type field, as it was sent.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The octets of the document, decompressed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl Fetcher {
    /// Makes a fetcher. With the feature `tls` it speaks https; if the program has installed no provider
    /// of cryptography for rustls, this installs ring.
    ///
    /// # Errors
    /// [`Error::Http`] if the HTTP client cannot be made.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Settings { addresses, limits, lookup } = settings;
        let checked = Checked { lookup, addresses: addresses.clone() };
        let http = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(Arc::new(checked))
            .redirect(Policy::none())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .http1_only()
            // A connection that is kept would be one whose address nobody checks again.
            .pool_max_idle_per_host(0)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .user_agent(USER_AGENT)
            .build()?;
        let turns = Arc::new(Semaphore::new(limits.at_once));
        Ok(Self { http, addresses, limits, turns })
    }

    /// Fetches a document.
    ///
    /// # Errors
    /// [`Unfetched`], whatever the reason is.
    pub async fn fetch(&self, uri: &str) -> Result<Fetched, Unfetched> {
        let fetching = tokio::time::timeout(self.limits.total, self.follow(uri)).await;
        fetching.unwrap_or(Err(Cause::Time)).map_err(|cause| {
            // The path and the query may hold secrets.
            let host = url::Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
            tracing::info!(
                host,
                cause = &cause as &dyn std::error::Error,
                "a document was not fetched"
            );
            Unfetched
        })
    }

    async fn follow(&self, uri: &str) -> Result<Fetched, Cause> {
        let mut hop = Hop::first(uri, &self.addresses)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Cause::Stopped)?;
        let turn = Arc::new(turn);
        for _ in 0..=self.limits.redirects {
            let response = self.request(&hop).await?;
            match response.status() {
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    let location = response.headers().get(LOCATION).ok_or(Cause::Location)?;
                    hop = hop.redirected(location.as_bytes(), &self.addresses)?;
                }
                status if status.is_success() => return self.read(&hop, response, turn).await,
                status => return Err(Cause::Status(status)),
            }
        }
        Err(Cause::Redirects)
    }

    async fn request(&self, hop: &Hop) -> Result<reqwest::Response, Cause> {
        let request = self.http.get(hop.url().clone());
        let request = request.header(ACCEPT, ACCEPTED).header(ACCEPT_ENCODING, "gzip");
        let response = request.send().await?;
        // The resolver and the hop have seen to it. This is what the connection itself says.
        match response.remote_addr() {
            Some(peer) if self.addresses.permit(peer.ip()) => Ok(response),
            _ => Err(Cause::Address),
        }
    }

    async fn read(
        &self,
        hop: &Hop,
        mut response: reqwest::Response,
        turn: Arc<OwnedSemaphorePermit>,
    ) -> Result<Fetched, Cause> {
        let limit = self.limits.octets;
        let coding = Coding::of(response.headers())?;
        let content_type = text(response.headers(), &CONTENT_TYPE);
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(Cause::Octets);
        }
        let mut octets = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if chunk.len() > limit - octets.len() {
                return Err(Cause::Octets);
            }
            octets.extend_from_slice(&chunk);
        }
        // Decompression takes a thread's time: none that others wait for.
        let uri = hop.url().to_string();
        let decoding = tokio::task::spawn_blocking(move || {
            // The turn is in the thread, which goes on when nobody waits any more.
            let octets = coding.decode(octets, limit as u64)?;
            Ok(Fetched { uri, content_type, octets, _turn: turn })
        });
        decoding.await.map_err(|_| Cause::Stopped)?
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
