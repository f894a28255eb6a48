//! Repeating a request with a condition.
//!
//! A store's client repeats requests that can be done twice. One with a condition cannot: if it was done and
//! only its answer was lost, the second one is refused. Here it is repeated all the same, since whoever makes
//! such a request looks at what is there once it is refused.

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use object_store::PutMode;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often a request without an answer is repeated, and for how long, as the client does with others.
const TIMES: usize = 10;
const LONGEST: Duration = Duration::from_secs(180);

/// The times to wait after a store has refused to put what is not there. It may say so because of a request
/// that it has not done yet: another publisher's, or an earlier one of this publisher.
pub(super) fn waits() -> impl Iterator<Item = Duration> {
    (0..5).map(|exponent| Duration::from_millis(200 << exponent))
}

/// The repetitions of one request.
pub(super) struct Repetitions {
    begun: Instant,
    waits: ExponentialBackoff,
    is_repeated: bool,
}

impl Repetitions {
    pub(super) fn of(mode: &PutMode) -> Self {
        let waits = ExponentialBuilder::default().with_min_delay(Duration::from_millis(100));
        Self {
            begun: Instant::now(),
            waits: waits.with_jitter().with_max_times(TIMES).build(),
            // The client repeats the others itself.
            is_repeated: *mode != PutMode::Overwrite,
        }
    }

    /// Waits until a request that has failed can be repeated; false if it is not repeated.
    pub(super) async fn wait_after(&mut self, error: &object_store::Error) -> bool {
        if !self.is_repeated || !is_unanswered(error) || self.begun.elapsed() >= LONGEST {
            return false;
        }
        match self.waits.next() {
            Some(wait) => sleep(wait).await,
            None => return false,
        }
        true
    }
}

/// Whether a request may have been done, but was not answered.
#[cfg(feature = "s3")]
fn is_unanswered(error: &object_store::Error) -> bool {
    use object_store::client::{HttpError, HttpErrorKind};
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        if let Some(failed) = it.downcast_ref::<HttpError>() {
            return matches!(failed.kind(), HttpErrorKind::Timeout | HttpErrorKind::Interrupted);
        }
        cause = it.source();
    }
    false
}

/// Only a network loses answers.
#[cfg(not(feature = "s3"))]
fn is_unanswered(_: &object_store::Error) -> bool {
    false
}
