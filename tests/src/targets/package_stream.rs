use super::reader;
use crate::reading::{in_chunks, whole};

/// The push machine gives what the slice reader gives, however the input is cut.
///
/// The first octet gives the options, the second and third the sizes of chunks in turn.
pub fn package_stream(data: &[u8]) {
    let [options, first, second, input @ ..] = data else { return };
    let reader = reader(*options);
    let (mut rest, mut chunks) = (input, vec![]);
    for size in [*first, *second].into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, behind) = rest.split_at((usize::from(size) + 1).min(rest.len()));
        chunks.push(chunk);
        rest = behind;
    }
    let expected = whole(&reader, input);
    let outcome = in_chunks(&reader, chunks);
    assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}");
}
