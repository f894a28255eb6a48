//! A cluster that queries snapshots: client, scheduler and executor, on [Ballista](ballista_core).
//!
//! A query goes from the client to the scheduler as a logical plan, in which the table is the URI and
//! the entity tag of an index. The scheduler plans the packages, as `snapshot-query` does on one
//! machine, and gives the executors tasks: ranges of packages, each with the entity tag, the boundary
//! and the place of the close delimiter. Ballista's own programs cannot carry these, since what they
//! keep of a file is its path and its size.
//!
//! # Map
//!
//! | module | |
//! |---|---|
//! | [`limits`] | how much a host takes from others |
//! | [`error`] | what a cluster refuses |
//! | [`told`] | errors that pass through Ballista as text |
//! | [`codec`] | what travels: tables and scans, and the codecs that Ballista calls |
//! | [`guard`] | what a plan may contain |
//! | [`session`] | what queries are planned and run with |
//! | [`submitted`] | what clients may submit |
//! | [`scheduler`], [`executor`], [`client`] | the three programs |

#![forbid(unsafe_code)]

pub mod client;
pub mod codec;
pub mod error;
pub mod executor;
pub mod guard;
pub mod limits;
pub mod scheduler;
pub mod session;
pub mod submitted;
pub mod told;

mod absence;
mod engine;
mod joins;
