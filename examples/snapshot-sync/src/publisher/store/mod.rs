//! The publisher's database: entities, their earlier versions, and the events that changed them.

mod change;
mod connect;
mod copying;
mod database;
mod entities;
mod event_id;
mod fill;
mod group;
mod identity;
mod media_type;
pub mod pages;
mod queue;
mod read;
mod retention;
mod schema;
mod timeline;
mod write;
mod writer;

pub use change::Change;
pub(crate) use copying::{Copying, Standpoint};
pub use database::Store;
pub use entities::{Entities, NotEntities};
pub use event_id::{EventId, NoId, RunId};
pub use identity::FeedIdentity;
pub use media_type::MediaType;
pub(crate) use media_type::is_json;
pub use read::{
    State, StoredEvent, Version, entity, event_id, events, has_been, last_event, most_changed,
    state, versions,
};
pub use retention::Retention;
pub use schema::NewFeed;
pub use timeline::{Run, Standing, Timeline, standing};
pub use write::{MOST_ENTITY_OCTETS, Outcome};
