//! Publishing snapshots into object stores: whatever happens, a reader sees whole snapshots or none.

#![cfg(feature = "object-store")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test says what fails by panicking"
)]

mod command;
mod faults;
mod kills;
mod layout;
mod publishers;
mod reader;
#[cfg(feature = "s3")]
mod s3;
mod site;
mod store;
