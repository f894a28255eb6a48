//! Digests of what is served (RFC 9530).

use sfv::{BareItem, DictSerializer, KeyRef};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The value of a Content-Digest or Repr-Digest, by sha-256.
fn value(digest: &Sha256) -> String {
    let mut dictionary = DictSerializer::new();
    let octets = BareItem::ByteSequence(digest.clone().finalize().to_vec());
    // The key is one.
    if let Ok(key) = KeyRef::from_str("sha-256") {
        let _ = dictionary.bare_item(key, &octets);
    }
    dictionary.finish().unwrap_or_default()
}

/// That of octets in memory.
pub(crate) fn of_octets(octets: &[u8]) -> String {
    value(&Sha256::new_with_prefix(octets))
}

/// That of a file.
///
/// # Errors
/// Whatever reading it fails with.
pub(crate) fn of_file(path: &Path) -> io::Result<String> {
    let (mut file, mut digest) = (File::open(path)?, Sha256::new());
    let mut octets = vec![0; 256 * 1024];
    loop {
        match file.read(&mut octets)? {
            0 => return Ok(value(&digest)),
            count => digest.update(&octets[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn rfc9530_b_1_a_digest_is_a_dictionary_of_one_byte_sequence() {
        assert_eq!(
            super::of_octets(b"{\"hello\": \"world\"}\n"),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
        );
    }
}
