//! What to do about each event, and what the end of a document means.

use super::{Action, Consumer, State, Want};
use crate::document::Event;
use crate::method::Method;
use crate::position::LastEvent;
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
    /// consumer then asks to fetch the entity instead.
    pub fn fetch_instead(&mut self) {
        if let State::Event(next) = self.state
            && let Some(index) = next.checked_sub(1)
            && index < self.document.events().len()
        {
            self.position.last = self.before.take();
            self.state = State::Fetch(index);
        }
    }

    fn action<S: Store>(&self, event: &Event, store: &S) -> Result<Action, S::Error> {
        let (target, time) = (event.target(), event.time());
        Ok(match event.method() {
            // The snapshot contains it. This is where a feed is read from before the snapshot.
            _ if time < self.position.start => Action::Leave,
            Method::Put => Action::Replace,
            Method::Delete => Action::Delete,
            _ if store.aside(target)?.is_some() => Action::Leave,
            Method::Post => Action::Fetch,
            Method::Patch if self.position.is_in_window(time) || store.is_fetched(target)? => {
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
            }
            self.pass(index);
        }
        Ok(Want::Event { index, action })
    }

    /// Goes on behind an event.
    pub(super) fn pass(&mut self, index: usize) {
        self.before = self.position.last.take();
        self.position.last = self.document.events().get(index).map(LastEvent::of);
        // The entity tag is only valid while no event follows the end of the feed.
        self.position.etag = None;
        self.position.doubt = None;
        self.position.stopped = None;
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
        if !self.is_youngest {
            let next = self.document.next_archive().unwrap_or(&self.feed).to_owned();
            self.state = State::Follow(next);
            return Ok(None);
        }
        if let Some(target) = store.due(now)? {
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
        // contains. Where Dates are told, they decide; they have whole seconds.
        let fetched = &mut position.fetched;
        let is_younger = match (fetched.before, self.document.date()) {
            (Some(before), Some(date)) => date > before,
            _ => true,
        };
        if is_younger {
            store.remove_fetched_before(position.reading)?;
            fetched.before = None;
        }
        fetched.before = fetched.before.max(fetched.now.take());
        position.reading += 1;
        position.etag = self.document.etag().map(str::to_owned);
        position.doubt = None;
        position.stopped = None;
        self.search.documents = 0;
        self.state = State::Idle;
        Ok(())
    }
}
