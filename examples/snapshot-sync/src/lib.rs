//! Publishes a database as snapshot and event feed over HTTP, and replicates it: the whole job of
//! Web Event Sourcing, on real parts.
//!
//! The codecs read and write the formats (`multipart-package`, `snapshot-index`, `version-links`,
//! `atom-fsm`), and `change-feed` contains the consuming rules; this library does the work around them. The publisher and the replica do not import
//! each other.
//!
//! | publisher | |
//! |---|---|
//! | [`generate`](publisher::generate) | generates entities and changes from a fixed seed |
//! | [`clock`](publisher::clock) | time that never goes backward |
//! | [`attached`](publisher::attached) | the table of an application, whose rows are the entities |
//! | [`store`](publisher::store) | the database: a change and its event in one transaction |
//! | [`snapshot`](publisher::snapshot) | packages of the database at one moment, and the directory of all snapshots |
//! | [`feed`](publisher::feed) | the event feed's documents |
//! | [`reference`](publisher::reference) | references that hold below any path prefix |
//! | [`versions`](publisher::versions) | the links between an entity's versions, and its history as a feed |
//! | [`server`](publisher::server) | all of it over HTTP |
//! | [`condition`](publisher::condition) | conditional requests |
//! | [`range`](publisher::range) | requests for ranges |
//! | [`listen`](publisher::listen) | the server on a socket, within limits |
//! | `upload` | a snapshot published into an object store (feature `object-store`) |
//!
//! | replica | |
//! |---|---|
//! | [`fetch`](replica::fetch) | gets documents over HTTP: with repetitions, decoded, compared with their digests |
//! | [`discover`](replica::discover) | finds the index, the feed and the timeline from one start URI |
//! | [`replicate`](replica::replicate) | replicates a snapshot: packages in parallel, resumed after interruptions |
//! | [`page`](replica::page) | reads a feed document |
//! | [`follow`](replica::follow) | follows the feed by the consuming rules |
//! | [`replicator`](replica::replicator) | a snapshot when one is needed, and then the feed, again and again |
//! | [`Replica`](replica::Replica) | the database |
//! | [`status`](replica::status) | what a replica contains, and what remains to be done |
//! | [`phase`](replica::phase) | the phases of a replica's work |
//!
//! | shared | |
//! |---|---|
//! | [`event`] | the method that an event reports |
//! | [`entity`], [`patch`] | entities, and the patches that change them |
//! | [`origin`] | URI references, the origins that requests may go to, and the names below a root |
//! | [`compare`] | compares both databases, row by row |
//! | [`error`] | the errors of both sides |
//! | [`refusal`] | why a table is not published |
//!
//! | for operators | |
//! |---|---|
//! | [`logs`] | logs as text or as JSON |
//! | [`service`] | what systemd is told |
//! | `metrics` | pages of metrics, which Prometheus reads (feature `metrics`) |
//!
//! Each side has a program, `publish` and `replicate`, which runs until a signal asks it to stop
//! ([`shutdown`]).

#![forbid(unsafe_code)]

pub mod compare;
mod digest;
pub mod entity;
pub mod error;
pub mod event;
mod guard;
mod lock;
pub mod logs;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod origin;
pub mod patch;
mod preference;
pub mod publisher;
pub mod refusal;
pub mod replica;
pub mod service;
pub mod shutdown;
mod time;

pub use error::Error;
