//! Requests that wait for the next event (`Prefer: wait`, RFC 7240 section 4.3), as long as publisher
//! and proxies let them.

use crate::preference::{self, PREFERENCE_APPLIED};
use http::{HeaderMap, HeaderValue};
use std::time::Duration;
use tracing::debug;

/// The shortest time that is asked for.
const SHORTEST: Duration = Duration::from_secs(1);

/// The number of waits to their end after which a longer one is tried again.
const TRIED: u32 = 20;

/// For how long to ask the publisher to wait, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The time that was cut short last, if one was: a proxy ends such requests.
    cut: Option<Duration>,
    /// The number of waits to their end since then.
    whole: u32,
    /// The time that the last answer says the publisher waits at most.
    applied: Option<Duration>,
    /// Whether the last wait took so long that the next one may follow at once.
    is_spent: bool,
}

impl Waiting {
    /// The time to ask for, at most this one.
    pub(super) fn time(&self, most: Duration) -> Option<Duration> {
        let time = self.cut.map_or(most, |cut| most.min((cut / 2).max(SHORTEST)));
        (time >= SHORTEST).then(|| Duration::from_secs(time.as_secs()))
    }

    /// Before a reading of the feed.
    pub(super) fn begin(&mut self) {
        (self.applied, self.is_spent) = (None, false);
    }

    /// The request was answered after this time.
    pub(super) fn answered(&mut self, headers: &HeaderMap, elapsed: Duration) {
        let values = headers.get_all(PREFERENCE_APPLIED);
        self.applied = preference::wait(values.iter().map(HeaderValue::as_bytes));
        // What answers much earlier, without an event, would be asked again and again. So would a
        // publisher that says it waits for no time at all.
        let spent = |applied: Duration| (applied / 2).max(SHORTEST / 2);
        self.is_spent = self.applied.is_some_and(|applied| elapsed >= spent(applied));
        if self.is_spent {
            self.whole += 1;
        }
        if self.whole >= TRIED {
            (self.cut, self.whole) = (self.cut.and_then(longer), 0);
        }
    }

    /// The request that was to wait for this time has failed.
    pub(super) fn cut(&mut self, asked: Duration) {
        debug!(?asked, "a request that waits for the next event was cut");
        (self.cut, self.whole) = (Some(asked), 0);
    }

    /// Whether the publisher waits by itself, so that the next request may follow at once. Without
    /// `events`, the wait must have taken its time.
    pub(super) fn is_honoured(&self, events: u64) -> bool {
        self.applied.is_some() && (events > 0 || self.is_spent)
    }
}

/// A time of twice the length, until no limit is left.
fn longer(cut: Duration) -> Option<Duration> {
    let longer = cut * 2;
    (longer < Duration::from_secs(600)).then_some(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(30);

    fn applied(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(PREFERENCE_APPLIED, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_time_that_was_cut_is_halved_and_tried_again_after_many_waits() {
        let mut waiting = Waiting::default();
        let time = |waiting: &Waiting| waiting.time(MOST).map(|time| time.as_secs());
        assert_eq!(time(&waiting), Some(30));
        for expected in [15, 7, 3, 1, 1] {
            waiting.cut(waiting.time(MOST).unwrap_or_default());
            assert_eq!(time(&waiting), Some(expected));
        }
        let second = Duration::from_secs(1);
        for _ in 0..2 * TRIED {
            waiting.answered(&applied("wait=1"), second);
        }
        assert_eq!(time(&waiting), Some(2));
        for _ in 0..20 * TRIED {
            waiting.answered(&applied("wait=1"), second);
        }
        assert_eq!(time(&waiting), Some(30));
        assert_eq!(waiting.time(Duration::from_millis(999)), None);
    }

    #[test]
    fn the_next_request_follows_at_once_only_after_an_event_or_a_wait() {
        let mut waiting = Waiting::default();
        let second = Duration::from_secs(1);
        waiting.answered(&HeaderMap::new(), 30 * second);
        assert!(!waiting.is_honoured(1), "an old publisher");
        waiting.answered(&applied("wait=20"), second);
        assert!(waiting.is_honoured(1), "the next event");
        assert!(!waiting.is_honoured(0), "a cache that answers at once");
        waiting.answered(&applied("wait=20"), 20 * second);
        assert!(waiting.is_honoured(0));
        waiting.begin();
        assert!(!waiting.is_honoured(1));
    }

    #[test]
    fn a_wait_of_no_time_is_no_wait_so_that_the_replica_polls() {
        let mut waiting = Waiting::default();
        for elapsed in [Duration::ZERO, Duration::from_millis(499)] {
            waiting.answered(&applied("wait=0"), elapsed);
            assert!(!waiting.is_honoured(0), "{elapsed:?}");
        }
        waiting.answered(&applied("wait=0"), SHORTEST / 2);
        assert!(waiting.is_honoured(0));
    }
}
