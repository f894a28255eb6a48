//! Reads and writes snapshot packages (`multipart/package`) and change event feeds
//! (`multipart/mixed`), as Web Event Sourcing has them, and any other RFC 2046 multipart.
//!
//! ```
//! use multipart_package::Reader;
//!
//! # let body = b"Content-Location: /products/1\r\nContent-Length: 2\r\n\r\n{}\r\n--_--1435019846753--\r\n";
//! let reader = Reader::from_content_type(br#"multipart/package; boundary="_--1435019846753""#)?;
//! for part in reader.parts(body) {
//!     let part = part?;
//!     println!("{:?} has {} octets", part.head().content_location()?, part.body().len());
//! }
//! # Ok::<(), multipart_package::Error>(())
//! ```
//!
//! [`Parts`] copies and allocates nothing per part; a [`Decoder`] copies where chunks meet. Every input
//! is read in linear time and bounded memory, and its end is no success until the close delimiter was
//! seen, unless [`Rule::CloseMissing`] is tolerated. The crate does no
//! IO: it fits a blocking reader, any async runtime, and a browser alike.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | say how to read | [`Reader`], from a [`ContentType`] or a [`Boundary`]; [`Opening`], [`Framing`] |
//! | read what is in memory, or mapped | [`Reader::parts`]: [`Parts`], [`Part`] |
//! | read that on many cores | [`Reader::split`]: [`Split`], [`Summary`] |
//! | read ranges on many hosts | [`Reader::split_decoder`]: [`SplitDecoder`], [`Summary`] |
//! | read what comes in chunks | [`Reader::decoder`]: [`Decoder`], [`Step`], [`Event`] |
//! | stop, and go on later | [`Checkpoint`]: [`Reader::resume`], [`Reader::resume_parts`] |
//! | go on after a broken part | [`Parts::resync`], [`Decoder::resync`] |
//! | look at a part's fields | [`Head`], [`Field`], [`EntityTag`], [`EventType`], [`ContentDisposition`] |
//! | write | [`Encoder`], with heads from a [`HeadBuilder`] |
//! | choose what is refused | [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`] |
//! | learn what was wrong | [`Error`], [`ErrorKind`], [`Misuse`]; [`Diagnostic`], [`Diagnostics`] |
//!
//! # Two openings
//!
//! The draft's package has no delimiter line before its first part, RFC 2046 requires one: a
//! reader of RFC 2046 takes the first entity for a preamble and loses it in silence. A [`Reader`]
//! for `multipart/package` takes both ([`Opening::Auto`]), one for any other subtype keeps to RFC
//! 2046 and reports a preamble that looks like a head. An [`Encoder`] writes the delimiter line,
//! which every reader understands, unless it is [`implied`](Encoder::implied).
//!
//! # Lengths are claims
//!
//! A body ends at its delimiter line, and its Content-Length is compared with what is there:
//! [`Tolerance::DRAFTS`], the default, reports a difference, [`Tolerance::STRICT`] refuses it.
//! [`Framing::Length`] trusts the length instead, and demands the delimiter line behind it.
//!
//! # Features
//!
//! | feature | default | gives | pulls in |
//! |---|---|---|---|
//! | `http` | yes | [`Head`] to and from `http::HeaderMap` | http |
//! | `digest` | no | `ContentDigest`, `BodyDigest`, `Part::verify_digest` | base64, sha2 |
//! | `futures` | no | `Reader::stream`: `PartStream` | futures-core |
//! | `serde` | no | [`Checkpoint`] and [`Summary`] as values of serde's | serde |
//! | `getrandom` | no | `Boundary::unique`, from the system's entropy | getrandom |
//! | `mime` | yes | [`ContentType::to_mime`], [`Boundary`] from a `mime::Mime` | mime |
//!
#![doc = include_str!("guide.md")]
#![forbid(unsafe_code)]

mod boundary;
mod checkpoint;
mod checks;
mod content_type;
mod decoder;
mod delimiter;
mod diagnostic;
#[cfg(feature = "digest")]
mod digest;
mod encoder;
mod error;
mod field;
mod frame;
mod grammar;
mod head;
mod limits;
mod opener;
mod reader;
mod rule;
mod slice;
mod split;
mod stored;
#[cfg(feature = "futures")]
mod stream;
mod sweep;
mod tolerance;

pub use boundary::Boundary;
pub use checkpoint::Checkpoint;
pub use content_type::ContentType;
pub use decoder::{Decoder, Event, Step};
pub use diagnostic::{Diagnostic, Diagnostics};
#[cfg(feature = "digest")]
pub use digest::BodyDigest;
pub use encoder::Encoder;
pub use error::{Error, ErrorKind, Misuse};
#[cfg(feature = "digest")]
pub use field::content_digest::ContentDigest;
pub use field::content_disposition::ContentDisposition;
pub use field::entity_tag::EntityTag;
pub use field::event_type::EventType;
pub use head::builder::HeadBuilder;
pub use head::{Field, Fields, Head};
pub use limits::{Limit, Limits};
pub use reader::{Framing, Opening, Reader};
pub use rule::{Level, Rule};
pub use slice::{Part, Parts};
pub use split::{Split, SplitDecoder, Summary};
#[cfg(feature = "futures")]
pub use stream::{PartStream, StreamError};
pub use tolerance::Tolerance;

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
