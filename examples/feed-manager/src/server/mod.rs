//! The server, which gives access to a store over HTTP.
//!
//! | URI | who | methods |
//! |---|---|---|
//! | `/service` | who is signed in | GET: the own service document; POST of an `app:collection`: creates a collection |
//! | `/{user}/service` | all | the same document: for its owner all collections, for others the public ones |
//! | `/{user}/{collection}` | the owner; if it is public, all | GET: a page of the feed; POST: creates a member; PUT, DELETE: the collection |
//! | `/{user}/{collection}.opml` | as the collection | GET: the bundle as OPML |
//! | `/{user}/{collection}/{member}` | as the collection | GET, PUT, DELETE: an entry |
//! | `/{user}/{collection}/{member}/media` | as the collection | GET, PUT, DELETE: a media resource |
//! | `/health` | all, under any Host | GET: 204, or 503 if the database cannot be read or changed |
//!
//! The codec determines what a request means, and refuses wrong requests. This module decides who may
//! do what, and works out what is stored.

#![allow(clippy::result_large_err, reason = "a refusal is a response, and is sent immediately")]

mod admission;
mod answer;
mod answered;
mod asker;
mod change;
mod discard;
mod document;
mod draft;
mod feed;
mod find;
mod forwarded;
mod head;
mod host;
mod inbox;
mod limits;
mod listen;
mod markup;
mod media;
mod outline;
mod place;
mod plan;
mod proxy;
mod rate;
mod reading;
mod receive;
mod refusal;
mod routes;
mod sent;
mod service;
mod shares;
mod site;
mod sweeper;

pub use admission::Turn;
pub use inbox::provide as provide_inboxes;
pub use limits::Limits;
pub use markup::NAMESPACE;
pub use place::{Place, SERVICE};
pub use proxy::{Network, NotANetwork};
pub use routes::{demonstrate as serve, router, run};
pub use site::{NotAnOrigin, Origin, Site};
