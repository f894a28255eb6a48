//! Queries of snapshots. All tests are one program, since each program would contain the engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

mod cells;
mod columns;
mod command;
mod planning;
mod reading_ahead;
mod refused;
mod right_rows;
#[cfg(feature = "s3")]
mod s3;
mod servers;
mod stores;
mod support;
