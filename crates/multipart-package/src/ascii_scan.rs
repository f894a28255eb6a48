//! Scans over octets, sixteen at a time.
//!
//! Heads consist of short lines, on which a search that has to warm up costs more than the line
//! itself. The tests compare each scan with a slow, obvious one.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Sixteen octets as two words, with the first octet in the lowest bits.
fn words(block: &[u8; 16]) -> [u64; 2] {
    let block = u128::from_le_bytes(*block);
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
    [block as u64, (block >> 64) as u64]
}

/// Sets the high bit of each ASCII octet that is below `bound` or is DEL.
///
/// The lowest bit that is set is exact. Bits above it may come from the borrow of a subtraction.
const fn outside(word: u64, bound: u8) -> u64 {
    let below = word.wrapping_sub(ONES * bound as u64);
    let del = (word & !HIGHS) + ONES;
    (below | del) & !word & HIGHS
}

/// Where the first control character is, including HTAB, or the length if there is none.
#[inline]
pub(crate) fn first_control(octets: &[u8]) -> usize {
    let mut rest = octets;
    while let Some((block, behind)) = rest.split_first_chunk() {
        let [low, high] = words(block).map(|word| outside(word, b' '));
        if low | high != 0 {
            let zeros = if low == 0 { 64 + high.trailing_zeros() } else { low.trailing_zeros() };
            return octets.len() - rest.len() + zeros as usize / 8;
        }
        rest = behind;
    }
    let at = octets.len() - rest.len();
    at + rest.iter().position(u8::is_ascii_control).unwrap_or(rest.len())
}

/// Whether all octets are printable ASCII and none is a space.
#[inline]
pub(crate) fn is_graphic(octets: &[u8]) -> bool {
    let are_graphic = |block: &[u8; 16]| {
        let [low, high] = words(block).map(|word| outside(word, b'!') | (word & HIGHS));
        low | high == 0
    };
    // The last block may overlap the one before it.
    let Some(last) = octets.last_chunk() else { return octets.iter().all(u8::is_ascii_graphic) };
    let blocks = octets.chunks_exact(16).filter_map(<[u8]>::first_chunk);
    blocks.chain([last]).all(are_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn octets() -> impl Strategy<Value = Vec<u8>> {
        let octet = prop_oneof![
            20 => b'!'..=b'~',
            1 => any::<u8>(),
            1 => prop::sample::select(&b"\x00\x08\t\x1f \x7e\x7f\x80\xff"[..]),
        ];
        prop::collection::vec(octet, 0..70)
    }

    proptest! {
        #[test]
        fn scans_agree_with_a_look_at_each_octet(octets in octets()) {
            let first = octets.iter().position(u8::is_ascii_control).unwrap_or(octets.len());
            prop_assert_eq!(first_control(&octets), first);
            prop_assert_eq!(is_graphic(&octets), octets.iter().all(u8::is_ascii_graphic));
        }
    }

    #[test]
    fn scans_agree_at_every_octet_and_place() {
        for octet in 0..=255_u8 {
            for at in 0..37 {
                let mut line = [b'x'; 37];
                line[at] = octet;
                let expected = if octet.is_ascii_control() { at } else { 37 };
                assert_eq!(first_control(&line), expected, "{octet:#x} at {at}");
                assert_eq!(is_graphic(&line), octet.is_ascii_graphic(), "{octet:#x} at {at}");
            }
        }
    }
}
