//! Feed Service Management's documents (draft-wilde-fsm-00 sections 2 and 3).

mod bundle;
mod invocation;
mod profile;
mod profile_rules;
mod query;
mod reference;
mod service_entry;
mod violations;

pub use bundle::{Bundle, Member};
pub use profile::Profile;
pub use query::Query;
pub use reference::BundleReference;
pub use service_entry::ServiceEntry;
pub(crate) use violations::{bundle_violations, entry_violations, is_declared};
