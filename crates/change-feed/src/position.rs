//! How far a feed was consumed.

use crate::ahead::Ahead;
use crate::document::Event;
use crate::stop::Stop;
use crate::timeline::{EventId, Timeline};
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// How far a feed was consumed. A replica stores it together with the effect of every event.
///
/// It is serialisable. Its serialised form has only the members that it needs, and a later version
/// of this crate reads the form of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) feed: Option<String>,
    pub(crate) start: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) completed: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replicated: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<LastEvent>,
    #[serde(default)]
    pub(crate) reading: u64,
    /// Whether an event was passed that is not before the start of the snapshot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) begun: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// The youngest Date of an answer that may not come from long ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) digests: bool,
    /// The events behind the states of the snapshot.
    #[serde(default, skip_serializing_if = "Ahead::is_empty")]
    pub(crate) snapshot: Ahead,
    #[serde(default, skip_serializing_if = "Fetched::is_empty")]
    pub(crate) fetched: Fetched,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) doubt: Option<Doubt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<Stop>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The event that was processed last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastEvent {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) self_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<DateTime<Utc>>,
}

/// The answers to GETs of entities: those that earlier readings of the feed got, as long as the feed
/// as read may be older than they are, and those of this reading.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Fetched {
    pub(crate) before: Answers,
    pub(crate) now: Answers,
}

/// The youngest Date of some answers, and the events behind their states.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Answers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Ahead::is_empty")]
    pub(crate) ahead: Ahead,
}

impl Fetched {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Attempts that did not find the event that was processed last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Doubt {
    pub(crate) reason: DoubtReason,
    pub(crate) since: DateTime<Utc>,
    pub(crate) attempts: u32,
    pub(crate) next: DateTime<Utc>,
    /// The document that was missing, if the search ended there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
}

/// Why a consumer cannot go on at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DoubtReason {
    /// The subscription document is older than what was consumed, or a document and the timeline
    /// contradict each other. Caches serve such documents. The consumer never concludes anything from
    /// it.
    OlderDocument,
    /// The subscription document cannot be found. The consumer never concludes anything from it.
    NoDocument,
    /// The feed does not contain the event that was processed last, or an archive document that
    /// follows it is missing; before any event was processed, the feed does not reach back to the start
    /// of the snapshot. After the stated attempts and time, the history counts as cut.
    MissingEvent,
    /// The publisher's timeline is needed to go on, and it cannot be had, or only in a copy that may be
    /// an old one, though the publisher has told it before. After the stated attempts and time that all
    /// contradict the position, the replica is on another timeline.
    NoTimeline,
}

impl Position {
    /// Makes the position of a replica that has just stored a snapshot. Prefer
    /// [`Snapshot::position`](crate::Snapshot::position), which keeps more of what is known.
    ///
    /// Events have whole seconds and snapshots have milliseconds. So the start is cut to its second:
    /// otherwise an event of the same second would be lost.
    #[must_use]
    pub fn after_snapshot(started: DateTime<Utc>) -> Self {
        Self {
            feed: None,
            start: started.trunc_subsecs(0),
            completed: None,
            replicated: None,
            last: None,
            reading: 0,
            begun: false,
            etag: None,
            seen: None,
            digests: false,
            snapshot: Ahead::default(),
            fetched: Fetched::default(),
            doubt: None,
            stopped: None,
        }
    }

    /// Makes the position of a replica that has processed an event, from what another program has
    /// stored of it: the second in which the snapshot was started, the event, and the number of
    /// complete readings of the feed.
    #[must_use]
    pub fn after_event(start: DateTime<Utc>, last: LastEvent, reading: u64) -> Self {
        Self { last: Some(last), reading, begun: reading > 0, ..Self::after_snapshot(start) }
    }

    /// The identity of the feed, if its publisher tells one.
    #[must_use]
    pub fn feed(&self) -> Option<&str> {
        self.feed.as_deref()
    }

    /// The second in which the snapshot was started.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// When the snapshot was stored, by the clock of the replica, if that is known.
    #[must_use]
    pub fn replicated(&self) -> Option<DateTime<Utc>> {
        self.replicated
    }

    /// The event that was processed last; none if no event was processed since the snapshot.
    #[must_use]
    pub fn last(&self) -> Option<&LastEvent> {
        self.last.as_ref()
    }

