//! Reading a package from a stream of chunks.

use crate::decoder::{Decoder, Event, Step};
use crate::error::Error;
use crate::head::Head;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The events of a package whose octets come as a stream of chunks, on any async runtime.
///
/// Take [whole parts](Self::next_part), or the single events from its [`Stream`] implementation.
///
/// If it ends without an error, the whole package was read, including the close delimiter unless
/// its absence is tolerated. After an error it ends, until [`resync`](Self::resync) succeeds. To
/// resume from a checkpoint, use a [`Decoder`].
///
/// ```
/// use futures_util::stream;
/// use multipart_package::Reader;
///
/// # futures_util::FutureExt::now_or_never(async {
/// let chunks = [&b"--b\r\n\r\nhel"[..], b"lo\r\n--b--\r\n"].map(|chunk| Ok::<_, std::io::Error>(chunk.into()));
/// let reader = Reader::from_content_type(b"multipart/mixed; boundary=b").unwrap();
/// let mut parts = reader.stream(stream::iter(chunks));
/// while let Some((head, body)) = parts.next_part(1024 * 1024).await.unwrap() {
///     assert_eq!((head.as_bytes(), &body[..]), (&b""[..], &b"hello"[..]));
/// }
/// # });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
pub struct PartStream<S> {
    chunks: S,
    decoder: Decoder,
    is_done: bool,
    open: Option<OpenPart>,
}

/// The part that is being read.
#[derive(Debug)]
struct OpenPart {
    head: Head<Bytes>,
    /// Whether the stream gave the head as an event.
    is_begun: bool,
    /// The octets of the body that `next_part` took and that were not given yet.
    body: BytesMut,
}

impl OpenPart {
    fn new(head: Head<Bytes>) -> Self {
        Self { head, is_begun: false, body: BytesMut::new() }
    }
}

/// Why a [`PartStream`] ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
pub enum StreamError<E> {
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] Error),
    /// The stream of chunks failed.
    #[error("the stream of the package's octets failed")]
    Chunks(#[source] E),
    /// A body has more octets than the limit that was given to [`PartStream::next_part`].
    #[error(
        "more than {0} octets in a body (the limit of next_part); raise it, or read event by event"
    )]
    TooLong(u64),
}

impl Reader {
    /// Reads a package or feed document that comes as a stream of chunks.
    #[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
    pub fn stream<S, E>(&self, chunks: S) -> PartStream<S>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        PartStream { chunks, decoder: self.decoder(), is_done: false, open: None }
    }
}

impl<S, E> PartStream<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// Reads the next part as a whole, or returns `None` at the end of the package.
    ///
    /// It returns `None` also on every call after an error. That does not mean that the package was
    /// complete.
    ///
    /// `limit` is the largest number of octets that the body may have, because the whole body is
    /// held in memory.
    ///
    /// This method is cancel safe: if its future is dropped before it is ready, as by `select!` or
    /// a timeout, the next call continues with the same part.
    ///
    /// You can mix it with `next()`. If `next()` took some events of a part, this method returns
    /// that part with the rest of its body, and `limit` counts the rest only. If a dropped call of
    /// this method took some events of a part, `next()` gives them first.
    ///
    /// # Errors
    /// Those of the package and of the stream, and [`StreamError::TooLong`] for a body above
    /// `limit`.
    pub async fn next_part(
        &mut self,
        limit: u64,
    ) -> Result<Option<(Head<Bytes>, Bytes)>, StreamError<E>> {
        while let Some(event) = poll_fn(|context| self.poll_event(context)).await {
            match (event?, &mut self.open) {
                (Event::Head(head), open) => *open = Some(OpenPart::new(head)),
                (Event::Body(octets), Some(OpenPart { body, .. }))
                    if (body.len() + octets.len()) as u64 <= limit =>
                {
                    body.extend_from_slice(&octets);
                }
                (Event::Body(_), _) => {
                    self.is_done = true;
                    return Err(StreamError::TooLong(limit));
                }
                (Event::End, open) => {
                    if let Some(OpenPart { head, body, .. }) = open.take() {
                        // A dropped call may have taken more, with a larger limit.
                        if body.len() as u64 > limit {
                            self.is_done = true;
                            return Err(StreamError::TooLong(limit));
                        }
                        return Ok(Some((head, body.freeze())));
                    }
                }
                (Event::Lost(_), _) => {}
            }
        }
        Ok(None)
    }

    /// Resumes after a part that cannot be read, as [`Decoder::resync`] does, and returns the octets
    /// that are lost.
    ///
    /// Do not use the events that were given for the part before the error. If the future of this
    /// method is dropped before it is ready, `next()` gives the octets as [`Event::Lost`], and
    /// [`next_part`](Self::next_part) skips that event.
    ///
    /// # Errors
    /// Those of [`Decoder::resync`] and of the steps after it, and those of the stream. An error of
    /// the stream, or a body above the limit of `next_part`, belongs to no part of the package:
    /// [`Misuse::NothingToResync`](crate::Misuse::NothingToResync).
    pub async fn resync(&mut self) -> Result<Range<u64>, StreamError<E>> {
        self.decoder.resync()?;
        (self.is_done, self.open) = (false, None);
        // The decoder gives the lost octets first, or an error.
        loop {
            match poll_fn(|context| self.poll_event(context)).await {
                Some(Ok(Event::Lost(lost))) => return Ok(lost),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => {
                    let at = self.decoder.position();
                    return Err(Error::violation(Rule::CloseMissing, at, b"").into());
                }
            }
        }
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.decoder.diagnostics()
    }

    /// The next event that a dropped `next_part` took.
    fn kept_event(&mut self) -> Option<Event> {
        let open = if self.is_done { None } else { self.open.as_mut() }?;
        if !std::mem::replace(&mut open.is_begun, true) {
            return Some(Event::Head(open.head.clone()));
        }
        let body = std::mem::take(&mut open.body).freeze();
        (!body.is_empty()).then_some(Event::Body(body))
    }

    fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Event, StreamError<E>>>> {
        while !self.is_done {
            let end = match self.decoder.step() {
                Ok(Step::Event(event)) => return Poll::Ready(Some(Ok(event))),
                Ok(Step::NeedInput) => {
                    match ready!(Pin::new(&mut self.chunks).poll_next(context)) {
                        Some(Ok(chunk)) => {
                            self.decoder.push(chunk);
                            continue;
                        }
                        None => {
                            self.decoder.finish();
                            continue;
                        }
                        Some(Err(error)) => Some(Err(StreamError::Chunks(error))),
                    }
                }
                Ok(Step::Done) => None,
                Err(error) => Some(Err(error.into())),
            };
            self.is_done = true;
            return Poll::Ready(end);
        }
        Poll::Ready(None)
    }
}

impl<S, E> Stream for PartStream<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    type Item = Result<Event, StreamError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(event) = self.kept_event() {
            return Poll::Ready(Some(Ok(event)));
        }
        let event = ready!(self.poll_event(context));
        match &event {
            Some(Ok(Event::Head(head))) => {
                self.open = Some(OpenPart { is_begun: true, ..OpenPart::new(head.clone()) });
            }
            Some(Ok(Event::End)) => self.open = None,
            _ => {}
        }
        Poll::Ready(event)
    }
}
