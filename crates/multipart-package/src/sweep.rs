//! Sweeps over octets, eight at a time.
//!
//! Heads are short lines: a search that has to warm up costs more than the line. Each sweep has
//! its slow, obvious twin in the tests.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The high bit of each octet below `bound`, which is at most 128. The lowest one set is exact;
/// those above it may be the borrow of a subtraction.
const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * bound as u64) & !word & HIGHS
}

/// The high bit of each octet that equals `octet`, as exact as [`below`].
const fn equal(word: u64, octet: u8) -> u64 {
    below(word ^ (ONES * octet as u64), 1)
}

/// Where the first control character stands, HTAB included; or the length.
#[inline]
pub(crate) fn first_control(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = octets.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        let found = below(word, b' ') | equal(word, 0x7f);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = octets.get(at..).unwrap_or_default();
    at + rest.iter().position(u8::is_ascii_control).unwrap_or(rest.len())
}

/// Whether all octets are printable ASCII other than the space.
#[inline]
pub(crate) fn is_graphic(octets: &[u8]) -> bool {
    let odd = |word: u64| below(word, b'!') | equal(word, 0x7f) | (word & HIGHS);
    let mut rest = octets;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        if odd(u64::from_le_bytes(*eight)) != 0 {
            return false;
        }
        rest = behind;
    }
    rest.iter().all(u8::is_ascii_graphic)
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
        prop::collection::vec(octet, 0..40)
    }

    proptest! {
        #[test]
        fn sweeps_agree_with_a_look_at_each_octet(octets in octets()) {
            let first = octets.iter().position(u8::is_ascii_control).unwrap_or(octets.len());
            prop_assert_eq!(first_control(&octets), first);
            prop_assert_eq!(is_graphic(&octets), octets.iter().all(u8::is_ascii_graphic));
        }
    }

    #[test]
    fn sweeps_agree_at_every_octet_and_place() {
        for octet in 0..=255_u8 {
            for at in 0..17 {
                let mut line = [b'x'; 17];
                line[at] = octet;
                let expected = if octet.is_ascii_control() { at } else { 17 };
                assert_eq!(first_control(&line), expected, "{octet:#x} at {at}");
                assert_eq!(is_graphic(&line), octet.is_ascii_graphic(), "{octet:#x} at {at}");
            }
        }
    }
}
