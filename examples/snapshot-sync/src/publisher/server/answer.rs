//! Common answers.

use crate::error::Error;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

pub(super) type Answer = Result<Response, Error>;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        // The cause is logged. It is not sent to the client.
        tracing::error!(error = &self as &dyn std::error::Error, "a request cannot be answered");
        // It is described like every failure that has no description.
        finished(Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR), Body::empty())
    }
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    finished(Response::builder().status(status).header(header::LOCATION, location), Body::empty())
}

pub(super) fn not_modified(etag: &str) -> Response {
    let builder = Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, etag);
    finished(builder, Body::empty())
}

pub(super) fn no_content() -> Response {
    finished(Response::builder().status(StatusCode::NO_CONTENT), Body::empty())
}

pub(super) fn finished(builder: http::response::Builder, body: impl Into<Body>) -> Response {
    builder.body(body.into()).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
