//! What is said about ids beyond their syntax: their normal form (RFC 4287 section 4.2.6.1), and
//! the grammars of the schemes that most ids have.

use super::email::is_dot_atom_address;
use super::iri::{is_iri, lacks_host};
use crate::error::Error;
use crate::report::Report;
use crate::rule::Rule;

/// Checks an id. At most one violation is reported: the first of its syntax, its scheme's grammar
/// and its normal form.
pub(crate) fn check(id: &str, report: &mut dyn Report) -> Result<(), Error> {
    if is_usual(id) {
        return Ok(());
    }
    match violated(id) {
        Some(rule) => report.violation(rule),
        None => Ok(()),
    }
}

/// Whether an id is a `tag:` or `urn:uuid:` URI of the octets that most have, without a violation. Each
/// octet is looked at once. The slow twin is [`violated`].
fn is_usual(id: &str) -> bool {
    let octets = id.as_bytes();
    if let Some(uuid) = octets.strip_prefix(b"urn:uuid:") {
        let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
        let fits = |(at, octet): (usize, &u8)| {
            if is_hyphen(at) { *octet == b'-' } else { octet.is_ascii_hexdigit() }
        };
        return uuid.len() == 36 && uuid.iter().enumerate().all(fits);
    }
    let Some(rest) = octets.strip_prefix(b"tag:") else { return false };
    // The octet before says where a label or a segment begins.
    let mut before = b'.';
    let mut octets = rest.iter();
    for octet in octets.by_ref() {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' => {}
            b'.' | b'-' | b',' if matches!(before, b'.' | b'-') => return false,
            b'.' | b'-' => {}
            b',' => break,
            _ => return false,
        }
        before = *octet;
    }
    let Some((year, rest)) = octets.as_slice().split_first_chunk::<4>() else { return false };
    let Some(rest) = rest.strip_prefix(b":") else { return false };
    let mut before = b'/';
    year.iter().all(u8::is_ascii_digit)
        && rest.iter().all(|octet| {
            let is_part = match octet {
                b'.' => before != b'/',
                octet => octet.is_ascii_alphanumeric() || b"-_~!$&'()*+,;=:@/".contains(octet),
            };
            before = *octet;
            is_part
        })
}

fn violated(id: &str) -> Option<Rule> {
    if !is_iri(id) {
        return Some(Rule::IdAbsolute);
    }
    let (scheme, rest) = cut(id, b':')?;
    let of_scheme = if scheme.eq_ignore_ascii_case("tag") {
        (!is_tag(rest)).then_some(Rule::IdTag)
    } else if !scheme.eq_ignore_ascii_case("urn") {
        lacks_host(id).then_some(Rule::IriHost)
    } else if !is_urn(rest) {
        Some(Rule::IdUrn)
    } else {
        uuid(rest).filter(|uuid| !is_uuid(uuid)).map(|_| Rule::IdUuid)
    };
    of_scheme.or_else(|| (!is_normal(scheme, rest)).then_some(Rule::IdNormal))
}

/// What is before and behind the first of an ASCII character: ids are so short that a search that is made
/// for long texts takes longer.
fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|octet| octet == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// RFC 4151 section 2.1, `tagURI`, behind the scheme:
///
/// ```text
/// taggingEntity = authorityName "," date
/// tagURI = "tag:" taggingEntity ":" specific [ "#" fragment ]
/// ```
fn is_tag(rest: &str) -> bool {
    // What may stand in the specific part and the fragment is what may stand in an IRI there.
    let entity = cut(rest, b':').map(|(entity, _)| entity);
    entity.and_then(|entity| cut(entity, b',')).is_some_and(|(authority, date)| {
        (is_dns_name(authority) || is_dot_atom_address(authority, is_dns_name)) && is_date(date)
    })
}

/// RFC 4151 section 2.1: `DNSname = DNScomp *( "." DNScomp )`,
/// `DNScomp = alphaNum [*(alphaNum / "-") alphaNum]`.
fn is_dns_name(name: &str) -> bool {
    name.as_bytes().split(|octet| *octet == b'.').all(|octets| {
        let ends = octets.first().zip(octets.last());
        ends.is_some_and(|(first, last)| {
            first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric()
        }) && octets.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    })
}

