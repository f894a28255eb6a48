//! Form data (RFC 7578), as browsers send it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use multipart_package::{Boundary, Encoder, Event, HeadBuilder, Reader, Rule, Step, Tolerance};
use proptest::collection::vec;
use proptest::prelude::*;
use std::borrow::Cow;

/// A form with a text, a file whose name has quotes, and a file field in which nothing was chosen.
const FORM: &str = "------WebKitFormBoundaryA1\r\n\
    Content-Disposition: form-data; name=\"_charset_\"\r\n\r\nUTF-8\r\n\
    ------WebKitFormBoundaryA1\r\n\
    Content-Disposition: form-data; name=\"title\"\r\n\r\nZürich\r\n2\r\n\
    ------WebKitFormBoundaryA1\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"a%22\\.txt\"\r\n\
    Content-Type: text/plain\r\n\r\nhello\r\n\
    ------WebKitFormBoundaryA1\r\n\
    Content-Disposition: form-data; name=\"other\"; filename=\"\"\r\n\
    Content-Type: application/octet-stream\r\n\r\n\r\n\
    ------WebKitFormBoundaryA1--\r\n";

fn reader() -> Reader {
    let content_type = b"multipart/form-data; boundary=----WebKitFormBoundaryA1";
    Reader::from_content_type(content_type).unwrap().tolerance(Tolerance::STRICT)
}

const EXPECTED: [(&str, Option<&str>, &str); 4] = [
    ("_charset_", None, "UTF-8"),
    ("title", None, "Zürich\r\n2"),
    ("file", Some("a\"\\.txt"), "hello"),
    ("other", Some(""), ""),
];

#[test]
fn rfc7578_4_2_a_form_of_a_browser_is_read_strictly_from_a_slice() {
    let mut parts = reader().parts(FORM.as_bytes());
    for expected in EXPECTED {
        let part = parts.next().unwrap().unwrap();
        let (name, filename) = (part.head().form_name().unwrap(), part.head().form_filename());
        let body = std::str::from_utf8(part.body()).unwrap();
        assert_eq!((&*name.unwrap(), filename.unwrap().as_deref(), body), expected);
    }
    assert!(parts.next().is_none());
    assert!(parts.diagnostics().is_empty());
}

#[test]
fn rfc7578_4_2_the_same_is_read_from_chunks_of_any_size() {
    for size in [1, 7, FORM.len()] {
        let (mut decoder, mut found) = (reader().decoder(), Vec::new());
        for chunk in FORM.as_bytes().chunks(size) {
            decoder.push(chunk.into());
            while let Step::Event(event) = decoder.step().unwrap() {
                match event {
                    Event::Head(head) => {
                        let name = head.form_name().unwrap().unwrap().into_owned();
                        let filename = head.form_filename().unwrap().map(Cow::into_owned);
                        found.push((name, filename, Vec::new()));
                    }
                    Event::Body(octets) => found.last_mut().unwrap().2.extend_from_slice(&octets),
                    _ => {}
                }
            }
        }
        let expected = EXPECTED.map(|(name, filename, body)| {
            (name.to_owned(), filename.map(str::to_owned), body.as_bytes().to_vec())
        });
        assert_eq!(found, expected);
    }
}

#[test]
fn html_4_10_21_8_a_name_without_escapes_is_borrowed() {
    let part = reader().parts(FORM.as_bytes()).nth(1).unwrap().unwrap();
    assert!(matches!(part.head().form_name(), Ok(Some(Cow::Borrowed("title")))));
}

#[test]
fn rfc6266_4_1_a_name_that_is_stated_twice_is_never_given() {
    let input = b"--b\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n\r\n--b--";
    let reader = Reader::new(&"b".parse().unwrap());
    let error = reader.parts(input).next().unwrap().unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::FormParameterRepeated), 26));
    let reader = reader.tolerance(Tolerance::ALL);
    let head = reader.parts(input).next().unwrap().unwrap().head();
    assert_eq!(head.form_name().unwrap_err(), error);
    assert_eq!(head.form_filename().unwrap(), None);
}

