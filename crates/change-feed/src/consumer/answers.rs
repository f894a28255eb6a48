//! What to do about the answer to a GET of an entity.

use super::{Consumer, State};
use crate::answer::{Answer, Digest, Verdict, Wanted};
use crate::stop::Stop;
use crate::store::{Aside, AsideReason, Store};
use chrono::{DateTime, Utc};
use http::StatusCode;
use std::mem::discriminant;

impl Consumer {
    /// Passes the answer to the GET of an entity to the consumer, and returns what to do about it.
    ///
    /// An answer counts only with the media type of the entity, and with a digest if this publisher
    /// sends digests. An entity that does not exist is removed when the feed reports a DELETE, or
    /// after the attempts and the time of [`Patience`](crate::Patience). An entity that cannot be had
    /// is set aside: the feed goes on, and at its end the consumer asks for the entity again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn answered<S: Store>(
        &mut self,
        answer: &Answer,
        now: DateTime<Utc>,
        store: &mut S,
    ) -> Result<Verdict, S::Error> {
        let (target, index) = match &self.state {
            State::Fetch(index) => {
                let event = self.document.events().get(*index);
                (event.map(|event| event.target().to_owned()).unwrap_or_default(), Some(*index))
            }
            State::Retry(target) => (target.clone(), None),
            _ => return Ok(Verdict::Ignore),
        };
        if answer.status == Some(StatusCode::UNAUTHORIZED) {
            self.stop(Stop::Unauthorized);
            return Ok(Verdict::Ignore);
        }
        let known = store.media_type(&target)?;
        let before = store.aside(&target)?;
        let event = match index {
            Some(index) => self.event(index).map(|event| event.id().to_owned()),
            None => before.as_ref().and_then(|before| before.event.clone()),
        };
        let wanted = Wanted {
            media_type: known.as_deref(),
            // Before its first digest a publisher may be one that sends none. One that tells its runs
            // always sends them.
            digests: self.position.digests || self.position.feed.is_some(),
            event: event.as_deref(),
            date: self.document.date(),
            is_told: &|run, number| self.is_told(run, number),
        };
        match answer.judge(&wanted) {
            Ok(verdict) => {
                self.position.digests |= answer.digest == Digest::Holds;
                let now = &mut self.position.fetched.now;
                now.date = now.date.max(answer.date);
                now.ahead.add(answer.etag.as_deref().unwrap_or_default());
                self.position.seen = self.position.seen.max(answer.date);
                self.had(&target, index, store)?;
                Ok(verdict)
            }
            Err(reason) => {
                let failure = Failure { reason, event, before };
                self.failed(&target, index, failure, now, store)
            }
        }
    }

    /// The entity was had: its state contains all that the publisher knew at that moment.
    fn had<S: Store>(
        &mut self,
        target: &str,
        index: Option<usize>,
        store: &mut S,
    ) -> Result<(), S::Error> {
        store.remove_aside(target)?;
        store.add_fetched(target, self.position.reading)?;
        self.failures = 0;
        self.go_on(index);
        Ok(())
    }

    fn go_on(&mut self, index: Option<usize>) {
        match index {
            Some(index) => self.pass(index),
            None => self.state = State::Event(self.document.events().len()),
        }
    }

    fn failed<S: Store>(
        &mut self,
        target: &str,
        index: Option<usize>,
        failure: Failure,
        now: DateTime<Utc>,
        store: &mut S,
    ) -> Result<Verdict, S::Error> {
        let Failure { reason, event, before } = failure;
        // That an entity does not exist, the feed itself will say: there is no need to hurry.
        let is_missing = reason == AsideReason::Missing;
        self.tries = self.tries.saturating_add(1);
        if index.is_some() && !is_missing && self.tries < self.patience.tries {
            return Ok(Verdict::Ignore);
        }
        // An entity is only removed after attempts that all have not found it.
        let before = before
            .filter(|before| discriminant(&before.reason) == discriminant(&reason) || !is_missing);
        // A clock that was ahead must not delay the conclusion for ever.
        let since = before.as_ref().map_or(now, |before| before.since.min(now));
        let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
        if index.is_none() && is_missing && self.patience.is_over(attempts, since, now) {
            self.had(target, index, store)?;
            return Ok(Verdict::Remove);
        }
        // Later events may explain these answers. So they are asked for again at the feed's end.
        let is_explained_later = index.is_some()
            && matches!(
                reason,
                AsideReason::Missing | AsideReason::MediaType(_) | AsideReason::Stale
            );
        let next = match is_explained_later {
            true => now,
            false => self.patience.next(attempts, now),
        };
        match is_outage(&reason) {
            true => self.failures = self.failures.saturating_add(1),
            // An answer of the publisher, whatever it says.
            false => self.failures = 0,
        }
        store.set_aside(target, &Aside { reason, since, attempts, next, event })?;
        self.go_on(index);
        if !is_explained_later && store.aside_count()? > self.limits.set_aside {
            self.stop(Stop::TooManySetAside);
        }
        if index.is_some() && self.failures >= self.patience.failures {
            self.failures = 0;
            self.stop(Stop::Outage);
        }
        Ok(Verdict::Ignore)
    }
}

/// An answer that does not count: why, the event that the state must contain, and what is kept of the
/// attempts before it.
struct Failure {
    reason: AsideReason,
    event: Option<String>,
    before: Option<Aside>,
}

/// Whether the publisher, or the way to it, may be the reason and not the entity.
fn is_outage(reason: &AsideReason) -> bool {
    match reason {
        AsideReason::Failed => true,
        AsideReason::Status(status) => *status >= 500,
        _ => false,
    }
}
