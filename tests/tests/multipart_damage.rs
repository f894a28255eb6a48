//! The draft's multipart examples, truncated at every octet, and with one octet changed at every
//! position: a value or an error with a place, never a panic, and never a success without the
//! close delimiter.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use codec_tests::examples::{Example, FEED_PAGE, PACKAGE_REV1, PACKAGE_REV2};
use codec_tests::reading::{Outcome, in_chunks, whole};
use multipart_package::{Reader, Tolerance};

const EXAMPLES: [Example; 3] = [PACKAGE_REV1, PACKAGE_REV2, FEED_PAGE];

fn readers(example: &Example) -> [(Tolerance, Reader); 3] {
    [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL]
        .map(|tolerance| (tolerance, example.reader().tolerance(tolerance)))
}

/// Reads whole and in chunks; asserts that both agree and that an error has a place.
fn check(reader: &Reader, input: &[u8]) -> Outcome {
    let outcome = whole(reader, input);
    for size in [1, 7, 4096] {
        let chunked = in_chunks(reader, input.chunks(size));
        assert!(chunked.agrees_with(&outcome), "{size}: {}", input.escape_ascii());
    }
    assert!(outcome.error.as_ref().is_none_or(|error| error.offset() <= input.len() as u64));
    outcome
}

/// Whether a close delimiter stands at the start of a line.
fn has_close(example: &Example, input: &[u8]) -> bool {
    let close = format!("--{}--", example.boundary());
    let lines = input.split(|&octet| octet == b'\n');
    lines.into_iter().any(|line| line.starts_with(close.as_bytes()))
}

#[test]
fn rfc2046_5_1_1_truncated_at_every_octet() {
    for example in EXAMPLES {
        for (tolerance, reader) in readers(&example) {
            let full = whole(&reader, example.body);
            for len in 0..example.body.len() {
                let input = &example.body[..len];
                let outcome = check(&reader, input);
                // A close delimiter that is missing and tolerated makes a part of what is left.
                let settled = outcome.parts.len() - usize::from(!outcome.parts.is_empty());
                let settled = if outcome.error.is_some() { outcome.parts.len() } else { settled };
                assert_eq!(outcome.parts[..settled], full.parts[..settled]);
                if tolerance != Tolerance::ALL {
                    assert!(outcome.error.is_some() || has_close(&example, input), "{len}");
                }
            }
        }
    }
}

#[test]
fn one_octet_changed_at_every_position() {
    for example in EXAMPLES {
        for (tolerance, reader) in readers(&example) {
            for at in 0..example.body.len() {
                let octet = example.body[at];
                for changed in [b'\r', b'\n', b'-', b':', b' ', 0, 0xff, octet ^ 0x20] {
                    let mut input = example.body.to_vec();
                    input[at] = changed;
                    let outcome = check(&reader, &input);
                    if tolerance != Tolerance::ALL {
                        assert!(outcome.error.is_some() || has_close(&example, &input), "{at}");
                    }
                }
            }
        }
    }
}
