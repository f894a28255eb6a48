//! The replica's database: its entities, the entities of a snapshot that is being replicated, and
//! the progress of both.

mod consuming;
mod replica;
mod rules;
mod schema;
mod staging;

pub use consuming::Consumed;
pub use replica::Replica;
