//! Which members of bundles are the same.

use atom_fsm::atom::Base;
use atom_fsm::fsm::{Bundle, Member};
use reqwest::Url;

/// The form of a URI in which members of bundles are compared: that of the URL standard, without a
/// fragment. A text that is no URL stands for itself.
#[must_use]
pub fn same_uri(uri: &str) -> String {
    match Url::parse(uri.trim()) {
        Ok(mut url) => {
            url.set_fragment(None);
            url.into()
        }
        Err(_) => uri.trim().to_owned(),
    }
}

/// Whether two URIs name one resource, however they are spelled: without a fragment and the name of a user,
/// and with what is percent-encoded without need decoded (RFC 3986 section 6.2.2). It takes more
/// spellings for one than [`same_uri`] does, and is for where a mistake would delete something.
#[must_use]
pub fn is_same_resource(one: &str, other: &str) -> bool {
    let form = |uri: &str| match Url::parse(uri.trim()) {
        Ok(mut url) => {
            // Both fail for a URL that cannot have them, and so has none.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_fragment(None);
            unreserved(url.as_str())
        }
        Err(_) => unreserved(uri.trim()),
    };
    form(one) == form(other)
}

/// The text with its percent-encoded unreserved characters decoded, and the digits of the others in upper
/// case.
fn unreserved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let octet = behind.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match (octet, behind.get(2..)) {
            (Some(octet), Some(after)) => {
                if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
                    out.push(char::from(octet));
                } else {
                    out.push_str(&format!("%{octet:02X}"));
                }
                after
            }
            _ => {
                out.push('%');
                behind
            }
        };
    }
    out.push_str(rest);
    out
}

/// Whether a URI is one of the web, by its scheme: http or https. A link of another scheme, such as
/// `javascript`, is not carried over from what somebody else has written.
#[must_use]
pub fn is_web(uri: &str) -> bool {
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
}

/// Returns the members of a bundle that was found at a URI, each with the URI of its service, without a
/// query, or of the bundle that it refers to. `None` for a member that is neither, or whose URI does not
/// resolve.
pub fn member_uris<'b>(
    bundle: &'b Bundle<'static>,
    uri: &str,
) -> impl Iterator<Item = (Option<String>, &'b Member<'static>)> {
    let base = Base::new(uri).within(bundle.feed().common());
    bundle.members().iter().map(move |member| {
        let uri = match member {
            Member::Service(service) => service.clone().without_query().invocation_uri(&base).ok(),
            Member::Reference(reference) => reference.bundle_uri(&base).ok(),
            _ => None,
        };
        (uri, member)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_3_1_the_scheme_says_what_a_link_is() {
        for uri in ["http://a.example/", "HTTPS://a.example/"] {
            assert!(is_web(uri), "{uri}");
        }
        for uri in ["javascript:a", "data:text/html,http:", "httpx://a", "/http:", "", " http://a"]
        {
            assert!(!is_web(uri), "{uri}");
        }
    }

    #[test]
    fn rfc3986_6_2_2_a_resource_has_many_spellings() {
        let bundle = "http://a.example/ann/list";
        for uri in [
            "HTTP://A.EXAMPLE:80/ann/list",
            "http://a.example/ann/list#top",
            "http://a.example/bob/../ann/./list",
            "http://a.example/ann/%6cist",
            "http://a.example/%61nn/%6C%69st#x",
            "http://ann:secret@a.example/ann/list",
            " http://a.example/ann/list\n",
        ] {
            assert!(is_same_resource(uri, bundle), "{uri}");
        }
        for uri in
            ["http://a.example/ann/list/", "http://a.example/ann/list?a", "http://b/ann/list", ""]
        {
            assert!(!is_same_resource(uri, bundle), "{uri}");
        }
        assert!(is_same_resource("http://a/%c3%a9%2f%", "http://a/%C3%A9%2F%"));
        assert!(!is_same_resource("http://a/%2f", "http://a//"));
    }

    #[test]
    fn rfc3986_6_spellings_of_one_uri_are_the_same() {
        for uri in ["HTTP://A.example:80/x", "http://a.example/x#y", " http://a.example/y/../x "] {
            assert_eq!(same_uri(uri), "http://a.example/x", "{uri}");
        }
        assert_ne!(same_uri("http://a.example/x?a"), same_uri("http://a.example/x"));
        assert_eq!(same_uri("no url"), "no url");
    }
}
