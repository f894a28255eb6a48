use multipart_package::{Boundary, ContentType, Tolerance};

/// A Content-Type: what the strict reader takes the default reads alike, and a boundary that was
/// read is written so that it is read again.
///
/// # Panics
/// When they differ.
pub fn content_type(data: &[u8]) {
    let default = ContentType::parse(data);
    if let Ok(strict) = ContentType::parse_with(data, Tolerance::STRICT) {
        let default = default.as_ref().unwrap();
        assert_eq!(strict.subtype(), default.subtype());
        assert!(default.diagnostics().is_empty());
    }
    match default {
        Ok(content_type) => {
            if let Ok(boundary) = content_type.boundary() {
                let written = boundary.content_type("package").unwrap();
                let again = ContentType::parse_with(written.as_bytes(), Tolerance::STRICT).unwrap();
                assert_eq!(again.boundary().unwrap(), boundary);
                assert_eq!(boundary.as_str().parse::<Boundary>().unwrap(), boundary);
            }
        }
        Err(error) => assert!(error.offset() <= data.len() as u64),
    }
}
