//! The body of a response, in pieces, for as long as the client may take.

use crate::server::limits::Limits;
use crate::store::{Database, PIECE_OCTETS, StoreError, StoredMedia, media_piece};
use axum::body::Bytes;
use futures_util::stream::{self, Stream};
use http::Extensions;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::task::AbortHandle;

/// Octets in one piece. The connection asks for the next one when it has written most of what it has, so
/// that the body stays, and counts, until nearly all of it is written.
const PIECE: usize = 16 * 1024;

/// Ends the connection that a request comes from. The one who accepts connections adds it to the request.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends(Arc<Notify>);

impl Ends {
    /// Returns when the connection is to be ended.
    pub(super) async fn ended(&self) {
        self.0.notified().await;
    }
}

/// The pieces that are still in the database.
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, StoreError>> + Send>>;

/// The body of a response.
pub(super) struct Sent {
    rest: Bytes,
    more: Option<Pieces>,
    /// The octets of both.
    left: u64,
    /// What is in memory counts until the body is dropped.
    _permit: Option<OwnedSemaphorePermit>,
    end: Option<AbortHandle>,
}

impl Sent {
    /// Makes a body of octets, which count until it is dropped. If it is longer than a piece, it ends its
    /// connection when it is still there after [`Limits::response_time`]. `request` are the extensions of
    /// the request.
    pub(super) fn new(
        octets: Vec<u8>,
        permit: Option<OwnedSemaphorePermit>,
        limits: &Limits,
        request: &Extensions,
    ) -> Self {
        let left = octets.len() as u64;
        let end = end(left, limits, request);
        Self { rest: octets.into(), more: None, left, _permit: permit, end }
    }

    /// Makes a body of a media resource. One piece after another is read when the connection asks for it. The
    /// body, and with it the connection, breaks if the media resource is edited or deleted meanwhile.
    pub(super) fn media(
        database: Database,
        media: StoredMedia,
        limits: &Limits,
        request: &Extensions,
    ) -> Self {
        let left = media.size;
        let pieces =
            stream::try_unfold((database, media, 0), |(database, media, number)| async move {
                if number * PIECE_OCTETS >= media.size {
                    return Ok(None);
                }
                let wanted = media.clone();
                let piece =
                    database.read(move |connection| media_piece(connection, &wanted, number));
                Ok(Some((Bytes::from(piece.await?), (database, media, number + 1))))
            });
        let end = end(left, limits, request);
        Self { rest: Bytes::new(), more: Some(Box::pin(pieces)), left, _permit: None, end }
    }
}

/// Ends the connection after the time for a response, unless that is aborted.
fn end(octets: u64, limits: &Limits, request: &Extensions) -> Option<AbortHandle> {
    let ends = request.get::<Ends>().filter(|_| octets > PIECE as u64).cloned()?;
    let time = limits.response_time;
    let end = async move {
        tokio::time::sleep(time).await;
        tracing::debug!("a client takes too long for a response");
        ends.0.notify_one();
    };
    Some(tokio::spawn(end).abort_handle())
}

impl Drop for Sent {
    fn drop(&mut self) {
        if let Some(end) = &self.end {
            end.abort();
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        if self.rest.is_empty()
            && let Some(more) = &mut self.more
        {
            match ready!(more.as_mut().poll_next(context)) {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => self.more = None,
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(most);
        self.left = self.left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
