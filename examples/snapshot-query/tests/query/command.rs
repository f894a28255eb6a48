//! The command line: what it prints, and what it says when a query fails.

use std::path::Path;
use std::process::{Command, Output};

const MANIFEST: &str = r#"{
    "base": null, "feed": "f",
    "index": "{\"id\":\"2015-06-23T00:36:45.885Z\",\"started\":1435019805885,\"completed\":1435019805885,\"uris\":[\"0\"]}",
    "content_type": "multipart/package; boundary=b",
    "packages": [{"octets": OCTETS, "parts": 2, "last_uri": "/e/2", "digests": {"identity": "x"}}]
}"#;

const PACKAGE: &str = "--b\r\nContent-Location: ../../e/1\r\n\r\n{\"name\": \"chair\"}\r\n\
    --b\r\nContent-Location: ../../e/2\r\n\r\n{\"name\": \"table\"}\r\n--b--\r\n";

/// A directory with a snapshot as a publisher keeps it.
fn kept(package: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let manifest = MANIFEST.replace("OCTETS", &package.len().to_string());
    std::fs::write(directory.path().join("manifest.json"), manifest).unwrap();
    std::fs::write(directory.path().join("0.multipart"), package).unwrap();
    directory
}

fn query(from: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
    program.arg("--from").arg(from).args(arguments).output().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn a_query_prints_a_table() {
    let snapshot = kept(PACKAGE.as_bytes());
    let sql = "select location, length from snapshot order by location";
    let output = query(snapshot.path(), &[sql]);
    assert_eq!(text(&output.stderr), "");
    assert!(output.status.success());
    let expected = "\
+------------+--------+
| location   | length |
+------------+--------+
| ../../e/1  | 17     |
| ../../e/2  | 17     |
+------------+--------+
";
    let squeezed = |text: &str| text.replace([' ', '-'], "");
    assert_eq!(squeezed(&text(&output.stdout)), squeezed(expected));
}

#[test]
fn rows_that_are_not_shown_are_counted() {
    let snapshot = kept(PACKAGE.as_bytes());
    let output = query(snapshot.path(), &["--rows", "1", "select location from snapshot"]);
    assert!(text(&output.stdout).ends_with("1 more rows are not shown (--rows 1)\n"));
}

#[cfg(feature = "json")]
#[test]
fn a_member_of_json_bodies_is_a_column() {
    let snapshot = kept(PACKAGE.as_bytes());
    let sql = "select count(*) as chairs from snapshot where json_get_str(body, 'name') = 'chair'";
    let output = query(snapshot.path(), &[sql]);
    assert_eq!(text(&output.stderr), "");
    assert!(text(&output.stdout).contains("| 1      |"));
}

#[test]
fn an_error_has_its_name_its_causes_and_an_advice() {
    let snapshot = kept(&PACKAGE.as_bytes()[..PACKAGE.len() - 6]);
    let output = query(snapshot.path(), &["select body from snapshot"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.starts_with("snapshot-query: close-missing: "), "{told}");
    assert!(told.contains("\nTo do: fetch the package again"), "{told}");

    let output = query(Path::new("/no/such/place/index.json"), &["select 1"]);
    assert!(text(&output.stderr).starts_with("snapshot-query: store: "));
    let output = query(snapshot.path(), &["select nothing from nowhere"]);
    assert!(text(&output.stderr).contains("nowhere"));
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(feature = "parquet")]
#[test]
fn rows_go_into_a_parquet_file_that_is_complete_or_absent() {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let snapshot = kept(PACKAGE.as_bytes());
    let file = snapshot.path().join("rows.parquet");
    let arguments = ["--parquet", file.to_str().unwrap(), "select * from snapshot"];
    let output = query(snapshot.path(), &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("2 rows are in "));
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2);

    let mut octets = PACKAGE.as_bytes().to_vec();
    octets[PACKAGE.find("table").unwrap()] = 0xff;
    let broken = kept(&octets);
    let file = broken.path().join("rows.parquet");
    let arguments = ["--parquet", file.to_str().unwrap(), "select body from snapshot"];
    assert!(!query(broken.path(), &arguments).status.success());
    assert!(!file.exists());
    assert_eq!(std::fs::read_dir(broken.path()).unwrap().count(), 2, "no file is left");
}
