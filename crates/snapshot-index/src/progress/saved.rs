//! The form in which progress is saved.

use super::fingerprint::Fingerprint;
use super::ranges::Ranges;
use super::record::Progress;
use crate::error::{Error, ErrorKind, Mismatch};
use crate::limits::Limits;
use crate::place::Place;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Saved<'p> {
    id: Cow<'p, str>,
    started: u64,
    growing: bool,
    packages: usize,
    fingerprint: Cow<'p, str>,
    /// The first number of each range, and the number after the last.
    done: Vec<(usize, usize)>,
}

/// Saves everything except the claims, which end with their workers.
impl Serialize for Progress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let saved = Saved {
            id: Cow::Borrowed(&self.id),
            started: self.started,
            growing: self.growing,
            packages: self.packages,
            fingerprint: Cow::Owned(self.fingerprint.to_hex()),
            done: self.done.iter().collect(),
        };
        saved.serialize(serializer)
    }
}

/// Refuses a record that no `Progress` saves. Call [`resume`](Progress::resume) before using it.
impl<'de> Deserialize<'de> for Progress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Saved { id, started, growing, packages, fingerprint, done } =
            Saved::deserialize(deserializer)?;
        let within = done.last().is_none_or(|&(_, end)| end <= packages);
        let parts = Ranges::from_ordered(&done).filter(|_| within);
        let parts = parts.zip(Fingerprint::from_hex(&fingerprint));
        let (done, fingerprint) = parts.ok_or_else(|| {
            let kind = ErrorKind::Progress(Mismatch::Record);
            serde::de::Error::custom(Error::outside(kind, &Limits::DEFAULT, Place::Document, b""))
        })?;
        let claimed = Ranges::default();
        Ok(Self { id: id.into_owned(), started, growing, packages, fingerprint, done, claimed })
    }
}
