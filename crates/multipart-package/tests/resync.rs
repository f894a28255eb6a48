//! Going on after a part that could not be read: its neighbours are intact, what is lost is told to
//! the octet, and limits still hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

// One file serves this crate's tests and the fuzz targets.
#[path = "../../../tests/src/resyncing.rs"]
#[allow(unreachable_pub, reason = "it is public where it belongs")]
mod resyncing;

use multipart_package::{
    ErrorKind, Framing, Limit, Limits, Misuse, Opening, Reader, Rule, Tolerance,
};
use proptest::prelude::*;
use resyncing::{Given, given};

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap()).tolerance(Tolerance::STRICT)
}

fn lost(rule: Rule, octets: std::ops::Range<u64>) -> Given {
    Given::Lost(ErrorKind::Rule(rule), octets)
}

fn body(octets: &str) -> Given {
    Given::Body(octets.into())
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
    let lost = Given::Lost(ErrorKind::Rule(Rule::PartEmpty), 5..5);
    assert_eq!(given(&reader(), input), [lost, Given::Body(b"2".to_vec())]);
}

/// Where the second part begins in such a package.
const SECOND: u64 = 34;

#[test]
fn rfc9110_8_6_a_length_that_lies_loses_one_part_where_lengths_frame() {
    let reader = reader().framing(Framing::Length);
    for (second, given_first, rule) in [
        ("Content-Length: 1\r\n\r\nxx", Some("x"), Rule::LengthFraming),
        ("Content-Length: 3\r\n\r\nxx", Some("xx\r"), Rule::BareLineFeed),
        ("Content-Length: 4\r\n\r\nxx", Some("xx\r\n"), Rule::LengthFraming),
        ("Content-Length: x\r\n\r\nxx", None, Rule::ContentLengthSyntax),
        ("A: b\r\n\r\nxx", None, Rule::LengthMissing),
    ] {
        let end = SECOND + second.len() as u64 + 2;
        let expected = match given_first {
            // A part that has its octets is given; what is lost begins behind them.
            Some(octets) => {
                let behind = SECOND + 21 + octets.len() as u64;
                vec![body("1"), body(octets), lost(rule, behind..end), body("3")]
            }
            None => vec![body("1"), lost(rule, SECOND..end), body("3")],
        };
        assert_eq!(given(&reader, package(second).as_bytes()), expected, "{second:?}");
    }
}

#[test]
fn rfc9110_8_6_a_length_that_reaches_into_the_next_part_loses_that_too_where_lengths_frame() {
    let reader = reader().framing(Framing::Length);
    let close = |second: &str| package(second).find("--b--").unwrap() as u64;
    // Up to the last octet of part 3, behind which a delimiter line follows: that is a body.
    for length in 5..31 {
        let second = format!("Content-Length: {length}\r\n\r\nxx");
        let start = SECOND + second.find("xx").unwrap() as u64;
        let behind = start + length;
        let package = package(&second);
        let (from, to) = (usize::try_from(start).unwrap(), usize::try_from(behind).unwrap());
        let lost = lost(Rule::LengthFraming, behind..close(&second));
        let expected = [body("1"), body(&package[from..to]), lost];
        assert_eq!(given(&reader, package.as_bytes()), expected, "{length}");
    }
    // Past the end of the input there is no delimiter line to go on at.
    let past = package("Content-Length: 999\r\n\r\nxx");
    let expected = [body("1"), Given::Failed(ErrorKind::Rule(Rule::CloseMissing))];
    assert_eq!(given(&reader, past.as_bytes()), expected);
}

#[test]
fn rfc2046_5_1_1_where_a_length_ends_within_a_line_no_delimiter_line_begins() {
    let reader = reader().framing(Framing::Length);
    let input = b"--b\r\nContent-Length: 2\r\n\r\n{}--b\r\n\r\n2\r\n--b--";
    assert_eq!(given(&reader, input), [body("{}"), lost(Rule::LengthFraming, 28..38)]);
}

