//! The fuzz targets: one for each reader. Each checks meaning, not only that nothing panics.

mod atom;
mod content_type;
mod head_fields;
mod index;
mod interaction;
mod links;
mod links_write;
mod package_resync;
mod package_roundtrip;
mod package_slice;
mod package_splits;
mod package_stream;
mod xml;

pub use atom::atom;
pub use content_type::content_type;
pub use head_fields::head_fields;
pub use index::index;
pub use interaction::interaction;
pub use links::links;
pub use links_write::links_write;
pub use package_resync::package_resync;
pub use package_roundtrip::package_roundtrip;
pub use package_slice::package_slice;
pub use package_splits::package_splits;
pub use package_stream::package_stream;
pub use xml::xml;

use multipart_package::{Framing, Limits, Opening, Reader, Tolerance};

/// A target's name, which is also its corpus's, and the target.
pub type Named = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Named] = &[
    ("atom", atom),
    ("content_type", content_type),
    ("head_fields", head_fields),
    ("index", index),
    ("interaction", interaction),
    ("links", links),
    ("links_write", links_write),
    ("package_resync", package_resync),
    ("package_roundtrip", package_roundtrip),
    ("package_slice", package_slice),
    ("package_splits", package_splits),
    ("package_stream", package_stream),
    ("xml", xml),
];

/// A reader for the boundary `b`, its options taken from one octet.
fn reader(options: u8) -> Reader {
    let opening = match options % 3 {
        0 => Opening::Delimiter,
        1 => Opening::Implied,
        _ => Opening::Auto,
    };
    let framing = if options & 0x10 == 0 { Framing::Delimiter } else { Framing::Length };
    let tolerance = match options >> 6 {
        0 => Tolerance::STRICT,
        1 => Tolerance::ALL,
        _ => Tolerance::DRAFTS,
    };
    let limits = match options & 0x0c {
        0 => Limits::default(),
        4 => Limits::unlimited(),
        8 => small_limits(),
        _ => small_limits().head_octets(40).field_octets(60).body_octets(u64::MAX),
    };
    let reader = Reader::new(&"b".parse().unwrap()).opening(opening).framing(framing);
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
