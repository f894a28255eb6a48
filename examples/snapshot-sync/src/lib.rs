//! Publishes a database as snapshot and event feed over HTTP, and replicates it: the whole job of
//! Web Event Sourcing, on real parts.
//!
//! The codecs do the formats (`multipart-package`, `snapshot-index`, `version-links`, `atom-fsm`); this
//! library does what is around them.
//!
//! | publisher | |
//! |---|---|
//! | [`generate`] | entities and changes from a fixed seed |
//! | [`clock`] | time that never steps back |
//! | [`store`] | the database: a change and its event in one transaction |
//! | [`snapshot`] | packages of one point of the database's time, and the shelf they are kept on |
//! | [`feed`] | the event feed's documents |
//! | [`versions`] | the links between an entity's versions, and its history as a feed |
//! | [`server`] | all of it over HTTP |
//! | [`condition`] | conditional requests |
//! | [`listen`] | the server on a socket, within limits |
//!
//! | replica | |
//! |---|---|
//! | [`origin`] | which origins are asked |
//! | [`fetch`] | documents over HTTP: tried again, compared with their digests |
//! | [`discover`] | the index and the feed, from one start URI |
//! | [`replicate`] | a snapshot, its packages in parallel and through interruptions |
//! | [`page`] | a feed document, read |
//! | [`consume`] | the consuming rules, without IO |
//! | [`follow`] | the feed, by these rules |
//! | [`replica`] | the database |
//! | [`status`] | what it has, and what is left |
//! | [`phase`] | what a replica is doing |
//! | [`compare`] | both databases, row by row |
//!
//! Both are run as programs, `publish` and `replicate`, until they are asked to stop ([`shutdown`]).

#![forbid(unsafe_code)]

pub mod clock;
pub mod compare;
pub mod condition;
pub mod consume;
mod digest;
pub mod discover;
pub mod error;
pub mod feed;
pub mod fetch;
pub mod follow;
pub mod generate;
pub mod listen;
pub mod origin;
pub mod page;
pub mod phase;
mod related;
pub mod replica;
pub mod replicate;
pub mod server;
pub mod shutdown;
pub mod snapshot;
pub mod status;
pub mod store;
pub mod versions;

pub use error::Error;
