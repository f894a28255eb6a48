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

#[cfg(feature = "s3")]
mod bucket;
#[cfg(feature = "s3")]
mod bucket_faults;
#[cfg(feature = "s3")]
mod bucket_kills;
mod command;
mod faults;
#[cfg(feature = "s3")]
mod gateway;
mod kills;
mod layout;
mod publishers;
mod reader;
#[cfg(feature = "s3")]
mod s3;
mod site;
mod store;
