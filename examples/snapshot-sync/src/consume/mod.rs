//! The consuming rules of a change event feed, without IO (draft of 2015-06-30, sections 6 and 7).
//!
//! The machine asks for feed documents by their URIs, receives what they contain, and says for each
//! event what to do about it. It follows three rules that are easy to get wrong:
//!
//! - **The window.** A snapshot need not contain the changes that were made while it was written.
//!   So the feed is replayed to its end from the second in which the snapshot was started. This
//!   first reading is the window. A patch in the window is never applied: the target's current
//!   state is fetched instead.
//! - **A fetched state may be newer than the feed document that was read**, and may already include
//!   a patch that the feed contains further on, which would then be applied twice. So an entity
//!   that was fetched is fetched again for each of its patches, until a reading of the feed that
//!   began after the last GET of the entity reaches the feed's end without another GET of it.
//! - **Events move.** Events move from the subscription document to archive documents while the
//!   feed is read. So every document must either name the one before it as its `prev-archive`, or
//!   contain the event that was processed last; otherwise the machine walks back until a document
//!   does.
//!
//! A reading of the feed begins where the last one ended. If the last one reached the feed's end, the
//! next begins with a conditional GET of the subscription document. If that document no longer
//! contains the last event, or the last reading was interrupted, the machine follows the event's self
//! link; if the event has none, it walks back from the subscription document.

mod document;
mod fetched;
mod machine;
mod position;

pub use document::{Entry, Page};
pub use fetched::Fetched;
pub use machine::{Action, Consumer, Want};
pub use position::Position;
