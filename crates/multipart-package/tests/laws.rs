//! Laws that hold for any input: chunking changes nothing, and what the encoder writes the
//! strict reader reads.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

// One file serves this crate's tests and those that cross crates.
#[path = "../../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is public where it belongs")]
mod reading;

use bytes::Bytes;
use multipart_package::{
    Boundary, Encoder, Error, ErrorKind, Field, Framing, Head, HeadBuilder, Limit, Limits, Misuse,
    Opening, Reader, Rule, Tolerance,
};
use proptest::collection::vec;
use proptest::prelude::*;
use reading::{finished_early, in_chunks, whole};

/// Octets biased to what delimiters are made of.
fn body(boundary: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let dashes = format!("--{boundary}").into_bytes();
    let piece = prop_oneof![
        3 => Just(b"\r".to_vec()),
        3 => Just(b"\n".to_vec()),
        3 => Just(b"\r\n".to_vec()),
        2 => Just(b"-".to_vec()),
        3 => (0..=dashes.len()).prop_map(move |len| dashes[..len].to_vec()),
        2 => Just(b" \t".to_vec()),
        2 => vec(any::<u8>(), 1..4),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A package made of plausible pieces, most of it well formed.
fn package() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        6 => Just(&b"\r\n--b\r\n"[..]),
        1 => Just(&b"\n--b\n"[..]),
        1 => Just(&b"\r\n--b \t\r\n"[..]),
        1 => Just(&b"\r\n--b--\r\n"[..]),
        1 => Just(&b"\r\n--bX\r\n"[..]),
        1 => Just(&b"\r\n--b\r\n--b\r\n"[..]),
        1 => Just(&b"\r\n--b--\r"[..]),
    ];
    let head = prop_oneof![
        3 => Just(b"Content-Location: /1\r\n\r\n".to_vec()),
        2 => (0..40_u32).prop_map(|len| format!("content-length:{len}\r\n\r\n").into_bytes()),
        1 => Just(b"\r\n".to_vec()),
        1 => Just(b"A: b\r\n c\r\n\r\n".to_vec()),
        1 => Just(b"A: b\n\n".to_vec()),
        1 => (0..9_u32).prop_map(|len| format!("content-length:{len}\n\n").into_bytes()),
        1 => Just(b"X/y(1): v\r\nContent-ID: <1@x> (a)\r\n\r\n".to_vec()),
        1 => Just(b"Content-Disposition: form-data\r\nContent-Range: bytes 1\r\n\r\n".to_vec()),
        1 => Just(b"Content-Disposition: form-data; name=a; name=b\r\n\r\n".to_vec()),
        1 => Just(b"--bX: y\r\n\r\n".to_vec()),
        1 => Just(b"A: b\r\n".to_vec()),
        1 => vec(any::<u8>(), 0..6),
    ];
    let part = (line, head, body("b")).prop_map(|(line, head, body)| [line, &head, &body].concat());
    let ending = prop_oneof![
        6 => Just("\r\n--b--\r\n"),
        1 => Just("\r\n--b--"),
        1 => Just("\r\n--b--\r"),
        1 => Just("\r\n--b--\r\n--bX\r\n--b\r\n"),
        1 => Just("\r\n--b\r\n"),
        1 => Just("\r\n--b\r\nA: b"),
        1 => Just(""),
    ];
    (0..3_usize, vec(part, 0..5), ending).prop_map(|(cut, parts, ending)| {
        let whole = [&parts.concat()[..], ending.as_bytes()].concat();
        whole[cut.min(whole.len())..].to_vec()
    })
}

/// A package with stretches before, in and behind its parts that are longer than any border's
/// bridge.
fn long_package() -> impl Strategy<Value = Vec<u8>> {
    let stretch = || {
        prop_oneof![
            Just(vec![]),
            (500..1500_usize).prop_map(|len| vec![b'x'; len]),
            (500..1500_usize).prop_map(|len| b"x\r\n-".repeat(len / 4)),
        ]
    };
    (stretch(), package(), stretch()).prop_map(|(before, package, behind)| {
        let border: &[u8] = if before.is_empty() { b"" } else { b"\r\n" };
        [&before, border, &package, &behind].concat()
    })
}

