//! The publisher's HTTP server.
//!
//! | URI | resource |
//! |---|---|
//! | `/snapshots/latest` | a redirect to the index of the latest snapshot |
//! | `/snapshots/{id}/index` | that index; its Link field leads to the feed |
//! | `/snapshots/{id}/{number}` | a package; ranges (also several in one request), conditions and content codings are supported |
//! | `/changes/latest` | the feed's subscription document; its Link field leads to the index |
//! | `/changes/archive/{number}` | an archive document |
//! | `/changes/{event}` | a redirect to the document that holds the event |
//! | `/timeline` | the runs of the publisher |
//! | `/{entities}/{id}` | an entity in its current state, to read and to write; its Link fields lead to its versions |
//! | `/versions/{id}/{number}` | a version of an entity; its Link fields lead to the others |
//! | `/histories/{id}` | the versions of an entity, as an Atom feed with the same links |
//!
//! Every reference is relative to its document, or absolute below a stated base URI; every failure is
//! described as a problem (RFC 9457).
//!
//! The answer to VERSION-CONTROL on an entity has the links of the versioning draft's example.
//!
//! A request for the subscription document may wait for the next event (`Prefer: wait`, RFC 7240).
//!
//! The draft does not say how a consumer finds the index and the feed. Here the operator of a
//! replica knows one start URI, that of the index or that of the feed. Each of the two documents
//! links to the other, by the registered relations `current` and `index`.

mod access;
mod answer;
mod byteranges;
mod changes;
mod entities;
mod places;
mod problem;
mod publisher;
mod requests;
mod routes;
mod snapshots;
mod timeline;
mod versions;
mod waiting;
mod writes;

pub use access::Token;
pub use places::Waits;
pub use publisher::{Publisher, START};
pub use requests::{Answers, Requests};
pub use routes::Routes;
