//! What the encoder writes, octet for octet, and what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

use bytes::Bytes;
use multipart_package::{
    Boundary, Encoder, Error, ErrorKind, Head, HeadBuilder, Limits, Misuse, Reader, Rule, Tolerance,
};

fn boundary() -> Boundary {
    "b".parse().unwrap()
}

fn head() -> Head<Bytes> {
    HeadBuilder::new().content_location("/1").build().unwrap()
}

fn rule(result: Result<(), Error>) -> Rule {
    match result.unwrap_err().kind() {
        ErrorKind::Rule(rule) => rule,
        kind => panic!("no rule: {kind:?}"),
    }
}

fn misuse(result: Result<(), Error>) -> Misuse {
    match result.unwrap_err().kind() {
        ErrorKind::Misuse(misuse) => misuse,
        kind => panic!("no misuse: {kind:?}"),
    }
}

#[test]
fn rfc2046_5_1_1_both_openings_octet_for_octet() {
    let (mut delimiter, mut implied) = (vec![], vec![]);
    for (mut encoder, out) in
        [(Encoder::new(&boundary()), &mut delimiter), (Encoder::implied(&boundary()), &mut implied)]
    {
        encoder.part(out, head().borrow(), b"one").unwrap();
        encoder.begin(out, head().borrow(), None).unwrap();
        encoder.write(out, b"t").unwrap();
        encoder.write(out, b"wo").unwrap();
        encoder.end().unwrap();
        encoder.part(out, head().borrow(), b"").unwrap();
        encoder.finish(out).unwrap();
        assert_eq!(encoder.position(), out.len() as u64);
    }
    let rest = "Content-Location: /1\r\nContent-Length: 3\r\n\r\none\r\n\
        --b\r\nContent-Location: /1\r\n\r\ntwo\r\n\
        --b\r\nContent-Location: /1\r\nContent-Length: 0\r\n\r\n\r\n--b--\r\n";
    assert_eq!(String::from_utf8(delimiter).unwrap(), format!("--b\r\n{rest}"));
    assert_eq!(String::from_utf8(implied).unwrap(), rest);
}

#[test]
fn rfc2046_5_1_1_a_package_may_have_no_parts() {
    for mut encoder in [Encoder::new(&boundary()), Encoder::implied(&boundary())] {
        let mut out = vec![];
        encoder.finish(&mut out).unwrap();
        assert_eq!(out, b"--b--\r\n");
        assert_eq!(Reader::new(&boundary()).parts(&out).count(), 0);
    }
}

#[test]
fn whole_parts_are_written_at_once_as_they_are_one_by_one() {
    let head = head();
    for bodies in [&[][..], &[&b"one"[..]], &[b"one", b"", b"three"]] {
        for new in [Encoder::new, Encoder::implied] {
            let (mut encoder, mut out) = (new(&boundary()), vec![]);
            for body in bodies {
                encoder.part(&mut out, head.borrow(), body).unwrap();
            }
            encoder.finish(&mut out).unwrap();
            let parts = bodies.iter().map(|body| (head.borrow(), *body));
            assert_eq!(new(&boundary()).into_vec(parts), Ok(out));
        }
    }
    let refused = Encoder::new(&boundary()).into_vec([(head.borrow(), &b"--b"[..])]);
    assert_eq!(rule(refused.map(drop)), Rule::DelimiterInBody);
}

