//! The answer to a GET of an entity, and whether it counts.

use crate::store::AsideReason;
use crate::timeline::pieces;
use chrono::{DateTime, Utc};
use http::StatusCode;

/// The answer to a GET of an entity, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) status: Option<StatusCode>,
    pub(crate) media_type: Option<String>,
    pub(crate) digest: Digest,
    pub(crate) date: Option<DateTime<Utc>>,
    pub(crate) etag: Option<String>,
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

/// What an answer must be.
pub(crate) struct Wanted<'a> {
    /// The media type of the stored state, if there is one.
    pub(crate) media_type: Option<&'a str>,
    /// Whether this publisher sends digests.
    pub(crate) digests: bool,
    /// The id of the event that the state must contain.
    pub(crate) event: Option<&'a str>,
    /// The Date of the feed document with that event.
    pub(crate) date: Option<DateTime<Utc>>,
    /// Whether the publisher's timeline, as far as it was told, contains an event of a run and number.
    pub(crate) is_told: &'a dyn Fn(&str, u64) -> bool,
}

impl Answer {
    /// Makes it from the status of an answer whose body was received completely. If the request had no
    /// condition, pass [`Answer::failed`] for the status 304.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self { status: Some(status), ..Self::failed() }
    }

    /// Makes the answer of a request that failed: there was no answer, or not a complete one.
    #[must_use]
    pub fn failed() -> Self {
        Self { status: None, media_type: None, digest: Digest::None, date: None, etag: None }
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

    /// Sets the entity tag (the ETag field). If it is the id of an event, as with a publisher that
    /// tells its runs, the consumer sees from it that a state is older than the event for which it
    /// was requested, and later whether that state is still on the publisher's timeline.
    #[must_use]
    pub fn with_etag(mut self, etag: Option<&str>) -> Self {
        self.etag = etag.map(str::to_owned);
        self
    }

    /// What the answer means for an entity.
    pub(crate) fn judge(&self, wanted: &Wanted<'_>) -> Result<Verdict, AsideReason> {
        match self.status {
            None => Err(AsideReason::Failed),
            Some(StatusCode::OK) => self.judge_state(wanted),
            Some(StatusCode::NOT_MODIFIED) if wanted.media_type.is_some() => {
                self.judge_age(wanted).map(|()| Verdict::Keep)
            }
            Some(StatusCode::NOT_FOUND | StatusCode::GONE) => Err(AsideReason::Missing),
            Some(status) => Err(AsideReason::Status(status.as_u16())),
        }
    }

    /// The entity tags say exactly which of the state and the event is older. Where they do not, the
    /// Dates of the answer and of the feed document with the event decide. A state of another timeline
    /// counts as older: a cache may have it from before the publisher was restored from a backup.
    fn judge_age(&self, wanted: &Wanted<'_>) -> Result<(), AsideReason> {
        let tag = self.etag.as_deref().unwrap_or_default();
        let state = pieces(tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"'));
        // Number 0 is that of a state without an event.
        if state.is_some_and(|(run, number, _)| number > 0 && !(wanted.is_told)(run, number)) {
            return Err(AsideReason::Stale);
        }
        let is_older = match (state, wanted.event.and_then(pieces)) {
            (Some((_, state, _)), Some((_, event, _))) => state < event,
            _ => self.date.is_some_and(|date| wanted.date.is_some_and(|it| date < it)),
        };
        if is_older { Err(AsideReason::Stale) } else { Ok(()) }
    }

    fn judge_state(&self, wanted: &Wanted<'_>) -> Result<Verdict, AsideReason> {
        let known = wanted.media_type;
        let found = self.media_type.as_deref();
        if self.digest == Digest::Differs {
            return Err(AsideReason::Digest);
        }
        let is_its_type = |known| found.is_some_and(|found| is_same_type(found, known));
        if !known.is_none_or(is_its_type) {
            return Err(AsideReason::MediaType(shortened(found.unwrap_or_default())));
        }
        // Nothing but a digest says that an entity of an unknown type is what it should be.
        if self.digest == Digest::None && (wanted.digests || known.is_none()) {
            return Err(AsideReason::NoDigest);
        }
        self.judge_age(wanted).map(|()| Verdict::Store)
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
