//! Content-Digest (RFC 9530 section 2): what a body's octets hash to.

use crate::rule::Rule;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::str;

/// RFC 8941 section 4.2.7: padding need not be there.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The digests of a part's body, by the names of their algorithms (RFC 9530 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentDigest {
    members: Vec<(String, Vec<u8>)>,
}

impl ContentDigest {
    /// ```abnf
    /// Content-Digest = sf-dictionary       ; RFC 8941 section 3.2, of byte sequences
    /// dict-member    = key "=" ":" *base64 ":" parameters
    /// ```
    ///
    /// A dictionary may be parted into several fields; of two members of one name the last
    /// counts, in the first one's place.
    pub(crate) fn parse<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Self, &'a [u8]> {
        let mut members: Vec<(String, Vec<u8>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for value in values {
            let text = str::from_utf8(value).map_err(|_| value)?;
            for member in text.split(',') {
                let (name, digest) = member_of(member.trim_matches([' ', '\t'])).ok_or(value)?;
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

    /// The digest by an algorithm, such as `sha-256`.
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

/// A name and a byte sequence; base64 and keys hold no comma or semicolon.
fn member_of(member: &str) -> Option<(&str, Vec<u8>)> {
    let item = member.split(';').next()?.trim_end_matches(' ');
    let (name, sequence) = item.split_once('=')?;
    let is_first = |octet: u8| octet.is_ascii_lowercase() || octet == b'*';
    let is_rest = |octet: u8| is_first(octet) || octet.is_ascii_digit() || b"_-.".contains(&octet);
    let is_key = name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest);
    let encoded = sequence.strip_prefix(':')?.strip_suffix(':')?;
    is_key.then(|| BASE64.decode(encoded).ok()).flatten().map(|digest| (name, digest))
}

/// The rule that a value breaks which cannot be read.
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
            (&["a=:AA==:, b=:AAA=: ;c=1\t,*=::"], Some(vec![("a", 1), ("b", 2), ("*", 0)])),
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
        ] {
            let expected = expected
                .map(|list| list.into_iter().map(|(name, len)| (name.to_owned(), len)).collect());
            assert_eq!(parse(values), expected, "{values:?}");
        }
        assert_eq!(value("sha-256", &[0, 1]), "sha-256=:AAE=:");
    }
}