#[test]
fn rfc2046_5_1_1_a_delimiter_is_found_at_every_place_of_a_long_body() {
    const BLOCK: usize = 16 * 1024;
    let line = b"\r\n--b";
    for at in (BLOCK - 8..BLOCK + 8).chain(2 * BLOCK - 8..2 * BLOCK + 8) {
        let mut body = vec![b'x'; 2 * BLOCK + 50];
        body[at..at + line.len()].copy_from_slice(line);
        let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
        let written = encoder.part(&mut out, head().borrow(), &body);
        let error = written.unwrap_err();
        assert_eq!(error.rule(), Some(Rule::DelimiterInBody), "at {at}");
        // Blocks before the refused one were written.
        assert_eq!((encoder.position(), error.offset()), (out.len() as u64, 0));
        assert!(out.is_empty() || out.len() >= BLOCK);
        assert!(!out.windows(line.len()).skip(10).any(|found| found == line), "at {at}");

        let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
        encoder.begin(&mut out, head().borrow(), None).unwrap();
        assert_eq!(rule(encoder.write(&mut out, &body)), Rule::DelimiterInBody, "at {at}");
        assert_eq!(encoder.position(), out.len() as u64);

        body[at + 2] = b'+';
        let (mut encoder, mut whole, mut pieces) = (Encoder::new(&boundary()), vec![], vec![]);
        encoder.part(&mut whole, head().borrow(), &body).unwrap();
        encoder.finish(&mut whole).unwrap();
        let mut encoder = Encoder::new(&boundary());
        encoder.begin(&mut pieces, head().borrow(), Some(body.len() as u64)).unwrap();
        encoder.write(&mut pieces, &body).unwrap();
        encoder.end().unwrap();
        encoder.finish(&mut pieces).unwrap();
        assert_eq!(whole, pieces);
        let read = Reader::new(&boundary()).parts(&whole).next().unwrap().unwrap();
        assert_eq!(read.body(), body);
    }
}

#[test]
fn rfc2046_5_1_1_no_line_of_a_body_begins_with_the_delimiter_whatever_follows() {
    for body in ["--b", "--bX", "x\n--b", "x\r\n--b--", "x\r\n--bound"] {
        for at in 0..=body.len() {
            let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
            encoder.begin(&mut out, head().borrow(), None).unwrap();
            let (first, second) = body.as_bytes().split_at(at);
            let written =
                encoder.write(&mut out, first).and_then(|()| encoder.write(&mut out, second));
            assert_eq!(rule(written), Rule::DelimiterInBody, "{body:?} at {at}");
        }
        let mut out = vec![];
        let written = Encoder::new(&boundary()).part(&mut out, head().borrow(), body.as_bytes());
        assert_eq!((rule(written), out.len()), (Rule::DelimiterInBody, 0));
    }
    for body in ["x--b", "x\r--b", "\n--c", "-", "\n-", "\n--"] {
        let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
        encoder.begin(&mut out, head().borrow(), None).unwrap();
        for octet in body.bytes() {
            encoder.write(&mut out, &[octet]).unwrap();
        }
        encoder.end().unwrap();
        encoder.finish(&mut out).unwrap();
        let strict = Reader::new(&boundary()).tolerance(Tolerance::STRICT);
        assert_eq!(strict.parts(&out).next().unwrap().unwrap().body(), body.as_bytes());
    }
}

#[test]
fn rfc9110_8_6_a_body_is_as_long_as_was_announced() {
    let stated = HeadBuilder::new().content_length(3).build().unwrap();
    let whole = Encoder::new(&boundary()).part(&mut vec![], stated.borrow(), b"four");
    assert_eq!(rule(whole), Rule::ContentLengthDiffers);
    let disagreeing = Encoder::new(&boundary()).begin(&mut vec![], stated.borrow(), Some(4));
    assert_eq!(rule(disagreeing), Rule::ContentLengthDiffers);

    let mut encoder = Encoder::new(&boundary());
    encoder.begin(&mut vec![], stated.borrow(), None).unwrap();
    assert_eq!(rule(encoder.write(&mut vec![], b"four")), Rule::ContentLengthDiffers);
    let mut encoder = Encoder::new(&boundary());
    encoder.begin(&mut vec![], head().borrow(), Some(3)).unwrap();
    encoder.write(&mut vec![], b"tw").unwrap();
    assert_eq!(rule(encoder.end()), Rule::ContentLengthDiffers);
}

