//! Durations, as an operator writes them.

/// Reads a duration in seconds: a number and a unit, such as `90s`, `15m`, `12h` or `7d`; seconds
/// without one.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let factor = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(60 * 60),
        "d" => Some(24 * 60 * 60),
        _ => None,
    };
    let number = text[..text.len() - unit.len()].parse::<u64>().ok();
    let seconds = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    seconds
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| "write a number and a unit, such as 90s, 15m, 12h or 7d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("90", Some(90)),
            ("90s", Some(90)),
            ("15m", Some(900)),
            ("12h", Some(43_200)),
            ("7d", Some(604_800)),
        ] {
            assert_eq!(seconds(text).ok(), expected, "{text}");
        }
        for text in ["", "s", "0s", "1w", "-1s", "1.5h", "99999999999999999999d", "1 h", "1é"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
