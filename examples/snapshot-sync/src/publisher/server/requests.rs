//! The requests that were answered, counted by their route and status.

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// The requests that were answered, by route and status: since the start of the program.
#[derive(Debug, Default)]
pub struct Requests(Mutex<BTreeMap<(String, u16), Answers>>);

/// Answers of one route and status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Their number.
    pub count: u64,
    /// The octets of their bodies that were sent so far.
    pub octets: u64,
}

impl Requests {
    /// What was answered so far. The route of requests for no resource is empty.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<(String, u16), Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, key: &(String, u16), count: u64, octets: u64) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = match answers.get_mut(key) {
            Some(answers) => answers,
            None => answers.entry(key.clone()).or_default(),
        };
        answers.count += count;
        answers.octets += octets;
    }
}

/// Counts a request, and the octets of its answer while they are sent.
pub(super) async fn count(
    State(requests): State<Arc<Requests>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(|route| route.as_str().to_owned()).unwrap_or_default();
    let response = next.run(request).await;
    let key = (route, response.status().as_u16());
    requests.add(&key, 1, 0);
    response.map(|body| Body::new(Counted { body, key, requests }))
}

/// A body whose octets are counted.
struct Counted {
    body: Body,
    key: (String, u16),
    requests: Arc<Requests>,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(octets) = frame.data_ref()
        {
            self.requests.add(&self.key, 0, octets.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
