//! The datetimes of Memento (RFC 7089 section 2.1.1): RFC 1123 dates in GMT.

use crate::error::Error;
use crate::rule::Rule;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use std::fmt;
use std::str::FromStr;

/// A time with a precision of one second, in the years 0 to 9999, as Memento sends it in
/// Accept-Datetime and Memento-Datetime and in the attributes `datetime`, `from` and `until`.
///
/// ```
/// use version_links::MementoDatetime;
///
/// let datetime: MementoDatetime = "Tue, 20 Jun 2000 18:02:59 GMT".parse()?;
/// assert_eq!(datetime, MementoDatetime::from_digits("20000620180259").unwrap());
/// assert_eq!(datetime.to_string(), "Tue, 20 Jun 2000 18:02:59 GMT");
/// assert_eq!(datetime.to_utc().timestamp(), 961_524_179);
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MementoDatetime(NaiveDateTime);

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Whether a date states the right weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weekday {
    Right,
    Wrong,
}

impl MementoDatetime {
    /// The time of a clock, without its fraction of a second. There is none for a year before 0 or
    /// after 9999, because such a year does not have four digits.
    #[must_use]
    pub fn new(time: DateTime<Utc>) -> Option<Self> {
        Self::of(time.naive_utc().with_nanosecond(0)?)
    }

    /// The time that web archives put into URIs, in 14 digits: `YYYYMMDDhhmmss`. There is none if
    /// the text is anything else, or if the time does not exist.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        digits.as_bytes().try_into().ok().and_then(Self::of_digits)
    }

    /// The time in 14 digits, `YYYYMMDDhhmmss`, as web archives put it into URIs.
    #[must_use]
    pub fn to_digits(self) -> String {
        self.0.format("%Y%m%d%H%M%S").to_string()
    }

    /// The same time as chrono has it.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0.and_utc()
    }

    /// The time that 14 digits stand for.
    pub(super) fn of_digits(digits: &[u8; 14]) -> Option<Self> {
        let two = |at: usize| pair(digits[at], digits[at + 1]);
        let date = NaiveDate::from_ymd_opt(year(two(0)?, two(2)?)?, two(4)?, two(6)?)?;
        Self::of(date.and_hms_opt(two(8)?, two(10)?, two(12)?)?)
    }

    /// How many octets an `rfc1123-date` has.
    pub(super) const LEN: usize = 29;

    /// Reads an `rfc1123-date`. A wrong weekday does not matter, since the date alone gives the time.
    ///
    /// ```abnf
    /// rfc1123-date = wkday "," SP date1 SP time SP "GMT"      ; RFC 2616 section 3.3.1
    /// date1        = 2DIGIT SP month SP 4DIGIT
    /// time         = 2DIGIT ":" 2DIGIT ":" 2DIGIT
    /// ```
    pub(super) fn read(octets: &[u8]) -> Option<(Self, Weekday)> {
        let [w0, w1, w2, b',', b' ', d0, d1, b' ', m0, m1, m2, b' ', rest @ ..] = octets else {
            return None;
        };
        let [y0, y1, y2, y3, b' ', h0, h1, b':', n0, n1, b':', s0, s1, b' ', b'G', b'M', b'T'] =
            rest
        else {
            return None;
        };
        let named = |names: &[&str], name: [&u8; 3]| {
            names.iter().position(|known| known.bytes().eq(name.into_iter().copied()))
        };
        let month = u32::try_from(named(&MONTHS, [m0, m1, m2])?).ok()? + 1;
        let year = year(pair(*y0, *y1)?, pair(*y2, *y3)?)?;
        let date = NaiveDate::from_ymd_opt(year, month, pair(*d0, *d1)?)?;
        let time = date.and_hms_opt(pair(*h0, *h1)?, pair(*n0, *n1)?, pair(*s0, *s1)?)?;
        let weekday = named(&WEEKDAYS, [w0, w1, w2])?;
        let is_right = usize::try_from(date.weekday().num_days_from_monday()) == Ok(weekday);
        Some((Self(time), if is_right { Weekday::Right } else { Weekday::Wrong }))
    }

    /// How many seconds lie between two times.
    pub(super) fn distance(self, other: Self) -> u64 {
        self.0.signed_duration_since(other.0).num_seconds().unsigned_abs()
    }

    fn of(datetime: NaiveDateTime) -> Option<Self> {
        (0..=9999).contains(&datetime.year()).then_some(Self(datetime))
    }
}

