//! Clusters of real processes. All tests are one program, since each program would contain the engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

mod codec;
mod guard;
mod interrupts;
mod kills;
mod queries;
#[cfg(feature = "s3")]
mod s3;
mod support;
mod trust;
