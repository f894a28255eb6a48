//! The body of a response, in pieces, for as long as the client may take.

use crate::server::limits::Limits;
use axum::body::Bytes;
use http::Extensions;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
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

/// The body of a response.
#[derive(Debug)]
pub(super) struct Sent {
    rest: Bytes,
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
        let ends = request.get::<Ends>().filter(|_| octets.len() > PIECE).cloned();
        let time = limits.response_time;
        let end = ends.map(|ends| {
            let end = async move {
                tokio::time::sleep(time).await;
                tracing::debug!("a client takes too long for a response");
                ends.0.notify_one();
            };
            tokio::spawn(end).abort_handle()
        });
        Self { rest: octets.into(), _permit: permit, end }
    }
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
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(most)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
