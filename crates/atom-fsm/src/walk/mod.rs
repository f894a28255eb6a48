//! A walk over a bundle and the bundles that it refers to, on one server or on many
//! (draft-wilde-fsm-00 section 2.2.1). It does no IO.
//!
//! A [`BundleWalk`] names the URIs that it wants, several at once. The caller gets them in any order
//! and by any means, and says what came of each: an [`Outcome`]. The result is the same for every
//! order of the answers, because the walk goes from depth to depth: it names the bundles of the next
//! depth when each of the present one is answered.
//!
//! ```
//! use atom_fsm::fsm::{Bundle, BundleReference};
//! use atom_fsm::walk::{AuthorityPolicy, BundleWalk, Outcome, VisitState};
//!
//! # let bundle = |title: &'static str| Bundle::new("urn:example:1", title, atom_fsm::atom::Date::new("2026-01-01T00:00:00Z"), "/service");
//! let mut walk = BundleWalk::new("http://a.example/all");
//! loop {
//!     let Some(uri) = walk.wanted().next().map(|want| want.uri().to_owned()) else { break };
//!     let found = match &*uri {
//!         "http://a.example/all" => bundle("All")
//!             .with_member(BundleReference::new("Maps", "http://b.example/maps"))
//!             .with_member(BundleReference::new("Old", "http://c.example/old")),
//!         "http://b.example/maps" => {
//!             bundle("Maps").with_member(BundleReference::new("All", "http://a.example/all"))
//!         }
//!         _ => {
//!             walk.answer(&uri, Outcome::Gone);
//!             continue;
//!         }
//!     };
//!     walk.answer(&uri, Outcome::Found { uri: &uri, bundle: &found });
//! }
//! let states: Vec<_> = walk.visits().iter().map(|visit| visit.state()).collect();
//! assert_eq!(states, [VisitState::Found, VisitState::Found, VisitState::Gone]);
//! // From `maps` back to `all`: by the second visit's first reference.
//! assert_eq!(walk.loops(), [(0, 0), (1, 0)]);
//! ```

mod circles;
mod federation;
mod outcome;
mod policy;
mod visit;

pub use federation::BundleWalk;
pub use outcome::{Answered, Outcome, Want};
pub use policy::AuthorityPolicy;
pub use visit::{LeftOut, Target, Visit, VisitReference, VisitState};
