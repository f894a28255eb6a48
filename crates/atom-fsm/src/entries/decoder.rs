//! Reading the entries of a feed whose octets come in any pieces.

use super::item::FeedItem;
use super::segments::Segments;
use super::walk::{Found, Part, Walk};
use crate::atom::{Feed, FeedChildren};
use crate::encoding::{self, End};
use crate::error::Error;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::settings::Settings;
use crate::xml::{Paused, XmlReader};

/// Reads the entries of a feed whose octets come in any pieces, without IO: octets in, entries out.
///
/// It gives what [`EntryReader`](super::EntryReader) gives, however the octets are cut. It holds one
/// entry, what was pushed behind it, and the metadata of the feed.
///
/// ```
/// use atom_fsm::{EntryStep, FeedItem, Reader};
///
/// let mut decoder = Reader::new().entry_decoder();
/// let mut chunks = ["<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>1</ti", "tle></entry></feed>"].into_iter();
/// loop {
///     match decoder.step()? {
///         EntryStep::Item(FeedItem::Entry(entry)) => {
///             assert_eq!(entry.entry().title().unwrap().value(), "1");
///         }
///         EntryStep::Item(_) => {}
///         EntryStep::NeedInput => match chunks.next() {
///             Some(chunk) => decoder.push(chunk.as_bytes()),
///             None => decoder.finish(),
///         },
///         EntryStep::Done => break,
///     }
/// }
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug)]
pub struct EntryDecoder {
    settings: Settings,
    namespaces: Vec<(String, String)>,
    buffer: Vec<u8>,
    /// The octets of the buffer that were read.
    read: usize,
    is_finished: bool,
    segments: Segments,
    /// `None` before the first part.
    paused: Option<Paused>,
    nothing: Diagnostics,
    walk: Walk,
    feed: Feed<'static>,
    is_done: bool,
}

/// What an [`EntryDecoder`] does next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one step is taken at a time, and moved once")]
pub enum EntryStep<'d> {
    /// The next entry, or another item.
    Item(FeedItem<'d>),
    /// More octets are needed: [`EntryDecoder::push`], or [`EntryDecoder::finish`] at their end.
    NeedInput,
    /// The document has ended, and all of it was read; or an error was returned before.
    Done,
}

impl Reader {
    /// Returns a decoder of the entries of a feed whose octets come in any pieces.
    #[must_use]
    pub fn entry_decoder(&self) -> EntryDecoder {
        EntryDecoder {
            settings: self.settings,
            namespaces: self.namespaces.clone(),
            buffer: Vec::new(),
            read: 0,
            is_finished: false,
            segments: Segments::default(),
            paused: None,
            nothing: Diagnostics::default(),
            walk: Walk::default(),
            feed: Feed::default(),
            is_done: false,
        }
    }
}

impl EntryDecoder {
    /// Gives the next octets. They are copied. After [`finish`](Self::finish), and once the decoder is
    /// done, they are ignored.
    pub fn push(&mut self, octets: &[u8]) {
        if self.is_finished || self.is_done {
            return;
        }
        // So that no octet is moved more than once on average.
        if self.read > self.buffer.len() / 2 {
            self.buffer.drain(..self.read);
            self.read = 0;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// Says that there are no more octets.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    /// Takes the next step.
    ///
    /// # Errors
    /// Those of [`EntryReader`](super::EntryReader), in the same places. Every step after an error is
    /// [`EntryStep::Done`].
    pub fn step(&mut self) -> Result<EntryStep<'_>, Error> {
        let buffer = self.buffer.as_slice();
        while !self.is_done {
            let rest = buffer.get(self.read..).unwrap_or_default();
            // As many octets as a part may have, and one more.
            let most = usize::try_from(self.settings.limits.entry_octets).unwrap_or(usize::MAX);
            let more = rest.get(..most.saturating_add(1));
            let is_all = self.is_finished || more.is_some();
            let (octets, part) = match self.segments.next(rest, is_all) {
                Some(end) => (rest.get(..end).unwrap_or_default(), Part::More),
                None if is_all => (rest, Part::Last),
                None => return Ok(EntryStep::NeedInput),
            };
            if let Some(more) = more.filter(|_| octets.len() > most) {
                self.is_done = true;
                let text = encoding::text(more).0;
                let mut reader = match self.paused.take() {
                    Some(paused) => self.walk.begin_part(XmlReader::resume(text, paused)),
                    None => XmlReader::unchecked(text, self.settings),
                };
                let error = self.walk.refuse_size(&mut reader);
                self.paused = Some(reader.pause());
                return Err(error);
            }
            self.read += octets.len();
            let (text, end) = encoding::text(octets);
            let reader = match self.paused.take() {
                Some(paused) => Ok(XmlReader::resume(text, paused)),
                None => encoding::refuse_wide(octets, self.settings).and_then(|()| {
                    let limits = self.settings.limits;
                    let any = Settings { limits: limits.octets(u64::MAX), ..self.settings };
                    Ok(XmlReader::new(text, any, &self.namespaces)?.with_limits(limits))
                }),
            };
            let mut reader = match reader {
                Ok(reader) => reader,
                Err(error) => {
                    self.is_done = true;
                    return Err(error);
                }
            };
            let part = if end == End::Whole { part } else { Part::Last };
            let read = read_part(&mut reader, text, part, &mut self.walk, &mut self.feed);
            let outcome = match read {
                Ok(Outcome::Item(item)) => {
                    self.paused = Some(reader.pause());
                    return Ok(EntryStep::Item(item));
                }
                Ok(Outcome::Exhausted) => {
                    self.paused = Some(reader.pause());
                    continue;
                }
                Ok(Outcome::End) => Ok(()),
                Err(error) => Err(error),
            };
            let outcome = end.outcome(outcome, &mut reader);
            self.paused = Some(reader.pause());
            self.is_done = true;
            outcome?;
        }
        Ok(EntryStep::Done)
    }

    /// The metadata of the feed that is before its first item: all of it once that is given. It has no
    /// entries, and no [metadata behind them](FeedItem::Metadata).
    #[must_use]
    pub fn feed(&self) -> &Feed<'static> {
        &self.feed
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.paused.as_ref().map_or(&self.nothing, Paused::diagnostics)
    }

    /// Whether [`Reader::repair`] repaired anything so far.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.paused.as_ref().is_some_and(Paused::is_repaired)
    }
}

#[allow(clippy::large_enum_variant, reason = "one is returned at a time, and moved once")]
enum Outcome<'d> {
    Item(FeedItem<'d>),
    /// The part was read.
    Exhausted,
    /// The document was read.
    End,
}

/// Reads a part up to its item, or to its end. A part contains one child of the feed at most.
fn read_part<'d>(
    reader: &mut XmlReader<'d>,
    text: &str,
    part: Part,
    walk: &mut Walk,
    feed: &mut Feed<'static>,
) -> Result<Outcome<'d>, Error> {
    loop {
        match walk.next(reader, text, part, feed)? {
            Some(Found::Feed(begun)) => *feed = begun.into_owned(),
            Some(Found::Metadata(part)) => FeedChildren::add(feed, part.into_owned()),
            Some(Found::Item(item)) => return Ok(Outcome::Item(item)),
            Some(Found::Behind) => {}
            Some(Found::End) => return Ok(Outcome::End),
            None => return Ok(Outcome::Exhausted),
        }
    }
}
