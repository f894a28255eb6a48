//! Whether the replica is on the publisher's timeline.

use super::{Consumer, State};
use crate::document::Event;
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
        let is_younger = date.is_none() || date > position.seen;
        match asked {
            Some(_) if is_other_feed => return self.stop(Stop::OtherFeed),
            _ if is_covered && !is_other_feed => {}
            None if is_stale && !is_other_feed => return,
            None => {
                self.search.is_contradicted = true;
                self.state = State::Timeline(None);
                return;
            }
            Some(_) => return self.contradict(is_younger, now),
        }
        self.search.is_contradicted = false;
        position.feed.get_or_insert_with(|| timeline.feed().to_owned());
        let spans = timeline.spans().map(|(run, numbers)| (run.id().to_owned(), numbers));
        self.trusted = spans.collect();
        match asked {
            // Either the timeline or the document is an old copy.
            Some(Some(index)) if self.lacks(timeline, index) => {
                self.doubt(DoubtReason::OlderDocument, now);
            }
            Some(Some(index)) => self.state = State::Event(index),
            Some(None) => self.search_on(now),
            None => {}
        }
    }

    /// The confirmed timeline does not contain what the replica contains. Unless it is younger than all
    /// that was seen it may still be an old copy: then more attempts must say the same, of which the
    /// next one begins with the timeline, and so will find a younger one.
    fn contradict(&mut self, is_younger: bool, now: DateTime<Utc>) {
        self.search.is_contradicted = true;
        if !is_younger {
            self.doubt(DoubtReason::NoTimeline, now);
        }
        let is_over = self
            .position
            .doubt
            .as_ref()
            .is_some_and(|doubt| self.patience.is_over(doubt.attempts, doubt.since, now));
        if is_younger || is_over {
            self.stop(Stop::OtherTimeline);
        }
    }

    /// Reports that the publisher has no timeline (404 or 410). After a request that failed, call
    /// nothing, and ask again with a delay.
    pub fn no_timeline(&mut self, now: DateTime<Utc>) {
        let State::Timeline(at) = self.state else { return };
        let is_told = self.position.feed.is_some();
        match at {
            Some(_) if is_told => self.doubt(DoubtReason::NoTimeline, now),
            None if self.search.is_contradicted => self.doubt(DoubtReason::NoTimeline, now),
            Some(index) => {
                // This publisher tells none: its event ids say no more than any others.
                let runs = self.unknown_runs(index).map(|run| (run, 0..u64::MAX));
                self.trusted.extend(runs);
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

    /// Whether an event that is relied on at this index, or a state that the replica contains, is not on
    /// the timeline that was told: so it is after the publisher was started again or restored, or in a
    /// document from before that. At the end of a reading, also whether the feed does not reach states of
    /// the snapshot or of an earlier reading.
    pub(super) fn is_off_timeline(&mut self, index: usize) -> bool {
        let is_end = index >= self.document.events().len();
        let is_behind = is_end
            && self.is_youngest
            && !(self.position.fetched.before.ahead.is_empty()
                && self.position.snapshot.is_empty())
            && !self.search.asked_at_end;
        self.search.asked_at_end |= is_behind;
        is_behind || self.unknown_runs(index).next().is_some()
    }

    fn unknown_runs(&self, index: usize) -> impl Iterator<Item = String> + use<> {
        let events = self.relied_on(index).filter_map(|event| pieces(event.id()));
        let events = events.map(|(run, number, _)| (run, number));
        let ahead = self.position.ahead().map(|id| (id.run(), id.number()));
        let unknown = events.chain(ahead);
        let unknown = unknown.filter(|(run, number)| !self.is_trusted(run, *number));
        unknown.map(|(run, _)| run.to_owned()).collect::<Vec<_>>().into_iter()
    }

    fn is_trusted(&self, run: &str, number: u64) -> bool {
        self.trusted.get(run).is_some_and(|numbers| numbers.contains(&number))
    }

    /// Whether a state may be that of an event of this run and number, as far as the timeline was told.
    pub(super) fn is_told(&self, run: &str, number: u64) -> bool {
        self.trusted.is_empty() || self.is_trusted(run, number)
    }

    fn lacks(&self, timeline: &Timeline, index: usize) -> bool {
        let mut ids = self.relied_on(index).filter_map(|event| event.id().parse().ok());
        ids.any(|id| !timeline.covers(&id))
    }

    /// The event at this index. Before the first event of a replica also the one before it: that one
    /// shows that the document reaches back to the start of the snapshot. A document of another timeline
    /// may end there.
    fn relied_on(&self, index: usize) -> impl Iterator<Item = &Event> {
        let before = index.checked_sub(1).filter(|_| self.position.last.is_none());
        before.into_iter().chain([index]).filter_map(|index| self.event(index))
    }
}
