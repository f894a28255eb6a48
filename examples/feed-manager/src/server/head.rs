//! How large the head of a request may be.

use crate::server::limits::Limits;
use crate::server::refusal::Refusal;
use http::StatusCode;
use http::request::Parts;

/// Refuses a head that exceeds a limit. The library for HTTP has limits too, which are higher, since what it
/// refuses gets an answer without a body.
pub(super) fn check(parts: &Parts, limits: &Limits) -> Result<(), Refusal> {
    let (uri, path) = (&parts.uri, parts.uri.path_and_query());
    let authority = uri.authority().map_or(0, |it| it.as_str().len() + "https://".len());
    let target = path.map_or(0, |it| it.as_str().len()) + authority;
    let most = limits.target_octets;
    if target > most {
        let detail =
            format!("the target of the request has {target} octets, and the limit is {most}");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, detail));
    }
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let (fields, most) = (parts.headers.len(), limits.head_fields);
    if fields > most {
        let detail =
            format!("the head of the request has {fields} fields, and the limit is {most}");
        return Err(Refusal::new(too_large, detail));
    }
    // A field is followed by a colon, a space and the end of the line.
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len() + 4
    };
    let octets = parts.headers.iter().map(field).sum::<usize>() + target;
    let most = limits.head_octets.max(8192);
    if octets > most {
        let detail =
            format!("the head of the request has {octets} octets, and the limit is {most}");
        return Err(Refusal::new(too_large, detail));
    }
    Ok(())
}
