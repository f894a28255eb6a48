//! Snapshots at web servers that do as they like.

use crate::support::{Answer, Request, SMALLEST, Server, TYPE, name, rows, short_parts};
use datafusion::catalog::TableProvider;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use snapshot_query::{Limits, SnapshotTable, TableOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;

const INDEX: &str = r#"{"id":"2015-06-23T00:36:45.885Z","started":1435019805885,"completed":1435019805885,"uris":["0"]}"#;

/// The answer for the index, and for the package by a function.
fn snapshot(
    package: impl Fn(&Request) -> Answer + Send + Sync + 'static,
) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| match request.path.as_str() {
        "/s/index" => Answer::of(request, INDEX.as_bytes(), "\"i\""),
        "/s/0" => package(request),
        _ => Answer::new("404 Not Found"),
    }
}

/// How many rows a snapshot has. A server that says nothing fails the query after a second.
async fn count(uri: &str) -> Result<usize, DataFusionError> {
    let config = SessionConfig::new().with_target_partitions(2).with_repartition_file_min_size(0);
    let context = SessionContext::new_with_config(config);
    let limits = Limits::default().silence(Duration::from_secs(1));
    let options = TableOptions::default().content_type(Some(TYPE.to_owned()));
    let options = options.sizes(SMALLEST).limits(limits);
    let uri = Url::parse(uri).unwrap();
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await?;
    context.register_table("snapshot", Arc::new(table))?;
    Ok(rows(&context.sql("select * from snapshot").await?.collect().await?).len())
}

