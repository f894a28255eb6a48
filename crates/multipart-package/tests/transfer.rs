//! Bodies decoded from their Content-Transfer-Encoding (RFC 2045 section 6).

#![cfg(feature = "transfer-encoding")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use multipart_package::{
    Diagnostic, Error, Limits, Reader, Rule, Tolerance, TransferDecoder, TransferEncoding,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::borrow::Cow;

/// A rule, and where it is violated.
type Found = (Rule, u64);
/// A body, what comes out of it, and what is reported.
type Case<'a> = (&'a [u8], &'a [u8], &'a [Found]);

/// What comes out, and the rules that are reported.
fn decoded(
    encoding: TransferEncoding<'_>,
    tolerance: Tolerance,
    pieces: &[&[u8]],
) -> Result<(Vec<u8>, Vec<Found>), Error> {
    let mut decoder = TransferDecoder::new(encoding)?.tolerance(tolerance);
    let mut out = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut out)?;
    }
    decoder.finish(&mut out)?;
    let place = |found: &Diagnostic| (found.rule(), found.span().start);
    Ok((out, decoder.diagnostics().iter().map(place).collect()))
}

/// Tries each body whole and octet by octet: what comes out, and what is reported if all is
/// tolerated, the first of which a strict decoder refuses.
fn check(encoding: TransferEncoding<'_>, cases: &[Case<'_>]) {
    for (body, expected, reports) in cases {
        let shown = body.escape_ascii();
        for pieces in [vec![*body], body.chunks(1).collect()] {
            let (out, found) = decoded(encoding, Tolerance::ALL, &pieces).unwrap();
            assert_eq!(
                out.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "{shown}"
            );
            assert_eq!(found, *reports, "{shown}");
            let strict = decoded(encoding, Tolerance::STRICT, &pieces);
            let refused =
                strict.as_ref().err().map(|error| (error.rule().unwrap(), error.offset()));
            assert_eq!(refused.as_ref(), reports.first(), "{shown}");
        }
    }
}

#[test]
fn rfc2045_6_8_base64_is_groups_of_four_characters_in_lines() {
    use Rule::{Base64Padding, Base64Syntax, TransferEncodingLine};
    let long = [&b"YWFh".repeat(20)[..], b"\r\nYWFh"].concat();
    check(
        TransferEncoding::Base64,
        &[
            (b"", b"", &[]),
            (b"aGVsbG8=", b"hello", &[]),
            (b"aGVs\r\nbG8=\r\n", b"hello", &[]),
            (b"aGVsbG8h", b"hello!", &[]),
            (b" aG\tVs\nbA==", b"hell", &[]),
            (b"aGV*sbG8=", b"hello", &[(Base64Syntax, 3)]),
            (b"aGVs\xe4\0bG8=", b"hello", &[(Base64Syntax, 4), (Base64Syntax, 5)]),
            (b"aGVsbG8", b"hello", &[(Base64Padding, 7)]),
            (b"aGVsbA=", b"hell", &[(Base64Padding, 7)]),
            (b"aGVsb", b"hel", &[(Base64Padding, 5)]),
            (b"aGVsbG9=", b"hello", &[(Base64Padding, 7)]),
            (b"aGVs=bG8=", b"hello", &[(Base64Padding, 4)]),
            (b"a=GVs", b"hel", &[(Base64Padding, 1)]),
            (b"aGU=bG8=", b"helo", &[(Base64Padding, 4)]),
            (b"aA=GU=", b"h\x19", &[(Base64Padding, 3), (Base64Padding, 6), (Base64Padding, 6)]),
            (
                b"====",
                b"",
                &[(Base64Padding, 0), (Base64Padding, 1), (Base64Padding, 2), (Base64Padding, 3)],
            ),
            (&long, &b"a".repeat(63), &[(TransferEncodingLine, 76)]),
        ],
    );
}

