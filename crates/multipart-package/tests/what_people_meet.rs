//! What people meet: each file of `tests/data/documents/` is a Content-Type and a body, made as its
//! usual senders make it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

mod documents;
// One file serves this crate's tests and those that cross crates.
#[path = "../../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is public where it belongs")]
mod reading;

use documents::{DOCUMENTS, document};
use multipart_package::{ContentType, Event, Framing, Head, Part, Reader, Rule, Step, Tolerance};
use reading::whole;
use std::fmt::Write;

fn reader(name: &str, tolerance: Tolerance) -> Reader {
    Reader::from_content_type_with(document(name).0, tolerance).unwrap()
}

/// The parts of a document that this tolerance reads to its end.
fn parts(name: &str, tolerance: Tolerance) -> Vec<Part<'static>> {
    reader(name, tolerance).parts(document(name).1).collect::<Result<_, _>>().unwrap()
}

fn bodies(name: &str, tolerance: Tolerance) -> Vec<&'static str> {
    let parts = parts(name, tolerance);
    parts.iter().map(|part| std::str::from_utf8(part.body()).unwrap()).collect()
}

/// What a preset says of a document: how many parts it reads, what it reports and what it refuses.
fn said(name: &str, tolerance: Tolerance) -> String {
    let (content_type, body) = document(name);
    let mut text = String::new();
    let value = match ContentType::parse_with(content_type, tolerance) {
        Ok(value) => value,
        Err(error) => return format!("!{} in the Content-Type", error.rule().unwrap()),
    };
    for diagnostic in value.diagnostics().iter() {
        let _ = write!(text, " ~{} in the Content-Type", diagnostic.rule());
    }
    let reader = match Reader::from_content_type_with(content_type, tolerance) {
        Ok(reader) => reader,
        Err(error) => return format!("!{} in the Content-Type", error.rule().unwrap()),
    };
    let outcome = whole(&reader, body);
    for diagnostic in &outcome.diagnostics {
        let _ = write!(text, " ~{}@{}", diagnostic.rule(), diagnostic.span().start);
    }
    if let Some(error) = &outcome.error {
        let _ = write!(text, " !{}@{}", error.rule().unwrap(), error.offset());
    }
    format!("{} parts{text}", outcome.parts.len())
}

#[test]
fn each_preset_says_of_each_document_what_the_table_says() {
    let presets = [Tolerance::STRICT, Tolerance::MIME, Tolerance::DRAFTS, Tolerance::ALL];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/documents");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), DOCUMENTS.len(), "each file is listed");
    let mut table = "document | strict | mime | drafts | all\n".to_owned();
    for (name, _) in DOCUMENTS {
        let mut cells = presets.map(|tolerance| said(name, tolerance));
        for at in (1..cells.len()).rev() {
            if cells[at] == cells[at - 1] {
                cells[at] = "=".to_owned();
            }
        }
        let _ = writeln!(table, "{name} | {}", cells.join(" | "));
    }
    assert_eq!(include_str!("data/documents.txt"), table, "the table is now:\n{table}");
}

#[test]
fn rfc2046_5_1_the_parts_of_an_incremental_graphql_answer_are_read_as_they_come() {
    for (name, expected) in [("graphql-defer", 3), ("graphql-yoga", 3), ("graphql-subscription", 5)]
    {
        let reader = reader(name, Tolerance::STRICT);
        let (mut decoder, mut ends) = (reader.decoder(), Vec::new());
        let body = document(name).1;
        // What one read from the socket brings ends with the delimiter line behind a part.
        let mut start = 0;
        for part in parts(name, Tolerance::STRICT) {
            let end = usize::try_from(part.range().end).unwrap();
            let line = body[end + 2..].iter().position(|&octet| octet == b'\n').unwrap();
            let next = end + 2 + line + 1;
            decoder.push(body[start..next].into());
            start = next;
            let mut json = Vec::new();
            while let Step::Event(event) = decoder.step().unwrap() {
                match event {
                    Event::Body(octets) => json.extend_from_slice(&octets),
                    Event::End => ends.push(serde_json::from_slice(&json).unwrap()),
                    _ => {}
                }
            }
            let read: Vec<serde_json::Value> = ends.clone();
            assert_eq!(read.len() as u64, part.number() + 1, "{name}: no part waits for the next");
        }
        decoder.finish();
        assert_eq!(decoder.step(), Ok(Step::Done));
        assert_eq!(ends.len(), expected);
    }
    let heartbeats = bodies("graphql-subscription", Tolerance::STRICT);
    assert_eq!(heartbeats.iter().filter(|body| **body == "{}").count(), 2);
    let content_type = ContentType::parse(document("graphql-defer").0).unwrap();
    assert_eq!(content_type.parameter("deferSpec").unwrap().as_ref(), b"20220824");
    let [.., last] = bodies("graphql-defer", Tolerance::STRICT)[..] else { panic!("parts") };
    assert_eq!(last, "{\"hasNext\":false}");
}

