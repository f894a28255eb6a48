//! Reading a package that is in memory.

mod opening;
mod part;
mod parts;
mod resync;
mod unusual;

pub use part::Part;
pub use parts::Parts;
