//! The framing of parts: a table of inputs, and the same table in chunks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

// One file serves this crate's tests and those that cross crates.
#[path = "../../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is public where it belongs")]
mod reading;

use multipart_package::{Diagnostic, ErrorKind, Framing, Opening, Reader, Rule, Tolerance};
use reading::{Outcome, in_chunks, whole};

fn reader(opening: Opening) -> Reader {
    Reader::new(&"b".parse().unwrap()).opening(opening)
}

/// Reads whole and in chunks of every size, and asserts that both give the same.
fn read(reader: &Reader, input: &[u8]) -> Outcome {
    let expected = whole(reader, input);
    for size in 1..=input.len().max(1) {
        let outcome = in_chunks(reader, input.chunks(size));
        assert!(outcome.agrees_with(&expected), "{size}: {}", input.escape_ascii());
    }
    expected
}

fn bodies(outcome: &Outcome) -> Vec<&str> {
    outcome.parts.iter().map(|(_, body)| std::str::from_utf8(body).unwrap()).collect()
}

#[test]
fn rfc2046_5_1_1_what_is_a_delimiter_line_and_what_is_body() {
    let cases: &[(&str, &[&str])] = &[
        ("--b\r\n\r\nx\r\n--b--\r\n", &["x"]),
        ("--b\r\n\r\nx\r\n--b--", &["x"]),
        ("--b\r\n\r\nx\r\n--b-- \t", &["x"]),
        ("--b \t\r\n\r\nx\r\n--b--\t\r\n", &["x"]),
        ("--b--", &[]),
        ("--b--\r\n", &[]),
        ("--b\r\n\r\n\r\n--b--", &[""]),
        ("--b\r\n\r\n--b--", &[""]),
        ("--b\r\n\r\n--b\r\n\r\n--b--", &["", ""]),
        ("--b\r\nA: b\r\n\r\n--b--", &[""]),
        ("--b\r\n\r\n\r\n\r\n--b--", &["\r\n"]),
        ("--b\r\n\r\nx\r\r\n--b--", &["x\r"]),
        ("--b\r\n\r\nx\n\r\n--b--", &["x\n"]),
        ("--b\r\n\r\nx\r\n\r\n--b--", &["x\r\n"]),
        ("--b\r\n\r\nx --b\r\n--b--", &["x --b"]),
        ("--b\r\n\r\nx\r--b\r\n--b--", &["x\r--b"]),
        (
            "--b\r\n\r\nx\r\n--bX\r\n--b-\r\n--b- -\r\n--b\rX\r\n--b--X\r\n--b--",
            &["x\r\n--bX\r\n--b-\r\n--b- -\r\n--b\rX\r\n--b--X"],
        ),
        ("--b\r\n\r\nx\r\n --b\r\n--b--", &["x\r\n --b"]),
        ("--b\r\n\r\nx\n--b\n\ny\n--b--\n", &["x", "y"]),
    ];
    for (input, expected) in cases {
        let outcome = read(&reader(Opening::Delimiter), input.as_bytes());
        assert_eq!(outcome.error, None, "{input:?}");
        assert_eq!(&bodies(&outcome), expected, "{input:?}");
    }
}

#[test]
fn rfc2046_5_1_1_a_boundary_may_begin_and_end_in_hyphens_and_be_the_prefix_of_another() {
    let hyphens = Reader::new(&"--".parse().unwrap());
    let outcome = read(&hyphens, b"----\r\n\r\nx\r\n---\r\n------\r\n");
    assert_eq!((bodies(&outcome), &outcome.error), (vec!["x\r\n---"], &None));

    let outer = Reader::new(&"b".parse().unwrap());
    let outcome = read(&outer, b"--b\r\n\r\n--b1\r\n\r\nx\r\n--b1--\r\n--b--\r\n");
    assert_eq!(bodies(&outcome), ["--b1\r\n\r\nx\r\n--b1--"]);
    let inner = Reader::new(&"b1".parse().unwrap());
    let nested = read(&inner, &outcome.parts[0].1);
    assert_eq!((bodies(&nested), &nested.error), (vec!["x"], &None));
}

