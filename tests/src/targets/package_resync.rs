use super::options::reader;
use crate::resyncing::{from_chunks, from_slice};

/// Going on after broken parts: the slice reader and the decoder, fed in chunks of a size that the
/// second octet gives, give and lose the same, for the same reasons.
///
/// # Panics
/// When they do not.
pub fn package_resync(data: &[u8]) {
    let [options, size, input @ ..] = data else { return };
    let reader = reader(*options);
    let size = usize::from(*size) + 1;
    assert_eq!(from_chunks(&reader, input, size), from_slice(&reader, input));
}
