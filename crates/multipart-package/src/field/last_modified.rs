//! Last-Modified (RFC 9110 section 8.8.2): an HTTP date, in UTC and in whole seconds.

use crate::rule::Rule;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use nom::bytes::complete::{tag, take, take_while_m_n};
use nom::combinator::{all_consuming, map_opt, map_res};
use nom::{IResult, Parser};

/// The obsolete forms of an HTTP date, without their weekday (RFC 9110 section 5.6.7).
///
/// A year of two digits is a year from 1970 to 2069. The century is fixed, as there is no clock
/// here.
const OBSOLETE: [&str; 2] = ["%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];

const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// The instant that a value states, in any of the three forms and with any weekday.
pub(crate) fn parse(value: &[u8]) -> Option<DateTime<Utc>> {
    imf_fixdate(value).map(|(_, time)| time).or_else(|| obsolete(value))
}

/// Formats an IMF-fixdate. Fractions of a second are dropped.
pub(crate) fn format(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    match imf_fixdate(value) {
        Some((weekday, time)) if weekday == time.weekday() => None,
        Some(_) => Some(Rule::LastModifiedWeekday),
        None if obsolete(value).is_some() => Some(Rule::LastModifiedObsolete),
        None => Some(Rule::LastModifiedSyntax),
    }
}

/// ```abnf
/// IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
/// date1       = day SP month SP year
/// time-of-day = hour ":" minute ":" second
/// ```
fn imf_fixdate(value: &[u8]) -> Option<(Weekday, DateTime<Utc>)> {
    let date =
        map_opt((digits(2), tag(" "), month, tag(" "), digits(4)), |(day, _, month, _, year)| {
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        });
    let time = map_opt(
        (digits(2), tag(":"), digits(2), tag(":"), digits(2)),
        |(hour, _, minute, _, second)| {
            // A leap second becomes the last second of its minute.
            NaiveTime::from_hms_opt(hour, minute, if second == 60 { 59 } else { second })
        },
    );
    let (_, (weekday, _, date, _, time, _)) =
        all_consuming((weekday, tag(", "), date, tag(" "), time, tag(" GMT"))).parse(value).ok()?;
    Some((weekday, date.and_time(time).and_utc()))
}

fn obsolete(value: &[u8]) -> Option<DateTime<Utc>> {
    let (weekday, date) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    weekday.trim_end_matches(',').parse::<Weekday>().ok()?;
    let read = |form: &&str| NaiveDateTime::parse_from_str(date, form).ok();
    OBSOLETE.iter().find_map(read).map(|time| time.and_utc())
}

fn digits<'a>(
    count: usize,
) -> impl Parser<&'a [u8], Output = u32, Error = nom::error::Error<&'a [u8]>> {
    let run = take_while_m_n(count, count, |octet: u8| octet.is_ascii_digit());
    map_res(map_res(run, std::str::from_utf8), str::parse)
}

fn month(input: &[u8]) -> IResult<&[u8], u32> {
    let numbered = |name: &[u8]| (1..).zip(MONTHS).find(|(_, month)| *month == name);
    map_opt(take(3_usize), move |name: &[u8]| numbered(name).map(|(number, _)| number)).parse(input)
}

fn weekday(input: &[u8]) -> IResult<&[u8], Weekday> {
    let numbered = |name: &[u8]| (0_u8..).zip(WEEKDAYS).find(|(_, weekday)| *weekday == name);
    map_opt(take(3_usize), move |name: &[u8]| Weekday::try_from(numbered(name)?.0).ok())
        .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_5_6_7_the_three_forms_name_the_same_instant() {
        let time = parse(b"Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(time.timestamp(), 784_111_777);
        assert_eq!(parse(b"Sunday, 06-Nov-94 08:49:37 GMT"), Some(time));
        assert_eq!(parse(b"Sun Nov  6 08:49:37 1994"), Some(time));
        assert_eq!(format(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn each_violation_in_a_date_has_its_rule() {
        for (value, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("Sat, 09 Jan 2014 15:02:23 GMT", Some(Rule::LastModifiedWeekday)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(Rule::LastModifiedObsolete)),
            ("Sun Nov  6 08:49:37 1994", Some(Rule::LastModifiedObsolete)),
            ("Sun, 6 Nov 1994 08:49:37 GMT", Some(Rule::LastModifiedSyntax)),
            ("Sunday, 06 Nov 1994 08:49:37 GMT", Some(Rule::LastModifiedSyntax)),
            ("Sun, 06 Nov 1994 08:49:37 +0000", Some(Rule::LastModifiedSyntax)),
            ("Sun, 31 Feb 1994 08:49:37 GMT", Some(Rule::LastModifiedSyntax)),
            ("1994-11-06T08:49:37Z", Some(Rule::LastModifiedSyntax)),
            ("", Some(Rule::LastModifiedSyntax)),
        ] {
            assert_eq!(violation(value.as_bytes()), expected, "{value}");
        }
    }
}
