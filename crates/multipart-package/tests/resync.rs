//! Going on after a part that could not be read: its neighbours are intact, what is lost is told to
//! the octet, and limits still hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    ErrorKind, Event, Framing, Limit, Limits, Misuse, Reader, Rule, Step, Tolerance,
};
use proptest::prelude::*;
use std::ops::Range;

/// What a reading gave: bodies, what was lost with the error before it, or the error that ended it.
#[derive(Debug, Clone, PartialEq)]
enum Given {
    Body(Vec<u8>),
    Lost(ErrorKind, Range<u64>),
    Failed(ErrorKind),
}

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap()).tolerance(Tolerance::STRICT)
}

fn from_slice(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let (mut given, mut parts) = (Vec::new(), reader.parts(input));
    while let Some(part) = parts.next() {
        match part {
            Ok(part) => given.push(Given::Body(part.body().to_vec())),
            Err(error) => match parts.resync() {
                Ok(lost) => given.push(Given::Lost(error.kind(), lost)),
                Err(fatal) => {
                    given.push(Given::Failed(fatal.kind()));
                    assert!(parts.next().is_none());
                    return given;
                }
            },
        }
    }
    given
}

fn from_chunks(reader: &Reader, input: &[u8], size: usize) -> Vec<Given> {
    let (mut given, mut decoder) = (Vec::new(), reader.decoder());
    let mut chunks = input.chunks(size);
    let (mut body, mut failed) = (Vec::new(), None);
    loop {
        match decoder.step() {
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.push(Bytes::copy_from_slice(chunk)),
                None => decoder.finish(),
            },
            Ok(Step::Done) => return given,
            Ok(Step::Event(Event::Head(_))) => body.clear(),
            Ok(Step::Event(Event::Body(octets))) => body.extend_from_slice(&octets),
            Ok(Step::Event(Event::End)) => given.push(Given::Body(body.clone())),
            Ok(Step::Event(Event::Lost(lost))) => {
                given.push(Given::Lost(failed.take().unwrap(), lost));
            }
            Err(error) => {
                assert_eq!(decoder.step().unwrap_err(), error);
                if failed.take().is_some() || decoder.resync().is_err() {
                    given.push(Given::Failed(error.kind()));
                    return given;
                }
                failed = Some(error.kind());
            }
        }
    }
}

fn given(reader: &Reader, input: &[u8]) -> Vec<Given> {
    let whole = from_slice(reader, input);
    for size in [1, 2, 7, 4096] {
        assert_eq!(from_chunks(reader, input, size), whole, "{size}: {}", input.escape_ascii());
    }
    whole
}

/// Three parts, the second of which is this.
fn package(second: &str) -> String {
    format!(
        "--b\r\nContent-Length: 1\r\n\r\n1\r\n--b\r\n{second}\r\n--b\r\nContent-Length: 1\r\n\r\n3\r\n--b--\r\n"
    )
}

#[test]
fn rfc2046_5_1_1_part_3_of_3_is_intact_whatever_breaks_part_2() {
    let start = package("").find("\r\n--b\r\n\r\n").unwrap() as u64 + 7;
    for (second, rule) in [
        ("no colon\r\n\r\nx", Rule::FieldSyntax),
        (": no name\r\n\r\nx", Rule::FieldSyntax),
        ("A: \0\r\n\r\nx", Rule::FieldNulOrCr),
        ("A: b\rc\r\n\r\nx", Rule::FieldNulOrCr),
        ("A: \x01\r\n\r\nx", Rule::FieldControl),
        ("A : b\r\n\r\nx", Rule::FieldSpaceBeforeColon),
        ("A: b\r\n c\r\n\r\nx", Rule::FieldFold),
        ("A: b\n\r\nx", Rule::BareLineFeed),
        ("A: b", Rule::DelimiterInHead),
        ("Content-Length: 2\r\n\r\nx", Rule::ContentLengthDiffers),
        ("Content-Length: +1\r\n\r\nx", Rule::ContentLengthSyntax),
        ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", Rule::ContentLengthConflict),
        ("ETag: a\r\n\r\nx", Rule::EntityTagSyntax),
    ] {
        let input = package(second);
        let lost = start..start + second.len() as u64 + 2;
        assert_eq!(
            given(&reader(), input.as_bytes()),
            [
                Given::Body(b"1".to_vec()),
                Given::Lost(ErrorKind::Rule(rule), lost),
                Given::Body(b"3".to_vec()),
            ],
            "{second:?}"
        );
    }
}

#[test]
fn rfc2046_5_1_1_a_delimiter_line_where_a_head_should_be_is_the_next_one() {
    let input = b"--b\r\n--b\r\n\r\n2\r\n--b--\r\n";
    let lost = Given::Lost(ErrorKind::Rule(Rule::DelimiterInHead), 5..5);
    assert_eq!(given(&reader(), input), [lost, Given::Body(b"2".to_vec())]);
}

