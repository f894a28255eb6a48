//! Reading: `service`, `ls` and `show`.

use crate::done::Done;
use crate::output::{Output, plain, table};
use crate::session::Session;
use atom_fsm::app::Accept;
use atom_fsm::atom::{Base, Date, Entry, Text};
use atom_fsm::fsm::{Member, Query};
use feed_manager::client::{is_gone, lists, member_uris};
use serde_json::{Value, json};

/// A text as it is for people.
pub(crate) fn text(text: Option<&Text<'_>>) -> String {
    text.map(|text| text.to_plain().into_owned()).unwrap_or_default()
}

pub(crate) async fn service(session: &Session, output: Output) -> anyhow::Result<Done> {
    let found = session.manager.found_service().await?;
    let base = found.base();
    let (mut json, mut shown) = (Vec::new(), String::new());
    for workspace in found.value.workspaces() {
        let base = base.within(workspace.common());
        let (mut collections, mut rows) = (Vec::new(), Vec::new());
        for collection in workspace.collections() {
            let accepts: Vec<_> = collection.accepts().iter().map(Accept::range).collect();
            let title = text(collection.title());
            let href = base.within(collection.common());
            let href = href.resolve(collection.href().unwrap_or_default()).unwrap_or_default();
            rows.push(vec![title.clone(), href.clone(), accepts.join(", ")]);
            collections.push(json!({"title": title, "href": href, "accepts": accepts}));
        }
        let title = text(workspace.title());
        shown.push_str(&format!(
            "{}\n{}",
            plain(&title),
            table(&["title", "uri", "accepts"], &rows)
        ));
        json.push(json!({"title": title, "collections": collections}));
    }
    output.print(&json!({"workspaces": json}), &shown)?;
    Ok(Done::Whole)
}

pub(crate) async fn bundles(session: &Session, output: Output) -> anyhow::Result<Done> {
    let (mut json, mut rows) = (Vec::new(), Vec::new());
    for (uri, collection) in session.collections().await? {
        let title = text(collection.title());
        rows.push(vec![title.clone(), uri.clone()]);
        json.push(json!({"title": title, "uri": uri}));
    }
    output.print(&json!({"bundles": json}), &table(&["title", "uri"], &rows))?;
    Ok(Done::Whole)
}

pub(crate) async fn members(session: &Session, name: &str, output: Output) -> anyhow::Result<Done> {
    let uri = session.bundle(name).await?;
    let found = session.manager.found_bundle(&uri).await?;
    let base = found.base();
    let (mut json, mut rows) = (Vec::new(), Vec::new());
    for (uri, member) in member_uris(&found.value, &found.uri) {
        let entry = member.as_entry();
        rows.push(vec![
            kind(member).to_owned(),
            text(entry.title()),
            uri.clone().unwrap_or_default(),
            state(entry).to_owned(),
            target(entry, "edit", &base).unwrap_or_default(),
        ]);
        json.push(member_json(kind(member), entry, uri.as_deref(), &base));
    }
    let title = found.value.title();
    output.print(
        &json!({"title": title, "uri": found.uri, "members": json}),
        &table(&["kind", "title", "uri", "state", "edit"], &rows),
    )?;
    Ok(Done::Whole)
}

pub(crate) async fn member(session: &Session, uri: &str, output: Output) -> anyhow::Result<Done> {
    let found = session.manager.member(uri).await?;
    let base = found.base();
    let member = Member::from(found.value);
    let entry = member.as_entry();
    let alternate = target(entry, "alternate", &base);
    let query = query(entry);
    let mut rows = vec![
        ("kind", kind(&member).to_owned()),
        ("title", text(entry.title())),
        ("uri", alternate.clone().unwrap_or_default()),
        ("summary", text(entry.summary())),
        ("query", query.as_ref().map(|it| it.text().to_owned()).unwrap_or_default()),
        ("scheme", query.as_ref().and_then(Query::scheme).unwrap_or_default().to_owned()),
        ("state", state(entry).to_owned()),
        ("id", entry.id().unwrap_or_default().to_owned()),
        ("updated", entry.updated().map(|it| it.as_str().to_owned()).unwrap_or_default()),
    ];
    rows.extend(lists(entry).into_iter().map(|(list, _)| ("from", list)));
    let lines = rows.iter().filter(|(_, value)| !value.is_empty());
    let lines: String = lines.map(|(name, value)| format!("{name:8} {}\n", plain(value))).collect();
    let mut json = member_json(kind(&member), entry, alternate.as_deref(), &base);
    if let Value::Object(json) = &mut json {
        let etag = found.validators.etag().map(ToString::to_string);
        json.insert("etag".to_owned(), json!(etag));
    }
    output.print(&json, &lines)?;
    Ok(Done::Whole)
}

fn kind(member: &Member<'_>) -> &'static str {
    match member {
        Member::Service(_) => "service",
        Member::Reference(_) => "bundle",
        _ => "entry",
    }
}

fn state(entry: &Entry<'_>) -> &'static str {
    if is_gone(entry) { "gone" } else { "" }
}

fn query(entry: &Entry<'_>) -> Option<Query<'static>> {
    Some(entry.extension::<Query<'_>>()?.ok()?.into_owned())
}

/// The target of the first link of a relation, resolved against the base around the entry.
pub(crate) fn target(entry: &Entry<'_>, relation: &str, base: &Base) -> Option<String> {
    let link = entry.link(relation)?;
    base.within(entry.common()).within(link.common()).resolve(link.href()?)
}

/// A member as JSON, with the base around its entry.
pub(crate) fn member_json(kind: &str, entry: &Entry<'_>, uri: Option<&str>, base: &Base) -> Value {
    let lists: Vec<_> = lists(entry)
        .into_iter()
        .map(|(uri, present)| json!({"uri": uri, "present": present}))
        .collect();
    let query = query(entry);
    json!({
        "kind": kind,
        "id": entry.id(),
        "title": text(entry.title()),
        "uri": uri,
        "edit": target(entry, "edit", base),
        "summary": entry.summary().map(|it| it.to_plain()),
        "query": query.as_ref().map(Query::text),
        "query_scheme": query.as_ref().and_then(Query::scheme),
        "updated": entry.updated().map(Date::as_str),
        "gone": is_gone(entry),
        "lists": lists,
    })
}
