//! What the command line refuses by name, and what it does not print then.

use crate::command::{PACKAGE, kept, query, text};
use crate::support::{Answer, Server};
use std::path::Path;
#[cfg(feature = "s3")]
use std::process::{Command, Output};

/// A query whose environment says nothing about S3 but these variables.
#[cfg(feature = "s3")]
fn of_bucket(environment: &[(&str, &str)]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AWS_") {
            program.env_remove(name);
        }
    }
    program.envs(environment.iter().copied());
    let sql = "select count(*) from snapshot";
    program.args(["--from", "s3://bucket/index.json", sql]).output().unwrap()
}

/// Otherwise the store asks the network who this machine is, which may take minutes.
#[cfg(feature = "s3")]
#[test]
fn without_credentials_a_bucket_is_refused_at_once() {
    for environment in [
        &[][..],
        &[("AWS_REGION", "us-east-1")],
        &[("AWS_SKIP_SIGNATURE", "false")],
        // The store takes each of these only with its second half.
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/file")],
        &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")],
    ] {
        let begins = std::time::Instant::now();
        let output = of_bucket(environment);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{environment:?}: {told}");
        let expected =
            "snapshot-query: store: there is no store for s3://bucket: there are no credentials: ";
        assert!(told.starts_with(expected), "{environment:?}: {told}");
        assert!(told.contains("AWS_METADATA_ENDPOINT="), "{told}");
        assert!(begins.elapsed() < std::time::Duration::from_secs(10), "{environment:?}");
    }
}

/// On a machine of a cloud, whoever says so gets the credentials of its role.
#[cfg(feature = "s3")]
#[test]
fn the_credentials_of_a_machine_come_from_where_the_environment_says() {
    let server = Server::answering(|_| Answer::new("403 Forbidden"));
    let output = of_bucket(&[("AWS_METADATA_ENDPOINT", &server.uri(""))]);
    assert!(text(&output.stderr).starts_with("snapshot-query: store: "), "{:?}", output.stderr);
    assert_eq!(server.paths().first().map(String::as_str), Some("/latest/api/token"));
}

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

/// A publisher can write into any directory.
#[test]
fn a_directory_whose_name_has_a_percent_sign_is_read() {
    let snapshot = kept(PACKAGE.as_bytes());
    let directory = snapshot.path().join("a%25#b%2Fc");
    std::fs::create_dir(&directory).unwrap();
    for file in ["manifest.json", "0.multipart"] {
        std::fs::rename(snapshot.path().join(file), directory.join(file)).unwrap();
    }
    let uri = url::Url::from_directory_path(&directory).unwrap();
    for from in [&directory, Path::new(uri.as_str())] {
        let output = query(from, &["select location, package from snapshot"]);
        assert_eq!(text(&output.stderr), "");
        let table = text(&output.stdout);
        assert!(
            table.contains("/e/2") && table.contains("/a%2525%23b%252Fc/0.multipart"),
            "{table}"
        );
    }
}

/// Parquet has no columns whose values have several types.
#[cfg(all(feature = "json", feature = "parquet"))]
#[test]
fn a_column_that_parquet_does_not_have_is_refused_before_a_file_is_made() {
    let snapshot = kept(PACKAGE.as_bytes());
    let files = || std::fs::read_dir(snapshot.path()).unwrap().count();
    let (before, file) = (files(), snapshot.path().join("rows.parquet"));
    for column in ["json_get(body, 'name')", "struct(length, json_get(body, 'name'))"] {
        let sql = format!("select location, {column} as j from snapshot");
        let output = query(snapshot.path(), &["--parquet", file.to_str().unwrap(), &sql]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.starts_with("snapshot-query: parquet: ") && told.contains("\"j\""), "{told}");
        assert!(told.contains("json_get_str"), "{told}");
        assert_eq!(files(), before);
    }
    let sql = "select json_get_str(body, 'name') as j from snapshot";
    let output = query(snapshot.path(), &["--parquet", file.to_str().unwrap(), sql]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// `offset` is a word of SQL, as the README and `--help` say.
#[test]
fn the_column_offset_is_quoted() {
    let snapshot = kept(PACKAGE.as_bytes());
    let output = query(snapshot.path(), &["select location, \"offset\" from snapshot"]);
    assert!(text(&output.stdout).contains("| 5 "), "{}", text(&output.stderr));
    let output = query(snapshot.path(), &["select location, offset from snapshot"]);
    assert_eq!(output.status.code(), Some(1));
    let help = query(snapshot.path(), &["--help"]);
    assert!(text(&help.stdout).contains("\"offset\""), "{}", text(&help.stdout));
}

/// The README says so, of the engine's arithmetic. If this fails, it is no longer true.
#[test]
fn integers_that_are_too_large_wrap() {
    let snapshot = kept(PACKAGE.as_bytes());
    for (expression, expected) in [
        ("sum(9223372036854775807)", "| -2 "),
        ("min(length * 9223372036854775807)", "| 9223372036854775791 "),
        ("sum(cast(9223372036854775807 as decimal(38)))", "| 18446744073709551614 "),
    ] {
        let output = query(snapshot.path(), &[&format!("select {expression} as n from snapshot")]);
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(told.contains(expected), "{told}");
    }
}
