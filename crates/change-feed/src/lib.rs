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
//! The caller does the work around it: it gets documents and entities over HTTP, reads them, stores
//! states, and tells the time. The consumer asks for documents by their URIs, is told what they
//! contain, and says for each event what to do about it. All that it knows is in a [`Position`] and
//! a [`Store`], which the caller stores in the transactions of the effects. So a replica that is
//! killed at any moment goes on where it was.

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