/// The error of a query, which must come within a minute.
async fn error(uri: &str) -> (&'static str, String) {
    let counted = tokio::time::timeout(Duration::from_secs(60), count(uri));
    let error = counted.await.unwrap().unwrap_err();
    (name(&error), error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_more_fails_the_query_by_name() {
    let octets = short_parts(100);
    for stalls in ["index", "planning", "range", "body"] {
        let octets = octets.clone();
        let server = Server::answering(move |request| {
            let is_range = request.field("if-match").is_some();
            let found = snapshot({
                let octets = octets.clone();
                move |request| Answer::of(request, &octets, "\"a\"")
            })(request);
            match stalls {
                "index" if request.path.ends_with("index") => found.stalls_after(20),
                "planning" if request.path.ends_with('0') && !is_range => found.stalls_after(20),
                "range" if is_range => found.stalls_after(20),
                "body" if is_range => found.stalls_after(0),
                _ => found,
            }
        });
        let (name, message) = error(&server.uri("/s/index")).await;
        assert_eq!(name, "stalled", "{stalls}: {message}");
        assert!(message.contains("/s/") && message.contains("1 seconds"), "{message}");
    }
}

/// A server must not choose what this machine asks of others.
#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_of_a_package_is_not_followed() {
    let elsewhere =
        Server::answering(snapshot(|request| Answer::of(request, &short_parts(100), "\"a\"")));
    for target in [elsewhere.uri("/s/0"), "/s/other".to_owned()] {
        let to = target.clone();
        let server = Server::answering(snapshot(move |_| {
            Answer::new("302 Found").field("Location", to.clone())
        }));
        let (name, message) = error(&server.uri("/s/index")).await;
        assert_eq!(name, "redirect");
        assert!(message.contains(&target), "{message}");
        assert!(!server.paths().contains(&"/s/other".to_owned()));
    }
    assert_eq!(elsewhere.paths(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_of_the_index_is_followed_to_the_same_origin_alone() {
    let elsewhere =
        Server::answering(snapshot(|request| Answer::of(request, &short_parts(100), "\"a\"")));
    let target = elsewhere.uri("/s/index");
    let to = target.clone();
    let server = Server::answering(move |request| match request.path.as_str() {
        "/away" => Answer::new("302 Found").field("Location", to.clone()),
        "/latest" => Answer::new("302 Found").field("Location", "/s/index"),
        "/circle" => Answer::new("302 Found").field("Location", "/circle"),
        _ => snapshot(|request| Answer::of(request, &short_parts(100), "\"a\""))(request),
    });
    assert_eq!(count(&server.uri("/latest")).await.unwrap(), 100);
    // A session that has a store of this server already follows the redirect, too.
    let context = SessionContext::new();
    for _ in 0..2 {
        let uri = Url::parse(&server.uri("/latest")).unwrap();
        let options = TableOptions::default().content_type(Some(TYPE.to_owned()));
        let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
        assert_eq!(table.uri().as_str(), server.uri("/s/index"));
        table.scan(&context.state(), None, &[], None).await.unwrap();
    }
    assert_eq!(error(&server.uri("/circle")).await.0, "index");
    let (name, message) = error(&server.uri("/away")).await;
    assert_eq!(name, "redirect");
    assert!(message.contains(&target), "{message}");
    assert_eq!(elsewhere.paths(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_replaced_at_a_web_server_fails_the_query_by_name() {
    for ignores_if_match in [false, true] {
        let ranges = AtomicUsize::new(0);
        let server = Server::answering(snapshot(move |request| {
            let is_range = request.field("if-match").is_some();
            let is_new = is_range && ranges.fetch_add(1, Ordering::Relaxed) > 0;
            let octets = short_parts(100);
            match (is_new, ignores_if_match) {
                (false, _) => Answer::of(request, &octets, "\"a\""),
                (true, false) => Answer::of(request, &octets.to_ascii_uppercase(), "\"b\""),
                (true, true) => {
                    let asked = request.field("if-match").unwrap().to_owned();
                    assert_eq!(asked, "\"a\"");
                    let answer = Answer::of(request, &octets.to_ascii_uppercase(), &asked);
                    answer.replacing("ETag", "\"b\"")
                }
            }
        }));
        assert_eq!(error(&server.uri("/s/index")).await.0, "package-changed");
    }
}

/// A server answers 416 where a client asks for the last octets of nothing.
#[tokio::test(flavor = "multi_thread")]
async fn rfc9110_15_5_17_a_package_without_octets_has_no_close_delimiter() {
    let server = Server::answering(snapshot(|request| Answer::of(request, b"", "\"a\"")));
    assert_eq!(error(&server.uri("/s/index")).await.0, "close-missing");
}

/// What a server sends beyond what it announces is no part of the package.
#[tokio::test(flavor = "multi_thread")]
async fn more_octets_than_were_asked_for_fail_the_query_by_name() {
    for in_planning in [true, false] {
        let server = Server::answering(snapshot(move |request| {
            let found = Answer::of(request, &short_parts(100), "\"a\"");
            match request.field("if-match").is_none() == in_planning {
                true => found.and(&[b'x'; 100_000]),
                false => found,
            }
        }));
        assert_eq!(error(&server.uri("/s/index")).await.0, "package-changed");
    }
}

/// The README says so. Without its size, a package cannot be cut into ranges.
#[tokio::test(flavor = "multi_thread")]
async fn a_range_whose_answer_does_not_state_the_size_or_the_length_fails_the_query_by_name() {
    for is_chunked in [false, true] {
        let server = Server::answering(snapshot(move |request| {
            let octets = short_parts(100);
            let found = Answer::of(request, &octets, "\"a\"");
            if !is_chunked {
                return found
                    .replacing("Content-Range", &format!("bytes 0-{}/*", octets.len() - 1));
            }
            let chunk =
                [format!("{:x}\r\n", octets.len()).as_bytes(), &octets, b"\r\n0\r\n\r\n"].concat();
            found.field("Transfer-Encoding", "chunked").body(&chunk)
        }));
        let (name, message) = error(&server.uri("/s/index")).await;
        assert_eq!(name, "store", "{message}");
        assert!(message.contains("/s/0"), "{message}");
    }
}

/// What a server says about an error may be endless.
#[tokio::test(flavor = "multi_thread")]
async fn the_body_of_an_error_is_not_read() {
    let server = Server::answering(snapshot(|_| {
        Answer::new("403 Forbidden").body(&vec![b'x'; 1_000_000]).stalls_after(1_000)
    }));
    let (name, message) = error(&server.uri("/s/index")).await;
    assert_eq!(name, "store");
    assert!(!message.contains("xxx") && message.len() < 1_000, "{message}");
}

/// A server may answer with all octets, whatever is asked for. Those of a small package are all asked for.
#[tokio::test(flavor = "multi_thread")]
async fn rfc9110_14_2_a_server_that_ignores_ranges_gives_small_packages() {
    for parts in [100, 10_000] {
        let server = Server::answering(snapshot(move |request| {
            let octets = short_parts(parts);
            if request.field("if-match").is_some_and(|expected| expected != "\"a\"") {
                return Answer::new("412 Precondition Failed");
            }
            Answer::new("200 OK").field("ETag", "\"a\"").body(&octets)
        }));
        let context = SessionContext::new();
        let options = TableOptions::default().content_type(Some(TYPE.to_owned()));
        let uri = Url::parse(&server.uri("/s/index")).unwrap();
        let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
        context.register_table("snapshot", Arc::new(table)).unwrap();
        let counted = context.sql("select * from snapshot").await.unwrap().collect().await;
        match parts {
            100 => assert_eq!(rows(&counted.unwrap()).len(), 100),
            _ => assert_eq!(name(&counted.unwrap_err()), "store"),
        }
    }
}
