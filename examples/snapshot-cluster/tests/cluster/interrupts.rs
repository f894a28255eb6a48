//! Clients that are stopped by a signal.

use crate::support::{Cluster, snapshot};
use std::time::Duration;

const SCAN: &str = "select location, length, body from snapshot order by location";

/// The task that runs ends with its packages, which are one or two; no other begins.
#[test]
fn no_task_of_an_interrupted_query_begins() {
    let web = snapshot(12, 20);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let arguments = ["--from", &index, "--partitions", "12", SCAN];
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &["--vcores", "1"]);
    web.hold();
    let asked = cluster.query(&arguments);
    web.wait_for_held(1);
    asked.interrupt();
    let ended = asked.ended(Duration::from_secs(20));
    assert_eq!(ended.code, Some(130));
    assert_eq!((ended.printed.as_str(), ended.told.as_str()), ("", ""));
    assert_eq!(web.asked_by_tasks(), 1);
    web.release();
    // The executor asks for its next task as soon as it has ended one.
    let next = cluster.ask(&["--from", &index, "select 1 + 1 as two"]);
    assert!(next.is_success, "{}", next.told);
    std::thread::sleep(Duration::from_secs(3));
    let asked = web.asked_by_tasks();
    assert!(asked <= 2, "{asked} packages were read for the interrupted query");
}

/// A client that has not sent its query yet has nothing to say to the scheduler.
#[test]
fn a_query_that_is_interrupted_before_it_is_sent_ends_at_once() {
    let web = snapshot(1, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    web.hold_document("/s/index.json", 0);
    let asked = cluster.query(&["--from", &index, SCAN]);
    web.wait_for_held(1);
    asked.interrupt();
    let ended = asked.ended(Duration::from_secs(20));
    assert_eq!((ended.code, ended.told.as_str()), (Some(130), ""));
    web.release();
}

/// A scheduler cannot end a query before it has planned it, and the client says so.
#[test]
fn a_client_that_is_interrupted_during_planning_says_that_the_query_may_go_on() {
    let web = snapshot(1, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    // The first request is that of the client, and the second one that of the scheduler.
    web.hold_document("/s/index.json", 1);
    let asked = cluster.query(&["--from", &index, SCAN]);
    web.wait_for_held(1);
    asked.interrupt();
    let ended = asked.ended(Duration::from_secs(20));
    assert_eq!(ended.code, Some(130));
    assert!(ended.told.contains("the query, which may go on"), "{}", ended.told);
    web.release();
}
