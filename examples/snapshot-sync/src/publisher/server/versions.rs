//! Versions of entities, and their histories.

use super::Publisher;
use super::answer::{Answer, finished, linked, plain};
use super::name::Name;
use crate::publisher::snapshot::ENTITY_TYPE;
use crate::publisher::store;
use crate::publisher::versions::Versions;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{Method, StatusCode, header};
use std::sync::Arc;

/// RFC 3253 section 3.5: every entity is under version control, so nothing changes.
pub(super) async fn version_control(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    method: Method,
) -> Answer {
    if method.as_str() != "VERSION-CONTROL" {
        let builder = Response::builder().status(StatusCode::METHOD_NOT_ALLOWED);
        return Ok(finished(
            builder.header(header::ALLOW, "GET, HEAD, PUT, PATCH, DELETE, POST, VERSION-CONTROL"),
            Vec::new(),
        ));
    }
    let uri = name.uri();
    publisher
        .read(move |_, connection| {
            if store::entity(connection, &uri)?.is_none() {
                return Ok(plain(StatusCode::NOT_FOUND));
            }
            let versions = store::versions(connection, &uri)?;
            let links = Versions::new(name.as_str(), &versions)
                .map(|versions| versions.of_version_control());
            Ok(finished(linked(links.transpose()?), Vec::new()))
        })
        .await
}

pub(super) async fn version(
    State(publisher): State<Arc<Publisher>>,
    Path((name, number)): Path<(Name, u64)>,
) -> Answer {
    let uri = name.uri();
    publisher
        .read(move |_, connection| {
            let Some(state) = store::state(connection, &uri, number)? else {
                return Ok(plain(StatusCode::NOT_FOUND));
            };
            let versions = store::versions(connection, &uri)?;
            let links =
                Versions::new(name.as_str(), &versions).map(|versions| versions.of_version(number));
            let builder = linked(links.transpose()?).header(header::CONTENT_TYPE, ENTITY_TYPE);
            Ok(finished(builder, state))
        })
        .await
}

pub(super) async fn history(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
) -> Answer {
    let uri = name.uri();
    publisher
        .read(move |publisher, connection| {
            let versions = store::versions(connection, &uri)?;
            let Some(versions) = Versions::new(name.as_str(), &versions) else {
                return Ok(plain(StatusCode::NOT_FOUND));
            };
            let feed = versions.feed(&format!("{}.example", publisher.store.feed().id))?;
            let builder = Response::builder()
                .header(header::CONTENT_TYPE, "application/atom+xml;type=feed")
                .header(header::CACHE_CONTROL, "no-cache");
            Ok(finished(builder, feed))
        })
        .await
}
