//! Bodies compared with their Content-Digest (RFC 9530).

#![cfg(feature = "digest")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use multipart_package::{BodyDigest, ErrorKind, HeadBuilder, Reader, Rule};

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
