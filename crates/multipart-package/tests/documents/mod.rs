//! The documents of `tests/data/documents/`: each file is a Content-Type and a body, made as its usual
//! senders make it.

/// Reads the files of these names.
macro_rules! documents {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../data/documents/", $name, ".http")).as_slice())),*]
    };
}

/// The names of the documents and their octets.
pub(crate) const DOCUMENTS: [(&str, &[u8]); 16] = documents![
    "byteranges-apache",
    "byteranges-nginx",
    "camera",
    "camera-own-dashes",
    "dicom",
    "form-chrome",
    "form-firefox",
    "form-firefox-old",
    "google-batch",
    "graphql-defer",
    "graphql-subscription",
    "graphql-yoga",
    "mail",
    "mtom",
    "odata-request",
    "odata-response",
];

/// The Content-Type of a document, and its body.
pub(crate) fn document(name: &str) -> (&'static [u8], &'static [u8]) {
    let (_, octets) = DOCUMENTS.iter().find(|(known, _)| *known == name).expect("a document");
    let at = octets.windows(4).position(|octets| octets == b"\r\n\r\n").expect("a blank line");
    (octets[..at].strip_prefix(b"Content-Type: ").expect("a Content-Type"), &octets[at + 4..])
}
