use super::options::reader;
use crate::reading::{finished_early, in_chunks, whole};

/// The push machine gives what the slice reader gives, however the input is cut, and whether its
/// end is told early or late.
///
/// The first octet gives the options; the next two, the sizes of the chunks.
///
/// # Panics
/// When it gives something else.
pub fn package_stream(data: &[u8]) {
    let [options, first, second, input @ ..] = data else { return };
    let reader = reader(*options);
    let mut sizes = sizes(u16::from_be_bytes([*first, *second]));
    let (mut rest, mut chunks) = (input, vec![]);
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(1).min(rest.len());
        let (chunk, behind) = rest.split_at(size);
        chunks.push(chunk);
        rest = behind;
    }
    let expected = whole(&reader, input);
    let outcome = in_chunks(&reader, chunks.iter().copied());
    assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}");
    let outcome = finished_early(&reader, chunks);
    assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}");
}

/// Sizes without end, small ones more often, none among them, by a linear congruence that goes
/// through all numbers.
fn sizes(seed: u16) -> impl Iterator<Item = usize> {
    let next = |number: &u16| Some(number.wrapping_mul(25_173).wrapping_add(13_849));
    std::iter::successors(Some(seed), next).map(|number| {
        let [size, shift] = number.to_be_bytes();
        usize::from(size >> (shift % 8))
    })
}
