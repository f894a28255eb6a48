//! Feed Service Management over HTTP: a server that keeps bundles of services in memory, and a
//! client that manages them.
//!
//! The codec does the documents and says what each request means (`atom-fsm`); this library does
//! what is around it.
//!
//! | | |
//! |---|---|
//! | [`store`] | bundles and their members, in memory |
//! | [`server`] | them over HTTP |
//! | [`rates`] | a service to be managed: a feed that a query narrows |
//! | [`manager`] | the client |

#![forbid(unsafe_code)]

pub mod error;
pub mod manager;
pub mod rates;
pub mod server;
pub mod store;

pub use error::Error;
