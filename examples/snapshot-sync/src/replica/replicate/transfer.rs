//! Fetching a package in several pieces, without IO: what to request, and what an answer means.
//!
//! The octets in the spool are of a representation with a strong entity tag and without a content
//! coding. The rest is requested as a range, with If-Range (RFC 9110 sections 13.1.5 and 14). What
//! comes in a content coding is decoded while it is received, and is not gone on with: the decoder's
//! state is not kept.

use crate::digest;
use crate::replica::fetch::{entity_tag, is_coded};
use headers::{ContentRange, HeaderMapExt};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

/// What is known of a package before it is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expected {
    /// The requested URI.
    pub(crate) uri: String,
    /// The URI that it was found at, after redirects. References in it are resolved against that.
    pub(crate) found: String,
    /// Its Content-Type.
    pub(crate) content_type: String,
    /// Its entity tag, if it is a strong one.
    pub(crate) etag: Option<String>,
    /// The number of its octets, if the server stated it.
    pub(crate) octets: Option<u64>,
    /// The value of its Repr-Digest, if it has one.
    pub(crate) digest: Option<String>,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its body is the package from its first octet.
    Whole(Expected),
    /// Its body is the missing rest.
    Rest,
    /// Nothing is missing.
    Complete,
    /// The octets in the spool are of no use: the whole package must be requested.
    Anew(&'static str),
    /// The package is gone.
    Gone,
    /// The status is another one.
    Refused,
    /// It has no Content-Type.
    Untyped,
}

/// The fields of a request for the rest behind `held` octets, or for the whole package.
pub(crate) fn request(held: u64, expected: Option<&Expected>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(etag) = asks_for_rest(held, expected)
        && let (Ok(range), Ok(etag)) =
            (HeaderValue::try_from(format!("bytes={held}-")), HeaderValue::from_str(etag))
    {
        headers.insert(header::RANGE, range);
        headers.insert(header::IF_RANGE, etag);
    }
    headers
}

fn asks_for_rest(held: u64, expected: Option<&Expected>) -> Option<&str> {
    expected.filter(|_| held > 0)?.etag.as_deref()
}

/// What the answer to [`request`] means.
pub(crate) fn judge(
    uri: &str,
    held: u64,
    expected: Option<&Expected>,
    status: StatusCode,
    headers: &HeaderMap,
) -> Verdict {
    let rest = expected.filter(|_| asks_for_rest(held, expected).is_some());
    match (status, rest) {
        (StatusCode::OK, _) => whole(uri, headers),
        (StatusCode::PARTIAL_CONTENT, Some(expected)) => judge_range(held, expected, headers),
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
            let length = headers.typed_get::<ContentRange>().and_then(|range| range.bytes_len());
            match length {
                Some(length) if length == held => Verdict::Complete,
                _ => Verdict::Anew("the package is shorter than what was received before"),
            }
        }
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Verdict::Gone,
        _ => Verdict::Refused,
    }
}

fn judge_range(held: u64, expected: &Expected, headers: &HeaderMap) -> Verdict {
    if is_coded(headers) {
        return Verdict::Anew("the server sent a range in a content coding");
    }
    let Some(range) = headers.typed_get::<ContentRange>() else {
        return Verdict::Anew("the server sent a range without a Content-Range");
    };
    if range.bytes_range().is_none_or(|(first, _)| first != held) {
        return Verdict::Anew("the server sent another range than the requested one");
    }
    let is_other = |stated: Option<u64>, known: Option<u64>| {
        stated.is_some_and(|stated| known.is_some_and(|known| known != stated))
    };
    if is_other(range.bytes_len(), expected.octets) {
        return Verdict::Anew("the server sent a range of a package of another length");
    }
    let etag = entity_tag(headers);
    if etag.is_some() && etag != expected.etag.as_deref() {
        return Verdict::Anew("the server sent a range of a package with another entity tag");
    }
    Verdict::Rest
}

