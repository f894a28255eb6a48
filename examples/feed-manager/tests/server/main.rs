//! The server over real sockets, with users.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

mod authorization;
mod concurrency;
mod cost;
mod damage;
mod fixture;
mod http;
mod limits;
mod media;
mod memory;
mod pages;
mod program;
mod section_4;