#[test]
fn a_call_out_of_turn_is_refused_and_an_error_poisons() {
    let mut out = vec![];
    let mut encoder = Encoder::new(&boundary());
    assert_eq!(misuse(encoder.write(&mut out, b"x")), Misuse::NoPartOpen);
    assert_eq!(misuse(encoder.finish(&mut out)), Misuse::Poisoned);

    let mut encoder = Encoder::new(&boundary());
    encoder.begin(&mut out, head().borrow(), None).unwrap();
    assert_eq!(misuse(encoder.finish(&mut out)), Misuse::PartOpen);

    let mut encoder = Encoder::new(&boundary());
    encoder.finish(&mut out).unwrap();
    assert_eq!(misuse(encoder.finish(&mut out)), Misuse::Finished);
    assert_eq!(misuse(encoder.part(&mut out, head().borrow(), b"")), Misuse::Finished);

    let bare = HeadBuilder::new().field("X", "y").build().unwrap();
    let mut encoder = Encoder::implied(&boundary());
    assert_eq!(misuse(encoder.part(&mut out, bare.borrow(), b"")), Misuse::ImpliedHeadUnseen);
}

#[test]
fn a_head_that_was_tolerated_is_written_only_after_a_correction_that_names_its_rule() {
    let input = b"--b\nETag: 1\nX: y\n z\n\nbody\n--b--\n";
    let part = Reader::new(&boundary()).parts(input).next().unwrap().unwrap();
    let as_read = Encoder::new(&boundary()).part(&mut vec![], part.head(), part.body());
    assert_eq!(rule(as_read), Rule::BareLineFeed);
    let corrected = HeadBuilder::from_head(part.head())
        .correct(Rule::BareLineFeed)
        .correct(Rule::EntityTagSyntax)
        .correct(Rule::FieldFold)
        .build()
        .unwrap();
    assert_eq!(corrected.as_bytes(), b"ETag: \"1\"\r\nX: y z\r\n");
    Encoder::new(&boundary()).part(&mut vec![], corrected.borrow(), part.body()).unwrap();
}

#[test]
fn every_error_of_an_encoder_is_at_its_position() {
    let input = b"--b\r\nETag: \"1\"\r\nX: y\r\n z\r\n\r\none\r\n--b--\r\n";
    let tolerated = Reader::new(&boundary()).parts(input).next().unwrap().unwrap();
    let begun = || {
        let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
        #[cfg(feature = "digest")]
        {
            encoder = encoder.verify_digests();
        }
        encoder.part(&mut out, head().borrow(), b"one").unwrap();
        (encoder, out)
    };
    let refused = |head: Head<&[u8]>, body: &[u8], expected: Rule| {
        let (mut encoder, mut out) = begun();
        let written = out.len();
        let error = encoder.part(&mut out, head, body).unwrap_err();
        assert_eq!((error.rule(), error.offset()), (Some(expected), written as u64));
        assert_eq!(out.len(), written);
    };
    refused(tolerated.head(), b"one", Rule::FieldFold);
    refused(head().borrow(), b"--b", Rule::DelimiterInBody);
    let stated = HeadBuilder::new().content_length(4).build().unwrap();
    refused(stated.borrow(), b"one", Rule::ContentLengthDiffers);
    #[cfg(feature = "digest")]
    for (digest, rule) in
        [("a", Rule::ContentDigestSyntax), ("sha-256=:AA==:", Rule::ContentDigestDiffers)]
    {
        let head = HeadBuilder::new().field("A", "b").field("Content-Digest", digest);
        refused(head.build().unwrap().borrow(), b"one", rule);
    }
}