#[test]
fn rfc2045_6_7_quoted_printable_is_lines_of_text_and_digits() {
    use Rule::{QuotedPrintableForm, QuotedPrintableSyntax, TransferEncodingLine};
    let lines =
        [&b"a".repeat(76)[..], b"\r\n", &b"b".repeat(78), b"\r\n", &b"c".repeat(77)].concat();
    check(
        TransferEncoding::QuotedPrintable,
        &[
            (b"", b"", &[]),
            (b"a=3Db =E4=\r\nc", b"a=b \xe4c", &[]),
            (b"a  \t\r\nb \r\n", b"a\r\nb\r\n", &[]),
            (b"a= \t\r\nb", b"ab", &[]),
            (b"a=20\r\n\r\n", b"a \r\n\r\n", &[]),
            (b"a=3db", b"a=b", &[(QuotedPrintableForm, 0)]),
            (
                b"x\r\na=3db=Z",
                b"x\r\na=b=Z",
                &[(QuotedPrintableForm, 3), (QuotedPrintableSyntax, 3)],
            ),
            (b"a\nb=\nc", b"a\nbc", &[(QuotedPrintableForm, 1), (QuotedPrintableForm, 4)]),
            (b"a=", b"a", &[(QuotedPrintableForm, 1)]),
            (b"a=Z1", b"a=Z1", &[(QuotedPrintableSyntax, 0)]),
            (b"a==\r\nb", b"a==\r\nb", &[(QuotedPrintableSyntax, 0)]),
            (b"a===\r\nb", b"a===\r\nb", &[(QuotedPrintableSyntax, 0)]),
            (b"a\xe4\x01b", b"ab", &[(QuotedPrintableSyntax, 0)]),
            (b"a\rb", b"a\rb", &[(QuotedPrintableSyntax, 0)]),
            // A CR of its own keeps the = from the line break.
            (b"a=\r\r\nb", b"a\r\nb", &[(QuotedPrintableSyntax, 0)]),
            (&lines, &lines, &[(TransferEncodingLine, 154), (TransferEncodingLine, 234)]),
        ],
    );
}

#[test]
fn rfc2045_6_2_other_bodies_are_their_own_content() {
    for encoding in
        [TransferEncoding::SevenBit, TransferEncoding::EightBit, TransferEncoding::Binary]
    {
        check(encoding, &[(b"a=3D\0\xe4\n", b"a=3D\0\xe4\n", &[])]);
    }
    let error = TransferDecoder::new(TransferEncoding::Other("x-own")).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::TransferEncodingUnknown));
}

fn part_of(input: &[u8]) -> multipart_package::Part<'_> {
    let reader = Reader::new(&"b".parse().unwrap()).tolerance(Tolerance::ALL);
    reader.parts(input).next().unwrap().unwrap()
}

#[test]
fn rfc2045_6_1_a_part_is_decoded_as_its_field_says() {
    let encoded = b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n--b--";
    assert_eq!(part_of(encoded).decoded_body().unwrap().as_ref(), b"hello");
    for plain in [
        &b"--b\r\n\r\naGVs\r\n--b--"[..],
        b"--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\naGVs\r\n--b--",
    ] {
        let body = part_of(plain).decoded_body().unwrap();
        assert!(matches!(body, Cow::Borrowed(b"aGVs")));
    }
    let unknown = b"--b\r\nContent-Transfer-Encoding: x-own\r\n\r\n\r\n--b--";
    let error = part_of(unknown).decoded_body().unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::TransferEncodingUnknown), 32));
    let malformed = b"--b\r\nContent-Transfer-Encoding: a b\r\n\r\n\r\n--b--";
    let error = part_of(malformed).decoded_body().unwrap_err();
    assert_eq!(error.rule(), Some(Rule::ContentTransferEncodingSyntax));
}

#[test]
fn an_error_is_at_its_place_in_the_whole_input_and_stays() {
    let damaged = b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGV*s\r\n--b--";
    let part = part_of(damaged);
    let error = part.decoded_body().unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::Base64Syntax), 45));
    assert_eq!(damaged[45], b'*');
    assert_eq!(part.decoded_body_with(Tolerance::ALL).unwrap().as_ref(), b"hel");
    let mut decoder = TransferDecoder::new(TransferEncoding::Base64).unwrap().body_offset(42);
    let mut out = Vec::new();
    for piece in [&b"aGV*"[..], b"aGVs", b""] {
        assert_eq!(decoder.push(piece, &mut out).unwrap_err(), error);
    }
    assert_eq!(decoder.finish(&mut out).unwrap_err(), error);
    assert_eq!(decoder.diagnostics().len(), 0);
}

#[test]
fn reports_beyond_the_limit_are_counted() {
    let decoder = TransferDecoder::new(TransferEncoding::Base64).unwrap();
    let mut decoder = decoder.tolerance(Tolerance::ALL).limits(Limits::default().diagnostics(2));
    decoder.push(&b"*".repeat(70), &mut Vec::new()).unwrap();
    assert_eq!((decoder.diagnostics().len(), decoder.diagnostics().omitted()), (2, 68));
}

