//! Drafts in the namespace that AtomPub had before RFC 5023.

use atom_fsm::atom::Entry;
use atom_fsm::namespace::APP;
use atom_fsm::xml::Element;

/// The namespace of the drafts of RFC 5023, which clients of that time still send.
const OLD: &str = "http://purl.org/atom/app#";

/// Whether an element is the one of this name, in either namespace, whatever the case.
fn is(element: &Element<'_>, local: &str) -> bool {
    let name = element.name();
    [APP, OLD].contains(&name.namespace()) && name.local().eq_ignore_ascii_case(local)
}

/// Whether a client asks in the old namespace that an entry is not published yet. Whatever is not exactly
/// `no` asks for that: it must not publish what the client holds back. The markup stays as it is.
pub(super) fn is_old_draft(entry: &Entry<'_>) -> bool {
    let controls = entry.extensions().iter().filter(|element| is(element, "control"));
    let mut drafts = controls.flat_map(|control| {
        let is_old = control.name().namespace() == OLD;
        let drafts = control.children().filter(|element| is(element, "draft"));
        drafts.filter(move |draft| is_old || draft.name().namespace() == OLD)
    });
    drafts.any(|draft| draft.text().trim() != "no")
}
