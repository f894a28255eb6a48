//! Whether the replica is on the publisher's timeline.

use super::{Consumer, State};
use crate::position::DoubtReason;
use crate::stop::Stop;
use crate::timeline::{Timeline, pieces};
use chrono::{DateTime, Utc};

impl Consumer {
    /// Passes the publisher's timeline to the consumer, and the Date of that answer. The caller may
    /// do so at any time; it should before the first step.
    ///
    /// A timeline that does not contain what the replica contains may be an old copy. So the consumer
    /// asks for it again with [`Want::Timeline`](super::Want::Timeline) before it believes that.
    pub fn timeline(
        &mut self,
        timeline: &Timeline,
        date: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) {
        let asked = match self.state {
            State::Stopped(_) => return,
            State::Timeline(at) => Some(at),
            _ => None,
        };
        let position = &mut self.position;
        let is_other_feed = position.feed.as_deref().is_some_and(|feed| feed != timeline.feed());
        let is_covered = position.is_covered_by(timeline);
        // An answer that is older than one before it may lack the last runs.
        let is_stale = date.is_some() && date < position.seen;
        if is_other_feed || !(is_covered || is_stale) {
            match (asked, is_other_feed) {
                (Some(_), true) => self.stop(Stop::OtherFeed),
                (Some(_), false) => self.stop(Stop::OtherTimeline),
                (None, _) => {
                    self.search.is_contradicted = true;
                    self.state = State::Timeline(None);
                }
            }
            return;
        }
        self.search.is_contradicted = false;
        if is_covered {
            position.feed.get_or_insert_with(|| timeline.feed().to_owned());
            self.trusted = timeline.runs().iter().map(|run| run.id().to_owned()).collect();
        }
        match asked {
            // Whatever the timeline lacks, either it or the document is an old copy.
            Some(Some(index)) if !is_covered || self.lacks(timeline, index) => {
                self.doubt(DoubtReason::OlderDocument, now);
            }
            Some(Some(index)) => self.state = State::Event(index),
            Some(None) => self.search_on(now),
            None => {}
        }
    }

    /// Reports that the publisher's timeline cannot be had, or says nothing.
    pub fn no_timeline(&mut self, now: DateTime<Utc>) {
        let State::Timeline(at) = self.state else { return };
        let is_told = self.position.feed.is_some();
        match at {
            Some(_) if is_told => self.doubt(DoubtReason::NoTimeline, now),
            None if self.search.is_contradicted => self.doubt(DoubtReason::NoTimeline, now),
            Some(index) => {
                // This publisher tells none: its event ids say no more than any others.
                self.trusted.extend(self.unknown_runs(index));
                self.state = State::Event(index);
            }
            None => self.search_on(now),
        }
    }

    /// Goes on after the timeline has said nothing new.
    fn search_on(&mut self, now: DateTime<Utc>) {
        // A timeline that was asked for before any search leaves that search to come.
        self.state = State::Idle;
        if self.search.asked_timeline {
            self.not_found(now);
        }
    }

    /// Whether the event at this index, or a state that the replica contains, is of a run that no
    /// timeline has told yet: so it is after the publisher was started again, or restored. At the end
    /// of a reading, also whether the feed does not reach states of an earlier reading.
    pub(super) fn has_unknown_run(&mut self, index: usize) -> bool {
        let is_end = index >= self.document.events().len();
        let is_behind = is_end
            && self.is_youngest
            && !self.position.fetched.before.ahead.is_empty()
            && !self.search.asked_at_end;
        self.search.asked_at_end |= is_behind;
        is_behind || self.unknown_runs(index).next().is_some()
    }

    fn unknown_runs(&self, index: usize) -> impl Iterator<Item = String> + use<> {
        let event = self.event(index).and_then(|event| pieces(event.id())).map(|(run, ..)| run);
        let ahead = self.position.ahead().map(crate::timeline::EventId::run);
        let unknown = event.into_iter().chain(ahead).filter(|run| !self.trusted.contains(*run));
        unknown.map(str::to_owned).collect::<Vec<_>>().into_iter()
    }

    fn lacks(&self, timeline: &Timeline, index: usize) -> bool {
        let id = self.event(index).and_then(|event| event.id().parse().ok());
        id.is_some_and(|id| !timeline.covers(&id))
    }
}
