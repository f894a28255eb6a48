//! What a range of a package contained.

use crate::checked_line;
use crate::error::{Error, Misuse};
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// What a range contained, to be [joined](Self::join) with the summaries of all other ranges.
///
/// It is written and parsed as one line of text, so that another thread, process or host can send
/// it. With the feature `serde` it is serialized as that text.
///
/// It contains a hash of the boundary, but does not identify the resource. The caller makes sure
/// that all ranges are of the same resource, for example by its entity tag.
///
/// Both ranges read a delimiter line between them. A violation in it is in the diagnostics of both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Summary {
    pub(super) boundary: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) parts: u64,
    pub(super) first: Option<u64>,
    pub(super) close: Option<u64>,
    /// Whether the package ends with the input, without a close delimiter, and this is tolerated.
    pub(super) is_cut: bool,
    /// Where the input ends, if the reading reached its end.
    pub(super) input_end: Option<u64>,
}

impl Summary {
    /// How many parts the range contained, with those that were lost.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// The octets of the range, as offsets from the start of the whole input.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Where the close delimiter begins, if the range contains one: the offset of its first `-` from the
    /// start of the whole input.
    ///
    /// Whoever knows from another source where the package closes, such as from its last octets, can
    /// compare that with the summary of each range, and does not have to join them.
    #[must_use]
    pub fn close(&self) -> Option<u64> {
        self.close
    }

    /// Joins the summaries of all ranges, in any order, and returns the number of parts.
    ///
    /// `octets` is the length of the whole input. Success means that the package is complete, and
    /// that each of its parts was given exactly once, or was reported as lost by a `resync`.
    ///
    /// # Errors
    /// - [`Misuse::RangesApart`] if the ranges do not cover each octet of the input exactly once,
    ///   or if a range that was read to the end of the input met another length than `octets`.
    /// - [`Misuse::OtherBoundary`] if the ranges were read with different boundaries.
    /// - [`Rule::CloseMissing`] if no range contains the close delimiter, unless the range that
    ///   reached the end of the input tolerates and reported this.
    /// - [`Rule::DelimiterAfterClose`] if a later range contains a delimiter line. A single reading
    ///   skips that line as a part of the epilogue. A range cannot do so, because it does not know
    ///   of a close delimiter before it: it gives the octets after that line as a part, and by then
    ///   they are in the caller's hands.
    pub fn join(summaries: impl IntoIterator<Item = Self>, octets: u64) -> Result<u64, Error> {
        let mut summaries: Vec<_> = summaries.into_iter().collect();
        // An empty range contains nothing, wherever it is.
        summaries.retain(|summary| summary.start < summary.end || octets == 0);
        summaries.sort_by_key(|summary| summary.start);
        let (mut end, mut parts, mut close, mut is_cut) = (0, 0, None, false);
        for summary in &summaries {
            let ends_elsewhere = summary.input_end.is_some_and(|input_end| input_end != octets);
            if summary.start != end || ends_elsewhere {
                return Err(Error::misuse(Misuse::RangesApart, end));
            }
            if summary.boundary != summaries[0].boundary {
                return Err(Error::misuse(Misuse::OtherBoundary, end));
            }
            if let (Some(_), Some(first)) = (close, summary.first) {
                return Err(Error::violation(Rule::DelimiterAfterClose, first, b""));
            }
            end = summary.end;
            parts += summary.parts;
            close = close.or(summary.close);
            is_cut |= summary.is_cut;
        }
        if end != octets {
            return Err(Error::misuse(Misuse::RangesApart, end));
        }
        if close.is_some() || is_cut {
            Ok(parts)
        } else {
            Err(Error::violation(Rule::CloseMissing, octets, b""))
        }
    }
}

/// Stands for the close delimiter where its absence was tolerated.
const CUT: &str = "cut";