/// The parts of a multipart within a part.
fn nested<'a>(part: &Part<'a>) -> Vec<Part<'a>> {
    let content_type = part.head().content_type().unwrap().unwrap();
    let reader = Reader::for_boundary(&content_type.read_boundary().unwrap());
    reader.parts(part.body()).collect::<Result<_, _>>().unwrap()
}

#[test]
fn rfc2046_5_1_the_change_set_of_an_odata_batch_is_a_multipart_within_a_part() {
    for (name, first, changes) in [
        ("odata-request", "GET /service/Products(7) HTTP/1.1\r\n", ["POST /service", "PATCH $1"]),
        ("odata-response", "HTTP/1.1 404 Not Found\r\n", ["HTTP/1.1 201", "HTTP/1.1 204"]),
    ] {
        let outer = parts(name, Tolerance::DRAFTS);
        let [query, change_set] = &outer[..] else { panic!("two parts") };
        assert!(query.body().starts_with(first.as_bytes()));
        assert!(query.body().ends_with(b"\r\n\r\n"), "the blank line ends the request's own head");
        let inner = nested(change_set);
        for (part, change) in inner.iter().zip(changes) {
            assert!(part.body().starts_with(change.as_bytes()), "{name}");
            assert!(part.head().content_type().unwrap().unwrap().is("application", "http"));
        }
        // OData writes the ids without angle brackets.
        let ids: Vec<_> = inner.iter().map(|part| part.head().content_id().unwrap()).collect();
        assert_eq!(ids, [Some("1"), Some("2")]);
        let boundary = change_set.head().content_type().unwrap().unwrap().read_boundary().unwrap();
        let strict = Reader::for_boundary(&boundary).tolerance(Tolerance::STRICT);
        let error = strict.parts(change_set.body()).next().unwrap().unwrap_err();
        assert_eq!(error.rule(), Some(Rule::ContentIdSyntax));
    }
}

#[test]
fn rfc2045_7_an_answer_of_a_google_batch_names_its_request_by_the_content_id() {
    let parts = parts("google-batch", Tolerance::STRICT);
    let ids = parts.iter().map(|part| part.head().content_id().unwrap().unwrap());
    let requests: Vec<_> = ids.filter_map(|id| id.strip_prefix("response-")).collect();
    assert_eq!(requests, ["item1:7@example.org", "item2:7@example.org"]);
    assert!(parts[0].body().ends_with(b"\r\n\r\n{\"name\":\"Lamp\"}"));
    assert!(parts[1].body().ends_with(b"ETag: \"8\"\r\n\r\n"));
}

#[test]
fn rfc2387_3_dicom_instances_have_binary_bodies_and_heads_of_eight_fields() {
    let content_type = ContentType::parse(document("dicom").0).unwrap();
    assert_eq!(content_type.root_type().as_deref(), Some("application/dicom"));
    for framing in [Framing::Delimiter, Framing::Length] {
        let reader = reader("dicom", Tolerance::STRICT).framing(framing);
        let parts: Vec<_> = reader.parts(document("dicom").1).map(Result::unwrap).collect();
        assert_eq!(parts.len(), 2);
        for (part, number) in parts.iter().zip(["1", "2"]) {
            let head = part.head();
            assert_eq!(head.fields().count(), 8);
            assert_eq!(part.body()[128..132], *b"DICM");
            assert_eq!(head.content_length().unwrap(), Some(part.body().len() as u64));
            assert!(part.body().windows(4).any(|octets| octets == b"\r\n--"), "it is binary");
            let location = head.content_location().unwrap().unwrap();
            assert!(location.ends_with(&format!("/instances/{number}")));
            let syntax = head.content_type().unwrap().unwrap();
            assert_eq!(syntax.raw_parameter("transfer-syntax"), Some(&b"1.2.840.10008.1.2.1"[..]));
            let file = head.content_disposition().unwrap().unwrap();
            assert_eq!(file.filename().unwrap(), format!("{number}.dcm"));
        }
    }
}

#[test]
fn rfc2392_2_what_an_mtom_message_includes_is_found_by_its_cid() {
    let content_type = ContentType::parse_with(document("mtom").0, Tolerance::STRICT).unwrap();
    assert_eq!(content_type.parameter("start-info").unwrap().as_ref(), b"application/soap+xml");
    let parts = parts("mtom", Tolerance::STRICT);
    let is_root =
        |part: &&Part<'_>| content_type.is_root(part.head().content_id().unwrap(), part.number());
    let root = std::str::from_utf8(parts.iter().find(is_root).unwrap().body()).unwrap();
    // A cid: URI has the id percent-encoded.
    let (_, cid) = root.split_once("href=\"cid:").unwrap();
    let cid = cid[..cid.find('"').unwrap()].replace("%2B", "+");
    let picture = parts.iter().find(|part| part.head().content_id() == Ok(Some(&cid))).unwrap();
    assert!(picture.body().starts_with(b"\x89PNG\r\n\x1a\n"));
}

