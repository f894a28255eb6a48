//! What the tests of more than one crate share: the drafts' examples, and the fuzz targets as
//! plain functions, which libFuzzer's shells and `cargo test` both call.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

pub mod documents;
pub mod examples;
pub mod link_fields;
pub mod reading;
pub mod resyncing;
pub mod targets;

/// The project's README: its examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
