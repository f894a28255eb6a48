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
//! Nothing is copied or allocated on clean input, any octets are read in linear time, and one bad
//! link loses no neighbour: it is an error in its place, with the field and the octet. The crate
//! does no IO.
//!
//! # Map
//!
//! | to | use |
//! |---|---|
//! | read one field value, or all Link fields of a message | [`links`], `links_in_headers`: [`Links`], `LinksInHeaders` |
//! | look at a link | [`Link`], [`Relation`], [`Parameter`], [`ExtValue`] |
//! | keep one | [`LinkBuf`] |
//! | learn about versions | [`VersionLinks`], [`VersionLink`], [`VersionLinksBuilder`], [`AnchorPolicy`], [`Finding`]; [`Record`] |
//! | find the same in WebDAV and JCR | [`Correspondence`], [`ResourceKind`] |
//! | make links, and fields of them | [`LinkBuf::builder`]: [`LinkBuilder`]; [`LinkFields`] |
//! | choose what is refused | [`Reader`]; [`Rule`], [`Level`], [`Tolerance`]; [`Limits`], [`Limit`] |
//! | learn what was wrong | [`Error`], [`ErrorKind`]; [`Diagnostic`], [`Diagnostics`] |
//!
//! # Strict and lenient
//!
//! [`Tolerance::STRICT`] is the grammar of RFC 8288 section 3 and of the parameters it knows.
//! [`Tolerance::DRAFTS`], the default, reads what RFC 8288 appendix B reads and the versioning
//! draft's `anchor=</docs/test.txt>`, and reports each breach. Both see the same links: strictness
//! only turns reports into errors. Where the appendix would end the reading, or read nonsense, this
//! crate goes on:
//!
//! | found | appendix B | here |
//! |---|---|---|
//! | the comma between two links | its loop stops there | the list goes on, as in section 3 |
//! | an element that is no link, or a target without its `>` | ends, or takes the next link in | an error; on at the next comma outside quotes and `<>` that a `<` follows |
//! | a quote that does not close | takes all that follows into the value | an error; on in the same way |
//! | text behind a quoted value | ends this link, and the reading | passed over up to the next `;` or `,` |
//! | space behind an unquoted value | part of the value | not part of it |
//! | a parameter whose name is no token | kept | passed over |
//! | a `title*` that cannot be decoded | the caller's choice | `title` stands in for it |
//!
//! # Features
//!
//! | feature | default | gives | pulls in |
//! |---|---|---|---|
//! | `http` | yes | from and to an `http::HeaderMap`: `links_in_headers`, `VersionLinksBuilder::headers`, `LinkFields::append_to`, `LinkFields::header_values` | http |

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
    Link, LinkBuf, LinkBuilder, LinkFields, Links, Parameter, Parameters, Relations, links,
};
#[cfg(feature = "http")]
pub use link_field::{LinksInHeaders, links_in_headers};
pub use reader::Reader;
pub use relation::Relation;
pub use reporting::{Diagnostics, Tolerance};
pub use rule::Rule;
pub use versions::{
    AnchorPolicy, Correspondence, Finding, Record, ResourceKind, VersionLink, VersionLinks,
    VersionLinksBuilder,
};

#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../README.md")]
struct Readme;
