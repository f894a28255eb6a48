//! Fetching the targets of the next events before their turn comes.

use crate::error::Error;
use crate::replica::fetch::{Answer, Fetcher};
use change_feed::Action;
use std::collections::VecDeque;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// The GETs that have begun for events of one feed document, in the events' order.
///
/// Each begins after the document was received, so that the fetched state includes the event.
#[derive(Debug)]
pub(crate) struct Ahead {
    parallel: usize,
    under_way: VecDeque<Get>,
    /// The first event for which no GET was considered.
    next: usize,
}

/// A GET that has begun, on condition that the entity tag differs.
#[derive(Debug)]
pub(crate) struct Get {
    event: usize,
    /// The entity tag of the stored state when it began.
    pub(crate) etag: Option<String>,
    answer: JoinHandle<Result<Answer, Error>>,
}

impl Ahead {
    pub(crate) fn new(parallel: usize) -> Self {
        Self { parallel: parallel.max(1), under_way: VecDeque::new(), next: 0 }
    }

    /// Abandons all GETs, since the events of another document follow.
    pub(crate) fn restart(&mut self) {
        self.under_way.drain(..).for_each(|get| get.answer.abort());
        self.next = 0;
    }

    /// Begins GETs for this event and for events after it, as many as the limit permits. `likely`
    /// returns the probable action for an event; `resource` returns the URI of its target and the
    /// entity tag of the stored state.
    pub(crate) fn fill(
        &mut self,
        event: usize,
        runtime: &Handle,
        fetcher: &Fetcher,
        mut likely: impl FnMut(usize) -> Result<Option<Action>, Error>,
        mut resource: impl FnMut(usize) -> Result<(String, Option<String>), Error>,
    ) -> Result<(), Error> {
        self.next = self.next.max(event);
        while self.under_way.len() < self.parallel
            && let Some(action) = likely(self.next)?
        {
            if action == Action::Fetch {
                let (uri, etag) = resource(self.next)?;
                let (fetcher, known) = (fetcher.clone(), etag.clone());
                let answer =
                    runtime.spawn(async move { fetcher.get_fresh(&uri, known.as_deref()).await });
                self.under_way.push_back(Get { event: self.next, etag, answer });
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Takes the GET that was begun for an event, and abandons those for earlier events.
    pub(crate) fn take(&mut self, event: usize) -> Option<Get> {
        while self.under_way.front()?.event <= event {
            let get = self.under_way.pop_front()?;
            if get.event == event {
                return Some(get);
            }
            get.answer.abort();
        }
        None
    }
}

impl Get {
    /// Waits for the answer.
    pub(crate) fn wait(self, runtime: &Handle) -> Result<Answer, Error> {
        runtime.block_on(self.answer)?
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.restart();
    }
}
