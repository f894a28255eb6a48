//! What a change and its event write, in one transaction.

use super::change::Change;
use super::identity::FeedIdentity;
use super::pages;
use super::read::{Version, entity};
use crate::entity::{ENTITY_TYPE, Entity};
use crate::error::Error;
use crate::event::Method;
use crate::patch::patched;
use crate::publisher::condition::Conditions;
use rusqlite::{Transaction, params};
use serde_json::Value;

/// The limit on the octets of an entity's state, and of an event's body: 16 MiB.
pub const MOST_ENTITY_OCTETS: usize = 16 << 20;

/// The limit on the octets of changes that wait for their turn at the same time: 64 MiB.
pub(super) const MOST_WAITING: usize = 64 << 20;

/// The result of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The change was made.
    Changed {
        /// The method that its event reports.
        method: Method,
        /// The entity tag of the new state, if there is one.
        etag: Option<String>,
        /// Whether the entity did not exist before.
        is_new: bool,
    },
    /// The change needs an entity that exists, and it does not exist.
    Absent,
    /// The conditions of the change are not met.
    Refused,
}

/// A change that was made, as its event reports it.
struct Made {
    method: Method,
    etag: Option<String>,
    body: Vec<u8>,
}

impl FeedIdentity {
    /// Makes a change and its event in a transaction, under conditions.
    pub(super) fn write(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        conditions: &Conditions,
        time: i64,
    ) -> Result<Outcome, Error> {
        let before = entity(transaction, change.uri())?;
        if !conditions.hold(before.as_ref().map(|before| before.etag.as_str())) {
            return Ok(Outcome::Refused);
        }
        let is_new = before.is_none();
        let Some(event) = self.make(transaction, change, before, time)? else {
            return Ok(Outcome::Absent);
        };
        let Made { method, etag, body } = event;
        let insert =
            "INSERT INTO event (time, method, uri, etag, body) VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = params![time, method.name(), change.uri(), etag, body];
        let number = transaction.prepare_cached(insert)?.insert(row)?;
        pages::add(transaction, self.page_events, number, change.uri(), &body)?;
        transaction.prepare_cached("UPDATE clock SET last = ?1")?.execute([time])?;
        Ok(Outcome::Changed { method, etag, is_new })
    }

    /// Makes a change; returns none if it needs an entity that does not exist.
    fn make(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        before: Option<Entity>,
        time: i64,
    ) -> Result<Option<Made>, Error> {
        let uri = change.uri();
        let (method, state, body) = match (change, before) {
            (Change::Put(_, body), _) => (Method::Put, Some(body.clone()), body.clone()),
            (_, None) => return Ok(None),
            (Change::Patch(_, patch), Some(before)) => {
                let patch = patch.to_string().into_bytes();
                (Method::Patch, Some(patched(uri, &before.body, &patch)?), patch)
            }
            (Change::Post(_, asset), Some(before)) => {
                let state = with_asset(uri, &before.body, asset)?;
                (Method::Post, Some(state), asset.to_string().into_bytes())
            }
            (Change::Delete(_), Some(_)) => (Method::Delete, None, Vec::new()),
        };
        if state.as_ref().map_or(0, Vec::len).max(body.len()) > MOST_ENTITY_OCTETS {
            return Err(Error::TooLarge { uri: uri.to_owned(), limit: MOST_ENTITY_OCTETS });
        }
        keep_earlier(transaction, uri)?;
        let etag = match state {
            Some(state) => {
                let version = Version { number: next_version(transaction, uri)?, time };
                Some(self.replace(transaction, uri, version, &state)?)
            }
            None => {
                delete(transaction, uri)?;
                None
            }
        };
        Ok(Some(Made { method, etag, body }))
    }

    /// Stores a state as the current one, and returns its entity tag, which differs from the entity
    /// tags of the same URI in any other database.
    pub(super) fn replace(
        &self,
        transaction: &Transaction<'_>,
        uri: &str,
        version: Version,
        body: &[u8],
    ) -> Result<String, Error> {
        let Version { number, time } = version;
        let etag = format!("\"{}-{number}\"", self.id);
        let insert = "INSERT OR REPLACE INTO entity (uri, version, time, etag, type, body)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        transaction.prepare_cached(insert)?.execute(params![
            uri,
            number,
            time,
            etag,
            ENTITY_TYPE,
            body
        ])?;
        Ok(etag)
    }
}

/// The state after an asset was added.
fn with_asset(uri: &str, state: &[u8], asset: &Value) -> Result<Vec<u8>, Error> {
    let broken = |source| Error::Patch { uri: uri.to_owned(), source };
    let mut state: Value = serde_json::from_slice(state).map_err(broken)?;
    let assets = state.get_mut("assets").and_then(Value::as_array_mut);
    let assets =
        assets.ok_or_else(|| broken(serde::de::Error::custom("it has no array of assets")))?;
    assets.push(asset.clone());
    serde_json::to_vec(&state).map_err(broken)
}

fn next_version(transaction: &Transaction<'_>, uri: &str) -> Result<u64, Error> {
    let mut select = transaction.prepare_cached(
        "SELECT 1 + max(coalesce((SELECT version FROM entity WHERE uri = ?1), 0),
                        coalesce((SELECT max(version) FROM earlier WHERE uri = ?1), 0))",
    )?;
    Ok(select.query_row([uri], |row| row.get(0))?)
}

fn delete(transaction: &Transaction<'_>, uri: &str) -> Result<(), Error> {
    transaction.prepare_cached("DELETE FROM entity WHERE uri = ?1")?.execute([uri])?;
    Ok(())
}

fn keep_earlier(transaction: &Transaction<'_>, uri: &str) -> Result<(), Error> {
    let keep = "INSERT INTO earlier (uri, version, time, type, body)
                SELECT uri, version, time, type, body FROM entity WHERE uri = ?1";
    transaction.prepare_cached(keep)?.execute([uri])?;
    Ok(())
}
