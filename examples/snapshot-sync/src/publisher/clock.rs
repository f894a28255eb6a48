//! The publisher's clock: it never steps back.

use chrono::{DateTime, Utc};

/// Milliseconds since the Unix epoch that never decrease, whatever the wall clock does.
///
/// An event's time is the later of the time before it and the wall clock, and a snapshot's start is
/// taken from the same clock: what comes after the snapshot's point is never dated before it.
#[derive(Debug)]
pub struct Clock {
    last: i64,
    wall: fn() -> i64,
}

impl Clock {
    /// A clock that goes on from the last time it gave, by a wall clock.
    #[must_use]
    pub fn new(last: i64, wall: fn() -> i64) -> Self {
        Self { last, wall }
    }

    /// A time later than any that it gave.
    pub fn later(&mut self) -> i64 {
        self.last = (self.last + 1).max((self.wall)());
        self.last
    }

    /// The time now, in milliseconds since the Unix epoch.
    pub fn now(&mut self) -> i64 {
        self.last = self.last.max((self.wall)());
        self.last
    }
}

/// The instant of a time that a [`Clock`] gave.
#[must_use]
pub fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_never_steps_back_even_where_the_wall_clock_does() {
        let mut clock = Clock::new(1000, || 500);
        assert_eq!((clock.now(), clock.now()), (1000, 1000));
        assert_eq!((clock.later(), clock.now()), (1001, 1001));
        let mut clock = Clock::new(1000, || 1500);
        assert_eq!((clock.now(), clock.now()), (1500, 1500));
    }
}
