//! How long a consumer waits before it concludes something.

use chrono::{DateTime, TimeDelta, Utc};

/// How often and how long a consumer tries before it concludes something.
///
/// ```
/// use change_feed::Patience;
/// use chrono::TimeDelta;
///
/// let patience = Patience::default().over(TimeDelta::minutes(30));
/// assert_eq!(patience.attempts, 6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Patience {
    /// The attempts without which a consumer does not conclude that the history was cut, or that an
    /// entity without a DELETE event does not exist any more. The time [`over`](#structfield.over) must
    /// have passed too: with the defaults the seventh attempt, after 5 minutes and 15 seconds, is the
    /// last one. The default is 6.
    pub attempts: u32,
    /// The time, from the first of these attempts, before which the consumer does not conclude that.
    /// The default is 5 minutes.
    pub over: TimeDelta,
    /// The delay after the first of these attempts. Each further delay is twice as long. The default
    /// is 5 seconds. No delay is shorter than one second, whatever is set.
    pub first: TimeDelta,
    /// The longest delay between two attempts. The default is 10 minutes.
    pub longest: TimeDelta,
    /// How often an entity is requested for an event, without a delay, before it is set aside. After a
    /// 404 or 410 it is set aside at once. The default is 2.
    pub tries: u32,
    /// The number of different entities that fail one after the other, while nothing else is
    /// answered, at which the consumer takes it for an outage. So many failures also end the requests
    /// for entities that are set aside, until the next reading of the feed. The default is 20.
    pub failures: u32,
    /// The shortest time between two whole snapshots. The default is one hour.
    pub snapshots: TimeDelta,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 6,
            over: TimeDelta::minutes(5),
            first: TimeDelta::seconds(5),
            longest: TimeDelta::minutes(10),
            tries: 2,
            failures: 20,
            snapshots: TimeDelta::hours(1),
        }
    }
}

macro_rules! setters {
    ($($field:ident: $type:ty;)*) => {
        impl Patience {
            $(
                #[doc = concat!("Sets [`Patience::", stringify!($field), "`](#structfield.", stringify!($field), ").")]
                #[must_use]
                pub const fn $field(mut self, value: $type) -> Self {
                    self.$field = value;
                    self
                }
            )*
        }
    };
}

setters! {
    attempts: u32;
    over: TimeDelta;
    first: TimeDelta;
    longest: TimeDelta;
    tries: u32;
    failures: u32;
    snapshots: TimeDelta;
}

impl Patience {
    /// When the attempt after this number of attempts is due.
    pub(crate) fn next(&self, attempts: u32, now: DateTime<Utc>) -> DateTime<Utc> {
        let doubled = 1_i32.checked_shl(attempts.saturating_sub(1).min(30)).unwrap_or(i32::MAX);
        let delay = self.first.checked_mul(doubled).unwrap_or(self.longest).min(self.longest);
        // Without a delay an attempt would follow the one before it at once, and so on for ever.
        let delay = delay.max(TimeDelta::seconds(1));
        now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The latest time at which an attempt may be due. A later one comes from a clock that was ahead.
    pub(crate) fn latest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let longest = self.longest.max(TimeDelta::seconds(1));
        now.checked_add_signed(longest).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Whether so many attempts since this time are enough for a conclusion.
    pub(crate) fn is_over(&self, attempts: u32, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        attempts >= self.attempts && now.signed_duration_since(since) >= self.over
    }
}
