//! Reading the entries of a feed from a file, or anything else that is read.

use super::accessors::decoder_accessors;
use super::decoder::{EntryDecoder, EntryStep};
use super::item::FeedItem;
use super::stream_error::StreamError;
use crate::reader::Reader;
use std::io::{self, BufRead};

/// The entries of a feed that is read from a file, or anything else that implements [`BufRead`].
///
/// It gives what [`EntryReader`](super::EntryReader) gives, as values that borrow nothing. An
/// [`EntryDecoder`] does without copies.
///
/// ```
/// use atom_fsm::{FeedItem, Reader};
///
/// let file = &b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>1</title></entry></feed>"[..];
/// for item in Reader::new().entries_from(file) {
///     if let FeedItem::Entry(entry) = item? {
///         assert_eq!(entry.entry().title().unwrap().value(), "1");
///     }
/// }
/// # Ok::<(), atom_fsm::StreamError<std::io::Error>>(())
/// ```
#[derive(Debug)]
pub struct BufEntryReader<R> {
    octets: R,
    decoder: EntryDecoder,
    is_done: bool,
}

impl Reader {
    /// Reads a feed in UTF-8 entry by entry from a file, or anything else that is read.
    pub fn entries_from<R: BufRead>(&self, octets: R) -> BufEntryReader<R> {
        BufEntryReader { octets, decoder: self.entry_decoder(), is_done: false }
    }
}

impl<R> BufEntryReader<R> {
    decoder_accessors!();
}

impl<R: BufRead> BufEntryReader<R> {
    fn read(&mut self) -> Result<Option<FeedItem<'static>>, StreamError<io::Error>> {
        loop {
            match self.decoder.step()? {
                EntryStep::Item(item) => return Ok(Some(item.into_owned())),
                EntryStep::Done => return Ok(None),
                EntryStep::NeedInput => {}
            }
            let octets = match self.octets.fill_buf() {
                Ok(octets) => octets,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(StreamError::Source(error)),
            };
            let count = octets.len();
            self.decoder.push(octets);
            if count == 0 {
                self.decoder.finish();
            }
            self.octets.consume(count);
        }
    }
}

impl<R: BufRead> Iterator for BufEntryReader<R> {
    type Item = Result<FeedItem<'static>, StreamError<io::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let item = self.read().transpose();
        self.is_done = !matches!(item, Some(Ok(_)));
        item
    }
}

impl<R: BufRead> std::iter::FusedIterator for BufEntryReader<R> {}
