//! The members `started` and `completed`: whole milliseconds since the Unix epoch.

use crate::rule::Rule;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// The last millisecond of the year 9999: RFC 3339 has no form for later times.
const LAST: u64 = 253_402_300_799_999;

/// 10^11: in March 1973 if it counts milliseconds, in the year 5138 if it counts seconds.
const DOUBTFUL: u64 = 100_000_000_000;

/// A time in the range that an index can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Millis(u64);

impl Millis {
    pub(crate) fn new(millis: u64) -> Result<Self, Rule> {
        if millis <= LAST { Ok(Self(millis)) } else { Err(Rule::TimeRange) }
    }

    /// Refuses a time that is not a whole millisecond, instead of rounding it.
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
        // The range of `new` is within the ranges of i64 and of chrono.
        let millis = i64::try_from(self.0).unwrap_or_default();
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    /// The RFC 3339 form that the draft's ids have.
    pub(crate) fn to_rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Whether the number probably counts seconds.
    pub(crate) fn is_doubtful(self) -> bool {
        self.0 < DOUBTFUL
    }

    /// Whether a text is an RFC 3339 form of exactly this time.
    pub(crate) fn is_expressed_by(self, text: &str) -> bool {
        usual_form(text) == Some(self.0)
            || DateTime::parse_from_rfc3339(text)
                .is_ok_and(|time| Self::of(time.to_utc()) == Ok(self))
    }
}

/// The milliseconds of a text in the form that [`Millis::to_rfc3339`] gives, or `None` for another
/// text. The parser of chrono reads every form, but takes a sixth of the time of reading a small
/// index.
fn usual_form(text: &str) -> Option<u64> {
    let form = b"0000-00-00T00:00:00.000Z";
    let digits: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let fits = |(&octet, &place): (&u8, &u8)| match place {
        b'0' => octet.is_ascii_digit(),
        _ => octet == place,
    };
    if !digits.iter().zip(form).all(fits) {
        return None;
    }
    let digit = |at: usize| u32::from(digits[at] - b'0');
    let two = |at: usize| digit(at) * 10 + digit(at + 1);
    let year = i32::try_from(two(0) * 100 + two(2)).ok()?;
    let date = NaiveDate::from_ymd_opt(year, two(5), two(8))?;
    let time = date.and_hms_milli_opt(two(11), two(14), two(17), two(20) * 10 + digit(22))?;
    u64::try_from(time.and_utc().timestamp_millis()).ok()
}

/// The rule that the text of a JSON number violates, if it is no [`Millis`].
pub(crate) fn violated_rule(number: &str) -> Option<Rule> {
    if !number.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let inexact = number.contains(['.', 'e', 'E']);
    Some(if inexact { Rule::TimeInexact } else { Rule::TimeRange })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn the_usual_form_says_what_a_library_reads_in_it(
            millis in 0..=LAST,
            at in 0..24_usize,
            octet in "[0-9TZtz:. +-]",
        ) {
            let text = Millis(millis).to_rfc3339();
            prop_assert_eq!(usual_form(&text), Some(millis));
            let mut changed = text;
            changed.replace_range(at..=at, &octet);
            let read = DateTime::parse_from_rfc3339(&changed).ok().map(|time| time.timestamp_millis());
            if let Some(millis) = usual_form(&changed) {
                prop_assert_eq!(Some(millis), read.and_then(|read| u64::try_from(read).ok()));
            }
        }
    }

    #[test]
    fn a_day_that_is_not_in_the_calendar_and_a_leap_second_are_no_usual_form() {
        for text in [
            "2015-02-29T00:00:00.000Z",
            "2015-13-01T00:00:00.000Z",
            "2015-06-30T24:00:00.000Z",
            "2015-06-30T23:59:60.000Z",
            "1969-12-31T23:59:59.999Z",
            "2015-06-30t23:59:59.000z",
        ] {
            assert_eq!(usual_form(text), None, "{text}");
        }
    }

    #[test]
    fn any_rfc_3339_form_of_a_time_says_it_and_nothing_else_does() {
        let time = Millis::new(1_435_019_805_885).unwrap();
        assert!(time.is_expressed_by("2015-06-23T00:36:45.885Z"));
        assert!(time.is_expressed_by("2015-06-23T02:36:45.885000+02:00"));
        assert!(!time.is_expressed_by("2015-06-23T00:36:45.885001Z"));
        assert!(!time.is_expressed_by("2015-06-23T00:36:45Z"));
        assert!(!time.is_expressed_by("1435019805885"));
    }
}
