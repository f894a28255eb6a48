//! One more request for a strong entity tag.

use super::super::conditions::Validators;
use super::super::entity_tag::{EntityTag, StrongTag};
use super::settings::Client;
use crate::error::Error;
use http::{Request, StatusCode, response};

/// A response had no strong entity tag, so nothing can guard the next edit: a weak tag matches nothing
/// in If-Match (RFC 9110 section 13.1.1), and the server would refuse it.
///
/// Proxies that compress make tags weak. So one more request, for the representation without a content
/// coding, may give a strong tag. There is no third: an answer to it has no retry.
///
/// ```
/// use atom_fsm::interaction::{Client, Retried};
/// # let parts = |etag: &str| http::Response::builder().header("etag", etag).body(()).unwrap().into_parts().0;
/// # let body = "<entry xmlns='http://www.w3.org/2005/Atom'><title>A</title></entry>".as_bytes();
///
/// let client = Client::new();
/// let uri = "http://example.org/1";
/// let received = client.entry(uri, &parts("W/\"1\""), body)?.done()?;
/// let (request, retry) = received.strong_tag().unwrap_err().retry(&client)?;
/// assert_eq!(request.headers()["accept-encoding"], "identity");
/// assert!(matches!(retry.answer(&parts("\"1\"")), Retried::Unchanged(_)));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoStrongValidator {
    uri: String,
    weak: Option<EntityTag>,
}

impl NoStrongValidator {
    pub(super) fn new(uri: &str, weak: Option<EntityTag>) -> Self {
        Self { uri: uri.to_owned(), weak }
    }

    /// The weak tag of the response, if it has one.
    #[must_use]
    pub fn weak(&self) -> Option<&EntityTag> {
        self.weak.as_ref()
    }

    /// The request to send, a GET, and what reads its response.
    ///
    /// # Errors
    /// [`Rule::IriSyntax`](crate::Rule::IriSyntax) when the URI cannot be requested.
    pub fn retry(self, client: &Client) -> Result<(Request<Vec<u8>>, StrongRetry), Error> {
        Ok((client.get_identity(&self.uri)?, StrongRetry { weak: self.weak }))
    }
}

/// What reads the response to a [`retry`](NoStrongValidator::retry).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrongRetry {
    weak: Option<EntityTag>,
}

/// What a retry gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retried {
    /// The tag guards the state that was read before.
    Unchanged(StrongTag),
    /// The tag guards the state in this response. It is another one than was read before, or nothing
    /// says that it is the same: read this response, and edit its document.
    Reread(StrongTag),
    /// There is no strong tag. An edit would be unguarded: ask the user.
    NoStrongValidator,
}

impl StrongRetry {
    /// Reads the head of the response.
    #[must_use]
    pub fn answer(self, parts: &response::Parts) -> Retried {
        let found = Validators::of(&parts.headers).strong_tag();
        match found.filter(|_| parts.status == StatusCode::OK) {
            None => Retried::NoStrongValidator,
            Some(tag) if self.weak.is_some_and(|weak| weak.equals_weakly(tag.as_tag())) => {
                Retried::Unchanged(tag)
            }
            Some(tag) => Retried::Reread(tag),
        }
    }
}
