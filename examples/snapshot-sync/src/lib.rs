//! Publishes a database as snapshot and event feed over HTTP, and replicates it: the whole job of
//! Web Event Sourcing, on real parts.
//!
//! The codecs do the formats (`multipart-package`, `snapshot-index`, `version-links`, `atom-fsm`); this
//! library does what is around them.
//!
//! | publisher | |
//! |---|---|
//! | [`generate`](publisher::generate) | entities and changes from a fixed seed |
//! | [`clock`](publisher::clock) | time that never steps back |
//! | [`store`](publisher::store) | the database: a change and its event in one transaction |
//! | [`snapshot`](publisher::snapshot) | packages of one point of the database's time, and the shelf they are kept on |
//! | [`feed`](publisher::feed) | the event feed's documents |
//! | [`versions`](publisher::versions) | the links between an entity's versions, and its history as a feed |
//! | [`server`](publisher::server) | all of it over HTTP |
//! | [`condition`](publisher::condition) | conditional requests |
//! | [`listen`](publisher::listen) | the server on a socket, within limits |
//!
//! | replica | |
//! |---|---|
//! | [`fetch`](replica::fetch) | documents over HTTP: tried again, compared with their digests |
//! | [`discover`](replica::discover) | the index and the feed, from one start URI |
//! | [`replicate`](replica::replicate) | a snapshot, its packages in parallel and through interruptions |
//! | [`page`](replica::page) | a feed document, read |
//! | [`follow`](replica::follow) | the feed, by the consuming rules |
//! | [`Replica`](replica::Replica) | the database |
//! | [`status`](replica::status) | what it has, and what is left |
//! | [`phase`](replica::phase) | what a replica is doing |
//!
//! | shared | |
//! |---|---|
//! | [`consume`] | the consuming rules, without IO |
//! | [`origin`] | URI references, and which origins are asked |
//! | [`compare`] | both databases, row by row |
//! | [`error`] | what both can fail with |
//!
//! Both are run as programs, `publish` and `replicate`, until they are asked to stop ([`shutdown`]).

#![forbid(unsafe_code)]

pub mod compare;
pub mod consume;
mod digest;
pub mod error;
pub mod origin;
pub mod publisher;
pub mod replica;
pub mod shutdown;

pub use error::Error;
