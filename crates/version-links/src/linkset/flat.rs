//! A document in text, as a field value: its line breaks become spaces.

use std::borrow::Cow;
use std::ops::Range;

/// A document in text, and the same octets with a space for each CR and LF.
///
/// RFC 9264 section 4.1 says so for the conversion to a Link field. Offsets stay the same.
#[derive(Debug)]
pub(super) struct Flat<'a> {
    document: &'a [u8],
    flat: Cow<'a, [u8]>,
}

impl<'a> Flat<'a> {
    pub(super) fn of(document: &'a [u8]) -> Self {
        let flat = match memchr::memchr2(b'\r', b'\n', document) {
            None => Cow::Borrowed(document),
            Some(first) => {
                let mut flat = document.to_vec();
                for octet in flat.iter_mut().skip(first) {
                    if matches!(*octet, b'\r' | b'\n') {
                        *octet = b' ';
                    }
                }
                Cow::Owned(flat)
            }
        };
        Self { document, flat }
    }

    pub(super) fn document(&self) -> &'a [u8] {
        self.document
    }

    pub(super) fn value(&self) -> &[u8] {
        &self.flat
    }

    /// Where a part of the value is.
    pub(super) fn span(&self, part: &[u8]) -> Range<usize> {
        let start = part.as_ptr().addr().saturating_sub(self.flat.as_ptr().addr());
        start..start.saturating_add(part.len())
    }

    /// The octets of the document where a part of the value is.
    pub(super) fn original(&self, part: &[u8]) -> &'a [u8] {
        self.document.get(self.span(part)).unwrap_or_default()
    }

    /// A text of the value, which borrows the document if it borrowed the value and contains no line
    /// break.
    pub(super) fn text(&self, text: Cow<'_, str>) -> Cow<'a, str> {
        if let Cow::Borrowed(text) = text {
            let original = self.original(text.as_bytes());
            if original == text.as_bytes() {
                return std::str::from_utf8(original)
                    .map_or_else(|_| Cow::Owned(text.to_owned()), Cow::Borrowed);
            }
        }
        Cow::Owned(text.into_owned())
    }
}

/// The index of the first CR or LF.
pub(super) fn line_break(octets: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\r', b'\n', octets)
}
