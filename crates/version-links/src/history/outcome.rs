//! What a history asks for, and what it is told.

use crate::versions::VersionLinks;
use std::time::Duration;

/// What a history wants of its caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Want {
    /// Ask this URI (HEAD or GET), without following redirects, and pass what came of it to
    /// [`History::answer`](crate::History::answer). Others may be asked at the same time: call
    /// [`History::step`](crate::History::step) again.
    Ask {
        /// The URI.
        uri: String,
        /// How long to wait, counted from the answer in which the server asked for patience.
        delay: Option<Duration>,
    },
    /// Pass an answer first: as many requests are open as the limit allows, or the open ones are the
    /// last.
    Answer,
    /// Nothing more: all versions that can be found were found.
    Done,
}

/// What came of a request for a version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was found, with these links. Their [context](VersionLinks::context) is the URI at which it
    /// was found. Where the caller's HTTP client followed redirects, this is not the URI that was
    /// asked: before each redirect, [`History::allows`](crate::History::allows) says whether the
    /// policy allows it.
    Found(VersionLinks),
    /// The URI redirects to this one, a URI reference. The history asks there itself, unless the
    /// policy refuses it or the target is known.
    Redirected(String),
    /// It does not exist, or no longer (404, 410).
    Gone,
    /// The server refuses it (401, 403).
    Refused,
    /// The request failed, or the answer was another error.
    Failed,
    /// The answer is no version, but for example a landing page.
    NotAVersion,
    /// The server asks for patience (429, 503 with Retry-After): ask again after this time, counted
    /// from the answer.
    TryAfter(Duration),
}

/// No request for this URI is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no request for this URI is open")]
pub struct NotAsked;
