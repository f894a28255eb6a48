//! Reads and writes Atom (RFC 4287), AtomPub (RFC 5023) and Feed Service Management
//! (draft-wilde-fsm-00).
//!
//! ```
//! use atom_fsm::fsm::Bundle;
//!
//! # let source = include_str!("fsm/example.atom");
//! for service in Bundle::parse(source)?.services() {
//!     println!("{}: {}", service.title(), service.uri());
//! }
//! # Ok::<(), atom_fsm::Error>(())
//! ```
//!
//! Values borrow the document they are read from; nothing in it is lost when it is written again.
//! The crate does no IO.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read and write Atom | [`atom`]: [`Feed`](atom::Feed), [`Entry`](atom::Entry) and what stands in them |
//! | read and write AtomPub's documents | [`app`]: [`Service`](app::Service), [`Collection`](app::Collection), [`Categories`](app::Categories) |
//! | manage feed services | [`fsm`]: [`Bundle`](fsm::Bundle), [`ServiceEntry`](fsm::ServiceEntry), [`BundleReference`](fsm::BundleReference), [`Query`](fsm::Query) |
//! | build a client or a server | `interaction`: `Client`; `expect`, `Operation`, `Outcome` |
//! | read and write markup of your own | [`ext::Extension`]; [`xml::Element`] |
//! | choose what is refused | [`Reader`]; [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`]; [`Stage`] |
//! | write, or only check | [`Writer`]; [`Findings`] |
//! | read a document of any kind | [`Document`] |
//! | learn what was wrong | [`Error`], [`ErrorKind`]; [`Diagnostic`], [`Diagnostics`] |
//!
//! # Strict and lenient
//!
//! [`Tolerance::DRAFTS`], the default, reads whatever can be read and reports each breach with line
//! and column. [`Tolerance::STRICT`] refuses. Both give the same value. What is not well-formed XML
//! with namespaces is refused by either.
//!
//! | found | by default |
//! |---|---|
//! | an element again that may stand once, or one that cannot be understood | the first counts; the other is kept as a tree, and refused by the writer |
//! | an element's name in another case, as the FSM draft's `atom:Link` | taken for the element that it resembles, and written as that |
//! | white space around an IRI, a date or an email address | left out |
//! | text between elements | left out |
//! | an attribute that the specification does not have | kept |
//! | something that must be there and is not | `None`; refused by the writer |
//!
//! A client may leave out what a server sets. [`Stage::Submitted`] reads and writes by these rules:
//!
//! | | as submitted | as stored |
//! |---|---|---|
//! | an entry's id and updated | may be missing | must be there |
//! | an entry's author | may be missing | must be there, in the entry, its source or its feed |
//! | a collection's href | may be missing | must be there |
//!
//! The examples of draft-wilde-fsm-00 lack namespaces, which [`Reader::namespace`] supplies. Where
//! the draft leaves something open, this crate decides:
//!
//! | open | decided |
//! |---|---|
//! | which URI takes a new bundle | the service document's |
//! | what GET on a bundle's URI gives | the feed; PUT and DELETE there are about the collection |
//! | how a bundle reference is deleted | DELETE on its own URI, which leaves the bundle; POST is refused with a word about it |
//! | how a query is appended | with `?`, or with `&` to the query there is, before a fragment, unless it has a scheme |
//! | which entity tag an edit gives | none: what is stored differs from what was sent |
//!
//! # Features
//!
//! | feature | default | gives | pulls in |
//! |---|---|---|---|
//! | `http` | yes | `interaction` | http |

#![forbid(unsafe_code)]

pub mod app;
pub mod atom;
mod compact_vec;
mod diagnostic;
mod document;
mod error;
pub mod ext;
pub mod fsm;
#[cfg(feature = "http")]
pub mod interaction;
mod into_owned;
mod level;
mod limits;
pub mod namespace;
mod place;
mod reader;
mod reading;
mod report;
mod reporting;
mod root;
mod rule;
mod settings;
mod tolerance;
mod writer;
pub mod xml;

pub use diagnostic::Diagnostic;
pub use document::Document;
pub use error::{Error, ErrorKind};
pub use level::Level;
pub use limits::{Limit, Limits};
pub use place::Position;
pub use reader::Reader;
pub use reading::Reading;
pub use reporting::{Diagnostics, Tolerance};
pub use root::Root;
pub use rule::Rule;
pub use settings::Stage;
pub use writer::{Declaration, Writer};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
