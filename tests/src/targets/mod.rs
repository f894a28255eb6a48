//! The fuzz targets: one for each reader. Each checks meaning, not only that nothing panics.

mod atom_entry;
mod atom_feed;
mod atom_repair;
mod atom_roundtrip;
mod content_type;
mod document;
mod feed_consumer;
mod feed_timeline;
mod head_fields;
mod history;
mod index;
mod links;
mod links_write;
mod linkset_json;
mod linkset_text;
mod opml;
mod options;
mod package_resync;
mod package_roundtrip;
mod package_slice;
mod package_splits;
mod package_stream;
mod server_request;
mod service_document;
mod timemap;
mod timemap_walk;
mod transfer_decoding;
mod xml_text;

pub use atom_entry::atom_entry;
pub use atom_feed::atom_feed;
pub use atom_repair::atom_repair;
pub use atom_roundtrip::atom_roundtrip;
pub use content_type::content_type;
pub use feed_consumer::feed_consumer;
pub use feed_timeline::feed_timeline;
pub use head_fields::head_fields;
pub use history::history;
pub use index::index;
pub use links::links;
pub use links_write::links_write;
pub use linkset_json::linkset_json;
pub use linkset_text::linkset_text;
pub use opml::opml;
pub use package_resync::package_resync;
pub use package_roundtrip::package_roundtrip;
pub use package_slice::package_slice;
pub use package_splits::package_splits;
pub use package_stream::package_stream;
pub use server_request::server_request;
pub use service_document::service_document;
pub use timemap::timemap;
pub use timemap_walk::timemap_walk;
pub use transfer_decoding::transfer_decoding;
pub use xml_text::xml_text;

/// A target's name, which is also its corpus's, and the target.
pub type Named = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Named] = &[
    ("atom_entry", atom_entry),
    ("atom_feed", atom_feed),
    ("atom_repair", atom_repair),
    ("atom_roundtrip", atom_roundtrip),
    ("content_type", content_type),
    ("feed_consumer", feed_consumer),
    ("feed_timeline", feed_timeline),
    ("head_fields", head_fields),
    ("history", history),
    ("index", index),
    ("links", links),
    ("links_write", links_write),
    ("linkset_json", linkset_json),
    ("linkset_text", linkset_text),
    ("opml", opml),
    ("package_resync", package_resync),
    ("package_roundtrip", package_roundtrip),
    ("package_slice", package_slice),
    ("package_splits", package_splits),
    ("package_stream", package_stream),
    ("server_request", server_request),
    ("service_document", service_document),
    ("timemap", timemap),
    ("timemap_walk", timemap_walk),
    ("transfer_decoding", transfer_decoding),
    ("xml_text", xml_text),
];
