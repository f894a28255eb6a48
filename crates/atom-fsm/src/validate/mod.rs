//! Validation: everything that is wrong with a document, or with a value that is to be written.
//!
//! A reader stops at the first violation that it does not tolerate. A [`Validator`] reports all of
//! them: the rules of RFC 4287, RFC 5023, RFC 5005, RFC 4685, RFC 6721 and draft-wilde-fsm-00, as they
//! hold for what a client submits or for what a server stores. What it finds in a document has a line
//! and a column, and what it finds in a value has a path.
//!
//! ```
//! use atom_fsm::validate::Validator;
//! use atom_fsm::{Level, Rule, Stage};
//!
//! let source = "<entry xmlns='http://www.w3.org/2005/Atom'>\n <title>A</title>\n <link/>\n</entry>";
//! let validation = Validator::new().stage(Stage::Submitted).document(source);
//! assert!(!validation.is_valid());
//! let finding = &validation.findings()[0];
//! assert_eq!((finding.rule(), finding.level()), (Some(Rule::LinkHref), Level::Must));
//! assert_eq!(finding.position().map(|position| position.line()), Some(3));
//! ```

mod finding;
mod fsm_rules;
mod outline;
mod validator;

pub use finding::{Finding, Validation};
pub use validator::Validator;

use crate::rule::Rule;
use crate::settings::Stage;

/// Whether a rule holds at a stage: some hold only for what a server stores.
///
/// ```
/// use atom_fsm::{Rule, Stage, validate::holds};
///
/// assert!(holds(Rule::EntryId, Stage::Stored));
/// assert!(!holds(Rule::EntryId, Stage::Submitted));
/// ```
#[must_use]
pub const fn holds(rule: Rule, stage: Stage) -> bool {
    let is_of_stored = matches!(
        rule,
        Rule::EntryId | Rule::EntryUpdated | Rule::EntryAuthor | Rule::CollectionHref
    );
    !is_of_stored || matches!(stage, Stage::Stored)
}
