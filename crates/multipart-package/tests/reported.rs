//! The wording of errors and diagnostics, and the results of small accessors.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use multipart_package::{
    Boundary, ContentType, Encoder, ErrorKind, Event, Framing, HeadBuilder, Limits, Misuse, Reader,
    Rule, Step, Tolerance,
};
use std::ops::Range;

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

/// What is reported about an input of one part, and where.
fn reported(reader: &Reader, input: &[u8]) -> Vec<(Rule, Range<u64>)> {
    let mut parts = reader.parts(input);
    assert_eq!(parts.by_ref().map(Result::unwrap).count(), 1);
    parts.diagnostics().iter().map(|one| (one.rule(), one.span())).collect()
}

#[test]
fn every_misuse_says_what_was_done_in_the_wrong_order() {
    let boundary: Boundary = "b".parse().unwrap();
    let head = HeadBuilder::new().build().unwrap();
    let mut out = Vec::new();
    let mut sentences = Vec::new();
    let mut finished = Encoder::new(&boundary);
    finished.finish(&mut out).unwrap();
    sentences.push((Misuse::Finished, finished.finish(&mut out).unwrap_err()));
    let mut open = Encoder::new(&boundary);
    open.begin(&mut out, head.borrow(), None).unwrap();
    sentences.push((Misuse::PartOpen, open.finish(&mut out).unwrap_err()));
    sentences.push((Misuse::Poisoned, open.finish(&mut out).unwrap_err()));
    sentences.push((Misuse::NoPartOpen, Encoder::new(&boundary).end().unwrap_err()));
    sentences.push((Misuse::NothingToResync, reader().parts(b"").resync().unwrap_err()));
    sentences.push((Misuse::RangeUnread, reader().split(b"x", 0..1).summary().unwrap_err()));
    let words = [
        "nothing can follow",
        "call end first",
        "new encoder",
        "call begin first",
        "no single part",
        "to the end first",
    ];
    for ((misuse, error), word) in sentences.iter().zip(words) {
        assert_eq!(error.kind(), ErrorKind::Misuse(*misuse));
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn what_is_debugged_shows_what_it_is() {
    let boundary: Boundary = "xyz".parse().unwrap();
    assert!(format!("{boundary:?}").contains("xyz"));
    let error = "b;".parse::<Boundary>().unwrap_err();
    assert!(format!("{error:?}").contains("BoundarySyntax"), "{error:?}");
    assert_eq!(error.offset(), 1);
    assert_eq!("abc ".parse::<Boundary>().unwrap_err().offset(), 3);
    let head = HeadBuilder::new().field("A", "b\u{e9}").build().unwrap();
    let fields: Vec<_> = head.borrow().fields().collect();
    assert_eq!(format!("{fields:?}"), r"[A: b\xc3\xa9]");
    assert_eq!(format!("{head:?}"), r"[A: b\xc3\xa9]");
}

#[test]
fn rfc2046_5_1_1_a_preamble_like_a_head_is_told_by_its_first_line() {
    let input = b"Content-Type: a/b\r\nX: y\r\n\r\nx\r\n--b\r\n\r\n1\r\n--b--";
    assert_eq!(
        reported(&reader(), input),
        [(Rule::PreambleLooksLikeHead, 0..19), (Rule::PreambleNotEmpty, 0..28)]
    );
}

#[test]
fn a_preamble_is_looked_at_for_a_head_within_the_readers_own_limits() {
    let input = b"A: 123456789\r\nContent-Type: a/b\r\n\r\nx\r\n--b\r\n\r\n1\r\n--b--";
    for (octets, is_seen) in [(100, true), (12, false)] {
        let limited = reader().limits(Limits::default().head_octets(octets));
        let mut found = reported(&limited, input).into_iter();
        assert_eq!(found.any(|(rule, _)| rule == Rule::PreambleLooksLikeHead), is_seen, "{octets}");
    }
}

#[test]
fn rfc9110_5_6_6_diagnostics_of_a_content_type_have_their_place_in_it() {
    let value = b"multipart/mixed; a=1:2; boundary=b:c; d = e";
    let read = ContentType::parse_with(value, Tolerance::ALL).unwrap();
    let reported: Vec<_> =
        (&read.diagnostics().clone()).into_iter().map(|one| (one.rule(), one.span())).collect();
    assert_eq!(
        reported,
        [
            (Rule::ParameterUnquoted, 15..22),
            (Rule::ParameterUnquoted, 22..36),
            (Rule::ParameterSpace, 36..43),
        ]
    );
    let twice = ContentType::parse(b"multipart/mixed; a=b; boundary=1; c=d; boundary=2").unwrap();
    assert_eq!(twice.boundary().unwrap_err().offset(), 37);
    let spaced = |value: &[u8]| ContentType::parse_with(value, Tolerance::STRICT).is_err();
    assert!(spaced(b"a/b; c =d") && spaced(b"a/b; c= d") && !spaced(b"a/b; c=d"));
}

#[cfg(feature = "mime")]
#[test]
fn a_content_type_becomes_a_mime_where_that_crate_can_read_it() {
    let mime = |value: &'static [u8]| ContentType::parse(value).unwrap().to_mime();
    assert_eq!(mime(b"multipart/mixed; boundary=b").unwrap().subtype(), "mixed");
    assert_eq!(mime(b"multipart/mixed; boundary=\"\xe4\""), None);
}

#[test]
fn rfc9110_8_8_3_2_weak_comparison_is_of_opaque_tags_alone() {
    let input = b"--b\r\nETag: W/\"7\"\r\n\r\n\r\n--b\r\nETag: \"7\"\r\n\r\n\r\n--b\r\nETag: \"8\"\r\n\r\n\r\n--b--";
    let parts: Vec<_> = reader().parts(input).map(Result::unwrap).collect();
    let tag = |number: usize| parts[number].head().etag().unwrap().unwrap();
    assert!(tag(0).weak_eq(&tag(1)) && !tag(0).weak_eq(&tag(2)));
    assert_eq!([parts[0].number(), parts[1].number(), parts[2].number()], [0, 1, 2]);
}

#[test]
fn draft_4_3_an_event_type_is_built_of_family_and_name() {
    let head = HeadBuilder::new().event_type("http-equiv", "PUT").build().unwrap();
    assert_eq!(head.as_bytes(), b"Event-Type: http-equiv=PUT\r\n");
}

#[test]
fn rfc2045_7_a_content_id_is_only_corrected_by_its_lack_of_brackets() {
    let corrected = |field: &str| {
        let input = format!("--b\r\nContent-ID: {field}\r\n\r\n\r\n--b--");
        let reader = reader();
        let part = reader.parts(input.as_bytes()).next().unwrap().unwrap();
        let head = HeadBuilder::from_head(part.head()).correct(Rule::ContentIdSyntax).build();
        head.map(|head| head.as_bytes().to_vec()).map_err(|error| error.kind())
    };
    for id in ["1@x", "<1@x>"] {
        assert_eq!(corrected(id), Ok(b"Content-ID: <1@x>\r\n".to_vec()));
    }
    assert_eq!(corrected("<1@x"), Err(ErrorKind::Rule(Rule::ContentIdSyntax)));
}

#[test]
fn rfc9112_5_1_the_spaces_before_a_colon_are_told_by_their_place() {
    let input = b"--b\r\nA \t: b\r\nC: d\n\r\n\r\n--b--";
    assert_eq!(
        reported(&reader().tolerance(Tolerance::ALL), input),
        [(Rule::FieldSpaceBeforeColon, 6..8), (Rule::BareLineFeed, 17..18)]
    );
}

#[test]
fn rfc9110_5_5_controls_and_folds_in_a_value_are_told_by_their_octet() {
    let input = b"--b\r\nA: b\x01c\r\nD: e\r\n f\r\n\r\n\r\n--b--";
    assert_eq!(
        reported(&reader().tolerance(Tolerance::ALL), input),
        [(Rule::FieldControl, 9..10), (Rule::FieldFold, 18..19)]
    );
}

#[test]
fn rfc2046_5_1_1_a_bare_line_feed_before_a_delimiter_is_told_by_its_place() {
    let input = b"--b\r\nContent-Length: 1\r\n\r\nx\n--b--";
    for framing in [Framing::Delimiter, Framing::Length] {
        let reader = reader().framing(framing);
        assert_eq!(reported(&reader, input), [(Rule::BareLineFeed, 27..28)], "{framing:?}");
    }
}

#[test]
fn a_diagnostic_says_its_rule_where_and_by_which_section() {
    let mut parts = reader().parts(b"text\r\n--b--");
    assert!(parts.next().is_none());
    let reported = parts.diagnostics().iter().next().unwrap().to_string();
    let (sentence, section) = (Rule::PreambleNotEmpty.sentence(), Rule::PreambleNotEmpty.section());
    assert_eq!(reported, format!("preamble-not-empty at octets 0..4: {sentence} ({section})"));
}

#[test]
fn a_field_whose_name_begins_like_a_known_one_is_another() {
    let input = b"--b\r\nContent-Type2: ;;\r\nETagged: x\r\nContent-Lengthy: x\r\n\r\n\r\n--b--";
    let strict = reader().tolerance(Tolerance::STRICT);
    let head = strict.parts(input).next().unwrap().unwrap().head();
    assert_eq!(head.etag(), Ok(None));
    assert_eq!(head.content_length(), Ok(None));
    assert_eq!(head.fields().count(), 3);
}

#[test]
fn a_decoder_that_goes_on_elsewhere_goes_on_counting() {
    let input = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--";
    let mut parts = reader().parts(input);
    parts.by_ref().take(2).for_each(|part| assert!(part.is_ok()));
    let checkpoint = parts.checkpoint("r").unwrap();
    assert_eq!(checkpoint.number(), 2);
    let mut decoder = reader().resume(&checkpoint, "r").unwrap();
    assert_eq!(decoder.checkpoint("r").unwrap(), checkpoint);
    decoder.push(input[usize::try_from(checkpoint.offset()).unwrap()..].to_vec().into());
    decoder.finish();
    assert!(matches!(decoder.step().unwrap(), Step::Event(Event::Head(_))));
    // A limit on parts counts those before the checkpoint too.
    let limited = reader().limits(multipart_package::Limits::default().parts(2));
    let mut decoder = limited.resume(&checkpoint, "r").unwrap();
    decoder.push(input[usize::try_from(checkpoint.offset()).unwrap()..].to_vec().into());
    assert!(decoder.step().is_err());
}

#[test]
fn rfc2046_5_1_1_a_head_that_is_cut_is_reported_with_the_octets_that_belong_to_no_part() {
    let input = b"--b\r\n\r\n1\r\n--b\r\nA: b\r\nC";
    let found = reported(&reader().tolerance(Tolerance::ALL), input);
    assert_eq!(found, [(Rule::CloseMissing, 15..22)]);
}

/// What the error says of an input that has no delimiter line, in chunks of every size.
fn sought(boundary: &str, input: &[u8]) -> String {
    let reader = Reader::new(&boundary.parse().unwrap());
    let error = reader.parts(input).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::OpeningMissing));
    for size in 1..=input.len() {
        let (mut decoder, mut chunks) = (reader.decoder(), input.chunks(size));
        let found = loop {
            match decoder.step() {
                Ok(Step::NeedInput) => match chunks.next() {
                    Some(chunk) => decoder.push(chunk.to_vec().into()),
                    None => decoder.finish(),
                },
                other => break other.unwrap_err(),
            }
        };
        assert_eq!(found, error, "in chunks of {size}");
    }
    error.to_string().split_once("section 5.1.1)").unwrap().1.to_owned()
}

