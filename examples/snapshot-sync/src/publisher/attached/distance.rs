//! How far what is published is behind the application's log.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// How far what is published is behind the application's log, as the one who follows it knows it.
#[derive(Debug, Default)]
pub struct Distance(Mutex<Known>);

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// The number of the last entry of the log when it was last read.
    last: i64,
    /// The number of the last entry that is published, once that is known.
    published: Option<i64>,
    /// When everything was last known to be published.
    whole: Option<Instant>,
}

impl Distance {
    /// The changes that the log had when it was last read, and that are not published.
    #[must_use]
    pub fn changes(&self) -> u64 {
        let known = self.known();
        let behind = known.published.map(|published| known.last.saturating_sub(published));
        behind.and_then(|behind| u64::try_from(behind).ok()).unwrap_or_default()
    }

    /// How long ago everything was last known to be published: no change that is not published is older.
    /// There is none before that was known once.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.known().whole.map(|whole| whole.elapsed())
    }

    fn known(&self) -> Known {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The log has this last entry.
    pub(super) fn note_last(&self, number: i64) {
        self.note(|known| known.last = number);
    }

    /// The entries up to this one are published.
    pub(super) fn note_published(&self, number: i64) {
        self.note(|known| known.published = Some(number));
    }

    /// At this time, everything that the log had was published, or is now.
    pub(super) fn note_whole(&self, at: Instant) {
        self.note(|known| known.whole = Some(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_what_the_log_has_beyond_what_is_published() {
        let distance = Distance::default();
        assert_eq!((distance.changes(), distance.age()), (0, None));
        distance.note_last(70);
        assert_eq!(distance.changes(), 0, "it is not known what is published");
        distance.note_published(50);
        assert_eq!(distance.changes(), 20);
        distance.note_last(10);
        assert_eq!(distance.changes(), 0, "the application was restored from a backup");
        let Some(before) = Instant::now().checked_sub(Duration::from_secs(60)) else { return };
        distance.note_whole(before);
        assert!(distance.age() >= Some(Duration::from_secs(60)));
    }
}
