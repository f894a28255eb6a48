//! Reads and writes the links of HTTP Link fields: Web Linking (RFC 8288), and what links say about
//! the versions of a resource (RFC 5829).
//!
//! ```
//! let value = br#"</v/84345634/1>; rel=latest-version, </vh/84345634>; rel="version-history up""#;
//! for link in version_links::links(value) {
//!     let link = link?;
//!     println!("{} is {:?}", link.target(), link.rel());
//! }
//! # Ok::<(), version_links::Error>(())
//! ```
//!
//! Reading a link copies nothing. A value is copied only if it contains escapes, percent-encoding
//! or folds, or is not UTF-8. Any octets are read in linear time. A link that cannot be read is an
//! error with its field and offset, and its neighbours are read. The crate does no IO.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read one field value, or all Link fields of a message | [`links`], `links_in_headers`: [`Links`], `LinksInHeaders` |
//! | look at a link | [`Link`], [`Relation`], [`Parameter`], [`ExtValue`] |
//! | keep a link | [`LinkBuf`] |
//! | learn about versions | [`VersionLinks`], [`VersionLink`], [`VersionLinksBuilder`], [`AnchorPolicy`], [`Finding`]; [`Record`] |
//! | find the equivalents in WebDAV and JCR | [`Correspondence`], [`ResourceKind`] |
//! | make links, and fields of links | [`LinkBuf::builder`]: [`LinkBuilder`]; [`LinkFields`] |
//! | choose what is refused | [`Reader`]; [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`] |
//! | learn what was wrong | [`Error`], [`ErrorKind`]; [`Diagnostic`], [`Diagnostics`] |
//!
//! # Strict and lenient
//!
//! [`Tolerance::STRICT`] is the grammar of RFC 8288 section 3 and of the parameters that it
//! defines. [`Tolerance::DRAFTS`], the default, reads what RFC 8288 appendix B reads, and the
//! versioning draft's `anchor=</docs/test.txt>`, and reports each violation. Both find the same
//! links. Where the lenient reader reports a violation of a [`Must`](Level::Must) rule, the strict
//! reader refuses the link.
//!
//! This crate differs from the appendix where the appendix stops early or gives a wrong value:
//!
//! | found | appendix B | this crate |
//! |---|---|---|
//! | the comma between two links | its loop stops there | reads the next link, as section 3 says |
//! | no comma before `<...>` and a `;`, a `,` or the end | takes it into a value, or ends | begins a link there, by the one rule that [`Links`] states |
//! | an element that is no link, or a target without its `>` | ends, or takes the next link in | gives an error, and resumes at the next link by that rule |
//! | a quote that does not close | takes all that follows into the value | gives an error, and resumes in the same way |
//! | a parameter directly behind the target, without its `;` | ends | reads it |
//! | `< /a >` | keeps the white space in the target | takes it off |
//! | a line break or control character at the end of a link | takes it into a value, or ends | gives an error of its own, and keeps the link |
//! | text after a quoted value | ends this link, and the reading | skips it, up to the next `;` or `,` outside quotes, or the next link |
//! | a quoted string behind a further `=` in an unquoted value | ends the value at the first `;` or `,`, even within quotes | ends it at the first `;` or `,` outside quotes |
//! | white space after an unquoted value | takes it into the value | leaves it out of the value |
//! | a parameter whose name is no token | keeps it | skips it |
//! | a `title*` that cannot be decoded | lets the caller decide | uses `title` instead |
//!
//! # Features
//!
//! | feature | default | gives | pulls in |
//! |---|---|---|---|
//! | `http` | yes | reads and writes an `http::HeaderMap`: `links_in_headers`, `Reader::links_in_headers`, `VersionLinksBuilder::headers`, `LinkFields::append_to`, `LinkFields::header_values` | http |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod diagnostic;
mod error;
mod ext_value;
mod language_tag;
mod latin1;
mod level;
mod limits;
mod link_field;
mod place;
mod reader;
mod reference;
mod registered;
mod relation;
mod report;
mod reporting;
mod rule;
mod tolerance;
mod versions;

pub use diagnostic::Diagnostic;
pub use error::{Error, ErrorKind};
pub use ext_value::ExtValue;
pub use level::Level;
pub use limits::{Limit, Limits};
pub use link_field::{
    DocumentLink, DocumentLinks, Link, LinkBuf, LinkBuilder, LinkFields, Links, LinksInFields,
    Parameter, Parameters, Relations, links,
};
#[cfg(feature = "http")]
pub use link_field::{FieldValues, LinksInHeaders, document_links, links_in_headers};
pub use reader::Reader;
pub use reference::Crossing;
pub use relation::Relation;
pub use reporting::{Diagnostics, Tolerance};
pub use rule::Rule;
pub use versions::{
    AnchorPolicy, Correction, Correspondence, Finding, Record, ResourceKind, VersionLink,
    VersionLinks, VersionLinksBuilder, WrittenLink,
};

#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../README.md")]
struct Readme;