#[test]
fn lengths_that_repeat_are_stated_anew_and_obsolete_dates_are_written_as_imf_fixdate() {
    for (date, broken) in [
        ("Thu Jan  9 15:02:23 2014", Rule::LastModifiedObsolete),
        ("Thursday, 09-Jan-14 15:02:23 GMT", Rule::LastModifiedObsolete),
        ("Sat, 09 Jan 2014 15:02:23 GMT", Rule::LastModifiedWeekday),
    ] {
        let length = "Content-Length: 2\r\n".repeat(2);
        let input = format!("--b\r\n{length}Last-Modified: {date}\r\n\r\n{{}}\r\n--b--");
        let part = Reader::new(&boundary()).parts(input.as_bytes()).next().unwrap().unwrap();
        let correct = |rules: &[Rule]| {
            let builder = HeadBuilder::from_head(part.head());
            rules.iter().fold(builder, |builder, rule| builder.correct(*rule)).build()
        };
        for (rules, refused) in
            [(&[broken][..], Rule::ContentLengthRepeated), (&[Rule::ContentLengthRepeated], broken)]
        {
            assert_eq!(rule(correct(rules).map(drop)), refused);
        }
        let corrected = correct(&[Rule::ContentLengthRepeated, broken]).unwrap();
        let out = Encoder::new(&boundary()).into_vec([(corrected.borrow(), part.body())]).unwrap();
        let expected = "--b\r\nLast-Modified: Thu, 09 Jan 2014 15:02:23 GMT\r\n\
            Content-Length: 2\r\n\r\n{}\r\n--b--\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn a_head_too_large_for_a_readers_default_limits_is_written_on_request_alone() {
    use multipart_package::Limit;
    let many = |count: usize| {
        let fields = (0..count).map(|number| format!("F{number}"));
        fields.fold(HeadBuilder::new().limits(Limits::unlimited()), |head, name| {
            head.field(&name, "x")
        })
    };
    let limit = |result: Result<(), Error>| result.unwrap_err().kind();
    // The length that the encoder adds is one field more.
    let full = many(127).build().unwrap();
    let mut out = vec![];
    let mut encoder = Encoder::new(&boundary());
    encoder.part(&mut out, full.borrow(), b"").unwrap();
    encoder.finish(&mut out).unwrap();
    let strict = Reader::new(&boundary()).tolerance(Tolerance::STRICT);
    assert!(strict.parts(&out).all(|part| part.is_ok()));
    let one_more = many(128).build().unwrap();
    let written = Encoder::new(&boundary()).part(&mut vec![], one_more.borrow(), b"");
    assert_eq!(limit(written), ErrorKind::Limit(Limit::Fields));
    let mut unlimited = Encoder::new(&boundary()).limits(Limits::unlimited());
    unlimited.part(&mut vec![], one_more.borrow(), b"").unwrap();

    let built = many(129).limits(Limits::default()).build();
    assert_eq!(built.unwrap_err().kind(), ErrorKind::Limit(Limit::Fields));
    for (octets, count, expected) in
        [(16_400, 1, Limit::FieldOctets), (16_000, 5, Limit::HeadOctets)]
    {
        let wide = (0..count).fold(HeadBuilder::new().limits(Limits::unlimited()), |head, _| {
            head.field("A", "x".repeat(octets))
        });
        let wide = wide.build().unwrap();
        let written = Encoder::new(&boundary()).part(&mut vec![], wide.borrow(), b"");
        assert_eq!(limit(written), ErrorKind::Limit(expected));
    }
}

#[test]
fn a_head_may_be_as_large_as_the_limit_and_no_larger() {
    use multipart_package::Limit;
    let head = HeadBuilder::new().field("A", "b").content_length(0).build().unwrap();
    let whole = head.as_bytes().len() as u64 + 2;
    let write = |most: u64| {
        let limits = Limits::default().head_octets(most).field_octets(19).fields(2);
        Encoder::new(&boundary()).limits(limits).part(&mut vec![], head.borrow(), b"")
    };
    assert_eq!(write(whole), Ok(()));
    assert_eq!(write(whole - 1).unwrap_err().kind(), ErrorKind::Limit(Limit::HeadOctets));
}

#[test]
fn rfc2046_5_1_1_a_body_in_a_thousand_pieces_is_watched_to_the_end() {
    let (mut encoder, mut out) = (Encoder::new(&boundary()), vec![]);
    encoder.begin(&mut out, head().borrow(), None).unwrap();
    for piece in [&b"x"[..], b"--", b"\r\n", b"-", b"b"].iter().cycle().take(1000) {
        encoder.write(&mut out, piece).unwrap();
    }
    encoder.write(&mut out, b"\n-").unwrap();
    encoder.write(&mut out, b"-").unwrap();
    assert_eq!(rule(encoder.write(&mut out, b"b")), Rule::DelimiterInBody);
}

#[test]
fn rfc2046_5_1_1_the_longest_boundary_is_watched_for_across_pieces_of_any_length() {
    let longest: Boundary = "b".repeat(70).parse().unwrap();
    let delimiter = format!("\n--{}", longest.as_str());
    for length in 1..3 * delimiter.len() {
        let (mut encoder, mut out) = (Encoder::new(&longest), vec![]);
        encoder.begin(&mut out, head().borrow(), None).unwrap();
        let body = "x".repeat(500) + &delimiter[..delimiter.len() - 1];
        for piece in body.as_bytes().chunks(length) {
            encoder.write(&mut out, piece).unwrap();
        }
        assert_eq!(rule(encoder.write(&mut out, b"b")), Rule::DelimiterInBody, "{length}");
    }
}

#[test]
fn a_field_that_begins_like_the_delimiter_is_refused_in_a_head() {
    let head = HeadBuilder::new().field("A", "b").field("--b", "c").build().unwrap();
    let written = Encoder::new(&boundary()).part(&mut vec![], head.borrow(), b"");
    assert_eq!(rule(written), Rule::DelimiterInHead);
}

#[test]
fn a_length_that_is_added_counts_as_a_field() {
    let head = HeadBuilder::new().build().unwrap();
    for body in [&b""[..], b"0123456789", &[0; 100]] {
        let added = format!("Content-Length: {}\r\n", body.len()).len() as u64;
        let fits = |limits: Limits| {
            let mut encoder = Encoder::new(&boundary()).limits(limits);
            encoder.part(&mut vec![], head.borrow(), body).is_ok()
        };
        for (less, expected) in [(0, true), (1, false)] {
            assert_eq!(fits(Limits::default().field_octets(added - less)), expected, "{added}");
            assert_eq!(fits(Limits::default().head_octets(added + 2 - less)), expected, "{added}");
        }
    }
}

#[test]
fn rfc9112_5_2_unfolding_takes_spaces_and_line_breaks_and_nothing_else() {
    let input = b"--b\r\nA: b\x0c\r\n c\r\n\r\n--b--";
    let reader = Reader::new(&"b".parse().unwrap()).tolerance(Tolerance::ALL);
    let part = reader.parts(input).next().unwrap().unwrap();
    let corrected = HeadBuilder::from_head(part.head()).correct(Rule::FieldFold).build();
    let error = corrected.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::FieldControl));
}