fn setting() -> impl Strategy<Value = Reader> {
    let openings = [Opening::Delimiter, Opening::Implied, Opening::Auto];
    let framings = [Framing::Delimiter, Framing::Length];
    let tolerances = [
        Tolerance::STRICT,
        Tolerance::MIME,
        Tolerance::STRICT.with(Rule::BareLineFeed),
        Tolerance::DRAFTS,
        Tolerance::ALL,
    ];
    // Under ALL, the second boundary may name its own hyphens.
    let boundaries = prop_oneof![5 => Just("b"), 1 => Just("--b")];
    let numbers = (0..3_usize, 0..2_usize, 0..tolerances.len(), boundaries);
    numbers.prop_map(move |(opening, framing, tolerance, boundary)| {
        Reader::new(&boundary.parse().unwrap())
            .opening(openings[opening])
            .framing(framings[framing])
            .tolerance(tolerances[tolerance])
    })
}

/// Limits so small that many are met, often several at one place.
fn limits() -> impl Strategy<Value = Limits> {
    let octets = || prop_oneof![0..12_u64, Just(300)];
    (vec(octets(), 6), 0..4_u64, 0..4_u64).prop_map(|(octets, fields, parts)| {
        Limits::default()
            .preamble_octets(octets[0])
            .epilogue_octets(octets[1])
            .padding_octets(octets[2])
            .head_octets(octets[3] * 4)
            .field_octets(octets[4] * 3)
            .body_octets(octets[5])
            .fields(fields)
            .parts(parts)
    })
}

