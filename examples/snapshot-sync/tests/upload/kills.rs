//! The program, killed at any moment.

use crate::command::Shop;
use crate::reader::{all, latest};
use crate::site::change;
use object_store::path::Path as Key;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Starts the program again and again, kills it (SIGKILL) once it has put another number of files into the
/// store, and looks at what a reader sees. Every second time something has changed before; the other times
/// it continues.
fn killed(kills: usize, entities: &str) {
    let shop = Shop::new();
    assert!(quiet(shop.to().args(["--generate", entities])).status().unwrap().success());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (store, directory) = (shop.store(), shop.path("a store"));
    let seen = || runtime.block_on(all(&store, &Key::default()));
    let expected = seen()[0].parts + 1;
    // The packages, the manifest, the index and the latest index.
    let files = walk(&directory).len();

    let (mut were_killed, mut were_hidden) = (0, 0);
    for number in 0..kills {
        if number % 2 == 0 {
            change(&shop.database(), &format!("change {number}"));
        }
        let before = (seen().len(), walk(&directory).len());
        let enough = before.1 + rand::random_range(1..files);
        let mut child = quiet(&mut shop.to()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && walk(&directory).len() < enough {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(rand::random_range(0..5_000)));
        // It may have ended before.
        let _ = child.kill();
        let status = child.wait().unwrap();
        let is_killed = status.signal() == Some(9);
        assert!(is_killed || status.success(), "{status}");
        let after = seen();
        were_killed += usize::from(is_killed);
        were_hidden += usize::from(is_killed && after.len() == before.0);
        // Every snapshot that a reader finds is whole.
        assert!(after.iter().skip(1).all(|seen| seen.parts == expected), "kill {number}");
    }
    eprintln!("{were_killed} of {kills} runs were killed, {were_hidden} of them before the index");
    assert!(were_killed * 4 >= kills && were_hidden > 0, "{were_killed}, {were_hidden}");

    change(&shop.database(), "last");
    assert!(quiet(&mut shop.to()).status().unwrap().success());
    let newest = seen().into_iter().max_by(|a, b| a.id.cmp(&b.id)).unwrap();
    assert_eq!(runtime.block_on(latest(&store, &Key::default())).unwrap(), newest);
    // What was begun and never completed is removed, as far as no name refers to it.
    let incomplete = walk(&shop.path("a store")).into_iter().filter(|name| name.contains('#'));
    assert_eq!(incomplete.collect::<Vec<_>>(), [""; 0]);
}

/// A command that says nothing here.
fn quiet(command: &mut Command) -> &mut Command {
    command.stderr(Stdio::null()).stdout(Stdio::null())
}

/// The files below a directory, into which a program writes.
fn walk(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => names.extend(walk(&path)),
            false => names.push(path.display().to_string()),
        }
    }
    names
}

#[test]
fn a_publisher_that_is_killed_at_any_moment_shows_whole_snapshots_or_none() {
    killed(10, "600");
}

/// `cargo test -p snapshot-sync --features s3 --test upload -- --ignored --nocapture`
#[test]
#[ignore = "it takes minutes: the test above does the same ten times"]
fn a_publisher_that_is_killed_forty_times_shows_whole_snapshots_or_none() {
    killed(40, "600");
}

/// A run that is asked to stop says that it has not finished, and the next one continues.
#[test]
fn a_publisher_that_is_asked_to_stop_is_continued() {
    let shop = Shop::new();
    assert!(quiet(shop.to().args(["--generate", "600"])).status().unwrap().success());
    for number in 0..6 {
        change(&shop.database(), &format!("change {number}"));
        let mut child = quiet(&mut shop.to()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 * number));
        let pid = child.id().to_string();
        // It may have ended before.
        let _ = Command::new("kill").arg(pid).stderr(Stdio::null()).status();
        let status = child.wait().unwrap();
        let is_stopped = status.code() == Some(1) || status.signal() == Some(15);
        assert!(is_stopped || status.success(), "{status}");
    }
    assert!(quiet(&mut shop.to()).status().unwrap().success());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let seen = runtime.block_on(latest(&shop.store(), &Key::default())).unwrap();
    assert_eq!(seen.parts, 601);
}
