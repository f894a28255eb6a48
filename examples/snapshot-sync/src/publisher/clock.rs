//! The publisher's clock, which never goes backward.

/// Milliseconds since the Unix epoch that never decrease, whatever the wall clock does.
///
/// The time of an event is the wall clock's, or that of the event before it if that is later. A
/// snapshot's start is taken from the same clock, so that no event that the snapshot does not
/// contain has an earlier time than the snapshot.
#[derive(Debug)]
pub struct Clock {
    last: i64,
    wall: fn() -> i64,
}

impl Clock {
    /// A clock that continues from the last time that it returned, by a wall clock.
    #[must_use]
    pub fn new(last: i64, wall: fn() -> i64) -> Self {
        Self { last, wall }
    }

    /// A time that is later than all times before, in milliseconds since the Unix epoch.
    pub fn later(&mut self) -> i64 {
        self.last = (self.last + 1).max((self.wall)());
        self.last
    }

    /// How far it is ahead of the wall clock, in milliseconds; 0 if it is not.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        (self.last - (self.wall)()).max(0)
    }

    /// The time now, in milliseconds since the Unix epoch.
    pub fn now(&mut self) -> i64 {
        self.last = self.last.max((self.wall)());
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_never_steps_back_even_where_the_wall_clock_does() {
        let mut clock = Clock::new(1000, || 500);
        assert_eq!((clock.now(), clock.now()), (1000, 1000));
        assert_eq!((clock.later(), clock.now()), (1001, 1001));
        assert_eq!(clock.ahead(), 501);
        let mut clock = Clock::new(1000, || 1500);
        assert_eq!(clock.ahead(), 0);
        assert_eq!((clock.now(), clock.now()), (1500, 1500));
    }
}
