//! The two programs, as an operator runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use rusqlite::Connection;
use snapshot_sync::compare::compare;
use snapshot_sync::replica::Replica;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A publisher on a free port, and the URI to replicate from.
struct Publishing {
    child: Child,
    uri: String,
}

impl Publishing {
    fn start(directory: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_publish"))
            .args(["--listen", "127.0.0.1:0", "--generate", "2000", "--package-octets", "20000"])
            .arg("--database")
            .arg(directory.join("publisher.sqlite"))
            .arg("--store")
            .arg(directory.join("packages"))
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.by_ref().map(Result::unwrap).find(|line| line.contains("publishing on"));
        let line = line.expect("it says where it listens");
        let uri = line.split_whitespace().last().unwrap().to_owned();
        // Whoever writes to a closed pipe is killed.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, uri }
    }

    /// Asks it to stop, and waits until it has.
    fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Publishing {
    /// A test that fails leaves no publisher behind.
    fn drop(&mut self) {
        // It has ended where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn replicate(directory: &Path, uri: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicate"));
    command.args(["--from", uri, "--once", "--database"]).arg(directory.join("replica.sqlite"));
    command
}

fn are_equal(directory: &Path) -> bool {
    let open = |name: &str| Connection::open(directory.join(name)).unwrap();
    let compared = compare(&open("publisher.sqlite"), &open("replica.sqlite")).unwrap();
    assert!(compared.publisher.count > 1000, "{compared:?}");
    compared.is_equal()
}

#[test]
fn draft_6_a_replica_ends_with_the_publishers_state_and_goes_on_from_there() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let publishing = Publishing::start(directory, &["--changes-per-second", "200"]);
    assert!(replicate(directory, &publishing.uri).status().unwrap().success());
    assert!(publishing.stop().success());

    let publishing = Publishing::start(directory, &[]);
    assert!(replicate(directory, &publishing.uri).status().unwrap().success());
    assert!(are_equal(directory));
    let status = Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["status", "--database"])
        .arg(directory.join("replica.sqlite"))
        .output()
        .unwrap();
    let told = String::from_utf8(status.stdout).unwrap();
    assert!(status.status.success() && told.contains("complete, started"), "{told}");
    assert!(publishing.stop().success());
}

/// Starts a replica and stops it at twenty moments. The next run continues to the same end.
fn goes_on(stop: impl Fn(&mut Child)) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let publishing = Publishing::start(directory, &[]);
    for moment in 0..20 {
        let mut child =
            replicate(directory, &publishing.uri).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 * moment));
        stop(&mut child);
    }
    assert!(replicate(directory, &publishing.uri).status().unwrap().success());
    assert!(are_equal(directory));
    assert!(publishing.stop().success());
}

#[test]
fn a_replica_that_is_killed_at_any_time_goes_on_to_the_same_end() {
    goes_on(|child| {
        // It may have ended before.
        let _ = child.kill();
        child.wait().unwrap();
    });
}

#[test]
fn a_replica_that_is_asked_to_stop_at_any_time_goes_on_to_the_same_end() {
    goes_on(|child| {
        // It may have ended before.
        let _ = Command::new("kill").arg(child.id().to_string()).stderr(Stdio::null()).status();
        let ended = child.wait().unwrap();
        // With `--once` a copy that was not finished is incomplete (3).
        let is_clean = ended.success() || ended.code() == Some(3);
        assert!(is_clean || ended.signal() == Some(15), "{ended}");
    });
}

