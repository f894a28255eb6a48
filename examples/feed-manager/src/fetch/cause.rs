//! Why a document is not fetched: what the user learns, and what the log has.

use crate::coding::{Undecoded, UnknownCoding};
use http::StatusCode;
use std::io;

/// A document that was not fetched. A user is not told why: a reason would tell what there is in the
/// server's network. The log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be fetched")]
#[non_exhaustive]
pub struct Unfetched;

/// Why a document was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("this is not a URI")]
    Uri(#[from] url::ParseError),
    #[error("the scheme is not http or https, or there is no host")]
    Scheme,
    #[error("the URI has user information")]
    UserInformation,
    #[error("the address is not public")]
    Address,
    #[error("a redirect leads from https to http")]
    Downgrade,
    #[error("a redirect has no Location that can be read")]
    Location,
    #[error("there are too many redirects")]
    Redirects,
    #[error("the status is {0}")]
    Status(StatusCode),
    #[error("the content coding is not known")]
    Coding,
    #[error("the document is too large")]
    Octets,
    #[error("the time is over")]
    Time,
    #[error("the content cannot be decompressed")]
    Content(#[source] io::Error),
    #[error("the request failed")]
    Http(#[from] reqwest::Error),
    #[error("the server stops")]
    Stopped,
}

impl From<UnknownCoding> for Cause {
    fn from(_: UnknownCoding) -> Self {
        Self::Coding
    }
}

impl From<Undecoded> for Cause {
    fn from(reason: Undecoded) -> Self {
        match reason {
            Undecoded::TooLarge => Self::Octets,
            Undecoded::Malformed(error) => Self::Content(error),
        }
    }
}
