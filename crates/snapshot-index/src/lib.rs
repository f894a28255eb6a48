//! Reads, checks, resolves and builds the JSON index of a Web Event Sourcing snapshot, and records
//! which of its packages a replica has done.
//!
//! ```
//! use snapshot_index::SnapshotIndexRef;
//!
//! # let octets = br#"{"uris":["/p/0","/p/1"],"completed":1435019872400,"started":1435019805885,"id":"2015-06-23T00:36:45.885Z"}"#;
//! let index = SnapshotIndexRef::from_slice(octets)?;
//! println!("{} of {} has {} packages", index.id(), index.started(), index.package_count());
//! for uri in index.resolve("https://example.org/snapshot")? {
//!     println!("fetch {uri}");
//! }
//! # Ok::<(), snapshot_index::Error>(())
//! ```
//!
//! The crate reads the input in one pass and copies only the strings that are escaped. Reading
//! takes linear time and limited memory; only the comparison of URIs that are in no order takes a
//! sort. The crate does no IO and reads no clock.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read | [`SnapshotIndexRef::from_slice`], which borrows the input; [`SnapshotIndex::from_slice`], which copies it; serde's `Deserialize` |
//! | choose what is tolerated, and the limits | [`Reader`] with a [`Tolerance`] and [`Limits`] |
//! | check the items of `uris` | [`SnapshotIndexRef::check`] |
//! | get the URIs to fetch | [`SnapshotIndexRef::resolve`], or a [`Resolver`] with a [`Policy`]; both give [`Resolved`] |
//! | record which packages are done, and resume after a crash | [`Progress`] |
//! | write | [`SnapshotIndex::builder`], [`SnapshotIndexRef::to_vec`], [`SnapshotIndexRef::to_writer`]; serde's `Serialize` |
//! | see what is checked | [`Rule`], [`Level`]; [`Limit`] |
//! | check an index in another language | [`SCHEMA`], a JSON Schema |
//! | find out what was wrong | [`Error`], [`ErrorKind`], [`Mismatch`]; [`Diagnostic`], [`Diagnostics`], [`Place`] |
//!
//! # What reading checks
//!
//! Every reader checks types, times, repeated members, limits, and the rules about `id`, `started`
//! and `completed`. Rules about the items of `uris` take more work: repeated URIs, the syntax of
//! each URI, references to the index itself, fragments, and gaps in numbers. A reader checks them
//! all unless its tolerance contains [`Rule::UriSyntax`], [`Rule::UriSameDocument`] and
//! [`Rule::UriRepeated`], as the default does. The builder and [`check`](SnapshotIndexRef::check)
//! always check them. Resolving always checks the syntax of each URI.
//!
//! Strict reading of plain URIs takes about twice as long as default reading if each URI is longer
//! than the one before, or follows it in byte order at the same length, as numbered URIs do. In any
//! other order it also sorts, and takes 16 octets of memory for each item.
//!
//! # An index comes from somebody else
//!
//! - Its `id` is an opaque string. [`Rule::IdHazard`] reports one that is unfit for a file's name.
//! - Its URIs may lead anywhere. [`resolve`](SnapshotIndexRef::resolve) gives URIs of the index's
//!   own origin, and refuses any other unless a [`Policy`] allows it.
//! - A package is complete only if it ends with its close delimiter.
//!
//! # Features
//!
//! The crate has no features, and needs no runtime.

#![forbid(unsafe_code)]

mod builder;
mod check;
mod deserialize;
mod diagnostic;
mod error;
mod index;
mod json;
mod level;
mod limits;
mod member;
mod owned;
mod place;
mod progress;
mod read;
mod report;
mod reporting;
mod resolve;
mod rule;
mod schema;
mod serialize;
mod tolerance;
mod write;

pub use builder::SnapshotIndexBuilder;
pub use diagnostic::Diagnostic;
pub use error::{Error, ErrorKind, Mismatch};
pub use index::SnapshotIndexRef;
pub use level::Level;
pub use limits::{Limit, Limits};
pub use member::uris::list::Uris;
pub use owned::SnapshotIndex;
pub use place::Place;
pub use progress::{Progress, Remaining};
pub use read::Reader;
pub use reporting::{Diagnostics, Tolerance};
pub use resolve::{Policy, Resolved, Resolver};
pub use rule::Rule;
pub use schema::SCHEMA;

/// The example of the README is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
