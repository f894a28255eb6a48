//! The answer to a GET of an entity, and whether it counts.

use crate::store::AsideReason;
use chrono::{DateTime, Utc};
use http::StatusCode;

/// The answer to a GET of an entity, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) status: Option<StatusCode>,
    pub(crate) media_type: Option<String>,
    pub(crate) digest: Digest,
    pub(crate) date: Option<DateTime<Utc>>,
}

/// What the digest of an answer says (RFC 9530).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Digest {
    /// The answer has no digest of an algorithm that the caller knows.
    #[default]
    None,
    /// The body matches it.
    Holds,
    /// The body does not match it.
    Differs,
}

/// What the caller is to do about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Store the answer's body, entity tag and media type as the entity's state.
    Store,
    /// Keep the stored state: it is current.
    Keep,
    /// Remove the entity, if it is stored.
    Remove,
    /// Do nothing: the answer does not count. The consumer asks again, now or later.
    Ignore,
}

impl Answer {
    /// Makes it from the status of an answer whose body was received completely. After a request
    /// without a condition, the status 304 does not count.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status: Some(status), media_type: None, digest: Digest::None, date: None }
    }

    /// Makes the answer of a request that failed: there was no answer, or not a complete one.
    #[must_use]
    pub fn failed() -> Self {
        Self { status: None, media_type: None, digest: Digest::None, date: None }
    }

    /// Sets the value of the Content-Type field.
    #[must_use]
    pub fn with_media_type(mut self, media_type: Option<&str>) -> Self {
        self.media_type = media_type.map(str::to_owned);
        self
    }

    /// Sets what the digest says.
    #[must_use]
    pub fn with_digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// Sets the time at which the publisher sent it (the Date field, which caches keep).
    #[must_use]
    pub fn with_date(mut self, date: Option<DateTime<Utc>>) -> Self {
        self.date = date;
        self
    }

    /// What the answer means for an entity whose stored state has this media type, if it has one.
    /// `digests` says whether this publisher sends digests.
    pub(crate) fn judge(&self, known: Option<&str>, digests: bool) -> Result<Verdict, AsideReason> {
        match self.status {
            None => Err(AsideReason::Failed),
            Some(StatusCode::OK) => self.judge_state(known, digests),
            Some(StatusCode::NOT_MODIFIED) if known.is_some() => Ok(Verdict::Keep),
            Some(StatusCode::NOT_FOUND | StatusCode::GONE) => Err(AsideReason::Missing),
            Some(status) => Err(AsideReason::Status(status.as_u16())),
        }
    }

    fn judge_state(&self, known: Option<&str>, digests: bool) -> Result<Verdict, AsideReason> {
        let found = self.media_type.as_deref();
        if self.digest == Digest::Differs {
            return Err(AsideReason::Digest);
        }
        if let Some(known) = known
            && !found.is_some_and(|found| is_same_type(found, known))
        {
            return Err(AsideReason::MediaType(shortened(found.unwrap_or_default())));
        }
        // Nothing but a digest says that an entity of an unknown type is what it should be.
        match self.digest {
            Digest::Holds => Ok(Verdict::Store),
            _ if digests || known.is_none() => Err(AsideReason::NoDigest),
            _ => Ok(Verdict::Store),
        }
    }
}

/// Whether two media types have the same type and subtype. Parameters are not compared: servers and
/// proxies add a charset.
fn is_same_type(one: &str, other: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_owned();
    essence(one).eq_ignore_ascii_case(&essence(other))
}

/// A media type for a message: a hostile server may send a long one.
fn shortened(media_type: &str) -> String {
    media_type.chars().take(100).collect()
}
