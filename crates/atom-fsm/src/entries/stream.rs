//! Reading the entries of a feed from a stream of chunks.

use super::accessors::decoder_accessors;
use super::decoder::{EntryDecoder, EntryStep};
use super::item::FeedItem;
use super::stream_error::StreamError;
use crate::reader::Reader;
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The entries of a feed whose octets come as a stream of chunks, on any async runtime.
///
/// It gives what [`EntryReader`](super::EntryReader) gives, as values that borrow nothing. If it ends
/// without an error, the whole feed was read. After an error it ends.
///
/// ```
/// use atom_fsm::{FeedItem, Reader};
/// use futures_util::{StreamExt, stream};
///
/// # futures_util::FutureExt::now_or_never(async {
/// let chunks = ["<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>1</ti", "tle></entry></feed>"];
/// let chunks = stream::iter(chunks.map(Ok::<_, std::io::Error>));
/// let mut entries = Reader::new().entry_stream(chunks);
/// while let Some(item) = entries.next().await {
///     if let FeedItem::Entry(entry) = item? {
///         assert_eq!(entry.entry().title().unwrap().value(), "1");
///     }
/// }
/// # Ok::<(), atom_fsm::StreamError<std::io::Error>>(())
/// # });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
pub struct EntryStream<S> {
    chunks: S,
    decoder: EntryDecoder,
    is_done: bool,
}

impl Reader {
    /// Reads a feed in UTF-8 entry by entry from a stream of chunks.
    #[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
    pub fn entry_stream<S, B, E>(&self, chunks: S) -> EntryStream<S>
    where
        S: Stream<Item = Result<B, E>> + Unpin,
        B: AsRef<[u8]>,
    {
        EntryStream { chunks, decoder: self.entry_decoder(), is_done: false }
    }
}

impl<S> EntryStream<S> {
    decoder_accessors!();
}

impl<S, B, E> Stream for EntryStream<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<FeedItem<'static>, StreamError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        while !this.is_done {
            let end = match this.decoder.step() {
                Ok(EntryStep::Item(item)) => return Poll::Ready(Some(Ok(item.into_owned()))),
                Ok(EntryStep::NeedInput) => {
                    match ready!(Pin::new(&mut this.chunks).poll_next(context)) {
                        Some(Ok(chunk)) => {
                            this.decoder.push(chunk.as_ref());
                            continue;
                        }
                        None => {
                            this.decoder.finish();
                            continue;
                        }
                        Some(Err(error)) => Some(Err(StreamError::Source(error))),
                    }
                }
                Ok(EntryStep::Done) => None,
                Err(error) => Some(Err(error.into())),
            };
            this.is_done = true;
            return Poll::Ready(end);
        }
        Poll::Ready(None)
    }
}
