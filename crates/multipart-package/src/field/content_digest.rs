//! Content-Digest (RFC 9530 section 2): the hashes of a body's octets.

use crate::grammar::{failure, is_tchar, ows};
use crate::rule::Rule;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::{many0_count, separated_list1};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::str;

/// Padding is optional (RFC 8941 section 4.2.7).
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The digests of a part's body, by the names of their algorithms (RFC 9530 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
pub struct ContentDigest {
    members: Vec<(String, Vec<u8>)>,
}

impl ContentDigest {
    /// Parses a dictionary, which may be split into several fields.
    ///
    /// If two members have the same name, the value of the last one counts, at the place of the
    /// first.
    pub(crate) fn parse<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Self, &'a [u8]> {
        let mut members: Vec<(String, Vec<u8>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for value in values {
            let (_, dictionary) = dictionary(value).map_err(|_| value)?;
            for (name, digest) in dictionary {
                match places.entry(name) {
                    Entry::Occupied(place) => members[*place.get()].1 = digest,
                    Entry::Vacant(place) => {
                        place.insert(members.len());
                        members.push((name.to_owned(), digest));
                    }
                }
            }
        }
        Ok(Self { members })
    }

    /// The digest by an algorithm such as `sha-256`.
    #[must_use]
    pub fn get(&self, algorithm: &str) -> Option<&[u8]> {
        let found = self.members.iter().find(|(name, _)| name == algorithm);
        found.map(|(_, digest)| &digest[..])
    }

    /// The algorithms and digests, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.members.iter().map(|(name, digest)| (&name[..], &digest[..]))
    }
}

/// The value of a Content-Digest field with one digest.
pub(crate) fn value(algorithm: &str, digest: &[u8]) -> String {
    format!("{algorithm}=:{}:", BASE64.encode(digest))
}

/// ```abnf
/// Content-Digest = sf-dictionary                 ; RFC 9530 section 2, of byte sequences
/// sf-dictionary  = dict-member *( OWS "," OWS dict-member )     ; RFC 8941 section 3.2
/// ```
fn dictionary(input: &[u8]) -> IResult<&[u8], Vec<(&str, Vec<u8>)>> {
    let comma = (ows, tag(","), ows);
    all_consuming(delimited(ows, separated_list1(comma, dict_member), ows)).parse(input)
}

/// ```abnf
/// dict-member = key "=" sf-binary parameters
/// ```
fn dict_member(input: &[u8]) -> IResult<&[u8], (&str, Vec<u8>)> {
    let (rest, (name, _, encoded, _)) = (key, tag("="), sf_binary, parameters).parse(input)?;
    let name = str::from_utf8(name).map_err(|_| failure(input))?;
    let digest = BASE64.decode(encoded).map_err(|_| failure(input))?;
    Ok((rest, (name, digest)))
}

/// ```abnf
/// key = ( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" )
/// ```
fn key(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let is_first = |octet: u8| octet.is_ascii_lowercase() || octet == b'*';
    let is_rest = |octet: u8| octet.is_ascii_digit() || b"_-.*".contains(&octet);
    let rest = take_while(move |octet: u8| octet.is_ascii_lowercase() || is_rest(octet));
    recognize((take_while_m_n(1, 1, is_first), rest)).parse(input)
}

/// The octets between the colons.
///
/// ```abnf
/// sf-binary = ":" *base64 ":"                            ; RFC 8941 section 3.3.5
/// ```
fn sf_binary(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let is_base64 = |octet: u8| octet.is_ascii_alphanumeric() || b"+/=".contains(&octet);
    delimited(tag(":"), take_while(is_base64), tag(":")).parse(input)
}

/// Parameters have no meaning here and are skipped.
///
/// ```abnf
/// parameters = *( ";" *SP key [ "=" bare-item ] )        ; RFC 8941 section 3.1.2
/// ```
fn parameters(input: &[u8]) -> IResult<&[u8], usize> {
    let spaces = take_while(|octet| octet == b' ');
    let parameter = (tag(";"), spaces, key, opt(preceded(tag("="), bare_item)));
    many0_count(parameter).parse(input)
}

