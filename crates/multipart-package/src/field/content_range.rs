//! Content-Range (RFC 9110 section 14.4): which range of a representation a body is.

use crate::field::content_length::digits;
use crate::grammar::token;
use crate::rule::Rule;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{all_consuming, map_opt, value};
use nom::sequence::{preceded, separated_pair};
use nom::{IResult, Parser, branch::alt};
use std::ops::RangeInclusive;

/// A Content-Range value (RFC 9110 section 14.4): which range of a representation a body is.
///
/// ```
/// use multipart_package::HeadBuilder;
///
/// let head = HeadBuilder::new().field("Content-Range", "bytes 0-499/1234").build()?;
/// let range = head.content_range()?.unwrap();
/// assert!(range.is_bytes());
/// assert_eq!(range.positions(), Some(0..=499));
/// assert_eq!(range.complete_length(), Some(1234));
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentRange<'a> {
    unit: &'a str,
    range: &'a str,
    numbers: Numbers,
}

/// The numbers of a range; none of a range in another unit whose form is not known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Numbers {
    positions: Option<RangeInclusive<u64>>,
    complete: Option<u64>,
}

impl<'a> ContentRange<'a> {
    /// ```abnf
    /// Content-Range = range-unit SP ( range-resp / unsatisfied-range )
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Result<Self, Rule> {
        let refused = |_| Rule::ContentRangeSyntax;
        let (range, (unit, _)) = (token, tag(" ")).parse(value).map_err(refused)?;
        let text = std::str::from_utf8(range).map_err(|_| Rule::ContentRangeSyntax)?;
        let read = all_consuming(alt((unsatisfied_range, range_resp))).parse(range);
        let numbers = match read {
            Ok((_, numbers)) => numbers,
            // Only bytes are known to have this form.
            Err(_) if !is_bytes(unit) && is_visible(range) => Numbers::default(),
            Err(_) => return Err(Rule::ContentRangeSyntax),
        };
        let is_within = |positions: &RangeInclusive<u64>| {
            let last = *positions.end();
            *positions.start() <= last && numbers.complete.is_none_or(|complete| last < complete)
        };
        if !numbers.positions.as_ref().is_none_or(is_within) {
            return Err(Rule::ContentRangeOrder);
        }
        Ok(Self { unit, range: text, numbers })
    }

    /// The range unit as written, such as `bytes`. Units are compared case-insensitively.
    #[must_use]
    pub fn unit(&self) -> &'a str {
        self.unit
    }

    /// Whether the unit is `bytes`, compared case-insensitively.
    #[must_use]
    pub fn is_bytes(&self) -> bool {
        is_bytes(self.unit)
    }

    /// What follows the unit, as written. This is all that is known of a range in another unit that
    /// does not have the form of RFC 9110.
    #[must_use]
    pub fn range(&self) -> &'a str {
        self.range
    }

    /// The first and the last position of the range, counted from 0. The first is never above the
    /// last, and the last is below the complete length if that is known.
    ///
    /// It is `None` for an unsatisfied range (`*/1234`), and for a range in another unit that does
    /// not have the form of RFC 9110.
    #[must_use]
    pub fn positions(&self) -> Option<RangeInclusive<u64>> {
        self.numbers.positions.clone()
    }

    /// The length of the complete representation, or `None` if it is not known (`0-499/*`).
    #[must_use]
    pub fn complete_length(&self) -> Option<u64> {
        self.numbers.complete
    }
}

fn is_bytes(unit: &str) -> bool {
    unit.eq_ignore_ascii_case("bytes")
}

fn is_visible(range: &[u8]) -> bool {
    !range.is_empty() && range.iter().all(u8::is_ascii_graphic)
}

/// ```abnf
/// range-resp      = incl-range "/" ( complete-length / "*" )
/// incl-range      = first-pos "-" last-pos
/// ```
fn range_resp(input: &[u8]) -> IResult<&[u8], Numbers> {
    let positions = separated_pair(number, tag("-"), number);
    let complete = alt((value(None, tag("*")), number.map(Some)));
    let (rest, ((first, last), complete)) =
        separated_pair(positions, tag("/"), complete).parse(input)?;
    Ok((rest, Numbers { positions: Some(first..=last), complete }))
}

