//! How long snapshots are kept: by their order, and by the time that has elapsed.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use http::StatusCode;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf};
use snapshot_sync::publisher::store::Store;
use std::fs::{File, read_dir};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use support::Site;
use support::asked::{get, resolved};

const KEEP: Duration = Duration::from_secs(3600);

#[test]
fn a_snapshot_is_kept_for_a_time_and_then_gone() {
    let site = Site::new(50, 5);
    let id = |site: &Site| site.publisher.shelf().current().unwrap().document().id().to_owned();
    site.publish(Opening::Implied, 10_000);
    let path = format!("/snapshots/{}/0", id(&site));
    let index = resolved(&site, START, get(&site, START, &[]).header("location"));
    let shelf = site.publisher.shelf();
    shelf.expire(KEEP, Instant::now() + 2 * KEEP).unwrap();
    assert_eq!(get(&site, &path, &[]).status, 200, "the only one is kept");

    site.publish(Opening::Implied, 10_000);
    shelf.expire(KEEP, Instant::now()).unwrap();
    assert_eq!(get(&site, &path, &[]).status, 200, "not yet");
    shelf.expire(KEEP, Instant::now() + KEEP).unwrap();
    assert_eq!(
        (get(&site, &path, &[]).status, get(&site, &index, &[]).status),
        (StatusCode::GONE, StatusCode::GONE)
    );
    assert_eq!(get(&site, "/snapshots/2100-01-01T00:00:00.000Z/0", &[]).status, 404);
    assert_eq!(get(&site, &format!("/snapshots/{}/0", id(&site)), &[]).status, 200);
}

#[test]
fn a_clock_that_was_once_a_year_ahead_keeps_no_snapshot_for_a_year() {
    static WALL: AtomicI64 = AtomicI64::new(1_795_491_261_316);
    let site = Site::with_wall(50, 5, || WALL.load(Ordering::Relaxed));
    let year = 365 * 24 * 3600 * 1000;
    WALL.fetch_add(year, Ordering::Relaxed);
    site.publish(Opening::Implied, 10_000);
    WALL.fetch_sub(year, Ordering::Relaxed);
    assert_eq!(site.publisher.store().ahead().as_secs(), 365 * 24 * 3600);
    let second = site.publish(Opening::Implied, 10_000).document().id().to_owned();
    let snapshots = |site: &Site| {
        let entries = read_dir(site.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).count()
    };
    assert_eq!(snapshots(&site), 2);
    site.publisher.shelf().expire(KEEP, Instant::now() + KEEP).unwrap();
    assert_eq!(snapshots(&site), 1);
    assert_eq!(site.publisher.shelf().current().unwrap().document().id(), second);
}

/// The snapshots that a restarted publisher still has, if the newer of two was written at this time.
fn kept_after_restart(written: SystemTime, elapsed: Duration) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = Store::open(&directory.path().join("source.sqlite"), 5).unwrap();
    let shelf = Shelf::open(&path, &store).unwrap();
    shelf.write(&store, &path, &Options::default(), || ()).unwrap();
    let newer = shelf.write(&store, &path, &Options::default(), || ()).unwrap();
    let started = newer.document().started().timestamp_millis().to_string();
    let manifest = path.join(started).join("manifest.json");
    File::options().write(true).open(manifest).unwrap().set_modified(written).unwrap();

    let shelf = Shelf::open(&path, &store).unwrap();
    shelf.expire(KEEP, Instant::now() + elapsed).unwrap();
    let entries = |path: &Path| read_dir(path).unwrap().count();
    entries(&path)
}

#[test]
fn after_a_restart_the_time_since_the_newer_snapshot_was_written_counts() {
    let now = SystemTime::now();
    assert_eq!(kept_after_restart(now - KEEP / 2, KEEP / 4), 2);
    assert_eq!(kept_after_restart(now - KEEP / 2, KEEP), 1);
    assert_eq!(kept_after_restart(now - 2 * KEEP, Duration::ZERO), 1);
    // A time in the future counts as the start of the run.
    assert_eq!(kept_after_restart(now + 1000 * KEEP, KEEP / 2), 2);
    assert_eq!(kept_after_restart(now + 1000 * KEEP, KEEP), 1);
}
