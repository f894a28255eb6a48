//! Executors that are lost in the midst of a query: equal rows, or an error; never fewer rows.

use crate::support::{Cluster, PATIENCE, Process, alone, snapshot, until};
use std::path::Path;
use std::time::{Duration, Instant};

const SCAN: &str = "select location, length, body from snapshot order by location";
const GROUPS: &str =
    "select package, count(*), sum(length) from snapshot group by package order by package";
/// The packages are counted in one stage, and read again in a later one.
const JOIN: &str = "select b.location, b.length, a.parts, a.longest from \
    (select count(*) as parts, max(length) as longest from snapshot) a cross join snapshot b \
    order by b.location";

#[test]
fn an_executor_killed_during_the_scan_costs_no_row() {
    let web = snapshot(4, 50);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let arguments = ["--from", &index, SCAN];
    let expected = alone(&arguments);
    let cluster = Cluster::start(&[&prefix]);
    let first = cluster.executor(&[&prefix], &[]);
    web.hold();
    let asked = cluster.query(&arguments);
    // The only executor has tasks, and is in the midst of them.
    web.wait_for_held(1);
    let _second = cluster.executor(&[&prefix], &[]);
    first.kill();
    web.release();
    let ended = asked.ended(PATIENCE);
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(ended.printed, expected);
}

/// What stages wrote is lost with the executor that keeps it.
#[test]
fn an_executor_killed_after_its_shuffle_was_written_costs_no_row() {
    let web = snapshot(4, 50);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let arguments = ["--from", &index, GROUPS];
    let expected = alone(&arguments);
    let cluster = Cluster::start(&[&prefix]);
    let directory = tempfile::tempdir().unwrap();
    let first = cluster.executor(&[&prefix], &["--work-dir", directory.path().to_str().unwrap()]);
    // Two of the four packages are given, and the tasks that read them end.
    web.hold_from("/s/2");
    let asked = cluster.query(&arguments);
    web.wait_for_held(1);
    until(PATIENCE, "what the first stage writes", || has_shuffle(directory.path()));
    let _second = cluster.executor(&[&prefix], &[]);
    first.kill();
    web.release();
    let ended = asked.ended(PATIENCE);
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(ended.printed, expected);
}

/// What the earlier stages wrote is lost with the executor, and so are its tasks of the later stage.
#[test]
fn an_executor_killed_while_a_later_stage_runs_costs_no_row() {
    let web = snapshot(8, 20);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let arguments = ["--from", &index, "--partitions", "8", JOIN];
    let expected = alone(&arguments);
    let cluster = Cluster::start(&[&prefix]);
    let first = cluster.executor(&[&prefix], &[]);
    let _second = cluster.executor(&[&prefix], &[]);
    web.hold_after(1);
    let asked = cluster.query(&arguments);
    // Both executors have two tasks of the stage that reads the packages again.
    web.wait_for_held(4);
    first.kill();
    web.release();
    let ended = asked.ended(PATIENCE);
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(ended.printed, expected);
}

fn has_shuffle(directory: &Path) -> bool {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return has_shuffle(&path);
        }
        let is_data = path.extension().is_some_and(|extension| extension == "arrow");
        is_data && path.metadata().is_ok_and(|metadata| metadata.len() > 0)
    })
}

#[test]
fn when_all_executors_are_lost_the_query_fails_soon() {
    let web = snapshot(4, 50);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let executors = [cluster.executor(&[&prefix], &[]), cluster.executor(&[&prefix], &[])];
    web.hold();
    let asked = cluster.query(&["--from", &index, SCAN]);
    web.wait_for_held(1);
    executors.into_iter().for_each(Process::kill);
    let start = Instant::now();
    let ended = asked.ended(PATIENCE);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(!ended.is_success);
    assert!(ended.told.starts_with("snapshot-cluster: no-executor: "), "{}", ended.told);
    web.release();
}

#[test]
fn a_query_that_no_executor_comes_for_fails_by_name() {
    let web = snapshot(2, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let start = Instant::now();
    let ended = cluster.query(&["--from", &index, SCAN]).ended(Duration::from_secs(30));
    assert!(start.elapsed() >= Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(!ended.is_success);
    assert!(ended.told.starts_with("snapshot-cluster: no-executor: "), "{}", ended.told);
    assert!(ended.told.contains("\nTo do: start executors"), "{}", ended.told);
    // The scheduler has done with it, and the next query has a patience of its own.
    let asked = cluster.query(&["--from", &index, "select count(*) as parts from snapshot"]);
    std::thread::sleep(Duration::from_secs(3));
    let _executor = cluster.executor(&[&prefix], &[]);
    let ended = asked.ended(PATIENCE);
    assert!(ended.is_success && ended.printed.contains("| 6 "), "{}", ended.told);
}

/// An executor all whose cores are busy for longer than the scheduler's patience is no lost one.
#[test]
fn a_busy_executor_is_not_taken_for_lost() {
    let web = snapshot(4, 50);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let arguments = ["--from", &index, SCAN];
    let expected = alone(&arguments);
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &["--vcores", "1"]);
    web.hold();
    let asked = cluster.query(&arguments);
    web.wait_for_held(1);
    let asked_before = web.asked("/s/0");
    // Longer than the time after which the scheduler takes a silent executor for lost.
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(web.asked("/s/0"), asked_before, "no task was given again");
    web.release();
    let ended = asked.ended(PATIENCE);
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(ended.printed, expected);
}