/// ```abnf
/// unsatisfied-range = "*/" complete-length
/// ```
fn unsatisfied_range(input: &[u8]) -> IResult<&[u8], Numbers> {
    let (rest, complete) = preceded(tag("*/"), number).parse(input)?;
    Ok((rest, Numbers { positions: None, complete: Some(complete) }))
}

fn number(input: &[u8]) -> IResult<&[u8], u64> {
    map_opt(take_while1(|octet: u8| octet.is_ascii_digit()), digits).parse(input)
}

/// The value for a range of bytes.
pub(crate) fn format(positions: &RangeInclusive<u64>, complete: Option<u64>) -> String {
    let (first, last) = (positions.start(), positions.end());
    match complete {
        Some(complete) => format!("bytes {first}-{last}/{complete}"),
        None => format!("bytes {first}-{last}/*"),
    }
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    match ContentRange::parse(value) {
        Ok(range) if range.numbers == Numbers::default() => Some(Rule::ContentRangeSyntax),
        Ok(_) => None,
        Err(rule) => Some(rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_14_4_a_range_has_two_positions_and_a_complete_length_or_a_star() {
        for (value, positions, complete) in [
            ("bytes 0-499/1234", Some(0..=499), Some(1234)),
            ("Bytes 42-42/*", Some(42..=42), None),
            ("bytes */1234", None, Some(1234)),
            ("bytes */0", None, Some(0)),
            ("bytes 1233-1233/1234", Some(1233..=1233), Some(1234)),
            ("bytes 0-18446744073709551615/*", Some(0..=u64::MAX), None),
            ("frames 1-2/3", Some(1..=2), Some(3)),
        ] {
            let range = ContentRange::parse(value.as_bytes()).unwrap();
            assert_eq!((range.positions(), range.complete_length()), (positions, complete));
            assert_eq!(format!("{} {}", range.unit(), range.range()), value);
            assert_eq!(violation(value.as_bytes()), None);
            assert_eq!(range.is_bytes(), range.unit() != "frames");
        }
    }

    #[test]
    fn rfc9110_14_4_an_invalid_range_is_never_given() {
        for (value, rule) in [
            ("bytes 5-4/10", Rule::ContentRangeOrder),
            ("bytes 0-10/10", Rule::ContentRangeOrder),
            ("bytes 0-0/0", Rule::ContentRangeOrder),
            ("frames 5-4/10", Rule::ContentRangeOrder),
            ("", Rule::ContentRangeSyntax),
            ("bytes", Rule::ContentRangeSyntax),
            ("bytes ", Rule::ContentRangeSyntax),
            ("bytes */*", Rule::ContentRangeSyntax),
            ("bytes 0-499", Rule::ContentRangeSyntax),
            ("bytes=0-499/1234", Rule::ContentRangeSyntax),
            ("bytes  0-499/1234", Rule::ContentRangeSyntax),
            ("bytes 0-499/1234 ", Rule::ContentRangeSyntax),
            ("bytes -499/1234", Rule::ContentRangeSyntax),
            ("bytes +0-499/1234", Rule::ContentRangeSyntax),
            ("bytes 0-499/18446744073709551616", Rule::ContentRangeSyntax),
            ("0-499/1234", Rule::ContentRangeSyntax),
            ("frames a b", Rule::ContentRangeSyntax),
        ] {
            assert_eq!(ContentRange::parse(value.as_bytes()), Err(rule), "{value}");
            assert_eq!(violation(value.as_bytes()), Some(rule), "{value}");
        }
    }

    #[test]
    fn rfc9110_14_4_a_range_in_another_unit_is_given_by_name_if_its_form_is_not_known() {
        let range = ContentRange::parse(b"npt 00:10-00:20/01:00").unwrap();
        assert_eq!((range.unit(), range.range()), ("npt", "00:10-00:20/01:00"));
        assert_eq!((range.positions(), range.complete_length()), (None, None));
        assert_eq!(violation(b"npt 00:10-00:20/01:00"), Some(Rule::ContentRangeSyntax));
    }

    #[test]
    fn a_written_range_is_read_back() {
        for (positions, complete) in [(0..=0, Some(1)), (3..=u64::MAX - 1, None)] {
            let value = format(&positions, complete);
            let range = ContentRange::parse(value.as_bytes()).unwrap();
            assert_eq!((range.positions(), range.complete_length()), (Some(positions), complete));
        }
    }
}