/// The bodies of the parts that ended, by how many octets of the input were pushed until then.
fn ends(reader: &Reader, input: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let (mut decoder, mut ends, mut body) = (reader.decoder(), Vec::new(), Vec::new());
    for (at, octet) in input.iter().enumerate() {
        decoder.push(vec![*octet].into());
        while let Step::Event(event) = decoder.step().unwrap() {
            match event {
                Event::Body(octets) => body.extend_from_slice(&octets),
                Event::End => ends.push((at + 1, std::mem::take(&mut body))),
                _ => {}
            }
        }
    }
    ends
}

#[test]
fn rfc2046_5_1_1_each_picture_of_a_camera_ends_with_its_last_octet() {
    for (name, tolerance, count) in
        [("camera", Tolerance::STRICT, 3), ("camera-own-dashes", Tolerance::ALL, 2)]
    {
        let input = document(name).1;
        let reader = reader(name, tolerance).framing(Framing::Length);
        let ends = ends(&reader, input);
        assert_eq!(ends.len(), count);
        for (pushed, picture) in ends {
            assert!(picture.starts_with(b"\xff\xd8") && picture.ends_with(b"\xff\xd9"));
            assert!(input[..pushed].ends_with(&picture), "{name}: the picture waits for nothing");
        }
    }
}

#[test]
fn rfc7578_4_2_the_forms_of_browsers_are_read_strictly() {
    for name in ["form-chrome", "form-firefox", "form-firefox-old"] {
        let parts = parts(name, Tolerance::STRICT);
        let fields: Vec<_> = parts
            .iter()
            .map(|part| {
                let head = part.head();
                let (name, file) = (head.form_name().unwrap(), head.form_filename().unwrap());
                (name.unwrap().into_owned(), file.map(std::borrow::Cow::into_owned))
            })
            .collect();
        let field = |name: &str, file: Option<&str>| (name.to_owned(), file.map(str::to_owned));
        let expected = [
            field("title", None),
            field("5\" disk \\", None),
            field("map", Some("Übersicht \"A\".png")),
            field("other", Some("")),
        ];
        assert_eq!(fields, expected, "{name}");
        assert_eq!(parts[0].body(), "Zürich\r\n--\r\n2".as_bytes());
        assert!(parts[2].body().starts_with(b"\x89PNG"));
        assert!(parts[3].body().is_empty());
    }
}

#[test]
fn rfc9110_14_6_the_byte_ranges_of_servers_belong_where_they_say() {
    let whole = b"It is the 7th line.\r\n--\r\nAnd the 8th.\r\n";
    for name in ["byteranges-nginx", "byteranges-apache"] {
        let mut ranges = Vec::new();
        for part in parts(name, Tolerance::STRICT) {
            let range = part.head().content_range().unwrap().unwrap();
            assert_eq!(range.complete_length(), Some(whole.len() as u64));
            let (first, last) = range.positions().unwrap().into_inner();
            let (first, last) = (usize::try_from(first).unwrap(), usize::try_from(last).unwrap());
            assert_eq!(part.body(), &whole[first..=last], "{name}");
            ranges.push(first);
        }
        assert_eq!(ranges, [0, 17, 30]);
    }
}

#[cfg(feature = "transfer-encoding")]
#[test]
fn rfc2045_6_the_attachments_of_a_mail_are_decoded() {
    let parts = parts("mail", Tolerance::MIME);
    let decoded = |part: &Part<'_>| part.decoded_body_with(Tolerance::MIME).unwrap().into_owned();
    let [alternative, file, table] = &parts[..] else { panic!("three parts") };
    let inner = nested(alternative);
    let text = "Zürich, the 7th: \r\nthis line is long, and it goes on behind a soft line break \
        that the decoder removes.\r\n.";
    assert_eq!(decoded(&inner[0]), text.as_bytes());
    assert_eq!(decoded(&inner[1]), b"<p>Z&uuml;rich</p>");
    assert_eq!(decoded(file), (0..=255).collect::<Vec<u8>>());
    let disposition = file.head().content_disposition().unwrap().unwrap();
    assert_eq!(disposition.filename().unwrap(), "Übersicht.bin");
    assert_eq!(decoded(table), "a=b;€".as_bytes());
    assert_eq!(table.head().content_id(), Ok(Some("table@example.org")));
}

/// The heads that a decoder gives answer as those of a slice do.
#[test]
fn an_owned_head_answers_for_each_document_as_a_borrowed_one() {
    for (name, _) in DOCUMENTS {
        let reader = reader(name, Tolerance::ALL);
        let borrowed: Vec<Head<&[u8]>> =
            parts(name, Tolerance::ALL).iter().map(Part::head).collect();
        let mut decoder = reader.decoder();
        decoder.push(document(name).1.into());
        decoder.finish();
        let mut heads = borrowed.iter();
        while let Step::Event(event) = decoder.step().unwrap() {
            let Event::Head(owned) = event else { continue };
            let borrowed = heads.next().unwrap();
            assert_eq!(owned.content_id(), borrowed.content_id());
            assert_eq!(owned.content_location(), borrowed.content_location());
            assert_eq!(owned.form_name(), borrowed.form_name());
            assert_eq!(owned.content_range(), borrowed.content_range());
        }
        assert!(heads.next().is_none(), "{name}");
    }
}
