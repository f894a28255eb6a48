//! The versions of a document as a graph, which is found by asking one version after the other.

mod answers;
mod circles;
mod dot;
mod finding;
mod graph;
mod key;
mod node;
mod outcome;
mod page;
mod pages;
mod policy;
#[cfg(feature = "http")]
mod response;
#[cfg(feature = "serde")]
mod saved;
mod targets;
mod walk;

pub use finding::HistoryFinding;
pub use graph::VersionGraph;
pub use node::{HistoryNode, LeftOut, LeftOutReason, NodeState};
pub use outcome::{NotAsked, Outcome, Want};
pub use page::{TimeMapOutcome, TimeMapPage};
pub use pages::{TimeMapWalk, WalkedPage};
pub use policy::OriginPolicy;
pub use walk::History;
