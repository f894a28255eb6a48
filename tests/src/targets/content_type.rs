use multipart_package::{Boundary, ContentType, Tolerance};

/// A Content-Type: what the strict reader takes the default reads alike, a boundary that was read is
/// written so that it is read again, and one that is only to be read keeps its limits.
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
    if let Ok(all) = ContentType::parse_with(data, Tolerance::ALL) {
        if let Ok(read) = all.read_boundary() {
            let octets = read.as_bytes();
            assert!((1..=256).contains(&octets.len()));
            assert!(octets.iter().all(|octet| !matches!(octet, b'\r' | b'\n' | 0)));
            let boundary = all.boundary();
            assert_eq!(boundary.is_ok(), read.violation().is_none());
            assert!(boundary.is_err() || boundary.unwrap().as_str().as_bytes() == octets);
            let raw = all.raw_parameter("boundary").unwrap();
            assert!(raw.len() >= octets.len());
        }
        assert!(all.diagnostics().iter().all(|one| one.span().end <= data.len() as u64));
    } else {
        assert!(default.is_err());
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
