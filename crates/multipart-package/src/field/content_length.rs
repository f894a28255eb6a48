//! Content-Length (RFC 9110 section 8.6): the number of octets in the body.

use crate::rule::Rule;

pub(crate) struct Parsed {
    pub(crate) octets: u64,
    /// Whether the value is a list that repeats the same number. A field that was sent twice
    /// becomes such a list.
    pub(crate) repeated: bool,
}

/// ```abnf
/// Content-Length = 1*DIGIT
/// ```
pub(crate) fn parse(value: &[u8]) -> Result<Parsed, Rule> {
    if let Some(octets) = digits(value) {
        return Ok(Parsed { octets, repeated: false });
    }
    if memchr::memchr(b',', value).is_none() {
        return Err(Rule::ContentLengthSyntax);
    }
    let members = value.split(|&octet| octet == b',').map(|member| digits(member.trim_ascii()));
    let members: Option<Vec<_>> = members.collect();
    match members.as_deref() {
        Some([octets, others @ ..]) if others.iter().all(|other| other == octets) => {
            Ok(Parsed { octets: *octets, repeated: true })
        }
        Some(_) => Err(Rule::ContentLengthConflict),
        None => Err(Rule::ContentLengthSyntax),
    }
}

/// The number that the value states, if it consists of digits only and fits.
#[inline]
pub(crate) fn digits(value: &[u8]) -> Option<u64> {
    // So many digits always fit.
    if (1..20).contains(&value.len()) {
        return value.iter().try_fold(0, |sum: u64, octet| {
            let digit = octet.wrapping_sub(b'0');
            (digit <= 9).then(|| sum * 10 + u64::from(digit))
        });
    }
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |sum, octet| {
        let digit = octet.checked_sub(b'0').filter(|&digit| digit <= 9)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_6_a_content_length_is_digits_that_fit() {
        let octets = |value: &str| parse(value.as_bytes()).ok().map(|parsed| parsed.octets);
        assert_eq!(octets("0"), Some(0));
        assert_eq!(octets("0093"), Some(93));
        assert_eq!(octets("18446744073709551615"), Some(u64::MAX));
        assert_eq!(octets("5, 5"), Some(5));
        for bad in ["", "+5", "-1", "0x5", "5 5", "nnn", "5,6", "5,", "18446744073709551616", "٥"]
        {
            assert_eq!(octets(bad), None, "{bad}");
        }
        let rule = |value: &str| parse(value.as_bytes()).err();
        assert_eq!(rule("5, 6"), Some(Rule::ContentLengthConflict));
        assert_eq!(rule("5, x"), Some(Rule::ContentLengthSyntax));
    }
}
