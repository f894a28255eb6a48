//! What a refused call of an encoder leaves in the output: nothing that a reader takes for a whole
//! package, and nothing that can be finished.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    Boundary, Encoder, Error, ErrorKind, Head, HeadBuilder, Misuse, Opening, Reader, Rule,
    Tolerance,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// How many octets an encoder searches before it writes them.
const BLOCK: usize = 16 * 1024;

fn boundary() -> Boundary {
    "b".parse().unwrap()
}

fn head() -> Head<Bytes> {
    HeadBuilder::new().content_location("/1").build().unwrap()
}

/// A long body, most often with a line that begins with the delimiter, at or near a block's end.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(
        &["\r\n--b", "\n--b--\r\n", "\r\n--b\r\n\r\nsmuggled\r\n--b--\r\n", "--b", "\r\n--", ""][..],
    );
    let len = prop_oneof![
        2 => 0..20_usize,
        3 => (1..3_usize, 0..16_usize).prop_map(|(blocks, more)| blocks * BLOCK - 8 + more),
    ];
    (len, line, 0..BLOCK).prop_map(|(len, line, rest)| {
        [&vec![b'x'; len], line.as_bytes(), &vec![b'y'; rest]].concat()
    })
}

/// Writes a part as a whole, or in pieces of this size.
fn write(
    encoder: &mut Encoder,
    out: &mut Vec<u8>,
    body: &[u8],
    piece: Option<usize>,
) -> Result<(), (Error, usize)> {
    let Some(piece) = piece else {
        let start = out.len();
        return encoder.part(out, head().borrow(), body).map_err(|error| (error, start));
    };
    encoder.begin(out, head().borrow(), None).map_err(|error| (error, 0))?;
    for piece in body.chunks(piece) {
        let start = out.len();
        encoder.write(out, piece).map_err(|error| (error, start))?;
    }
    encoder.end().map_err(|error| (error, 0))
}

/// Asserts that no later call succeeds or writes an octet.
fn assert_poisoned(encoder: &mut Encoder, out: &mut Vec<u8>) {
    let (written, position) = (out.clone(), encoder.position());
    let poisoned = Err(ErrorKind::Misuse(Misuse::Poisoned));
    let kind = |result: Result<(), Error>| result.map_err(|error| error.kind());
    for _ in 0..2 {
        assert_eq!(kind(encoder.finish(out)), poisoned);
        assert_eq!(kind(encoder.write(out, b"x")), poisoned);
        assert_eq!(kind(encoder.end()), poisoned);
        assert_eq!(kind(encoder.begin(out, head().borrow(), None)), poisoned);
        assert_eq!(kind(encoder.part(out, head().borrow(), b"x")), poisoned);
    }
    assert_eq!((&*out, encoder.position()), (&written, position), "nothing was written");
}

proptest! {
    #[test]
    fn rfc2046_5_1_1_what_a_refused_body_leaves_cannot_be_finished_and_is_read_as_incomplete(
        implied in any::<bool>(),
        before in vec(vec(any::<u8>(), 0..4), 0..3),
        body in body(),
        piece in prop::option::of(prop::sample::select(&[1, 7, BLOCK - 1, BLOCK, 3 * BLOCK][..])),
    ) {
        let mut encoder =
            if implied { Encoder::implied(&boundary()) } else { Encoder::new(&boundary()) };
        let mut out = vec![];
        for body in &before {
            encoder.part(&mut out, head().borrow(), body).unwrap();
        }
        let opening = if implied { Opening::Auto } else { Opening::Delimiter };
        let reader = Reader::new(&boundary()).opening(opening);
        let Err((error, start)) = write(&mut encoder, &mut out, &body, piece) else {
            encoder.finish(&mut out).unwrap();
            let strict = reader.tolerance(Tolerance::STRICT);
            let parts = strict.parts(&out).collect::<Result<Vec<_>, _>>().unwrap();
            prop_assert!(parts.last().unwrap().body() == body);
            return Ok(());
        };
        prop_assert_eq!(error.rule(), Some(Rule::DelimiterInBody));
        prop_assert_eq!(error.offset(), start as u64, "what the refused call wrote begins there");
        assert_poisoned(&mut encoder, &mut out);
        prop_assert!(!out[start..].windows(4).skip(6).any(|found| found == b"\n--b"));
        for octets in [&out[..], &out[..start]] {
            for tolerance in [Tolerance::STRICT, Tolerance::MIME, Tolerance::DRAFTS] {
                let reader = reader.clone().tolerance(tolerance);
                let given: Vec<_> = reader.parts(octets).collect();
                prop_assert!(given.last().unwrap().is_err(), "an incomplete package is refused");
                // The delimiter line that ends a part is written with the next one.
                let whole = given.iter().filter(|part| part.is_ok()).count();
                prop_assert!((before.len().saturating_sub(1)..=before.len()).contains(&whole));
            }
        }
    }
}
