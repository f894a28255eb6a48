//! Atom.

#![forbid(unsafe_code)]

pub mod app;
pub mod atom;
mod diagnostic;
mod document;
mod error;
pub mod ext;
pub mod fsm;
#[cfg(feature = "http")]
pub mod interaction;
mod limits;
pub mod namespace;
mod own;
mod reader;
mod report;
mod root;
mod rule;
mod settings;
mod tolerance;
mod writer;
pub mod xml;

pub use diagnostic::{Diagnostic, Diagnostics, Position};
pub use document::Document;
pub use error::{Error, ErrorKind};
pub use limits::{Limit, Limits};
pub use reader::Reader;
pub use root::Root;
pub use rule::{Level, Rule};
pub use settings::Stage;
pub use tolerance::Tolerance;
pub use writer::{Declaration, Finding, Findings, Writer};
