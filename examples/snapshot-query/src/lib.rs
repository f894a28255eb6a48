//! A snapshot as a table: SQL over its packages, on [DataFusion](datafusion).
//!
//! ```no_run
//! use datafusion::prelude::SessionContext;
//! use snapshot_query::{SnapshotTable, TableOptions, uri_of};
//! use std::sync::Arc;
//!
//! # async fn count() -> datafusion::error::Result<()> {
//! let context = SessionContext::new();
//! let uri = uri_of("http://127.0.0.1:8080/snapshots/latest")?;
//! let table = SnapshotTable::open(&context.runtime_env(), &uri, TableOptions::default()).await?;
//! context.register_table("snapshot", Arc::new(table))?;
//! context.sql("select content_type, sum(length) from snapshot group by 1").await?.show().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Right rows, or an error
//!
//! A range of a package cannot know of a close delimiter in an earlier range, so that what follows
//! that delimiter would be taken for parts. Before a scan, planning finds the close delimiter of each
//! package in its last octets. Each task carries it, with the boundary and the entity tag. Its
//! requests state the entity tag in If-Match. A task that finds a close delimiter elsewhere, or none
//! where one must be, fails the query with an [`Error`] that has a name.
//!
//! # Map
//!
//! | module | |
//! |---|---|
//! | `allowed`, `stores` | what a host that reads for others may fetch: [`Allowed`], [`AllowedStores`] |
//! | `place` | URIs, and the objects in stores that they name: [`uri_of`] |
//! | `client`, `answer` | which servers are asked, and how long is waited for them |
//! | `manifest`, `listing` | the documents that list a snapshot's packages |
//! | `planning` | what must be known of a package before ranges of it are read: [`Package`], [`Task`] |
//! | `prune` | packages that a query cannot need |
//! | `balance` | whole packages in, balanced ranges out |
//! | `scan` | reading the ranges, as batches of rows |
//! | `violations` | what a scan tolerated: [`Violations`] |
//! | `source` | the scan, as the engine sees it: [`SnapshotSource`] |
//! | `table` | the table: [`SnapshotTable`], [`TableOptions`] |
//! | [`command`] | what the programs share: options, output, progress, reports of errors |
//! | `limits` | how much is accepted, and how strictly: [`Limits`], [`Tolerance`] |
//! | `wire` | a scan as data, for engines that send tasks to other hosts: [`Scan`] |

#![forbid(unsafe_code)]

pub mod command;

mod advice;
mod allowed;
mod answer;
mod balance;
mod client;
mod columns;
mod error;
mod limits;
mod listing;
mod manifest;
mod package;
mod place;
mod planning;
mod prune;
//! | `kept`, `outdated` | what a table keeps of planning, and until when |
mod scan;
mod source;
mod stores;
mod table;
mod violations;
mod wire;

pub use allowed::Allowed;
pub use balance::RangeSizes;
pub use columns::{BodyType, Column, schema};
pub use error::Error;
pub use limits::{Limits, Tolerance};
pub use listing::ManifestState;
pub use package::{Package, Task};
pub use place::uri_of;
pub use planning::TAIL_OCTETS;
mod kept;
pub use scan::READ_AHEAD_OCTETS;
pub use source::{OCTETS_READ, RANGE_REQUESTS, SnapshotSource, VIOLATIONS};
pub use stores::AllowedStores;
mod outdated;
pub use table::{SnapshotTable, TableOptions};
pub use violations::{Violation, Violations};
pub use wire::Scan;
