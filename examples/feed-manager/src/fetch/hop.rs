//! The URI of each request: the one that the user names, and where a redirect leads.

use super::address::Addresses;
use super::cause::Cause;
use std::net::IpAddr;
use url::{Host, Url};

/// The URI of a request that may be sent, as far as it can be known before its name is resolved.
#[derive(Debug, Clone)]
pub(super) struct Hop(Url);

impl Hop {
    /// The first request.
    pub(super) fn first(uri: &str, addresses: &Addresses) -> Result<Self, Cause> {
        Self::check(Url::parse(uri)?, addresses)
    }

    /// The request that a redirect asks for.
    pub(super) fn redirected(&self, location: &[u8], addresses: &Addresses) -> Result<Self, Cause> {
        let location = str::from_utf8(location).map_err(|_| Cause::Location)?;
        let next = Self::check(self.0.join(location)?, addresses)?;
        if self.0.scheme() == "https" && next.0.scheme() != "https" {
            return Err(Cause::Downgrade);
        }
        Ok(next)
    }

    fn check(mut url: Url, addresses: &Addresses) -> Result<Self, Cause> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Cause::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Cause::UserInformation);
        }
        // The client connects to a literal address without asking its resolver.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Cause::Scheme),
        };
        if literal.is_some_and(|address| !addresses.permit(address)) {
            return Err(Cause::Address);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_and_https_without_user_information_are_fetched() {
        let addresses = Addresses::default();
        for (uri, fetched) in [
            ("http://example.org/feed", true),
            ("https://example.org:8443/feed?a=b#c", true),
            ("HTTPS://EXAMPLE.ORG", true),
            ("ftp://example.org/feed", false),
            ("file:///etc/passwd", false),
            ("gopher://example.org/", false),
            ("data:text/plain,x", false),
            ("javascript:alert(1)", false),
            ("example.org/feed", false),
            ("", false),
            ("http://user@example.org/", false),
            ("http://user:secret@example.org/", false),
            ("http://:secret@example.org/", false),
            ("http://", false),
        ] {
            assert_eq!(Hop::first(uri, &addresses).is_ok(), fetched, "{uri}");
        }
    }

    #[test]
    fn a_literal_address_is_checked_in_each_of_its_spellings() {
        let addresses = Addresses::default();
        for uri in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://0/",
            "http://①②⑦.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::]/",
            "http://[64:ff9b::7f00:1]/",
            "http://169.254.169.254/latest/",
            "http:127.0.0.1/",
            r"http:\\127.0.0.1\",
            "http:/127.0.0.1",
        ] {
            assert!(matches!(Hop::first(uri, &addresses), Err(Cause::Address)), "{uri}");
        }
    }

    #[test]
    fn a_redirect_never_leads_from_https_to_http_and_is_checked_as_the_first_uri() {
        let addresses = Addresses::default();
        let secure = Hop::first("https://example.org/a/b", &addresses).unwrap();
        let plain = Hop::first("http://example.org/a/b", &addresses).unwrap();
        let to = |from: &Hop, location: &str| {
            from.redirected(location.as_bytes(), &addresses).map(|hop| hop.0.to_string())
        };
        assert!(matches!(to(&secure, "http://example.org/"), Err(Cause::Downgrade)));
        assert!(matches!(to(&secure, "http://example.com/feed"), Err(Cause::Downgrade)));
        assert_eq!(to(&secure, "c#d").unwrap(), "https://example.org/a/c");
        assert_eq!(to(&secure, "//example.com/").unwrap(), "https://example.com/");
        assert_eq!(to(&plain, "https://example.com/").unwrap(), "https://example.com/");
        assert!(matches!(to(&plain, "http://10.0.0.1/"), Err(Cause::Address)));
        assert!(matches!(to(&plain, "//[fd00:ec2::254]/"), Err(Cause::Address)));
        assert!(matches!(to(&plain, "file:///etc/passwd"), Err(Cause::Scheme)));
        assert!(matches!(to(&plain, "//a:b@example.org/"), Err(Cause::UserInformation)));
        assert!(matches!(plain.redirected(b"\xff", &addresses), Err(Cause::Location)));
    }
}
