//! Reading a package that comes in chunks, without IO.

mod feed;
mod machine;
mod resync;
mod state;
mod step;

pub use machine::Decoder;
pub use step::{Event, Step};
