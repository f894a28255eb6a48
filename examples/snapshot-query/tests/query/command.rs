//! The command line: what it prints, and what it says when a query fails.

#[cfg(unix)]
use crate::support::{Answer, Server};
use std::path::Path;
use std::process::{Command, Output};

const MANIFEST: &str = r#"{
    "base": null, "feed": "f",
    "index": "{\"id\":\"2015-06-23T00:36:45.885Z\",\"started\":1435019805885,\"completed\":1435019805885,\"uris\":[\"0\"]}",
    "content_type": "multipart/package; boundary=b",
    "packages": [{"octets": OCTETS, "parts": 2, "last_uri": "/e/2", "digests": {"identity": "x"}}]
}"#;

pub(crate) const PACKAGE: &str = "--b\r\nContent-Location: ../../e/1\r\n\r\n{\"name\": \"chair\"}\r\n\
    --b\r\nContent-Location: ../../e/2\r\n\r\n{\"name\": \"table\"}\r\n--b--\r\n";

/// A directory with a snapshot as a publisher keeps it.
pub(crate) fn kept(package: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let manifest = MANIFEST.replace("OCTETS", &package.len().to_string());
    std::fs::write(directory.path().join("manifest.json"), manifest).unwrap();
    std::fs::write(directory.path().join("0.multipart"), package).unwrap();
    directory
}

pub(crate) fn query(from: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
    program.arg("--from").arg(from).args(arguments).output().unwrap()
}

