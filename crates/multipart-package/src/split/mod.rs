//! Reading one package in ranges: on many cores, or hosts that share the file.
//!
//! A part belongs to the range that holds the first hyphen of its delimiter line; an implied first
//! part, to the one that begins with the input.

mod decoder;
mod slice;

pub use decoder::SplitDecoder;
pub use slice::Split;

use crate::delimiter::Delimiter;
use crate::error::{Error, Misuse};
use crate::rule::Rule;
use crate::stored::{self, fingerprint};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// What a range held, to be [`joined`](Self::join) with those of the others.
///
/// As text it is one line, to come from another thread, process or host; with the feature `serde`
/// it is that text. It knows the boundary, but not the resource: that all ranges are of the same one
/// is for the caller to see, by its entity tag.
///
/// A delimiter line where two ranges meet is looked at in both: a breach in it is in the
/// diagnostics of both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Summary {
    boundary: u64,
    start: u64,
    end: u64,
    parts: u64,
    first: Option<u64>,
    close: Option<u64>,
    /// Where the input ends, where the reading came to it.
    input_end: Option<u64>,
}

/// How far the reading of a range has come.
#[derive(Debug)]
struct Progress {
    boundary: u64,
    range: Range<u64>,
    state: State,
    parts: u64,
    first: Option<u64>,
    close: Option<u64>,
    input_end: Option<u64>,
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
    fn new(delimiter: &Delimiter, range: Range<u64>) -> Self {
        let boundary = fingerprint(delimiter.dash_boundary());
        let (state, parts) = (State::Start, 0);
        Self { boundary, range, state, parts, first: None, close: None, input_end: None }
    }

    /// The input has ended: what there is no more of, the range does not hold.
    fn ends(&mut self, input_end: u64) {
        self.range.end = self.range.end.min(input_end).max(self.range.start);
        self.input_end = Some(input_end);
        self.state = State::Done;
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
        let Self { boundary, range, state, parts, first, close, input_end } = self;
        match state {
            State::Failed(error) => Err(error.clone()),
            State::Start | State::Within => Err(Error::misuse(Misuse::RangeUnread, range.start)),
            State::Done => Ok(Summary {
                boundary: *boundary,
                start: range.start,
                end: range.end,
                parts: *parts,
                first: *first,
                close: *close,
                input_end: *input_end,
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
    /// [`Misuse::RangesApart`] when the ranges do not cover the input, each octet once, or one of
    /// them was fed an input that ends elsewhere; [`Misuse::OtherBoundary`] when they were read by
    /// different ones; [`Rule::CloseMissing`] when none holds the close delimiter;
    /// [`Rule::DelimiterAfterClose`] when another range begins a part behind it, which one reading
    /// would have taken for epilogue.
    pub fn join(summaries: impl IntoIterator<Item = Self>, octets: u64) -> Result<u64, Error> {
        let mut summaries: Vec<_> = summaries.into_iter().collect();
        // An empty range holds nothing, wherever it lies.
        summaries.retain(|summary| summary.start < summary.end || octets == 0);
        summaries.sort_by_key(|summary| summary.start);
        let (mut end, mut parts, mut close) = (0, 0, None);
        for summary in &summaries {
            let ends_elsewhere = summary.input_end.is_some_and(|input_end| input_end != octets);
            if summary.start != end || ends_elsewhere {
                return Err(Error::misuse(Misuse::RangesApart, end));
            }
            if summary.boundary != summaries[0].boundary {
                return Err(Error::misuse(Misuse::OtherBoundary, end));
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

/// What the text of a summary begins with: its kind and version.
const KIND: &str = "multipart-summary-1";

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { boundary, start, end, parts, first, close, input_end } = self;
        let or_none = |offset: &Option<u64>| {
            offset.map_or_else(|| "-".to_owned(), |offset| offset.to_string())
        };
        let (first, close, input_end) = (or_none(first), or_none(close), or_none(input_end));
        let words = format!("{boundary:016x} {start} {end} {parts} {first} {close} {input_end}");
        stored::write(f, KIND, &words)
    }
}

impl FromStr for Summary {
    type Err = Error;

    /// # Errors
    /// [`Rule::SummarySyntax`], also for a text that was damaged.
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = stored::read(KIND, text).and_then(Self::read);
        let read = read.filter(|read| read.to_string() == text);
        read.ok_or_else(|| Error::rule(Rule::SummarySyntax, 0, text.as_bytes()))
    }
}

impl Summary {
    fn read(words: &str) -> Option<Self> {
        let words: Vec<_> = words.split(' ').collect();
        let &[boundary, start, end, parts, first, close, input_end] = &words[..] else {
            return None;
        };
        let or_none = |word: &str| match word {
            "-" => Some(None),
            word => stored::number(word).map(Some),
        };
        Some(Self {
            boundary: u64::from_str_radix(boundary, 16).ok()?,
            start: stored::number(start)?,
            end: stored::number(end)?,
            parts: stored::number(parts)?,
            first: or_none(first)?,
            close: or_none(close)?,
            input_end: or_none(input_end)?,
        })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Summary {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Summary {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
