//! The responses that refuse a request, each with a problem document (RFC 9457).

use super::super::problem::Problem;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Response, StatusCode};

/// Refuses with a sentence.
pub(super) fn refuse(status: StatusCode, detail: impl Into<String>) -> Response<Vec<u8>> {
    Problem::of_status(status).with_detail(detail).into_response()
}

/// Refuses what violates a rule.
pub(super) fn refuse_rule(status: StatusCode, rule: Rule) -> Response<Vec<u8>> {
    Problem::of_status(status).with_rule(rule).with_detail(rule.sentence()).into_response()
}

/// Refuses what has more of something than a limit allows.
pub(super) fn refuse_limit(limit: Limit, limits: &Limits) -> Response<Vec<u8>> {
    let detail = format!("more than {} {}", limit.of(limits), limit.counted());
    refuse(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// Refuses a document. `found` are the violations in it as it was sent: they know the line of a
/// violation in what would be stored.
pub(super) fn refuse_document(
    error: &Error,
    limits: &Limits,
    found: Option<&Diagnostics>,
) -> Response<Vec<u8>> {
    let rule = match error.kind() {
        ErrorKind::Limit(limit) => return refuse_limit(limit, limits),
        ErrorKind::Rule(rule) => rule,
    };
    let mut detail = rule.sentence().to_owned();
    if rule == Rule::Encoding {
        detail.push_str(
            "; a document that declares no encoding is in UTF-8, and one in ISO-8859-1 or \
             windows-1252 has to declare it",
        );
    }
    let mut problem =
        Problem::of_status(StatusCode::BAD_REQUEST).with_rule(rule).with_detail(detail);
    if let Some(path) = error.path() {
        problem = problem.with_path(path);
    }
    let same = found.and_then(|found| found.iter().find(|one| one.rule() == rule));
    if let Some(position) = error.position().or_else(|| same?.position()) {
        problem = problem.with_place(position.line(), position.column());
    }
    problem.into_response()
}

/// The response to a HEAD: without the body, and with its length (RFC 9110 section 9.3.2).
pub(super) fn head_only(mut response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let length = HeaderValue::from(response.body().len());
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response.body_mut().clear();
    response
}

/// Adds a field to a response.
pub(super) fn with_field(
    mut response: Response<Vec<u8>>,
    name: HeaderName,
    value: &str,
) -> Response<Vec<u8>> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
