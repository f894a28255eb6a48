//! The server: what a request asks for, what is stored, and the responses.

mod collection;
mod entry;
mod expected;
mod operation;
mod outcome;
mod refusal;
mod resolution;
mod resource;
mod settings;
mod standing;

pub use collection::{PostedCollection, StoredCollection, feed_markup};
pub use entry::{PostedEntry, ServerFields, StoredEntry};
pub use expected::Expected;
pub use operation::Operation;
pub use outcome::Outcome;
pub use resource::{Resource, Target};
pub use settings::Server;
