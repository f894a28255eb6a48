//! Whether a link leaves the administrative domain of its context (RFC 5829 section 5).

use super::components::Components;
use super::normal::{default_port, normal};

/// How a target's authority differs from that of the context (RFC 5829 section 5, RFC 3986 section
/// 3.2).
///
/// Hosts are compared without regard to case, and ports after the scheme's default port was filled
/// in. User information does not count.
///
/// | context | target | crossing |
/// |---|---|---|
/// | `http://example.net/a` | `http://EXAMPLE.net:80/b` | `None` |
/// | `http://example.net/a` | `https://example.net/a` | `Scheme` |
/// | `http://example.net/a` | `http://example.net:8080/a` | `Authority` |
/// | `http://example.net/a` | `urn:uuid:...` | `Authority` |
/// | `urn:example:a` | `urn:example:a#part` | `None` |
/// | `urn:example:a` | `urn:example:b` | `Authority` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Crossing {
    /// The target has the same host and port and the same scheme. A URI without an authority has
    /// none of these, so it crosses, unless it names the same document.
    None,
    /// One of the two URIs has the scheme `http` and the other one `https`. The host is the same, and
    /// the port too, or each is the default port of its scheme.
    Scheme,
    /// The host, the port or the scheme is another one.
    Authority,
}

impl Crossing {
    /// Compares two absolute URIs.
    pub(crate) fn between(context: &str, target: &str) -> Self {
        let (one, other) = (Components::of(context), Components::of(target));
        if one.scheme == other.scheme && one.authority.is_some() && one.authority == other.authority
        {
            return Self::None;
        }
        let (Some((host, port)), Some((other_host, other_port))) =
            (one.host_and_port(), other.host_and_port())
        else {
            return match same_document(context, target) {
                true => Self::None,
                false => Self::Authority,
            };
        };
        let (scheme, other_scheme) =
            (one.scheme.unwrap_or_default(), other.scheme.unwrap_or_default());
        let filled = |port: Option<&'static str>, stated: Option<&str>| {
            stated.map_or(port.unwrap_or_default().to_owned(), |stated| {
                stated.trim_start_matches('0').to_owned()
            })
        };
        let default = default_port(scheme);
        let other_default = default_port(other_scheme);
        let (port, other_port) = (filled(default, port), filled(other_default, other_port));
        let is_web = |scheme: &str| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        };
        let are_default = || default == Some(&*port) && other_default == Some(&*other_port);
        if !same_host(host, other_host) {
            Self::Authority
        } else if scheme.eq_ignore_ascii_case(other_scheme) {
            if port == other_port { Self::None } else { Self::Authority }
        } else if is_web(scheme) && is_web(other_scheme) && (port == other_port || are_default()) {
            Self::Scheme
        } else {
            Self::Authority
        }
    }
}

/// Whether two hosts are the same without regard to case and needless percent-encoding.
fn same_host(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    let normal_host = |host: &str| normal(&format!("a://{host}/")).into_owned();
    let is_encoded = |host: &str| host.contains('%');
    (is_encoded(one) || is_encoded(other)) && normal_host(one) == normal_host(other)
}

/// Whether two URIs name the same document: they differ at most in their fragments.
fn same_document(one: &str, other: &str) -> bool {
    let one = normal(one);
    let other = normal(other);
    let without_fragment = |uri: &str| uri.split('#').next().map(str::len);
    one.get(..without_fragment(&one).unwrap_or(0))
        == other.get(..without_fragment(&other).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5829_5_the_crossing_of_two_uris_is_told() {
        use Crossing::{Authority, None, Scheme};
        for (one, other, expected) in [
            ("http://a/b", "http://a/c", None),
            ("http://a/b", "HTTP://A:80/c", None),
            ("https://a:443/b", "https://a:0443/c", None),
            ("http://u@a/b", "http://a/c", None),
            ("http://a%2db/", "http://a-b/", None),
            ("http://a/b", "https://a/b", Scheme),
            ("http://a:80/b", "https://a:443/b", Scheme),
            ("http://a:8080/b", "https://a:8080/b", Scheme),
            ("http://a:8080/b", "https://a/b", Authority),
            ("http://a/b", "https://c/b", Authority),
            ("http://a/b", "http://a:8080/b", Authority),
            ("http://a/b", "ftp://a/b", Authority),
            ("coap://a/b", "coap://a/b", None),
            ("coap://a/b", "coap://a:5683/b", Authority),
            ("http://a/b", "urn:a:b", Authority),
            ("urn:a:b", "http://a/b", Authority),
            ("urn:a:b", "urn:a:b", None),
            ("urn:a:b", "URN:a:b#c", None),
            ("urn:a:b", "urn:a:c", Authority),
            ("mailto:a@b", "mailto:c@b", Authority),
            ("file:///a", "file:///b", None),
        ] {
            assert_eq!(Crossing::between(one, other), expected, "{one} to {other}");
            assert_eq!(Crossing::between(other, one), expected, "{other} to {one}");
        }
    }
}
