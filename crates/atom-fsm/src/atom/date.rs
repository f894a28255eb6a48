//! Date constructs (RFC 4287 section 3.3).

use super::common_attributes::Common;
use super::published_date::{self, MissingZone};
use super::text_element::TextElement;
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, XmlReader, XmlWriter};
use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, Utc};
use std::borrow::Cow;

/// A date and time (RFC 4287 section 3.3). It keeps its text, and with it the offset from UTC and
/// the fraction of a second as they were written.
///
/// ```
/// use atom_fsm::atom::Date;
///
/// let date = Date::new("2012-10-12T02:30:22.25+02:00");
/// assert_eq!(date.to_datetime().unwrap().timestamp_millis(), 1_350_001_822_250);
/// assert_eq!(date.as_str(), "2012-10-12T02:30:22.25+02:00");
/// assert_eq!(Date::new("2012-10-12 02:30:22Z").to_datetime(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date<'a>(pub(crate) TextElement<'a>);

impl<'a> Date<'a> {
    /// Returns a date with this text. A writer refuses it if the text is not a date
    /// ([`Rule::DateSyntax`]).
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(TextElement::from(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The date and time with its offset from UTC. `None` when the text is not a date. A leap
    /// second is given as the second before it, with at least a thousand milliseconds.
    #[must_use]
    pub fn to_datetime(&self) -> Option<DateTime<FixedOffset>> {
        parse(&self.0.text)
    }

    /// The date and time with its offset from UTC, of a date as people publish it: of RFC 3339 with a
    /// space for the T, without seconds, with `+0200`, in lower case; or of RFC 822 with a year of
    /// four digits. `None` where the moment is not certain: a date alone, a year of other than four
    /// digits, a day of the week that contradicts the date, the name of a zone that several offsets
    /// have, and no zone, unless `missing` says that it is UTC.
    ///
    /// Such a date violates [`Rule::DateSyntax`] all the same;
    /// [`Correction::Dates`](crate::Correction::Dates) writes it as RFC 4287 demands.
    ///
    /// ```
    /// use atom_fsm::atom::{Date, MissingZone};
    ///
    /// let date = Date::new("Sat, 13 Dec 2003 18:30:02 GMT");
    /// let moment = date.to_certain_datetime(MissingZone::Unknown).unwrap();
    /// assert_eq!(moment.to_rfc3339(), "2003-12-13T18:30:02+00:00");
    /// let date = Date::new("2003-12-13 18:30");
    /// assert_eq!(date.to_certain_datetime(MissingZone::Unknown), None);
    /// assert!(date.to_certain_datetime(MissingZone::Utc).is_some());
    /// ```
    #[must_use]
    pub fn to_certain_datetime(&self, missing: MissingZone) -> Option<DateTime<FixedOffset>> {
        self.to_datetime().or_else(|| published_date::moment(&self.0.text, missing))
    }

    /// The day of a date as RFC 4287 or people write it, in the zone of the date. It is certain of a
    /// date alone too.
    #[must_use]
    pub fn to_day(&self) -> Option<NaiveDate> {
        published_date::day(&self.0.text)
    }

    /// The attributes that every element may have.
    #[must_use]
    pub fn common(&self) -> &Common<'a> {
        &self.0.common
    }

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let date = TextElement::read_value(reader)?.map(Self);
        if let Some(date) = &date {
            date.check(&mut reader.at_tag(tag))?;
        }
        Ok(date)
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(is_date_time(&self.0.text), Rule::DateSyntax)
    }

