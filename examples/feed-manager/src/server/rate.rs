//! How many requests come from one user or one address.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many of those who ask are remembered. Before there are more, those who have asked for nothing
/// for a while are forgotten; while there are none of these, others have to wait.
const MOST_KEYS: usize = 65_536;

/// Limits how often something may happen for each key: a leaky bucket that drains at an even rate (GCRA).
///
/// For each key it has one time: until when what has come would last at the even rate. That is all of
/// the algorithm, so no library is needed for it, which the tour would have to build too.
#[derive(Debug)]
pub(super) struct Rate<K> {
    interval: Duration,
    burst: Duration,
    lasts: Mutex<HashMap<K, Instant, RandomState>>,
}

impl<K: Eq + Hash> Rate<K> {
    /// Allows so many times in a minute, all of them at once if nothing came before.
    pub(super) fn a_minute(times: u32) -> Self {
        let burst = Duration::from_secs(60);
        Self { interval: burst / times.max(1), burst, lasts: Mutex::default() }
    }

    /// Counts one for a key.
    ///
    /// # Errors
    /// For how long to wait, rounded up to seconds.
    pub(super) fn count(&self, key: K, now: Instant) -> Result<(), u64> {
        let mut lasts = self.lasts.lock().unwrap_or_else(PoisonError::into_inner);
        if lasts.len() >= MOST_KEYS && !lasts.contains_key(&key) {
            lasts.retain(|_, last| *last > now);
            if lasts.len() >= MOST_KEYS {
                return Err(60);
            }
        }
        let last = lasts.entry(key).or_insert(now);
        let next = (*last).max(now) + self.interval;
        let over = next.saturating_duration_since(now).saturating_sub(self.burst);
        if over.is_zero() {
            *last = next;
            return Ok(());
        }
        Err(over.as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_come_at_once_and_then_at_an_even_rate() {
        let (rate, start) = (Rate::a_minute(6), Instant::now());
        for _ in 0..6 {
            assert_eq!(rate.count("a", start), Ok(()));
        }
        assert_eq!(rate.count("a", start), Err(11));
        assert_eq!(rate.count("b", start), Ok(()));
        let later = start + Duration::from_secs(10);
        assert_eq!(rate.count("a", later), Ok(()));
        assert_eq!(rate.count("a", later), Err(11));
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let (rate, start) = (Rate::a_minute(6), Instant::now());
        for key in 0..MOST_KEYS {
            assert_eq!(rate.count(key, start), Ok(()));
        }
        assert_eq!(rate.count(MOST_KEYS, start), Err(60));
        assert_eq!(rate.count(MOST_KEYS, start + Duration::from_secs(60)), Ok(()));
    }
}
