//! The publisher's clock, which never goes backward.

use std::sync::LazyLock;
use std::time::Instant;

/// How far it may be ahead of the wall clock, in milliseconds, so that it waits for that. If it is further
/// ahead, it goes on at half speed: what is removed by its age would not be removed for years if the
/// wall clock was once years ahead.
const NEAR: i64 = 60_000;

/// The clocks that a publisher's clock is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sources {
    wall: fn() -> i64,
    steady: fn() -> i64,
}

impl Sources {
    /// This wall clock, in milliseconds since the Unix epoch, and the time that has elapsed.
    #[must_use]
    pub fn of(wall: fn() -> i64) -> Self {
        Self { wall, steady }
    }

    /// Replaces the time that has elapsed, in milliseconds since any moment. No one sets it.
    #[must_use]
    pub fn steady(self, steady: fn() -> i64) -> Self {
        Self { steady, ..self }
    }
}

/// The time since this process has first asked for it, in milliseconds.
fn steady() -> i64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    i64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since the Unix epoch that never decrease, whatever the wall clock does.
///
/// The time of an event is the wall clock's, or that of the event before it if that is later. A
/// snapshot's start is taken from the same clock, so that no event that the snapshot does not
/// contain has an earlier time than the snapshot.
///
/// If the wall clock was set back by more than a minute, this clock goes on at half speed until the wall
/// clock has caught up to a minute. So a time that it has shown is past by any duration after twice
/// that duration, and a minute.
#[derive(Debug)]
pub struct Clock {
    last: i64,
    sources: Sources,
    /// The steady time up to which `last` has counted it.
    since: i64,
}

impl Clock {
    /// A clock that continues from the last time that it returned.
    #[must_use]
    pub fn new(last: i64, sources: Sources) -> Self {
        Self { last, sources, since: (sources.steady)() }
    }

    /// A time that is later than all times before, in milliseconds since the Unix epoch.
    pub fn later(&mut self) -> i64 {
        self.last = (self.last + 1).max(self.now());
        self.last
    }

    /// How far it is ahead of the wall clock, in milliseconds; 0 if it is not.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        (self.last - (self.sources.wall)()).max(0)
    }

    /// The time now, in milliseconds since the Unix epoch.
    pub fn now(&mut self) -> i64 {
        let (wall, steady) = ((self.sources.wall)(), (self.sources.steady)());
        if self.last.saturating_sub(wall) > NEAR {
            let half = steady.saturating_sub(self.since).max(0) / 2;
            self.last += half;
            self.since += 2 * half;
        } else {
            self.since = steady;
        }
        self.last = self.last.max(wall);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[test]
    fn a_clock_never_steps_back_even_where_the_wall_clock_does() {
        let mut clock = Clock::new(1000, Sources::of(|| 500));
        assert_eq!((clock.now(), clock.now()), (1000, 1000));
        assert_eq!((clock.later(), clock.now()), (1001, 1001));
        assert_eq!(clock.ahead(), 501);
        let mut clock = Clock::new(1000, Sources::of(|| 1500));
        assert_eq!(clock.ahead(), 0);
        assert_eq!((clock.now(), clock.now()), (1500, 1500));
        assert_eq!((clock.later(), clock.later()), (1501, 1502));
    }

    #[test]
    fn a_clock_that_is_far_ahead_goes_on_at_half_speed_until_the_wall_clock_is_near() {
        static STEADY: AtomicI64 = AtomicI64::new(7);
        let sources = Sources::of(|| 1_000_000 + STEADY.load(Ordering::Relaxed) - 7)
            .steady(|| STEADY.load(Ordering::Relaxed));
        let pass = |time| STEADY.fetch_add(time, Ordering::Relaxed);
        let mut clock = Clock::new(1_200_000, sources);
        assert_eq!((clock.now(), clock.ahead()), (1_200_000, 200_000));
        let mut go = |count: usize, time| {
            for _ in 0..count {
                pass(time);
                clock.now();
            }
            (clock.now(), clock.ahead())
        };
        // Also in steps that are shorter than its own, nothing is lost.
        assert_eq!(go(1001, 1), (1_200_500, 199_499));
        assert_eq!(go(199, 1000), (1_300_000, 99_999));
        // Now the wall clock comes near, and is waited for.
        assert_eq!(go(80, 1000), (1_339_000, 58_999));
        assert_eq!(go(1, 30_000), (1_339_000, 28_999));
        assert_eq!(go(1, 40_000), (1_350_001, 0));
    }
}