/// RFC 4151 section 2.1: `date = year ["-" month ["-" day]]`.
fn is_date(date: &str) -> bool {
    let lengths = date.split('-').map(str::len);
    date.split('-').flat_map(str::bytes).all(|octet| octet.is_ascii_digit())
        && lengths.clone().eq([4, 2, 2].into_iter().take(lengths.count()))
}

/// RFC 8141 section 2, behind the scheme: `NID ":" NSS` and more, which any IRI may have there.
///
/// ```text
/// NID = (alphanum) 0*30(ldh) (alphanum)
/// NSS = pchar *(pchar / "/")
/// ```
fn is_urn(rest: &str) -> bool {
    cut(rest, b':').is_some_and(|(nid, nss)| {
        let is_part = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        (2..=32).contains(&nid.len())
            && nid.bytes().all(is_part)
            && !nid.starts_with('-')
            && !nid.ends_with('-')
            && !nss.is_empty()
            && !nss.starts_with(['/', '?', '#'])
    })
}

/// The text behind `urn:uuid:`, without a query or fragment.
fn uuid(rest: &str) -> Option<&str> {
    let (nid, nss) = cut(rest, b':')?;
    nid.eq_ignore_ascii_case("uuid").then(|| nss.split(['?', '#']).next().unwrap_or_default())
}

/// RFC 9562 section 4, `UUID`.
fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.split('-').flat_map(str::bytes).all(|octet| octet.is_ascii_hexdigit())
}

/// Whether an IRI follows the advice of RFC 4287 section 4.2.6.1, as far as it needs no knowledge of
/// other schemes than http and https.
fn is_normal(scheme: &str, rest: &str) -> bool {
    let has_upper = |text: &str| text.bytes().any(|octet| octet.is_ascii_uppercase());
    let until =
        |text: &str, is_end: fn(u8) -> bool| text.bytes().position(is_end).unwrap_or(text.len());
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = until(rest, |octet| matches!(octet, b'/' | b'?' | b'#'));
            let (authority, path) = rest.split_at(end);
            (Some(authority), path)
        }
        None => (None, rest),
    };
    let (path, _) = path.split_at(until(path, |octet| matches!(octet, b'?' | b'#')));
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => ":",
    };
    let is_authority_normal = authority.is_none_or(|authority| {
        let host = authority.rsplit('@').next().unwrap_or_default();
        !has_upper(host) && !host.ends_with(':') && !host.ends_with(default_port)
    });
    let needs_path = default_port != ":" && path.is_empty();
    let mut segments = path.as_bytes().split(|octet| *octet == b'/');
    let has_dots = segments.any(|segment| matches!(segment, b"." | b".."));
    !has_upper(scheme)
        && is_authority_normal
        && !needs_path
        && !has_dots
        && is_encoded_normally(rest)
}

