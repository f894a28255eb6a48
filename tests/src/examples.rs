//! The drafts' multipart examples, as files.

use multipart_package::{Boundary, Reader};

/// An HTTP answer: its head, and its body.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Status line and fields.
    pub head: &'static [u8],
    /// The body.
    pub body: &'static [u8],
}

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../data/web-event-sourcing/", $name))
    };
}

/// Section 3.2 of the first revision.
pub const PACKAGE_REV1: Example = Example {
    head: data!("rev1/3.2-snapshot-part.head"),
    body: data!("rev1/3.2-snapshot-part.body"),
};

/// Section 3.2 of the second revision.
pub const PACKAGE_REV2: Example = Example {
    head: data!("rev2/3.2-snapshot-part.head"),
    body: data!("rev2/3.2-snapshot-part.body"),
};

/// Section 4.7 of the second revision.
pub const FEED_PAGE: Example =
    Example { head: data!("rev2/4.7-feed-page.head"), body: data!("rev2/4.7-feed-page.body") };

/// Section 4.4 of the second revision: one event entry, not in a document.
pub const EVENT_ENTRY: Example = Example { head: b"", body: data!("rev2/4.4-event-entry.part") };

impl Example {
    /// The value of a field of the answer's head.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> Vec<u8> {
        let text = std::str::from_utf8(self.head).unwrap();
        let fields = text.lines().filter_map(|line| line.split_once(": "));
        let value = fields.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        value.unwrap().1.as_bytes().to_vec()
    }

    /// The reader that the answer's Content-Type asks for.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn reader(&self) -> Reader {
        Reader::from_content_type(&self.field("content-type")).unwrap()
    }

    /// The boundary of the answer's Content-Type.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        multipart_package::ContentType::parse(&self.field("content-type"))
            .unwrap()
            .boundary()
            .unwrap()
    }
}
