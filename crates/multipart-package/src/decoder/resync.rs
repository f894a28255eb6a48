//! Going on after a part that could not be read.

use super::{Decoder, Event, State, Step, Turn};
use crate::delimiter::{At, Line, Sought};
use crate::error::{Error, ErrorKind, Misuse};
use crate::frame;
use crate::reader::Setup;
use crate::rule::Rule;

/// Where the search begins for the delimiter line behind a part that could not be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    /// The view begins with a line.
    LineStart,
    /// The view begins within a line.
    Within,
}

/// What failed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failed {
    /// A part: its delimiter line lies ahead.
    Part(Start),
    /// A part whose delimiter line is read, in a window that began at this octet.
    Ended(Line, u64),
    /// What is no single part, or a limit.
    All,
}

impl Decoder {
    /// Goes on after a part that could not be read, at the next delimiter line: the next step that
    /// is an event is [`Event::Lost`] with the octets of that part. What was given of it is not to
    /// be used.
    ///
    /// Where lengths frame the bodies, that line is looked for behind the octets that the length
    /// has claimed, right or wrong: one that reaches into the parts behind loses those as well,
    /// and behind one that is too small the line may be one within the part's body.
    ///
    /// # Errors
    /// The error again where it was a limit or no part's, and [`Misuse::NothingToResync`] where
    /// nothing failed.
    pub fn resync(&mut self) -> Result<(), Error> {
        let State::Failed(error, failed) = &self.state else {
            return Err(Error::misuse(Misuse::NothingToResync, self.feed.base()));
        };
        match *failed {
            Failed::Part(from) => self.state = State::Resync(from),
            Failed::Ended(line, base) => self.state = State::Lost(line, base),
            Failed::All => return Err(error.clone()),
        }
        Ok(())
    }

    /// Notes what failed, so that the reading can go on behind it.
    #[cold]
    pub(super) fn fail(&mut self, error: Error) {
        let is_limit = matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Misuse(_));
        let failed = match &self.state {
            State::Failed(..) => return,
            _ if is_limit => Failed::All,
            State::Head(_) => {
                self.part.start = self.feed.base();
                self.number = self.number.saturating_add(1);
                Failed::Part(Start::LineStart)
            }
            State::Body | State::LengthBody(_) => Failed::Part(Start::Within),
            State::LengthEnd if self.part.ends_line => Failed::Part(Start::LineStart),
            State::LengthEnd => Failed::Part(Start::Within),
            State::End(Some(line), base) => Failed::Ended(*line, *base),
            _ => Failed::All,
        };
        self.state = State::Failed(error, failed);
    }

    /// Looks for the delimiter line behind a part that could not be read.
    pub(super) fn search(&mut self, from: Start) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        if let Start::LineStart = from {
            match delimiter.at(window, 0, checks)? {
                At::Line(line) => {
                    let base = window.base;
                    return self.lose(line, base);
                }
                At::Incomplete => return self.more(),
                At::Other => {}
            }
        }
        let start = self.part.start;
        let sought = delimiter.find_behind(window, checks, |before| {
            frame::check_body(window.offset(before) - start, start, checks)
        });
        match sought? {
            Sought::Line(line) => {
                let base = window.base;
                self.lose(line, base)
            }
            Sought::Incomplete(settled) => {
                frame::check_body(window.offset(settled) - start, start, checks)?;
                self.state = State::Resync(Start::Within);
                self.feed.skip(settled);
                self.more()
            }
            Sought::None => {
                let end = window.offset(window.octets.len());
                frame::check_body(end - start, start, checks)?;
                Err(Error::rule(Rule::CloseMissing, end, b""))
            }
        }
    }

    /// Goes on behind a delimiter line that is still in the view.
    fn lose(&mut self, line: Line, base: u64) -> Turn {
        self.feed.skip(line.end);
        self.lost(line, base)
    }

    pub(super) fn lost(&mut self, line: Line, base: u64) -> Turn {
        let lost = self.part.start..base + line.dash as u64;
        frame::check_body(lost.end - lost.start, lost.start, &self.setup.checks)?;
        self.pass(line, base);
        Ok(Some(Step::Event(Event::Lost(lost))))
    }
}
