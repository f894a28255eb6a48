//! What the command line refuses by name, and what it does not print then.

use crate::command::{PACKAGE, kept, query, text};
use crate::support::{Answer, Server};
use std::path::Path;

/// A message is read by more people than the environment is.
#[test]
fn credentials_in_a_uri_are_not_printed() {
    let server = Server::answering(|request| match request.path.split('?').next().unwrap() {
        "/listed" => {
            let index = r#"{"id":"a","started":1435019805885,"uris":["0?token=hunter2"]}"#;
            Answer::of(request, index.as_bytes(), "\"i\"")
        }
        "/moved" => {
            Answer::new("302 Found").field("Location", "http://u:hunter2@127.0.0.1:1/?hunter2")
        }
        "/no-index" => Answer::of(request, b"hello", "\"i\""),
        "/no-manifest" => Answer::of(request, br#"{"index":1,"packages":[]}"#, "\"i\""),
        _ => Answer::new("404 Not Found"),
    });
    let query = |from: &str| query(Path::new(from), &["select location from snapshot"]);
    for (from, name, shown) in [
        ("s3://AKIA:hunter2@bucket/index.json", "uri", "s3://…@bucket/index.json"),
        ("s3://AKIA:hunter2/hunter2@bucket/index.json", "uri", "@bucket/index.json"),
        ("s3://AKIA:hunter2?hunter2@bucket/index.json", "uri", "@bucket/index.json"),
        ("s3:AKIA:hunter2@bucket/index.json", "uri", "@bucket/index.json"),
        ("s3:/AKIA:hunter2@bucket/index.json", "uri", "@bucket/index.json"),
        ("s3://bucket/index.json?X-Amz-Signature=hunter2", "uri", "s3://bucket/index.json?…"),
        ("http://hunter2@127.0.0.1:1/index.json", "uri", "http://…@127.0.0.1:1/index.json"),
        ("file:///a@b/index.json?hunter2", "uri", "file:///a@b/index.json?…"),
        (&server.uri("/?token=hunter2"), "index", "/?…"),
        (&server.uri("/moved?token=hunter2"), "redirect", "/moved?…"),
        (&server.uri("/listed?token=hunter2"), "uri", "/0?…"),
        (&server.uri("/no-index?token=hunter2"), "index", "/no-index?…"),
        (&server.uri("/no-manifest?token=hunter2"), "manifest", "/no-manifest?…"),
        ("http://127.0.0.1:1/index.json?token=hunter2", "index", "/index.json?…"),
    ] {
        let output = query(from);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{from}: {told}");
        assert!(told.starts_with(&format!("snapshot-query: {name}: ")), "{from}: {told}");
        assert!(told.contains(shown), "{from}: {told}");
        assert!(!told.contains("hunter2"), "{from}: {told}");
    }
}

/// Packages would be asked for without the credentials of the index.
#[test]
fn a_web_server_is_not_asked_with_credentials_of_a_uri() {
    let server = Server::answering(|_| Answer::new("404 Not Found"));
    let from = server.uri("/index.json").replace("://", "://user:password@");
    let output = query(Path::new(&from), &["select location from snapshot"]);
    let told = text(&output.stderr);
    assert!(told.starts_with("snapshot-query: uri: ") && told.contains("credentials"), "{told}");
    assert_eq!(server.paths(), Vec::<String>::new());
}
