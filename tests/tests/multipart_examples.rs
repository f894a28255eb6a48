//! The multipart examples of both revisions of the Web Event Sourcing draft: read, written, and
//! read again to the same value; what they break is reported, and refused when strict.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use codec_tests::examples::{EVENT_ENTRY, Example, FEED_PAGE, PACKAGE_REV1, PACKAGE_REV2};
use multipart_package::{
    Boundary, Encoder, Error, ErrorKind, Head, HeadBuilder, Opening, Part, Reader, Rule, Tolerance,
};

/// A part's fields in order, and its body.
type Value = (Vec<(String, Vec<u8>)>, Vec<u8>);

fn read(reader: &Reader, body: &[u8]) -> Vec<Value> {
    reader.parts(body).map(|part| value(&part.unwrap())).collect()
}

fn value(part: &Part<'_>) -> Value {
    (fields(part.head()), part.body().to_vec())
}

fn fields(head: Head<&[u8]>) -> Vec<(String, Vec<u8>)> {
    head.fields().map(|field| (field.name().to_owned(), field.value().to_vec())).collect()
}

fn reported(reader: &Reader, body: &[u8]) -> Vec<Rule> {
    let mut parts = reader.parts(body);
    for part in parts.by_ref() {
        part.unwrap();
    }
    parts.diagnostics().iter().map(multipart_package::Diagnostic::rule).collect()
}

fn encoders(boundary: &Boundary) -> [(Encoder, Opening); 2] {
    [(Encoder::new(boundary), Opening::Delimiter), (Encoder::implied(boundary), Opening::Auto)]
}

fn refused(result: Result<(), Error>) -> Rule {
    match result.unwrap_err().kind() {
        ErrorKind::Rule(rule) => rule,
        kind => panic!("refused by no rule: {kind:?}"),
    }
}

#[test]
fn revision_1_section_3_2_the_package_is_read_as_printed() {
    let reader = PACKAGE_REV1.reader();
    assert_eq!(reported(&reader, PACKAGE_REV1.body), []);
    let strict = reader.tolerance(Tolerance::STRICT);
    let parts: Vec<_> = strict.parts(PACKAGE_REV1.body).map(Result::unwrap).collect();
    let locations: Vec<_> =
        parts.iter().map(|part| part.head().content_location().unwrap().unwrap()).collect();
    assert_eq!(
        locations,
        [
            "/entities/variant/16325906:001:99999",
            "/entities/variant/16326538:001:99999",
            "/entities/variant/16326590:001:99999",
            "/entities/variant/16327887:001:99999",
        ]
    );
    let lengths: Vec<_> = parts.iter().map(|part| part.body().len()).collect();
    assert_eq!(lengths, [93, 93, 93, 193]);
    for part in &parts {
        assert_eq!(part.head().content_length().unwrap(), Some(part.body().len() as u64));
        assert_eq!(part.head().content_disposition().unwrap().unwrap().type_(), "inline");
        let content_type = part.head().content_type().unwrap().unwrap();
        assert!(content_type.is("application", "entity-images+json"));
        let json: serde_json::Value = serde_json::from_slice(part.body()).unwrap();
        assert!(
            part.head()
                .get("content-location")
                .unwrap()
                .ends_with(json["id"].as_str().unwrap().as_bytes())
        );
    }
}

#[test]
fn revision_1_section_3_2_the_package_is_written_as_read_octet_for_octet() {
    let example = PACKAGE_REV1;
    let mut encoder = Encoder::implied(&example.boundary());
    let mut written = vec![];
    for part in example.reader().parts(example.body) {
        let part = part.unwrap();
        encoder.part(&mut written, part.head(), part.body()).unwrap();
    }
    encoder.finish(&mut written).unwrap();
    assert_eq!(written, example.body);
}

