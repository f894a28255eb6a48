//! The ids of runs and events.

use rusqlite::{Row, types::Type};
use std::fmt;
use std::str::FromStr;

/// The id of a run: 128 random bits, drawn at each start of a publisher, as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RunId(u128);

/// The id of an event. Its text is a part of the event's URI, of its Content-ID and of the entity tag
/// of the state that it made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventId {
    /// That of an event of version 0.1: its number.
    Early(u64),
    /// That of any other event: its run, its number, and 64 random bits. The states that a database
    /// was filled with are tagged in the same way, with the number 0.
    Issued {
        /// The run that issued it.
        run: RunId,
        /// Its number.
        number: u64,
        /// What no other event has, not even one of this number in a restored database.
        random: u64,
    },
}

/// The error for a text that is not the id of a run or event.
#[derive(Debug, thiserror::Error)]
#[error("this is not the id of a run or event")]
pub struct NoId;

impl RunId {
    /// Draws an id.
    pub(super) fn draw() -> Self {
        Self(rand::random())
    }
}

impl EventId {
    /// Draws the id for an event with this number.
    pub(super) fn draw(run: RunId, number: u64) -> Self {
        Self::Issued { run, number, random: rand::random() }
    }

    /// The number of the event.
    #[must_use]
    pub fn number(self) -> u64 {
        match self {
            Self::Early(number) | Self::Issued { number, .. } => number,
        }
    }

    /// The entity tag of the state that the event made.
    pub(super) fn entity_tag(self) -> String {
        format!("\"{self}\"")
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Early(number) => write!(f, "{number}"),
            Self::Issued { run, number, random } => write!(f, "{run}.{number}.{random:016x}"),
        }
    }
}

impl FromStr for RunId {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let id = Self(u128::from_str_radix(text, 16).map_err(|_| NoId)?);
        // Each id has one text.
        (id.to_string() == text).then_some(id).ok_or(NoId)
    }
}

impl FromStr for EventId {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let number = |text: &str| text.parse().map_err(|_| NoId);
        let mut pieces = text.split('.');
        let id = match [pieces.next(), pieces.next(), pieces.next(), pieces.next()] {
            [Some(early), None, ..] => Self::Early(number(early)?),
            [Some(run), Some(events), Some(random), None] => Self::Issued {
                run: run.parse()?,
                number: number(events)?,
                random: u64::from_str_radix(random, 16).map_err(|_| NoId)?,
            },
            _ => return Err(NoId),
        };
        (id.to_string() == text).then_some(id).ok_or(NoId)
    }
}

/// Reads the id of a run from a column.
pub(super) fn to_run(row: &Row<'_>, column: usize) -> rusqlite::Result<RunId> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn an_id_has_one_text() {
        let drawn = EventId::draw(RunId::draw(), 7);
        assert_eq!(drawn.to_string().parse::<EventId>().unwrap(), drawn);
        assert_eq!(drawn.to_string().len(), 32 + 3 + 16);
        assert_eq!("7".parse::<EventId>().unwrap(), EventId::Early(7));
        let run = "0123456789abcdef0123456789abcdef";
        assert!(format!("{run}.7.0123456789abcdef").parse::<EventId>().is_ok());
        for text in [
            "",
            "07",
            "+7",
            "x",
            "latest",
            &format!("{run}.7"),
            &format!("{run}.07.0123456789abcdef"),
            &format!("{run}.7.0123456789ABCDEF"),
            &format!("{run}.7.123456789abcdef"),
            &format!("{}.7.0123456789abcdef", &run[1..]),
            &format!("{run}.7.0123456789abcdef.1"),
        ] {
            assert!(text.parse::<EventId>().is_err(), "{text}");
        }
    }
}
