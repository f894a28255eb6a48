//! Where something is, as errors and diagnostics print it: in the Link fields of a message, or in a
//! document of links.

use std::fmt;
use std::ops::Range;

/// A place in the value of a Link field, or in a document. Octets and fields are counted from 0,
/// lines and columns from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    source: Source,
    pub(crate) start: u64,
    /// The same as the start where the place is a single offset.
    end: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Field(usize),
    Document(Position),
}

/// A line and a column in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Place {
    pub(crate) const fn offset(field: usize, offset: u64) -> Self {
        Self { source: Source::Field(field), start: offset, end: offset }
    }

    pub(crate) const fn octets(field: usize, span: Range<u64>) -> Self {
        Self { source: Source::Field(field), start: span.start, end: span.end }
    }

    /// The same octets, in a document where they start at this position.
    pub(crate) const fn in_document(self, position: Position) -> Self {
        Self { source: Source::Document(position), ..self }
    }

    /// The same place in a document in which the value begins at an offset.
    pub(crate) const fn moved(self, by: u64) -> Self {
        let Self { source, start, end } = self;
        Self { source, start: start.saturating_add(by), end: end.saturating_add(by) }
    }

    pub(crate) const fn span(self) -> Range<u64> {
        self.start..self.end
    }

    /// The index of the Link field, or 0 in a document.
    pub(crate) const fn field(self) -> usize {
        match self.source {
            Source::Field(field) => field,
            Source::Document(_) => 0,
        }
    }

    /// The line and the column of the start. A field value is one line.
    pub(crate) const fn position(self) -> Position {
        match self.source {
            Source::Field(_) => Position { line: 1, column: self.start.saturating_add(1) },
            Source::Document(position) => position,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, start, end } = self;
        let octets = |f: &mut fmt::Formatter<'_>| {
            if start == end {
                write!(f, "octet {start}")
            } else {
                write!(f, "octets {start}..{end}")
            }
        };
        match source {
            Source::Field(field) => {
                f.write_str("at ")?;
                octets(f)?;
                write!(f, " of field {field}")
            }
            Source::Document(Position { line, column }) => {
                write!(f, "at line {line}, column {column} (")?;
                octets(f)?;
                f.write_str(")")
            }
        }
    }
}
