//! The timeline of a feed: the runs of its publisher, and which numbers each of them issued.
//!
//! A publisher that is restored from a backup issues the same numbers again. Its new run begins
//! behind the events of the backup, so that the lost events are covered by no run.

use super::event_id::{EventId, RunId, to_run};
use super::read::event_id;
use crate::error::Error;
use rusqlite::{Connection, TransactionBehavior, params};
use serde::{Serialize, Serializer};

/// The runs of a feed's publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The identity of the feed.
    pub feed: String,
    /// The runs, in order. A run covers the numbers from its first to the next run's first.
    pub runs: Vec<Run>,
}

/// A run: what a publisher did from one start to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its id.
    #[serde(serialize_with = "as_text")]
    pub id: RunId,
    /// The number of the first event that it issued, or will issue.
    pub first: u64,
}

fn as_text<S: Serializer>(id: &RunId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// What an id is to a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The feed has this event.
    There,
    /// The feed had an event with this number, which is removed.
    Pruned,
    /// The feed never had it.
    NeverIssued,
}

impl Timeline {
    /// Reads the timeline.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn read(connection: &Connection) -> Result<Self, Error> {
        let feed = connection.query_row("SELECT id FROM feed", [], |row| row.get(0))?;
        let mut select = connection.prepare_cached("SELECT id, first FROM run ORDER BY first")?;
        let runs =
            select.query_map([], |row| Ok(Run { id: to_run(row, 0)?, first: row.get(1)? }))?;
        Ok(Self { feed, runs: runs.collect::<Result<_, _>>()? })
    }

    /// Whether an event with this id is, or was, one of this timeline.
    #[must_use]
    pub fn covers(&self, id: EventId) -> bool {
        let first = |index: usize| self.runs.get(index).map_or(u64::MAX, |run| run.first);
        match id {
            EventId::Early(number) => (1..first(0)).contains(&number),
            EventId::Issued { run: id, number, .. } => {
                let index = self.runs.iter().position(|run| run.id == id);
                index.is_some_and(|index| (first(index)..first(index + 1)).contains(&number))
            }
        }
    }

    /// The timeline, as JSON.
    ///
    /// # Errors
    /// [`Error::Manifest`].
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::Manifest)
    }

    /// The timeline as a snapshot tells it: also the id of the last event that the snapshot contains.
    /// A replica sees from it that the publisher was restored from a backup after that event.
    ///
    /// # Errors
    /// [`Error::Manifest`].
    pub fn to_json_up_to(&self, last: Option<EventId>) -> Result<String, Error> {
        #[derive(Serialize)]
        struct UpTo<'a> {
            #[serde(flatten)]
            timeline: &'a Timeline,
            #[serde(skip_serializing_if = "Option::is_none")]
            last: Option<String>,
        }
        let up_to = UpTo { timeline: self, last: last.map(|id| id.to_string()) };
        serde_json::to_string(&up_to).map_err(Error::Manifest)
    }
}

/// Finds out what an id is to the feed.
///
/// # Errors
/// [`Error::Database`].
pub fn standing(connection: &Connection, id: EventId) -> Result<Standing, Error> {
    let number = id.number();
    if event_id(connection, number)? == Some(id) {
        return Ok(Standing::There);
    }
    let mut select = connection.prepare_cached("SELECT min(number) FROM event")?;
    let oldest: Option<u64> = select.query_row([], |row| row.get(0))?;
    let is_older = oldest.is_some_and(|oldest| number < oldest);
    Ok(match is_older && Timeline::read(connection)?.covers(id) {
        true => Standing::Pruned,
        false => Standing::NeverIssued,
    })
}

/// The number of the next event.
pub(super) const NEXT: &str = "
    SELECT max(1 + coalesce((SELECT max(number) FROM event), 0),
               coalesce((SELECT max(first) FROM run), 0))";

/// Begins a run: draws its id, and stores it with the number of its first event. A run that issued
/// nothing is replaced.
pub(super) fn begin_run(connection: &mut Connection) -> Result<RunId, Error> {
    let id = RunId::draw();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let first: u64 = transaction.query_row(NEXT, [], |row| row.get(0))?;
    let insert = "INSERT OR REPLACE INTO run (first, id) VALUES (?1, ?2)";
    transaction.execute(insert, params![first, id.to_string()])?;
    transaction.commit()?;
    Ok(id)
}
