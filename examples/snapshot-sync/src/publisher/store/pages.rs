//! Which document of the feed contains which events.
//!
//! The transaction that stores an event also decides which page the event is on. Later events never
//! change that.

use crate::error::Error;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// The limit on the octets of a page that has more than one event: 16 MiB. Readers of the feed have
/// a whole document in memory.
const MOST_OCTETS: usize = 16 << 20;

/// The limit on the octets of an event's head, without the URI and the media type.
const HEAD_OCTETS: usize = 512;

/// A page of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 0.
    pub number: u64,
    /// The number of its first event.
    pub first: u64,
    /// The number of its last event; 0 if the feed has no events.
    pub last: u64,
    /// Whether it is the last page, to which events are added.
    pub is_open: bool,
}

/// Adds an event to the last page, or begins a new page with it. `octets` counts its body, the URI
/// and the media type.
pub(super) fn add(
    transaction: &Transaction<'_>,
    page_events: u64,
    event: u64,
    octets: usize,
) -> Result<(), Error> {
    let octets = octets + HEAD_OCTETS;
    let room = MOST_OCTETS.saturating_sub(octets);
    let add = "UPDATE page SET octets = octets + ?1
               WHERE number = (SELECT max(number) FROM page) AND octets <= ?2 AND ?3 - first < ?4";
    let row = params![octets, room, event, page_events];
    if transaction.prepare_cached(add)?.execute(row)? == 0 {
        let begin = "INSERT INTO page SELECT coalesce(max(number) + 1, 0), ?1, ?2 FROM page";
        transaction.prepare_cached(begin)?.execute(params![event, octets])?;
    }
    Ok(())
}

const SELECT: &str = "
    SELECT number, first,
        coalesce((SELECT min(first) - 1 FROM page AS next WHERE next.first > page.first),
                 (SELECT max(number) FROM event)),
        number = (SELECT max(number) FROM page)
    FROM page";

fn to_page(row: &Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page { number: row.get(0)?, first: row.get(1)?, last: row.get(2)?, is_open: row.get(3)? })
}

/// The last page.
///
/// # Errors
/// [`Error::Database`].
pub fn youngest(connection: &Connection) -> Result<Page, Error> {
    let select = format!("{SELECT} ORDER BY number DESC LIMIT 1");
    let page = connection.prepare_cached(&select)?.query_row([], to_page).optional()?;
    Ok(page.unwrap_or(Page { number: 0, first: 1, last: 0, is_open: true }))
}

/// The page that has this number, if there is one.
///
/// # Errors
/// [`Error::Database`].
pub fn page(connection: &Connection, number: u64) -> Result<Option<Page>, Error> {
    let youngest = youngest(connection)?;
    if number >= youngest.number {
        return Ok((number == youngest.number).then_some(youngest));
    }
    let select = format!("{SELECT} WHERE number = ?1");
    Ok(connection.prepare_cached(&select)?.query_row([number], to_page).optional()?)
}

/// The page that contains an event, if there is that event.
///
/// # Errors
/// [`Error::Database`].
pub fn page_of(connection: &Connection, event: u64) -> Result<Option<Page>, Error> {
    if event == 0 || event > youngest(connection)?.last {
        return Ok(None);
    }
    let select = format!("{SELECT} WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
    Ok(connection.prepare_cached(&select)?.query_row([event], to_page).optional()?)
}
