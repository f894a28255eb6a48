//! The body of a request whose head is refused.

use crate::server::limits::Limits;
use axum::body::{Body, HttpBody as _};
use http::header::EXPECT;
use http::request::Parts;
use http_body_util::BodyExt as _;

/// Reads the rest of a request whose head is refused, and forgets it. A server that answers and closes
/// while the body is still coming makes the client's system discard the answer (RFC 9112 section 9.6).
///
/// A client that waits for 100 sends no body, and a body that is longer than the limit is not worth the
/// wait: both are answered at once.
pub(super) async fn discard(limits: &Limits, parts: &Parts, mut body: Body) {
    let waits = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"100-continue");
    let most = limits.document_octets;
    if body.size_hint().lower() > most || parts.headers.get_all(EXPECT).iter().any(waits) {
        return;
    }
    let rest = async {
        let mut octets: u64 = 0;
        while let Some(Ok(frame)) = body.frame().await {
            let more = frame.data_ref().map_or(0, |data| data.len() as u64);
            octets = octets.saturating_add(more);
            if octets > most {
                break;
            }
        }
    };
    // The answer is the same whether the body came to its end or not.
    let _ = tokio::time::timeout(limits.refused_time, rest).await;
}