/// Cuts an input into chunks of the given sizes, over and over.
fn cut<'a>(mut input: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut chunks = vec![];
    for size in sizes.iter().cycle() {
        if input.is_empty() {
            break;
        }
        let (chunk, rest) = input.split_at((*size).min(input.len()));
        chunks.push(chunk);
        input = rest;
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_a_strict_reader_accepts_every_accessor_reads(fields in vec(known_field(), 1..3)) {
        let input = [b"--b\r\n", &fields.concat()[..], b"\r\n\r\n--b--"].concat();
        for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
            let reader = Reader::new(&"b".parse().unwrap()).tolerance(tolerance);
            let mut parts = reader.parts(&input);
            let Some(Ok(part)) = parts.next() else { continue };
            let head = part.head();
            let errors = [
                head.content_disposition().err(),
                head.content_range().err(),
                head.content_transfer_encoding().err(),
                head.content_id().err(),
                head.form_name().err(),
                head.form_filename().err(),
            ];
            for error in errors.into_iter().flatten() {
                prop_assert!(tolerance != Tolerance::STRICT, "{error}");
                prop_assert!(error.offset() <= input.len() as u64);
                let reported = parts.diagnostics().iter().any(|found| Some(found.rule()) == error.rule());
                prop_assert!(reported, "{error}");
            }
        }
    }

    #[test]
    fn any_chunking_gives_the_events_of_the_slice_reader(
        reader in setting(),
        input in package(),
        sizes in vec(1..20_usize, 1..6),
    ) {
        let expected = whole(&reader, &input);
        let outcome = in_chunks(&reader, cut(&input, &sizes));
        prop_assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}\n{}", input.escape_ascii());
    }

    #[test]
    fn which_limit_is_told_and_where_is_the_same_in_any_chunking(
        reader in setting(),
        limits in limits(),
        input in package(),
        sizes in vec(1..20_usize, 1..6),
    ) {
        let reader = reader.limits(limits);
        let expected = whole(&reader, &input);
        let outcome = in_chunks(&reader, cut(&input, &sizes));
        prop_assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}\n{}", input.escape_ascii());
    }

    #[test]
    fn any_octets_give_parts_or_an_error_within_the_input(
        reader in setting(),
        input in vec(any::<u8>(), 0..200),
        sizes in vec(1..20_usize, 1..6),
    ) {
        let expected = whole(&reader, &input);
        let outcome = in_chunks(&reader, cut(&input, &sizes));
        prop_assert!(outcome.agrees_with(&expected));
        prop_assert!(expected.error.is_none_or(|error| error.offset() <= input.len() as u64));
    }

    #[test]
    fn long_stretches_in_long_chunks_give_the_same(
        reader in setting(),
        input in long_package(),
        sizes in vec(prop_oneof![1..20_usize, 400..1200_usize], 1..6),
    ) {
        let expected = whole(&reader, &input);
        let outcome = in_chunks(&reader, cut(&input, &sizes));
        prop_assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}\n{}", input.escape_ascii());
        let outcome = finished_early(&reader, cut(&input, &sizes));
        prop_assert!(outcome.agrees_with(&expected), "{outcome:?}\n{expected:?}\n{}", input.escape_ascii());
    }

    #[test]
    fn no_success_without_the_close_delimiter(reader in setting(), input in package()) {
        let reader = reader.tolerance(Tolerance::DRAFTS);
        let outcome = whole(&reader, &input);
        if outcome.error.is_none() && !input.windows(7).any(|found| found == b"----b--") {
            let close = input.windows(5).enumerate().any(|(at, found)| {
                found == b"--b--" && (at == 0 || input[at - 1] == b'\n')
            });
            prop_assert!(close);
        }
    }

    #[test]
    fn what_two_tolerances_read_without_an_error_they_read_alike(
        reader in setting(),
        input in package(),
    ) {
        let presets = [Tolerance::STRICT, Tolerance::MIME, Tolerance::DRAFTS, Tolerance::ALL];
        // The front page names this one exception, by which another line is the delimiter line.
        let presets = presets.map(|preset| preset.without(Rule::DelimiterDashes));
        let readings = presets.map(|preset| whole(&reader.clone().tolerance(preset), &input));
        let read: Vec<_> = readings.iter().filter(|reading| reading.error.is_none()).collect();
        for pair in read.windows(2) {
            prop_assert_eq!(&pair[0].parts, &pair[1].parts);
        }
    }

    #[test]
    fn what_the_encoder_writes_the_strict_reader_reads(
        implied in any::<bool>(),
        (boundary, parts) in boundary().prop_flat_map(|boundary| {
            let parts = vec(written_part(&boundary), 0..5);
            (Just(boundary), parts)
        }),
    ) {
        let needle = format!("\n--{boundary}");
        let holds = |octets: &[u8]| {
            let lines = [b"\n", octets].concat();
            lines.windows(needle.len()).any(|found| found == needle.as_bytes())
        };
        let mut encoder = if implied { Encoder::implied(&boundary) } else { Encoder::new(&boundary) };
        let (mut out, mut expected, mut all_stated) = (vec![], vec![], true);
        for part in parts {
            let Ok(head) = part.head() else { continue };
            let fields = head.borrow().fields().filter(|field| !field.is("content-length"));
            let fields: Vec<_> = fields.map(field).collect();
            let before = out.len();
            match part.write(&mut encoder, &mut out, head.borrow()) {
                Ok(()) => {
                    prop_assert!(!holds(head.as_bytes()) && !holds(&part.body) && part.length.is_right());
                    all_stated &= part.length != Length::Absent || part.sizes.is_none();
                    expected.push((fields, part.body));
                }
                Err(error) => {
                    match error.kind() {
                        ErrorKind::Rule(Rule::DelimiterInHead) => prop_assert!(holds(head.as_bytes())),
                        ErrorKind::Rule(Rule::DelimiterInBody) => prop_assert!(holds(&part.body)),
                        ErrorKind::Rule(Rule::ContentLengthDiffers) => prop_assert!(!part.length.is_right()),
                        kind => prop_assert!(false, "{kind:?}"),
                    }
                    prop_assert!(part.sizes.is_some() || out.len() == before);
                    let finished = encoder.finish(&mut out).unwrap_err();
                    prop_assert_eq!(finished.kind(), ErrorKind::Misuse(Misuse::Poisoned));
                    return Ok(());
                }
            }
        }
        encoder.finish(&mut out).unwrap();
        prop_assert_eq!(encoder.position(), out.len() as u64);
        let opening = if implied { Opening::Auto } else { Opening::Delimiter };
        let strict = Reader::new(&boundary).opening(opening).tolerance(Tolerance::STRICT);
        let framings = [Some(Framing::Delimiter), all_stated.then_some(Framing::Length)];
        for framing in framings.into_iter().flatten() {
            let mut parts = strict.clone().framing(framing).parts(&out);
            let read: Vec<_> = parts.by_ref().map(|part| {
                let part = part.unwrap();
                let fields = part.head().fields().filter(|field| !field.is("content-length"));
                (fields.map(field).collect::<Vec<_>>(), part.body().to_vec())
            }).collect();
            prop_assert!(parts.diagnostics().is_empty());
            prop_assert_eq!(&read, &expected);
        }
    }
}

