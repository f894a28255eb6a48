//! Laws that hold of any octets, and of any links.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use proptest::collection::vec;
use proptest::prelude::*;
use version_links::{Diagnostic, Error, Limits, Link, Reader, Tolerance, links};

/// Octets such as Link fields are made of, in no order.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            &b"<"[..], b">", b",", b";", b"=", b"\"", b"\\", b" ", b"\t", b"\r\n ", b"*", b"'", b"%",
            b"<a>; ", b"rel=", b"rel=\"next\"", b"anchor=", b"title*=UTF-8''", b"%c3%a4", b"a", b"/",
            b", <b>; rel=x", b"type=", b"hreflang=de", b"http://example.org/", b"\xe9", b"\xc3\xa9",
        ]).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 1..4),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Looks at all that a link has.
fn look(link: Link<'_>) -> usize {
    let text = [link.anchor(), link.media(), link.title(), link.type_()];
    let parameters = link.parameters().map(|one| {
        let extended = one.ext_value().map_or(0, |value| value.text().len());
        one.name().len() + extended + one.octets().map_or(0, |octets| octets.len())
    });
    link.target().len()
        + text.into_iter().flatten().map(|text| text.len()).sum::<usize>()
        + parameters.sum::<usize>()
        + link.rel().chain(link.rev()).count()
        + link.hreflang().count()
        + format!("{link:?}").len()
}

type Read<'a> = (Vec<Result<Link<'a>, Error>>, Vec<Diagnostic>);

fn read(value: &[u8], tolerance: Tolerance) -> Read<'_> {
    let limits = Limits::unlimited();
    let mut links = Reader::new().tolerance(tolerance).limits(limits).links(value);
    let read = links.by_ref().collect();
    assert!(links.next().is_none());
    (read, links.diagnostics().as_slice().to_vec())
}

/// One parameter, and how it is written.
#[derive(Debug, Clone)]
struct Written {
    name: String,
    value: Option<String>,
    text: String,
}

fn parameter() -> impl Strategy<Value = Written> {
    let value = prop_oneof![
        Just(None),
        "[a-z0-9!#$&+.^_`|~-]{1,8}".prop_map(|token| Some((token.clone(), token))),
        "[ -~\t]{0,12}".prop_map(|text| {
            let escaped = text.replace('\\', r"\\").replace('"', "\\\"");
            Some((text, format!("\"{escaped}\"")))
        }),
    ];
    ("x-[a-z]{1,6}", value, "[ \t]?;[ \t]?").prop_map(|(name, value, semicolon)| {
        let text = match &value {
            Some((_, written)) => format!("{semicolon}{name}={written}"),
            None => format!("{semicolon}{name}"),
        };
        Written { name, value: value.map(|(value, _)| value), text }
    })
}

