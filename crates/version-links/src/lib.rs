//! Reads and writes the links of HTTP Link fields: Web Linking (RFC 8288), and what links say about
//! the versions of a resource (RFC 5829).
//!
//! The next page of a paged API: the links of the document, resolved. Links about other resources are
//! left out, so that a link with an anchor cannot pass for the document's own.
//!
#![cfg_attr(feature = "http", doc = "```")]
#![cfg_attr(not(feature = "http"), doc = "```ignore")]
//! fn next_page(uri: &str, headers: &http::HeaderMap) -> Option<String> {
//!     let mut links = version_links::document_links(uri, headers).flatten();
//!     links.find(|link| link.has_rel("next")).map(|link| link.into_uri())
//! }
//! # let headers = [(http::header::LINK, "<?page=2>; rel=next".parse().unwrap())].into_iter().collect();
//! # assert_eq!(next_page("http://h/?page=1", &headers).as_deref(), Some("http://h/?page=2"));
//! ```
//!
//! All links of a response, as they were written:
//!
#![cfg_attr(feature = "http", doc = "```")]
#![cfg_attr(not(feature = "http"), doc = "```ignore")]
//! # let headers = [(http::header::LINK, "</>; rel=\"up start\"".parse().unwrap())].into_iter().collect();
//! for link in version_links::links_in_headers(&headers) {
//!     let link = link?;
//!     println!("{} is {:?}", link.target(), link.rel());
//! }
//! # Ok::<(), version_links::Error>(())
//! ```
//!
//! The latest version of a document:
//!
#![cfg_attr(feature = "http", doc = "```")]
#![cfg_attr(not(feature = "http"), doc = "```ignore")]
//! use version_links::VersionLinks;
//!
//! # let headers = [(http::header::LINK, "</v/2>; rel=latest-version".parse().unwrap())].into_iter().collect();
//! let versions = VersionLinks::about("http://example.net/docs/test.txt").headers(&headers);
//! let latest = versions.latest_version().map(|latest| latest.uri());
//! # assert_eq!(latest, Some("http://example.net/v/2"));
//! ```
//!
//! A header to send:
//!
#![cfg_attr(feature = "http", doc = "```")]
#![cfg_attr(not(feature = "http"), doc = "```ignore")]
//! use version_links::{LinkBuf, LinkFields, Relation};
//!
//! # let mut headers = http::HeaderMap::new();
//! let link = LinkBuf::builder("/v/2").rel(Relation::LATEST_VERSION).title("Première").build()?;
//! LinkFields::new().append_to(&[link], &mut headers)?;
//! # assert_eq!(headers["link"], "</v/2>; rel=latest-version; title*=UTF-8''Premi%C3%A8re");
//! # Ok::<(), version_links::Error>(())
//! ```
//!
//! Without the feature `http`, field values are octets: [`links`], [`Reader::links_in_fields`],
//! [`Reader::document_links_in_fields`], [`VersionLinksBuilder::fields`], [`LinkFields::values`].
//!
//! Reading a link copies nothing. A value is copied only if it contains escapes, percent-encoding
//! or folds, or is not UTF-8. Any octets are read in linear time. A link that cannot be read is an
//! error with its field and offset, and its neighbours are read. The crate does no IO.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read the links of a document, resolved | `document_links`: [`DocumentLinks`], [`DocumentLink`] |
//! | read one field value, or all Link fields of a message, as they are | [`links`], `links_in_headers`: [`Links`], [`LinksInFields`] |
//! | look at a link | [`Link`], [`Relation`], [`Parameter`], [`ExtValue`] |
//! | keep a link | [`LinkBuf`] |
//! | learn about versions | [`VersionLinks`], [`VersionLink`], [`VersionLinksBuilder`], [`AnchorPolicy`], [`Crossing`], [`Finding`]; [`Record`] |
//! | write what was learned about versions | [`VersionLinks::to_links`]: [`WrittenLink`], [`Correction`] |
//! | walk through all versions of a document | [`History`]: [`Want`], [`Outcome`], [`NotAsked`], [`OriginPolicy`]; [`HistoryNode`], [`NodeState`], [`LeftOut`], [`LeftOutReason`] |
//! | know the order of the versions, and what contradicts it | [`VersionGraph`], [`HistoryFinding`] |
//! | find the equivalents in WebDAV and JCR | [`Correspondence`], [`ResourceKind`] |
//! | read the TimeMap of a web archive (Memento, RFC 7089), or write one | [`TimeMap`], [`TimeMapReader`]: [`TimeMapLink`], [`TimeMapStep`]; [`TimeMapWriter`]; [`MementoDatetime`] |
//! | walk over the pages of a TimeMap, or over an index of TimeMaps | [`TimeMapWalk`]: [`Want`], [`TimeMapOutcome`], [`TimeMapPage`]; [`WalkedPage`] |
//! | find the memento of a time (client) | `Negotiation`: `NegotiationStep`; `MementoResponse`, `MementoResponseKind`, `MementoPattern` |
//! | answer as a TimeGate (server) | `TimeGate`, `TimeGateStyle`; [`Selection`], [`Memento`] |
//! | make links, and fields of links | [`LinkBuf::builder`]: [`LinkBuilder`]; [`LinkFields`] |
//! | read and write a linkset | [`Linkset`], [`LinksetContext`], [`LinksetTarget`], [`LinksetAttribute`]; [`LinksetWriter`]; [`ApiCatalog`] |
//! | read and write the CoRE Link Format | [`Reader::link_format`]: [`Linkset`], [`CoreLink`]; [`LinksetWriter::to_link_format`] |
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
//! | `http` | yes | reads and writes an `http::HeaderMap`: `document_links`, `links_in_headers`, the methods of `Reader` with these names, `VersionLinksBuilder::headers`, `LinkFields::append_to`, `LinkFields::header_values`; datetime negotiation: `Negotiation`, `MementoResponse`, `TimeGate`; `Outcome::of` | http |
//! | `serde` | no | stores a [`History`], and goes on with it later | serde |
//! | `json` | no | reads and writes linksets in JSON: `Reader::linkset_json`, `Linkset::from_json`, `Linkset::to_json`, `LinksetWriter::to_json` | serde, serde_json |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod diagnostic;
mod error;
mod ext_value;
mod history;
mod language_tag;
mod latin1;
mod level;
mod limits;
mod lines;
mod link_field;
mod linkset;
mod memento;
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
pub use history::{
    History, HistoryFinding, HistoryNode, LeftOut, LeftOutReason, NodeState, NotAsked,
    OriginPolicy, Outcome, TimeMapOutcome, TimeMapPage, TimeMapWalk, VersionGraph, WalkedPage,
    Want,
};
pub use level::Level;
pub use limits::{Limit, Limits};
pub use link_field::{
    DocumentLink, DocumentLinks, Link, LinkBuf, LinkBuilder, LinkFields, Links, LinksInFields,
    Parameter, Parameters, Relations, links,
};
#[cfg(feature = "http")]
pub use link_field::{FieldValues, LinksInHeaders, document_links, links_in_headers};
pub use linkset::{
    ApiCatalog, CoreLink, Linkset, LinksetAttribute, LinksetContext, LinksetTarget, LinksetWriter,
};
pub use memento::{
    Memento, MementoDatetime, Selection, TimeMap, TimeMapLink, TimeMapReader, TimeMapStep,
    TimeMapWriter,
};
#[cfg(feature = "http")]
pub use memento::{
    MementoPattern, MementoResponse, MementoResponseKind, Negotiation, NegotiationStep, TimeGate,
    TimeGateStyle,
};
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
