//! Where something is in the Link fields of a message, as errors and diagnostics print it.

use std::fmt;
use std::ops::Range;

/// A place in the value of a Link field. Octets and fields are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) field: usize,
    pub(crate) start: u64,
    /// The same as the start where the place is a single offset.
    end: u64,
}

impl Place {
    pub(crate) const fn offset(field: usize, offset: u64) -> Self {
        Self { field, start: offset, end: offset }
    }

    pub(crate) const fn octets(field: usize, span: Range<u64>) -> Self {
        Self { field, start: span.start, end: span.end }
    }

    /// The same place in a document in which the value begins at an offset.
    pub(crate) const fn moved(self, by: u64) -> Self {
        let Self { field, start, end } = self;
        Self { field, start: start.saturating_add(by), end: end.saturating_add(by) }
    }

    pub(crate) const fn span(self) -> Range<u64> {
        self.start..self.end
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, start, end } = self;
        if start == end {
            write!(f, "at octet {start} of field {field}")
        } else {
            write!(f, "at octets {start}..{end} of field {field}")
        }
    }
}