/// Whether each octet that is percent-encoded needs to be, and is in upper case.
fn is_encoded_normally(text: &str) -> bool {
    let octets = text.as_bytes();
    memchr::memchr_iter(b'%', octets).all(|at| match octets.get(at + 1..at + 3) {
        Some(&[high, low]) => {
            let digit = |octet: u8| char::from(octet).to_digit(16).unwrap_or_default();
            let encoded = u8::try_from(digit(high) * 16 + digit(low)).unwrap_or_default();
            let is_unreserved =
                encoded.is_ascii_alphanumeric() || matches!(encoded, b'-' | b'.' | b'_' | b'~');
            !is_unreserved && !high.is_ascii_lowercase() && !low.is_ascii_lowercase()
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8192))]

        /// The slow twin looks for each violation on its own.
        #[test]
        fn a_usual_id_has_no_violation(
            id in prop_oneof![
                "tag:[a-z0-9.,-]{0,5},[0-9]{3,5}:[a-zA-Z0-9./%?#: é-]{0,6}",
                "tag:[a-zA-Z.@-]{0,4}(,2026)?(-0[12])?:[./]{0,4}",
                "(urn:uuid:|URN:UUID:|urn:)[0-9a-fA-Fg]{7,8}(-[0-9a-f]{4}){2,3}-[0-9a-f]{12,13}",
            ]
        ) {
            prop_assert!(!is_usual(&id) || violated(&id).is_none(), "{}", id);
        }
    }

    #[test]
    fn the_ids_of_most_feeds_are_usual() {
        for id in
            ["tag:example.org,2026:entry/1.a", "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6"]
        {
            assert!(is_usual(id), "{id}");
        }
        for id in
            ["tag:.a,2026:b", "tag:a-,2026:b", "tag:a,2026:./b", "tag:a,2026:a/../b", "tag:,2026:"]
        {
            assert!(!is_usual(id), "{id}");
        }
    }

    #[test]
    fn rfc4287_4_2_6_1_an_id_is_in_normal_form() {
        for id in [
            "http://example.org/",
            "http://example.org/A?B#C",
            "http://Ada@example.org/%C3%A9%2F",
            "https://example.org:8443/a.b/..c/é",
            "http://[::1]/",
            "tag:example.org,2026:a",
            "x-a:b",
            "mailto:Ada@Example.org",
            "http://example.org/?#",
        ] {
            assert_eq!(violated(id), None, "{id}");
        }
        for id in [
            "HTTP://example.org/",
            "http://Example.org/",
            "http://example.org",
            "http://example.org?a",
            "http://example.org:80/",
            "https://example.org:443/",
            "http://example.org:/",
            "ftp://example.org:/",
            "http://example.org/a/../b",
            "http://example.org/./a",
            "http://example.org/a/..",
            "http://example.org/%7Ea",
            "http://example.org/%c3%A9",
            "http://example.org/?%41",
            "URN:example:a",
        ] {
            assert_eq!(violated(id), Some(Rule::IdNormal), "{id}");
        }
    }

    #[test]
    fn rfc4151_2_1_a_tag_has_an_authority_and_a_date() {
        for id in [
            "tag:example.org,2026:a/b?c#d",
            "tag:yliu,2012-10-12:e",
            "tag:ada.l_v-x@example.org,2026-01:",
            "tag:a-1.example,2026:é",
        ] {
            assert_eq!(violated(id), None, "{id}");
        }
        for id in [
            "tag:a",
            "tag:example.org:a",
            "tag:example.org,26:a",
            "tag:example.org,2026-1:a",
            "tag:example.org,2026-01-01-01:a",
            "tag:example.org,2026",
            "tag:-a.org,2026:a",
            "tag:a..org,2026:a",
            "tag:,2026:a",
            "tag:a@b@c,2026:a",
            "tag:@b,2026:a",
            "tag:example.org/,2026:a",
        ] {
            assert_eq!(violated(id), Some(Rule::IdTag), "{id}");
        }
    }

    #[test]
    fn rfc8141_2_a_urn_has_a_namespace_and_a_text_and_rfc9562_4_a_uuid_its_groups() {
        for id in [
            "urn:example:a/b",
            "urn:a1:x",
            "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6",
            "urn:uuid:60A76C80-D399-11D9-B93C-0003939E0AF6#a",
            "urn:abcdefghijklmnopqrstuvwxyz-01234:x",
        ] {
            assert_eq!(violated(id), None, "{id}");
        }
        for id in [
            "urn:x:1",
            "urn:",
            "urn:example",
            "urn:example:",
            "urn:-ab:c",
            "urn:ab-:c",
            "urn:a_b:c",
            "urn:example:/a",
            "urn:example:?a",
            "urn:abcdefghijklmnopqrstuvwxyz-012345:x",
        ] {
            assert_eq!(violated(id), Some(Rule::IdUrn), "{id}");
        }
        for id in [
            "urn:uuid:60a76c80d39911d9b93c0003939e0af6",
            "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af",
            "urn:UUID:60a76c80-d399-11d9-b93c-0003939e0afg",
            "urn:uuid:a",
        ] {
            assert_eq!(violated(id), Some(Rule::IdUuid), "{id}");
        }
        assert_eq!(violated("a b"), Some(Rule::IdAbsolute));
    }
}
