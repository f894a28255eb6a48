//! Preferences (RFC 7240): for how long a client is willing to wait for an answer.

use http::HeaderName;
use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{all_consuming, map, opt, recognize, value};
use nom::multi::{fold_many0, many0_count, separated_list1};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};
use std::time::Duration;

/// The field of a request with what the client prefers (section 2).
pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The field of an answer with what the server has honoured (section 3).
pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The time that the values of one of the two fields state (section 4.3), if they state one. A value
/// that is not of the grammar states nothing. The first instance of a preference counts (section 2).
pub(crate) fn wait<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Option<Duration> {
    let named = values.into_iter().filter_map(wait_in).next()?;
    named.map(Duration::from_secs)
}

/// The value of a field that states this time: whole seconds.
pub(crate) fn wait_of(time: Duration) -> String {
    format!("wait={}", time.as_secs())
}

/// The first `wait` in a value: none where there is none, and no seconds where it states none.
fn wait_in(value: &[u8]) -> Option<Option<u64>> {
    let (_, preferences) = all_consuming(preferences).parse(value).ok()?;
    let mut waits = preferences.into_iter().flatten();
    let wait = waits.find(|preference| preference.name.eq_ignore_ascii_case(b"wait"))?;
    Some(seconds(&wait.word))
}

/// `delta-seconds = 1*DIGIT` (RFC 9111 section 1.2.2): a number that is too large counts as the largest.
fn seconds(word: &[u8]) -> Option<u64> {
    let digits = word.iter().all(u8::is_ascii_digit) && !word.is_empty();
    let add = |sum: u64, digit: &u8| {
        sum.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))
    };
    digits.then(|| word.iter().fold(0, add))
}

struct Preference<'a> {
    name: &'a [u8],
    word: Vec<u8>,
}

/// `1#preference`, with the empty elements that RFC 9110 section 5.6.1.2 asks a recipient to pass over.
fn preferences(input: &[u8]) -> IResult<&[u8], Vec<Option<Preference<'_>>>> {
    separated_list1(char(','), delimited(space, opt(preference), space)).parse(input)
}

/// `preference = token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )`
fn preference(input: &[u8]) -> IResult<&[u8], Preference<'_>> {
    let parameters = many0_count(preceded(pair(space, char(';')), opt(preceded(space, parameter))));
    let (rest, (name, word)) = terminated(parameter, parameters).parse(input)?;
    Ok((rest, Preference { name, word }))
}

/// `parameter = token [ BWS "=" BWS word ]`: an empty value is none.
fn parameter(input: &[u8]) -> IResult<&[u8], (&[u8], Vec<u8>)> {
    let equals = delimited(space, char('='), space);
    let word = map(opt(preceded(equals, opt(word))), |word| word.flatten().unwrap_or_default());
    pair(token, word).parse(input)
}

/// `word = token / quoted-string`
fn word(input: &[u8]) -> IResult<&[u8], Vec<u8>> {
    alt((map(token, <[u8]>::to_vec), quoted_string)).parse(input)
}

/// `token = 1*tchar` (RFC 9110 section 5.6.2)
fn token(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet))
        .parse(input)
}

/// `quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE` (RFC 9110 section 5.6.4)
fn quoted_string(input: &[u8]) -> IResult<&[u8], Vec<u8>> {
    let is_text = |c: char| c == '\t' || (c >= ' ' && c != '\u{7f}');
    let plain = satisfy(move |c| is_text(c) && c != '"' && c != '\\');
    let octet = alt((preceded(char('\\'), satisfy(is_text)), plain));
    let text = fold_many0(octet, Vec::new, |mut text, c| {
        // Each is one octet: the parser reads octets as the characters of Latin-1.
        text.push(u8::try_from(c).unwrap_or(b'?'));
        text
    });
    delimited(char('"'), text, char('"')).parse(input)
}

/// `OWS = *( SP / HTAB )` (RFC 9110 section 5.6.3), which `BWS` is too.
fn space(input: &[u8]) -> IResult<&[u8], ()> {
    value((), recognize(take_while(|octet| matches!(octet, b' ' | b'\t')))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(values: &[&str]) -> Option<u64> {
        wait(values.iter().map(|value| value.as_bytes())).map(|time| time.as_secs())
    }

    #[test]
    fn rfc7240_4_3_wait_states_seconds() {
        for value in [
            "wait=10",
            "WAIT=10",
            "wait = 10",
            "wait=\"10\"",
            "wait=\"1\\0\"",
            "respond-async, wait=10",
            "return=minimal; foo=\"a, wait=3; b\", wait=10;x;;y=1 ; z = \"\\\"\"",
            ", ,wait=10,",
            "handling=lenient;wait=3, wait=10",
            "foo=\"\", bar=, wait=10",
        ] {
            assert_eq!(stated(&[value]), Some(10), "{value}");
        }
        assert_eq!(stated(&["return=minimal", "wait=10"]), Some(10));
        assert_eq!(stated(&["wait=99999999999999999999999"]), Some(u64::MAX));
        assert_eq!(stated(&["wait=0"]), Some(0));
    }

    #[test]
    fn rfc7240_2_the_first_instance_of_a_preference_counts() {
        assert_eq!(stated(&["wait=10, wait=20"]), Some(10));
        assert_eq!(stated(&["wait=10", "wait=20"]), Some(10));
        assert_eq!(stated(&["wait=soon, wait=20"]), None);
    }

    #[test]
    fn rfc7240_2_what_is_not_of_the_grammar_states_nothing() {
        for value in [
            "",
            "wait",
            "wait=",
            "wait=-1",
            "wait=1.5",
            "wait=10s",
            "wait 10",
            "wait=10 20",
            "wait=\"10",
            "wait=10;\"",
            "=10",
            "waiting=10",
            "await=10",
            "wait=10, (",
            "wait=1\u{1}",
        ] {
            assert_eq!(stated(&[value]), None, "{value:?}");
        }
        // Another field of the same name is read all the same.
        assert_eq!(stated(&["(", "wait=10"]), Some(10));
    }
}
