//! Memento (RFC 7089): TimeMaps, and the negotiation of a resource's state at a time.

mod datetime;
mod elements;
#[cfg(feature = "http")]
mod negotiation;
#[cfg(feature = "http")]
mod pattern;
mod reading;
#[cfg(feature = "http")]
mod response;
mod selection;
#[cfg(feature = "http")]
mod timegate;
mod timemap;
mod timemap_link;
mod timemap_reader;
mod timemap_writer;
mod usual;

pub use datetime::MementoDatetime;
#[cfg(feature = "http")]
pub use negotiation::{Negotiation, NegotiationStep};
#[cfg(feature = "http")]
pub use pattern::MementoPattern;
#[cfg(feature = "http")]
pub use response::{MementoResponse, MementoResponseKind};
pub use selection::{Memento, Selection};
#[cfg(feature = "http")]
pub use timegate::{TimeGate, TimeGateStyle};
pub use timemap::TimeMap;
pub use timemap_link::TimeMapLink;
pub use timemap_reader::{TimeMapReader, TimeMapStep};
pub use timemap_writer::TimeMapWriter;
