//! Sending requests: the token, redirections, and the limits on sizes and times.

use super::limits::Limits;
use super::token::Token;
use crate::coding::{Coding, Undecoded, UnknownCoding};
use crate::error::Error;
use futures_util::StreamExt;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, response};
use reqwest::Url;

/// What this client says that it is (RFC 9110 section 10.1.5).
const USER_AGENT: &str = concat!("feed-manager/", env!("CARGO_PKG_VERSION"));

/// A response with its body, and the URI of the last request.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) uri: String,
    pub(super) parts: response::Parts,
    pub(super) body: Vec<u8>,
}

/// What sends requests.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    http: reqwest::Client,
    limits: Limits,
    /// Where the token may go.
    home: Option<Url>,
    token: Option<Token>,
}

impl Transport {
    /// `service` is the URI of the service document.
    pub(super) fn new(service: &str, limits: Limits) -> Result<Self, Error> {
        // For https, rustls needs a provider of cryptography. This fails if the program has installed
        // one already, which is as well.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect())
            .read_timeout(limits.silence())
            .timeout(limits.exchange())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, limits, home: Url::parse(service).ok(), token: None })
    }

    pub(super) fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends a request. A GET follows redirections, but not from https to http. Of any other request a
    /// redirection is the answer. Once a redirection has left the origin of the service document, the
    /// token is not sent any more, wherever the next ones lead.
    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, Error> {
        let (mut parts, body) = request.into_parts();
        let is_get = parts.method == Method::GET;
        if is_get && !parts.headers.contains_key(ACCEPT_ENCODING) {
            parts.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let mut uri = Url::parse(&parts.uri.to_string())
            .map_err(|_| Error::Uri { uri: parts.uri.to_string() })?;
        let mut is_home = true;
        for _ in 0..=self.limits.redirects() {
            is_home =
                is_home && self.home.as_ref().is_some_and(|home| home.origin() == uri.origin());
            let mut request = reqwest::Request::new(parts.method.clone(), uri.clone());
            *request.headers_mut() = parts.headers.clone();
            if let Some(token) = self.token.as_ref().filter(|_| is_home) {
                request.headers_mut().insert(AUTHORIZATION, token.field());
            }
            if !body.is_empty() {
                *request.body_mut() = Some(body.clone().into());
            }
            let response = self.exchange(request).await?;
            let next = Some(&response).filter(|_| is_get).and_then(|it| redirected(&uri, it));
            match next {
                None => return Ok(response),
                Some(next) if uri.scheme() == "https" && next.scheme() != "https" => {
                    return Err(Error::Downgrade { uri: uri.into(), target: next.into() });
                }
                Some(next) => uri = next,
            }
        }
        Err(Error::Redirects { uri: parts.uri.to_string(), limit: self.limits.redirects() })
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Response, Error> {
        let uri = request.url().to_string();
        let most = self.limits.octets();
        let response = self.http.execute(request).await?;
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.headers_mut() = response.headers().clone();
        let (mut body, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = stream.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() as u64 > most {
                return Err(Error::TooLarge { uri, limit: most });
            }
        }
        let (mut parts, ()) = head.into_parts();
        let body = decoded(&uri, &mut parts.headers, body, most)?;
        Ok(Response { uri, parts, body })
    }
}

/// Takes the content coding off a body, of which at most `most` octets may come out.
fn decoded(uri: &str, headers: &mut HeaderMap, body: Vec<u8>, most: u64) -> Result<Vec<u8>, Error> {
    // A 304 and the answer to a HEAD name the coding of a body that they do not have.
    if body.is_empty() {
        return Ok(body);
    }
    let uri = || uri.to_owned();
    let coding = Coding::of(headers)
        .map_err(|UnknownCoding(coding)| Error::Coding { uri: uri(), coding })?;
    let body = coding.decode(body, most).map_err(|reason| match reason {
        Undecoded::TooLarge => Error::TooLarge { uri: uri(), limit: most },
        Undecoded::Malformed(error) => Error::Io(error),
    })?;
    if coding != Coding::Identity {
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    Ok(body)
}

/// Where a redirection leads to: 301, 302, 303, 307 and 308 with a Location that resolves to http or
/// https.
fn redirected(uri: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.parts.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = std::str::from_utf8(response.parts.headers.get(LOCATION)?.as_bytes()).ok()?;
    let mut next = uri.join(location.trim()).ok()?;
    next.set_fragment(None);
    matches!(next.scheme(), "http" | "https").then_some(next)
}
