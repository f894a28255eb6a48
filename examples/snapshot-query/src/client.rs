//! The clients that speak HTTP. They let no server lead them to another one.

use crate::allowed::Allowed;
use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use reqwest::redirect::Policy;
use std::error::Error;
use std::time::Duration;

/// How long a connection may take to be made. A request may take as long as its octets need.
const CONNECT: Duration = Duration::from_secs(10);

/// How many redirects lead to an index.
const REDIRECTS: usize = 10;

/// A server's redirect that is not followed.
#[derive(Debug, thiserror::Error)]
#[error("it is redirected to {to}")]
struct Redirected {
    to: String,
}

/// Where a request was redirected to, if an error says that.
pub(crate) fn redirected<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<Redirected>() {
            return Some(&found.to);
        }
        cause = error.source();
    }
    None
}

/// A client for indexes, which follows redirects only to the same scheme, host and port, or to those
/// URLs that a host that reads for others allows.
///
/// A server that leads elsewhere could have this machine ask what only this machine can reach.
pub(crate) fn of_index(silence: Duration, allowed: &Allowed) -> reqwest::Result<reqwest::Client> {
    let within_origin = Policy::custom(|attempt| {
        let to = attempt.url().to_string();
        let first = attempt.previous().first();
        if first.is_some_and(|first| first.origin() != attempt.url().origin()) {
            return attempt.error(Redirected { to });
        }
        if attempt.previous().len() > REDIRECTS {
            return attempt.error("there are too many redirects");
        }
        attempt.follow()
    });
    let policy = if allowed.is_all() { within_origin } else { allowed.redirects() };
    builder().redirect(policy).read_timeout(silence).build()
}

/// What all clients have in common: what is received are the octets that are stored.
fn builder() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT).http1_only();
    builder.no_gzip().no_brotli().no_zstd().no_deflate()
}

/// Makes the client of a web server's packages, which follows no redirect: the index says where they
/// are. A host that reads for others has been given URLs, and follows redirects to these.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) allowed: Allowed,
    /// Whether the URI has the scheme https, so that no other is used.
    pub(crate) is_secure: bool,
}

/// A client that gives a redirect as an error.
#[derive(Debug)]
struct Direct(reqwest::Client);

impl HttpConnector for Connector {
    // What the options of a store say is said here: they make only clients that follow redirects.
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let is_all = self.allowed.is_all();
        let policy = if is_all { Policy::none() } else { self.allowed.redirects() };
        let client = builder().redirect(policy).https_only(self.is_secure).build();
        let failed = |source| object_store::Error::Generic { store: "HTTP", source };
        Ok(HttpClient::new(Direct(client.map_err(|error| failed(Box::new(error)))?)))
    }
}

#[async_trait]
impl HttpService for Direct {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.0.call(request).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let to = answer.headers().get("location").filter(|_| status.is_redirection());
        if let Some(to) = to {
            let to = String::from_utf8_lossy(to.as_bytes()).into_owned();
            return Err(HttpError::new(HttpErrorKind::Unknown, Redirected { to }));
        }
        // The body of an error may be endless.
        let (parts, _) = answer.into_parts();
        Ok(HttpResponse::from_parts(parts, String::new().into()))
    }
}
