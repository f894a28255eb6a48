//! The page: one document, one script in four modules and two stylesheets, which are part of the program.
//!
//! The script is a client of the server as any other is: it signs in by a token, reads the service document,
//! and creates, edits and deletes entries by the protocol. It talks to its own server alone.
//!
//! Nothing that a feed says can act:
//!
//! - Every string is shown as text, and a link is made of http and https URIs only.
//! - HTML is sanitised by the server ([`preview`](crate::preview)), and shown in a frame of its own
//!   (`iframe sandbox srcdoc`) rather than in the page. The frame has an origin of its own, runs no scripts
//!   and inherits the policy below, so that a fault of the sanitiser would still give it neither the
//!   token nor a way to draw over the page.
//! - The policy of the page (`Content-Security-Policy`) names its script, stylesheets and image, and permits
//!   requests to the server: no other script, also not one that a user has stored on this server as a media
//!   resource, no inline script, no form, no frame around it.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

const FIELDS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    // The program may be another one the next time.
    (CACHE_CONTROL, "no-cache"),
];

const SHARING: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Only the page itself uses it.
const OWN: &str = "same-origin";
/// The frame of an entry uses it, which has another origin than the page.
const FRAMES: &str = "cross-origin";

/// The policy for the page at an authority, by which the browser has reached it. A source without a scheme has
/// that of the page. A policy cannot name an address of IPv6 (CSP level 3, section 2.3.1): there, what is of the
/// same server is permitted.
fn policy(authority: &str) -> String {
    let sources = |paths: &[&str]| match authority.starts_with('[') {
        true => " 'self'".to_owned(),
        false => paths.iter().map(|path| format!(" {authority}/assets/{path}")).collect(),
    };
    let scripts = sources(&["app.js", "atom.js", "server.js", "show.js"]);
    let styles = sources(&["style.css", "content.css"]);
    let images = sources(&["icon.svg"]);
    format!(
        "default-src 'none'; script-src{scripts}; style-src{styles}; connect-src 'self'; \
         img-src{images}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Returns the routes of the page, `/` and `/assets/*`, which need no authentication. Whoever mounts
/// them has checked Host, which the policy names.
pub fn routes() -> Router {
    let asset = |media_type, text, sharing| {
        get(async move |headers: HeaderMap| {
            let authority = headers.get(HOST).and_then(|host| host.to_str().ok());
            asset(&policy(authority.unwrap_or_default()), media_type, text, sharing)
        })
    };
    let script = include_str!("assets/app.js");
    let atom = include_str!("assets/atom.js");
    let server = include_str!("assets/server.js");
    let show = include_str!("assets/show.js");
    let style = include_str!("assets/style.css");
    let content = include_str!("assets/content.css");
    let icon = include_str!("assets/icon.svg");
    Router::new()
        .route("/", asset("text/html; charset=utf-8", include_str!("assets/index.html"), OWN))
        .route("/assets/app.js", asset("text/javascript; charset=utf-8", script, OWN))
        .route("/assets/atom.js", asset("text/javascript; charset=utf-8", atom, OWN))
        .route("/assets/server.js", asset("text/javascript; charset=utf-8", server, OWN))
        .route("/assets/show.js", asset("text/javascript; charset=utf-8", show, OWN))
        .route("/assets/style.css", asset("text/css; charset=utf-8", style, OWN))
        .route("/assets/content.css", asset("text/css; charset=utf-8", content, FRAMES))
        .route("/assets/icon.svg", asset("image/svg+xml", icon, OWN))
}

fn asset(
    policy: &str,
    media_type: &'static str,
    text: &'static str,
    sharing: &'static str,
) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    // A Host that is no field value cannot have come.
    let policy = HeaderValue::from_str(policy);
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    let fields = [(CONTENT_TYPE, media_type), (SHARING, sharing)];
    for (name, value) in FIELDS.into_iter().chain(fields) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_an_authority_that_it_can_name() {
        assert!(policy("a.example:80").contains("script-src a.example:80/assets/app.js "));
        assert!(!policy("a.example:80").contains("script-src 'self'"));
        assert!(policy("[::1]:8080").contains("script-src 'self';"));
    }
}
