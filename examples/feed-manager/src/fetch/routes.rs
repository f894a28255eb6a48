//! What a page asks the server for: a preview of a feed, and the feeds of a page.
//!
//! | URI | answers with |
//! |---|---|
//! | `/fetch/preview?uri=` | [`Preview`] as JSON |
//! | `/fetch/find?uri=` | the final URI, and the [`Candidate`](crate::preview::Candidate)s, as JSON |
//!
//! A refusal is `application/problem+json` (RFC 9457).

use super::cause::Unfetched;
use super::fetcher::{Fetched, Fetcher};
use crate::preview::{self, Candidate, Preview, Source, Unreadable};
use crate::server::Turn;
use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Response, StatusCode};
use serde::Serialize;

/// Returns the routes. They do not ask who is there: the caller mounts them behind its authentication, so
/// that nobody else makes this server fetch anything, and behind a limit on the requests of each user.
pub fn routes(fetcher: Fetcher) -> Router {
    Router::new()
        .route("/fetch/preview", get(preview))
        .route("/fetch/find", get(find))
        .with_state(fetcher)
}

/// The turn of the user who asks, where the caller has added one to the request.
type Its = Option<Extension<Turn>>;

async fn preview(
    State(fetcher): State<Fetcher>,
    turn: Its,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let Some(uri) = named_uri(query.as_deref()) else { return unnamed() };
    match fetcher.fetch(&uri).await {
        Ok(fetched) => {
            in_its_thread(fetched, turn, |source| match Preview::read(source) {
                Ok(preview) => json(StatusCode::OK, "application/json", &preview),
                Err(unreadable) => refused_document(&unreadable),
            })
            .await
        }
        Err(error) => unfetched(error),
    }
}

#[derive(Serialize)]
struct Found<'a> {
    uri: &'a str,
    candidates: &'a [Candidate],
}

async fn find(
    State(fetcher): State<Fetcher>,
    turn: Its,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let Some(uri) = named_uri(query.as_deref()) else { return unnamed() };
    match fetcher.fetch(&uri).await {
        Ok(fetched) => {
            in_its_thread(fetched, turn, |source| {
                let found = Found { uri: source.uri, candidates: &preview::find(source) };
                json(StatusCode::OK, "application/json", &found)
            })
            .await
        }
        Err(error) => unfetched(error),
    }
}

/// Reads a document in a thread that no other request waits for. The turns last until it is read, whether or
/// not the client still waits.
async fn in_its_thread(
    fetched: Fetched,
    turn: Its,
    read: impl FnOnce(&Source<'_>) -> Response<Body> + Send + 'static,
) -> Response<Body> {
    let reading = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        read(&Source {
            uri: fetched.uri(),
            content_type: fetched.content_type(),
            octets: fetched.octets(),
        })
    });
    reading.await.unwrap_or_else(|_| unfetched(Unfetched))
}

/// The URI that the query names.
fn named_uri(query: Option<&str>) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query?.as_bytes());
    let uri = pairs.find(|(name, _)| name == "uri")?.1.trim().to_owned();
    (!uri.is_empty()).then_some(uri)
}

/// A problem (RFC 9457). Its type is `about:blank`; the rule is an extension, named as those of the
/// documents that the server refuses.
#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    detail: String,
    rule: &'a str,
}

fn problem(status: StatusCode, rule: &str, detail: String) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { title, status: status.as_u16(), detail, rule };
    json(status, "application/problem+json", &problem)
}

fn unnamed() -> Response<Body> {
    problem(StatusCode::BAD_REQUEST, "fetch-uri", "the query has no uri".to_owned())
}

fn unfetched(error: Unfetched) -> Response<Body> {
    problem(StatusCode::BAD_GATEWAY, "fetch-failed", error.to_string())
}

fn refused_document(unreadable: &Unreadable) -> Response<Body> {
    problem(StatusCode::UNPROCESSABLE_ENTITY, unreadable.rule(), unreadable.to_string())
}

fn json(status: StatusCode, media_type: &'static str, value: &impl Serialize) -> Response<Body> {
    // A value without maps and numbers of floating point is always written.
    let octets = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(octets));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", http::HeaderValue::from_static("nosniff"));
    response
}
