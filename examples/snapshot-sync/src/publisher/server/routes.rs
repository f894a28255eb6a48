//! The routes: which function answers which request.

use super::problem::described;
use super::publisher::{Publisher, START};
use super::timeline::{self, TIMELINE};
use super::{access, changes, entities, requests, snapshots, versions, writes};
use crate::publisher::feed::SUBSCRIPTION;
use crate::publisher::store::MOST_ENTITY_OCTETS;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use std::sync::Arc;
use tower_http::limit::RequestBodyLimitLayer;

impl Publisher {
    /// Returns the routes, for the caller to serve.
    pub fn router(self: Arc<Self>) -> Router {
        let entity = get(entities::entity);
        // The rows of an application's table are written by the application.
        let entity = match self.is_copy {
            true => entity,
            false => entity
                .put(writes::put)
                .patch(writes::patch)
                .delete(writes::delete)
                .post(writes::post),
        };
        let entity = entity.fallback(versions::version_control);
        // A segment of the path of entities may begin with a colon or an asterisk.
        let routes = Router::new()
            .without_v07_checks()
            .route(START, get(snapshots::latest))
            .route("/snapshots/{id}/index", get(snapshots::index))
            .route("/snapshots/{id}/{number}", get(snapshots::package))
            .route(SUBSCRIPTION, get(changes::subscription))
            .route("/changes/archive/{number}", get(changes::archive))
            .route("/changes/{event}", get(changes::event))
            .route(TIMELINE, get(timeline::timeline))
            .route(&self.store.feed().entities.name("{id}"), entity)
            .route("/versions/{id}/{number}", get(versions::version))
            .route("/histories/{id}", get(versions::history))
            .layer(DefaultBodyLimit::disable())
            .layer(RequestBodyLimitLayer::new(MOST_ENTITY_OCTETS));
        let routes = match self.token.clone() {
            Some(token) => routes.layer(axum::middleware::from_fn_with_state(token, access::check)),
            None => routes,
        };
        let count = axum::middleware::from_fn_with_state(self.requests.clone(), requests::count);
        routes.layer(axum::middleware::map_response(described)).layer(count).with_state(self)
    }
}
