//! Entities, as they are now.

use super::Publisher;
use super::answer::{Answer, finished, linked, not_modified, plain};
use crate::condition::none_match_names;
use crate::digest;
use crate::generate::ENTITIES;
use crate::snapshot::ENTITY_TYPE;
use crate::store;
use crate::versions::Versions;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

pub(super) async fn entity(
    State(publisher): State<Arc<Publisher>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let uri = format!("{ENTITIES}{id}");
    publisher
        .read(move |_, connection| {
            let Some(entity) = store::entity(connection, &uri)? else {
                let gone = store::has_been(connection, &uri)?;
                return Ok(plain(if gone { StatusCode::GONE } else { StatusCode::NOT_FOUND }));
            };
            if none_match_names(&headers, &entity.etag) {
                return Ok(not_modified(&entity.etag));
            }
            let versions = store::versions(connection, &uri)?;
            let links = Versions::new(&id, &versions).map(|versions| versions.of_entity());
            let builder = linked(links.transpose()?)
                .header(header::CONTENT_TYPE, ENTITY_TYPE)
                .header(header::ETAG, entity.etag)
                .header("Content-Digest", digest::of_octets(&entity.body));
            Ok(finished(builder, entity.body))
        })
        .await
}
