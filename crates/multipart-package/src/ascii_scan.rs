//! Scans over octets, eight at a time.
//!
//! Heads consist of short lines, on which a search that has to warm up costs more than the line
//! itself. The tests compare each scan with a slow, obvious one.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Sets the high bit of each ASCII octet that is below `bound` or is DEL.
///
/// The lowest bit that is set is exact. Bits above it may come from the borrow of a subtraction.
const fn outside(word: u64, bound: u8) -> u64 {
    let below = word.wrapping_sub(ONES * bound as u64);
    let del = (word & !HIGHS) + ONES;
    (below | del) & !word & HIGHS
}

/// Where the first octet is that one function marks in a word, and the other one alone, or the
/// length if there is none.
#[inline(always)]
fn first(octets: &[u8], marks: impl Fn(u64) -> u64, is: impl Fn(&u8) -> bool) -> usize {
    let mut rest = octets;
    while let Some((word, behind)) = rest.split_first_chunk() {
        // The first octet is in the lowest bits.
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return octets.len() - rest.len() + marks.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    octets.len() - rest.len() + rest.iter().position(is).unwrap_or(rest.len())
}

/// Where the first control character is, including HTAB, or the length if there is none.
#[inline(always)]
pub(crate) fn first_control(octets: &[u8]) -> usize {
    first(octets, |word| outside(word, b' '), u8::is_ascii_control)
}

/// Where the first octet is that is not printable ASCII or is a space, or the length if there is none.
#[inline(always)]
pub(crate) fn first_not_graphic(octets: &[u8]) -> usize {
    first(octets, |word| outside(word, b'!') | (word & HIGHS), |octet| !octet.is_ascii_graphic())
}

/// Where the first octet is that is no ASCII letter, no digit and no hyphen, of which almost all names
/// of fields consist, or the length if there is none.
#[inline(always)]
pub(crate) fn first_not_in_name(octets: &[u8]) -> usize {
    let is_other = |octet: &u8| !(octet.is_ascii_alphanumeric() || *octet == b'-');
    first(octets, |word| !in_name(word) & HIGHS, is_other)
}

/// Sets the high bit of each octet that is an ASCII letter, a digit or a hyphen.
const fn in_name(word: u64) -> u64 {
    let ascii = word & !HIGHS;
    let letter = within(ascii | (ONES * 0x20), b'a', b'z');
    (letter | within(ascii, b'0', b'9') | within(ascii, b'-', b'-')) & !word
}

/// Sets the high bit of each octet that is in the range. All octets are ASCII.
const fn within(word: u64, low: u8, high: u8) -> u64 {
    let at_least = word + ONES * (0x80 - low as u64);
    let above = word + ONES * (0x7f - high as u64);
    at_least & !above & HIGHS
}

/// Whether all octets are printable ASCII and none is a space.
#[inline]
pub(crate) fn is_graphic(octets: &[u8]) -> bool {
    first_not_graphic(octets) == octets.len()
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
            let first = octets.iter().position(|octet| !octet.is_ascii_graphic());
            prop_assert_eq!(first_not_graphic(&octets), first.unwrap_or(octets.len()));
            prop_assert_eq!(is_graphic(&octets), first.is_none());
            let is_other = |octet: &u8| !octet.is_ascii_alphanumeric() && *octet != b'-';
            let first = octets.iter().position(is_other).unwrap_or(octets.len());
            prop_assert_eq!(first_not_in_name(&octets), first);
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
                let in_name = octet.is_ascii_alphanumeric() || octet == b'-';
                let expected = if in_name { 37 } else { at };
                assert_eq!(first_not_in_name(&line), expected, "{octet:#x} at {at}");
            }
        }
    }
}