#[test]
fn rfc2046_5_1_1_a_missing_opening_says_what_was_looked_for_and_what_looks_like_it() {
    const HINT: &str = "; compare it with the boundary of the Content-Type";
    for (boundary, input, expected) in [
        ("b", "text", "; looked for \"--b\"".to_owned()),
        (
            "b",
            "--c\r\n\r\nx\r\n--c--\r\n",
            format!("; looked for \"--b\"; found \"--c\" at octet 0{HINT}"),
        ),
        (
            "b",
            "text\r\n--\r\n-- \n\n--c d\r\n--e",
            format!("; looked for \"--b\"; found \"--c d\" at octet 15{HINT}"),
        ),
        ("b", "x--c\n-\n--", "; looked for \"--b\"".to_owned()),
        ("b", "x\r\n--bX\r\n--c", format!("; looked for \"--b\"; found \"--bX\" at octet 3{HINT}")),
        ("bcd", "x\n--bX", format!("; looked for \"--bcd\"; found \"--bX\" at octet 2{HINT}")),
        (
            "--b",
            "--b\r\n\r\nx\r\n--b--\r\n",
            format!("; looked for \"----b\"; found \"--b\" at octet 0{HINT}"),
        ),
        (
            "b",
            "--0123456789012345678901234567890\r\n",
            format!("; looked for \"--b\"; found \"--0123456789012345678901\"... at octet 0{HINT}"),
        ),
    ] {
        assert_eq!(sought(boundary, input.as_bytes()), expected, "{input:?}");
    }
}
