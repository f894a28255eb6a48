//! Comparing received octets with their Content-Digest or Repr-Digest.

use super::write::read_file;
use http::{HeaderMap, HeaderName, StatusCode};
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::{Digest, Sha256, Sha512};
use std::io;
use std::path::Path;

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The digest that a server stated, and the hash of the octets received so far.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    hash: Hash,
    claimed: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Hash {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Claim {
    /// Reads a field's value, and takes the strongest algorithm that is known. Returns none if the
    /// value cannot be read or has only weak algorithms (RFC 9530 section 5).
    pub(crate) fn read(value: &str) -> Option<Self> {
        let digests = Parser::new(value).parse::<Dictionary>().ok()?;
        let by = |algorithm: &str| match digests.get(algorithm) {
            Some(ListEntry::Item(item)) => match &item.bare_item {
                BareItem::ByteSequence(octets) => Some(octets.clone()),
                _ => None,
            },
            _ => None,
        };
        let sha512 = by("sha-512").map(|claimed| (Hash::Sha512(Sha512::new()), claimed));
        let (hash, claimed) = sha512
            .or_else(|| by("sha-256").map(|claimed| (Hash::Sha256(Sha256::new()), claimed)))?;
        Some(Self { hash, claimed })
    }

    /// The claim about an answer's body: its Content-Digest, or its Repr-Digest if the body is the
    /// whole representation.
    pub(crate) fn of_answer(status: StatusCode, headers: &HeaderMap) -> Option<Self> {
        let whole = || value(headers, &REPR_DIGEST).filter(|_| status == StatusCode::OK);
        Self::of_content(headers).or_else(|| Self::read(&whole()?))
    }

    /// The claim about an answer's content, which is the whole representation or a range of it.
    pub(crate) fn of_content(headers: &HeaderMap) -> Option<Self> {
        Self::read(&value(headers, &CONTENT_DIGEST)?)
    }

    pub(crate) fn update(&mut self, octets: &[u8]) {
        match &mut self.hash {
            Hash::Sha256(hash) => hash.update(octets),
            Hash::Sha512(hash) => hash.update(octets),
        }
    }

    /// The claim, after the octets of a file.
    ///
    /// # Errors
    /// Those of reading the file.
    pub(crate) fn with_file(mut self, path: &Path) -> io::Result<Self> {
        read_file(path, |octets| self.update(octets))?;
        Ok(self)
    }

    /// Whether the received octets match the digest.
    pub(crate) fn holds(self) -> bool {
        match self.hash {
            Hash::Sha256(hash) => hash.finalize().as_slice() == self.claimed,
            Hash::Sha512(hash) => hash.finalize().as_slice() == self.claimed,
        }
    }
}

/// The Repr-Digest of an answer: it is about the whole representation, also where the answer is a
/// range of it.
pub(crate) fn of_representation(headers: &HeaderMap) -> Option<String> {
    value(headers, &REPR_DIGEST)
}

/// The value of a field, joined from all its lines.
fn value(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Option<Vec<_>> =
        headers.get_all(name).iter().map(|line| line.to_str().ok()).collect();
    lines.filter(|lines| !lines.is_empty()).map(|lines| lines.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9530 appendix B.1: {"hello": "world"} and a line feed.
    const BODY: &[u8] = b"{\"hello\": \"world\"}\n";
    const SHA_256: &str = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

    fn holds(field: &str, status: u16, value: &str, body: &[u8]) -> Option<bool> {
        let name = HeaderName::from_bytes(field.as_bytes()).unwrap();
        let headers = HeaderMap::from_iter([(name, value.parse().unwrap())]);
        let mut claim = Claim::of_answer(StatusCode::from_u16(status).unwrap(), &headers)?;
        claim.update(&body[..3]);
        claim.update(&body[3..]);
        Some(claim.holds())
    }

    #[test]
    fn rfc9530_2_and_3_a_digest_is_compared_where_it_is_of_this_content() {
        assert_eq!(holds("content-digest", 206, SHA_256, BODY), Some(true));
        assert_eq!(holds("repr-digest", 200, SHA_256, BODY), Some(true));
        assert_eq!(holds("repr-digest", 200, SHA_256, b"{\"hello\": \"w0rld\"}\n"), Some(false));
        assert_eq!(holds("repr-digest", 206, SHA_256, BODY), None, "of another content");
        let both = format!("{SHA_256}, sha-512=:AAAA:");
        assert_eq!(holds("repr-digest", 200, &both, BODY), Some(false), "the strongest counts");
        let weak = "md5=:Sd/dVLAcvNLSq16eXua5uQ==:";
        assert_eq!(holds("repr-digest", 200, weak, BODY), None);
        assert_eq!(holds("repr-digest", 200, "sha-256=:", BODY), None);
    }
}
