//! Repeating failed attempts: when, and how often.

use super::answer::is_direct;
use super::traffic::Traffic;
use crate::error::Error;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use tracing::warn;

/// How often a failed attempt is repeated, and after which delays. The delays double, with jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The number of repetitions.
    pub times: usize,
    /// The first delay.
    pub first: Duration,
    /// The longest delay. If a server asks for a longer one (Retry-After), there is no other
    /// attempt.
    pub longest: Duration,
}

impl Default for Retries {
    /// Nine repetitions in about a minute, and Retry-After up to a minute.
    fn default() -> Self {
        Self { times: 9, first: Duration::from_millis(100), longest: Duration::from_secs(60) }
    }
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct Failed {
    error: Error,
    again: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Never,
    After(Duration),
    /// The document is not there, although it should be.
    Absent,
    /// The document was there, and will not be there again.
    Gone,
}

impl Failed {
    /// A failure that another attempt may not have.
    pub(crate) fn for_now(error: Error) -> Self {
        Self { error, again: Again::After(Duration::ZERO) }
    }

    /// The failure that a document is not there, although it should be: a cache or a server that is
    /// being set up may say so for a moment. That it is gone (410) holds for the URI that answered:
    /// if a redirect led there, the redirect was an old one, and the document that was asked for may
    /// be had in a moment.
    pub(crate) fn absent(asked: &str, found: &str, status: StatusCode) -> Self {
        let again = match status {
            StatusCode::GONE if is_direct(asked, found) => Again::Gone,
            _ => Again::Absent,
        };
        Self { error: Error::Gone { uri: found.to_owned(), status }, again }
    }

    /// The failure that a temporary error status reports (RFC 9110 section 15, RFC 6585 section 4);
    /// none for any other status.
    pub(crate) fn by_status(uri: &str, status: StatusCode, headers: &HeaderMap) -> Option<Self> {
        let is_transient = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504);
        is_transient.then(|| {
            let uri = uri.to_owned();
            let asked = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            match asked.and_then(|asked| retry_after(asked, SystemTime::now())) {
                None => Self::for_now(Error::Status { uri, status }),
                Some(after) => {
                    Self { error: Error::Later { uri, status, after }, again: Again::After(after) }
                }
            }
        })
    }
}

impl Failed {
    /// What failed.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// Whether a request that waits may have been cut because it took long: by the network, by the time
    /// in which an answer must begin, or by a proxy or server that says so (408, 504). A connection that
    /// cannot be made is no request that was cut.
    pub(crate) fn is_cut(&self) -> bool {
        match &self.error {
            Error::Request { .. } => self.again != Again::Never,
            Error::Stalled { .. } => true,
            Error::Status { status, .. } | Error::Later { status, .. } => {
                matches!(*status, StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT)
            }
            _ => false,
        }
    }

    /// Whether the octets that were received are of no use.
    pub(crate) fn is_of_content(&self) -> bool {
        matches!(
            self.error,
            Error::Digest { .. } | Error::Undecodable { .. } | Error::Inflated { .. }
        )
    }
}

impl From<Error> for Failed {
    /// A failure of the network may not happen again, and octets that cannot be decoded may come as
    /// they should. All other failures would happen again.
    fn from(error: Error) -> Self {
        let again = match &error {
            Error::Request { source, .. } if source.is_redirect() || source.is_builder() => {
                Again::Never
            }
            Error::Request { .. }
            | Error::Unreachable { .. }
            | Error::Stalled { .. }
            | Error::Undecodable { .. } => Again::After(Duration::ZERO),
            _ => Again::Never,
        };
        Self { error, again }
    }
}

/// The delay that a Retry-After asks for (RFC 9110 section 10.2.3): seconds, or a date.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// The delays between the attempts at one thing.
#[derive(Debug)]
pub(crate) struct Delays {
    builder: ExponentialBuilder,
    delays: ExponentialBackoff,
    longest: Duration,
    patience: Duration,
    began: Instant,
    last: Duration,
    was_absent: bool,
    was_gone: bool,
    traffic: Arc<Traffic>,
}

impl Delays {
    /// Delays that are counted.
    pub(crate) fn new(retries: &Retries, traffic: &Arc<Traffic>) -> Self {
        Self::patient(retries, Duration::ZERO, traffic)
    }

    /// Delays that are counted, and go on until this time is over.
    pub(crate) fn patient(retries: &Retries, patience: Duration, traffic: &Arc<Traffic>) -> Self {
        let builder = ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(retries.first)
            .with_max_delay(retries.longest)
            .with_max_times(retries.times);
        let (delays, longest) = (builder.build(), retries.longest);
        let (began, last) = (Instant::now(), retries.first);
        let (was_absent, was_gone) = (false, false);
        let traffic = traffic.clone();
        Self { builder, delays, longest, patience, began, last, was_absent, was_gone, traffic }
    }

    /// Begins with the first delay again, since there was progress.
    pub(crate) fn reset(&mut self) {
        self.delays = self.builder.build();
        (self.began, self.was_absent, self.was_gone) = (Instant::now(), false, false);
    }