/// ```abnf
/// bare-item  = sf-integer / sf-decimal / sf-string / sf-token / sf-binary / sf-boolean
/// sf-string  = DQUOTE *( unescaped / "\" ( DQUOTE / "\" ) ) DQUOTE
/// sf-token   = ( ALPHA / "*" ) *( tchar / ":" / "/" )
/// sf-boolean = "?" ( "0" / "1" )
/// ```
fn bare_item(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let unescaped = take_while1(|octet| matches!(octet, b' '..=b'~') && !b"\"\\".contains(&octet));
    let escaped = alt((tag("\\\""), tag("\\\\")));
    let string = recognize((tag("\""), many0_count(alt((unescaped, escaped))), tag("\"")));
    let first = take_while_m_n(1, 1, |octet: u8| octet.is_ascii_alphabetic() || octet == b'*');
    let token = recognize((first, take_while(|octet| is_tchar(octet) || b":/".contains(&octet))));
    let boolean = recognize((tag("?"), alt((tag("0"), tag("1")))));
    alt((number, string, token, sf_binary, boolean)).parse(input)
}

/// ```abnf
/// sf-integer = ["-"] 1*15DIGIT                           ; RFC 8941 section 3.3.1
/// sf-decimal = ["-"] 1*12DIGIT "." 1*3DIGIT              ; RFC 8941 section 3.3.2
/// ```
fn number(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let digits = |most| take_while_m_n(1, most, |octet: u8| octet.is_ascii_digit());
    let decimal = recognize((digits(12), tag("."), digits(3)));
    recognize(pair(opt(tag("-")), alt((decimal, digits(15))))).parse(input)
}

/// The rule that a value violates if it cannot be read.
pub(crate) const SYNTAX: Rule = Rule::ContentDigestSyntax;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(values: &[&str]) -> Option<Vec<(String, usize)>> {
        let parsed = ContentDigest::parse(values.iter().map(|value| value.as_bytes())).ok()?;
        Some(parsed.iter().map(|(name, digest)| (name.to_owned(), digest.len())).collect())
    }

    #[test]
    fn rfc9530_2_a_content_digest_is_a_dictionary_of_byte_sequences() {
        let sha = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        for (values, expected) in [
            (&[sha][..], Some(vec![("sha-256", 32)])),
            (
                &[&sha.replace("=:", ":").replace("sha-256:", "sha-256=:")],
                Some(vec![("sha-256", 32)]),
            ),
            (&["a=:AA==:, b=:AAA=:;c=1\t,*=::"], Some(vec![("a", 1), ("b", 2), ("*", 0)])),
            (&["a=:AA==:", "b=:AAA=:"], Some(vec![("a", 1), ("b", 2)])),
            (&["a=:AA==:, a=:AAA=:"], Some(vec![("a", 2)])),
            (&[], Some(vec![])),
            (&[""], None),
            (&["a"], None),
            (&["a=AA"], None),
            (&["a=:AA"], None),
            (&["a=:A!:"], None),
            (&["A=:AA==:"], None),
            (&["1a=:AA==:"], None),
            (&["a=:AA==:,"], None),
            (&["a=\"AA==\""], None),
            (&["a=:AA==: b=:AA==:"], None),
            (&["a=:AA==: ;c"], None),
            (&["a=:AA==:;c="], None),
            (&["a=:AA==:;c=\"d"], None),
            (&["a=:AA==:;c=\"\\d\""], None),
            (&["a=:AA==:;c=1234567890123456"], None),
            (&["a=:AA==:;c=1234567890123.4"], None),
            (&["a=:AA==:;c=1."], None),
            (&["a=:AA==:;c=?2"], None),
        ] {
            let expected = expected
                .map(|list| list.into_iter().map(|(name, len)| (name.to_owned(), len)).collect());
            assert_eq!(parse(values), expected, "{values:?}");
        }
        assert_eq!(value("sha-256", &[0, 1]), "sha-256=:AAE=:");
    }

    #[test]
    fn rfc8941_3_1_2_parameters_of_every_kind_are_skipped() {
        for parameters in [
            ";c",
            ";  c;d;*e.-_9",
            ";c=-1;d=123456789012345",
            ";c=123456789012.345;d=-0.1",
            r#";c="d, \"e\"; \\ f=:AA==:""#,
            ";c=to/ken:x;d=*",
            ";c=:AA==:;d=?0;e=?1",
        ] {
            let members = format!("a=:AA==:{parameters} , b=:AAA=:{parameters}");
            let expected = vec![("a".to_owned(), 1), ("b".to_owned(), 2)];
            assert_eq!(parse(&[&members]), Some(expected), "{members}");
        }
    }
}
