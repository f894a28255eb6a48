//! The options of a package's reader, as the first octet of an input gives them.

use multipart_package::{Framing, Limits, Opening, Reader, Tolerance};

/// The option that the boundary is `--b`.
pub(super) const OWN_DASHES: u8 = 0x20;

/// A reader for the boundary `b` or `--b`, its options taken from one octet.
pub(super) fn reader(options: u8) -> Reader {
    let opening = match options % 3 {
        0 => Opening::Delimiter,
        1 => Opening::Implied,
        _ => Opening::Auto,
    };
    let framing = if options & 0x10 == 0 { Framing::Delimiter } else { Framing::Length };
    let tolerance = match options >> 6 {
        0 => Tolerance::STRICT,
        1 => Tolerance::ALL,
        2 => Tolerance::DRAFTS,
        _ => Tolerance::MIME,
    };
    let limits = match options & 0x0c {
        0 => Limits::default(),
        4 => Limits::unlimited(),
        8 => small_limits(),
        _ => small_limits().head_octets(40).field_octets(60).body_octets(u64::MAX),
    };
    // Under ALL, it may name its own hyphens.
    let boundary = if options & OWN_DASHES == 0 { "b" } else { "--b" };
    let reader = Reader::new(&boundary.parse().unwrap()).opening(opening).framing(framing);
    reader.tolerance(tolerance).limits(limits)
}

/// Limits that short inputs meet.
fn small_limits() -> Limits {
    Limits::default()
        .preamble_octets(8)
        .epilogue_octets(8)
        .padding_octets(2)
        .head_octets(64)
        .field_octets(24)
        .fields(3)
        .body_octets(16)
        .parts(4)
        .diagnostics(2)
}
