//! Requests and responses (draft-wilde-fsm-00 section 4), on the types of `http` and bytes: no IO.
//!
//! A client makes requests with [`Client`] and gives it the answers. A server looks at a request's
//! head with [`expect`] and what its router knows of the [`Resource`], reads the body to an
//! [`Operation`], does it, and answers with the [`Outcome`].

mod client;
mod entity_tag;
mod media;
mod server;
mod slug;

pub use client::{Answer, Client, Received};
pub use media::{CollectionType, ENTRY, FEED, SERVICE};
pub use server::{Expected, Operation, Outcome, Resource, expect};