fn whole(uri: &str, headers: &HeaderMap) -> Verdict {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(content_type) = text(header::CONTENT_TYPE) else { return Verdict::Untyped };
    let (uri, found) = (uri.to_owned(), uri.to_owned());
    Verdict::Whole(match is_coded(headers) {
        true => Expected { uri, found, content_type, etag: None, octets: None, digest: None },
        false => Expected {
            uri,
            found,
            content_type,
            etag: entity_tag(headers).filter(|etag| etag.starts_with('"')).map(str::to_owned),
            octets: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            digest: digest::of_representation(headers),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "http://x/0";

    fn expected(etag: Option<&str>) -> Expected {
        Expected {
            uri: URI.to_owned(),
            found: URI.to_owned(),
            content_type: "multipart/package; boundary=b".to_owned(),
            etag: etag.map(str::to_owned),
            octets: Some(100),
            digest: None,
        }
    }

    fn answer(status: u16, fields: &[(&'static str, &'static str)]) -> Verdict {
        let expected = expected(Some("\"a\""));
        let fields = fields.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        let status = StatusCode::from_u16(status).unwrap();
        judge(URI, 40, Some(&expected), status, &fields.collect())
    }

    fn is_anew(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Anew(_))
    }

    #[test]
    fn rfc9110_13_1_5_the_rest_is_asked_for_only_by_a_strong_entity_tag() {
        let asked = request(40, Some(&expected(Some("\"a\""))));
        assert_eq!(
            (&asked["range"], &asked["if-range"]),
            (&"bytes=40-".parse().unwrap(), &"\"a\"".parse().unwrap())
        );
        assert!(request(0, Some(&expected(Some("\"a\"")))).is_empty());
        assert!(request(40, Some(&expected(None))).is_empty());
        assert!(request(40, None).is_empty());
        let weak = [("content-type", "a/b"), ("etag", "W/\"a\"")];
        let Verdict::Whole(known) = answer(200, &weak) else { panic!("it is the whole") };
        assert_eq!(known.etag, None, "a weak tag says nothing about octets");
    }

    #[test]
    fn rfc9110_14_4_a_range_is_taken_where_it_begins_where_it_was_asked_to() {
        let rest = ("content-range", "bytes 40-99/100");
        assert_eq!(answer(206, &[rest]), Verdict::Rest);
        assert_eq!(answer(206, &[rest, ("etag", "\"a\"")]), Verdict::Rest);
        assert_eq!(answer(206, &[("content-range", "bytes 40-99/*")]), Verdict::Rest);
        assert_eq!(answer(206, &[("content-range", "bytes 40-59/100")]), Verdict::Rest);
        for elsewhere in
            ["bytes 0-99/100", "bytes 41-99/100", "bytes 39-99/100", "bytes */100", "x"]
        {
            assert!(is_anew(&answer(206, &[("content-range", elsewhere)])), "{elsewhere}");
        }
        assert!(is_anew(&answer(206, &[])), "such as multipart/byteranges");
        assert!(is_anew(&answer(206, &[("content-range", "bytes 40-99/101")])), "another length");
        assert!(is_anew(&answer(206, &[rest, ("etag", "\"b\"")])), "another entity tag");
        assert!(is_anew(&answer(206, &[rest, ("etag", "W/\"a\"")])), "a weak one");
    }

    #[test]
    fn rfc9110_15_5_17_a_range_behind_the_end_of_a_whole_package_says_that_it_is_whole() {
        assert_eq!(answer(416, &[("content-range", "bytes */40")]), Verdict::Complete);
        assert!(is_anew(&answer(416, &[("content-range", "bytes */39")])));
        assert!(is_anew(&answer(416, &[])));
    }

    #[test]
    fn rfc9110_14_2_a_200_to_a_range_is_the_whole_package() {
        let fields = [("content-type", "a/b"), ("content-length", "7"), ("etag", "\"b\"")];
        let Verdict::Whole(known) = answer(200, &fields) else { panic!("it is the whole") };
        assert_eq!((known.etag.as_deref(), known.octets), (Some("\"b\""), Some(7)));
        assert_eq!(answer(200, &[]), Verdict::Untyped);
    }

    #[test]
    fn rfc9110_8_4_a_package_in_a_content_coding_is_not_gone_on_with() {
        let rest = ("content-range", "bytes 40-99/100");
        assert!(is_anew(&answer(206, &[rest, ("content-encoding", "gzip")])));
        assert_eq!(answer(206, &[rest, ("content-encoding", "identity")]), Verdict::Rest);
        let fields = [
            ("content-type", "a/b"),
            ("content-length", "7"),
            ("etag", "\"b\""),
            ("content-encoding", "gzip"),
        ];
        let Verdict::Whole(known) = answer(200, &fields) else { panic!("it is the whole") };
        assert_eq!((&known.etag, known.octets), (&None, None));
        assert!(request(40, Some(&known)).is_empty());
    }

    #[test]
    fn what_is_gone_is_told_from_what_is_refused() {
        assert_eq!((answer(404, &[]), answer(410, &[])), (Verdict::Gone, Verdict::Gone));
        assert_eq!((answer(401, &[]), answer(304, &[])), (Verdict::Refused, Verdict::Refused));
        let nothing = judge(URI, 0, None, StatusCode::PARTIAL_CONTENT, &HeaderMap::new());
        assert_eq!(nothing, Verdict::Refused, "a range that nobody asked for");
        let nothing = judge(URI, 0, None, StatusCode::RANGE_NOT_SATISFIABLE, &HeaderMap::new());
        assert_eq!(nothing, Verdict::Refused);
    }
}
