//! The CoRE Link Format, `application/link-format` (RFC 6690).

mod core_link;
mod origin;
mod read;
mod write;

pub use core_link::CoreLink;
