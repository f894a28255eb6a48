use multipart_package::{ErrorKind, HeadBuilder, Reader, Rule, Tolerance};

/// A head's accessors: their errors lie in the input, they read all that a strict reader has let
/// pass, and a built head is a strict one.
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
            head.content_disposition().err(),
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
        }
        for field in head.fields() {
            let unfolded = field.unfolded();
            assert!(!unfolded.contains(&b'\n') && !unfolded.contains(&b'\r'));
            assert!(unfolded.len() <= field.value().len());
        }
        assert!(tolerance != Tolerance::STRICT || head.to_header_map().is_ok());
        let digest = head.content_digest().and_then(|_| part.verify_digest());
        if let Err(error) = digest {
            let rules = [Rule::ContentDigestSyntax, Rule::ContentDigestDiffers];
            assert!(rules.map(ErrorKind::Rule).contains(&error.kind()), "{error}");
        }
        if let Err(error) = head.content_type() {
            assert_eq!(error.kind(), ErrorKind::Rule(Rule::ContentTypeSyntax));
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
