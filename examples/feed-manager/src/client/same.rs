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
    fn rfc3986_6_spellings_of_one_uri_are_the_same() {
        for uri in ["HTTP://A.example:80/x", "http://a.example/x#y", " http://a.example/y/../x "] {
            assert_eq!(same_uri(uri), "http://a.example/x", "{uri}");
        }
        assert_ne!(same_uri("http://a.example/x?a"), same_uri("http://a.example/x"));
        assert_eq!(same_uri("no url"), "no url");
    }
}
