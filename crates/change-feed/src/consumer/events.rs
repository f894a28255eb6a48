//! What to do about each event, and what the end of a document means.

use super::{Action, Consumer, State, Want};
use crate::document::Event;
use crate::method::Method;
use crate::stop::Stop;
use crate::store::Store;
use chrono::{DateTime, Utc};

impl Consumer {
    /// Returns the action for an event of the document that was passed last, as if it were the next
    /// one. The events before it may still change that action. A caller that fetches entities before
    /// their turn comes uses it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn likely<S: Store>(&self, index: usize, store: &S) -> Result<Option<Action>, S::Error> {
        self.event(index).map(|event| self.action(event, store)).transpose()
    }

    /// Reports that the patch of the last [`Want::Event`] cannot be applied to the stored state. The
    /// consumer then asks to fetch the entity instead. Call it before the next step and before the
    /// commit, because [`Consumer::position`] already includes the event.
    pub fn fetch_instead(&mut self) {
        if !matches!(self.state, State::Event(_)) {
            return;
        }
        if let Some((index, before)) = self.undo.take() {
            self.position.last = before;
            self.tries = 0;
            self.state = State::Fetch(index);
        }
    }

    fn action<S: Store>(&self, event: &Event, store: &S) -> Result<Action, S::Error> {
        let target = event.target();
        Ok(match event.method() {
            // The snapshot contains it. This is where a feed is read from before the snapshot. Later the
            // clock of the publisher may have stepped back.
            _ if event.time() < self.position.start && !self.position.begun => Action::Leave,
            Method::Put => Action::Replace,
            Method::Delete => Action::Delete,
            _ if store.aside(target)?.is_some() => Action::Leave,
            Method::Post => Action::Fetch,
            Method::Patch if self.position.is_in_window(event) || store.is_fetched(target)? => {
                Action::Fetch
            }
            Method::Patch => Action::Patch,
        })
    }

    pub(super) fn process<S: Store>(
        &mut self,
        index: usize,
        store: &mut S,
    ) -> Result<Want, S::Error> {
        let event = &self.document.events()[index];
        let action = self.action(event, store)?;
        if action == Action::Fetch {
            self.tries = 0;
            self.state = State::Fetch(index);
        } else {
            if matches!(action, Action::Replace | Action::Delete) {
                store.remove_aside(event.target())?;
            } else if action == Action::Leave {
                // The answer that ends this must contain this event too.
                if let Some(aside) = store.aside(event.target())? {
                    let id = Some(event.id().to_owned());
                    store.set_aside(event.target(), &aside.with_event(id))?;
                }
            }
            self.pass(index);
        }
        Ok(Want::Event { index, action })
    }

    /// Goes on behind an event.
    pub(super) fn pass(&mut self, index: usize) {
        if let Some(event) = self.document.events().get(index) {
            self.undo = Some((index, self.position.pass(event)));
        }
        self.search.documents = 0;
        self.search.detours = 0;
        self.state = State::Event(index + 1);
    }

    /// Ends a document. Returns none if another state follows that says what is wanted.
    pub(super) fn end<S: Store>(
        &mut self,
        now: DateTime<Utc>,
        store: &mut S,
    ) -> Result<Option<Want>, S::Error> {
        self.undo = None;
        if !self.is_youngest {
            self.state = self.follow();
            return Ok(None);
        }
        // Each entity is asked for once in a reading, and many failures are enough: else entities that
        // cannot be had would keep the feed from going on.
        let since = self.retrying.map_or(now, |since| since.min(now));
        self.retrying = Some(since);
        let due = match self.failures < self.patience.failures.max(1) {
            true => store.due(since, self.patience.latest(now))?,
            false => None,
        };
        if let Some(target) = due {
            self.tries = 0;
            self.state = State::Retry(target);
            return Ok(None);
        }
        if store.aside_count()? > self.limits.set_aside {
            self.stop(Stop::TooManySetAside);
            return Ok(None);
        }
        self.end_reading(store)?;
        Ok(Some(Want::CaughtUp))
    }

    fn end_reading<S: Store>(&mut self, store: &mut S) -> Result<(), S::Error> {
        let position = &mut self.position;
        // A document that was made before a state was fetched may lack patches that the state
        // contains. Entity tags and Dates tell that, where there are any; Dates have whole seconds.
        let (before, now) = (&mut position.fetched.before, &mut position.fetched.now);
        let is_younger = match (before.date, self.document.date()) {
            (Some(before), Some(date)) => date > before,
            _ => true,
        };
        if is_younger && before.ahead.is_empty() {
            store.remove_fetched_before(position.reading)?;
            before.date = None;
        }
        before.date = before.date.max(now.date.take());
        before.ahead.append(&mut now.ahead);
        position.reading = position.reading.saturating_add(1);
        position.etag = self.document.etag().map(str::to_owned);
        position.doubt = None;
        position.stopped = None;
        self.search.documents = 0;
        self.failures = 0;
        self.retrying = None;
        self.state = State::Idle;
        Ok(())
    }
}