#[test]
fn draft_3_2_each_opening_with_each_kind_of_beginning() {
    const HEAD: &str = "Content-Location: /1\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n";
    const BARE: &str = "X: y\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n";
    const NOTE: &str = "Note: this is a MIME message\r\n\r\n--b\r\n\r\ny\r\n--b--\r\n";
    const TEXT: &str = "text --b\r\n--bX\r\n--b\r\n\r\ny\r\n--b--\r\n";
    const LINE: &str = "--b\r\n\r\ny\r\n--b--\r\n";
    const BREAK: &str = "\r\n--b\r\n\r\ny\r\n--b--\r\n";
    let (one, two) = (&["y"][..], &["x", "y"][..]);
    let none: &[Rule] = &[];
    let preamble = &[Rule::PreambleNotEmpty][..];
    let prefix = &[Rule::DelimiterPrefixOutside, Rule::PreambleNotEmpty][..];
    let lost = &[Rule::PreambleLooksLikeHead, Rule::PreambleNotEmpty][..];
    type Case<'a> = (Opening, &'a str, &'a [&'a str], &'a [Rule]);
    let cases: &[Case<'_>] = &[
        (Opening::Delimiter, LINE, one, none),
        (Opening::Implied, LINE, one, none),
        (Opening::Auto, LINE, one, none),
        (Opening::Delimiter, HEAD, one, lost),
        (Opening::Implied, HEAD, two, none),
        (Opening::Auto, HEAD, two, none),
        (Opening::Delimiter, BARE, one, preamble),
        (Opening::Implied, BARE, two, none),
        (Opening::Auto, BARE, one, preamble),
        (Opening::Delimiter, NOTE, one, preamble),
        (Opening::Auto, NOTE, one, preamble),
        (Opening::Delimiter, TEXT, one, prefix),
        (Opening::Auto, TEXT, one, prefix),
        (Opening::Delimiter, BREAK, one, none),
        (Opening::Implied, BREAK, &["", "y"], none),
        (Opening::Auto, BREAK, one, none),
    ];
    for (opening, input, expected, rules) in cases {
        let outcome = read(&reader(*opening), input.as_bytes());
        assert_eq!(outcome.error, None, "{opening:?} {input:?}");
        assert_eq!(&bodies(&outcome), expected, "{opening:?} {input:?}");
        assert_eq!(&outcome.rules(), rules, "{opening:?} {input:?}");
    }
}

#[test]
fn the_rules_of_the_frame_under_each_preset() {
    use Rule::{
        BareLineFeed, CloseMissing, ContentLengthConflict, ContentLengthDiffers,
        ContentLengthRepeated, ContentLengthSyntax, DelimiterInHead, OpeningMissing, PartEmpty,
    };
    // Input; what STRICT, DRAFTS and ALL refuse, `None` where they give parts; parts under ALL.
    type Case<'a> = (&'a str, Option<Rule>, Option<Rule>, Option<Rule>, usize);
    let cases: &[Case<'_>] = &[
        ("--b\r\nContent-Length: 1\r\n\r\nx\r\n--b--", None, None, None, 1),
        ("--b\r\nContent-Length: 0\r\n\r\n--b--", None, None, None, 1),
        ("--b\r\nContent-Length: 0\r\n\r\nx\r\n--b--", Some(ContentLengthDiffers), None, None, 1),
        ("--b\r\nContent-Length: 9\r\n\r\nx\r\n--b--", Some(ContentLengthDiffers), None, None, 1),
        ("--b\r\nContent-Length: nnn\r\n\r\nx\r\n--b--", Some(ContentLengthSyntax), None, None, 1),
        (
            "--b\r\nContent-Length: 1, 1\r\n\r\nx\r\n--b--",
            Some(ContentLengthRepeated),
            None,
            None,
            1,
        ),
        (
            "--b\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx\r\n--b--",
            Some(ContentLengthConflict),
            Some(ContentLengthConflict),
            Some(ContentLengthConflict),
            0,
        ),
        ("--b\n\nx\n--b--\n", Some(BareLineFeed), None, None, 1),
        ("--b\r\n\r\nx\n--b--\r\n", Some(BareLineFeed), None, None, 1),
        ("--b\r\n--b--", Some(PartEmpty), None, None, 1),
        ("--b\r\nA: b\r\n--b\r\n\r\n--b--", Some(DelimiterInHead), Some(DelimiterInHead), None, 2),
        ("--b\r\n\r\nx", Some(CloseMissing), Some(CloseMissing), None, 1),
        ("--b\r\n\r\nx\r\n--b", Some(CloseMissing), Some(CloseMissing), None, 1),
        ("--b\r\n\r\nx\r\n--b\r\n", Some(CloseMissing), Some(CloseMissing), None, 1),
        ("--b\r\nA: b", Some(CloseMissing), Some(CloseMissing), None, 0),
        ("text", Some(OpeningMissing), Some(OpeningMissing), Some(OpeningMissing), 0),
        ("", Some(OpeningMissing), Some(OpeningMissing), Some(OpeningMissing), 0),
    ];
    for (input, strict, drafts, all, count) in cases {
        for (tolerance, expected) in
            [(Tolerance::STRICT, strict), (Tolerance::DRAFTS, drafts), (Tolerance::ALL, all)]
        {
            let outcome = read(&reader(Opening::Delimiter).tolerance(tolerance), input.as_bytes());
            let found = outcome.error.as_ref().map(multipart_package::Error::kind);
            assert_eq!(found, expected.map(ErrorKind::Rule), "{tolerance:?} {input:?}");
            if tolerance == Tolerance::ALL {
                assert_eq!(outcome.parts.len(), *count, "{input:?}");
            }
        }
    }
}

