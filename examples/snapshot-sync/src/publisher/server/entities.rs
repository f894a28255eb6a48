//! Entities in their current state.

use super::answer::{Answer, finished, not_modified};
use super::problem::{absent, problem};
use super::publisher::Publisher;
use super::versions::linked;
use crate::digest;
use crate::publisher::condition::none_match_names;
use crate::publisher::name::Name;
use crate::publisher::store;
use crate::publisher::versions::Versions;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

pub(super) async fn entity(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
) -> Answer {
    let uri = publisher.uri(&name);
    publisher
        .read(move |publisher, connection| {
            let Some(entity) = store::entity(connection, &uri)? else {
                let gone = store::has_been(connection, &uri)?;
                return Ok(match (gone, publisher.is_copy) {
                    (true, false) => {
                        problem(StatusCode::GONE, "The entity was deleted: PUT creates it anew.")
                    }
                    (true, true) => problem(StatusCode::GONE, "The table's row was deleted."),
                    (false, false) => absent(),
                    (false, true) => {
                        problem(StatusCode::NOT_FOUND, "The table has no row with this key.")
                    }
                });
            };
            if none_match_names(&headers, &entity.etag) {
                return Ok(not_modified(&entity.etag));
            }
            let builder = linked(publisher, connection, &name, Versions::of_entity)?
                .header(header::CONTENT_TYPE, entity.media_type)
                .header(header::ETAG, entity.etag)
                .header("Content-Digest", digest::of_octets(&entity.body));
            Ok(finished(builder, entity.body))
        })
        .await
}
