//! Requests and responses (draft-wilde-fsm-00 section 4) as types of the `http` crate and bytes,
//! without IO.
//!
//! A client builds its requests with a [`Client`], and passes the responses to it. A server handles
//! a request in three steps:
//!
//! 1. [`expect`] looks at the head of the request and at the kind of [`Resource`] that the server's
//!    router has found. It returns what is [`Expected`], or the response that refuses the request.
//! 2. [`Expected::read`] reads the body, and returns the [`Operation`] that the request asks for.
//! 3. The server performs the operation, and [`Outcome::into_response`] builds the response.

mod client;
mod conditions;
mod entity_tag;
mod http_date;
mod media;
mod server;
mod slug;

pub use client::{Answer, Client, Received};
pub use conditions::{Conditions, Validators, Verdict};
pub use entity_tag::{EntityTag, StrongTag};
pub use media::{CollectionType, ENTRY, FEED, SERVICE};
pub use server::{Expected, Operation, Outcome, Resource, expect};
