//! `feedctl` from end to end.

#![cfg(feature = "programs")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use serde_json::Value;
use std::process::{Command, Output};
use support::{Running, listener, run};

/// Runs feedctl.
async fn feedctl(running: &Running, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feedctl"));
    command.arg("--service").arg(&running.service).args(arguments);
    command.env_remove("FEEDCTL_SERVICE").env_remove("FEEDCTL_TOKEN");
    if let Some(token) = &running.token {
        command.env("FEEDCTL_TOKEN", token);
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Runs feedctl with `--json`, and returns what it prints and its exit status.
async fn json(running: &Running, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = feedctl(running, &[&["--json"], arguments].concat()).await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_slice(&output.stdout);
    (value.unwrap_or(Value::String(errors)), output.status.code())
}

async fn done(running: &Running, arguments: &[&str]) -> Value {
    let (value, status) = json(running, arguments).await;
    assert_eq!(status, Some(0), "{arguments:?}: {value}");
    value
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| unreachable!("{path} of {value}"))
}

#[tokio::test]
async fn a_service_is_added_shown_edited_and_removed() {
    let running = run().await;
    let bundle = done(&running, &["add-bundle", "Spatial Feeds", "--public"]).await;
    let bundle = text(&bundle, "/uri").to_owned();
    let feed = "http://geofeeds.org/unemployment2011";
    let added = [
        "add",
        "Spatial Feeds",
        feed,
        "--title",
        "Rates",
        "--query",
        "state=CA",
        "--summary",
        "By state",
    ];
    let added = done(&running, &added).await;
    let edit = text(&added, "/edit").to_owned();
    let listed = done(&running, &["ls"]).await;
    assert!(listed["bundles"].as_array().unwrap().iter().any(|it| it["uri"] == *bundle));
    let service = done(&running, &["service"]).await;
    assert!(
        service["workspaces"][0]["collections"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["href"] == *bundle)
    );
    let listed = done(&running, &["ls", &bundle]).await;
    assert_eq!(text(&listed, "/members/0/uri"), feed);
    assert_eq!(text(&listed, "/members/0/kind"), "service");

    done(&running, &["edit", &edit, "--title", "New", "--query", ""]).await;
    let shown = done(&running, &["show", &edit]).await;
    assert_eq!((text(&shown, "/title"), text(&shown, "/summary")), ("New", "By state"));
    assert!(shown["query"].is_null());
    let shown = feedctl(&running, &["show", &edit]).await;
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("title    New\n") && shown.contains(feed), "{shown}");

    done(&running, &["rm", &edit]).await;
    let (_, status) = json(&running, &["show", &edit]).await;
    assert_eq!(status, Some(6));
    let (_, status) = json(&running, &["rm", &bundle]).await;
    assert_eq!(status, Some(2), "a bundle is deleted only when --bundle says so");
    done(&running, &["rm", "--bundle", &bundle]).await;
    let (_, status) = json(&running, &["ls", &bundle]).await;
    assert_eq!(status, Some(6));
}

/// Another spelling of a bundle's URI, or that of a page of its feed, is no way around `--bundle`.
#[tokio::test]
async fn a_bundle_is_deleted_only_when_the_option_says_so_however_it_is_spelled() {
    let running = run().await;
    let bundle = done(&running, &["add-bundle", "List"]).await;
    let bundle = text(&bundle, "/uri").to_owned();
    done(&running, &["add", "List", "http://a.example/a"]).await;
    let spellings = [
        format!("{bundle}#top"),
        bundle.replace("/list", "/%6cist"),
        bundle.replace("http://", "HTTP://"),
        bundle.replace("/list", "/x/../list"),
        format!("{bundle}?before=5-1"),
        format!("{bundle}?#top"),
    ];
    for uri in &spellings {
        let (refused, status) = json(&running, &["rm", uri]).await;
        assert_eq!(status, Some(2), "{uri}: {refused}");
    }
    let (refused, status) = json(&running, &["rm", "--bundle", &spellings[4]]).await;
    assert_eq!(status, Some(2), "a page is no bundle: {refused}");
    assert_eq!(done(&running, &["ls", "List"]).await["members"].as_array().unwrap().len(), 1);
}

