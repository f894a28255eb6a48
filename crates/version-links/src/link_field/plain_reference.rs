//! URI references that are plainly valid: the usual ones, read in one pass.

use crate::link_field::class::Class;

/// The plainly valid reference at the start of some octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlainReference {
    /// How many octets it has.
    pub(crate) len: usize,
    pub(crate) form: Form,
}

/// Whether a reference has a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Absolute,
    Relative,
}

/// Reads the longest URI reference at the start of some octets, if it is plainly valid.
///
/// There is none where validity is not plain: for an IP literal, user information, percent-encoding in
/// the host or the first segment, a second `#`, or a `%` without two digits. Then the caller asks a
/// full parser.
///
/// ```abnf
/// URI-reference = URI / relative-ref                      ; RFC 3986 section 4.1
/// ```
#[inline]
pub(crate) fn plain_reference(octets: &[u8]) -> Option<PlainReference> {
    let mut form = Form::Relative;
    let mut at = 0;
    if let [b'h', b't', b't', b'p', rest @ ..] = octets {
        // The usual schemes need no look at each octet.
        at = match rest {
            [b':', b'/', b'/', ..] => 5,
            [b's', b':', b'/', b'/', ..] => 6,
            _ => 0,
        };
        if at > 0 {
            form = Form::Absolute;
        }
    }
    if at == 0 && octets.first().is_some_and(u8::is_ascii_alphabetic) {
        at = Class::SCHEME.run(octets);
        if octets.get(at) == Some(&b':') {
            at += 1;
            form = Form::Absolute;
        }
    }
    if octets[at..].starts_with(b"//") && (form == Form::Absolute || at == 0) {
        at = authority(octets, at + 2)?;
    } else if form == Form::Relative {
        at += Class::HOST.run(&octets[at..]);
        if is_uncertain(octets.get(at)) {
            return None;
        }
    }
    let mut fragments = 0;
    loop {
        at += Class::REFERENCE.long_run(&octets[at..]);
        match octets.get(at..) {
            Some([b'%', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                at += 3;
            }
            Some([b'#', ..]) if fragments == 0 => {
                at += 1;
                fragments += 1;
            }
            Some([b'%' | b'#', ..]) => return None,
            _ => return Some(PlainReference { len: at, form }),
        }
    }
}

/// The index of what follows a host and port from an index on.
fn authority(octets: &[u8], from: usize) -> Option<usize> {
    let mut at = from + Class::HOST.long_run(&octets[from..]);
    if octets.get(at) == Some(&b':') {
        at += 1;
        at += octets[at..].iter().take_while(|octet| octet.is_ascii_digit()).count();
        if octets.get(at).is_some_and(|&octet| Class::HOST.has(octet)) {
            return None;
        }
    }
    if is_uncertain(octets.get(at)) { None } else { Some(at) }
}

fn is_uncertain(octet: Option<&u8>) -> bool {
    matches!(octet, Some(b':' | b'@' | b'%' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use iri_string::types::{UriReferenceStr, UriStr};
    use proptest::prelude::*;

    #[test]
    fn rfc3986_4_1_usual_references_are_plainly_valid() {
        for (reference, form) in [
            ("", Form::Relative),
            ("http://example.net/system/v/84345634/1", Form::Absolute),
            ("https://example.org:8080?page=2&per_page=100", Form::Absolute),
            ("HTTPS://a:/b@c:d/%7Ee?f/g?h#i/j?k", Form::Absolute),
            ("urn:x:y", Form::Absolute),
            ("a:", Form::Absolute),
            ("file:///a", Form::Absolute),
            ("//example.org", Form::Relative),
            ("//", Form::Relative),
            ("/a/b:c@d", Form::Relative),
            ("a/b:c", Form::Relative),
            ("../a", Form::Relative),
            ("a+b", Form::Relative),
            ("?a:b", Form::Relative),
            ("#a", Form::Relative),
        ] {
            let expected = PlainReference { len: reference.len(), form };
            assert_eq!(plain_reference(reference.as_bytes()), Some(expected), "{reference}");
        }
    }

    #[test]
    fn rfc3986_4_1_what_is_not_plain_is_left_to_the_full_parser() {
        for reference in
            ["http://[::1]/", "http://a@b/", "http://a:b", "1:a", "a%41", "/%4", "/a#b#c", "a@b"]
        {
            let found = plain_reference(reference.as_bytes());
            assert!(found.is_none_or(|found| found.len < reference.len()), "{reference}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8192))]

        /// What is plainly valid is valid, and has the form that the full parser finds.
        #[test]
        fn what_is_plainly_valid_is_valid(
            text in "[a-b1:/?#%@\\[\\].+-]{0,12}|[ah:/]{1,4}//[a:@%4.\\[]{0,6}/[a?#%41]{0,6}|[ -~]{0,12}"
        ) {
            if let Some(found) = plain_reference(text.as_bytes()) {
                let reference = &text[..found.len];
                prop_assert!(UriReferenceStr::new(reference).is_ok(), "{}", reference);
                prop_assert_eq!(UriStr::new(reference).is_ok(), found.form == Form::Absolute);
            }
        }
    }
}
