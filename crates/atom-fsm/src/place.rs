//! Where an error or a diagnostic belongs: a position in a document, or a path in a value.

use std::fmt;

/// A position in a document that was read.
///
/// It is displayed as `line 2, column 5 (octet 17)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    pub(crate) offset: u64,
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Position {
    /// The offset in octets from the start of the input. A byte order mark counts.
    #[must_use]
    pub fn offset(self) -> u64 {
        self.offset
    }

    /// The number of the line, which counts from 1. A line ends in a line feed.
    #[must_use]
    pub fn line(self) -> u64 {
        self.line
    }

    /// The number of the column in characters, which counts from 1.
    #[must_use]
    pub fn column(self) -> u64 {
        self.column
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} (octet {})", self.line, self.column, self.offset)
    }
}

/// The place of an error or a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A position in a document that was read.
    Read(Position),
    /// A path in a value that is written or converted, such as `/feed/entry[3]/link[1]`.
    Built(Box<str>),
    /// The head of a request or response.
    Head,
}

impl Place {
    pub(crate) fn position(&self) -> Option<Position> {
        match self {
            Self::Read(position) => Some(*position),
            Self::Built(_) | Self::Head => None,
        }
    }

    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Built(path) => Some(path),
            Self::Read(_) | Self::Head => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(position) => write!(f, "at {position}"),
            Self::Built(path) => write!(f, "at {path}"),
            Self::Head => f.write_str("in the head of the message"),
        }
    }
}