/// draft-wilde-fsm-00 section 2.1: the scheme says what kind of query it is, and is no less part of it.
#[tokio::test]
async fn fsm_2_1_the_scheme_of_a_query_is_kept_shown_and_set() {
    let running = run().await;
    done(&running, &["add-bundle", "List"]).await;
    let scheme = "http://queries.example/xpath";
    let feed = "http://a.example/a";
    let added = ["add", "List", feed, "--query", "//a", "--query-scheme", scheme];
    let added = done(&running, &added).await;
    assert_eq!(text(&added, "/query_scheme"), scheme);
    let edit = text(&added, "/edit").to_owned();
    done(&running, &["edit", &edit, "--query", "//b"]).await;
    let shown = done(&running, &["show", &edit]).await;
    assert_eq!((text(&shown, "/query"), text(&shown, "/query_scheme")), ("//b", scheme));
    let shown = String::from_utf8(feedctl(&running, &["show", &edit]).await.stdout).unwrap();
    assert!(shown.contains(&format!("query    //b\nscheme   {scheme}\n")), "{shown}");
    let listed = done(&running, &["ls", "List"]).await;
    assert_eq!(text(&listed, "/members/0/query_scheme"), scheme);
    assert_eq!(text(&listed, "/members/0/uri"), feed, "such a query is not appended");

    done(&running, &["edit", &edit, "--query-scheme", "urn:example:other"]).await;
    let shown = done(&running, &["show", &edit]).await;
    assert_eq!(
        (text(&shown, "/query"), text(&shown, "/query_scheme")),
        ("//b", "urn:example:other")
    );
    done(&running, &["edit", &edit, "--query-scheme", "", "--query", "c=d"]).await;
    let shown = done(&running, &["show", &edit]).await;
    assert_eq!((text(&shown, "/query"), &shown["query_scheme"]), ("c=d", &Value::Null));
    done(&running, &["edit", &edit, "--query", ""]).await;
    let (_, status) = json(&running, &["edit", &edit, "--query-scheme", scheme]).await;
    assert_eq!(status, Some(2), "there is no query that could have a scheme");
    let alone = ["add", "List", feed, "--query-scheme", scheme];
    assert_eq!(feedctl(&running, &alone).await.status.code(), Some(2));
}

/// What is printed can be passed on: no reference needs the document that it was in.
#[tokio::test]
async fn rfc3986_5_references_are_printed_as_absolute_uris() {
    let member = support::entry("service-entry", "feeds/a")
        .replace("</entry>", "<link rel='edit' href='list/1'/></entry>");
    let list = support::feed("List", &member);
    let one =
        member.replace("<entry>", "<entry xmlns='http://www.w3.org/2005/Atom' xml:base='/ann/'>");
    let service = "<service xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'>\
        <workspace><a:title>W</a:title><collection href='list'><a:title>List</a:title></collection>\
        </workspace></service>";
    let routes = axum::Router::new()
        .route(
            "/service",
            axum::routing::get(async || axum::response::Redirect::to("/ann/service")),
        )
        .route("/ann/service", axum::routing::get(async move || service))
        .route("/ann/list", axum::routing::get(async move || list))
        .route("/ann/list/1", axum::routing::get(async move || one));
    let origin = support::serve(routes).await;
    let service = format!("{origin}/service");
    let manager = feed_manager::client::Manager::new(&service).unwrap();
    let running = Running { manager, service, token: None };
    let (list, edit) = (format!("{origin}/ann/list"), format!("{origin}/ann/list/1"));
    let shown = done(&running, &["service"]).await;
    assert_eq!(text(&shown, "/workspaces/0/collections/0/href"), list);
    assert_eq!(text(&done(&running, &["ls"]).await, "/bundles/0/uri"), list);
    let listed = done(&running, &["ls", "List"]).await;
    assert_eq!(text(&listed, "/members/0/edit"), edit);
    let shown = done(&running, &["show", &edit]).await;
    assert_eq!(text(&shown, "/edit"), edit);
    assert_eq!(text(&shown, "/uri"), format!("{origin}/ann/feeds/a"));
}

/// A server that demands conditions refuses a deletion that names no state (RFC 6585 section 3).
#[tokio::test]
async fn rfc6585_3_what_is_removed_is_what_was_seen() {
    let running = support::run_demanding().await;
    let bundle = done(&running, &["add-bundle", "List"]).await;
    let bundle = text(&bundle, "/uri").to_owned();
    let add = async || {
        let added = done(&running, &["add", "List", "http://a.example/a"]).await;
        text(&added, "/edit").to_owned()
    };
    let edit = add().await;
    let (refused, status) = json(&running, &["rm", "--unguarded", &edit]).await;
    assert_eq!(status, Some(5), "428: {refused}");
    done(&running, &["rm", &edit]).await;
    assert_eq!(json(&running, &["show", &edit]).await.1, Some(6));
    assert_eq!(json(&running, &["rm", &edit]).await.1, Some(6));
    let edit = add().await;
    done(&running, &["rm", "--bundle", &bundle]).await;
    assert_eq!(json(&running, &["show", &edit]).await.1, Some(6));
}

#[tokio::test]
async fn what_nothing_guards_is_removed_only_when_the_option_says_so() {
    use axum::routing::get;
    let service = "<service xmlns='http://www.w3.org/2007/app'/>";
    let deleted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let delete = {
        let deleted = std::sync::Arc::clone(&deleted);
        async move || deleted.store(true, std::sync::atomic::Ordering::SeqCst)
    };
    let routes = axum::Router::new()
        .route("/service", get(async move || service))
        .route("/1", get(async || "anything").delete(delete));
    let origin = support::serve(routes).await;
    let service = format!("{origin}/service");
    let manager = feed_manager::client::Manager::new(&service).unwrap();
    let running = Running { manager, service, token: None };
    let member = format!("{origin}/1");
    let (refused, status) = json(&running, &["rm", &member]).await;
    assert_eq!(status, Some(5), "{refused}");
    assert!(!deleted.load(std::sync::atomic::Ordering::SeqCst));
    done(&running, &["rm", "--unguarded", &member]).await;
    assert!(deleted.load(std::sync::atomic::Ordering::SeqCst));
}

