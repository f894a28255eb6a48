//! Sets of links as documents of their own (RFC 9264), in text and in JSON.

mod assembly;
mod catalog;
mod check;
mod context;
mod flat;
#[cfg(feature = "json")]
mod json;
mod link_format;
mod links;
mod model;
mod read_text;
mod records;
mod resolve;
mod set;
mod target;
mod write_text;
mod writer;

pub use catalog::ApiCatalog;
pub use context::LinksetContext;
pub use link_format::CoreLink;
pub use model::Linkset;
pub use target::{LinksetAttribute, LinksetTarget};
pub use writer::LinksetWriter;