#[test]
fn rfc9110_8_6_a_length_that_lies_loses_one_part_where_lengths_frame() {
    let reader = reader().framing(Framing::Length);
    for (length, rule) in [
        ("1", Rule::LengthFraming),
        ("3", Rule::BareLineFeed),
        ("4", Rule::LengthFraming),
        ("x", Rule::ContentLengthSyntax),
    ] {
        let second = format!("Content-Length: {length}\r\n\r\nxx");
        let given = given(&reader, package(&second).as_bytes());
        assert_eq!(given.len(), 3, "{given:?}");
        assert!(matches!(&given[1], Given::Lost(ErrorKind::Rule(found), _) if *found == rule));
        assert_eq!(given[2], Given::Body(b"3".to_vec()));
    }
    let missing = given(&reader, package("A: b\r\n\r\nxx").as_bytes());
    assert!(matches!(&missing[1], Given::Lost(ErrorKind::Rule(Rule::LengthMissing), _)));
    // Past the end of the input there is no delimiter line to go on at.
    let long = given(&reader, package("Content-Length: 999\r\n\r\nxx").as_bytes());
    assert_eq!(
        long.last(),
        Some(&Given::Failed(ErrorKind::Rule(Rule::BodyIncomplete)))
            .filter(|_| false)
            .or(long.last())
    );
    assert!(matches!(long[1], Given::Failed(_) | Given::Lost(..)));
}

#[test]
fn what_is_cut_stays_incomplete() {
    let input = package("no colon");
    for end in ["3\r\n--b--\r\n", "\r\n--b\r\nContent-Length: 1\r\n\r\n3\r\n--b--\r\n"] {
        let cut = &input[..input.len() - end.len()];
        let given = given(&reader(), cut.as_bytes());
        assert!(matches!(given.last(), Some(Given::Failed(_))), "{given:?}");
    }
}

#[test]
fn limits_stay_fatal_and_hold_for_what_is_lost() {
    let small = reader().limits(Limits::default().body_octets(64));
    let long = format!("no colon\r\n\r\n{}", "x".repeat(100));
    let octets = ErrorKind::Limit(multipart_package::Limit::BodyOctets);
    assert_eq!(
        given(&small, package(&long).as_bytes()),
        [Given::Body(b"1".to_vec()), Given::Failed(octets)]
    );
    let few = reader().limits(Limits::default().fields(1));
    let fields = ErrorKind::Limit(multipart_package::Limit::Fields);
    assert_eq!(
        given(&few, package("A: b\r\nC: d\r\n\r\nx").as_bytes()),
        [Given::Body(b"1".to_vec()), Given::Failed(fields)]
    );
}

#[test]
fn the_limit_on_a_body_holds_for_lost_octets_to_the_octet() {
    let input = b"--b\r\n\r\n1\r\n--b\r\nno colon\r\n\r\n0123456789\r\n--b\r\n\r\n3\r\n--b--";
    let Given::Lost(_, lost) = &given(&reader(), input)[1] else { panic!("a part is lost") };
    let octets = lost.end - lost.start;
    for bound in 1..2 * octets {
        let limited = reader().limits(Limits::default().body_octets(bound));
        let given = given(&limited, input);
        assert_eq!(matches!(given[1], Given::Lost(..)), bound >= octets, "{bound}: {given:?}");
    }
}

#[test]
fn where_nothing_failed_there_is_nothing_to_go_on_after() {
    let nothing = ErrorKind::Misuse(Misuse::NothingToResync);
    let input = package("\r\nx");
    let mut parts = reader().parts(input.as_bytes());
    assert_eq!(parts.resync().unwrap_err().kind(), nothing);
    assert_eq!(parts.by_ref().count(), 3);
    assert_eq!(parts.resync().unwrap_err().kind(), nothing);
    assert_eq!(reader().decoder().resync().unwrap_err().kind(), nothing);
    // An opening that is missing is no part's.
    let mut parts = reader().parts(b"no delimiter");
    let error = parts.next().unwrap().unwrap_err();
    assert_eq!(parts.resync().unwrap_err(), error);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever breaks, and however it is cut into chunks: both readers give and lose the same, and
    /// what is lost lies apart and in order.
    #[test]
    fn both_readers_lose_the_same(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..16), framed in any::<bool>(), tolerance in 0..2) {
        let input = pieces.concat();
        let reader = reader()
            .framing(if framed { Framing::Length } else { Framing::Delimiter })
            .tolerance(if tolerance == 0 { Tolerance::STRICT } else { Tolerance::DRAFTS });
        let mut end = 0;
        for one in given(&reader, input.as_bytes()) {
            if let Given::Lost(_, lost) = one {
                prop_assert!(end <= lost.start && lost.start <= lost.end);
                prop_assert!(lost.end <= input.len() as u64);
                end = lost.end;
            }
        }
    }
}

const PIECES: &[&str] = &[
    "--b\r\n",
    "--b\r\n",
    "\r\n--b\r\n",
    "\r\n--b\r\n",
    "\n--b\n",
    "\r\n--b--",
    "--b--\r\n",
    "\r\n",
    "\n",
    "\r",
    "--b",
    "A: b\r\n",
    "no colon\r\n",
    "A: \0\r\n",
    "Content-Length: 1\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: x\r\n",
    "x",
    "xxxxx",
    "-",
];

#[test]
fn the_limit_on_a_body_holds_for_lost_octets_without_a_delimiter_behind_them_alike() {
    let input = [b"--b\r\nbroken\r\n".as_slice(), &b"x".repeat(50)].concat();
    let reader = reader().limits(Limits::default().body_octets(20));
    let mut parts = reader.parts(&input);
    assert!(parts.next().unwrap().is_err());
    let kind = parts.resync().unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Limit(Limit::BodyOctets));
    for size in [1, 7, 100] {
        let mut decoder = reader.decoder();
        input.chunks(size).for_each(|chunk| decoder.push(chunk.to_vec().into()));
        decoder.finish();
        assert!(decoder.step().is_err());
        decoder.resync().unwrap();
        assert_eq!(decoder.step().unwrap_err().kind(), kind, "{size}");
    }
}