#[test]
fn revision_1_section_3_2_the_package_survives_both_openings() {
    let example = PACKAGE_REV1;
    let parts = read(&example.reader(), example.body);
    for (mut encoder, opening) in encoders(&example.boundary()) {
        let mut written = vec![];
        for part in example.reader().parts(example.body) {
            let part = part.unwrap();
            encoder.part(&mut written, part.head(), part.body()).unwrap();
        }
        encoder.finish(&mut written).unwrap();
        let strict = Reader::new(&example.boundary()).opening(opening).tolerance(Tolerance::STRICT);
        assert_eq!(read(&strict, &written), parts);
    }
}

#[test]
fn revision_2_section_3_2_lengths_that_do_not_fit_are_reported_and_refused_when_strict() {
    let example = PACKAGE_REV2;
    assert_eq!(reported(&example.reader(), example.body), [Rule::ContentLengthDiffers; 4]);
    let strict = example.reader().tolerance(Tolerance::STRICT);
    let error = strict.parts(example.body).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ContentLengthDiffers));
    let at = usize::try_from(error.offset()).unwrap();
    assert!(example.body[at..].starts_with(b"93\r\n"), "the error points at the length");
}

#[test]
fn revision_2_section_3_2_parts_have_entity_tags_weak_and_strong() {
    let example = PACKAGE_REV2;
    let tags: Vec<_> = example
        .reader()
        .parts(example.body)
        .map(|part| {
            let tag = part.unwrap().head().etag().unwrap().unwrap();
            (tag.is_weak(), tag.opaque())
        })
        .collect();
    assert_eq!(
        tags,
        [
            (true, &b"12345678"[..]),
            (true, b"85392992223"),
            (true, b"5524442218"),
            (false, b"7782882823"),
        ]
    );
}

#[test]
fn revision_2_section_3_2_writing_as_read_is_refused_and_the_named_correction_round_trips() {
    let example = PACKAGE_REV2;
    for (mut encoder, opening) in encoders(&example.boundary()) {
        let (mut written, mut expected) = (vec![], vec![]);
        for part in example.reader().parts(example.body) {
            let part = part.unwrap();
            let mut as_read = Encoder::new(&example.boundary());
            let refusal = as_read.part(&mut vec![], part.head(), part.body());
            assert_eq!(refused(refusal), Rule::ContentLengthDiffers);

            let corrected = HeadBuilder::from_head(part.head())
                .correct(Rule::ContentLengthDiffers)
                .build()
                .unwrap();
            encoder.part(&mut written, corrected.borrow(), part.body()).unwrap();
            // All fields as read but for the length, which the encoder states last.
            let (mut fields, body) = value(&part);
            fields.retain(|(name, _)| name != "Content-Length");
            fields.push(("Content-Length".to_owned(), body.len().to_string().into_bytes()));
            expected.push((fields, body));
        }
        encoder.finish(&mut written).unwrap();
        let strict = Reader::new(&example.boundary()).opening(opening).tolerance(Tolerance::STRICT);
        assert_eq!(read(&strict, &written), expected);
    }
}

#[test]
fn revision_2_section_4_7_the_feed_page_is_read_event_by_event() {
    let example = FEED_PAGE;
    let mut events = vec![];
    for part in example.reader().parts(example.body) {
        let part = part.unwrap();
        let head = part.head();
        let method = head.event_type().unwrap().unwrap().http_equiv().unwrap();
        let links: Vec<_> =
            head.get_all("link").flat_map(version_links::links).map(Result::unwrap).collect();
        assert!(links[0].has_rel("about") && links[1].has_rel("self"));
        assert_eq!(
            head.last_modified().unwrap().unwrap().to_rfc3339(),
            "2014-01-09T15:02:23+00:00"
        );
        events.push((
            method,
            links[0].target(),
            links[1].target(),
            head.content_id().unwrap().unwrap(),
            part.body(),
        ));
    }
    assert_eq!(events, [
        ("PUT", "/products/7628827272", "/changes/1234", "1234@products.example.org", &b"{\"id\":\"...\" , ... }"[..]),
        (
            "PATCH",
            "/products/7623288273",
            "/changes/567",
            "567@products.example.org",
            b"<product-patch>\r\n  <set-availability>AVAILABLE</set-availability>\r\n</product-patch>",
        ),
        ("DELETE", "/products/3338827272", "/changes/899919", "899919@products.example.org", b""),
    ]);
}

