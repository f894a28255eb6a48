//! The dates that people publish, beside those of RFC 4287.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// What a date without a zone means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MissingZone {
    /// Its moment is not known. This is the default.
    #[default]
    Unknown,
    /// It is in UTC.
    Utc,
}

/// Reads a date as people publish it, which is not of RFC 4287. `None` where its moment is not certain.
pub(super) fn moment(text: &str, missing: MissingZone) -> Option<DateTime<FixedOffset>> {
    let text = text.trim_matches(|found: char| found.is_ascii_whitespace());
    let (day, rest) = iso_day(text).or_else(|| mail_day(text))?;
    let (time, zone) = time(rest)?;
    let offset = offset(zone, missing)?;
    NaiveDateTime::new(day, time).and_local_timezone(offset).single()
}

/// Reads the day of a date, as it is written there.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim_matches(|found: char| found.is_ascii_whitespace());
    let (day, rest) = iso_day(text).or_else(|| mail_day(text))?;
    (rest.is_empty() || time(rest).is_some()).then_some(day)
}

/// `2026-01-31` and what separates it from the time, if any.
fn iso_day(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2, 2)?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let rest = match rest.as_bytes().first() {
        None => rest,
        Some(b'T' | b't' | b' ' | b'\t') => rest[1..].trim_start(),
        Some(_) => return None,
    };
    Some((day, rest))
}

/// RFC 822 section 5.1 with a year of four digits: `Sat, 31 Jan 2026` and white space. A day of the
/// week that contradicts the date makes it uncertain.
fn mail_day(text: &str) -> Option<(NaiveDate, &str)> {
    let (weekday, rest) = match text.split_once(',') {
        Some((weekday, rest)) => (Some(weekday.trim()), rest.trim_start()),
        None => (None, text),
    };
    let (day, rest) = digits(rest, 1, 2)?;
    let rest = rest.trim_start_matches([' ', '\t', '-']);
    let end = rest.find(|found: char| !found.is_ascii_alphabetic())?;
    let (month, rest) = rest.split_at(end);
    let (year, rest) = digits(rest.trim_start_matches([' ', '\t', '-']), 4, 4)?;
    let month = named(month, &MONTHS, &LONG_MONTHS)?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month + 1, day)?;
    if let Some(weekday) = weekday {
        let number = chrono::Datelike::weekday(&day).num_days_from_monday();
        if named(weekday, &DAYS, &LONG_DAYS)? != number {
            return None;
        }
    }
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some((day, rest.trim_start()))
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LONG_DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn named(name: &str, short: &[&str], long: &[&str]) -> Option<u32> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    let found = short.iter().position(is).or_else(|| long.iter().position(is))?;
    u32::try_from(found).ok()
}

/// `18:30`, `18:30:02` or `18:30:02.25`, and the zone without the white space before it.
fn time(text: &str) -> Option<(NaiveTime, &str)> {
    let (hour, rest) = digits(text, 2, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let (second, nanoseconds, rest) = match rest.strip_prefix(':') {
        None => (0, 0, rest),
        Some(rest) => {
            let (second, rest) = digits(rest, 2, 2)?;
            let (nanoseconds, rest) = fraction(rest)?;
            (second, nanoseconds, rest)
        }
    };
    // A leap second, as chrono represents it.
    let (second, leap) = if second == 60 { (59, 1_000_000_000) } else { (second, 0) };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanoseconds + leap)?;
    Some((time, rest.trim_start()))
}

/// The nanoseconds of a fraction; digits beyond are left out.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = rest.split_at(count);
    let padded: String = digits.chars().chain("000000000".chars()).take(9).collect();
    (count > 0).then_some(())?;
    Some((padded.parse().ok()?, rest))
}

/// An offset such as `+02:00` or `+0200`, or the name of a zone that means one offset.
fn offset(zone: &str, missing: MissingZone) -> Option<FixedOffset> {
    let hours = |hours: i32| FixedOffset::east_opt(hours * 3600);
    let upper = zone.to_ascii_uppercase();
    match &*upper {
        "" => return if missing == MissingZone::Utc { hours(0) } else { None },
        "Z" | "UT" | "UTC" | "GMT" => return hours(0),
        // RFC 822 section 5.1.
        "EDT" => return hours(-4),
        "EST" | "CDT" => return hours(-5),
        "CST" | "MDT" => return hours(-6),
        "MST" | "PDT" => return hours(-7),
        "PST" => return hours(-8),
        _ => {}
    }
    let number = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper);
    let (sign, rest) = match number.as_bytes().first()? {
        b'+' => (1, &number[1..]),
        b'-' => (-1, &number[1..]),
        _ => return None,
    };
    let (hours, rest) = pair(rest)?;
    let (minutes, rest) = match rest {
        "" => (0, ""),
        rest => pair(rest.strip_prefix(':').unwrap_or(rest))?,
    };
    if !rest.is_empty() || hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(sign * seconds)
}

