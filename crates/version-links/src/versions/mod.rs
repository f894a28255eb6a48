//! What links say about the versions of a resource (RFC 5829).

mod anchor_policy;
mod attribute;
mod builder;
mod collector;
mod contradictions;
mod correspondence;
mod finding;
#[cfg(test)]
mod hostile;
mod record;
mod to_links;
mod version_link;
mod version_links;

pub use anchor_policy::AnchorPolicy;
pub use builder::VersionLinksBuilder;
pub use correspondence::{Correspondence, ResourceKind};
pub use finding::Finding;
pub use record::Record;
pub use to_links::{Correction, WrittenLink};
pub use version_link::VersionLink;
pub use version_links::VersionLinks;
