//! What of the benches is tested: the program that measures is `main.rs`.

#![forbid(unsafe_code)]

pub mod overview;