#[test]
fn rfc2046_5_1_1_the_line_that_would_end_a_body_is_shown() {
    let mut encoder = Encoder::new(&"bnd".parse().unwrap());
    let head = HeadBuilder::new().build().unwrap();
    let error = encoder.part(&mut Vec::new(), head.borrow(), b"one\n--bnd two").unwrap_err();
    assert!(error.to_string().contains("\"--bnd two\""), "{error}");
}

#[test]
fn rfc2046_5_1_1_the_line_that_would_end_a_body_in_pieces_is_shown() {
    for (pieces, shown) in [
        (&["one\n--bnd two"][..], "\"--bnd two\""),
        (&["one\n", "--bnd two"], "\"--bnd two\""),
        (&["--bnd two"], "\"--bnd two\""),
        (&["one\n--b", "nd two"], "\"--bnd\""),
    ] {
        let mut encoder = Encoder::new(&"bnd".parse().unwrap());
        let head = HeadBuilder::new().build().unwrap();
        encoder.begin(&mut Vec::new(), head.borrow(), None).unwrap();
        let mut written =
            pieces.iter().map(|piece| encoder.write(&mut Vec::new(), piece.as_bytes()));
        let error = written.find_map(Result::err).unwrap();
        assert!(error.to_string().contains(shown), "{error}");
    }
}
