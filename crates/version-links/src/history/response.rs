//! What the head of a response means for a history.

use crate::history::outcome::Outcome;
use crate::history::page::TimeMapOutcome;
use crate::memento::MementoDatetime;
use crate::versions::VersionLinks;
use http::header::{DATE, HeaderName, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use std::time::Duration;

impl Outcome {
    /// What the head of a response means for the version at a URI.
    ///
    /// | status | outcome |
    /// |---|---|
    /// | 2xx | [`Found`](Self::Found), with the links of the Link fields |
    /// | 301, 302, 303, 307, 308 with Location | [`Redirected`](Self::Redirected) |
    /// | 401, 403 | [`Refused`](Self::Refused) |
    /// | 404, 410 | [`Gone`](Self::Gone) |
    /// | 429, 503 with Retry-After | [`TryAfter`](Self::TryAfter); a date counts from the Date of the response |
    /// | any other | [`Failed`](Self::Failed) |
    ///
    /// Only the caller knows a landing page when it sees one: [`NotAVersion`](Self::NotAVersion).
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn of(uri: &str, status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
        match (status.as_u16(), text(LOCATION)) {
            (200..=299, _) => Self::Found(VersionLinks::about(uri).headers(headers)),
            (301..=303 | 307 | 308, Some(to)) => Self::Redirected(to.to_owned()),
            (401 | 403, _) => Self::Refused,
            (404 | 410, _) => Self::Gone,
            (429 | 503, _) => {
                let after = text(RETRY_AFTER).and_then(|after| delay(after, text(DATE)));
                after.map_or(Self::Failed, Self::TryAfter)
            }
            _ => Self::Failed,
        }
    }
}

impl TimeMapOutcome {
    /// What the head of a response means for a page of a TimeMap, unless its status is 2xx: then the
    /// caller reads the page.
    ///
    /// The table of [`Outcome::of`] says which status means what.
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[must_use]
    pub fn of(status: StatusCode, headers: &HeaderMap) -> Option<Self> {
        if status.is_success() {
            return None;
        }
        Some(match Outcome::of("", status, headers) {
            Outcome::Redirected(to) => Self::Redirected(to),
            Outcome::Refused => Self::Refused,
            Outcome::Gone => Self::Gone,
            Outcome::TryAfter(delay) => Self::TryAfter(delay),
            Outcome::Found(_) | Outcome::Failed | Outcome::NotAVersion => Self::Failed,
        })
    }
}

/// ```abnf
/// Retry-After   = HTTP-date / delay-seconds               ; RFC 9110 section 10.2.3
/// delay-seconds = 1*DIGIT
/// ```
fn delay(after: &str, date: Option<&str>) -> Option<Duration> {
    if !after.is_empty() && after.bytes().all(|octet| octet.is_ascii_digit()) {
        return after.parse().ok().map(Duration::from_secs);
    }
    let (after, now): (MementoDatetime, MementoDatetime) =
        (after.parse().ok()?, date?.parse().ok()?);
    let seconds = after.to_utc().timestamp() - now.to_utc().timestamp();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
