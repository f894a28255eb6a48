//! The program, as people run it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_feed-lint"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

const BROKEN: &str = "<feed xmlns='http://www.w3.org/2005/Atom'>
  <id>urn:example:1</id><title>A &nbsp; B</title>
  <updated>13 Dec 2003 18:30:02 GMT</updated><author><name>A</name></author>
  <link rel='self' href=' / '/>
  <entry>
    <id>urn:example:2</id>
    <updated>2026-01-01T00:00:00Z</updated><content/>
  </entry>
</feed>
";

#[test]
fn a_finding_has_its_line_column_rule_section_and_excerpt() {
    let output = run(&[], BROKEN.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for expected in [
        "error[entity]",
        "-:2:34",
        "error[date-syntax]",
        "-:3:3",
        "3 │   <updated>13 Dec 2003",
        "error[value-space]",
        "error[entry-title]: an entry has a title",
        "-:5:3",
        "= RFC 4287 section 4.1.2",
        "violations, 1 notes",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}

#[test]
fn what_has_a_name_is_mended_and_listed() {
    let output = run(&["--fix"], BROKEN.as_bytes());
    let (mended, log) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{log}\n{mended}");
    assert!(mended.contains("<updated>2003-12-13T18:30:02Z</updated>"), "{mended}");
    assert!(mended.contains("A \u{a0} B") && mended.contains("href=\"/\""), "{mended}");
    for expected in ["Correction::Dates", "Correction::MissingTitles", "repaired-html-entity"] {
        assert!(log.contains(expected), "{expected}\n{log}");
    }
    let again = run(&[], &output.stdout);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stdout));
    // What has nothing to be mended stays as it is, octet for octet.
    let third = run(&["--fix"], &output.stdout);
    assert_eq!(third.stdout, output.stdout);
}

#[test]
fn a_document_in_another_encoding_is_read_by_its_declaration() {
    let entry = "<?xml version='1.0' encoding='ISO-8859-1'?>\n\
        <entry xmlns='http://www.w3.org/2005/Atom'><title>\u{e9}</title><link/></entry>";
    let latin: Vec<u8> = entry.chars().map(|it| u8::try_from(it).unwrap()).collect();
    let output = run(&["--submitted"], &latin);
    let shown = text(&output.stdout);
    assert!(shown.contains("-:2:60") && shown.contains("<title>\u{e9}</title>"), "{shown}");
    let output =
        run(&["--submitted"], b"<entry xmlns='http://www.w3.org/2005/Atom'>\n\xE9</entry>");
    let shown = text(&output.stdout);
    assert!(shown.contains("error[encoding]") && shown.contains("-:2:1"), "{shown}");
    let wrong = [
        &b"<entry xmlns='http://www.w3.org/2005/Atom'><title>\xE9</title><link href='/'/>"[..],
        b"</entry>",
    ];
    let output = run(&["--submitted", "--fix"], &wrong.concat());
    assert!(text(&output.stderr).contains("U+FFFD"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("<title>\u{fffd}</title>"));
}

#[test]
fn what_has_no_name_is_not_mended() {
    let no_id = BROKEN.replace("<id>urn:example:2</id>", "");
    let output = run(&["--fix"], no_id.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error[entry-id]"));
    // Truncation is not mended.
    let output = run(&["--fix"], &BROKEN.as_bytes()[..BROKEN.len() - 9]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(text(&output.stderr).contains("incomplete"));
}

#[test]
fn json_has_an_object_a_line() {
    let output = run(&["--json", "-"], BROKEN.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let rows: Vec<serde_json::Value> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |rule: &str| rows.iter().find(|row| row["rule"] == rule).unwrap();
    let title = of("entry-title");
    assert_eq!((&title["line"], &title["column"]), (&5.into(), &3.into()));
    assert_eq!((&title["file"], &title["level"]), (&"-".into(), &"must".into()));
    assert_eq!(title["section"], "RFC 4287 section 4.1.2");
    let offset = usize::try_from(of("date-syntax")["offset"].as_u64().unwrap()).unwrap();
    assert!(BROKEN[offset..].starts_with("<updated>"));
}

#[test]
fn files_are_mended_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (one, other) = (path("1.atom"), path("2.atom"));
    fs::write(&one, BROKEN).unwrap();
    fs::write(&other, run(&["--fix"], BROKEN.as_bytes()).stdout).unwrap();
    assert_eq!(run(&[&one, &other], b"").status.code(), Some(1));
    assert_eq!(run(&["--fix", &one, &other], b"").status.code(), Some(2));
    assert_eq!(run(&["--fix", "--in-place", &one, &other], b"").status.code(), Some(0));
    assert_eq!(fs::read(&one).unwrap(), fs::read(&other).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    let output = run(&[&one, &path("none.atom")], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none.atom"));
}

#[test]
fn the_exit_status_is_that_of_the_options() {
    let entry =
        b"<entry xmlns='http://www.w3.org/2005/Atom'><title>T</title><link href='/'/></entry>";
    assert_eq!(run(&[], entry).status.code(), Some(1));
    assert_eq!(run(&["--submitted"], entry).status.code(), Some(0));
    assert_eq!(run(&["--submitted", "--fsm"], entry).status.code(), Some(1));
    let empty = text(entry).replace(">T<", "><");
    assert_eq!(run(&["--submitted"], empty.as_bytes()).status.code(), Some(0));
    assert_eq!(run(&["--submitted", "--strict-advice"], empty.as_bytes()).status.code(), Some(1));
    assert_eq!(run(&["--nonsense"], b"").status.code(), Some(2));
    assert_eq!(run(&["--in-place"], b"").status.code(), Some(2));
    assert_eq!(run(&[], b"<rss version='2.0'/>").status.code(), Some(1));
    assert_eq!(run(&[], b"\xFF\xFE<").status.code(), Some(1));
    assert_eq!(run(&[], b"").status.code(), Some(1));
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Every document of the tests' data, whatever it is, is shown, and what is mended is no worse.
#[test]
fn every_document_of_the_tests_is_linted_and_mended() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data"), &mut found);
    assert!(found.len() > 20, "{}", found.len());
    let mut mended = 0;
    for path in found {
        let source = fs::read(&path).unwrap();
        let name = path.to_string_lossy();
        let options = feed_lint::Options::default();
        let lint = feed_lint::lint(&source, options);
        assert_eq!(lint.is_valid(), lint.counts().0 == 0, "{name}");
        let shown = feed_lint::show(&name, &source, &lint).unwrap();
        assert_eq!(shown.is_empty(), lint.findings().is_empty(), "{name}");
        let rows: Vec<_> = lint.findings().iter().map(|one| feed_lint::line(&name, one)).collect();
        assert_eq!(rows.len(), lint.findings().len());
        if let Ok(fixed) = feed_lint::fix(&source, options) {
            mended += 1;
            assert!(fixed.left.counts().0 <= lint.counts().0, "{name}");
            let again = feed_lint::fix(&fixed.document, options).unwrap();
            assert_eq!(again.document, fixed.document, "{name}");
        }
    }
    assert!(mended > 5, "{mended}");
}