/// A number of two digits, whatever is behind them.
fn pair(text: &str) -> Option<(u32, &str)> {
    let (pair, rest) = text.split_at_checked(2)?;
    let is_number = pair.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| pair.parse().ok()).flatten().map(|number| (number, rest))
}

/// A number of at least `least` and at most `most` digits, with no digit behind it.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(count);
    (least..=most).contains(&count).then(|| digits.parse().ok()).flatten().map(|it| (it, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc3339(text: &str) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(text).ok()
    }

    #[test]
    fn rfc4287_3_3_what_people_publish_is_a_moment_only_where_it_is_certain() {
        let moment = "2003-12-13T18:30:00Z";
        for (text, expected) in [
            ("2003-12-13T18:30:00Z", Some(moment)),
            (" 2003-12-13 18:30:00Z\n", Some(moment)),
            ("2003-12-13t18:30:00z", Some(moment)),
            ("2003-12-13T18:30Z", Some(moment)),
            ("2003-12-13T20:30:00+0200", Some(moment)),
            ("2003-12-13T20:30:00+02", Some(moment)),
            ("2003-12-13 20:30:00 +02:00", Some(moment)),
            ("2003-12-13 18:30:00 UTC", Some(moment)),
            ("2003-12-13 20:30 GMT+2", None),
            ("2003-12-13 20:30 GMT+02", Some(moment)),
            ("Sat, 13 Dec 2003 18:30:00 GMT", Some(moment)),
            ("sat, 13 dec 2003 18:30 gmt", Some(moment)),
            ("Saturday, 13 December 2003 18:30:00 UT", Some(moment)),
            ("13 Dec 2003 13:30:00 EST", Some(moment)),
            ("13-Dec-2003 10:30:00 PST", Some(moment)),
            ("Sat, 13 Dec 2003 19:30:00 +0100", Some(moment)),
            // The day of the week contradicts the date.
            ("Fri, 13 Dec 2003 18:30:00 GMT", None),
            // A year of two digits, or of the years since 1900.
            ("Sat, 13 Dec 03 18:30:00 GMT", None),
            ("103-12-13T18:30:00Z", None),
            ("101-01-01T00:00:00Z", None),
            // No zone, or one that several offsets have.
            ("2003-12-13T18:30:00", None),
            ("Sat, 13 Dec 2003 18:30:00", None),
            ("Sat, 13 Dec 2003 18:30:00 IST", None),
            // A date alone.
            ("2003-12-13", None),
            ("13 Dec 2003", None),
            ("2003-02-30T18:30:00Z", None),
            ("2003-12-13T24:30:00Z", None),
            ("2003-12-13T18:30:00+24:00", None),
            ("2003-12-13Q18:30:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            let found = super::moment(text, MissingZone::Unknown);
            assert_eq!(found, expected.and_then(rfc3339), "{text}");
        }
        for text in ["2003-12-13 18:30", "Sat, 13 Dec 2003 18:30:00"] {
            assert_eq!(super::moment(text, MissingZone::Utc), rfc3339(moment), "{text}");
        }
        assert_eq!(super::moment("2003-12-13", MissingZone::Utc), None);
    }

    #[test]
    fn the_day_is_certain_where_the_moment_is_not() {
        let expected = NaiveDate::from_ymd_opt(2003, 12, 13);
        for text in
            ["2003-12-13", "2003-12-13T18:30:00", "13 Dec 2003", "Sat, 13 Dec 2003 18:30 IST"]
        {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["2003-12", "101-12-13", "2003-12-13Tnoon", "Fri, 13 Dec 2003"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_fraction_and_a_leap_second_are_kept() {
        let found = super::moment("2016-12-31 23:59:60.5Z", MissingZone::Unknown).unwrap();
        assert_eq!(found, rfc3339("2016-12-31T23:59:60.5Z").unwrap());
    }
}
