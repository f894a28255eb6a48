//! The publisher's database: entities, their earlier versions, and the events that changed them.

mod change;
mod database;
mod fill;
mod identity;
pub mod pages;
mod queue;
mod read;
mod write;
mod writer;

pub use change::Change;
pub use database::Store;
pub use identity::FeedIdentity;
pub use read::{
    StoredEvent, Version, entity, events, has_been, last_event, most_changed, state, versions,
};
pub use write::{MOST_ENTITY_OCTETS, Outcome};