    /// The date as RFC 4287 demands it, if it is not so and its moment is certain.
    fn mended(&self, report: &dyn Report) -> Option<String> {
        let is_wrong = report.will_correct(Correction::Dates) && self.to_datetime().is_none();
        let moment = is_wrong.then(|| self.to_certain_datetime(MissingZone::Unknown)).flatten()?;
        Some(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    pub(crate) fn write(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        // A date that is mended is reported within its element, as any violation is.
        if let Some(mended) = self.mended(writer) {
            let element = TextElement { common: self.common().clone(), text: mended.into() };
            return element.write(name, writer, |_, report| {
                report.require_or(false, Rule::DateSyntax, Correction::Dates)
            });
        }
        self.0.write(name, writer, |element, report| {
            report.require(is_date_time(&element.text), Rule::DateSyntax)
        })
    }
}

into_owned!(Date { 0 });

impl From<DateTime<Utc>> for Date<'static> {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::new(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl From<DateTime<FixedOffset>> for Date<'static> {
    fn from(moment: DateTime<FixedOffset>) -> Self {
        Self::new(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// RFC 3339 section 5.6, `date-time`, with an upper-case T and Z: chrono alone takes a space, a
/// lower-case t and years of other lengths.
pub(crate) fn parse(text: &str) -> Option<DateTime<FixedOffset>> {
    let octets = text.as_bytes();
    let pattern = b"dddd-dd-ddTdd:dd:dd";
    let (start, rest) = octets.split_at_checked(pattern.len())?;
    let fits = |pattern: &[u8], octets: &[u8]| {
        pattern.len() == octets.len()
            && pattern.iter().zip(octets).all(|(expected, found)| match expected {
                b'd' => found.is_ascii_digit(),
                b's' => matches!(found, b'+' | b'-'),
                _ => expected == found,
            })
    };
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
            fraction.get(digits..).filter(|_| digits > 0)?
        }
        _ => rest,
    };
    let is_date = fits(pattern, start) && (rest == b"Z" || fits(b"sdd:dd", rest));
    is_date.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten()
}

/// Whether [`parse`], which is the slow twin, returns a moment: most dates are only checked.
fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.as_bytes().split_first_chunk::<19>() else { return false };
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', hour @ .., b':', s1, s2] = date else {
        return false;
    };
    let two = |tens: &u8, ones: &u8| match (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0')) {
        (tens @ 0..=9, ones @ 0..=9) => Some(tens * 10 + ones),
        _ => None,
    };
    // Hours and minutes, of a time or of an offset.
    let is_clock = |clock: &[u8]| match clock {
        [h1, h2, b':', m1, m2] => {
            two(h1, h2).is_some_and(|hour| hour < 24)
                && two(m1, m2).is_some_and(|minute| minute < 60)
        }
        _ => false,
    };
    let (Some(century), Some(year), Some(month), Some(day)) =
        (two(y1, y2), two(y3, y4), two(m1, m2), two(d1, d2))
    else {
        return false;
    };
    let is_leap = if year == 0 { century % 4 == 0 } else { year % 4 == 0 };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    let zone = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        _ => rest,
    };
    let is_zone = match zone {
        [b'Z'] => true,
        [b'+' | b'-', offset @ ..] => is_clock(offset),
        _ => false,
    };
    // A leap second may be at the end of any minute.
    let is_second = two(s1, s2).is_some_and(|second| second <= 60);
    (1..=days).contains(&day) && is_clock(hour) && is_second && is_zone
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_is_a_date_time_is_what_chrono_reads(
            date in "[0-9]{4}-(0[0-9]|1[0-3])-([0-2][0-9]|3[0-2])",
            time in "([01][0-9]|2[0-5]):[0-6][0-9]:[0-6][0-9]([.][0-9]{0,12})?",
            zone in "Z|z||[+-]([01][0-9]|2[0-5]):?[0-6][0-9]",
            between in "[T t]|TT",
            damage in prop::option::of((0..40_usize, "[0-9:.ZT+é -]")),
        ) {
            let whole = format!("{date}{between}{time}{zone}");
            prop_assert_eq!(is_date_time(&whole), parse(&whole).is_some(), "{}", whole);
            if let Some((at, with)) = damage {
                let damaged: String = whole.chars().take(at).chain(with.chars()).chain(whole.chars().skip(at + 1)).collect();
                prop_assert_eq!(is_date_time(&damaged), parse(&damaged).is_some(), "{}", damaged);
            }
        }

        #[test]
        fn rfc3339_5_7_the_days_of_each_month_are_those_of_chrono(
            year in 0..10_000_u16, month in 0..14_u8, day in 0..33_u8
        ) {
            for year in [year, year / 100 * 100] {
                let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
                prop_assert_eq!(is_date_time(&text), parse(&text).is_some(), "{}", text);
            }
        }
    }

    #[test]
    fn rfc4287_3_3_a_date_is_an_rfc_3339_date_time_in_upper_case() {
        for text in [
            "2003-12-13T18:30:02Z",
            "2003-12-13T18:30:02.25Z",
            "2003-12-13T18:30:02+01:00",
            "2003-12-13T18:30:02.123456789123-00:00",
            "2016-12-31T23:59:60Z",
            "2004-02-29T00:00:00Z",
        ] {
            assert!(parse(text).is_some() && is_date_time(text), "{text}");
        }
        for text in [
            "",
            "2003-12-13",
            "2003-12-13T18:30Z",
            "2003-12-13T24:00:00Z",
            "2003-12-13T18:60:02Z",
            "2003-12-13T18:30:02+24:00",
            "2003-12-13T18:30:02+01:60",
            "2003-12-13 18:30:02Z",
            "2003-12-13t18:30:02Z",
            "2003-12-13T18:30:02z",
            "2003-12-13T18:30:02",
            "2003-12-13T18:30:02.Z",
            "2003-12-13T18:30:02+0100",
            "2003-12-13T18:30:02Z ",
            "2003-13-13T18:30:02Z",
            "2003-02-29T18:30:02Z",
            "2003-12-13T25:30:02Z",
            "2003-12-13T18:30:02+25:00",
            "+2003-12-13T18:30:02Z",
            "12003-12-13T18:30:02Z",
        ] {
            assert!(parse(text).is_none() && !is_date_time(text), "{text}");
        }
    }

    #[test]
    fn moments_are_written_with_as_many_digits_as_they_need() {
        let moment = DateTime::from_timestamp_millis(1_350_009_022_250).unwrap();
        assert_eq!(Date::from(moment).as_str(), "2012-10-12T02:30:22.250Z");
        assert_eq!(Date::from(moment).to_datetime().unwrap(), moment);
    }
}
