//! The URI that invokes a service (draft-wilde-fsm-00 section 2.1).

use super::query::Query;
use crate::atom::{Base, Entry};
use crate::error::Error;
use crate::rule::Rule;
use iri_string::types::{IriStr, UriReferenceStr};

pub(super) fn uri(
    entry: &Entry<'_>,
    query: Option<&Query<'_>>,
    base: &Base,
) -> Result<String, Error> {
    let link = entry.link("alternate");
    let href = link.and_then(|link| link.href()).unwrap_or_default();
    let base = base.within(entry.common());
    let base = link.map_or(base.clone(), |link| base.within(link.common()));
    let service = base.resolve(href);
    let service = service.as_deref().and_then(|service| IriStr::new(service).ok());
    let service = service.ok_or_else(|| Error::built(Rule::ServiceRelative, "/entry", href))?;
    let uri = service.encode_to_uri().to_string();
    match query {
        Some(query) if query.scheme().is_none() => append(&uri, query.text()),
        _ => Ok(uri),
    }
}

/// Appends a query to a URI, before its fragment; a `?` that the query begins with is dropped.
fn append(uri: &str, query: &str) -> Result<String, Error> {
    let query = query.trim();
    let query = query.strip_prefix('?').unwrap_or(query);
    if query.contains('#') || UriReferenceStr::new(&format!("?{query}")).is_err() {
        return Err(Error::built(Rule::QuerySyntax, "/entry/query", query));
    }
    let (before, fragment) = uri.find('#').map_or((uri, ""), |at| uri.split_at(at));
    let joint = match before.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, there)) if there.is_empty() || there.ends_with('&') => "",
        Some(_) => "&",
    };
    Ok(format!("{before}{joint}{query}{fragment}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fsm_2_1_a_query_is_appended_before_the_fragment() {
        for (uri, query, expected) in [
            ("http://a/b", "c=d", "http://a/b?c=d"),
            ("http://a/b", "?c=d", "http://a/b?c=d"),
            ("http://a/b", " c=d\n", "http://a/b?c=d"),
            ("http://a/b?x=y", "c=d", "http://a/b?x=y&c=d"),
            ("http://a/b?x=y&", "c=d", "http://a/b?x=y&c=d"),
            ("http://a/b?", "c=d", "http://a/b?c=d"),
            ("http://a/b#f", "c=d", "http://a/b?c=d#f"),
            ("http://a/b?x#f?g", "c=%20", "http://a/b?x&c=%20#f?g"),
            ("http://a/b", "", "http://a/b"),
            ("http://a", "c", "http://a?c"),
        ] {
            assert_eq!(append(uri, query).as_deref(), Ok(expected), "{uri} {query}");
        }
        for query in ["a b", "a#b", "é", "a\r\nHost: x", "%", "a\"b"] {
            assert!(append("http://a/b", query).is_err(), "{query}");
        }
    }
}
