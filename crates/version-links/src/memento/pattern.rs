//! The patterns of datetime negotiation (RFC 7089 section 4).

use std::fmt;

/// How a server combines the original resource, the TimeGate and the mementos (RFC 7089 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MementoPattern {
    /// Pattern 1: the original resource is its own TimeGate (section 4.1).
    OwnTimeGate,
    /// Pattern 2: another resource is the TimeGate of the original resource (section 4.2).
    RemoteTimeGate,
    /// Pattern 3: the original resource does not change, and is its own memento (section 4.3).
    FixedResource,
    /// Pattern 4: there are mementos, and no TimeGate (section 4.4).
    NoTimeGate,
}

impl MementoPattern {
    /// The number of the pattern, from 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::OwnTimeGate => 1,
            Self::RemoteTimeGate => 2,
            Self::FixedResource => 3,
            Self::NoTimeGate => 4,
        }
    }
}

impl fmt::Display for MementoPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pattern {}", self.number())
    }
}
