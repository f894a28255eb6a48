//! Which servers a walk asks.

use super::visit::LeftOut;
use crate::ext::End;
use crate::ext::walk::{admit, normal};
use crate::limits::Limits;
use iri_string::types::IriStr;

/// Which authorities a walk asks for bundles. An authority is a host and a port; hosts are compared
/// without regard to case, and the default port of a scheme equals no port.
///
/// The policy compares names, not addresses: a caller that is not to reach private networks checks
/// the address of each connection, that of each redirection too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorityPolicy {
    /// Every authority. This is the default: bundles refer to bundles of other servers.
    #[default]
    Any,
    /// That of the first bundle only.
    Start,
    /// These only, such as `example.org` or `example.org:8080`.
    Listed(Vec<String>),
}

impl AuthorityPolicy {
    pub(super) fn allows(&self, start: &str, uri: &str) -> bool {
        let authority = authority(uri);
        match self {
            Self::Any => true,
            Self::Start => authority == self::authority(start),
            Self::Listed(listed) => {
                let scheme = uri.split_once(':').map_or("http", |(scheme, _)| scheme);
                listed.iter().any(|it| self::authority(&format!("{scheme}://{it}/")) == authority)
            }
        }
    }
}

/// The authority of a URI in its normal form.
fn authority(uri: &str) -> String {
    let uri = normal(uri);
    let after = uri.split_once("://").map_or("", |(_, after)| after);
    after.split(['/', '?']).next().unwrap_or_default().to_owned()
}

/// The form of a URI in which bundles are compared: encoded as a URI, in normal form, without a
/// fragment.
pub(super) fn key(uri: &str) -> String {
    match IriStr::new(uri) {
        Ok(iri) => normal(&iri.encode_to_uri().to_string()),
        Err(_) => uri.to_owned(),
    }
}

/// The URI that can be asked for, without its fragment.
pub(super) fn askable(uri: &str, limits: &Limits) -> Result<String, LeftOut> {
    if uri.len() as u64 > limits.uri_octets {
        return Err(LeftOut::Length);
    }
    let iri = admit(uri).map_err(|end| match end {
        End::Scheme => LeftOut::Scheme,
        _ => LeftOut::Unresolved,
    })?;
    let iri = IriStr::new(&iri).map_err(|_| LeftOut::Unresolved)?;
    if iri.authority_str().is_none_or(str::is_empty) {
        return Err(LeftOut::Unresolved);
    }
    Ok(iri.encode_to_uri().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_6_2_3_authorities_are_compared_in_their_normal_form() {
        let listed =
            AuthorityPolicy::Listed(vec!["A.example".to_owned(), "b.example:81".to_owned()]);
        let start = "http://s.example/x";
        for (policy, uri, expected) in [
            (&AuthorityPolicy::Any, "http://z/", true),
            (&AuthorityPolicy::Start, "HTTP://S.example:80/y", true),
            (&AuthorityPolicy::Start, "http://s.example:81/y", false),
            (&AuthorityPolicy::Start, "http://s.example@evil.example/", false),
            (&listed, "https://a.example:443/", true),
            (&listed, "http://a.example:443/", false),
            (&listed, "http://b.example:81/", true),
            (&listed, "http://b.example/", false),
            (&listed, "http://a.example.evil/", false),
        ] {
            assert_eq!(policy.allows(start, uri), expected, "{policy:?} {uri}");
        }
    }

    #[test]
    fn rfc3987_3_1_what_is_asked_for_is_a_uri_of_http() {
        let limits = Limits::default();
        let asked = |uri: &str| askable(uri, &limits);
        assert_eq!(asked("http://a/\u{e9}#f").as_deref(), Ok("http://a/%C3%A9"));
        assert_eq!(asked("file:///etc/passwd"), Err(LeftOut::Scheme));
        assert_eq!(asked("/relative"), Err(LeftOut::Unresolved));
        assert_eq!(asked("http:///x"), Err(LeftOut::Unresolved));
        assert_eq!(asked(&format!("http://a/{}", "x".repeat(3000))), Err(LeftOut::Length));
        assert_eq!(key("HTTP://A:80/%7Eb/\u{e9}#f"), key("http://a/~b/%C3%A9"));
    }
}