#[test]
fn rfc9110_8_6_framing_by_length_trusts_the_length_and_demands_the_delimiter() {
    let reader = reader(Opening::Delimiter).framing(Framing::Length);
    let cases: &[(&str, Result<&str, Rule>)] = &[
        ("--b\r\nContent-Length: 1\r\n\r\nx\r\n--b--", Ok("x")),
        ("--b\r\nContent-Length: 10\r\n\r\nx\r\n--b--\r\n\r\n--b--", Ok("x\r\n--b--\r\n")),
        ("--b\r\nContent-Length: 0\r\n\r\n--b--", Ok("")),
        ("--b\r\nContent-Length: 0\r\n\r\n\r\n--b--", Ok("")),
        ("--b\r\nContent-Length: 2\r\n\r\n\r\n\r\n--b--", Ok("\r\n")),
        ("--b\r\nContent-Length: 0\r\n\r\nx\r\n--b--", Err(Rule::LengthFraming)),
        ("--b\r\nContent-Length: 2\r\n\r\nx\r\n--b--", Ok("x\r")),
        ("--b\r\nContent-Length: 3\r\n\r\nx\r\n--b--", Err(Rule::LengthFraming)),
        ("--b\r\nContent-Length: 99\r\n\r\nx\r\n--b--", Err(Rule::BodyIncomplete)),
        ("--b\r\nContent-Length: 18446744073709551615\r\n\r\nx", Err(Rule::BodyIncomplete)),
        ("--b\r\nContent-Length: 1\r\n\r\nx", Err(Rule::CloseMissing)),
        ("--b\r\nContent-Length: nnn\r\n\r\nx\r\n--b--", Err(Rule::LengthMissing)),
        ("--b\r\n\r\nx\r\n--b--", Err(Rule::LengthMissing)),
    ];
    for (input, expected) in cases {
        let outcome = read(&reader, input.as_bytes());
        let found = match &outcome.error {
            None => Ok(bodies(&outcome)[0]),
            Some(error) => Err(error.kind()),
        };
        assert_eq!(found, expected.map_err(ErrorKind::Rule), "{input:?}");
    }
}

#[test]
fn rfc2046_5_1_1_the_epilogue_is_reported_and_holds_no_parts() {
    let input = b"--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n--b--\r\n";
    let outcome = read(&reader(Opening::Delimiter), input);
    assert_eq!(bodies(&outcome), ["x"]);
    let outside = Rule::DelimiterPrefixOutside;
    assert_eq!(outcome.rules(), [outside, outside, Rule::EpilogueNotEmpty]);
    let spans: Vec<_> = outcome.diagnostics.iter().map(Diagnostic::span).collect();
    assert_eq!(spans, [17..20, 27..30, 17..input.len() as u64]);
    let before = read(&reader(Opening::Delimiter), b"text\r\n--b--");
    assert_eq!(before.rules(), [Rule::PreambleNotEmpty]);
    assert_eq!(before.diagnostics[0].span(), 0..4);
}

#[test]
fn rfc2046_5_1_a_reader_is_made_of_a_multipart_content_type_alone() {
    let parts = |content_type: &str, body: &str| {
        let reader = Reader::from_content_type(content_type.as_bytes())?;
        Ok(reader.parts(body.as_bytes()).count())
    };
    let implied = "Content-Type: x/y\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--";
    assert_eq!(parts("multipart/package; boundary=b", implied), Ok(2));
    assert_eq!(parts("MULTIPART/PACKAGE; boundary=b", implied), Ok(2));
    assert_eq!(parts("multipart/mixed; boundary=b", implied), Ok(1));
    let error: Result<_, multipart_package::Error> = parts("text/plain; boundary=b", implied);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Rule(Rule::NotMultipart));
}
