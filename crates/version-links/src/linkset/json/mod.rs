//! `application/linkset+json` (RFC 9264 section 4.2).

mod attribute;
mod context;
mod depth;
mod document;
mod locate;
mod maybe_text;
mod names;
mod otherwise;
mod path;
mod read;
mod reading;
mod shape;
mod target;
mod text;
mod wrapped;
mod write;
