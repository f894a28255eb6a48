//! Reads and writes snapshot packages (`multipart/package`) and change event feeds
//! (`multipart/mixed`) of the Web Event Sourcing draft, and any other RFC 2046 multipart.
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
//! [`Parts`] copies nothing and allocates nothing per part; a [`Decoder`] copies only where one
//! chunk ends and the next begins. Reading takes linear time and, under the default [`Limits`],
//! bounded memory. It succeeds only if the close delimiter was read, unless [`Rule::CloseMissing`]
//! is tolerated. The crate does no IO: it works with blocking readers, with every async runtime and
//! in WebAssembly.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | choose how to read | [`Reader`], from a [`ContentType`], a [`Boundary`] or a [`ReadBoundary`]; [`Opening`], [`Framing`] |
//! | read a whole package in memory, or a mapped file | [`Reader::parts`]: [`Parts`], [`Part`] |
//! | read it on many cores | [`Reader::split`]: [`Split`], [`Summary`] |
//! | read it on many hosts | [`Reader::split_decoder`]: [`SplitDecoder`], [`Summary`] |
//! | read a package that arrives in chunks | [`Reader::decoder`]: [`Decoder`], [`Step`], [`Event`] |
//! | save a position and resume later | [`Checkpoint`]: [`Reader::resume`], [`Reader::resume_parts`] |
//! | continue after a broken part | `resync` of [`Parts`], [`Decoder`], [`Split`], [`SplitDecoder`] and `PartStream` |
//! | read a part's fields | [`Head`], [`Field`], [`EntityTag`], [`EventType`], [`ContentDisposition`], [`ContentRange`], [`TransferEncoding`] |
//! | find the root of related parts | [`ContentType::is_root`] |
//! | read and write forms | [`Head::form_name`], [`Head::form_filename`], [`HeadBuilder::form_data`], [`HeadBuilder::form_file`] |
//! | write | [`Encoder`], with heads from a [`HeadBuilder`] |
//! | choose what is refused | [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`] |
//! | find out what was wrong | [`Error`], [`ErrorKind`], [`Misuse`]; [`Diagnostic`], [`Diagnostics`] |
//!
//! # Two openings
//!
//! RFC 2046 requires a delimiter line before the first part; the draft's packages have none. A
//! reader that follows RFC 2046 skips such a first part as a preamble, and the entity is lost
//! without an error. A [`Reader`] that is made from the Content-Type `multipart/package` accepts
//! both ([`Opening::Auto`]); a first part without a delimiter line needs a Content-Location or a
//! Content-Type. For any other subtype it follows RFC 2046 and reports a preamble that looks like a
//! head. An [`Encoder`] writes the delimiter line, which every reader understands, unless it is
//! made by [`Encoder::implied`].
//!
//! # What strict means
//!
//! | preset | for | a violation that it tolerates is reported; it refuses |
//! |---|---|---|
//! | [`Tolerance::STRICT`] | the drafts' packages and feeds, whose parts follow HTTP's rules | every violation, also a fold, a comment, a name that is no token, and a wrong length |
//! | [`Tolerance::MIME`] | mail and MIME, by RFC 2045, 2046 and 5322 | what these forbid; it tolerates folds, comments, names of RFC 5322, and wrong lengths |
//! | [`Tolerance::DRAFTS`] | the default: the drafts' own examples and common peers | what may hide a part or change its meaning, such as a missing close delimiter |
//! | [`Tolerance::ALL`] | salvage | only what leaves no sound way to continue |
//!
//! A tolerance never changes the grammar. It decides whether a violation is reported or refused, and
//! with two exceptions no octet is read as something else. Where all lines of a head end with LF
//! alone and CR LF precedes the delimiter line after the body, nothing says whether that CR is body:
//! a reader that tolerates [`Rule::LineBreakAmbiguous`] counts it as body if the Content-Length does.
//! And a reader that tolerates [`Rule::DelimiterDashes`] takes `--b` at the start of the input for a
//! delimiter line of the boundary `--b`, whose own two hyphens are missing.
//!
//! RFC 2046 forbids a line of a part to begin with the delimiter, whatever follows. Peers differ on
//! such a line: some end the part there. By default it is body, and [`Rule::DelimiterPrefix`] is
//! reported.
//!
//! # Lengths are checked
//!
//! A body ends at the next delimiter line, and the reader compares its length with the
//! Content-Length. [`Tolerance::DRAFTS`], the default, reports a difference;
//! [`Tolerance::STRICT`] refuses it. Under [`Framing::Length`] a body ends where its Content-Length
//! says, and the part is given at once, as endless streams need it. The line break and the
//! delimiter line must follow.
//!
//! # Features
//!
//! | feature | default | gives | depends on |
//! |---|---|---|---|
//! | `http` | yes | [`Head`] to and from `http::HeaderMap` | http |
//! | `mime` | yes | [`ContentType::to_mime`], [`Boundary`] from a `mime::Mime` | mime |
//! | `digest` | no | Content-Digest: `ContentDigest`, `BodyDigest`, `Part::verify_digest`, `Encoder::verify_digests` | base64, sha2 |
//! | `futures` | no | `Reader::stream`: `PartStream` | futures-core |
//! | `serde` | no | `Serialize` and `Deserialize` for [`Checkpoint`] and [`Summary`] | serde |
//! | `transfer-encoding` | no | bodies decoded from base64 and quoted-printable: `TransferDecoder`, `Part::decoded_body` | base64, quoted_printable |
//! | `getrandom` | no | `Boundary::unique`, from the system's entropy | getrandom |
//!
#![doc = include_str!("guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod ascii_scan;
mod boundary;
mod checked_line;
mod checkpoint;
mod content_type;
mod decoder;
mod delimiter;
mod diagnostic;
#[cfg(feature = "digest")]
mod digest;
mod encoder;
mod error;
mod field;
mod form;
mod grammar;
mod head;
mod level;
mod limits;
#[cfg(test)]
mod linear_work;
mod needle;
mod opening_probe;
mod part_checks;
mod preamble;
mod read_boundary;
mod reader;
mod related;
mod report;
mod reporting;
mod rule;
#[cfg(test)]
mod scanned;
mod slice;
mod split;
#[cfg(feature = "futures")]
mod stream;
mod tolerance;
#[cfg(feature = "transfer-encoding")]
mod transfer;

pub use boundary::Boundary;
pub use checkpoint::Checkpoint;
pub use content_type::ContentType;
pub use decoder::{Decoder, Event, Step};
pub use diagnostic::Diagnostic;
#[cfg(feature = "digest")]
pub use digest::BodyDigest;
pub use encoder::Encoder;
pub use error::{Error, ErrorKind, Misuse};
#[cfg(feature = "digest")]
pub use field::content_digest::ContentDigest;
pub use field::content_disposition::ContentDisposition;
pub use field::content_range::ContentRange;
pub use field::entity_tag::EntityTag;
pub use field::event_type::EventType;
pub use field::transfer_encoding::TransferEncoding;
pub use head::builder::HeadBuilder;
pub use head::{Field, Fields, Head};
pub use level::Level;
pub use limits::{Limit, Limits};
pub use read_boundary::ReadBoundary;
pub use reader::{Framing, Opening, Reader};
pub use reporting::{Diagnostics, Tolerance};
pub use rule::Rule;
pub use slice::{Part, Parts};
pub use split::{Split, SplitDecoder, Summary};
#[cfg(feature = "futures")]
pub use stream::{PartStream, StreamError};
#[cfg(feature = "transfer-encoding")]
pub use transfer::TransferDecoder;

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
