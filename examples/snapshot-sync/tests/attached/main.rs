//! An application's own table, published: the application is Debian's `sqlite3`, and the copy is
//! compared with its table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

#[path = "../support/application.rs"]
mod application;
mod attaching;
mod changes;
mod comparing;
mod databases;
mod files;
mod http;
#[cfg(feature = "metrics")]
mod metrics;
mod resync;
mod retention;
mod states;
