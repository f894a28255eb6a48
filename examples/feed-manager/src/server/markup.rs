//! The markup of this server in collections, and what of a collection others may see.

use crate::server::refusal::Refusal;
use crate::store::collections::{Kind, Visibility};
use atom_fsm::app::{Accept, Collection};
use atom_fsm::interaction::ENTRY;
use atom_fsm::namespace;
use atom_fsm::xml::{Element, Name};
use http::StatusCode;

/// The namespace of the elements `visibility` and `kind` in an `app:collection`.
pub const NAMESPACE: &str = "urn:feed-manager";

/// Whether an element is one of this server's own.
pub(super) fn is_own(element: &Element<'_>) -> bool {
    element.name().namespace() == NAMESPACE
}

/// Whether an element is an `fsm:query`, which may hold secrets of the owner.
pub(super) fn is_query(element: &Element<'_>) -> bool {
    element.name().is(namespace::FSM, "query")
}

/// Who may read a collection, as far as it says so.
pub(super) fn visibility(collection: &Collection<'_>) -> Result<Option<Visibility>, Refusal> {
    match word(collection, "visibility").as_deref() {
        None => Ok(None),
        Some("private") => Ok(Some(Visibility::Private)),
        Some("public") => Ok(Some(Visibility::Public)),
        Some(_) => Err(unknown("the visibility of a collection is private or public")),
    }
}

/// What a collection takes: what it says, or else what its accept elements imply.
pub(super) fn kind(collection: &Collection<'_>) -> Result<Kind, Refusal> {
    Ok(stated_kind(collection)?.unwrap_or_else(|| implied_kind(collection)))
}

/// It is a plain collection if it accepts anything but entries.
fn implied_kind(collection: &Collection<'_>) -> Kind {
    let mut ranges = collection.accepts().iter().flat_map(Accept::ranges);
    if ranges.all(is_of_entries) { Kind::Bundle } else { Kind::Plain }
}

/// What a collection says that it takes.
pub(super) fn stated_kind(collection: &Collection<'_>) -> Result<Option<Kind>, Refusal> {
    match word(collection, "kind").as_deref() {
        None => Ok(None),
        Some("bundle") => Ok(Some(Kind::Bundle)),
        Some("collection") => Ok(Some(Kind::Plain)),
        Some(_) => Err(unknown("the kind of a collection is bundle or collection")),
    }
}

/// Whether a collection of a kind can store what a media range names.
pub(super) fn honours(kind: Kind, range: &str) -> bool {
    is_of_entries(range) || (kind == Kind::Plain && range.contains('/'))
}

/// Whether a media range names entries: `*/*` includes them, and much else.
fn is_of_entries(range: &str) -> bool {
    let is_wild = range.split(';').next().is_some_and(|it| it.contains('*'));
    !is_wild && Accept::new(range).accepts(ENTRY)
}

/// States in a collection what it is, whatever it said before, where that is not what is implied anyway: a
/// collection is private, and its kind follows from its accept elements.
pub(super) fn state(collection: &mut Collection<'_>, kind: Kind, visibility: Visibility) {
    let implied = implied_kind(collection);
    let visibility = match visibility {
        Visibility::Private => None,
        Visibility::Public => Some("public"),
    };
    let kind = match kind {
        _ if kind == implied => None,
        Kind::Bundle => Some("bundle"),
        Kind::Plain => Some("collection"),
    };
    let extensions = collection.extensions_mut();
    extensions.retain(|element| !is_own(element));
    for (local, text) in [("visibility", visibility), ("kind", kind)] {
        if let (Some(text), Ok(name)) = (text, Name::new(NAMESPACE, "manager", local)) {
            extensions.push(Element::new(name).with_text(text));
        }
    }
}

fn word(collection: &Collection<'_>, local: &str) -> Option<String> {
    let mut found = collection.extensions().iter();
    let element = found.find(|element| element.name().is(NAMESPACE, local))?;
    Some(element.text().trim().to_owned())
}

fn unknown(detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, detail)
}
