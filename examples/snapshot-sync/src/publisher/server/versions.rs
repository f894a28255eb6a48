//! Versions of entities, and their histories.

use super::answer::{Answer, finished};
use super::problem::{absent, problem};
use super::publisher::Publisher;
use crate::error::Error;
use crate::publisher::name::Name;
use crate::publisher::store;
use crate::publisher::versions::Versions;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderValue, Method, StatusCode, header};
use rusqlite::Connection;
use std::sync::Arc;

const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, PUT, PATCH, DELETE, POST, VERSION-CONTROL");
const METHODS_OF_COPIES: HeaderValue = HeaderValue::from_static("GET, HEAD, VERSION-CONTROL");

/// An answer with those links of an entity's versions that `fields` chooses.
pub(super) fn linked(
    publisher: &Publisher,
    connection: &Connection,
    name: &Name,
    fields: impl FnOnce(&Versions) -> Result<Vec<String>, Error>,
) -> Result<http::response::Builder, Error> {
    let versions = store::versions(connection, &publisher.uri(name))?;
    let versions = Versions::new(&publisher.store, name.as_str(), versions);
    let fields = versions.map(|versions| fields(&versions)).transpose()?.unwrap_or_default();
    let answer = Response::builder();
    Ok(fields.into_iter().fold(answer, |answer, field| answer.header(header::LINK, field)))
}

/// VERSION-CONTROL (RFC 3253 section 3.5): every entity is under version control already, so that
/// nothing changes.
pub(super) async fn version_control(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    method: Method,
) -> Answer {
    if method.as_str() != "VERSION-CONTROL" {
        let (detail, methods) = match publisher.is_copy {
            true => (
                "The entities are the rows of a table, which the application changes alone: write to its \
                 database.",
                METHODS_OF_COPIES,
            ),
            false => (
                "An entity does not have this method: use one that the Allow field lists.",
                METHODS,
            ),
        };
        let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, detail);
        answer.headers_mut().insert(header::ALLOW, methods);
        return Ok(answer);
    }
    let uri = publisher.uri(&name);
    publisher
        .read(move |publisher, connection| {
            if store::entity(connection, &uri)?.is_none() {
                return Ok(absent());
            }
            let builder = linked(publisher, connection, &name, Versions::of_version_control)?;
            Ok(finished(builder, Vec::new()))
        })
        .await
}

pub(super) async fn version(
    State(publisher): State<Arc<Publisher>>,
    Path((name, number)): Path<(Name, u64)>,
) -> Answer {
    let uri = publisher.uri(&name);
    publisher
        .read(move |publisher, connection| {
            let Some(state) = store::state(connection, &uri, number)? else {
                let versions = store::versions(connection, &uri)?;
                if number > 0 && versions.first().is_some_and(|first| number < first.number) {
                    return Ok(problem(
                        StatusCode::GONE,
                        "The version was removed: the entity's history lists those that it has.",
                    ));
                }
                return Ok(problem(
                    StatusCode::NOT_FOUND,
                    "The entity has no version with this number: its history lists those that it has.",
                ));
            };
            let builder =
                linked(publisher, connection, &name, |versions| versions.of_version(number))?;
            Ok(finished(builder.header(header::CONTENT_TYPE, state.media_type), state.body))
        })
        .await
}

pub(super) async fn history(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
) -> Answer {
    let uri = publisher.uri(&name);
    publisher
        .read(move |publisher, connection| {
            let versions = store::versions(connection, &uri)?;
            let Some(versions) = Versions::new(&publisher.store, name.as_str(), versions) else {
                return Ok(absent());
            };
            let feed = versions.feed(&format!("{}.example", publisher.store.feed().id))?;
            let builder = Response::builder()
                .header(header::CONTENT_TYPE, "application/atom+xml;type=feed")
                .header(header::CACHE_CONTROL, "no-cache");
            Ok(finished(builder, feed))
        })
        .await
}
