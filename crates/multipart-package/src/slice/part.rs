//! One part of a package that is in memory.

use crate::head::Head;
use std::ops::Range;

/// One body part of a package or feed document: an entity or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    pub(super) head: Head<&'a [u8]>,
    pub(super) body: &'a [u8],
    pub(super) body_offset: u64,
    pub(super) number: u64,
}

impl<'a> Part<'a> {
    /// The part's head.
    #[must_use]
    pub fn head(&self) -> Head<&'a [u8]> {
        self.head
    }

    /// The part's body, without the line break that belongs to the delimiter.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The part's number, counted from 0.
    ///
    /// In a range ([`Split`](crate::Split)), the first part of the range has the number 0. After
    /// [`resume_parts`](crate::Reader::resume_parts), the count continues where the checkpoint was made.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The octets of the head, the blank line and the body, as offsets from the start of the input.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.head.offset()..self.body_offset + self.body.len() as u64
    }
}