#[test]
fn draft_3_2_an_implied_first_part_is_lost_like_any_other() {
    let rest = "--b\r\n\r\n2\r\n--b--";
    for (opening, first, rule) in [
        (Opening::Implied, "text\r\n", Rule::FieldSyntax),
        (Opening::Implied, "Content-Location: /1\r\nno colon\r\n\r\nx\r\n", Rule::FieldSyntax),
        (Opening::Implied, "Content-Length: 2\r\n\r\nx\r\n", Rule::ContentLengthDiffers),
        (Opening::Auto, "Content-Location: /1\r\nA: b\r\n c\r\n\r\nx\r\n", Rule::FieldFold),
        (Opening::Auto, "Content-Type: a/b\r\nETag: 7\r\n\r\nx\r\n", Rule::EntityTagSyntax),
    ] {
        let input = [first, rest].concat();
        let expected = [lost(rule, 0..first.len() as u64), body("2")];
        assert_eq!(given(&reader().opening(opening), input.as_bytes()), expected, "{first:?}");
    }
    for opening in [Opening::Implied, Opening::Auto] {
        let input = "Content-Type: a/b\r\n\r\n1\r\n--b\r\nA\r\n\r\n\r\n--b\r\n\r\n3\r\n--b--";
        let expected = [body("1"), lost(Rule::FieldSyntax, 29..36), body("3")];
        assert_eq!(given(&reader().opening(opening), input.as_bytes()), expected);
    }
}

#[test]
fn a_lost_part_counts_and_limits_hold_behind_it() {
    let broken = package("no colon\r\n\r\nx");
    let lost = lost(Rule::FieldSyntax, SECOND..SECOND + 15);
    let parts = ErrorKind::Limit(Limit::Parts);
    for (most, third) in [(1, None), (2, Some(Given::Failed(parts))), (3, Some(body("3")))] {
        let limited = reader().limits(Limits::default().parts(most));
        let behind = third.map_or(vec![Given::Failed(parts)], |third| vec![lost.clone(), third]);
        let expected = [vec![body("1")], behind].concat();
        assert_eq!(given(&limited, broken.as_bytes()), expected, "{most}");
    }
    let (body_limit, head_limit) = (Limits::default().body_octets(16), Limits::default().fields(1));
    for (limits, third, limit) in [
        (body_limit, "A: b\r\n\r\n12345678901234567", Limit::BodyOctets),
        (head_limit, "A: b\r\nC: d\r\n\r\nx", Limit::Fields),
    ] {
        let broken = broken.replace("Content-Length: 1\r\n\r\n3", third);
        let failed = Given::Failed(ErrorKind::Limit(limit));
        let expected = [body("1"), lost.clone(), failed];
        assert_eq!(given(&reader().limits(limits), broken.as_bytes()), expected);
    }
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
fn rfc2046_5_1_1_a_part_that_ends_with_the_input_is_incomplete_whatever_may_be_lost() {
    let incomplete = Given::Failed(ErrorKind::Rule(Rule::CloseMissing));
    for most in [1, 12, 100] {
        let limited = reader().limits(Limits::default().body_octets(most));
        let found = given(&limited, b"--b\r\nA: b\r\nC: d\r\n\r\nx");
        assert_eq!(found, std::slice::from_ref(&incomplete), "{most}");
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
fn which_limit_is_told_depends_on_what_is_lost_before_a_line_with_too_much_padding() {
    let broken = "no colon\r\n\r\n0123456789";
    let input = package(broken).replace("9\r\n--b\r\n", "9\r\n--b          \r\n");
    let octets = broken.len() as u64;
    for bound in 1..2 * octets {
        let limits = Limits::default().body_octets(bound).padding_octets(8);
        let told = if bound < octets { Limit::BodyOctets } else { Limit::PaddingOctets };
        let expected = [body("1"), Given::Failed(ErrorKind::Limit(told))];
        assert_eq!(given(&reader().limits(limits), input.as_bytes()), expected, "{bound}");
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
    let input = [&b"--b\r\nbroken\r\n"[..], &b"x".repeat(50), b"\r\n--b"].concat();
    let octets = input.len() as u64 - 5;
    for bound in 1..2 * octets {
        let limited = reader().limits(Limits::default().body_octets(bound));
        let told = if bound < octets {
            ErrorKind::Limit(Limit::BodyOctets)
        } else {
            ErrorKind::Rule(Rule::CloseMissing)
        };
        assert_eq!(given(&limited, &input), [Given::Failed(told)], "{bound}");
    }
}

#[test]
fn draft_3_2_resync_goes_on_behind_an_implied_head_that_cannot_be_read() {
    let input = b"Content-Location: /1\r\nno colon\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--";
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
        let reader = reader().opening(Opening::Auto).tolerance(tolerance);
        assert_eq!(given(&reader, input), [lost(Rule::FieldSyntax, 0..39), body("two")]);
    }
}
