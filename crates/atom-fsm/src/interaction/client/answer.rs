//! What a server answered.

use super::super::problem::Problem;
use super::head::{Head, RetryAfter};
use crate::error::Error;
use crate::rule::Rule;
use crate::walk::Outcome;
use chrono::{DateTime, Utc};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Method, StatusCode, response};

/// What a server answered. Whatever a server may answer is a value, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<T> {
    /// The server did what the request asks for: 200, 201, 204 or another status of success.
    Done(T),
    /// The client has the representation already: 304, the answer to
    /// [`Client::get_if_changed`](super::Client::get_if_changed).
    NotModified(Head),
    /// The server will perhaps do it later: 202. A Location may say where its progress can be seen.
    Accepted(Head),
    /// The resource is elsewhere: a status from 300 to 399 except 304.
    Redirected(Redirect),
    /// The server refused the request, or failed: a status of 400 or more.
    Refused(Refusal),
    /// A status that answers no such request, such as 101 or 206.
    Unexpected(Head),
}

impl<T> Answer<T> {
    /// Returns what the server sent on success.
    ///
    /// # Errors
    /// [`Rule::Status`], with the status, for any other answer.
    pub fn done(self) -> Result<T, Error> {
        let status = match self {
            Self::Done(done) => return Ok(done),
            Self::NotModified(head) | Self::Accepted(head) | Self::Unexpected(head) => {
                head.status()
            }
            Self::Redirected(redirect) => redirect.head.status(),
            Self::Refused(refusal) => refusal.head.status(),
        };
        Err(Error::head(Rule::Status, status.as_str()))
    }

    /// The answer by the status alone: the head where the request was performed.
    /// Of the body of a refusal, as many octets are kept as `most`.
    pub(super) fn of(
        uri: &str,
        parts: &response::Parts,
        body: &[u8],
        most: u64,
    ) -> Result<Head, Answer<T>> {
        let head = Head::new(uri, parts);
        Err(match parts.status {
            StatusCode::ACCEPTED => Self::Accepted(head),
            StatusCode::NOT_MODIFIED => Self::NotModified(head),
            StatusCode::PARTIAL_CONTENT => Self::Unexpected(head),
            status if status.is_success() => return Ok(head),
            status if status.is_redirection() => Self::Redirected(Redirect { head }),
            status if status.is_client_error() || status.is_server_error() => {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let (kept, omitted) = body.split_at(body.len().min(most));
                let (body, omitted) = (kept.to_vec(), omitted.len() as u64);
                Self::Refused(Refusal { head, body, omitted })
            }
            _ => Self::Unexpected(head),
        })
    }
}

/// A redirection (RFC 9110 section 15.4). The caller decides whether it follows: a token must not go
/// to another origin, nor from `https` to `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    head: Head,
}

impl Redirect {
    /// The head of the response.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The URI to ask for, resolved. `None` where the server gives none, as with 300.
    #[must_use]
    pub fn target(&self) -> Option<String> {
        self.head.location()
    }

    /// The method of the next request. 307 and 308 keep it, 303 asks for a GET, and 301 and 302 are
    /// taken as browsers take them: a POST becomes a GET.
    #[must_use]
    pub fn method(&self, method: &Method) -> Method {
        match self.head.status() {
            StatusCode::SEE_OTHER if *method != Method::HEAD => Method::GET,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if *method == Method::POST => {
                Method::GET
            }
            _ => method.clone(),
        }
    }

    /// Whether the new URI takes the place of the old one for good: 301 and 308.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        let status = self.head.status();
        matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT)
    }
}

/// The refusal of a request, or the failure of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    head: Head,
    body: Vec<u8>,
    omitted: u64,
}

impl Refusal {
    /// The head of the response.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status()
    }

    /// How many octets at the end of the body are not kept, because it has more than
    /// [`Limits::refusal_octets`](crate::Limits::refusal_octets).
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// The body, of any type, up to [`Limits::refusal_octets`](crate::Limits::refusal_octets).
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The problem document in the body, if there is one and all of it is kept (RFC 9457).
    /// `application/json` is read too.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        super::super::media::is_problem(self.head.headers()).then(|| Problem::parse(&self.body))?
    }

    /// The challenges of the server, the lines of WWW-Authenticate (RFC 9110 section 11.6.1).
    pub fn challenges(&self) -> impl Iterator<Item = &HeaderValue> {
        self.head.headers().get_all(WWW_AUTHENTICATE).iter()
    }

    /// When to ask again, if the server says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.head.retry_after()
    }

    /// Whether there is no such resource: 404 or 410.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self.status(), StatusCode::NOT_FOUND | StatusCode::GONE)
    }

    /// What this means for a [walk](crate::walk) over bundles. `now` is the time that a date in
    /// Retry-After is compared with.
    #[must_use]
    pub fn to_outcome(&self, now: DateTime<Utc>) -> Outcome<'static, 'static> {
        let is_busy = matches!(
            self.status(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        );
        match self.retry_after() {
            _ if self.is_gone() => Outcome::Gone,
            Some(after) if is_busy => Outcome::TryAfter(after.seconds_from(now)),
            _ if self.status().is_client_error() && !is_busy => Outcome::Refused,
            _ => Outcome::Failed,
        }
    }
}
