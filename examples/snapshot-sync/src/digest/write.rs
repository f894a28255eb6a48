//! Digests for what is served.

use sfv::{BareItem, DictSerializer, KeyRef};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The value of a Content-Digest or Repr-Digest, by sha-256.
fn value(digest: &Sha256) -> String {
    let mut dictionary = DictSerializer::new();
    let octets = BareItem::ByteSequence(digest.clone().finalize().to_vec());
    // The key is valid.
    if let Ok(key) = KeyRef::from_str("sha-256") {
        let _ = dictionary.bare_item(key, &octets);
    }
    dictionary.finish().unwrap_or_default()
}

/// The value for octets in memory.
pub(crate) fn of_octets(octets: &[u8]) -> String {
    value(&Sha256::new_with_prefix(octets))
}

/// The value for a file.
///
/// # Errors
/// Those of reading the file.
pub(crate) fn of_file(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    read_file(path, |octets| digest.update(octets))?;
    Ok(value(&digest))
}

/// Reads a file, and passes its octets to `take` piece by piece.
///
/// # Errors
/// Those of reading the file.
pub(crate) fn read_file(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let (mut file, mut octets) = (File::open(path)?, vec![0; 256 * 1024]);
    loop {
        match file.read(&mut octets)? {
            0 => return Ok(()),
            count => take(&octets[..count]),
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
