//! The syntax of IRIs and IRI references (RFC 3987 section 2.2).

use iri_string::types::{IriReferenceStr, IriStr};

/// Whether this is an IRI reference (RFC 3987 section 2.2).
pub(crate) fn is_reference(text: &str) -> bool {
    IriReferenceStr::new(text).is_ok()
}

/// Whether this is an IRI with a scheme (RFC 3987 section 2.2).
pub(crate) fn is_iri(text: &str) -> bool {
    IriStr::new(text).is_ok()
}
