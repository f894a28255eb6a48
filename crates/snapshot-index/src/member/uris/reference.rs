//! What is checked about one item of `uris`, quickly where its octets alone are enough.

use crate::rule::Rule;
use iri_string::types::UriReferenceStr;

/// The rule that an item violates, if it does.
#[inline]
pub(crate) fn violated_rule(uri: &str) -> Option<Rule> {
    if is_plain(uri) { None } else { violated_by_grammar(uri) }
}

fn violated_by_grammar(uri: &str) -> Option<Rule> {
    if UriReferenceStr::new(uri).is_err() {
        Some(Rule::UriSyntax)
    } else if uri.is_empty() || uri.starts_with('#') {
        Some(Rule::UriSameDocument)
    } else {
        uri.contains('#').then_some(Rule::UriFragment)
    }
}

/// Whether a text is known, without parsing, to be a URI reference (RFC 3986 section 4.1) that is
/// not empty and has no fragment. If this is false, nothing is known.
///
/// It is true for what most indexes contain: a path with or without a query, or an http URI with a
/// host's name, and without percent-encoding.
fn is_plain(text: &str) -> bool {
    has_plain_octets(text.as_bytes()) && has_plain_shape(text)
}

/// Whether every octet is `/`, `?` or a pchar other than `%`, and so allowed in a path or a query.
///
/// The loop never stops early, so that it compiles to vector instructions.
fn has_plain_octets(octets: &[u8]) -> bool {
    octets.iter().fold(true, |all, &octet| {
        // From `$` to `;` every octet is in sub-delims or unreserved, or is `/`, `:` or `%`.
        let is_plain = octet.wrapping_sub(b'$') <= b';' - b'$' && octet != b'%'
            || octet.wrapping_sub(b'?') <= b'Z' - b'?'
            || octet.wrapping_sub(b'a') <= b'z' - b'a'
            || matches!(octet, b'!' | b'=' | b'_' | b'~');
        all & is_plain
    })
}

/// Whether a text of plain octets is a path, a query, or an http URI at a reg-name without a port.
fn has_plain_shape(text: &str) -> bool {
    if text.is_empty() || text.starts_with("//") {
        return false;
    }
    if text.starts_with('/') || !text.contains(':') {
        return true;
    }
    let behind = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    behind.is_some_and(|behind| {
        let host = behind.split(['/', '?']).next().unwrap_or_default();
        !host.contains([':', '@'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc3986_3_3_plain_octets_are_pchar_slash_and_question_mark_without_percent() {
        let plain: Vec<u8> = (0..=u8::MAX).filter(|&octet| has_plain_octets(&[octet])).collect();
        let expected =
            "!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        assert_eq!(String::from_utf8(plain).unwrap(), expected);
        // One that is not, anywhere among many.
        for at in 0..100 {
            let mut octets = [b'a'; 100];
            assert!(has_plain_octets(&octets));
            octets[at] = b'#';
            assert!(!has_plain_octets(&octets), "{at}");
        }
    }

    #[test]
    fn what_most_indexes_hold_is_plain() {
        for text in [
            "/p/0",
            "/",
            "p/0",
            "0",
            "../p/0",
            "?page=0",
            "/p?a/b?c",
            "/a:b/2015-06-23T00:36:45.885Z/0",
            "https://cdn.example.org/p/0",
            "http://h",
            "http://h?q=a:b",
            "http://h//p:0@",
            "http:///p",
        ] {
            assert!(is_plain(text), "{text}");
            assert!(UriReferenceStr::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_needs_a_grammar_or_a_rule_is_not_plain() {
        for text in [
            "",
            "#x",
            "/p#x",
            "/%41",
            "//h/p",
            "a:b",
            "1a:b",
            ":",
            "/\u{e9}",
            "/a b",
            "/a\\b",
            "/[",
            "http://h:80/p",
            "http://u@h/p",
            "http:/p",
            "ftp://h/p",
            "HTTP://h/p",
            "/\u{7f}",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_a_uri_reference_to_a_grammar_too(
            text in "(http://|https://|/|//|:|)[ -~]{0,8}",
            near in "(http://|https://|/|//|)[a-c:/?@.-]{0,8}",
        ) {
            for text in [text, near] {
                if is_plain(&text) {
                    prop_assert!(UriReferenceStr::new(&text).is_ok(), "{}", text);
                    prop_assert!(!text.is_empty() && !text.contains('#'), "{}", text);
                }
            }
        }
    }
}
