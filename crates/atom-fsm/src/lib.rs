//! Atom.

#![forbid(unsafe_code)]

mod diagnostic;
mod error;
mod limits;
pub mod namespace;
mod own;
mod report;
mod rule;
mod settings;
mod tolerance;
pub mod xml;

pub use diagnostic::{Diagnostic, Diagnostics, Position};
pub use error::{Error, ErrorKind};
pub use limits::{Limit, Limits};
pub use rule::{Level, Rule};
pub use settings::Stage;
pub use tolerance::Tolerance;
