//! Bodies compared with their Content-Digest (RFC 9530).

#![cfg(feature = "digest")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use multipart_package::{BodyDigest, Boundary, Encoder, ErrorKind, HeadBuilder, Reader, Rule};

/// RFC 9530 appendix B.1: `{"hello": "world"}` and a line feed.
const BODY: &str = "{\"hello\": \"world\"}\n";
const SHA_256: &str = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
const SHA_512: &str = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

fn verify(fields: &[&str], body: &str) -> Result<bool, ErrorKind> {
    let fields: String =
        fields.iter().map(|value| format!("Content-Digest: {value}\r\n")).collect();
    let package = format!("--b\r\n{fields}\r\n{body}\r\n--b--\r\n");
    let reader = Reader::new(&"b".parse().unwrap());
    let part = reader.parts(package.as_bytes()).next().unwrap().unwrap();
    part.verify_digest().map_err(|error| error.kind())
}

#[test]
fn rfc9530_2_a_body_is_compared_by_the_strongest_algorithm_known() {
    let both = format!("{SHA_256}, {SHA_512}");
    let differs = Err(ErrorKind::Rule(Rule::ContentDigestDiffers));
    let syntax = Err(ErrorKind::Rule(Rule::ContentDigestSyntax));
    // sha-512 counts where it stands beside a sha-256 that is wrong, and the other way round.
    let wrong_256 = format!("sha-256=:AAAA:, {SHA_512}");
    let wrong_512 = format!("{SHA_256}, sha-512=:AAAA:");
    for (fields, body, expected) in [
        (&[SHA_256][..], BODY, Ok(true)),
        (&[SHA_512], BODY, Ok(true)),
        (&[&both], BODY, Ok(true)),
        (&[SHA_256, SHA_512], BODY, Ok(true)),
        (&[&wrong_256], BODY, Ok(true)),
        (&[&wrong_512], BODY, differs),
        (&[SHA_256], "x", differs),
        (&[SHA_512], "", differs),
        (&["md5=:AAAA:"], BODY, Ok(false)),
        (&[], BODY, Ok(false)),
        (&["sha-256=AAAA"], BODY, syntax),
        (&[SHA_256, "x"], BODY, syntax),
    ] {
        assert_eq!(verify(fields, body), expected, "{fields:?} {body:?}");
    }
}

#[test]
fn what_the_builder_adds_is_the_digest_however_the_body_is_cut() {
    let head = HeadBuilder::new().content_digest_of(BODY.as_bytes()).build().unwrap();
    assert_eq!(head.borrow().get("content-digest"), Some(SHA_256.as_bytes()));
    let claimed = head.borrow().content_digest().unwrap().unwrap();
    for size in [1, 5, 100] {
        let mut digest = BodyDigest::of(&claimed).unwrap();
        BODY.as_bytes().chunks(size).for_each(|chunk| digest.update(chunk));
        assert!(digest.matches());
    }
    assert!(!BodyDigest::of(&claimed).unwrap().matches());
}

/// Writes bodies under one Content-Digest: whole, and in pieces of a size.
fn write(verify: bool, digest: &str, bodies: &[&str], size: usize) -> [Result<(), ErrorKind>; 2] {
    let boundary: Boundary = "b".parse().unwrap();
    let encoder = || {
        let encoder = Encoder::new(&boundary);
        if verify { encoder.verify_digests() } else { encoder }
    };
    let head = HeadBuilder::new().field("Content-Digest", digest).build().unwrap();
    let (mut whole, mut pieces, mut out) = (encoder(), encoder(), Vec::new());
    let whole = bodies.iter().try_for_each(|body| {
        let before = out.len();
        whole
            .part(&mut out, head.borrow(), body.as_bytes())
            .inspect_err(|_| assert_eq!(out.len(), before, "nothing is written"))
            .map_err(|error| error.kind())
    });
    let pieces = bodies.iter().try_for_each(|body| {
        pieces.begin(&mut out, head.borrow(), None)?;
        body.as_bytes().chunks(size).try_for_each(|chunk| pieces.write(&mut out, chunk))?;
        pieces.end()
    });
    [whole, pieces.map_err(|error: multipart_package::Error| error.kind())]
}

#[test]
fn rfc9530_2_an_encoder_that_verifies_refuses_a_body_that_its_digest_is_not_of() {
    let differs = Err(ErrorKind::Rule(Rule::ContentDigestDiffers));
    for size in [1, 4, 100] {
        for digest in [SHA_256, SHA_512] {
            assert_eq!(write(true, digest, &[BODY, BODY], size), [Ok(()); 2]);
            assert_eq!(write(true, digest, &[BODY, "x"], size), [differs; 2]);
            assert_eq!(write(true, digest, &[""], size), [differs; 2]);
            assert_eq!(write(false, digest, &["x"], size), [Ok(()); 2]);
        }
        assert_eq!(write(true, "md5=:AAAA:", &["x"], size), [Ok(()); 2]);
        let syntax = Err(ErrorKind::Rule(Rule::ContentDigestSyntax));
        assert_eq!(write(true, "sha-256=AAAA", &["x"], size), [syntax; 2]);
        assert_eq!(write(false, "sha-256=AAAA", &["x"], size), [Ok(()); 2]);
    }
}

#[test]
fn rfc8941_4_2_2_of_two_members_of_one_name_the_last_counts_in_the_firsts_place() {
    let head =
        HeadBuilder::new().field("Content-Digest", "a=:AAAA:, b=:BBBB:, a=:CCCC:").build().unwrap();
    let digest = head.borrow().content_digest().unwrap().unwrap();
    let names: Vec<_> = digest.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(digest.get("a"), Some(&[0x08, 0x20, 0x82][..]));
}
