//! Dates in fields (RFC 9110 section 5.6.7).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

/// Writes a date as `IMF-fixdate`, such as `Sun, 06 Nov 1994 08:49:37 GMT`. `None` for years that its
/// four digits cannot hold. Fractions of seconds are cut.
pub(super) fn format(date: &DateTime<Utc>) -> Option<String> {
    let is_writable = (0..=9999).contains(&date.year());
    is_writable.then(|| date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// Reads a date in any of the three forms (`HTTP-date`). The name of the day is not compared with the
/// date: the examples of draft-wilde-fsm-00 have a wrong one.
///
/// A year of two digits in the obsolete form `rfc850-date` is taken for one of 1970 to 2069: this
/// function has no clock.
pub(super) fn parse(text: &[u8]) -> Option<DateTime<Utc>> {
    // The longest form is `Wednesday, 09-Nov-94 08:49:37 GMT`.
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= 40)?.trim();
    let date = match text.split_once(',') {
        Some((_, date)) => fixed(date.trim_start()).or_else(|| obsolete(date.trim_start())),
        None => {
            let (_, date) = text.split_once(' ')?;
            NaiveDateTime::parse_from_str(date, "%b %e %H:%M:%S %Y").ok()
        }
    };
    // chrono also reads years of more digits.
    date.filter(|date| (0..=9999).contains(&date.year())).map(|date| date.and_utc())
}

/// `06 Nov 1994 08:49:37 GMT`.
fn fixed(date: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(date, "%d %b %Y %H:%M:%S GMT").ok()
}

/// `06-Nov-94 08:49:37 GMT`.
fn obsolete(date: &str) -> Option<NaiveDateTime> {
    let (day, time) = date.split_once(' ')?;
    let (before, year) = day.rsplit_once('-')?;
    let year: u32 = year.parse().ok().filter(|_| year.len() == 2)?;
    let year = if year < 70 { 2000 + year } else { 1900 + year };
    let day = NaiveDate::parse_from_str(&format!("{before}-{year}"), "%d-%b-%Y").ok()?;
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M:%S GMT").ok()?;
    Some(day.and_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_5_6_7_each_form_of_a_date_is_read_and_one_is_written() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Fri, 6 Nov 1994 08:49:37 GMT",
        ] {
            let date = parse(text.as_bytes()).unwrap();
            assert_eq!(date.timestamp(), 784_111_777, "{text}");
            assert_eq!(format(&date).as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        }
        let later = parse(b"Wednesday, 01-Jan-31 00:00:00 GMT").unwrap();
        assert_eq!(format(&later).as_deref(), Some("Wed, 01 Jan 2031 00:00:00 GMT"));
        for text in [
            "",
            "soon",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov +12345 08:49:37 GMT",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(format(&DateTime::<Utc>::MAX_UTC), None);
    }
}
