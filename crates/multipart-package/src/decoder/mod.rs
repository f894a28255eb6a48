//! Reading a package that comes in chunks, without IO.

mod body;
mod feed;
mod head;
mod machine;
mod resync;
mod state;
mod step;

pub use machine::Decoder;
pub(crate) use step::Turn;
pub use step::{Event, Step};
