//! Durations, as an operator writes them.

use std::time::Duration;

/// Reads a number and a unit, such as `90s`, `15m`, `12h` or `30d`; seconds without one.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let factor = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(60 * 60),
        "d" => Some(24 * 60 * 60),
        _ => None,
    };
    let number = text[..text.len() - unit.len()].parse::<u32>().ok();
    let seconds = number.zip(factor).map(|(number, factor)| u64::from(number) * factor);
    let seconds = seconds.map(Duration::from_secs);
    seconds.ok_or_else(|| "write a number and a unit, such as 90s, 15m, 12h or 30d".to_owned())
}

/// Reads a [duration] that is not 0, in seconds.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    match duration(text)?.as_secs() {
        0 => Err("0 is too short".to_owned()),
        seconds => Ok(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("0s", 0),
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("12h", 43_200),
            ("7d", 604_800),
            ("4294967295d", 4_294_967_295 * 86_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(expected)), "{text}");
        }
        for text in ["", "s", "1w", "-1s", "1.5h", "4294967296s", "30 d", "30days", "1é", "é"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!((seconds("2m"), seconds("0d").is_err()), (Ok(120), true));
    }
}