#[test]
fn long_lines_are_decoded_in_linear_time_and_held_only_in_part() {
    for (line, content) in [
        (b"a".repeat(1 << 20), b"a".repeat(1 << 20)),
        (b"=3D".repeat(1 << 18), b"=".repeat(1 << 18)),
        ([&b"aa"[..], &b"=3D".repeat(9999)].concat(), [&b"aa"[..], &b"=".repeat(9999)].concat()),
        ([&b" ".repeat(1 << 16)[..], b"a"].concat(), [&b" ".repeat(1 << 16)[..], b"a"].concat()),
        (b" ".repeat(1 << 16), Vec::new()),
        ([&b"=".repeat(3 << 18)[..], b"a"].concat(), [&b"=".repeat(3 << 18)[..], b"a"].concat()),
    ] {
        for size in [1, 3, 1000, line.len()] {
            let pieces: Vec<_> = line.chunks(size).collect();
            let (out, _) =
                decoded(TransferEncoding::QuotedPrintable, Tolerance::ALL, &pieces).unwrap();
            assert!(out == content, "{} octets in pieces of {size}", line.len());
        }
    }
}

/// Octets biased to what the encodings are made of, in short lines and in lines longer than what is
/// held.
fn encoded_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"=".to_vec()),
        3 => Just(b"\r\n".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        3 => Just(b" \t".to_vec()),
        3 => Just(b"=4a".to_vec()),
        3 => Just(b"=3D".to_vec()),
        4 => vec(proptest::char::range('0', 'z').prop_map(|found| found as u8), 1..5),
        1 => vec(any::<u8>(), 1..3),
        1 => (0..5000_usize).prop_map(|len| vec![b'a'; len]),
        1 => (0..5000_usize).prop_map(|len| vec![b' '; len]),
        1 => (0..5000_usize).prop_map(|len| vec![b'='; len]),
    ];
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// A line that is too long within a run of characters, of which the first violates another rule: what is
/// reported first, and refused, does not depend on the pieces.
#[test]
fn the_reports_are_in_the_order_of_the_body_whatever_the_pieces() {
    let body = [&b"YWFh".repeat(18)[..], b"YQ=", b"YWFhYWFh"].concat();
    for size in 1..body.len() {
        let pieces: Vec<_> = body.chunks(size).collect();
        let (_, found) = decoded(TransferEncoding::Base64, Tolerance::ALL, &pieces).unwrap();
        assert_eq!(found, [(Rule::Base64Padding, 75), (Rule::TransferEncodingLine, 76)], "{size}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_does_not_depend_on_the_pieces(
        body in encoded_like(),
        size in prop_oneof![1..8_usize, 900..5000_usize],
    ) {
        for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
            let pieces: Vec<_> = body.chunks(size).collect();
            let (whole, found) = decoded(encoding, Tolerance::ALL, &[&body]).unwrap();
            let (cut, found_in_pieces) = decoded(encoding, Tolerance::ALL, &pieces).unwrap();
            prop_assert!(whole == cut, "{} as {encoding}", body.escape_ascii());
            prop_assert_eq!(found, found_in_pieces);
            let strict = |pieces: &[&[u8]]| {
                let decoded = decoded(encoding, Tolerance::STRICT, pieces);
                decoded.map_err(|error| (error.rule(), error.offset()))
            };
            prop_assert_eq!(strict(&[&body]), strict(&pieces));
            prop_assert!(whole.len() <= body.len());
        }
    }

    #[test]
    fn what_the_libraries_encode_is_decoded_strictly(
        content in vec(any::<u8>(), 0..3000),
        size in 1..200_usize,
    ) {
        let lines = BASE64_STANDARD.encode(&content);
        let lines: Vec<_> = lines.as_bytes().chunks(76).collect();
        let quoted = quoted_printable::encode_binary(&content);
        for (encoding, body) in [
            (TransferEncoding::Base64, lines.join(&b"\r\n"[..])),
            (TransferEncoding::QuotedPrintable, quoted),
        ] {
            let pieces: Vec<_> = body.chunks(size).collect();
            let (out, reports) = decoded(encoding, Tolerance::STRICT, &pieces).unwrap();
            prop_assert!(out == content, "{}", body.escape_ascii());
            prop_assert_eq!(reports, vec![]);
        }
    }
}
