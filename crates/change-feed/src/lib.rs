//! The consuming rules of a Web Event Sourcing change event feed, without IO: what a replica must
//! fetch, apply, set aside or wait for (draft of 2015-06-30, sections 6 and 7).
//!
//! ```
//! use change_feed::{Action, Consumer, Document, Event, MemoryStore, Method, Snapshot, Want};
//! use chrono::DateTime;
//!
//! let at = |second| DateTime::from_timestamp(second, 0).unwrap();
//! let mut store = MemoryStore::new();
//! let mut consumer = Consumer::new("/changes/latest", Snapshot::new(at(10)).position(at(20)));
//! assert!(matches!(consumer.step(at(20), &mut store)?, Want::Document { .. }));
//! let event = Event::new("1@example.org", "/products/7", Method::Put, at(12));
//! consumer.document(Document::new("/changes/latest", vec![event]), at(21))?;
//! let want = consumer.step(at(21), &mut store)?;
//! assert_eq!(want, Want::Event { index: 0, action: Action::Replace });
//! assert_eq!(consumer.step(at(21), &mut store)?, Want::CaughtUp);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The consumer asks for documents by their URIs, is told what they contain, and says for each event
//! what to do about it. The caller does the work around it: it gets documents and entities over HTTP,
//! reads them, stores states, and tells the time. `examples/replica.rs` is a whole replica.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | begin a replica with a snapshot | [`Snapshot::position`], and [`Position::contains_state`] for each entity |
//! | know whether a snapshot may replace a replica | [`Snapshot::admit`], [`Refused`] |
//! | consume | [`Consumer::step`], which returns a [`Want`] |
//! | pass on a feed document | [`Document`], [`Event`], [`Method`]; [`Consumer::document`], [`Consumer::not_modified`], [`Consumer::missing`] |
//! | do something about an event | [`Action`], [`Consumer::fetch_instead`] |
//! | judge the answer to the GET of an entity | [`Answer`], [`Digest`]; [`Consumer::answered`], which returns a [`Verdict`] |
//! | know the publisher's runs | [`Timeline`], [`Run`], [`EventId`]; [`Consumer::timeline`] |
//! | store how far the feed was consumed | [`Position`], which is serialisable; [`LastEvent`], [`Doubt`] |
//! | store what is kept for single entities | [`Store`], [`Aside`], [`AsideReason`]; [`MemoryStore`] |
//! | set how long it waits, and how much it accepts | [`Patience`]; [`Limits`], [`Limit`] |
//! | tell a person why it waits or stops | [`DoubtReason`], [`Stop`], [`Error`] |
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | subscription document, archive document | the document of the feed that changes, and those that are full (RFC 5005 section 4) |
//! | reading | what a consumer does from one [`Want::CaughtUp`] to the next: it reads the feed to its end |
//! | self link | the URI of an event itself (`rel=self`), which leads to the document that contains it |
//! | window | the events that are read while states may already contain them |
//! | ahead of the feed | a state that contains events which the feed, as it was read, has not reported yet |
//! | run | what a publisher does from one start of its process to the next |
//!
//! # The rules
//!
//! 1. A snapshot need not contain the changes that were made while it was written. So the replica
//!    reads the feed from the second in which the snapshot was started. Until it has read the feed to
//!    its end once, and for every event up to the snapshot's completion, the replica is in the window: PUT
//!    events replace, DELETE events remove, and for PATCH and POST events the entity's state is
//!    fetched, because the stored state may contain the patch already.
//! 2. A state that was fetched may be younger than the feed as it was read. So an entity that was
//!    fetched stays in the window until a subscription document whose Date is after its last GET was
//!    read to its end.
//! 3. After that, every event is processed in order, patches included. The replica remembers the id of
//!    the last one.
//! 4. It goes on behind the last event: in the subscription document if nothing has changed, by the
//!    event's own URI, or by walking back from the subscription document.
//!
//! # What the drafts leave open, and what this crate decides
//!
//! | question | decision |
//! |---|---|
//! | What does a replica do with an older snapshot? | [`Snapshot::admit`] refuses one that was started before the replica's position, one of another timeline or feed, and a second one within [`Patience::snapshots`]. |
//! | What does it do with a feed document that is older than its position? | It waits with growing delays and asks the publisher past the caches. It concludes nothing from it ([`DoubtReason::OlderDocument`]). |
//! | When is an event "nowhere to be found", so that the history was cut? | After [`Patience::attempts`] that have missed the same document, over the time [`Patience::over`]. If the event's own URI answers 410 twice, the second time past the caches, and the publisher tells its runs: at once. |
//! | What if the publisher was restored from a backup? | It issues the same numbers again. Each start of it draws the id of a run, and tells the list of runs. If the publisher tells it, the list must cover the last event and all states that are ahead of the feed, else the replica stops ([`Stop::OtherTimeline`]) and only its operator replaces it. Before the first event of an unknown run, the list is asked for again. Such a publisher numbers its events without gaps, so that no document that a cache has from before the restore makes a replica leave events out. |
//! | Which answer to a GET is an entity's state? | One with the media type of the stored state, which the snapshot or the last PUT gave, with a digest if this publisher has ever sent one, or if the replica has no state of the entity, and not older than the event, by entity tag or Date. Parameters of the media type do not count. |
//! | What if an entity is gone when it is fetched (404, 410)? | The feed reports a DELETE later, as a rule. If it does not, and the entity is missing in all attempts over the time of [`Patience`], it is removed. |
//! | What if an entity cannot be had? | It is set aside after [`Patience::tries`] requests, and at the first 404 or 410. At the end of each reading it is requested once more if that is due. Its patches are left, and a PUT, a DELETE or a later GET ends that. Status 401, [`Patience::failures`] failures in a row while the publisher answers nothing else, and more than [`Limits::set_aside`] entities stop the replica. |
//!
//! # What the caller must do
//!
//! - **Transactions.** Begin a transaction before [`Consumer::step`], because the step itself writes to
//!   the [`Store`]. The step, its effect and [`Consumer::position`] belong into one transaction; it may
//!   contain many events. Before a request you may commit, with the position. If a transaction fails,
//!   throw the consumer away, and begin another one with the stored position.
//! - **Steps.** An event that is to be replaced, patched, removed or left counts as done as soon as it is
//!   returned: store its effect before the next step. All other wants are returned again until you have
//!   passed what they ask for. Treat a [`Want`] that you do not know as an error.
//! - **A new snapshot.** Empty both tables of the [`Store`] in the transaction that replaces the states.
//! - **Fresh requests.** Send `Cache-Control: no-cache` with the request for a document if `fresh` is
//!   set, and always with those for a timeline and for entities. A cache that ignores it costs time,
//!   and does no harm if the publisher tells its runs.
//! - **Dates, entity tags and digests.** Pass what the answer has. Date and entity tag show that an
//!   answer is an old one. A digest shows that the state is complete, and that it comes from the
//!   publisher. Verify it before you pass [`Digest::Holds`].
//! - **The timeline.** If the publisher tells it, pass it before the first step, and whenever
//!   [`Want::Timeline`] asks for it.
//! - **Failed requests.** For a document or a timeline there is no call: ask again later, with a delay,
//!   and stop by yourself at status 401. For an entity there is [`Answer::failed`].
//! - **Delays.** Wait as [`Want::Wait`] says, and between [`Want::CaughtUp`] and the next step as long
//!   as you like.
//! - **Complete or not.** The copy is complete at [`Want::CaughtUp`] if no entity is set aside.
//! - **URIs.** Resolve them before you pass them, and refuse those that you do not want to request.
//!   The consumer only compares them.
//!
//! # Memory and time
//!
//! The consumer keeps one document without the bodies of its events, the runs of the timeline, up to a
//! mebibyte of URIs while it walks back, and its position. Limit the octets of a document before you
//! read it: the limits of this crate count events and the octets of each id and URI. Where nothing is
//! missing and each document names the next one, each is requested twice at most in the first reading,
//! and once after that. What is kept for single entities is in the [`Store`].
//!
//! # Features
//!
//! The crate has no features, and needs no runtime.

#![forbid(unsafe_code)]

mod ahead;
mod answer;
mod consumer;
mod document;
mod error;
mod limits;
mod memory;
mod method;
mod patience;
mod position;
mod snapshot;
mod stop;
mod store;
mod timeline;

pub use answer::{Answer, Digest, Verdict};
pub use consumer::{Action, Consumer, Missing, Want};
pub use document::{Document, Event};
pub use error::Error;
pub use limits::{Limit, Limits};
pub use memory::MemoryStore;
pub use method::Method;
pub use patience::Patience;
pub use position::{Doubt, DoubtReason, LastEvent, Position};
pub use snapshot::{Refused, Snapshot};
pub use stop::Stop;
pub use store::{Aside, AsideReason, Store};
pub use timeline::{EventId, NEVER_ISSUED, NotAnEventId, PRUNED, Run, TIMELINE_RELATION, Timeline};

/// The example of the README is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
