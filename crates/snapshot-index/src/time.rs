//! Times: whole milliseconds since the Unix epoch.

use crate::rule::Rule;
use chrono::{DateTime, SecondsFormat, Utc};

/// The last millisecond of the year 9999, beyond which RFC 3339 has no form.
const LAST: u64 = 253_402_300_799_999;

/// 10^11: in milliseconds March 1973, in seconds the year 5138.
const DOUBTFUL: u64 = 100_000_000_000;

/// A time within the range that an index can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Millis(u64);

impl Millis {
    pub(crate) fn new(millis: u64) -> Result<Self, Rule> {
        if millis <= LAST { Ok(Self(millis)) } else { Err(Rule::TimeRange) }
    }

    /// Refuses what whole milliseconds cannot say, rather than round it.
    pub(crate) fn of(time: DateTime<Utc>) -> Result<Self, Rule> {
        if time.timestamp_subsec_nanos() % 1_000_000 != 0 {
            return Err(Rule::TimeInexact);
        }
        u64::try_from(time.timestamp_millis()).map_or(Err(Rule::TimeRange), Self::new)
    }

    pub(crate) fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn to_utc(self) -> DateTime<Utc> {
        // The range of `new` lies within both i64 and chrono's.
        let millis = i64::try_from(self.0).unwrap_or_default();
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    /// The form of RFC 3339 that the draft's ids have.
    pub(crate) fn to_rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    pub(crate) fn is_doubtful(self) -> bool {
        self.0 < DOUBTFUL
    }

    /// Whether a text is an RFC 3339 form of this very time.
    pub(crate) fn is_said_by(self, text: &str) -> bool {
        DateTime::parse_from_rfc3339(text).is_ok_and(|time| Self::of(time.to_utc()) == Ok(self))
    }
}

/// Which rule the text of a JSON number breaks that is no [`Millis`].
pub(crate) fn broken_by(number: &str) -> Option<Rule> {
    if !number.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let inexact = number.contains(['.', 'e', 'E']);
    Some(if inexact { Rule::TimeInexact } else { Rule::TimeRange })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_in_the_years_that_rfc_3339_can_say() {
        let last = Millis::new(LAST).unwrap().to_utc();
        assert_eq!(last.to_rfc3339(), "9999-12-31T23:59:59.999+00:00");
        assert_eq!(Millis::of(last), Millis::new(LAST));
        assert_eq!(Millis::new(LAST + 1), Err(Rule::TimeRange));
        assert_eq!(Millis::of(last + chrono::TimeDelta::milliseconds(1)), Err(Rule::TimeRange));
        let before = DateTime::UNIX_EPOCH - chrono::TimeDelta::milliseconds(1);
        assert_eq!(Millis::of(before), Err(Rule::TimeRange));
    }

    #[test]
    fn a_time_is_never_rounded() {
        let nanosecond = DateTime::UNIX_EPOCH + chrono::TimeDelta::nanoseconds(1);
        assert_eq!(Millis::of(nanosecond), Err(Rule::TimeInexact));
    }

    #[test]
    fn any_rfc_3339_form_of_a_time_says_it_and_nothing_else_does() {
        let time = Millis::new(1_435_019_805_885).unwrap();
        assert!(time.is_said_by("2015-06-23T00:36:45.885Z"));
        assert!(time.is_said_by("2015-06-23T02:36:45.885000+02:00"));
        assert!(!time.is_said_by("2015-06-23T00:36:45.885001Z"));
        assert!(!time.is_said_by("2015-06-23T00:36:45Z"));
        assert!(!time.is_said_by("1435019805885"));
    }
}
