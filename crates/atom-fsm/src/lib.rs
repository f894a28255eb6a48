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
//! The values borrow the document that they are read from. Reading a document and writing it again
//! loses nothing of its content. The crate does no IO.
//!
#![doc = include_str!("guide.md")]
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read and write Atom | [`atom`]: [`Feed`](atom::Feed), [`Entry`](atom::Entry) and their elements |
//! | read and write AtomPub's documents | [`app`]: [`Service`](app::Service), [`Collection`](app::Collection), [`Categories`](app::Categories) |
//! | manage feed services | [`fsm`]: [`Bundle`](fsm::Bundle), [`ServiceEntry`](fsm::ServiceEntry), [`BundleReference`](fsm::BundleReference), [`Query`](fsm::Query) |
//! | build a client or a server | `interaction`: `Client` and its `Answer`; `Server::expect`, `Expected`, `Operation` and `Outcome`, the steps of a server |
//! | visit a bundle and the bundles it refers to, on any servers | [`walk`]: [`BundleWalk`](walk::BundleWalk) |
//! | read and write markup of your own | [`ext::Extension`], [`xml::Element`] |
//! | choose what is refused | [`Reader`]; [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`]; [`Stage`] |
//! | write a document, or check it | [`Writer`], [`Correction`] |
//! | write a feed entry by entry, or pass entries on without a change | [`FeedWriter`] |
//! | read a feed of any size entry by entry | [`EntryReader`]; [`BufEntryReader`] from a file, [`EntryDecoder`] from octets as they come |
//! | learn everything that is wrong with a document or a value | [`validate::Validator`] |
//! | read a document of any kind | [`Document`] |
//! | learn what was wrong | [`Error`], [`ErrorKind`]; [`Reading`], [`Diagnostics`], [`Diagnostic`], [`Position`] |
//!
//! # Strict and lenient
//!
//! Under [`Tolerance::DRAFTS`], the default, a reader reads whatever can be read and reports each
//! violation with its line and column. Under [`Tolerance::STRICT`] it refuses a violation. A
//! document that both read gives the same value. Both refuse what is not well-formed XML with
//! namespaces.
//!
//! | the document contains | by default |
//! |---|---|
//! | an element twice that may be there once, or an id, a date or a name that contains elements | the first counts; the other is kept as a tree, and the writer refuses it |
//! | a text or content that is not as its type says, such as XHTML without a `div`, or markup in `text/html` | it is read, and [`Text::nodes`](atom::Text::nodes) or [`Content::nodes`](atom::Content::nodes) gives its markup |
//! | a text with a media type, such as `text/html` | it is read as what it means |
//! | content with `src` that is not empty | it is out of line, and its text or nodes are kept |
//! | metadata of a feed after entries | it is read, and its place is kept |
//! | an element's name in another case, such as the FSM draft's `atom:Link` | it is taken for the element that it resembles, and written as that element |
//! | white space around an id, an IRI in an element's text or in an attribute, a date or an email address | the white space is left out |
//! | text between child elements | the text is left out |
//! | an attribute that the specification does not define | it is kept |
//! | no element or attribute where one is required | the accessor returns `None`, and the writer refuses the value |
//!
//! Both refuse what is not well-formed. A reader that [repairs](Reader::repair) reads that too, as far as
//! feed readers must, and the result says that it [is repaired](Reading::is_repaired).
//!
//! A [`Writer`] is strict by default. Under [`Writer::tolerance`] it writes what violates a rule and reports
//! it, so that what was read by default can be written again; [`Writer::correction`] mends violations.
//!
//! A client may leave out what a server adds. [`Stage::Submitted`] reads and writes by these rules:
//!
//! | | as submitted | as stored |
//! |---|---|---|
//! | an entry's `id` and `updated` | optional | required |
//! | an entry's author | optional | required in the entry, in its source or in its feed |
//! | a collection's `href` | optional | required |
//!
//! The examples of draft-wilde-fsm-00 do not declare their namespaces; [`Reader::namespace`]
//! supplies them. Where the draft leaves a question open, this crate decides:
//!
//! | question | decision |
//! |---|---|
//! | which URI accepts a new bundle | the URI of the service document |
//! | what GET returns for a bundle's URI | the feed; PUT and DELETE of the same URI act on the collection |
//! | how a bundle reference is deleted | by DELETE of its own URI, which does not delete the bundle; POST is refused, and the response says so |
//! | how a query is appended | with `?`, or with `&` if there is a query already, before the fragment; a query with a scheme is not appended |
//! | which entity tag the response to an edit has | none, since the server stores something else than the client sent |
//!
//! # Features
//!
//! | feature | default | enables | pulls in |
//! |---|---|---|---|
//! | `http` | yes | `interaction` | http, idna, serde, serde_json |
//! | `futures` | no | `EntryStream`: the entries of a feed whose octets come as a stream | futures-core |
//! | `encodings` | no | [`Reader::decode`] of other encodings than UTF-8 and UTF-16 | encoding_rs |
//! | `opml` | no | `opml`: lists of feeds in OPML 2.0 | - |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

pub mod app;
pub mod atom;
mod compact_vec;
mod correction;
mod decoding;
mod diagnostic;
mod document;
mod encoding;
mod entries;
mod error;
pub mod ext;
mod feed_writer;
mod foreign;
pub mod fsm;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub mod interaction;
mod into_owned;
mod level;
mod limits;
pub mod namespace;
mod opening;
#[cfg(feature = "opml")]
#[cfg_attr(docsrs, doc(cfg(feature = "opml")))]
pub mod opml;
mod place;
mod reader;
mod reading;
mod report;
mod reporting;
mod root;
mod rule;
mod settings;
mod tolerance;
pub mod validate;
pub mod walk;
mod writer;
pub mod xml;

pub use correction::Correction;
pub use decoding::Decoded;
pub use diagnostic::Diagnostic;
pub use document::Document;
#[cfg(feature = "futures")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
pub use entries::EntryStream;
pub use entries::{
    BufEntryReader, EntryDecoder, EntryReader, EntryStep, FeedEntry, FeedItem, FeedMetadata,
    StreamError,
};
pub use error::{Error, ErrorKind};
pub use feed_writer::{FeedWriter, PassedOn};
pub use foreign::{ForeignRoot, RssVersion};
pub use level::Level;
pub use limits::{Limit, Limits};
pub use place::Position;
pub use reader::Reader;
pub use reading::Reading;
pub use reporting::{Diagnostics, Tolerance};
pub use root::Root;
pub use rule::Rule;
pub use settings::{Comments, Stage};
pub use writer::{Declaration, Writer};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
