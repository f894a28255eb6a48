//! Reading a range of a package that comes in chunks.

use super::{Progress, State, Summary};
use crate::decoder::{Decoder, Event, Step};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Misuse};
use crate::reader::Reader;
use crate::stored::MOST_OCTETS;
use bytes::Bytes;
use std::ops::Range;

/// Reads the parts that belong to a range of a package whose octets come in chunks: the same ones
/// as a [`Split`](crate::Split) of that range, as a [`Decoder`]'s steps.
///
/// It is fed from [`feed_from`](Self::feed_from) on, which is a little before the range, until it
/// is done: the range's last part ends behind it. What comes after that need not be fetched.
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
    /// Reads the parts that belong to a range of a package which comes in chunks. A range is cut to
    /// the input where that ends.
    #[must_use]
    pub fn split_decoder(&self, range: Range<u64>) -> SplitDecoder {
        let end = range.end.min(MOST_OCTETS);
        let range = range.start.min(end)..end;
        let decoder = match range.start {
            0 => self.decoder(),
            _ => Decoder::within(self.setup(), range.clone()),
        };
        let progress = Progress::new(decoder.delimiter(), range);
        SplitDecoder { decoder, progress }
    }
}

impl SplitDecoder {
    /// From which octet of the whole input on the chunks are to be fed: the line break before the
    /// range's first delimiter line may stand before the range.
    #[must_use]
    pub fn feed_from(&self) -> u64 {
        self.progress.range.start.saturating_sub(2)
    }

    /// Feeds the next octets. They are kept until [`step`](Self::step) has drained them.
    pub fn push(&mut self, chunk: Bytes) {
        self.decoder.push(chunk);
    }

    /// Says that the whole input ends here; not to be said at the range's end.
    pub fn finish(&mut self) {
        self.decoder.finish();
    }

    /// The breaches that were tolerated so far. Those of a delimiter line between two ranges are told
    /// by both: it ends the one and opens the other.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.decoder.diagnostics()
    }

    /// Goes on to the next event; [`Step::Done`] when all parts of the range are read.
    ///
    /// # Errors
    /// A broken [`Rule`](crate::Rule) that the tolerance does not hold, or a limit exceeded; from
    /// then on the same. [`Misuse::RangeOfLengths`] where lengths frame the bodies.
    pub fn step(&mut self) -> Result<Step, Error> {
        let step = self.try_step();
        if let Err(error) = &step {
            self.progress.state = State::Failed(error.clone());
        }
        step
    }

    fn try_step(&mut self) -> Result<Step, Error> {
        loop {
            match &self.progress.state {
                State::Done => return Ok(Step::Done),
                State::Failed(error) => return Err(error.clone()),
                State::Start => self.start()?,
                State::Within => {
                    let passed = self.decoder.passed();
                    if passed.is_some_and(|(dash, _)| !self.progress.opens(dash)) {
                        continue;
                    }
                    if let Some((dash, true)) = passed {
                        self.progress.close = Some(dash);
                    }
                    match self.decoder.advance()? {
                        None => {}
                        Some(Step::Done) => match self.decoder.input_end() {
                            Some(input_end) => self.progress.ends(input_end),
                            None => self.progress.state = State::Done,
                        },
                        Some(step) => {
                            self.progress.parts += u64::from(step == Step::Event(Event::End));
                            return Ok(step);
                        }
                    }
                }
            }
        }
    }

    fn start(&mut self) -> Result<(), Error> {
        let range = &self.progress.range;
        if self.decoder.is_framed_by_length() {
            return Err(Error::misuse(Misuse::RangeOfLengths, range.start));
        }
        self.progress.state = if range.is_empty() { State::Done } else { State::Within };
        Ok(())
    }

    /// What the range held.
    ///
    /// # Errors
    /// The error that ended the reading, and [`Misuse::RangeUnread`] before its end.
    pub fn summary(&self) -> Result<Summary, Error> {
        self.progress.summary()
    }
}