/// A link that is well made: its target, its relation, its further parameters, its text.
fn link() -> impl Strategy<Value = (String, String, Vec<Written>, String)> {
    let target = "[a-z]{0,4}(/[a-z0-9,;.~]{0,6}){0,3}(\\?[a-z,=&]{0,6})?(#[a-z]{0,3})?";
    (target, "[a-z][a-z0-9.-]{0,8}", vec(parameter(), 0..4)).prop_map(
        |(target, rel, parameters)| {
            let more: String = parameters.iter().map(|one| one.text.as_str()).collect();
            let text = format!("<{target}>; rel=\"{rel}\"{more}");
            (target, rel, parameters, text)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Nothing panics, and what is found is found within the input.
    #[test]
    fn any_octets_are_read(value in hostile()) {
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let (read, diagnostics) = read(&value, tolerance);
            for link in read {
                match link {
                    Ok(link) => prop_assert!(look(link) < 64 + 16 * value.len()),
                    Err(error) => prop_assert!(error.offset() <= value.len() as u64, "{}", error),
                }
            }
            for one in diagnostics {
                let span = one.span();
                prop_assert!(span.start < span.end && span.end <= value.len() as u64, "{}", one);
            }
        }
    }

    /// Strictness turns reports into errors and changes no link.
    #[test]
    fn what_a_strict_reader_takes_a_lenient_one_reads_alike(value in hostile()) {
        let (strict, advice) = read(&value, Tolerance::STRICT);
        let (lenient, reports) = read(&value, Tolerance::ALL);
        let mut lenient = lenient.into_iter().flatten();
        for link in strict.iter().flatten() {
            prop_assert!(lenient.any(|found| found == *link), "{:?} is not read", link);
        }
        if strict.iter().all(Result::is_ok) {
            prop_assert_eq!(lenient.next(), None);
            prop_assert_eq!(advice, reports);
        }
    }

    #[test]
    fn what_is_well_made_is_read_as_it_was_meant(links in vec(link(), 0..4)) {
        let value = links.iter().map(|link| link.3.as_str()).collect::<Vec<_>>().join(" ,\t");
        let (read, diagnostics) = read(value.as_bytes(), Tolerance::STRICT);
        prop_assert_eq!(diagnostics, []);
        prop_assert_eq!(read.len(), links.len());
        for (read, (target, rel, parameters, _)) in read.into_iter().zip(&links) {
            let read = read.unwrap();
            prop_assert_eq!(read.target(), target);
            prop_assert!(read.has_rel(rel.to_ascii_uppercase()));
            let found: Vec<_> = read.parameters().skip(1).collect();
            prop_assert_eq!(found.len(), parameters.len());
            for (found, expected) in found.into_iter().zip(parameters) {
                prop_assert_eq!(found.name(), &expected.name);
                prop_assert_eq!(found.value(), expected.value.as_deref().map(Into::into));
            }
        }
    }

    /// Whatever stands between two links, if it opens nothing, loses neither.
    #[test]
    fn one_bad_link_loses_no_neighbour(
        before in link(),
        broken in "[^<,\"\\x00]{1,24}",
        after in link(),
    ) {
        let value = format!("{}, {broken}, {}", before.3, after.3);
        let read: Vec<_> = links(value.as_bytes()).collect();
        prop_assert_eq!(read.first().unwrap().as_ref().unwrap().target(), before.0);
        prop_assert_eq!(read.last().unwrap().as_ref().unwrap().target(), after.0);
        prop_assert_eq!(read.iter().flatten().count(), 2);
        let blank = broken.bytes().all(|octet| matches!(octet, b' ' | b'\t' | b'\r' | b'\n'));
        prop_assert!(blank || read.len() > 2, "nothing is said of what is lost");
    }

    /// A target without its `>` or a quote without its end does not, either.
    #[test]
    fn what_does_not_close_loses_no_neighbour(
        broken in link(),
        after in vec("<[a-z/,;]{0,6}>; rel=[a-z]{1,5}", 1..4),
    ) {
        let alone = after.join(",");
        let expected: Vec<_> = links(alone.as_bytes()).collect();
        let cut = broken.3.replacen('>', "", 1);
        for broken in [cut, format!("{}; title=\"x", broken.3)] {
            let value = format!("{broken}, {}", after.join(", "));
            let read: Vec<_> = links(value.as_bytes()).collect();
            prop_assert!(read.len() > expected.len() && read.ends_with(&expected), "{:?}", read);
        }
    }
}

#[cfg(feature = "http")]
proptest! {
    /// RFC 9110 section 5.3: fields may be joined by commas.
    #[test]
    fn many_fields_read_as_one(fields in vec(link(), 0..6)) {
        use http::{HeaderMap, HeaderValue, header::LINK};
        let mut headers = HeaderMap::new();
        for field in &fields {
            headers.append(LINK, HeaderValue::from_bytes(field.3.as_bytes()).unwrap());
        }
        let one = fields.iter().map(|field| field.3.as_str()).collect::<Vec<_>>().join(", ");
        let joined: Vec<_> = links(one.as_bytes()).collect();
        prop_assert_eq!(version_links::links_in_headers(&headers).collect::<Vec<_>>(), joined);
    }
}