/// The number of two digits.
fn pair(tens: u8, ones: u8) -> Option<u32> {
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// The year of its first and its last two digits.
fn year(century: u32, rest: u32) -> Option<i32> {
    i32::try_from(century * 100 + rest).ok()
}

impl FromStr for MementoDatetime {
    type Err = Error;

    /// Reads an RFC 1123 date in GMT, such as `Tue, 20 Jun 2000 18:02:59 GMT`.
    ///
    /// # Errors
    /// [`Rule::DatetimeSyntax`] for any other text, for a day that does not exist, and for a leap
    /// second; [`Rule::DatetimeWeekday`] for a weekday that is not that of the day.
    fn from_str(text: &str) -> Result<Self, Error> {
        let rule = match Self::read(text.as_bytes()) {
            Some((datetime, Weekday::Right)) => return Ok(datetime),
            Some((_, Weekday::Wrong)) => Rule::DatetimeWeekday,
            None => Rule::DatetimeSyntax,
        };
        Err(Error::violation(rule, 0, 0, text.as_bytes()))
    }
}

impl From<MementoDatetime> for DateTime<Utc> {
    fn from(datetime: MementoDatetime) -> Self {
        datetime.to_utc()
    }
}

/// Writes an RFC 1123 date in GMT, which has 29 octets.
impl fmt::Display for MementoDatetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(at) = self;
        let name = |names: &[&'static str], index: u32| {
            usize::try_from(index).ok().and_then(|index| names.get(index).copied())
        };
        let weekday = name(&WEEKDAYS, at.weekday().num_days_from_monday()).unwrap_or_default();
        let month = name(&MONTHS, at.month0()).unwrap_or_default();
        let (day, year) = (at.day(), at.year());
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

impl fmt::Debug for MementoDatetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nom::bytes::complete::{tag, take};
    use nom::combinator::{all_consuming, map_opt};
    use nom::{IResult, Parser};
    use proptest::prelude::*;

    /// ```abnf
    /// rfc1123-date = wkday "," SP date1 SP time SP "GMT"      ; RFC 2616 section 3.3.1
    /// ```
    fn rfc1123_date(input: &[u8]) -> IResult<&[u8], (usize, NaiveDateTime)> {
        let date = (named(&WEEKDAYS), tag(", "), number(2), tag(" "), named(&MONTHS), tag(" "));
        let time =
            (number(4), tag(" "), number(2), tag(":"), number(2), tag(":"), number(2), tag(" GMT"));
        let parts = (date, time);
        map_opt(
            parts,
            |((weekday, _, day, _, month, _), (year, _, hour, _, minute, _, second, _))| {
                let (year, month) = (i32::try_from(year).ok()?, u32::try_from(month).ok()? + 1);
                let date = NaiveDate::from_ymd_opt(year, month, day)?;
                Some((weekday, date.and_hms_opt(hour, minute, second)?))
            },
        )
        .parse(input)
    }

    /// The place of a name of three letters in a list.
    fn named<'a>(
        names: &'static [&'static str],
    ) -> impl Parser<&'a [u8], Output = usize, Error = nom::error::Error<&'a [u8]>> {
        map_opt(take(3_usize), |name: &[u8]| {
            names.iter().position(|known| known.as_bytes() == name)
        })
    }

    /// A number of so many digits.
    fn number<'a>(
        digits: usize,
    ) -> impl Parser<&'a [u8], Output = u32, Error = nom::error::Error<&'a [u8]>> {
        map_opt(take(digits), |octets: &[u8]| {
            octets.iter().try_fold(0_u32, |number, octet| {
                octet.is_ascii_digit().then(|| number * 10 + u32::from(octet - b'0'))
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn a_date_is_read_as_the_grammar_reads_it(
            date in "(Mon|Tue|Wed|Thu|Fri|Sat|Sun|mon|Xyz), ?[0-3 ][0-9] (Jan|Feb|Jun|Dec|jun) [0-9]{4} [0-2][0-9]:[0-6][0-9]:[0-6][0-9](:| )(GMT|UTC)",
        ) {
            let slowly = all_consuming(rfc1123_date).parse(date.as_bytes()).ok();
            let slowly = slowly.map(|(_, (weekday, datetime))| {
                let is_right = datetime.weekday().num_days_from_monday() as usize == weekday;
                (MementoDatetime(datetime), if is_right { Weekday::Right } else { Weekday::Wrong })
            });
            prop_assert_eq!(MementoDatetime::read(date.as_bytes()), slowly);
        }
    }
}
