//! Changing: `add`, `add-bundle`, `edit` and `rm`.

use crate::args::{Add, Edit};
use crate::done::Done;
use crate::output::{Output, plain};
use crate::session::{Session, Usage};
use crate::view::{member_json, target, text};
use atom_fsm::app::Collection;
use atom_fsm::atom::{Base, Entry, Text};
use atom_fsm::fsm::{BundleReference, Query, ServiceEntry};
use atom_fsm::interaction::Guard;
use atom_fsm::xml::{Element, Name};
use feed_manager::client::{NAMESPACE, is_same_resource};
use serde_json::json;

/// Who may read a new bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Public,
    Private,
}

/// Whether a resource is deleted only in the state that it was seen in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarding {
    Wanted,
    Waived,
}

/// Nothing guards a change.
#[derive(Debug, thiserror::Error)]
#[error(
    "the server gives no strong entity tag and no date for {0}, so a change of somebody else may be \
     lost; --unguarded changes it all the same"
)]
pub(crate) struct NoGuard(String);

pub(crate) async fn add(session: &Session, add: Add, output: Output) -> anyhow::Result<Done> {
    let bundle = session.bundle(&add.bundle).await?;
    let title = add.title.unwrap_or_else(|| add.uri.clone());
    let mut entry = if add.reference {
        BundleReference::new(title, add.uri.clone()).into_entry()
    } else {
        let service = ServiceEntry::new(title, add.uri.clone());
        match add.query {
            Some(query) => {
                let query = with_scheme(Query::new(query), add.query_scheme);
                service.with_query(query).into_entry()
            }
            None => service.into_entry(),
        }
    };
    if let Some(summary) = add.summary {
        entry.set_summary(Some(Text::plain(summary)));
    }
    let created = session.manager.create_member(&bundle, &entry).await?;
    let kind = if add.reference { "bundle" } else { "service" };
    let json = member_json(kind, &created.value, Some(&add.uri), &created.base());
    output.print(&json, &format!("{}\n", plain(&created.uri)))?;
    Ok(Done::Whole)
}

pub(crate) async fn add_bundle(
    session: &Session,
    title: String,
    slug: Option<&str>,
    visibility: Visibility,
    output: Output,
) -> anyhow::Result<Done> {
    let visibility = match visibility {
        Visibility::Public => "public",
        Visibility::Private => "private",
    };
    let element = Element::new(Name::new(NAMESPACE, "manager", "visibility")?);
    let collection = Collection::new(title).with_extension(element.with_text(visibility));
    let created = session.manager.create_bundle(&collection, slug).await?;
    let json = json!({"title": text(created.value.title()), "uri": created.uri});
    output.print(&json, &format!("{}\n", plain(&created.uri)))?;
    Ok(Done::Whole)
}

pub(crate) async fn edit(session: &Session, edit: Edit, output: Output) -> anyhow::Result<Done> {
    let is_of_query = edit.query.is_some() || edit.query_scheme.is_some();
    if edit.title.is_none() && edit.summary.is_none() && !is_of_query {
        let what = "name what to change: --title, --query, --query-scheme or --summary";
        return Err(Usage(what.to_owned()).into());
    }
    let found = session.manager.member_to_edit(&edit.uri).await?;
    let guard = found.guard();
    if guard == Guard::Unguarded && !edit.unguarded {
        return Err(NoGuard(edit.uri).into());
    }
    let mut entry = found.value;
    if let Some(title) = edit.title {
        entry.set_title(Some(Text::plain(title)));
    }
    if let Some(summary) = edit.summary {
        entry.set_summary(Some(Text::plain(summary)));
    }
    if is_of_query {
        set_query(&mut entry, edit.query, edit.query_scheme)?;
    }
    let edited = session.manager.edit_member(&edit.uri, &entry, &guard).await?;
    let base = Base::new(&edit.uri);
    let uri = target(&edited, "alternate", &base);
    let json = member_json("member", &edited, uri.as_deref(), &base);
    output.print(&json, &format!("{}\n", plain(&edit.uri)))?;
    Ok(Done::Whole)
}

/// Sets the text of the query, its scheme, or both; what is not given stays.
fn set_query(
    entry: &mut Entry<'static>,
    text: Option<String>,
    scheme: Option<String>,
) -> anyhow::Result<()> {
    let before = entry.extension::<Query<'_>>().transpose()?.map(Query::into_owned);
    let text = text.or_else(|| before.as_ref().map(|it| it.text().to_owned()));
    let Some(text) = text else {
        let what = "there is no query that could have a scheme: give --query too";
        return Err(Usage(what.to_owned()).into());
    };
    if text.is_empty() {
        entry.remove_extension::<Query<'_>>();
        return Ok(());
    }
    let kept = || before.as_ref().and_then(Query::scheme).map(str::to_owned);
    entry.set_extension(&with_scheme(Query::new(text), scheme.or_else(kept)));
    Ok(())
}

/// The query with a scheme; without one, if that is missing or empty.
fn with_scheme(query: Query<'static>, scheme: Option<String>) -> Query<'static> {
    match scheme {
        Some(scheme) if !scheme.is_empty() => query.with_scheme(scheme),
        _ => query,
    }
}

pub(crate) async fn remove(
    session: &Session,
    uri: &str,
    guarding: Guarding,
    output: Output,
) -> anyhow::Result<Done> {
    for (bundle, _) in session.collections().await? {
        if is_same_resource(&bundle, uri) {
            return Err(
                Usage(format!("{uri} is a bundle: --bundle deletes it with its members")).into()
            );
        }
        refuse_page(&bundle, uri)?;
    }
    delete(session, uri, guarding).await?;
    output.print(&json!({"deleted": uri}), "")?;
    Ok(Done::Whole)
}

pub(crate) async fn remove_bundle(
    session: &Session,
    name: &str,
    guarding: Guarding,
    output: Output,
) -> anyhow::Result<Done> {
    let uri = session.bundle(name).await?;
    if uri.contains('?') {
        let listed = session.collections().await?;
        if !listed.iter().any(|(bundle, _)| is_same_resource(bundle, &uri)) {
            listed.iter().try_for_each(|(bundle, _)| refuse_page(bundle, &uri))?;
        }
    }
    delete(session, &uri, guarding).await?;
    output.print(&json!({"deleted": uri}), "")?;
    Ok(Done::Whole)
}

async fn delete(session: &Session, uri: &str, guarding: Guarding) -> anyhow::Result<()> {
    let guard = match guarding {
        Guarding::Waived => Guard::Unguarded,
        Guarding::Wanted => session.manager.state(uri).await?.guard(),
    };
    if guard == Guard::Unguarded && guarding == Guarding::Wanted {
        return Err(NoGuard(uri.to_owned()).into());
    }
    Ok(session.manager.delete_guarded(uri, &guard).await?)
}

/// Refuses to delete a part of a bundle, such as a page of its feed: a server might delete the whole.
fn refuse_page(bundle: &str, uri: &str) -> Result<(), Usage> {
    match uri.split_once('?') {
        Some((before, _)) if is_same_resource(bundle, before) => {
            Err(Usage(format!("{uri} is a page of the bundle {bundle}, which cannot be deleted")))
        }
        _ => Ok(()),
    }
}
