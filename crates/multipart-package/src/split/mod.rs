//! Reading one package in ranges: on many cores, or hosts that share the file.
//!
//! A part belongs to the range that holds the first hyphen of its delimiter line; an implied first
//! part, to the one that begins with the input.

mod decoder;
mod slice;

pub use decoder::SplitDecoder;
pub use slice::Split;

use crate::error::{Error, Misuse};
use crate::rule::Rule;
use std::ops::Range;

/// What a range held, to be [`joined`](Self::join) with those of the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Summary {
    start: u64,
    end: u64,
    parts: u64,
    first: Option<u64>,
    close: Option<u64>,
}

/// How far the reading of a range has come.
#[derive(Debug)]
struct Progress {
    range: Range<u64>,
    state: State,
    parts: u64,
    first: Option<u64>,
    close: Option<u64>,
}

#[derive(Debug)]
enum State {
    /// Before the first delimiter line.
    Start,
    /// Behind a delimiter line of the range.
    Within,
    Done,
    Failed(Error),
}

impl Progress {
    fn new(range: Range<u64>) -> Self {
        Self { range, state: State::Start, parts: 0, first: None, close: None }
    }

    /// Takes down that a delimiter line begins at `dash`; false, and the end, where the range has
    /// ended before.
    fn opens(&mut self, dash: u64) -> bool {
        if dash >= self.range.end {
            self.state = State::Done;
            return false;
        }
        self.first.get_or_insert(dash);
        true
    }

    fn summary(&self) -> Result<Summary, Error> {
        let Self { range, state, parts, first, close } = self;
        match state {
            State::Failed(error) => Err(error.clone()),
            State::Start | State::Within => Err(Error::misuse(Misuse::RangeUnread, range.start)),
            State::Done => Ok(Summary {
                start: range.start,
                end: range.end,
                parts: *parts,
                first: *first,
                close: *close,
            }),
        }
    }
}

impl Summary {
    /// How many parts the range held.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// The octets of the range.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Joins the summaries of all ranges of an input of so many octets, in any order: the package
    /// is whole, and every part was given exactly once. Gives how many parts it has.
    ///
    /// # Errors
    /// [`Misuse::RangesApart`] when the ranges do not cover the input, each octet once;
    /// [`Rule::CloseMissing`] when none holds the close delimiter;
    /// [`Rule::DelimiterAfterClose`] when another delimiter line stands behind it.
    pub fn join(summaries: impl IntoIterator<Item = Self>, octets: u64) -> Result<u64, Error> {
        let mut summaries: Vec<_> = summaries.into_iter().collect();
        // An empty range holds nothing, wherever it lies.
        summaries.retain(|summary| summary.start < summary.end || octets == 0);
        summaries.sort_by_key(|summary| summary.start);
        let (mut end, mut parts, mut close) = (0, 0, None);
        for summary in &summaries {
            if summary.start != end {
                return Err(Error::misuse(Misuse::RangesApart, end));
            }
            if let (Some(_), Some(first)) = (close, summary.first) {
                return Err(Error::rule(Rule::DelimiterAfterClose, first, b""));
            }
            end = summary.end;
            parts += summary.parts;
            close = close.or(summary.close);
        }
        if end != octets {
            return Err(Error::misuse(Misuse::RangesApart, end));
        }
        match close {
            Some(_) => Ok(parts),
            None => Err(Error::rule(Rule::CloseMissing, octets, b"")),
        }
    }
}
