//! The answers of stores: how long is waited for them, and what their errors mean.

use crate::client;
use crate::error::Error;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use object_store::{Attribute, GetResult, GetResultPayload};
use std::pin::pin;
use std::time::Duration;

/// Into how many parts the time is divided that is waited for a store.
const PARTS: u32 = 8;

/// How many chunks without octets a store may give one after the other.
pub(crate) const EMPTY_CHUNKS: u32 = 64;

/// Waits for a store; it is an error if it gives nothing for too long.
///
/// A query that is not polled, since nobody wants its rows yet, does not wait: however long that
/// takes, it counts for no more than one part of the time.
pub(crate) async fn awaited<T>(
    answer: impl Future<Output = T>,
    silence: Duration,
    uri: &str,
) -> Result<T, Error> {
    let mut answer = pin!(answer);
    for _ in 0..PARTS {
        if let Ok(answer) = tokio::time::timeout(silence / PARTS, answer.as_mut()).await {
            return Ok(answer);
        }
    }
    Err(stalled(silence, uri))
}

pub(crate) fn stalled(silence: Duration, uri: &str) -> Error {
    Error::Stalled { uri: uri.to_owned(), seconds: silence.as_secs_f32() }
}

/// What a failure of a store means.
pub(crate) fn failed(source: object_store::Error, uri: &str) -> Error {
    match client::redirected(&source) {
        Some(to) => Error::Redirected { uri: uri.to_owned(), to: to.to_owned() },
        None => Error::Store { uri: uri.to_owned(), source },
    }
}

/// Checks that an answer has no content coding: a range of a coded package is none of its octets.
pub(crate) fn uncoded(found: &GetResult, uri: &str) -> Result<(), Error> {
    match found.attributes.get(&Attribute::ContentEncoding) {
        Some(coding) if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") => {
            Err(Error::Coded { package: uri.to_owned(), coding: coding.to_string() })
        }
        _ => Ok(()),
    }
}

/// All octets of an answer, which must be as many as it says.
pub(crate) async fn octets(found: GetResult, silence: Duration, uri: &str) -> Result<Bytes, Error> {
    let expected = found.range.end.saturating_sub(found.range.start);
    let changed = || Error::PackageChanged { package: uri.to_owned() };
    let mut octets = BytesMut::new();
    match found.payload {
        GetResultPayload::File(..) => {
            let read = awaited(found.bytes(), silence, uri).await?;
            return read.map_err(|source| failed(source, uri));
        }
        GetResultPayload::Stream(mut chunks) => {
            let mut empty = 0;
            while let Some(chunk) = awaited(chunks.next(), silence, uri).await? {
                let chunk = chunk.map_err(|source| failed(source, uri))?;
                empty = if chunk.is_empty() { empty + 1 } else { 0 };
                if empty > EMPTY_CHUNKS {
                    return Err(stalled(silence, uri));
                }
                octets.extend_from_slice(&chunk);
                // A server may send any number of octets, whatever it says.
                if octets.len() as u64 > expected {
                    return Err(changed());
                }
            }
        }
    }
    if octets.len() as u64 == expected { Ok(octets.freeze()) } else { Err(changed()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::time::Instant;
    use tokio::time::sleep;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[tokio::test]
    async fn a_silent_store_is_reported_after_the_time() {
        let start = Instant::now();
        let silent = std::future::pending::<()>();
        let error = awaited(silent, millis(500), "a").await.unwrap_err();
        assert_eq!(error.name(), "stalled");
        assert!(start.elapsed() >= millis(500));
        assert!(error.to_string().contains("0.5 seconds"), "{error}");
    }

    /// A consumer that pauses does not poll.
    #[tokio::test]
    async fn time_in_which_nobody_polls_does_not_count() {
        let answer = async {
            sleep(millis(2_000)).await;
            // The octets come some time after the consumer wants them again.
            sleep(millis(100)).await;
        };
        let mut waiting = Box::pin(awaited(answer, millis(1_600), "a"));
        assert!(waiting.as_mut().now_or_never().is_none());
        sleep(millis(2_000)).await;
        waiting.await.unwrap();
    }
}
