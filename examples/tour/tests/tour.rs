//! The tour as a user runs it.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use std::process::{Command, Output};

fn tour(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tour")).args(arguments).output().unwrap()
}

fn ends_equal(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "nothing is reported");
    let summary = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(summary.contains("equal, row by row"), "{summary}");
    for interaction in [
        "snapshot  ",
        "events consumed",
        "VERSION-CONTROL",
        "HEAD of the entity",
        "HEAD of its latest version",
        "walked by links alone",
        "walked by its Atom feed's links",
        "service document (3)",
        "create bundles (4.2)",
        "create service entry (4.1)",
        "create bundle reference (2.2.1)",
        "read bundle as a feed (2.2)",
        "invoke service with its query (2.1)",
        "follow bundle reference (2.2.1)",
        "edit service entry (4.1)",
        "edit bundle (4.2)",
        "delete service entry (4.1)",
        "delete bundle reference (4.1)",
        "delete bundles (4.2)",
    ] {
        assert!(summary.contains(interaction), "{interaction} in {summary}");
    }
    summary
}

#[test]
fn quiet_prints_the_summary_alone() {
    let summary = ends_equal(&tour(&["--entities", "2000", "--quiet"]));
    assert!(summary.starts_with('\u{250c}'), "{summary}");
    assert!(summary.contains("implied opening"), "{summary}");
}

#[test]
fn the_opening_delimiter_is_an_option() {
    let output = tour(&["--entities", "2000", "--quiet", "--opening", "delimiter"]);
    let summary = ends_equal(&output);
    assert!(summary.contains("opening delimiter"), "{summary}");
}

#[test]
fn one_entity_is_enough() {
    ends_equal(&tour(&["--entities", "1", "--quiet"]));
}

#[test]
fn keep_leaves_databases_and_documents() {
    let directory = tempfile::tempdir().unwrap();
    let keep = directory.path().join("kept");
    ends_equal(&tour(&["--entities", "500", "--keep", keep.to_str().unwrap()]));
    let files = [
        "publisher.sqlite",
        "replica.sqlite",
        "exchanged/index.json",
        "exchanged/package-0.multipart",
        "exchanged/feed-1.multipart",
    ];
    for file in files {
        assert!(keep.join(file).metadata().unwrap().len() > 0, "{file}");
    }
    // What is there already is not overwritten.
    let again = tour(&["--entities", "500", "--keep", keep.to_str().unwrap()]);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not empty"));
}