/// Boundaries of every length and octet that they may have.
fn boundary() -> impl Strategy<Value = Boundary> {
    const OCTETS: &[u8] =
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=? ";
    let octet = || prop_oneof![3 => prop::sample::select(OCTETS), 1 => Just(b'-')];
    vec(octet(), 1..=70).prop_filter_map("it ends in a space", |octets| {
        String::from_utf8(octets).unwrap().parse().ok()
    })
}

/// What a part is to state of its body's length.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Length {
    Absent,
    /// In its head, or when it is begun: too much by so many octets.
    InHead(i8),
    WhenBegun(i8),
}

impl Length {
    fn is_right(self) -> bool {
        matches!(self, Self::Absent | Self::InHead(0) | Self::WhenBegun(0))
    }
}

/// A part to be written.
#[derive(Debug, Clone)]
struct Written {
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    length: Length,
    /// The sizes of the pieces that it comes in; whole, if none.
    sizes: Option<Vec<usize>>,
}

fn written_part(boundary: &Boundary) -> impl Strategy<Value = Written> + use<> {
    let dashes = format!("--{boundary}");
    let name = prop_oneof![
        8 => "[-!#$%&'*+.^_`|~0-9A-Za-z]{1,20}",
        1 => prop::sample::select(&["ETag", "Content-Type", "Last-Modified", "Link"][..]).prop_map(str::to_owned),
        1 => "[-a-z]{0,3}".prop_map(move |rest| format!("{dashes}{rest}")),
    ];
    let value = prop_oneof![
        3 => vec(any::<u8>(), 0..8),
        6 => vec(prop_oneof![b' '..=b'~', 0x80_u8..=0xff, Just(b'\t')], 0..30),
        1 => Just(b"\"1\"".to_vec()),
    ];
    let too_much = || prop_oneof![6 => Just(0_i8), 1 => Just(1), 1 => Just(-1)];
    let length = prop_oneof![
        Just(Length::Absent),
        too_much().prop_map(Length::InHead),
        too_much().prop_map(Length::WhenBegun),
    ];
    let sizes =
        (vec(0..9_usize, 0..4), 1..90_usize).prop_map(|(sizes, last)| [sizes, vec![last]].concat());
    (vec((name, value), 0..3), body(boundary.as_str()), length, proptest::option::of(sizes))
        .prop_map(|(fields, body, length, sizes)| {
            // A whole part is never begun.
            let begun = sizes.is_some() || !matches!(length, Length::WhenBegun(_));
            let length = if begun { length } else { Length::Absent };
            Written { fields, body, length, sizes }
        })
}

impl Written {
    fn octets(&self, too_much: i8) -> u64 {
        let octets = self.body.len() as u64;
        // There is no less than nothing.
        octets.checked_add_signed(too_much.into()).unwrap_or(1)
    }

    fn head(&self) -> Result<Head<Bytes>, Error> {
        let builder = HeadBuilder::new().content_location("/1");
        let fields = self.fields.iter();
        let builder = fields.fold(builder, |builder, (name, value)| builder.field(name, value));
        match self.length {
            Length::InHead(too_much) => builder.content_length(self.octets(too_much)).build(),
            Length::Absent | Length::WhenBegun(_) => builder.build(),
        }
    }

