//! How far the reading of a range has come.

use super::summary::Summary;
use crate::checked_line::fingerprint;
use crate::delimiter::Delimiter;
use crate::error::{Error, ErrorKind, Misuse};
use std::ops::Range;

const NOTHING: ErrorKind = ErrorKind::Misuse(Misuse::NothingToResync);

/// How far the reading of a range has come.
#[derive(Debug)]
pub(super) struct Progress {
    boundary: u64,
    pub(super) range: Range<u64>,
    pub(super) state: State,
    pub(super) parts: u64,
    first: Option<u64>,
    pub(super) close: Option<u64>,
    /// Whether the package ends with the input, without a close delimiter, and this is tolerated.
    pub(super) is_cut: bool,
    input_end: Option<u64>,
}

#[derive(Debug)]
pub(super) enum State {
    /// Before the first delimiter line of the range.
    Start,
    /// After a delimiter line of the range.
    Within,
    Done,
    Failed(Error),
}

impl Progress {
    pub(super) fn new(delimiter: &Delimiter, range: Range<u64>) -> Self {
        let boundary = fingerprint(delimiter.dash_boundary());
        let (state, parts) = (State::Start, 0);
        Self {
            boundary,
            range,
            state,
            parts,
            first: None,
            close: None,
            is_cut: false,
            input_end: None,
        }
    }

    /// Ends the reading at the end of the input, and cuts the range to that end.
    pub(super) fn ends(&mut self, input_end: u64) {
        self.range.end = self.range.end.min(input_end).max(self.range.start);
        self.input_end = Some(input_end);
        self.state = State::Done;
    }

    /// Records a delimiter line that begins at `dash`, and returns true.
    ///
    /// If the range ends before it, this ends the reading and returns false.
    pub(super) fn opens(&mut self, dash: u64) -> bool {
        if dash >= self.range.end {
            self.state = State::Done;
            return false;
        }
        self.first.get_or_insert(dash);
        true
    }

    /// Continues after a lost part, which counts. `lost` says whether the reader could resume.
    pub(super) fn resumes<T>(&mut self, lost: Result<T, Error>) -> Result<T, Error> {
        match (lost, &self.state) {
            (Ok(lost), _) => {
                self.state = State::Within;
                Ok(lost)
            }
            // The error belongs to the range, not to a part.
            (Err(error), State::Failed(failed)) if error.kind() == NOTHING => Err(failed.clone()),
            (Err(error), _) => Err(error),
        }
    }

    pub(super) fn summary(&self) -> Result<Summary, Error> {
        let Self { boundary, range, state, parts, first, close, is_cut, input_end } = self;
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
                is_cut: *is_cut,
                input_end: *input_end,
            }),
        }
    }
}
