//! The JSON index of a Web Event Sourcing snapshot: read, check, resolve and build it, and keep a
//! replica's progress through its packages.
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
//! One pass over the input, nothing copied that need not be, linear time and bounded memory for
//! any input. The crate does no IO and reads no clock.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read | [`SnapshotIndexRef::from_slice`], which borrows; [`SnapshotIndex::from_slice`], which owns; serde's `Deserialize` |
//! | say how to read | [`Options`]: a [`Tolerance`] and [`Limits`] |
//! | check the items of `uris` | [`SnapshotIndexRef::check`] |
//! | learn what to fetch | [`SnapshotIndexRef::resolve`], or a [`Resolver`] with its [`Policy`]: [`Resolved`] |
//! | know what is done, over crashes | [`Progress`] |
//! | write | [`SnapshotIndex::builder`], [`SnapshotIndexRef::to_vec`], [`SnapshotIndexRef::to_writer`]; serde's `Serialize` |
//! | know what is checked | [`Rule`], [`Level`]; [`Limit`] |
//! | check an index in another language | [`SCHEMA`], a JSON Schema |
//! | learn what was wrong | [`Error`], [`ErrorKind`], [`Mismatch`]; [`Diagnostic`], [`Diagnostics`], [`Place`] |
//!
//! # What reading checks
//!
//! Types, exact milliseconds, repeated members, limits and whatever concerns the members as such:
//! always. What needs a look at all items (repeated URIs) or a grammar for each (URI syntax):
//! under [`Tolerance::STRICT`], by the builder and by [`check`](SnapshotIndexRef::check), but not
//! under [`Tolerance::DRAFTS`], the default, which tolerates it all. Resolving checks each URI's
//! syntax anyway.
//!
//! Strict reading of plain URIs takes about twice as long while each is longer than the one before
//! or stands behind it, as numbered ones do; in no order it takes a sort, and 16 octets an item.
//!
//! # An index is data from elsewhere
//!
//! Its `id` is an opaque string: [`Rule::IdHazard`] warns of one that is unfit for a file's name.
//! Its URIs may lead anywhere: [`resolve`](SnapshotIndexRef::resolve) gives those of the index's
//! own origin, and an error for any other unless a [`Policy`] says so. Its packages are complete
//! only when each was closed by its close delimiter.
//!
//! # Features
//!
//! None: the crate is small, and needs no runtime.

#![forbid(unsafe_code)]

mod builder;
mod check;
mod deserialize;
mod diagnostic;
mod error;
mod index;
mod json;
mod limits;
mod member;
mod options;
mod owned;
mod place;
mod progress;
mod read;
mod resolve;
mod rule;
mod schema;
mod tolerance;
mod write;

pub use builder::SnapshotIndexBuilder;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use error::{Error, ErrorKind, Mismatch};
pub use index::SnapshotIndexRef;
pub use limits::{Limit, Limits};
pub use member::uris::list::Uris;
pub use options::Options;
pub use owned::SnapshotIndex;
pub use place::Place;
pub use progress::{Progress, Remaining};
pub use resolve::{Policy, Resolved, Resolver};
pub use rule::{Level, Rule};
pub use schema::SCHEMA;
pub use tolerance::Tolerance;

/// The example of the README is a test too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
