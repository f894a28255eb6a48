//! What a document that somebody else published says, made safe to show.
//!
//! A feed is read by the codec's repairing reader, so that also those are shown that are not well-formed.
//! Titles become plain text, links keep their `href` only if it is http or https, and HTML passes through
//! ammonia. Of a page, [`find`] gives the feeds that it links to.

mod html;
mod nesting;
mod page_links;
mod read;
mod source;

pub use page_links::{Candidate, find};
pub use read::{Item, Preview, Unreadable};
pub use source::Source;