#[test]
fn revision_2_section_4_7_placeholders_are_reported_and_refused_when_strict() {
    let (length, weekday) = (Rule::ContentLengthSyntax, Rule::LastModifiedWeekday);
    let example = FEED_PAGE;
    assert_eq!(
        reported(&example.reader(), example.body),
        [weekday, length, weekday, length, weekday]
    );
    let strict = example.reader().tolerance(Tolerance::STRICT);
    let error = strict.parts(example.body).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(weekday));
    let tolerant = example.reader().tolerance(Tolerance::STRICT.with(weekday));
    let error = tolerant.parts(example.body).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(length));
}

#[test]
fn revision_2_section_4_7_writing_as_read_is_refused_and_the_named_corrections_round_trip() {
    let example = FEED_PAGE;
    let (mut encoder, mut written, mut expected) =
        (Encoder::new(&example.boundary()), vec![], vec![]);
    for part in example.reader().parts(example.body) {
        let part = part.unwrap();
        let mut as_read = Encoder::new(&example.boundary());
        assert_eq!(
            refused(as_read.part(&mut vec![], part.head(), part.body())),
            Rule::LastModifiedWeekday
        );
        let corrected = HeadBuilder::from_head(part.head())
            .correct(Rule::LastModifiedWeekday)
            .correct(Rule::ContentLengthSyntax)
            .build()
            .unwrap();
        encoder.part(&mut written, corrected.borrow(), part.body()).unwrap();
        let (mut fields, body) = value(&part);
        for (name, value) in &mut fields {
            if name == "Last-Modified" {
                *value = b"Thu, 09 Jan 2014 15:02:23 GMT".to_vec();
            }
        }
        fields.retain(|(name, _)| name != "Content-Length");
        fields.push(("Content-Length".to_owned(), body.len().to_string().into_bytes()));
        expected.push((fields, body));
    }
    encoder.finish(&mut written).unwrap();
    let strict = Reader::new(&example.boundary()).tolerance(Tolerance::STRICT);
    assert_eq!(read(&strict, &written), expected);
}

#[test]
fn revision_2_section_4_7_the_answers_own_link_is_read() {
    let link = FEED_PAGE.field("link");
    let link = version_links::links(&link).next().unwrap().unwrap();
    assert_eq!(link.target(), "/products/changes/2013/01/01/16");
    assert!(link.has_rel("prev"));
}

#[test]
fn revision_2_section_4_4_the_event_entry_survives_as_a_part() {
    let Example { body: entry, .. } = EVENT_ENTRY;
    let package = [b"--b\r\n", entry, b"\r\n--b--\r\n"].concat();
    let boundary: Boundary = "b".parse().unwrap();
    let reader = Reader::new(&boundary).tolerance(Tolerance::STRICT);
    let part = reader.parts(&package).next().unwrap().unwrap();
    assert_eq!(part.head().event_type().unwrap().unwrap().http_equiv(), Some("PUT"));
    assert_eq!(part.body(), b"{\"id\":\"1234\", \"name\":\"foo\"}\r\n");
    let (mut encoder, mut written) = (Encoder::new(&boundary), vec![]);
    encoder.part(&mut written, part.head(), part.body()).unwrap();
    encoder.finish(&mut written).unwrap();
    let again = reader.parts(&written).next().unwrap().unwrap();
    let mut expected = value(&part);
    expected.0.push(("Content-Length".to_owned(), b"29".to_vec()));
    assert_eq!(value(&again), expected);
}