    /// The number of complete readings of the feed since the snapshot.
    #[must_use]
    pub fn reading(&self) -> u64 {
        self.reading
    }

    /// The entity tag of the subscription document, if the feed was consumed to its end and no event
    /// has followed.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The attempts that have not found the last event, if the last one did not.
    #[must_use]
    pub fn doubt(&self) -> Option<&Doubt> {
        self.doubt.as_ref()
    }

    /// Why the consumer has stopped, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped
    }

    /// The time up to which the replica has the feed: that of the last event, or the start of the
    /// snapshot if that is later. No snapshot that was started before it replaces the replica.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        let last = self.last.as_ref().and_then(|last| last.time);
        last.map_or(self.start, |last| last.max(self.start))
    }

    /// Records the entity tag of a state of the snapshot, so that the consumer knows which events the
    /// snapshot's states contain. Call it for each entity while the snapshot is stored.
    ///
    /// Only a publisher that tells its runs has entity tags that name events. Others are ignored.
    /// The index of such a publisher also tells the last event that the snapshot contains
    /// ([`Timeline::last`]), which [`Snapshot::position`](crate::Snapshot::position) records. Without
    /// both a replica does not see that its publisher was restored from a backup, if that happens
    /// between the snapshot and the first reading of the feed.
    pub fn contains_state(&mut self, etag: &str) {
        self.snapshot.add(etag);
    }

    /// The id of the event that was processed last, if it is one of a publisher that tells its runs.
    pub(crate) fn event_id(&self) -> Option<EventId> {
        self.last.as_ref()?.id.parse().ok()
    }

    /// The events behind states that the feed has not reported yet.
    pub(crate) fn ahead(&self) -> impl Iterator<Item = &EventId> {
        let lists = [&self.snapshot, &self.fetched.before.ahead, &self.fetched.now.ahead];
        lists.into_iter().flat_map(Ahead::iter)
    }

    /// Whether a timeline contains all that the replica contains.
    pub(crate) fn is_covered_by(&self, timeline: &Timeline) -> bool {
        self.event_id().is_none_or(|id| timeline.covers(&id))
            && self.ahead().all(|id| timeline.covers(id))
    }

    /// Goes on behind an event.
    pub(crate) fn pass(&mut self, event: &Event) -> Option<LastEvent> {
        self.snapshot.pass(event.id());
        self.fetched.before.ahead.pass(event.id());
        self.fetched.now.ahead.pass(event.id());
        // The entity tag is only valid while no event follows the end of the feed.
        self.etag = None;
        self.doubt = None;
        self.stopped = None;
        self.begun |= event.time() >= self.start;
        self.last.replace(LastEvent::of(event))
    }

    /// Whether the patch of an event may already be in the states of the snapshot.
    pub(crate) fn is_in_window(&self, event: &Event) -> bool {
        self.reading == 0
            || self.completed.is_some_and(|completed| event.time() <= completed)
            || self.snapshot.reaches(event.id())
    }
}

impl LastEvent {
    /// Makes it from the event's id, its own URI and its time, as far as they are known.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        self_uri: Option<String>,
        time: Option<DateTime<Utc>>,
    ) -> Self {
        Self { id: id.into(), self_uri, time }
    }

    pub(crate) fn of(event: &Event) -> Self {
        Self::new(event.id(), event.self_uri().map(str::to_owned), Some(event.time()))
    }

    /// The event's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The URI of the event itself, if it has one.
    #[must_use]
    pub fn self_uri(&self) -> Option<&str> {
        self.self_uri.as_deref()
    }

    /// The time of the event, if it is known.
    #[must_use]
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }
}

impl Doubt {
    /// Why the consumer cannot go on.
    #[must_use]
    pub fn reason(&self) -> DoubtReason {
        self.reason
    }

    /// When the first of these attempts was made.
    #[must_use]
    pub fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The number of attempts.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When the next attempt is due.
    #[must_use]
    pub fn next(&self) -> DateTime<Utc> {
        self.next
    }

    /// The document that was missing, if the search ended there. Attempts only count together if the
    /// same one was missing: a long way has many documents, each of which may be missing for once.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }
}
