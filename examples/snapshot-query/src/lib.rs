//! A snapshot as a table: SQL over its packages, on [DataFusion](datafusion) 55.
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
//! An error of the engine says which one it was, and what to do:
//!
//! ```no_run
//! # async fn run(frame: datafusion::dataframe::DataFrame) {
//! if let Err(error) = frame.collect().await
//!     && let Some(own) = snapshot_query::Error::of(&error)
//! {
//!     eprintln!("{}\nTo do: {}.", own.with_causes(), own.advice());
//! }
//! # }
//! ```
//!
//! Violations in packages that are tolerated are kept: see [`Violations`]. A table is one snapshot, and
//! does not follow the latest one: see [`SnapshotTable`].
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `json` | yes | SQL functions for bodies that are JSON, which [`command::register_functions`] registers (datafusion-functions-json) |
//! | `parquet` | no | the result as a Parquet file, in [`command`] (parquet) |
//! | `s3` | no | s3 URIs, with credentials, region and endpoint from the environment (object_store) |
//!
//! # Map
//!
//! | module | |
//! |---|---|
//! | `allowed`, `stores` | what a host that reads for others may fetch: [`Allowed`], [`AllowedStores`] |
//! | `place`, `shown` | URIs, the objects in stores that they name, and how messages show them: [`uri_of`] |
//! | `client`, `answer` | which servers are asked, and how long is waited for them |
//! | `manifest`, `listing` | the documents that list a snapshot's packages |
//! | `planning` | what must be known of a package before ranges of it are read: [`Package`], [`Task`] |
//! | `prune` | packages that a query cannot need |
//! | `balance` | whole packages in, balanced ranges out |
//! | `scan` | reading the ranges, as batches of rows |
//! | `violations` | what a scan tolerated: [`Violations`] |
//! | `source` | the scan, as the engine sees it: [`SnapshotSource`] |
//! | `kept`, `outdated` | what a table keeps of planning, and until when |
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
mod kept;
mod limits;
mod listing;
mod manifest;
mod outdated;
mod package;
mod place;
mod planning;
mod prune;
mod scan;
mod shown;
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
pub use scan::READ_AHEAD_OCTETS;
pub use source::{OCTETS_READ, RANGE_REQUESTS, SnapshotSource, VIOLATIONS};
pub use stores::AllowedStores;
pub use table::{SnapshotTable, TableOptions};
pub use violations::{Violation, Violations};
pub use wire::Scan;