    fn write(
        &self,
        encoder: &mut Encoder,
        out: &mut Vec<u8>,
        head: Head<&[u8]>,
    ) -> Result<(), Error> {
        let Some(sizes) = &self.sizes else { return encoder.part(out, head, &self.body) };
        let length = match self.length {
            Length::WhenBegun(too_much) => Some(self.octets(too_much)),
            Length::Absent | Length::InHead(_) => None,
        };
        encoder.begin(out, head, length)?;
        for piece in cut(&self.body, sizes) {
            encoder.write(out, piece)?;
        }
        encoder.end()
    }
}

/// The line of a field with a meaning, and a value of its pieces.
fn known_field() -> impl Strategy<Value = Vec<u8>> {
    const NAMES: &[&str] =
        &["Content-Disposition", "Content-Range", "Content-Transfer-Encoding", "Content-ID"];
    let piece = prop_oneof![
        4 => prop::sample::select(&[
            "form-data", "; name=", "; filename=", "; filename*=UTF-8''a", "\"a\"", "\"", "\\", "%22",
            "bytes ", "0-1/2", "*/2", "1-0/*", "base64", "a", " ", ";", "(a)", "<1@x>", "\r\n ",
        ][..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..3),
    ];
    (prop::sample::select(NAMES), vec(piece, 0..7))
        .prop_map(|(name, pieces)| [name.as_bytes(), b": ", &pieces.concat(), b"\r\n"].concat())
}

/// A field's name and value.
fn field(field: Field<'_>) -> (String, Vec<u8>) {
    (field.name().to_owned(), field.value().to_vec())
}

#[test]
fn every_limit_refuses_one_more_and_lets_its_own_number_pass() {
    let input = b"text\r\n--b  \r\nA: 1\r\nB: 2\r\n\r\nbody\r\n--b\r\n\r\n\r\n--b--\r\nend";
    let fit = Limits::default()
        .preamble_octets(4)
        .padding_octets(2)
        .head_octets(14)
        .field_octets(6)
        .fields(2)
        .body_octets(4)
        .parts(2)
        .epilogue_octets(3);
    let reader = Reader::new(&"b".parse().unwrap());
    assert_eq!(whole(&reader.clone().limits(fit), input).error, None);
    for (limit, limits, offset) in [
        (Limit::PreambleOctets, fit.preamble_octets(3), 3),
        (Limit::PaddingOctets, fit.padding_octets(1), 6),
        (Limit::HeadOctets, fit.head_octets(13), 13),
        (Limit::FieldOctets, fit.field_octets(5), 13),
        (Limit::Fields, fit.fields(1), 19),
        (Limit::BodyOctets, fit.body_octets(3), 30),
        (Limit::Parts, fit.parts(1), 38),
        (Limit::EpilogueOctets, fit.epilogue_octets(2), 51),
    ] {
        let reader = reader.clone().limits(limits);
        let error = whole(&reader, input).error.unwrap();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Limit(limit), offset), "{error}");
        for size in 1..input.len() {
            assert_eq!(in_chunks(&reader, input.chunks(size)).error.as_ref(), Some(&error));
        }
        let unlimited = reader.limits(Limits::unlimited());
        assert_eq!(whole(&unlimited, input).error, None);
    }
}

#[test]
fn diagnostics_are_capped_and_the_rest_counted() {
    let input = b"--b\n\n\n--b--\n";
    let reader = Reader::new(&"b".parse().unwrap());
    let all = reader.parts(input);
    let mut none = reader.clone().limits(Limits::default().diagnostics(0)).parts(input);
    none.by_ref().for_each(drop);
    assert!(none.diagnostics().as_slice().is_empty() && !none.diagnostics().is_empty());
    let mut some = reader.limits(Limits::default().diagnostics(2)).parts(input);
    let total = {
        let mut all = all;
        all.by_ref().for_each(drop);
        all.diagnostics().len()
    };
    some.by_ref().for_each(drop);
    let outcome = whole(&Reader::new(&"b".parse().unwrap()), input);
    let spans: Vec<_> =
        outcome.diagnostics.iter().map(multipart_package::Diagnostic::span).collect();
    assert_eq!(spans, [3..4, 4..5, 5..6, 11..12]);
    assert_eq!(total, 4);
    assert_eq!((some.diagnostics().len(), some.diagnostics().omitted()), (2, 2));
}
