//! What the program says to an operator when something is wrong: one line that tells what, where, and
//! what to do.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use axum::Router;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::get;
use http::StatusCode;
use std::path::Path;
use std::process::Command;

/// The last line that `replicate` prints.
fn told_by(from: &str, database: &Path, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["--once", "--retries", "0", "--patience", "0", "--from", from, "--database"])
        .arg(database)
        .args(more)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    told.lines().last().unwrap().to_owned()
}

fn told(from: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    told_by(from, &directory.path().join("replica.sqlite"), &[])
}

fn says(told: &str, parts: &[&str]) {
    assert!(told.starts_with("replicate: "), "{told}");
    for part in parts {
        assert!(told.contains(part), "{part:?} is missing in: {told}");
    }
}

/// A server for as long as the runtime is there.
fn serve(runtime: &tokio::runtime::Runtime, routes: Router) -> String {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, routes).into_future());
        format!("http://{address}")
    })
}

#[test]
fn a_wrong_start_uri_is_told_with_what_it_was_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let portal = Html("<html><title>Log in</title></html>");
    let routes = Router::new()
        .route("/portal", get(async move || portal))
        .route("/secret", get(async || StatusCode::UNAUTHORIZED))
        .route("/json", get(async || ([("content-type", "application/json")], "{}")))
        .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR));
    let at = serve(&runtime, routes);
    for (path, parts) in [
        ("/nothing", &["/nothing was answered with 404", "the URI of an index or a feed?"][..]),
        ("/portal", &["/portal was", "of the type text/html", "login page"]),
        ("/secret", &["/secret was answered with 401", "--token-file"]),
        ("/json", &["/json has no link rel=current"]),
        ("/broken", &["/broken was answered with 500"]),
    ] {
        says(&told(&format!("{at}{path}")), parts);
    }
}

#[test]
fn a_redirect_to_another_origin_is_told_with_what_to_do() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let to = |uri: &'static str| get(async move || Redirect::temporary(uri).into_response());
    let routes = Router::new()
        .route("/secure", to("https://127.0.0.1:1/snapshots/latest"))
        .route("/portal", to("http://login.invalid/"));
    let at = serve(&runtime, routes);
    let advice = if cfg!(feature = "tls") { "(--from)" } else { "without the feature tls" };
    says(
        &told(&format!("{at}/secure")),
        &["/secure redirects to https://127.0.0.1:1/snapshots/latest", advice],
    );
    let parts = ["/portal redirects to http://login.invalid/", "--from", "--allow-origin"];
    says(&told(&format!("{at}/portal")), &parts);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    says(&told("http://127.0.0.1:1/x"), &["http://127.0.0.1:1/x", "running?", "refused"]);
    says(&told("http://no-such-host.invalid/x"), &["http://no-such-host.invalid/x", "dns"]);
    says(&told("example.net/x"), &["example.net/x is not an http or https URI, such as"]);
}

#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let at = |path: &str| told_by("http://127.0.0.1:1/", &directory.path().join(path), &[]);
    says(&at("missing/replica.sqlite"), &["/missing cannot be used: No such file"]);
    std::fs::write(directory.path().join("file"), "").unwrap();
    says(&at("file/replica.sqlite"), &["/file/replica.sqlite", "Not a directory"]);
    std::fs::create_dir(directory.path().join("directory")).unwrap();
    says(&at("directory"), &["/directory cannot be used: is a directory"]);
    let token = ["--token-file", "/no/such/token"];
    let database = directory.path().join("replica.sqlite");
    says(&told_by("http://127.0.0.1:1/", &database, &token), &["/no/such/token: No such file"]);
}

#[test]
fn a_file_where_packages_are_to_be_is_named() {
    let site = support::Site::new(10, 5);
    site.publish(snapshot_sync::publisher::snapshot::Opening::Implied, 20_000);
    let database = site.directory.path().join("replica.sqlite");
    let packages = site.directory.path().join("replica.sqlite-packages");
    std::fs::write(&packages, "").unwrap();
    let told = told_by(&site.listening.uri("/snapshots/latest"), &database, &[]);
    says(&told, &["/replica.sqlite-packages cannot be used: File exists"]);
}
