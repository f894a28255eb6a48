//! Answers as they are held until they are due.

use crate::history::node::{LeftOutReason, Side};
use crate::history::outcome::Outcome;
use crate::versions::VersionLinks;
use std::time::Duration;

/// An answer, reduced to what a history needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Answer {
    Found {
        at: String,
        links: Vec<(Side, String)>,
        /// What is left out, and why, and how many more such there were.
        #[cfg_attr(feature = "serde", serde(default))]
        skipped: (Vec<(String, LeftOutReason)>, u64),
    },
    Redirected(String),
    Gone,
    Refused,
    Failed,
    NotAVersion,
    TryAfter(Duration),
}

impl Answer {
    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Found(links) => {
                let (at, skipped) = (links.context().to_owned(), Default::default());
                Self::Found { at, links: collected(links), skipped }
            }
            Outcome::Redirected(to) => Self::Redirected(to.clone()),
            Outcome::Gone => Self::Gone,
            Outcome::Refused => Self::Refused,
            Outcome::Failed => Self::Failed,
            Outcome::NotAVersion => Self::NotAVersion,
            Outcome::TryAfter(delay) => Self::TryAfter(*delay),
        }
    }
}

/// The links between versions, without those of a deprecated API.
fn collected(links: &VersionLinks) -> Vec<(Side, String)> {
    let of = |side: Side| {
        let links = links.of(side.relation()).filter(|link| !link.is_about_api());
        links.map(move |link| (side, link.uri().to_owned()))
    };
    of(Side::Predecessor).chain(of(Side::Successor)).chain(of(Side::Latest)).collect()
}

/// How far a request has come that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is about to be made, or made again after the history was stored.
    Waiting,
    /// It is open.
    Open,
    /// Its answer waits for those of the requests before it.
    Answered(Answer),
}