/// The start of a summary's text: its kind and version.
const KIND: &str = "multipart-summary-2";

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { boundary, start, end, parts, first, close, is_cut, input_end } = self;
        let or_none = |offset: &Option<u64>| {
            offset.map_or_else(|| "-".to_owned(), |offset| offset.to_string())
        };
        let (first, input_end) = (or_none(first), or_none(input_end));
        let close = if *is_cut { CUT.to_owned() } else { or_none(close) };
        let words = format!("{boundary:016x} {start} {end} {parts} {first} {close} {input_end}");
        checked_line::write(f, KIND, &words)
    }
}

impl FromStr for Summary {
    type Err = Error;

    /// Parses the text that `Display` writes.
    ///
    /// # Errors
    /// [`Rule::SummarySyntax`], also if the text was damaged, or if no range can have contained
    /// what it says.
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = checked_line::read(KIND, text).and_then(Self::read);
        let read = read.filter(|read| read.to_string() == text);
        read.ok_or_else(|| Error::violation(Rule::SummarySyntax, 0, text.as_bytes()))
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
            word => checked_line::number(word).map(Some),
        };
        let is_cut = close == CUT;
        let read = Self {
            boundary: u64::from_str_radix(boundary, 16).ok()?,
            start: checked_line::number(start)?,
            end: checked_line::number(end)?,
            parts: checked_line::number(parts)?,
            first: or_none(first)?,
            close: if is_cut { None } else { or_none(close)? },
            is_cut,
            input_end: or_none(input_end)?,
        };
        read.is_possible().then_some(read)
    }

    /// Whether a range can have contained this: each part begins at an octet of its own, and the
    /// delimiter lines are within the range.
    fn is_possible(&self) -> bool {
        let Self { start, end, parts, first, close, input_end, .. } = *self;
        let is_within = |dash: u64| (start..end).contains(&dash);
        start <= end
            && parts <= end - start
            && (parts == 0 || first.is_some())
            && first.is_none_or(is_within)
            && close
                .is_none_or(|close| is_within(close) && first.is_some_and(|first| first <= close))
            && input_end.is_none_or(|input_end| end <= input_end || start == end)
    }
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl serde::Serialize for Summary {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> serde::Deserialize<'de> for Summary {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checked_line::MOST_OCTETS;

    /// A summary that no range can have would give a wrong or an overflowing number of parts.
    #[test]
    fn a_summary_that_no_range_can_have_is_refused() {
        let sound = Summary {
            boundary: 7,
            start: 10,
            end: 20,
            parts: 2,
            first: Some(11),
            close: Some(19),
            is_cut: false,
            input_end: Some(20),
        };
        let sound_too = [
            Summary { parts: 10, close: None, ..sound.clone() },
            Summary { first: Some(10), close: Some(10), input_end: None, ..sound.clone() },
            Summary {
                end: 10,
                parts: 0,
                first: None,
                close: None,
                input_end: Some(9),
                ..sound.clone()
            },
        ];
        for summary in sound_too.iter().chain([&sound]) {
            assert_eq!(summary.to_string().parse(), Ok(summary.clone()));
        }
        for impossible in [
            Summary { parts: MOST_OCTETS, ..sound.clone() },
            Summary { parts: 11, ..sound.clone() },
            Summary { start: 21, ..sound.clone() },
            Summary { start: 21, parts: 0, first: None, close: None, ..sound.clone() },
            Summary { first: None, ..sound.clone() },
            Summary { first: None, close: None, ..sound.clone() },
            Summary { first: Some(9), ..sound.clone() },
            Summary { first: Some(20), close: None, ..sound.clone() },
            Summary { close: Some(20), ..sound.clone() },
            Summary { close: Some(10), ..sound.clone() },
            Summary { input_end: Some(19), ..sound.clone() },
        ] {
            let error = impossible.to_string().parse::<Summary>().unwrap_err();
            assert_eq!(error.rule(), Some(Rule::SummarySyntax), "{impossible:?}");
        }
    }
}
