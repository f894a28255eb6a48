//! The service document of a user.

use crate::server::document;
use crate::server::feed;
use crate::server::markup;
use crate::server::refusal::Refusal;
use crate::store::collections::StoredCollection;
use crate::store::members::View;
use crate::store::users::User;
use atom_fsm::app::{Service, Workspace};
use http::StatusCode;
use std::borrow::Cow;

/// Writes the service document: to its owner with all collections, to others with the public ones.
pub(super) fn written(
    owner: &User,
    collections: &[StoredCollection],
    view: View,
) -> Result<Vec<u8>, Refusal> {
    let workspace = Workspace::new(owner.title().to_owned());
    let frame = document::written(&Service::new().with_workspace(workspace))?;
    let shown = collections.iter().filter(|it| view == View::Owner || it.is_public());
    let documents: Vec<_> = shown.map(|it| seen(&it.document, view)).collect::<Result<_, _>>()?;
    let inserted = document::insert(&frame, "</workspace>", documents.iter().map(|it| &**it));
    inserted.ok_or_else(|| Refusal::bare(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The document of a collection as it is seen. It is read only where there is something to leave out.
pub(super) fn seen(document: &[u8], view: View) -> Result<Cow<'_, [u8]>, Refusal> {
    let namespace = atom_fsm::namespace::FSM.as_bytes();
    let has_fsm = || document.windows(namespace.len()).any(|it| it == namespace);
    if view == View::Owner || !has_fsm() {
        return Ok(document.into());
    }
    let mut collection = feed::collection(document)?;
    collection.extensions_mut().retain(|element| !markup::is_query(element));
    Ok(document::written(&collection)?.into())
}
