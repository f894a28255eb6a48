//! Related parts (RFC 2387), as SOAP (MTOM) and DICOM send them.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use multipart_package::{ContentType, Framing, Reader, Rule, Tolerance};

/// The number of the root, if a part is the root.
fn root(content_type: &[u8], body: &[u8]) -> Option<u64> {
    let content_type = ContentType::parse(content_type).unwrap();
    let reader = Reader::new(&content_type.boundary().unwrap());
    let mut roots = reader
        .parts(body)
        .map(Result::unwrap)
        .filter(|part| content_type.is_root(part.head().content_id().unwrap(), part.number()));
    let root = roots.next().map(|part| part.number());
    assert!(roots.next().is_none(), "one root");
    root
}

/// A SOAP message with an image beside it, which its XML names; the XML is not the first part.
const MTOM_TYPE: &[u8] = b"multipart/related; type=\"application/xop+xml\"; \
    start=\"<root.message@example.org>\"; start-info=\"application/soap+xml\"; \
    boundary=\"uuid:5f2c\"";
const MTOM: &[u8] = b"\r\n--uuid:5f2c\r\n\
    Content-Type: image/png\r\n\
    Content-Transfer-Encoding: binary\r\n\
    Content-ID: <1@example.org>\r\n\r\n\
    \x89PNG\r\n\x1a\n\0\r\n\
    --uuid:5f2c\r\n\
    Content-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\n\
    Content-Transfer-Encoding: 8bit\r\n\
    Content-ID: <root.message@example.org>\r\n\r\n\
    <Image><xop:Include href=\"cid:1@example.org\"/></Image>\r\n\
    --uuid:5f2c--\r\n";

#[test]
fn rfc2387_3_2_the_root_of_an_mtom_message_is_the_part_that_start_names() {
    let content_type = ContentType::parse_with(MTOM_TYPE, Tolerance::STRICT).unwrap();
    assert!(content_type.is("multipart", "related"));
    assert_eq!(content_type.start().unwrap().as_ref(), b"root.message@example.org");
    assert_eq!(content_type.root_type().as_deref(), Some("application/xop+xml"));
    assert_eq!(root(MTOM_TYPE, MTOM), Some(1));
    let reader = Reader::from_content_type(MTOM_TYPE).unwrap().tolerance(Tolerance::STRICT);
    let parts: Vec<_> = reader.parts(MTOM).map(Result::unwrap).collect();
    assert_eq!(parts[0].body(), b"\x89PNG\r\n\x1a\n\0");
    let root = parts[1].head().content_type().unwrap().unwrap();
    assert!(root.is("application", "xop+xml"));
    let included = parts.iter().find(|part| part.head().content_id() == Ok(Some("1@example.org")));
    assert_eq!(included.unwrap().number(), 0);
}

/// Two frames of an image, as a DICOM server answers: no root is named, and the type is not quoted.
const DICOM_TYPE: &[u8] =
    b"multipart/related; type=application/octet-stream; boundary=DICOM-DATA-BOUNDARY";
const DICOM: &[u8] = b"--DICOM-DATA-BOUNDARY\r\n\
    Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1\r\n\
    Content-Length: 6\r\n\
    Content-Location: http://pacs.example.org/studies/1/series/2/instances/3/frames/1\r\n\r\n\
    \0\r\n--\xff\r\n\
    --DICOM-DATA-BOUNDARY\r\n\
    Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1\r\n\
    Content-Length: 4\r\n\
    Content-Location: http://pacs.example.org/studies/1/series/2/instances/3/frames/2\r\n\r\n\
    \r\n\0\r\r\n\
    --DICOM-DATA-BOUNDARY--";

#[test]
fn rfc2387_3_2_the_root_of_a_dicom_answer_is_its_first_part() {
    assert_eq!(root(DICOM_TYPE, DICOM), Some(0));
    let content_type = ContentType::parse(DICOM_TYPE).unwrap();
    assert_eq!(content_type.start(), None);
    assert_eq!(content_type.root_type().as_deref(), Some("application/octet-stream"));
    let [found] = content_type.diagnostics().as_slice() else { panic!("one diagnostic") };
    assert_eq!(found.rule(), Rule::ParameterUnquoted);
    for framing in [Framing::Delimiter, Framing::Length] {
        let reader = Reader::from_content_type(DICOM_TYPE).unwrap().framing(framing);
        let reader = reader.tolerance(Tolerance::STRICT);
        let bodies: Vec<_> = reader.parts(DICOM).map(|part| part.unwrap().body()).collect();
        assert_eq!(bodies, [&b"\0\r\n--\xff"[..], b"\r\n\0\r"]);
        let syntax = |part: multipart_package::Part<'_>| {
            let content_type = part.head().content_type().unwrap().unwrap();
            content_type.parameter("transfer-syntax").unwrap().into_owned()
        };
        let part = reader.parts(DICOM).next().unwrap().unwrap();
        assert_eq!(syntax(part), b"1.2.840.10008.1.2.1");
    }
}

#[test]
fn rfc2387_3_2_ids_are_compared_octet_by_octet_without_their_brackets() {
    let is_root = |value: &str, id: Option<&str>, number: u64| {
        let value = format!("multipart/related; boundary=b{value}");
        ContentType::parse(value.as_bytes()).unwrap().is_root(id, number)
    };
    for (value, id, number, expected) in [
        ("", None, 0, true),
        ("", Some("1@x"), 0, true),
        ("", None, 1, false),
        ("; start=\"<1@x>\"", Some("1@x"), 7, true),
        ("; start=\"<1@x>\"", Some("<1@x>"), 7, true),
        ("; start=\" <1@x>\"", Some("1@x"), 7, true),
        ("; Start=\"<1\\@x>\"", Some("1@x"), 7, true),
        ("; start=\"1@x\"", Some("1@x"), 0, true),
        ("; start=1@x", Some("1@x"), 0, true),
        ("; start=\"<1@x>\"", Some("1@X"), 0, false),
        ("; start=\"<1@x>\"", None, 0, false),
        ("; start=\"\"", None, 0, false),
        ("; start=\"<1@x\"", Some("1@x"), 0, false),
    ] {
        assert_eq!(is_root(value, id, number), expected, "{value} {id:?} {number}");
    }
}
