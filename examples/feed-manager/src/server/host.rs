//! Which server a request is for (RFC 9110 section 7.2).

use crate::server::refusal::Refusal;
use http::StatusCode;
use http::header::HOST;
use http::request::Parts;

/// The names that a server answers to. A name that its owner never gave it leads to this server only
/// where somebody wants a browser to take it for another one (DNS rebinding).
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    scheme: String,
    names: Vec<String>,
}

impl Hosts {
    /// Answers to one name.
    pub(super) fn new(scheme: &str, authority: &str) -> Self {
        let mut hosts = Self { scheme: scheme.to_ascii_lowercase(), names: Vec::new() };
        hosts.add(authority);
        hosts
    }

    /// Answers to one name more.
    pub(super) fn add(&mut self, authority: &str) {
        let name = self.canonical(authority);
        self.names.push(name);
    }

    /// The authority in lower case, without the port that its scheme has anyway.
    fn canonical(&self, authority: &str) -> String {
        let port = if self.scheme == "https" { ":443" } else { ":80" };
        let authority = authority.to_ascii_lowercase();
        authority.strip_suffix(port).map_or(authority.clone(), str::to_owned)
    }

    /// Refuses a request that has not exactly one Host (RFC 9112 section 3.2), and one for another
    /// server.
    pub(super) fn check(&self, parts: &Parts) -> Result<(), Refusal> {
        let mut fields = parts.headers.get_all(HOST).iter();
        let (Some(host), None) = (fields.next(), fields.next()) else {
            let detail = "a request has exactly one field Host";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, detail));
        };
        let host = host.to_str().unwrap_or_default();
        // A target in absolute form overrules the field (RFC 9112 section 3.2.2).
        let target = parts.uri.authority().map(http::uri::Authority::as_str);
        let is_known = |name: &str| self.names.contains(&self.canonical(name));
        if is_known(host) && target.is_none_or(is_known) {
            return Ok(());
        }
        let detail = "this server does not answer to the name in Host";
        Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, detail))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn rfc9112_3_2_there_is_exactly_one_host_and_it_is_known() {
        let mut hosts = Hosts::new("http", "Example.org:80");
        hosts.add("127.0.0.1:8080");
        for (target, fields, expected) in [
            ("/", &["example.org"][..], 0),
            ("/", &["EXAMPLE.org:80"], 0),
            ("/", &["127.0.0.1:8080"], 0),
            ("http://example.org/", &["example.org"], 0),
            ("http://evil.example/", &["example.org"], 421),
            ("/", &["127.0.0.1"], 421),
            ("/", &["evil.example"], 421),
            ("/", &["example.org.evil.example"], 421),
            ("/", &["\u{e9}"], 421),
            ("/", &[""], 421),
            ("/", &[], 400),
            ("/", &["example.org", "example.org"], 400),
        ] {
            let mut request = http::Request::get(target);
            for field in fields {
                request = request.header(HOST, *field);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let refused = hosts
                .check(&parts)
                .err()
                .map_or(0, |refusal| refusal.into_response().status().as_u16());
            assert_eq!(refused, expected, "{target} {fields:?}");
        }
    }
}
