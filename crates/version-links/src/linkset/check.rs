//! Checks of the values that both forms of a linkset have.

use crate::rule::Rule;
use iri_string::types::{IriReferenceStr, UriReferenceStr};

/// Which reference is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Anchor,
    Target,
}

/// Calls `violated` for each rule that an anchor or a target violates.
#[inline]
pub(super) fn reference(text: &str, which: Reference, violated: impl FnMut(Rule)) {
    if !is_plain(text) {
        by_grammar(text, which, violated);
    }
}

fn by_grammar(text: &str, which: Reference, mut violated: impl FnMut(Rule)) {
    let syntax = match which {
        Reference::Anchor => Rule::AnchorSyntax,
        Reference::Target => Rule::TargetSyntax,
    };
    let holds = if text.is_ascii() {
        UriReferenceStr::new(text).is_ok()
    } else {
        violated(Rule::ReferenceAscii);
        IriReferenceStr::new(text).is_ok()
    };
    if !holds {
        violated(syntax);
    }
    if !has_scheme(text) {
        violated(Rule::ReferenceRelative);
    }
}

/// Whether a text is known, without parsing, to be an absolute http URI. If this is false, nothing is
/// known.
fn is_plain(text: &str) -> bool {
    let behind = text.strip_prefix("http");
    let behind = behind.map(|behind| behind.strip_prefix('s').unwrap_or(behind));
    behind.and_then(|behind| behind.strip_prefix("://")).is_some_and(|behind| {
        // Without `:`, `@` and `#`, every octet is allowed in a reg-name, a path or a query.
        has_plain_octets(behind.as_bytes())
    })
}

/// Whether every octet is `/`, `?`, unreserved or a sub-delim.
///
/// The loop never stops early, so that it compiles to vector instructions.
fn has_plain_octets(octets: &[u8]) -> bool {
    octets.iter().fold(true, |all, &octet| {
        // From `&` to `9` every octet is in sub-delims or unreserved, or is `/`.
        let is_plain = octet.wrapping_sub(b'&') <= b'9' - b'&'
            || octet.wrapping_sub(b'A') <= b'Z' - b'A'
            || octet.wrapping_sub(b'a') <= b'z' - b'a'
            || matches!(octet, b'!' | b'$' | b';' | b'=' | b'?' | b'_' | b'~');
        all & is_plain
    })
}

/// ```abnf
/// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )     ; RFC 3986 section 3.1
/// ```
pub(super) fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn violated(text: &str) -> Vec<Rule> {
        let mut rules = Vec::new();
        reference(text, Reference::Target, |rule| rules.push(rule));
        rules
    }

    #[test]
    fn rfc3986_2_plain_octets_are_unreserved_sub_delims_slash_and_question_mark() {
        let plain: Vec<u8> = (0..=u8::MAX).filter(|&octet| has_plain_octets(&[octet])).collect();
        let expected =
            "!$&'()*+,-./0123456789;=?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        assert_eq!(String::from_utf8(plain).unwrap(), expected);
    }

    #[test]
    fn rfc9264_4_an_anchor_and_a_target_are_uri_references_that_are_not_relative() {
        use Rule::{ReferenceAscii, ReferenceRelative, TargetSyntax};
        for (text, expected) in [
            ("https://example.org/a?b=c", &[] as &[Rule]),
            ("https://example.org:8080/a#b", &[]),
            ("urn:example:a", &[]),
            ("", &[ReferenceRelative]),
            ("/a", &[ReferenceRelative]),
            ("a b", &[TargetSyntax, ReferenceRelative]),
            ("https://example.org/\u{e9}", &[ReferenceAscii]),
            ("https://example.org/\u{e9} ", &[ReferenceAscii, TargetSyntax]),
            ("https://[x", &[TargetSyntax]),
        ] {
            assert_eq!(violated(text), expected, "{text}");
        }
    }

    proptest! {
        /// The slow twin of `is_plain` is the grammar.
        #[test]
        fn what_is_plain_violates_nothing(text in "(http://|https://|http:|)[ -~]{0,8}") {
            if is_plain(&text) {
                let mut rules = Vec::new();
                by_grammar(&text, Reference::Target, |rule| rules.push(rule));
                prop_assert_eq!(rules, []);
            }
        }
    }
}
