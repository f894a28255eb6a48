//! From OPML to bundles.

use crate::client::{Found, Manager, member_uris, same_uri};
use crate::error::Error;
use atom_fsm::app::Collection;
use atom_fsm::atom::Entry;
use atom_fsm::fsm::{Bundle, BundleReference};
use atom_fsm::opml::{Folder, Item};
use std::collections::HashSet;

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// The URIs of the services and bundles that were added.
    pub added: Vec<String>,
    /// The URIs that were there already.
    pub kept: Vec<String>,
    /// The bundles that were made of folders.
    pub bundles: Vec<String>,
    /// What could not be added, and why.
    pub failed: Vec<(String, Error)>,
}

/// Adds what a folder holds to a bundle. What the bundle holds already, by its URI, is kept as it is, so
/// that a second import of the same document changes nothing. A folder becomes a bundle and a reference
/// to it, or goes into the bundle of this title that is referred to already, if the service document
/// lists that bundle: nothing is sent to bundles of others, whatever their titles are.
///
/// # Errors
/// Those of reading the service document and the bundle. What cannot be added is in [`Imported::failed`], and
/// the rest is added. Where the server says that requests come too often, this waits as long as
/// [`Limits::patience`](crate::client::Limits::patience) allows.
pub async fn import(manager: &Manager, bundle: &str, folder: &Folder) -> Result<Imported, Error> {
    let manager = &manager.patient();
    let mut imported = Imported::default();
    let listed = manager.collections().await?.into_iter();
    let mut own: HashSet<_> = listed.map(|(uri, _)| same_uri(&uri)).collect();
    // Folders are nested as deep as the reader of XML allows: a list holds those that are left.
    let mut left = vec![(bundle.to_owned(), folder)];
    while let Some((uri, folder)) = left.pop() {
        let found = match manager.found_bundle(&uri).await {
            Ok(found) => found,
            Err(error) if uri == bundle => return Err(error),
            Err(error) => {
                imported.failed.push((uri, error));
                continue;
            }
        };
        let there = member_uris(&found.value, &found.uri).filter_map(|(uri, _)| uri);
        let mut there: HashSet<_> = there.map(|uri| same_uri(&uri)).collect();
        for item in folder.items() {
            match item {
                Item::Service(service) => {
                    let entry = service.as_entry();
                    add(manager, &uri, service.uri(), entry, &mut there, &mut imported).await;
                }
                Item::Reference(reference) => {
                    let entry = reference.as_entry();
                    add(manager, &uri, reference.uri(), entry, &mut there, &mut imported).await;
                }
                Item::Folder(inner) => {
                    match sub_bundle(manager, &own, &found, inner.title()).await {
                        Ok((at, is_new)) => {
                            if is_new {
                                own.insert(same_uri(&at));
                                imported.bundles.push(at.clone());
                            }
                            left.push((at, inner));
                        }
                        Err(error) => imported.failed.push((inner.title().to_owned(), error)),
                    }
                }
                other => imported.failed.push((
                    other.title().into_owned(),
                    Error::Missing { uri: uri.clone(), what: "way to hold this item" },
                )),
            }
        }
    }
    Ok(imported)
}

async fn add(
    manager: &Manager,
    bundle: &str,
    uri: &str,
    entry: &Entry<'_>,
    there: &mut HashSet<String>,
    imported: &mut Imported,
) {
    if !there.insert(same_uri(uri)) {
        imported.kept.push(uri.to_owned());
        return;
    }
    match manager.create_member(bundle, entry).await {
        Ok(_) => imported.added.push(uri.to_owned()),
        Err(error) => imported.failed.push((uri.to_owned(), error)),
    }
}

/// The bundle of a folder: the own one of its title that is referred to, or a new one.
async fn sub_bundle(
    manager: &Manager,
    own: &HashSet<String>,
    within: &Found<Bundle<'_>>,
    title: &str,
) -> Result<(String, bool), Error> {
    let (bundle, uri, base) = (&within.value, &within.uri, within.base());
    let titled = bundle.references().filter(|it| it.title() == title);
    let mut there = titled.filter_map(|it| it.bundle_uri(&base).ok());
    if let Some(there) = there.find(|it| own.contains(&same_uri(it))) {
        return Ok((there, false));
    }
    // A title must not be empty in a service document that people read.
    let title = if title.is_empty() { "Folder" } else { title };
    let created = manager.create_bundle(&Collection::new(title.to_owned()), None).await?;
    let reference = BundleReference::new(title.to_owned(), created.uri.clone());
    manager.create_member(uri, reference.as_entry()).await?;
    Ok((created.uri, true))
}
