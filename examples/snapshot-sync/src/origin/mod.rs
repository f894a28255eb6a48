//! URI references, the origins that a replica sends requests to, and the names below its roots.
//!
//! A replica stores names, not URIs: the name of what is at `http://example.net/a/entities/x` is
//! `/entities/x` where the publisher's root is `http://example.net/a/`. So what it has stored stays
//! right when the publisher moves to another host or below another prefix.

mod base;
mod origins;
mod reference;
mod roots;

pub use base::Base;
pub use origins::Origins;
pub use reference::resolve;
pub use roots::Roots;