#[test]
fn html_4_10_21_8_what_is_written_is_as_browsers_write_it() {
    let cases = [
        ("a b", "a b"),
        ("\"\r\n", "%22%0D%0A"),
        ("\\\"\\", "\\%22\\"),
        ("%22%", "%22%"),
        ("Zürich; 東京", "Zürich; 東京"),
    ];
    for (name, written) in cases {
        let head = HeadBuilder::new().form_data(name).build().unwrap();
        let expected = format!("Content-Disposition: form-data; name=\"{written}\"\r\n");
        assert_eq!(head.as_bytes(), expected.as_bytes());
        let head = HeadBuilder::new().form_file("a", name).build().unwrap();
        let expected =
            format!("Content-Disposition: form-data; name=\"a\"; filename=\"{written}\"\r\n");
        assert_eq!(head.as_bytes(), expected.as_bytes());
    }
    for (name, rule) in [("\0", Rule::FieldNulOrCr), ("\u{1}", Rule::FieldControl)] {
        let refused = HeadBuilder::new().form_data(name).build().unwrap_err();
        assert_eq!(refused.rule(), Some(rule));
    }
    let twice = HeadBuilder::new().form_data("a").form_data("b").build().unwrap_err();
    assert_eq!(twice.rule(), Some(Rule::FieldRepeated));
}

/// A name of what is escaped, what looks like it, and text without control characters.
fn name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => Just("\"".to_owned()),
        3 => Just("\\".to_owned()),
        2 => Just("\r".to_owned()),
        2 => Just("\n".to_owned()),
        2 => Just("%".to_owned()),
        1 => Just("%2".to_owned()),
        1 => Just("%22".to_owned()),
        1 => Just("\"; name=\"".to_owned()),
        1 => Just("=; ".to_owned()),
        1 => Just("\t".to_owned()),
        3 => "\\PC{0,4}",
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// What a name is after it was written and read: browsers do not escape `%`.
fn seen(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(name in name(), filename in name(), body in vec(any::<u8>(), 0..9)) {
        let boundary = Boundary::from_entropy(*b"0123456789abcdef");
        let head = HeadBuilder::new().form_file(&name, &filename).build().unwrap();
        let (mut encoder, mut form) = (Encoder::new(&boundary), Vec::new());
        encoder.part(&mut form, head.borrow(), &body).unwrap();
        encoder.finish(&mut form).unwrap();
        let reader = Reader::new(&boundary).tolerance(Tolerance::STRICT);
        let part = reader.parts(&form).next().unwrap().unwrap();
        let found = (part.head().form_name().unwrap(), part.head().form_filename().unwrap());
        prop_assert_eq!(found.0.unwrap(), seen(&name));
        prop_assert_eq!(found.1.unwrap(), seen(&filename));
        prop_assert_eq!(part.body(), &body[..]);
        if !name.contains('%') {
            prop_assert_eq!(head.form_name().unwrap().unwrap(), name);
        }
    }

    #[test]
    fn any_octets_in_quotes_are_one_name(octets in vec(any::<u8>(), 0..12)) {
        let is_inner = |octet: &u8| !matches!(octet, 0..=8 | 10..=31 | b'"' | 127);
        let octets: Vec<u8> = octets.into_iter().filter(is_inner).collect();
        let value = [b"form-data; name=\"", &octets[..], b"\"; filename=\"f\""].concat();
        let head = HeadBuilder::new().field("Content-Disposition", &value).build().unwrap();
        let disposition = head.borrow().content_disposition().unwrap().unwrap();
        prop_assert_eq!(disposition.parameter("name").unwrap(), &octets[..]);
        prop_assert_eq!(head.form_filename().unwrap().unwrap(), "f");
    }
}

/// Other readers take the last Content-Disposition.
#[test]
fn rfc9110_5_3_a_field_with_two_dispositions_has_no_name() {
    for (first, again) in
        [("form-data; name=b", "form-data; name=a"), ("inline", "form-data; name=a")]
    {
        let body = format!(
            "--b\r\nContent-Disposition: {first}\r\ncontent-disposition: {again}\r\n\r\n1\r\n--b--"
        );
        let mut parts = Reader::new(&"b".parse().unwrap()).parts(body.as_bytes());
        let part = parts.next().unwrap().unwrap();
        let at = body.find(again).unwrap() as u64;
        for error in
            [part.head().form_name().unwrap_err(), part.head().form_filename().unwrap_err()]
        {
            assert_eq!((error.rule(), error.offset()), (Some(Rule::FieldRepeated), at));
        }
        assert_eq!(
            part.head().content_disposition().unwrap().unwrap().type_(),
            &first[..first.find(';').unwrap_or(6)]
        );
    }
}
