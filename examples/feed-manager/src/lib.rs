//! Feed Service Management over HTTP: a server that keeps bundles of services for its users, and a
//! client that manages them.
//!
//! The codec `atom-fsm` reads and writes the documents, and determines what each request means. This
//! library adds the storage, the server and the client.
//!
//! | | |
//! |---|---|
//! | [`store`] | the users, collections, members and media, in SQLite |
//! | [`server`] | the server for a store |
//! | [`rates`] | a service that can be managed: a feed that a query filters |
//! | [`client`] | the client |
//! | [`outline`] | bundles as OPML, and back |
//! | `fetch`, `preview`, `page` | the page, and what it needs of the server (feature `page`) |

#![forbid(unsafe_code)]

pub mod client;
mod coding;
pub mod error;
#[cfg(feature = "page")]
pub mod fetch;
pub mod outline;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "page")]
pub mod preview;
pub mod rates;
pub mod server;
pub mod store;

pub use error::Error;
