//! Link fields of HTTP: Web Linking (RFC 8288), read and written.

mod builder;
mod check;
mod class;
mod document_links;
mod fields;
mod grammar;
#[cfg(test)]
mod hostile;
mod known;
mod link;
mod links;
mod links_in_headers;
mod media_type;
mod parameter;
mod plain_reference;
mod recovery;
mod relations;
mod scan;
mod text;
mod usual;

pub use builder::LinkBuilder;
#[cfg(feature = "http")]
pub use document_links::document_links;
pub use document_links::{DocumentLink, DocumentLinks};
pub use fields::LinkFields;
pub(crate) use grammar::is_token;
pub use link::{Link, LinkBuf};
pub use links::{Links, links};
pub use links_in_headers::LinksInFields;
#[cfg(feature = "http")]
pub use links_in_headers::{FieldValues, LinksInHeaders, links_in_headers};
#[cfg(feature = "json")]
pub(crate) use media_type::is_media_type;
pub use parameter::{Parameter, Parameters};
pub use relations::Relations;

#[cfg(test)]
pub(crate) use parameter::parameters_read;
pub(crate) use plain_reference::plain_reference;
