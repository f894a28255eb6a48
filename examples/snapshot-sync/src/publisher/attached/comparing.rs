//! Comparing all rows with what is published.

use super::key::Value;
use super::rows::{Became, Rows};
use crate::error::Error;
use crate::publisher::store::{Copying, Store};
use rusqlite::params_from_iter;

/// The most rows, or entities, that one transaction compares.
const MOST_ROWS: usize = 10_000;

/// How far all rows were compared.
#[derive(Debug)]
pub(super) enum Comparing {
    /// No row is published.
    Nothing,
    /// The rows up to a key are published; whether there were entities before.
    Rows(Vec<Value>, Before),
    /// So are all rows, and the entities up to a URI have rows.
    Entities(String),
}

/// The entities before all rows were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// There were some, of which some may have no row.
    Some,
    /// There were none, so that each has a row.
    None,
}

/// What remains after a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to read.
    More,
    /// Everything is read.
    Done,
    /// The log does not tell everything: all rows must be compared, from the first on.
    Compare,
}

/// Compares the next rows with their entities, or the next entities with their rows.
pub(super) fn compare_part(
    store: &Store,
    rows: &Rows<'_>,
    copying: &mut Copying<'_>,
    comparing: &mut Comparing,
    on_row: &mut impl FnMut(),
    too_large: &mut u64,
) -> Result<Step, Error> {
    match comparing {
        Comparing::Nothing | Comparing::Rows(..) => {
            let (after, before) = match std::mem::replace(comparing, Comparing::Nothing) {
                Comparing::Rows(after, before) => (Some(after), before),
                _ if copying.uri_after("")?.is_none() => (None, Before::None),
                _ => (None, Before::Some),
            };
            let select = rows.table.select_after(after.is_some(), MOST_ROWS);
            let mut select = rows.connection.prepare_cached(&select)?;
            let mut found = select.query(params_from_iter(after.iter().flatten()))?;
            let mut count = 0;
            let mut last = None;
            while !copying.is_full()
                && let Some(row) = found.next()?
            {
                store.goes_on()?;
                let (key, became) = rows.publish_row(copying, row)?;
                *too_large += u64::from(became == Became::TooLarge);
                last = key;
                count += 1;
                on_row();
            }
            *comparing = match (last, before) {
                (Some(last), before) if count == MOST_ROWS || copying.is_full() => {
                    Comparing::Rows(last, before)
                }
                (_, Before::Some) => Comparing::Entities(String::new()),
                (_, Before::None) => return Ok(Step::Done),
            };
            Ok(Step::More)
        }
        Comparing::Entities(after) => {
            for _ in 0..MOST_ROWS {
                store.goes_on()?;
                let Some(uri) = copying.uri_after(after)? else { return Ok(Step::Done) };
                let has_row = match rows.key_of_uri(&uri) {
                    Some(key) => rows.has(&key)?,
                    None => false,
                };
                if !has_row {
                    copying.remove(&uri)?;
                }
                *after = uri;
            }
            Ok(Step::More)
        }
    }
}
