//! The routes, and what is around each answer.

use crate::server::admission::permit_fetch;
use crate::server::answer::answer;
use crate::server::answered::Answered;
use crate::server::discard::discard;
use crate::server::head;
use crate::server::listen;
use crate::server::refusal::Refusal;
use crate::server::sent::Sent;
use crate::server::site::{Origin, Site};
use crate::store::{Database, UserName, segment, users};
use atom_fsm::interaction::PROBLEM;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// Serves a site on a socket until `stop` is done. Requests that have begun are answered, as far as they
/// are done in time.
///
/// # Errors
/// The errors of the socket.
pub async fn run(
    listener: TcpListener,
    site: Site,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let limits = site.limits;
    listen::serve(listener, router(site), limits, stop).await
}

/// Serves a new database on a socket, as long as the future is polled. There is one user, who is
/// whoever asks: this is for demonstrations on the loopback interface.
///
/// # Errors
/// The errors of the socket, and those of the database.
pub async fn demonstrate(listener: TcpListener, owner: &str) -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let origin = format!("http://{}", listener.local_addr()?);
    let origin = Origin::parse(&origin).map_err(std::io::Error::other)?;
    let database =
        Database::open(&folder.path().join("database")).map_err(std::io::Error::other)?;
    let site = Site::open(database.clone(), &origin).await.map_err(std::io::Error::other)?;
    let (name, title) = (segment(owner).unwrap_or_default(), owner.to_owned());
    let user =
        database.write(move |connection| users::add(connection, &UserName::parse(&name)?, &title));
    let user = user.await.map_err(std::io::Error::other)?;
    run(listener, site.only_user(user), std::future::pending()).await
}

/// Returns the routes of a site. The caller serves them.
pub fn router(site: Site) -> Router {
    let (open, signed_in) = (site.open.clone(), site.signed_in.clone());
    let site = Arc::new(site);
    // A layer around no routes is an error of axum.
    let signed_in = match signed_in.has_routes() {
        true => signed_in.route_layer(from_fn_with_state(site.clone(), only_signed_in)),
        false => signed_in,
    };
    Router::new()
        .fallback(member)
        .with_state(site.clone())
        .merge(open)
        .merge(signed_in)
        .layer(from_fn_with_state(site.clone(), only_known_hosts))
        // Whoever watches the server may know its address alone.
        .merge(Router::new().route("/health", get(health)).with_state(site.clone()))
        .layer(from_fn_with_state(site, only_small_heads))
        .layer(axum::middleware::map_response(guarded))
}

/// Says whether the database can be read and changed.
async fn health(State(site): State<Arc<Site>>) -> StatusCode {
    match tokio::time::timeout(site.limits.health_time, site.database.check()).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT,
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the server is not healthy");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(_) => {
            tracing::error!("the database does not answer in time");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

async fn member(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (extensions, limits) = (request.extensions().clone(), site.limits);
    let database = site.database.clone();
    let Answered { answer, media, permit } = answer(site, request).await;
    answer.map(|octets| {
        let sent = match media {
            Some(media) => Sent::media(database, media, &limits, &extensions),
            None => Sent::new(octets, permit, &limits, &extensions),
        };
        Body::new(sent)
    })
}

async fn only_signed_in(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let parts = Arc::new(parts);
    match permit_fetch(site.clone(), parts.clone()).await {
        Ok(turn) => {
            // The routes know nothing of users: the credentials end here.
            let mut parts = Arc::unwrap_or_clone(parts);
            parts.extensions.insert(turn);
            parts.headers.remove(http::header::AUTHORIZATION);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => {
            discard(&site.limits, &parts, body).await;
            refusal.into_response().map(Body::from)
        }
    }
}

async fn only_small_heads(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match head::check(&parts, &site.limits) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            discard(&site.limits, &parts, body).await;
            refusal.into_response().map(Body::from)
        }
    }
}

async fn only_known_hosts(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match site.hosts.check(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            discard(&site.limits, &parts, body).await;
            refusal.into_response().map(Body::from)
        }
    }
}

/// What each answer has that says nothing else: browsers run nothing of what users have posted, and give none
/// of it to pages of other sites; nobody stores what only its owner may see; and each refusal has a body.
async fn guarded(mut response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|it| it == PROBLEM);
    if is_error && !is_problem {
        let problem = Refusal::bare(status).into_response();
        let (parts, body) = problem.into_parts();
        response.headers_mut().extend(parts.headers);
        response.headers_mut().remove(http::header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    for (name, value) in [
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "private, no-cache"),
        (VARY, "Authorization"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
