//! The bundles that a bundle leads to, on any servers.

use super::found::Found;
use super::manager::Manager;
use crate::error::Error;
use atom_fsm::fsm::Bundle;
use atom_fsm::interaction::Refusal;
use atom_fsm::walk::{BundleWalk, Outcome, Visit};
use chrono::Utc;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How many bundles are asked for at the same time.
const OPEN: usize = 8;
/// The longest delay that a server is granted before it is asked again: 30 seconds.
const DELAY: u64 = 30;

/// What a walk over bundles has reached.
#[derive(Debug)]
pub struct Federation {
    walk: BundleWalk,
    reached: HashMap<String, Reached>,
}

/// What came of one URI.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "most are bundles")]
pub enum Reached {
    /// A bundle, at the URI of the last request.
    Bundle(String, Bundle<'static>),
    /// None, for this reason.
    Failed(Error),
}

/// What a walk does, as it goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'p> {
    /// A bundle is asked for.
    Asked(&'p str),
    /// A bundle was found.
    Found(&'p str, &'p Bundle<'static>),
    /// A bundle was not found.
    Failed(&'p str, &'p Error),
    /// A server wants to be asked again after so many seconds.
    Delayed(&'p str, u64),
}

impl Federation {
    /// The visits of the walk, each bundle once: see [`BundleWalk::visits`].
    #[must_use]
    pub fn visits(&self) -> &[Visit] {
        self.walk.visits()
    }

    /// The references that are part of a loop: see [`BundleWalk::loops`].
    #[must_use]
    pub fn loops(&self) -> Vec<(usize, usize)> {
        self.walk.loops()
    }

    /// The bundle of a visit, with its URI after redirections. `None` where it was not found.
    #[must_use]
    pub fn bundle(&self, visit: &Visit) -> Option<(&str, &Bundle<'static>)> {
        match self.reached.get(visit.uri())? {
            Reached::Bundle(uri, bundle) => Some((uri, bundle)),
            Reached::Failed(_) => None,
        }
    }

    /// Why the bundle of a visit was not found, if it was asked for.
    #[must_use]
    pub fn error(&self, visit: &Visit) -> Option<&Error> {
        match self.reached.get(visit.uri())? {
            Reached::Bundle(..) => None,
            Reached::Failed(error) => Some(error),
        }
    }

    /// Whether each bundle that was asked for was found.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.reached.values().all(|it| matches!(it, Reached::Bundle(..)))
    }
}

impl Manager {
    /// Walks over a bundle and the bundles that it refers to, on any servers that the walk's policy
    /// allows. What fails does not end the walk: [`Federation::error`] says why. All bundles together
    /// may have as many entries as [`Limits::entries`](super::Limits::entries) allows; those beyond
    /// have failed.
    ///
    /// # Errors
    /// None: the first bundle too may be one that failed.
    pub async fn walk(
        &self,
        mut walk: BundleWalk,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Federation {
        let mut reached = HashMap::new();
        let mut open = HashSet::new();
        let mut asked = FuturesUnordered::new();
        let mut entries = 0;
        loop {
            for want in walk.wanted() {
                if open.len() < OPEN && open.insert(want.uri().to_owned()) {
                    progress(Progress::Asked(want.uri()));
                    asked.push(self.ask(want.uri().to_owned(), want.after()));
                }
            }
            let Some((wanted, result)) = asked.next().await else { break };
            open.remove(&wanted);
            let result = result.and_then(|found| {
                entries += found.value.members().len();
                let why = "all bundles together have more entries than the limit `entries`";
                match entries <= self.limits().entries() {
                    true => Ok(found),
                    false => Err(Error::Pages { uri: found.uri, why }),
                }
            });
            match result {
                Ok(found) => {
                    progress(Progress::Found(&wanted, &found.value));
                    walk.answer(&wanted, Outcome::Found { uri: &found.uri, bundle: &found.value });
                    reached.insert(wanted, Reached::Bundle(found.uri, found.value));
                }
                Err(error) => {
                    let outcome = outcome(&error);
                    match outcome {
                        Outcome::TryAfter(after) => progress(Progress::Delayed(&wanted, after)),
                        _ => progress(Progress::Failed(&wanted, &error)),
                    }
                    walk.answer(&wanted, outcome);
                    reached.insert(wanted, Reached::Failed(error));
                }
            }
        }
        Federation { walk, reached }
    }

    async fn ask(
        &self,
        uri: String,
        after: Option<u64>,
    ) -> (String, Result<Found<Bundle<'static>>, Error>) {
        if let Some(after) = after {
            tokio::time::sleep(Duration::from_secs(after.min(DELAY))).await;
        }
        let result = self.found_bundle(&uri).await;
        (uri, result)
    }
}

/// What an error means for a walk.
fn outcome(error: &Error) -> Outcome<'static, 'static> {
    match error.refusal().map(|refusal: &Refusal| refusal.to_outcome(Utc::now())) {
        // A server that wants to rest longer is not waited for.
        Some(Outcome::TryAfter(after)) if after > DELAY => Outcome::Failed,
        Some(outcome) => outcome,
        None => match error {
            Error::Answer { source, .. } if is_no_bundle(source) => Outcome::Gone,
            _ => Outcome::Failed,
        },
    }
}

/// Whether a feed was read that is no bundle.
fn is_no_bundle(error: &atom_fsm::Error) -> bool {
    error.rule().is_some_and(|rule| rule.name().starts_with("profile"))
}
