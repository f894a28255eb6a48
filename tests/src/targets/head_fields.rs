use multipart_package::{ContentType, ErrorKind, Head, HeadBuilder, Reader, Rule, Tolerance};
use std::borrow::Cow;

/// A head's accessors: their errors lie in the input, they read all that a strict reader has let
/// pass, an owned head answers alike, and a built head is a strict one.
///
/// The input is the octets of a head.
///
/// # Panics
/// When an accessor fails on a head that the strict reader takes.
pub fn head_fields(data: &[u8]) {
    let input = [b"--b\r\n", data, b"\r\n\r\n\r\n--b--\r\n"].concat();
    for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
        let reader = Reader::new(&"b".parse().unwrap()).tolerance(tolerance);
        let Some(Ok(part)) = reader.parts(&input).next() else { continue };
        let head = part.head();
        let errors = [
            head.content_location().err(),
            head.content_length().err(),
            head.content_range().err(),
            head.content_transfer_encoding().err(),
            head.content_disposition().err(),
            head.form_name().err(),
            head.form_filename().err(),
            head.etag().err(),
            head.last_modified().err(),
            head.content_id().err(),
            head.event_type().err(),
        ];
        for error in errors.into_iter().flatten() {
            assert_ne!(tolerance, Tolerance::STRICT, "{error}");
            assert!(error.offset() <= input.len() as u64);
        }
        if let Ok(Some(disposition)) = head.content_disposition() {
            let name = disposition.filename();
            assert!(name.is_none_or(|name| name.len() <= 3 * data.len()), "it grows");
            for name in ["name", "filename", "filename*"] {
                assert_raw(disposition.parameter(name), disposition.raw_parameter(name));
            }
        }
        for name in [head.form_name(), head.form_filename()].into_iter().flatten().flatten() {
            assert!(name.len() <= 2 * data.len(), "it grows");
        }
        if let Ok(Some(range)) = head.content_range()
            && let (Some(positions), Some(length)) = (range.positions(), range.complete_length())
        {
            assert!(positions.start() <= positions.end() && *positions.end() < length);
        }
        assert_owned_answers_alike(head);
        for field in head.fields() {
            let unfolded = field.unfolded();
            assert!(!unfolded.contains(&b'\n') && !unfolded.contains(&b'\r'));
            assert!(unfolded.len() <= field.value().len());
            let first = head.fields().find(|first| first.is(field.name())).unwrap();
            assert_eq!(head.unfolded(field.name()), Some(first.unfolded()));
        }
        assert!(tolerance != Tolerance::STRICT || head.to_header_map().is_ok());
        let digest = head.content_digest().and_then(|_| part.verify_digest());
        if let Err(error) = digest {
            let rules = [Rule::ContentDigestSyntax, Rule::ContentDigestDiffers];
            assert!(rules.map(ErrorKind::Rule).contains(&error.kind()), "{error}");
        }
        match head.content_type() {
            Ok(Some(content_type)) => {
                for name in ["boundary", "charset", "start", "type"] {
                    assert_raw(content_type.parameter(name), content_type.raw_parameter(name));
                }
                assert_one_root(&content_type, head.content_id().ok().flatten());
            }
            Ok(None) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::Rule(Rule::ContentTypeSyntax)),
        }
        let rebuilt = head
            .fields()
            .fold(HeadBuilder::new(), |builder, field| builder.field(field.name(), field.value()));
        if tolerance == Tolerance::STRICT {
            let rebuilt = rebuilt.build().unwrap();
            let values = |field: multipart_package::Field<'_>| {
                (field.name().to_owned(), field.value().to_vec())
            };
            assert!(rebuilt.borrow().fields().map(values).eq(head.fields().map(values)));
        }
    }
}

/// A raw parameter stands beside each unescaped one, and is not shorter.
fn assert_raw(unescaped: Option<Cow<'_, [u8]>>, raw: Option<&[u8]>) {
    assert_eq!(unescaped.is_some(), raw.is_some());
    assert!(raw.unwrap_or_default().len() >= unescaped.unwrap_or_default().len());
}

/// The root is the part that the `start` parameter names, wherever it is, or else the first part.
fn assert_one_root(content_type: &ContentType<'_>, id: Option<&str>) {
    match content_type.start() {
        Some(start) => {
            assert!(!content_type.is_root(None, 0));
            if let Ok(start) = std::str::from_utf8(&start) {
                let bracketed = format!("<{start}>");
                assert!(content_type.is_root(Some(&bracketed), 7));
            }
            assert_eq!(content_type.is_root(id, 0), content_type.is_root(id, 1));
        }
        None => assert!(content_type.is_root(id, 0) && !content_type.is_root(id, 1)),
    }
    if let Some(type_) = content_type.root_type() {
        assert_eq!(content_type.parameter("type").as_deref(), Some(type_.as_bytes()));
    }
}

fn assert_owned_answers_alike(head: Head<&[u8]>) {
    let owned = head.to_owned();
    assert_eq!(owned.content_range(), head.content_range());
    assert_eq!(owned.content_transfer_encoding(), head.content_transfer_encoding());
    assert_eq!(owned.form_name(), head.form_name());
    assert_eq!(owned.form_filename(), head.form_filename());
    assert_eq!(owned.content_location(), head.content_location());
    assert_eq!(owned.content_id(), head.content_id());
    assert!(owned.fields().eq(head.fields()));
}
