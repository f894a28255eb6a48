//! Atom documents (RFC 4287).

mod accessors;
mod alternate;
mod base;
mod category;
pub(crate) mod children;
mod common_attributes;
mod content;
pub(crate) mod date;
mod email;
mod entry;
mod feed;
mod feed_children;
mod generator;
mod id;
mod iri;
mod language;
mod late_part;
mod link;
mod markup;
mod media_type;
mod metadata;
pub(crate) mod misc;
pub(crate) mod name;
mod person;
mod published_date;
mod publishing;
mod references;
mod relation;
mod revisions;
mod source;
mod text;
pub(crate) mod text_element;
mod undefined_content;

pub use alternate::Preferences;
pub use base::Base;
pub use category::Category;
pub use common_attributes::Common;
pub use content::{Content, ContentKind};
pub use date::Date;
pub use entry::Entry;
pub use feed::Feed;
pub use generator::Generator;
pub use language::Language;
pub use link::Link;
pub use person::Person;
pub use published_date::MissingZone;
pub use references::{Reference, references, resolve_references};
pub use source::Source;
pub use text::{Text, TextType};

pub(crate) use accessors::{
    comments as comments_accessors, common as common_accessors, extensions as extensions_accessors,
    list, single as single_accessor,
};
pub(crate) use common_attributes::{is_language, without_space};
pub(crate) use entry::Standing;
pub(crate) use feed::write_feed_extension;
pub(crate) use feed_children::{FeedChild, FeedChildren, FeedPart};
pub(crate) use iri::{check_iri, check_reference, is_iri, is_reference};
pub(crate) use late_part::{LatePart, WrittenParts};
pub(crate) use media_type::is_media_type;
pub(crate) use revisions::SomeRevisions;
pub(crate) use text::write_title;
