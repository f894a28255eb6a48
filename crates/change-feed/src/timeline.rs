//! Timelines: which runs of a publisher issued which events.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The link relation that leads from an index or a feed document to the timeline.
///
/// The root of the feed is the directory of the timeline's URI.
pub const TIMELINE_RELATION: &str =
    "https://github.com/web-history-codecs/web-history-codecs#timeline";

/// The problem type (RFC 9457) of the answer 404 to an event's own URI if the publisher's timeline
/// never had this event.
pub const NEVER_ISSUED: &str =
    "https://github.com/web-history-codecs/web-history-codecs#event-never-issued";

/// The problem type (RFC 9457) of the answer 410 to an event's own URI if the publisher has removed
/// the event.
pub const PRUNED: &str = "https://github.com/web-history-codecs/web-history-codecs#event-pruned";

/// The id of an event of a publisher that tells its runs: `run.number.random`, with or without `@`
/// and a domain behind it. The events of a timeline are numbered without gaps.
///
/// The run is 32 lower-case hexadecimal digits, the number a decimal number without leading zeros
/// below 2^64 - 1, and the random part 16 lower-case hexadecimal digits.
///
/// ```
/// use change_feed::EventId;
///
/// let id: EventId = "00112233445566778899aabbccddeeff.7.0123456789abcdef@example.org".parse()?;
/// assert_eq!((id.run(), id.number()), ("00112233445566778899aabbccddeeff", 7));
/// # Ok::<(), change_feed::NotAnEventId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EventId {
    run: String,
    number: u64,
    random: String,
}

/// A text is not an [`EventId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an event id of the form run.number.random")]
pub struct NotAnEventId;

impl EventId {
    /// Makes an id from the bits of its run, its number, and its random bits.
    #[must_use]
    pub fn new(run: [u8; 16], number: u64, random: [u8; 8]) -> Self {
        Self { run: hexadecimal(&run), number, random: hexadecimal(&random) }
    }

    /// The run that issued the event.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The event's number in its feed.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        let (run, number, random) = pieces(text).ok_or(NotAnEventId)?;
        Ok(Self { run: run.to_owned(), number, random: random.to_owned() })
    }
}

impl TryFrom<String> for EventId {
    type Error = NotAnEventId;

    fn try_from(text: String) -> Result<Self, NotAnEventId> {
        text.parse()
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.to_string()
    }
}

/// The run, the number and the random part of an event id, if it is one.
pub(crate) fn pieces(text: &str) -> Option<(&str, u64, &str)> {
    let local = text.split_once('@').map_or(text, |(local, _)| local);
    let mut pieces = local.split('.');
    let (run, number, random) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let is_number = number.bytes().all(|octet| octet.is_ascii_digit())
        && (number == "0" || !number.starts_with('0'));
    let is_id = pieces.next().is_none()
        && is_number
        && is_hexadecimal(run, 32)
        && is_hexadecimal(random, 16);
    let number = number.parse().ok().filter(|number| *number < u64::MAX)?;
    is_id.then_some((run, number, random))
}

impl fmt::Display for EventId {
    /// Writes the id without a domain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.run, self.number, self.random)
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// One run of a publisher: from a start of its process to the next start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    id: String,
    first: u64,
}

impl Run {
    /// Makes a run from its 128 random bits and the number of the first event that it issues.
    #[must_use]
    pub fn new(id: [u8; 16], first: u64) -> Self {
        Self { id: hexadecimal(&id), first }
    }

    /// The id: 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number of the first event that it issues. The run ends where the next one begins.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }
}

/// The identity of a feed, and the runs that issued its events.
///
/// A publisher that is restored from a backup issues the same numbers again, for other events. So
/// each start draws the id of a new run, and stores it with the number of the first event that the
/// run issues. A replica is on the publisher's timeline exactly if the list of runs covers the id of
/// the event that it processed last, and those of the states that are ahead of the feed.
///
/// ```
/// use change_feed::{EventId, Run, Timeline};
///
/// let before = Run::new([1; 16], 1);
/// let restored = Run::new([2; 16], 101);
/// let timeline = Timeline::new("feed", vec![before, restored])?;
/// assert!(timeline.covers(&EventId::new([1; 16], 100, [0; 8])));
/// assert!(!timeline.covers(&EventId::new([1; 16], 105, [0; 8])));
/// # Ok::<(), change_feed::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Timeline {
    feed: String,
    runs: Vec<Run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<EventId>,
}

#[derive(Deserialize)]
struct Unchecked {
    feed: String,
    runs: Vec<Run>,
    #[serde(default)]
    last: Option<EventId>,
}

impl Timeline {
    /// Makes a timeline of a feed from its runs, the oldest first.
    ///
    /// # Errors
    /// [`Error::Order`], [`Error::Repeated`].
    pub fn new(feed: impl Into<String>, runs: Vec<Run>) -> Result<Self, Error> {
        let timeline = Self { feed: feed.into(), runs, last: None };
        timeline.check(&Limits::unlimited())?;
        Ok(timeline)
    }

    /// Sets the last event that was issued. A publisher tells it in the index of a snapshot: it is the
    /// last event that the snapshot contains.
    ///
    /// Without it a replica does not see that its publisher was restored from a backup between the
    /// snapshot and the first reading of the feed, if the events that were lost removed entities.
    #[must_use]
    pub fn with_last(mut self, last: Option<EventId>) -> Self {
        self.last = last;
        self
    }

    /// Reads a timeline from JSON: `{"feed":"…","runs":[{"id":"…","first":1}]}`, and, if it is there,
    /// the member `last` with the id of the last event. Other members are ignored.
    ///
    /// # Errors
    /// [`Error::Json`], [`Error::Limit`], [`Error::RunId`], [`Error::Order`], [`Error::Repeated`].
    pub fn from_slice(octets: &[u8], limits: &Limits) -> Result<Self, Error> {
        let Unchecked { feed, runs, last } = serde_json::from_slice(octets).map_err(|error| {
            Error::Json { line: error.line(), column: error.column(), reason: reason(&error) }
        })?;
        let timeline = Self { feed, runs, last };
        timeline.check(limits)?;
        Ok(timeline)
    }

    /// Writes the timeline as JSON.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The identity of the feed.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// The runs, the oldest first.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The last event that was issued, if the timeline tells it.
    #[must_use]
    pub fn last(&self) -> Option<&EventId> {
        self.last.as_ref()
    }

    /// Whether an event belongs to this timeline: its run is listed, and the event's number lies
    /// between the first number of that run and the first number of the next one.
    #[must_use]
    pub fn covers(&self, id: &EventId) -> bool {
        self.spans().any(|(run, numbers)| run.id == id.run && numbers.contains(&id.number))
    }

    /// The runs, each with the numbers that it covers.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (&Run, Range<u64>)> {
        let ends = self.runs.iter().skip(1).map(|next| next.first).chain([u64::MAX]);
        self.runs.iter().zip(ends).map(|(run, end)| (run, run.first..end))
    }

    fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check(Limit::Runs, self.runs.len())?;
        limits.check(Limit::IdOctets, self.feed.len())?;
        let (mut before, mut ids) = (0, HashSet::new());
        for (index, run) in self.runs.iter().enumerate() {
            if !is_hexadecimal(&run.id, 32) {
                return Err(Error::RunId { index });
            }
            if run.first < before {
                return Err(Error::Order { index, first: run.first });
            }
            if !ids.insert(run.id.as_str()) {
                return Err(Error::Repeated { index });
            }
            before = run.first;
        }
        Ok(())
    }
}

/// What serde_json says, without the place, which the error has beside it.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}