    /// Waits before the next attempt, or returns the error if there will be none.
    ///
    /// A document that is not there (404) is waited for as long as the patience lasts. That it is
    /// gone (410) is confirmed once.
    pub(crate) async fn wait(&mut self, failed: Failed) -> Result<(), Error> {
        let Failed { error, again } = failed;
        let left = match again {
            Again::Gone => Duration::ZERO,
            _ => self.patience.saturating_sub(self.began.elapsed()),
        };
        let next = self.delays.next();
        let (asked, is_due) = match again {
            Again::Never => return Err(error),
            Again::After(asked) => (asked, next.is_some()),
            Again::Absent => (Duration::ZERO, !std::mem::replace(&mut self.was_absent, true)),
            Again::Gone => (Duration::ZERO, !std::mem::replace(&mut self.was_gone, true)),
        };
        if asked > self.longest || !is_due && left.is_zero() {
            return Err(error);
        }
        self.last = next.unwrap_or(self.last * 2).min(self.longest);
        let delay = if is_due { self.last } else { self.last.min(left) };
        let delay = delay.max(asked);
        warn!(error = &error as &dyn std::error::Error, ?delay, "trying again");
        tokio::time::sleep(delay).await;
        self.traffic.retried();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_cut_by_the_network_408_and_504_and_by_no_other_status() {
        let headers = HeaderMap::new();
        for (status, is_cut) in [
            (408, true),
            (425, false),
            (429, false),
            (500, false),
            (502, false),
            (503, false),
            (504, true),
        ] {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            let failed = Failed::by_status("http://x/", status, &headers);
            assert_eq!(failed.map(|failed| failed.is_cut()), Some(is_cut), "{status}");
        }
        assert!(!Failed::from(Error::OtherOrigin { uri: String::new() }).is_cut());
    }

    #[test]
    fn rfc9110_10_2_3_retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Tue, 23 Jun 2015 07:15:47 GMT").unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        let date = "Tue, 23 Jun 2015 07:16:00 GMT";
        assert_eq!(retry_after(date, now), Some(Duration::from_secs(13)));
        let past = "Tue, 23 Jun 2015 07:15:00 GMT";
        assert_eq!(retry_after(past, now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }

    fn failed(status: u16, retry_after: Option<&'static str>) -> Option<Failed> {
        let headers =
            retry_after.map(|value| (header::RETRY_AFTER, http::HeaderValue::from_static(value)));
        let status = StatusCode::from_u16(status).unwrap();
        Failed::by_status("http://x/", status, &HeaderMap::from_iter(headers))
    }

    #[test]
    fn rfc9110_15_only_a_status_that_passes_is_tried_again() {
        for status in [200, 206, 304, 400, 401, 403, 404, 410, 416, 501] {
            assert!(failed(status, None).is_none(), "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(failed(status, None).is_some(), "{status}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_repeated_so_often_and_after_what_the_server_asks_for() {
        let second = Duration::from_secs(1);
        let mut delays =
            Delays::new(&Retries { times: 2, first: second, longest: 5 * second }, &Arc::default());
        let began = tokio::time::Instant::now();
        delays.wait(failed(503, Some("4")).unwrap()).await.unwrap();
        assert!(began.elapsed() >= 4 * second, "{:?}", began.elapsed());
        delays.wait(failed(503, None).unwrap()).await.unwrap();
        let last = delays.wait(failed(503, None).unwrap()).await.unwrap_err();
        assert!(last.to_string().contains("503"), "{last}");
        delays.reset();
        delays.wait(failed(429, None).unwrap()).await.unwrap();
        let later = delays.wait(failed(429, Some("6")).unwrap()).await.unwrap_err();
        assert!(matches!(later, Error::Later { after, .. } if after == 6 * second), "{later}");
    }

    fn patient(patience: u64) -> Delays {
        let retries = Retries {
            times: 2,
            first: Duration::from_millis(100),
            longest: Duration::from_secs(60),
        };
        Delays::patient(&retries, Duration::from_secs(patience), &Arc::default())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_waited_for_until_the_patience_is_over() {
        for absent in [
            || Failed::absent("http://x/0", "http://x/0", StatusCode::NOT_FOUND),
            // A redirect of long ago leads to what is gone now.
            || Failed::absent("http://x/latest", "http://x/0", StatusCode::GONE),
            || Failed::for_now(Error::Stopped("a server")),
        ] {
            let (mut delays, began, mut attempts) = (patient(300), Instant::now(), 1);
            while delays.wait(absent()).await.is_ok() {
                attempts += 1;
            }
            let waited = began.elapsed().as_secs();
            assert!((299..=301).contains(&waited), "{waited} s");
            assert!((8..20).contains(&attempts), "the delays grow: {attempts}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn that_something_is_gone_is_confirmed_once() {
        let absent = |status| Failed::absent("http://x/0", "http://x/0", status);
        let gone = || absent(StatusCode::GONE);
        for (patience, was_absent) in [(0, false), (300, false), (300, true)] {
            let (mut delays, began) = (patient(patience), Instant::now());
            if was_absent {
                delays.wait(absent(StatusCode::NOT_FOUND)).await.unwrap();
            }
            delays.wait(gone()).await.unwrap();
            assert!(matches!(delays.wait(gone()).await, Err(Error::Gone { .. })));
            assert!(began.elapsed() < Duration::from_secs(1));
        }
    }
}
