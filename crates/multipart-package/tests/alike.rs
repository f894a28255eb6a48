//! Both readers give the same: every document and every row of the tables, in chunks of every size,
//! under every preset, framing and opening.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

mod documents;
mod inputs;
// One file serves this crate's tests and those that cross crates.
#[path = "../../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is public where it belongs")]
mod reading;

use documents::{DOCUMENTS, document};
use inputs::{octets, reader, rows};
use multipart_package::{Framing, Opening, Reader, Tolerance};
use reading::{finished_early, in_chunks, whole};

const PRESETS: [Tolerance; 4] =
    [Tolerance::STRICT, Tolerance::MIME, Tolerance::DRAFTS, Tolerance::ALL];

/// The sizes of chunks that an input is cut into: all up to its length, or some if it is long.
fn sizes(len: usize) -> Vec<usize> {
    match len {
        0..600 => (1..=len.max(1)).collect(),
        600..10_000 => {
            let few = [len / 3, len / 2, len / 2 + 1, len - 2, len - 1, len];
            (1..100).chain([127, 128, 255, 256, 511, 512]).chain(few).collect()
        }
        // The tables' own test also reads these octet by octet.
        _ => vec![61, 4096, len / 2 + 1, len],
    }
}

/// Asserts that both readers give the same parts, diagnostics and error.
fn assert_alike(name: &str, reader: &Reader, input: &[u8]) {
    for tolerance in PRESETS {
        let reader = reader.clone().tolerance(tolerance);
        let expected = whole(&reader, input);
        for size in sizes(input.len()) {
            for read in [in_chunks, finished_early] {
                let outcome = read(&reader, input.chunks(size));
                assert!(
                    outcome.agrees_with(&expected),
                    "{name}, in chunks of {size}: {outcome:?} instead of {expected:?}"
                );
            }
        }
    }
}

/// The same for every framing and opening, unless the input is long.
fn assert_alike_whatever_is_chosen(name: &str, reader: &Reader, input: &[u8]) {
    if input.len() >= 10_000 {
        return assert_alike(name, reader, input);
    }
    for framing in [Framing::Delimiter, Framing::Length] {
        for opening in [Opening::Delimiter, Opening::Implied, Opening::Auto] {
            assert_alike(name, &reader.clone().framing(framing).opening(opening), input);
        }
    }
}

fn assert_rows_alike(table: &str) {
    for row in rows(table) {
        let [name, settings, input, ..] = row[..] else { panic!("{row:?}") };
        assert_alike_whatever_is_chosen(name, &reader(settings), &octets(input));
    }
}

#[test]
fn the_rows_on_framing_are_read_alike() {
    assert_rows_alike(include_str!("data/framing.txt"));
}

#[test]
fn the_rows_on_heads_are_read_alike() {
    assert_rows_alike(include_str!("data/heads.txt"));
}

#[test]
fn the_rows_on_mime_are_read_alike() {
    assert_rows_alike(include_str!("data/mime.txt"));
}

#[test]
fn the_hostile_rows_are_read_alike() {
    assert_rows_alike(include_str!("data/hostile.txt"));
}

#[test]
fn the_rows_on_fields_are_read_alike() {
    for row in rows(include_str!("data/fields.txt")) {
        let input = [b"--b\r\n", &octets(row[1])[..], b"\r\n\r\nx\r\n--b--"].concat();
        assert_alike_whatever_is_chosen(row[0], &reader("delimiter"), &input);
    }
}

#[test]
fn the_rows_on_lengths_are_read_alike() {
    for row in rows(include_str!("data/lengths.txt")) {
        let field = if row[1] == "none" { Vec::new() } else { octets(row[1]) };
        let input =
            [b"--b\r\n", &field[..], b"\r\n\r\n", &octets(row[2]), b"\r\n--b--\r\n"].concat();
        assert_alike_whatever_is_chosen(row[0], &reader("delimiter"), &input);
    }
}

#[test]
fn the_documents_are_read_alike() {
    for (name, _) in DOCUMENTS {
        let (content_type, body) = document(name);
        let reader = Reader::from_content_type_with(content_type, Tolerance::ALL).unwrap();
        assert_alike_whatever_is_chosen(name, &reader, body);
    }
}
