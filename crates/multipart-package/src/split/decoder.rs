//! Reading a range of a package that comes in chunks.

use super::progress::{Progress, State};
use super::summary::Summary;
use crate::checked_line::MOST_OCTETS;
use crate::decoder::{Decoder, Step, Turn};
use crate::error::{Error, Misuse};
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use bytes::Bytes;
use std::ops::Range;

/// Reads the parts that belong to a range of a package whose octets come in chunks.
///
/// They are the same parts that a [`Split`](crate::Split) of that range gives, as the steps of a
/// [`Decoder`].
///
/// Push the octets from [`feed_from`](Self::feed_from) on until you get [`Step::Done`]; `feed_from`
/// is up to two octets before the range. A part that begins in the range may end after it, so
/// continue after the range's end. Octets after that part need not be fetched.
///
/// A range after the close delimiter may give parts, or an error, from octets that a single reading
/// skips: it cannot know of a close delimiter in an earlier range. Use no part before
/// [`Summary::join`](crate::Summary::join) succeeded.
///
/// ```
/// use multipart_package::{Event, Reader, Step, Summary};
///
/// let package = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--\r\n";
/// let reader = Reader::from_content_type(b"multipart/mixed; boundary=b")?;
/// let mut summaries = Vec::new();
/// for range in [0..12, 12..package.len() as u64] {
///     let mut split = reader.split_decoder(range);
///     // From another host, this would be a request of the octets from there on.
///     split.push(package[split.feed_from() as usize..].to_vec().into());
///     split.finish();
///     while let Step::Event(event) = split.step()? {
///         if let Event::Body(octets) = event {
///             println!("{octets:?}");
///         }
///     }
///     summaries.push(split.summary()?);
/// }
/// assert_eq!(Summary::join(summaries, package.len() as u64)?, 3);
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug)]
pub struct SplitDecoder {
    decoder: Decoder,
    progress: Progress,
}

impl Reader {
    /// Reads the parts that belong to a range of a package that comes in chunks.
    ///
    /// A range that reaches beyond the end of the input is cut there.
    #[must_use]
    pub fn split_decoder(&self, range: Range<u64>) -> SplitDecoder {
        let end = range.end.min(MOST_OCTETS);
        let range = range.start.min(end)..end;
        let decoder = match range.start {
            0 => self.decoder(),
            _ => Decoder::within(self.config(), range.clone()),
        };
        let progress = Progress::new(decoder.delimiter(), range);
        SplitDecoder { decoder, progress }
    }
}

impl SplitDecoder {
    /// The offset, in the whole input, of the first octet to [push](Self::push).
    ///
    /// It is up to two octets before the range, because the line break that precedes the range's
    /// first delimiter line may be there.
    #[must_use]
    pub fn feed_from(&self) -> u64 {
        self.progress.range.start.saturating_sub(2)
    }

    /// Pushes the next octets. The decoder keeps them until [`step`](Self::step) has read them.
    pub fn push(&mut self, chunk: Bytes) {
        self.decoder.push(chunk);
    }

    /// Tells the decoder that the whole input is complete.
    ///
    /// Call this only at the end of the whole input, not at the end of the range.
    pub fn finish(&mut self) {
        self.decoder.finish();
    }

    /// The violations that were tolerated so far.
    ///
    /// Violations in a delimiter line between two ranges are reported by both: that line ends the
    /// last part of the one and begins the first part of the other.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.decoder.diagnostics()
    }

    /// Reads up to the next event, or until more octets are needed.
    ///
    /// It gives [`Step::Done`] once all parts of the range are read.
    ///
    /// # Errors
    /// A violation of a [`Rule`](crate::Rule) that is not tolerated, a limit that the input
    /// exceeds, or [`Misuse::RangeOfLengths`] under [`Framing::Length`](crate::Framing::Length).
    /// After an error, every step gives that error again, until [`resync`](Self::resync) succeeds.
    pub fn step(&mut self) -> Result<Step, Error> {
        let turn = self.next_turn()?;
        Ok(self.decoder.give(turn))
    }

    /// Does what [`step`](Self::step) does, and lends the octets, as
    /// [`Decoder::step_borrowed`] does.
    ///
    /// # Errors
    /// Those of [`step`](Self::step).
    pub fn step_borrowed(&mut self) -> Result<Step<&[u8]>, Error> {
        let turn = self.next_turn()?;
        Ok(self.decoder.lend(turn))
    }

    fn next_turn(&mut self) -> Result<Turn, Error> {
        self.try_turn().inspect_err(|error| {
            self.progress.state = State::Failed(error.clone());
        })
    }

    fn try_turn(&mut self) -> Result<Turn, Error> {
        loop {
            match &self.progress.state {
                State::Done => return Ok(Turn::Done),
                State::Failed(error) => return Err(error.clone()),
                State::Start => self.start()?,
                State::Within => {
                    let last = self.decoder.last_delimiter();
                    if last.is_some_and(|(dash, _)| !self.progress.opens(dash)) {
                        continue;
                    }
                    if let Some((dash, true)) = last {
                        self.progress.close = Some(dash);
                    }
                    match self.decoder.advance()? {
                        Turn::Again => {}
                        Turn::Done => {
                            self.progress.is_cut = self.decoder.is_cut();
                            match self.decoder.input_end() {
                                Some(input_end) => self.progress.ends(input_end),
                                None => self.progress.state = State::Done,
                            }
                        }
                        turn => {
                            let ends = matches!(turn, Turn::End | Turn::Lost(_));
                            self.progress.parts += u64::from(ends);
                            return Ok(turn);
                        }
                    }
                }
            }
        }
    }

    /// Resumes after a part that cannot be read, as [`Decoder::resync`] does.
    ///
    /// The next [`step`](Self::step) gives [`Event::Lost`](crate::Event::Lost). The lost part counts as
    /// a part of the range.
    ///
    /// # Errors
    /// Those of [`Decoder::resync`], and the same error again if it does not belong to a part.
    pub fn resync(&mut self) -> Result<(), Error> {
        let resync = self.decoder.resync();
        self.progress.resumes(resync)
    }

    fn start(&mut self) -> Result<(), Error> {
        let range = &self.progress.range;
        if self.decoder.is_framed_by_length() {
            return Err(Error::misuse(Misuse::RangeOfLengths, range.start));
        }
        self.progress.state = if range.is_empty() { State::Done } else { State::Within };
        Ok(())
    }

    /// What the range contained.
    ///
    /// # Errors
    /// The error that ended the reading, or [`Misuse::RangeUnread`] before [`Step::Done`].
    pub fn summary(&self) -> Result<Summary, Error> {
        self.progress.summary()
    }
}