#[test]
fn a_replica_that_waits_ends_at_a_signal_without_a_complaint_or_a_write_ahead_log() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let publishing = Publishing::start(directory, &[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["--from", &publishing.uri, "--poll", "60", "--database"])
        .arg(directory.join("replica.sqlite"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("consumed to its end")));
    // It asks the publisher to wait for the next event.
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let said: Vec<_> = lines.collect();
    let stopping = |line: &String| line.contains("stopping: the next run continues from here");
    assert!(said.len() == 1 && said.iter().all(stopping), "{said:?}");
    let log = std::fs::metadata(directory.join("replica.sqlite-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0);
    assert!(are_equal(directory));
    assert!(publishing.stop().success());
}

/// The latest complete snapshot.
fn latest_snapshot(directory: &Path) -> Option<i64> {
    let names = std::fs::read_dir(directory.join("packages")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.parse().ok()).max()
}

#[test]
fn a_snapshot_that_cannot_be_written_is_tried_again() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let mut publishing = Publishing::start(directory, &["--snapshot-every", "1"]);
    let database = Connection::open(directory.join("publisher.sqlite")).unwrap();
    let insert = "INSERT INTO entity VALUES (char(10), 1, 0, '\"1\"', 'text/plain', '{}')";
    database.execute(insert, []).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(publishing.child.try_wait().unwrap(), None, "it serves what it has");
    let before = latest_snapshot(directory);
    database.execute("DELETE FROM entity WHERE uri = char(10)", []).unwrap();
    let has_gone_on = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        latest_snapshot(directory) > before
    });
    assert!(has_gone_on);
    assert!(publishing.stop().success());
}

#[test]
fn a_publisher_that_is_asked_to_stop_waits_for_no_snapshot() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let publishing = Publishing::start(directory, &["--snapshot-every", "1"]);
    // For five seconds the next snapshot waits for this lock.
    let database = Connection::open(directory.join("publisher.sqlite")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let asked = Instant::now();
    assert!(publishing.stop().success());
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
}

#[test]
fn without_a_publisher_a_replica_says_what_failed() {
    let directory = tempfile::tempdir().unwrap();
    let output = replicate(directory.path(), "http://127.0.0.1:1/")
        .args(["--retries", "1", "--patience", "0"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("replicate: no connection can be made for http://127.0.0.1:1/: is the"),
        "{told}"
    );
}

#[test]
fn status_is_told_while_a_package_is_stored_and_makes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("replica.sqlite");
    let mut replica = Replica::open(&path).unwrap();
    replica.begin().unwrap();
    let began = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["status", "--database"])
        .arg(&path)
        .output()
        .unwrap();
    let told = String::from_utf8(status.stdout).unwrap();
    assert!(status.status.success() && told.contains("no snapshot is complete"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(8), "it waits for nobody");
    assert!(!directory.path().join("replica.sqlite-packages").exists());
}

#[test]
fn a_second_replica_of_one_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let lock = Replica::lock(&directory.path().join("replica.sqlite")).unwrap();
    let output = replicate(directory.path(), "http://127.0.0.1:1/").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("another process"), "{told}");
    drop(lock);
    // A process that another test is starting just now has the same files open for a moment.
    let free = || Replica::lock(&directory.path().join("replica.sqlite")).is_ok();
    let mut tries = 0..500;
    assert!(tries.any(|_| free() || {
        std::thread::sleep(Duration::from_millis(10));
        false
    }));
}

#[cfg(feature = "tls")]
#[test]
fn rfc8446_5_1_https_is_spoken_where_the_uri_says_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("https://{}/", listener.local_addr().unwrap());
    let hello = std::thread::spawn(move || {
        let mut first = [0];
        let mut accepted = listener.accept().unwrap().0;
        std::io::Read::read_exact(&mut accepted, &mut first).unwrap();
        first[0]
    });
    let directory = tempfile::tempdir().unwrap();
    let output = replicate(directory.path(), &uri)
        .args(["--retries", "0", "--patience", "0"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert_eq!(hello.join().unwrap(), 22, "a handshake record");
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_is_refused_where_the_program_is_built_without_tls() {
    let directory = tempfile::tempdir().unwrap();
    // It is refused at once: with the default patience.
    let output = replicate(directory.path(), "https://127.0.0.1:1/").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("built without the feature tls"), "{told}");
}

#[cfg(not(feature = "object-store"))]
#[test]
fn an_object_store_is_refused_where_the_program_is_built_without_them() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("source.sqlite");
    let output = Command::new(env!("CARGO_BIN_EXE_publish"))
        .args(["--to", "s3://key:secret@bucket/prefix", "--generate", "10", "--database"])
        .arg(&database)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    for part in ["--to", "built without the feature object-store", "--features s3"] {
        assert!(told.contains(part), "{part:?} is missing in: {told}");
    }
    assert!(!told.contains("secret") && !told.contains("--store"), "{told}");
    assert!(!database.exists(), "nothing is written");
}
