//! The index of the latest snapshot, which is replaced.

use super::conditions::is_refusal;
use super::documents::{Documents, LATEST, Timeline};
use super::error::Error;
use super::repeated::waits;
use super::target::{Kind, Target};
use chrono::{DateTime, Utc};
use object_store::{PutMode, UpdateVersion};
use snapshot_index::SnapshotIndex;
use tokio::time::sleep;

/// How often it is attempted to replace it, if others do that too.
const ATTEMPTS: u32 = 8;

/// Which snapshot readers begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Latest {
    /// The one that was published.
    This,
    /// A newer one.
    Newer {
        /// When that was started.
        started: DateTime<Utc>,
    },
}

/// The index of the latest snapshot, as it is in the store.
#[derive(Debug)]
struct Standing {
    index: SnapshotIndex,
    is_this: bool,
    version: UpdateVersion,
}

/// Refuses a place that has the snapshots of another database.
///
/// # Errors
/// [`Error::OtherDatabase`], and those of reading it.
pub(super) async fn check(target: &Target, documents: &Documents) -> Result<(), Error> {
    read(target, documents).await.map(drop)
}

/// Lets readers begin with a snapshot, unless they begin with a newer one already.
///
/// # Errors
/// [`Error::OtherDatabase`], [`Error::Contended`], and those of reading and putting it.
pub(super) async fn update(target: &Target, documents: &Documents) -> Result<Latest, Error> {
    let mut waits = waits();
    for _ in 0..ATTEMPTS {
        let mode = match read(target, documents).await? {
            Some(standing) if standing.is_this => return Ok(Latest::This),
            Some(Standing { index, .. }) if index.started() > documents.started => {
                return Ok(Latest::Newer { started: index.started() });
            }
            Some(Standing { version, .. }) if target.knows_conditions() => PutMode::Update(version),
            Some(_) => PutMode::Overwrite,
            None => PutMode::Create,
        };
        let is_first = mode == PutMode::Create;
        let octets = documents.latest.clone().into();
        match target.put(LATEST, octets, Kind::Latest, mode).await {
            // Another publisher was quicker, or is about to be.
            Err(Error::Store { cause, .. }) if is_refusal(&cause) => {
                if is_first && let Some(wait) = waits.next() {
                    sleep(wait).await;
                }
            }
            put => {
                put?;
                target.settle_names(LATEST).await?;
                return Ok(Latest::This);
            }
        }
    }
    Err(Error::Contended { key: target.key(LATEST).to_string(), attempts: ATTEMPTS })
}

async fn read(target: &Target, documents: &Documents) -> Result<Option<Standing>, Error> {
    let Some(got) = target.get(LATEST).await? else { return Ok(None) };
    if target.is_torn(&got.octets) {
        return Ok(None);
    }
    let key = || target.key(LATEST).to_string();
    let index = SnapshotIndex::from_slice(&got.octets);
    let index = index.map_err(|source| Error::Latest { key: key(), source })?;
    let timeline = index.unknown_member("timeline");
    let timeline = timeline.and_then(|json| serde_json::from_str::<Timeline>(json).ok());
    if timeline.is_none_or(|timeline| timeline.feed != documents.feed) {
        return Err(Error::OtherDatabase { key: key() });
    }
    let is_this = got.octets == documents.latest;
    Ok(Some(Standing { index, is_this, version: got.version }))
}
