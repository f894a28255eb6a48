//! Link fields of HTTP: Web Linking (RFC 8288), read and written.

mod builder;
mod check;
mod fields;
mod grammar;
#[cfg(test)]
mod hostile;
mod known;
mod link;
mod links;
#[cfg(feature = "http")]
mod links_in_headers;
mod parameter;
mod recovery;
mod relations;
mod scan;
mod text;

pub use builder::LinkBuilder;
pub use fields::LinkFields;
pub use link::{Link, LinkBuf};
pub use links::{Links, links};
#[cfg(feature = "http")]
pub use links_in_headers::{LinksInHeaders, links_in_headers};
pub use parameter::{Parameter, Parameters};
pub use relations::Relations;

#[cfg(test)]
pub(crate) use parameter::parameters_read;