#[tokio::test]
async fn an_exported_list_is_imported_again() {
    let running = run().await;
    done(&running, &["add-bundle", "First"]).await;
    done(&running, &["add-bundle", "Second"]).await;
    for feed in ["http://a.example/a", "http://a.example/b"] {
        done(&running, &["add", "First", feed, "--query", "key=secret"]).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.opml");
    let file = file.to_str().unwrap();
    let exported = feedctl(&running, &["export", "First", "--output", file]).await;
    assert!(exported.status.success());
    assert!(!std::fs::read_to_string(file).unwrap().contains("secret"));
    let with = feedctl(&running, &["export", "First", "--with-queries"]).await;
    assert!(String::from_utf8(with.stdout).unwrap().contains("http://a.example/a?key=secret"));
    let document = done(&running, &["export", "First"]).await;
    assert_eq!(text(&document, "/document"), std::fs::read_to_string(file).unwrap());
    let imported = done(&running, &["import", file, "--into", "Second"]).await;
    assert_eq!(imported["added"].as_array().unwrap().len(), 2);
    let again = done(&running, &["import", file, "--into", "Second"]).await;
    assert_eq!(
        (again["added"].as_array().unwrap().len(), again["kept"].as_array().unwrap().len()),
        (0, 2)
    );
}

#[tokio::test]
async fn follow_shows_what_is_missing_and_keeps_a_copy() {
    let running = run().await;
    let list = done(&running, &["add-bundle", "List", "--public"]).await;
    let list = text(&list, "/uri").to_owned();
    done(&running, &["add", &list, "http://a.example/a", "--title", "A"]).await;
    let whole = done(&running, &["follow", &list]).await;
    assert_eq!((&whole["whole"], &whole["visits"][0]["services"]), (&true.into(), &1.into()));
    let down = format!("http://{}/b", listener().await.local_addr().unwrap());
    done(&running, &["add", &list, &down, "--reference"]).await;
    let (partly, status) = json(&running, &["follow", "List"]).await;
    assert_eq!((status, &partly["whole"]), (Some(4), &false.into()));
    assert_eq!(text(&partly, "/visits/1/state"), "failed");
    let (_, status) = json(&running, &["follow", &down]).await;
    assert_eq!(status, Some(1), "the first bundle was not found");

    done(&running, &["add-bundle", "Copy"]).await;
    let copied = done(&running, &["follow", &list, "--into", "Copy"]).await;
    assert_eq!(copied["added"].as_array().unwrap().len(), 2);
    let listed = done(&running, &["ls", "Copy"]).await;
    assert_eq!(text(&listed, "/members/0/lists/0/uri"), list);
}

#[tokio::test]
async fn exit_statuses_are_those_of_the_help() {
    let running = run().await;
    let help = feedctl(&running, &["--help"]).await;
    assert!(String::from_utf8(help.stdout).unwrap().contains("Exit status:"));
    for arguments in [&["frobnicate"][..], &["edit", "http://a.example/"], &["ls", "Nothing"]] {
        assert_eq!(feedctl(&running, arguments).await.status.code(), Some(2), "{arguments:?}");
    }
    done(&running, &["add-bundle", "B"]).await;
    // `mailto:` is no URI that a service can have.
    let refused = feedctl(&running, &["add", "B", "mailto:a@example.org"]).await;
    assert_eq!(refused.status.code(), Some(3), "{}", String::from_utf8_lossy(&refused.stderr));
    let refused = feedctl(&running, &["--json", "show", "http://127.0.0.1/%zz"]).await;
    let error: Value = serde_json::from_slice(&refused.stderr).unwrap();
    assert!(error["status"].is_null() && !text(&error, "/error").is_empty(), "{error}");
    let script = feedctl(&running, &["completions", "bash"]).await;
    assert!(String::from_utf8(script.stdout).unwrap().contains("complete -F"));
}

/// The token goes to the server of the service document alone, and to no proxy that the environment names.
#[tokio::test]
async fn the_proxies_of_the_environment_are_ignored_by_the_client() {
    let running = run().await;
    let proxy = listener().await;
    let through = format!("http://{}", proxy.local_addr().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_feedctl"));
    command.arg("--service").arg(&running.service).arg("service");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, &through);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("REQUEST_METHOD");
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(done.status.success(), "{done:?}");
    let asked = tokio::time::timeout(std::time::Duration::from_millis(200), proxy.accept()).await;
    assert!(asked.is_err(), "the proxy was asked");
}
