//! Atom documents (RFC 4287).

mod accessors;
mod category;
pub(crate) mod children;
mod common;
mod content;
mod date;
mod entry;
mod feed;
mod generator;
mod link;
pub(crate) mod metadata;
mod person;
mod source;
mod text;
pub(crate) mod text_element;
mod undefined_content;

pub use category::Category;
pub use common::{Base, Common};
pub use content::{Content, ContentKind};
pub use date::Date;
pub use entry::Entry;
pub use feed::Feed;
pub use generator::Generator;
pub use link::Link;
pub use person::Person;
pub use source::Source;
pub use text::{Text, TextType};

pub(crate) use accessors::{common as common_accessors, list, single};
pub(crate) use common::{is_iri, is_media_type, is_reference};