pub(crate) fn text(octets: &[u8]) -> String {
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

/// A body must not control the terminal of who looks at it.
#[test]
fn what_controls_a_terminal_is_escaped_in_cells_and_messages() {
    let body = "a\u{1b}[2Jb\r\nc\u{7f}\u{9b}\u{202e}d\\";
    let package = format!("--b\r\nContent-Location: /1\r\n\r\n{body}\r\n--b\r\n\r\n\r\n--b--\r\n");
    let snapshot = kept(package.as_bytes());
    let output = query(snapshot.path(), &["select location, body from snapshot order by offset"]);
    let table = text(&output.stdout);
    assert!(table.contains(r"| a\u{1b}[2Jb\r\nc\u{7f}\u{9b}\u{202e}d\ |"), "{table}");
    assert!(!table.contains(['\u{1b}', '\r', '\u{7f}', '\u{9b}', '\u{202e}']));
    // A value that is absent differs from an empty text.
    assert!(table.lines().any(|line| line.starts_with("| NULL     |  ")), "{table}");

    let output = query(snapshot.path(), &["select cast(body as bigint) from snapshot"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(!message.contains(['\u{1b}', '\u{202e}']) && message.contains(r"\u{1b}"), "{message}");
}

/// A table pads each cell to the widest one.
#[test]
fn long_cells_are_cut_and_say_how_long_they_are() {
    let body = format!("{}\n{}", "x".repeat(199), "y".repeat(1_000_000));
    let package = format!("--b\r\n\r\n{body}\r\n--b\r\n\r\n{}\r\n--b--\r\n", "z".repeat(200));
    let snapshot = kept(package.as_bytes());
    let output = query(snapshot.path(), &["select body from snapshot order by offset"]);
    let table = text(&output.stdout);
    let cut = format!("| {}\\n... 1000200 octets |", "x".repeat(199));
    assert!(table.contains(&cut), "{table}");
    assert!(table.contains(&format!("| {} ", "z".repeat(200))), "{table}");
    assert!(table.len() < 2_000, "{} octets", table.len());
    let sql = "select body from snapshot order by offset";
    let output = query(snapshot.path(), &["--body", "binary", sql]);
    let cut = format!("| {}... 1000200 octets |", "78".repeat(100));
    assert!(text(&output.stdout).contains(&cut), "{}", text(&output.stdout));
}

#[test]
fn a_reader_of_the_result_that_has_seen_enough_ends_the_program_quietly() {
    let snapshot = kept(PACKAGE.as_bytes());
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
    program.arg("--from").arg(snapshot.path()).arg("select * from snapshot");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program.stdout(writer).stderr(std::process::Stdio::piped()).output().unwrap();
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)));
    #[cfg(target_os = "linux")]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
        program.arg("--from").arg(snapshot.path()).arg("select * from snapshot").stdout(full);
        let output = program.stderr(std::process::Stdio::piped()).output().unwrap();
        assert!(text(&output.stderr).contains("cannot be printed"), "{}", text(&output.stderr));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn tolerated_violations_are_reported_with_package_rule_and_offset() {
    let octets = PACKAGE.replace("chair\"}\r\n", "chair\"}\n");
    let snapshot = kept(octets.as_bytes());
    let output = query(snapshot.path(), &["select location from snapshot"]);
    assert!(output.status.success());
    let report = text(&output.stderr);
    assert!(
        report.starts_with("snapshot-query: 1 violations in the packages were tolerated\n"),
        "{report}"
    );
    assert!(report.contains("/0.multipart: ") && report.contains(" at octets "), "{report}");
    assert_eq!(report.lines().count(), 2, "{report}");
}

/// A terminal is needed, which the program `script` makes.
#[cfg(target_os = "linux")]
#[test]
fn a_query_that_takes_long_shows_its_progress() {
    use std::io::Read;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    for (stalls_in_planning, expected) in [(true, "0 of 1 packages planned"), (false, " read [")] {
        let server = Server::answering(move |request| {
            let index = br#"{"id":"a","started":1435019805885,"uris":["0"]}"#;
            match (request.path.as_str(), request.field("if-match").is_none()) {
                ("/s/index", _) => Answer::of(request, index, "\"i\""),
                (_, in_planning) => {
                    let answer = Answer::of(request, PACKAGE.as_bytes(), "\"a\"");
                    if in_planning == stalls_in_planning { answer.stalls_after(9) } else { answer }
                }
            }
        });
        let program = env!("CARGO_BIN_EXE_snapshot-query");
        let options = "--content-type 'multipart/package; boundary=b'";
        let from = server.uri("/s/index");
        let query = format!(
            "stty cols 100 rows 40; exec {program} {options} --from {from} 'select body from snapshot'"
        );
        let mut terminal = Command::new("script")
            .args(["-qefc", &query, "/dev/null"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut shown = terminal.stdout.take().unwrap();
        let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let (begins, mut seen) = (Instant::now(), Vec::new());
        while !lossy(&seen).contains(expected) {
            assert!(begins.elapsed() < Duration::from_secs(60), "{:?}", lossy(&seen));
            let mut chunk = [0; 4096];
            let read = shown.read(&mut chunk).unwrap();
            assert!(read > 0, "{:?}", lossy(&seen));
            seen.extend_from_slice(&chunk[..read]);
        }
        // The terminal goes away, and with it the program.
        terminal.kill().unwrap();
        terminal.wait().unwrap();
    }
}

/// The file that is not complete is removed, whichever signal ends the program.
#[cfg(all(unix, feature = "parquet"))]
#[test]
fn a_signal_ends_the_program_and_leaves_no_file() {
    use std::time::{Duration, Instant};

    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let server = Server::answering(|request| match request.path.as_str() {
            "/s/index" => {
                let index = br#"{"id":"a","started":1435019805885,"uris":["0"]}"#;
                Answer::of(request, index, "\"i\"")
            }
            _ if request.field("if-match").is_some() => {
                Answer::of(request, PACKAGE.as_bytes(), "\"a\"").stalls_after(9)
            }
            _ => Answer::of(request, PACKAGE.as_bytes(), "\"a\""),
        });
        let directory = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"))
            .args(["--from", &server.uri("/s/index")])
            .args(["--content-type", "multipart/package; boundary=b", "--parquet"])
            .arg(directory.path().join("rows.parquet"))
            .arg("select body from snapshot")
            .spawn()
            .unwrap();
        let begins = Instant::now();
        let is_reading =
            || server.requests.lock().unwrap().iter().any(|it| it.field("if-match").is_some());
        while !is_reading() {
            assert!(begins.elapsed() < Duration::from_secs(60), "nothing is read");
            std::thread::sleep(Duration::from_millis(50));
        }
        let files = || std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(files(), 1);
        let sent = Command::new("kill").arg(signal).arg(program.id().to_string()).status();
        assert!(sent.unwrap().success());
        assert_eq!(program.wait().unwrap().code(), Some(status), "{signal}");
        assert_eq!(files(), 0, "{signal}");
    }
}

/// What cannot be said on the standard error stream changes no result.
#[cfg(target_os = "linux")]
#[test]
fn a_standard_error_stream_that_is_full_costs_no_row() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let bare = PACKAGE.replace("\r\n", "\n");
    let snapshot = kept(bare.as_bytes());
    let program = |sql: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"));
        program.arg("--from").arg(snapshot.path()).arg(sql).stderr(full()).output().unwrap()
    };
    let output = program("select location from snapshot");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("../../e/2"));
    assert_eq!(program("select nothing from snapshot").status.code(), Some(1));
}

