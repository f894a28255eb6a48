//! Tells what is wrong with feeds and with other documents of Atom and AtomPub, and mends what has a
//! name. `main.rs` is the command line.

mod excerpt;
mod fix;
mod json;
mod lint;
mod show;

pub use fix::{Fixed, fix};
pub use json::line;
pub use lint::{Lint, Options, lint};
pub use show::show;
