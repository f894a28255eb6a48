//! The routes: which function answers which request.

use super::problem::described;
use super::publisher::{Publisher, START};
use super::timeline::{self, TIMELINE};
use super::{access, changes, entities, requests, snapshots, versions, writes};
use crate::publisher::feed::SUBSCRIPTION;
use crate::publisher::store::MOST_ENTITY_OCTETS;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::get;
use http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Routes that a listener serves, and who counts their answers.
#[derive(Debug)]
pub struct Routes {
    router: Router,
    requests: Option<Arc<requests::Requests>>,
}

impl From<Router> for Routes {
    fn from(router: Router) -> Self {
        Self { router, requests: None }
    }
}

impl Routes {
    /// The routes, whose answers begin within a time. Those that do not are counted too: as 408.
    pub(crate) fn within(self, time: Duration) -> Router {
        let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
        let router = self.router.layer(timeout).layer(map_response(described));
        match self.requests {
            Some(requests) => router.layer(from_fn_with_state(requests, requests::count)),
            None => router,
        }
    }
}

impl Publisher {
    /// Returns the routes, for a listener of this library.
    #[must_use]
    pub fn routes(self: Arc<Self>) -> Routes {
        let requests = Some(self.requests.clone());
        Routes { router: self.uncounted(), requests }
    }

    /// Returns the routes, for the caller to serve.
    pub fn router(self: Arc<Self>) -> Router {
        let count = from_fn_with_state(self.requests.clone(), requests::count);
        self.uncounted().layer(count)
    }

    fn uncounted(self: Arc<Self>) -> Router {
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
            Some(token) => routes.layer(from_fn_with_state(token, access::check)),
            None => routes,
        };
        routes.layer(map_response(described)).with_state(self)
    }
}
