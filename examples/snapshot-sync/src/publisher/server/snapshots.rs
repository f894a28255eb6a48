//! Snapshots: indexes, and packages as files that never change.

use super::answer::{Answer, finished, not_modified, redirect};
use super::problem::problem;
use super::publisher::{Publisher, START};
use super::{byteranges, timeline};
use crate::digest;
use crate::error::Error;
use crate::publisher::condition::none_match_names;
use crate::publisher::feed::SUBSCRIPTION;
use crate::publisher::range::{RangeRequest, Selection};
use crate::publisher::snapshot::{Found, Snapshot, index_path};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::io;
use std::sync::Arc;
use tokio::fs::File;
use tower::ServiceExt;
use tower_http::services::ServeFile;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("max-age=31536000, immutable");

/// Redirects to the index of the published snapshot; the target changes with each snapshot.
pub(super) async fn latest(State(publisher): State<Arc<Publisher>>) -> Answer {
    let Some(snapshot) = publisher.shelf.current() else {
        return Ok(problem(
            StatusCode::NOT_FOUND,
            "The publisher has no snapshot yet: ask again when it has written one.",
        ));
    };
    let index = index_path(snapshot.document().id());
    let index = publisher.store.references().from(START, &index);
    let mut answer = redirect(StatusCode::FOUND, &index);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(answer)
}

pub(super) async fn index(
    State(publisher): State<Arc<Publisher>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let snapshot = match found(&publisher, &id) {
        Ok(snapshot) => snapshot,
        Err(answer) => return Ok(*answer),
    };
    let etag = format!("\"{id}\"");
    if none_match_names(&headers, &etag) {
        return Ok(not_modified(&etag));
    }
    let octets = snapshot.octets().to_vec();
    let completed = snapshot.document().completed().unwrap_or_default();
    let name = index_path(&id);
    let feed = publisher.store.references().from(&name, SUBSCRIPTION);
    let builder = Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, IMMUTABLE)
        .header(header::LAST_MODIFIED, httpdate::fmt_http_date(completed.into()))
        .header(header::ETAG, etag)
        .header("Repr-Digest", digest::of_octets(&octets))
        .header(header::LINK, format!("<{feed}>; rel=\"current\""))
        .header(header::LINK, timeline::link(&publisher, &name));
    Ok(finished(builder, octets))
}

pub(super) async fn package(
    State(publisher): State<Arc<Publisher>>,
    Path((id, number)): Path<(String, usize)>,
    method: Method,
    mut headers: HeaderMap,
) -> Answer {
    let snapshot = match found(&publisher, &id) {
        Ok(snapshot) => snapshot,
        Err(answer) => return Ok(*answer),
    };
    let Some(package) = snapshot.package(number) else {
        return Ok(problem(StatusCode::NOT_FOUND, "The snapshot's index lists no such package."));
    };
    package.request();
    let range = RangeRequest::take(&method, &mut headers);
    let mime = snapshot.content_type().parse().unwrap_or(mime::APPLICATION_OCTET_STREAM);
    let file =
        ServeFile::new_with_mime(package.path(), &mime).precompressed_gzip().precompressed_zstd();
    let whole = served(file.clone(), &method, &headers).await;
    let coding = whole.headers().get(header::CONTENT_ENCODING).cloned();
    let coding = coding.as_ref().and_then(|coding| coding.to_str().ok());
    let octets = octets(&whole);
    let mut response = match range.selection(whole.headers().get(header::ETAG), octets) {
        // RFC 9110 section 13.2.2: the other conditions have precedence over ranges.
        _ if whole.status() != StatusCode::OK => whole,
        Selection::Whole => whole,
        Selection::One(range) => {
            let range = format!("bytes={}-{}", range.start(), range.end());
            part(file, &method, headers, &range).await
        }
        Selection::Unsatisfiable => part(file, &method, headers, &format!("bytes={octets}-")).await,
        Selection::Several(ranges) => {
            let path = package.form(coding);
            match File::open(&path).await {
                Ok(file) => byteranges::answer(file, whole.into_parts().0.headers, ranges, octets)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(gone()),
                Err(error) => return Err(Error::of_file(&path)(error)),
            }
        }
    };
    // The file may have been removed in the meantime.
    if response.status() == StatusCode::NOT_FOUND {
        return Ok(gone());
    }
    let status = response.status();
    let headers = response.headers_mut();
    // Other answers contain no representation, so the digest of none applies.
    if matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT)
        && let Some(digest) = package.digest(coding).and_then(|digest| digest.parse().ok())
    {
        headers.insert("Repr-Digest", digest);
    }
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        headers.insert(header::CACHE_CONTROL, IMMUTABLE);
    }
    Ok(response)
}

/// The number of octets of the representation that an answer contains.
fn octets(whole: &Response) -> u64 {
    let length = whole.headers().get(header::CONTENT_LENGTH);
    length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or_default()
}

/// Serves one range of a file.
async fn part(file: ServeFile, method: &Method, mut headers: HeaderMap, range: &str) -> Response {
    headers.extend(range.parse().ok().map(|range| (header::RANGE, range)));
    served(file, method, &headers).await
}

async fn served(file: ServeFile, method: &Method, headers: &HeaderMap) -> Response {
    let mut request = http::Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.headers_mut() = headers.clone();
    let served = file.oneshot(request).await;
    served.map_or_else(|never| match never {}, |response| response.map(Body::new))
}

fn found(publisher: &Publisher, id: &str) -> Result<Arc<Snapshot>, Box<Response>> {
    match publisher.shelf.find(id) {
        Found::Snapshot(snapshot) => Ok(snapshot),
        Found::Expired => Err(Box::new(gone())),
        Found::Unknown => Err(Box::new(problem(
            StatusCode::NOT_FOUND,
            "The publisher never had this snapshot: take the one that snapshots/latest leads to.",
        ))),
    }
}

fn gone() -> Response {
    problem(
        StatusCode::GONE,
        "A newer snapshot has replaced this one: take the one that snapshots/latest leads to.",
    )
}