/// A pager that has shown enough reads no more, and the user gives up.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_program_while_it_prints() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let snapshot = kept(PACKAGE.as_bytes());
    let sql = "select repeat('x', 100) from unnest(range(0, 2000)) as t(n)";
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"))
        .args(["--rows", "2000", "--from"])
        .arg(snapshot.path())
        .arg(sql)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It begins to print, more than a pipe holds.
    let mut first = [0];
    std::io::Read::read_exact(program.stdout.as_mut().unwrap(), &mut first).unwrap();
    let sent = Command::new("kill").args(["-INT", &program.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let begins = Instant::now();
    while program.try_wait().unwrap().is_none() {
        if begins.elapsed() > Duration::from_secs(60) {
            program.kill().unwrap();
            panic!("SIGINT does not end it");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(program.wait().unwrap().code(), Some(130));
}

/// Whether the query computes, and never waits, or waits for a file that never comes.
#[cfg(all(unix, feature = "parquet"))]
#[test]
fn a_signal_ends_what_computes_or_waits_without_an_end() {
    use std::time::{Duration, Instant};

    let parts = |number| format!("--b\r\nContent-Location: /{number}\r\n\r\n\r\n");
    let package = (0..3_000).map(parts).collect::<String>() + "--b--\r\n";
    let manifest = |octets: usize, parts: &str| {
        let manifest = MANIFEST.replace("OCTETS", &octets.to_string());
        manifest.replace("\"parts\": 2", parts).replace("/e/2", "/2999")
    };
    let computing = tempfile::tempdir().unwrap();
    std::fs::write(computing.path().join("0.multipart"), &package).unwrap();
    let stated = manifest(package.len(), "\"parts\": 3000");
    std::fs::write(computing.path().join("manifest.json"), stated).unwrap();
    let waiting = kept(PACKAGE.as_bytes());
    let pipe = waiting.path().join("0.multipart");
    std::fs::remove_file(&pipe).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());

    let sql = "select a.length from snapshot a, snapshot b, snapshot c \
        where a.length + b.length + c.length > 0";
    for (directory, writes, signal, status) in [
        (&computing, true, "-INT", 130),
        (&computing, true, "-TERM", 143),
        (&waiting, false, "-INT", 130),
    ] {
        let written = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-query"))
            .args(["--quiet", "--partitions", "1", "--from"])
            .arg(directory.path())
            .arg("--parquet")
            .arg(written.path().join("rows.parquet"))
            .arg(sql)
            .spawn()
            .unwrap();
        let files = || std::fs::read_dir(written.path()).unwrap().count();
        let begins = Instant::now();
        while writes && files() == 0 {
            assert!(begins.elapsed() < Duration::from_secs(60), "nothing is written");
            std::thread::sleep(Duration::from_millis(50));
        }
        // It has begun to compute, or to wait.
        std::thread::sleep(Duration::from_secs(1));
        assert!(program.try_wait().unwrap().is_none(), "it has ended by itself");
        let sent = Command::new("kill").arg(signal).arg(program.id().to_string()).status();
        assert!(sent.unwrap().success());
        let begins = Instant::now();
        let ended = loop {
            if let Some(ended) = program.try_wait().unwrap() {
                break ended;
            }
            if begins.elapsed() > Duration::from_secs(60) {
                program.kill().unwrap();
                panic!("{signal} does not end it");
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        assert_eq!(ended.code(), Some(status), "{signal}");
        assert_eq!(files(), 0, "{signal}");
    }
}

#[test]
fn options_say_how_bodies_and_packages_are_read() {
    let snapshot = kept(PACKAGE.as_bytes());
    let sql = "select body from snapshot where location = '../../e/1'";
    let output = query(snapshot.path(), &["--body", "binary", "--partitions", "3", sql]);
    let hexadecimal: String =
        br#"{"name": "chair"}"#.iter().map(|it| format!("{it:02x}")).collect();
    assert!(text(&output.stdout).contains(&hexadecimal), "{}", text(&output.stdout));
    let output = query(snapshot.path(), &["--body-octets", "16", sql]);
    assert!(text(&output.stderr).starts_with("snapshot-query: body-too-long: "));

    // Without a manifest, the Content-Type must be stated.
    let index = r#"{"id":"a","started":1435019805885,"uris":["0.multipart"]}"#;
    std::fs::write(snapshot.path().join("index.json"), index).unwrap();
    std::fs::remove_file(snapshot.path().join("manifest.json")).unwrap();
    let output = query(snapshot.path(), &[sql]);
    assert!(text(&output.stderr).starts_with("snapshot-query: boundary-unknown: "));
    let stated = ["--content-type", "multipart/package; boundary=b", sql];
    let output = query(snapshot.path(), &stated);
    assert!(text(&output.stdout).contains("chair"), "{}", text(&output.stderr));
    let output = query(snapshot.path(), &["--content-type", "text/plain", sql]);
    assert!(text(&output.stderr).starts_with("snapshot-query: content-type: "));
}

/// A query changes nothing, and reads nothing but the snapshot.
#[test]
fn what_is_no_query_is_refused() {
    let snapshot = kept(PACKAGE.as_bytes());
    let copied = snapshot.path().join("copied.csv");
    let copy = format!("copy (select location from snapshot) to '{}'", copied.display());
    let external = "create external table x stored as csv location '/etc/passwd'";
    for sql in [
        copy.as_str(),
        external,
        "drop table snapshot",
        "create table x as select * from snapshot",
        "create view x as select * from snapshot",
        "insert into snapshot select * from snapshot",
        "set datafusion.execution.batch_size = 1",
    ] {
        let output = query(snapshot.path(), &[sql]);
        assert_eq!(output.status.code(), Some(1), "{sql}");
        assert!(text(&output.stderr).contains("not supported"), "{}", text(&output.stderr));
    }
    assert!(!copied.exists());
    for sql in ["describe snapshot", "explain select location from snapshot"] {
        assert!(query(snapshot.path(), &[sql]).status.success(), "{sql}");
    }
}

/// The functions of the engine are the same in a build of this package alone as on a cluster.
#[test]
fn all_functions_of_the_engine_are_there() {
    let snapshot = kept(PACKAGE.as_bytes());
    let sql = "select sha256('a'), md5('a'), now() > '2020-01-01', encode('a', 'hex'), power(2, 3), \
        regexp_replace('a', 'a', 'b'), upper('a'), range(1, 3), character_length('a')";
    let output = query(snapshot.path(), &[sql]);
    assert!(output.status.success(), "{}", text(&output.stderr));
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
    #[cfg(unix)]
    {
        // Who may read the file is decided as for any other.
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&file), mode(&snapshot.path().join("manifest.json")));
    }
    let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2);

    #[cfg(unix)]
    {
        let link = snapshot.path().join("link.parquet");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for there in [link.as_path(), Path::new("/dev/null"), snapshot.path()] {
            let arguments = ["--parquet", there.to_str().unwrap(), "select * from snapshot"];
            let output = query(snapshot.path(), &arguments);
            assert_eq!(output.status.code(), Some(1));
            let told = text(&output.stderr);
            assert!(told.starts_with("snapshot-query: parquet-file: "), "{told}");
        }
        assert!(link.is_symlink());
    }

    let mut octets = PACKAGE.as_bytes().to_vec();
    octets[PACKAGE.find("table").unwrap()] = 0xff;
    let broken = kept(&octets);
    let file = broken.path().join("rows.parquet");
    let arguments = ["--parquet", file.to_str().unwrap(), "select body from snapshot"];
    assert!(!query(broken.path(), &arguments).status.success());
    assert!(!file.exists());
    assert_eq!(std::fs::read_dir(broken.path()).unwrap().count(), 2, "no file is left");
}

/// The program itself contains nothing of a cluster.
#[cfg(unix)]
#[test]
fn a_query_for_a_cluster_is_passed_on_to_the_program_beside_this_one() {
    let directory = tempfile::tempdir().unwrap();
    // Another process writes the programs: what this one writes cannot be started while any thread
    // of it starts something else.
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.arg("-ec").arg(script).arg(env!("CARGO_BIN_EXE_snapshot-query"));
        assert!(shell.current_dir(directory.path()).status().unwrap().success());
    };
    shell("cp \"$0\" snapshot-query");
    let arguments = ["--cluster", "http://127.0.0.1:1", "--from", "a b", "select 1"];
    let run = || {
        let own = directory.path().join("snapshot-query");
        Command::new(own).args(arguments).output().unwrap()
    };
    let output = run();
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("build it with cargo build"), "{told}");

    shell(
        "printf '#!/bin/sh\nprintf \"<%%s>\" \"$@\"\nexit 3\n' > snapshot-cluster; chmod +x snapshot-cluster",
    );
    let output = run();
    assert_eq!(output.status.code(), Some(3));
    let expected = "<query><--cluster><http://127.0.0.1:1><--from><a b><select 1>";
    assert_eq!(text(&output.stdout), expected);
}
