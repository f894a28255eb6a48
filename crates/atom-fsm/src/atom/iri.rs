//! The syntax of IRIs and IRI references (RFC 3987 section 2.2).

use crate::error::Error;
use crate::report::Report;
use crate::rule::Rule;
use iri_string::types::{IriReferenceStr, IriStr};

/// Checks an IRI reference.
pub(crate) fn check_reference(text: &str, report: &mut dyn Report) -> Result<(), Error> {
    check(is_reference(text), text, report)
}

/// Checks an IRI with a scheme.
pub(crate) fn check_iri(text: &str, report: &mut dyn Report) -> Result<(), Error> {
    check(is_iri(text), text, report)
}

fn check(has_syntax: bool, text: &str, report: &mut dyn Report) -> Result<(), Error> {
    if !has_syntax {
        return report.violation(Rule::IriSyntax);
    }
    report.require(!lacks_host(text), Rule::IriHost)
}

/// Whether an IRI is of http or https, and has no host (RFC 9110 sections 4.2.1 and 4.2.2):
///
/// ```text
/// http-URI  = "http" "://" authority path-abempty [ "?" query ]
/// authority = [ userinfo "@" ] host [ ":" port ]
/// ```
pub(super) fn lacks_host(iri: &str) -> bool {
    let octets = iri.as_bytes();
    let rest = match octets.split_first_chunk::<5>() {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"http:") => rest,
        Some((scheme, [b':', rest @ ..])) if scheme.eq_ignore_ascii_case(b"https") => rest,
        _ => return false,
    };
    let Some(rest) = rest.strip_prefix(b"//") else { return true };
    let end = rest.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#'));
    let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let host = authority.rsplit(|octet| *octet == b'@').next().unwrap_or_default();
    matches!(host, [] | [b':', ..])
}

/// Whether this is an IRI reference (RFC 3987 section 2.2).
pub(crate) fn is_reference(text: &str) -> bool {
    usual(text).is_some() || IriReferenceStr::new(text).is_ok()
}

/// Whether this is an IRI with a scheme (RFC 3987 section 2.2).
pub(crate) fn is_iri(text: &str) -> bool {
    match usual(text) {
        Some(usual) => usual == Usual::Absolute,
        None => IriStr::new(text).is_ok(),
    }
}

/// What a usual IRI reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usual {
    Absolute,
    Relative,
}

/// Whether an octet may not be anywhere behind the authority of an IRI: what may be is
/// `unreserved / sub-delims / ":" / "@" / "/" / "?"` of RFC 3986.
const fn is_special(octet: u8) -> bool {
    // Without a branch, so that the compiler can look at sixteen octets at once.
    (octet <= b' ')
        | ((octet == b'"') | (octet == b'#') | (octet == b'%'))
        | ((octet == b'<') | (octet == b'>') | (octet == b'`'))
        | ((octet >= b'[') & (octet <= b'^'))
        | ((octet >= b'{') & (octet != b'~'))
}

/// Whether an octet of a text is special. The fold over a chunk is a loop that the compiler vectorizes;
/// what is behind the last whole chunk is looked at together with what is before it.
fn has_special(octets: &[u8]) -> bool {
    let any = |chunk: &[u8]| chunk.iter().fold(false, |found, octet| found | is_special(*octet));
    let mut chunks = octets.chunks_exact(16);
    if chunks.by_ref().any(any) {
        return true;
    }
    match (chunks.remainder(), octets.last_chunk::<16>()) {
        ([], _) => false,
        (_, Some(last)) => any(last),
        (rest, None) => rest.iter().any(|octet| is_special(*octet)),
    }
}

/// Looks at most octets once. `None` for what is unusual, which is not said to be wrong: non-ASCII
/// characters, percent-encoding, fragments, ports, users, IP literals, and references that begin with two
/// slashes. The slow twin is iri-string.
fn usual(text: &str) -> Option<Usual> {
    let octets = text.as_bytes();
    if has_special(octets) {
        return None;
    }
    let colon = octets.iter().position(|octet| matches!(octet, b':' | b'/' | b'?'));
    let Some(colon) = colon.filter(|colon| octets.get(*colon) == Some(&b':')) else {
        return (!octets.starts_with(b"//")).then_some(Usual::Relative);
    };
    let (scheme, rest) = (octets.get(..colon)?, octets.get(colon + 1..)?);
    let is_rest = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    let is_scheme =
        scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(is_rest);
    let is_authority = match rest.strip_prefix(b"//") {
        Some(rest) => {
            let mut authority = rest.iter().take_while(|octet| !matches!(octet, b'/' | b'?'));
            authority.all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.'))
        }
        None => true,
    };
    (is_scheme && is_authority).then_some(Usual::Absolute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_usual_is_what_iri_string_takes_it_for(
            text in prop_oneof![
                "[a-cH:/?.@&=+0-]{0,12}",
                "(http|a|urn|9|a_)?(:)?(//)?[a-z.:@-]{0,4}(/[a-z:]{0,3}){0,2}([?][a-z/?]{0,3})?",
                "[ -~é]{0,8}",
            ]
        ) {
            if let Some(usual) = usual(&text) {
                prop_assert!(IriReferenceStr::new(&text).is_ok(), "{}", text);
                prop_assert_eq!(usual == Usual::Absolute, IriStr::new(&text).is_ok(), "{}", text);
            }
        }
    }

    #[test]
    fn rfc3986_2_what_may_be_in_an_iri_is_not_special() {
        for octet in 0..=u8::MAX {
            let may_be = octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&octet);
            for before in [0, 1, 15, 16, 17, 40] {
                for behind in [0, 1, 15] {
                    let octets = [&vec![b'a'; before][..], &[octet], &vec![b'a'; behind]].concat();
                    assert_eq!(has_special(&octets), !may_be, "{octet} behind {before}");
                }
            }
        }
        assert!(!has_special(b""));
    }

    #[test]
    fn rfc9110_4_2_an_iri_of_http_or_https_has_a_host() {
        for iri in
            ["http:a", "http:/a", "HTTPS://", "http:///a", "http://:80/", "http://a@?b", "http:"]
        {
            assert!(lacks_host(iri), "{iri}");
        }
        for iri in [
            "http://a",
            "https://u:p@a:1/b",
            "http://[::1]/",
            "http://é/?://",
            "httpx:a",
            "urn:http:a",
            "/http:",
            "http",
            "",
        ] {
            assert!(!lacks_host(iri), "{iri}");
        }
    }

    #[test]
    fn the_ids_and_links_of_most_feeds_are_usual() {
        for text in
            ["http://example.org/a/b.html?c=d&e", "urn:uuid:60a76c80", "tag:example.org,2026:e/1"]
        {
            assert_eq!(usual(text), Some(Usual::Absolute), "{text}");
        }
        for text in ["", "a/b", "/a?b:c", "../a"] {
            assert_eq!(usual(text), Some(Usual::Relative), "{text}");
        }
        for text in ["//a", "http://a:1/", "a b", "%20", "#a", "1:a", ":a", "http://u@h/"] {
            assert_eq!(usual(text), None, "{text}");
        }
    }
}
