//! Whether a store honours the conditions of requests, on which all that several publishers do rests.

use super::error::Error;
use super::target::{Kind, Target};
use bytes::Bytes;
use object_store::{PutMode, UpdateVersion};
use std::time::Duration;
use tokio::time::timeout;

/// The name of the object with which it is attempted.
const NAME: &str = "conditions.json";
/// How long a store may take to refuse, at each attempt. One that does not know a condition may answer as if
/// it had failed for a while, so that the request would be repeated for minutes.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is attempted, since any store may be silent once.
const ATTEMPTS: u32 = 3;

/// Refuses a store that does not refuse to create an object that is there, or to replace one that has
/// another entity tag.
///
/// # Errors
/// [`Error::NoConditions`], and those of putting the object.
pub(super) async fn check(target: &Target) -> Result<(), Error> {
    // A directory is locked instead.
    if !target.knows_conditions() {
        return Ok(());
    }
    put(target, PutMode::Overwrite).await?;
    let other = UpdateVersion { e_tag: Some("\"none\"".to_owned()), version: None };
    let conditions = [
        ("If-None-Match: *", PutMode::Create),
        ("If-Match, with another entity tag", PutMode::Update(other)),
    ];
    for (condition, mode) in conditions {
        if !refuses(target, mode).await? {
            return Err(Error::NoConditions { key: target.key(NAME).to_string(), condition });
        }
    }
    Ok(())
}

async fn refuses(target: &Target, mode: PutMode) -> Result<bool, Error> {
    for _ in 0..ATTEMPTS {
        match timeout(PATIENCE, put(target, mode.clone())).await {
            Err(_) => {}
            Ok(Ok(())) => return Ok(false),
            Ok(Err(Error::Store { cause, .. })) if is_unknown(&cause) => return Ok(false),
            Ok(Err(Error::Store { cause, .. })) if is_refusal(&cause) => return Ok(true),
            Ok(Err(error)) => return Err(error),
        }
    }
    Ok(false)
}

async fn put(target: &Target, mode: PutMode) -> Result<(), Error> {
    target.put(NAME, Bytes::from_static(b"{}"), Kind::Latest, mode).await.map(drop)
}

/// Whether a store refuses a request because of its condition.
pub(super) fn is_refusal(cause: &object_store::Error) -> bool {
    use object_store::Error::{AlreadyExists, Precondition};
    matches!(cause, AlreadyExists { .. } | Precondition { .. })
}

fn is_unknown(cause: &object_store::Error) -> bool {
    use object_store::Error::{NotImplemented, NotSupported};
    matches!(cause, NotImplemented { .. } | NotSupported { .. })
}
