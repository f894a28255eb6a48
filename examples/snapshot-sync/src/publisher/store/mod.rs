//! The publisher's database: entities, their earlier versions, and the events that changed them.

mod change;
mod database;
mod fill;
pub mod pages;
mod read;
mod write;

pub use change::Change;
pub use database::{FeedIdentity, Store};
pub use read::{
    StoredEvent, Version, entity, events, has_been, last_event, most_changed, state, versions,
};
pub use write::{MOST_ENTITY_OCTETS, Outcome};
