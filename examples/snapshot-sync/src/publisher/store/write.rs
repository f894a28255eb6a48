//! What a change and its event write, in one transaction.

use super::change::Change;
use super::event_id::EventId;
use super::identity::FeedIdentity;
use super::media_type::is_json;
use super::pages;
use super::read::{State, Version, entity};
use super::timeline::NEXT;
use crate::entity::Entity;
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
    /// The media type of the body, where that is a state.
    media_type: Option<String>,
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
        let number = transaction.prepare_cached(NEXT)?.query_row([], |row| row.get(0))?;
        let random = rand::random::<u64>();
        let id = EventId::Issued { run: self.run, number, random };
        let Some(event) = make(transaction, change, before, (id, time))? else {
            return Ok(Outcome::Absent);
        };
        let Made { method, etag, media_type, body } = event;
        let insert = "INSERT INTO event (number, random, time, method, uri, etag, type, body)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let row = params![
            number,
            random.cast_signed(),
            time,
            method.name(),
            change.uri(),
            etag,
            media_type,
            body
        ];
        transaction.prepare_cached(insert)?.execute(row)?;
        let head = change.uri().len() + media_type.map_or(0, |media_type| media_type.len());
        pages::add(transaction, self.page_events, number, head + body.len())?;
        transaction.prepare_cached("UPDATE clock SET last = ?1")?.execute([time])?;
        Ok(Outcome::Changed { method, etag, is_new })
    }
}

/// Makes a change, by the id and time of its event; returns none if it needs an entity that does not
/// exist.
fn make(
    transaction: &Transaction<'_>,
    change: &Change,
    before: Option<Entity>,
    (id, time): (EventId, i64),
) -> Result<Option<Made>, Error> {
    let uri = change.uri();
    let (method, state, body) = match (change, before) {
        (Change::Put(_, media_type, body), _) => {
            let media_type = media_type.as_str().to_owned();
            (Method::Put, Some(State { media_type, body: body.clone() }), body.clone())
        }
        (_, None) => return Ok(None),
        (Change::Delete(_), Some(_)) => (Method::Delete, None, Vec::new()),
        // Both keep the media type.
        (Change::Patch(_, patch), Some(before)) => {
            let patch = patch.to_string().into_bytes();
            let body = patched(uri, json(&before)?, &patch)?;
            (Method::Patch, Some(State { media_type: before.media_type, body }), patch)
        }
        (Change::Post(_, asset), Some(before)) => {
            let body = with_asset(uri, json(&before)?, asset)?;
            let asset = asset.to_string().into_bytes();
            (Method::Post, Some(State { media_type: before.media_type, body }), asset)
        }
    };
    if state.as_ref().map_or(0, |state| state.body.len()).max(body.len()) > MOST_ENTITY_OCTETS {
        return Err(Error::TooLarge { uri: uri.to_owned(), limit: MOST_ENTITY_OCTETS });
    }
    keep_earlier(transaction, uri)?;
    let etag = match state {
        Some(State { media_type, body }) => {
            let version = Version { number: next_version(transaction, uri)?, time };
            let etag = id.entity_tag();
            replace(transaction, uri, version, &etag, &media_type, &body)?;
            Some(etag)
        }
        None => {
            delete(transaction, uri)?;
            None
        }
    };
    let media_type = match change {
        Change::Put(_, media_type, _) => Some(media_type.as_str().to_owned()),
        _ => None,
    };
    Ok(Some(Made { method, etag, media_type, body }))
}

/// Stores a state as the current one.
pub(super) fn replace(
    transaction: &Transaction<'_>,
    uri: &str,
    Version { number, time }: Version,
    etag: &str,
    media_type: &str,
    body: &[u8],
) -> Result<(), Error> {
    let insert = "INSERT OR REPLACE INTO entity (uri, version, time, etag, type, body)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![uri, number, time, etag, media_type, body];
    transaction.prepare_cached(insert)?.execute(row)?;
    Ok(())
}

/// The state of an entity that has a media type of JSON. No other can be patched.
fn json(entity: &Entity) -> Result<&[u8], Error> {
    if is_json(&entity.media_type) {
        return Ok(&entity.body);
    }
    let source = serde::de::Error::custom(format!("it is of the media type {}", entity.media_type));
    Err(Error::Patch { uri: entity.uri.clone(), source })
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
