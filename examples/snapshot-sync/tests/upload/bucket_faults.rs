//! Faults of a bucket and of the network before it: answers that are lost, late or wrong.

use crate::bucket::Server;
use crate::command::Shop;
use crate::gateway::{Fate, Gateway, Step};
use crate::reader::{all, latest};
use crate::site::{change, prefix, put, put_at};
use snapshot_sync::publisher::store::Store;
use std::collections::HashSet;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A database of which a snapshot has three small packages.
fn small() -> Shop {
    let shop = Shop::new();
    let store = Store::open(&shop.database(), 100).unwrap();
    for number in 0..30 {
        put_at(&store, &format!("/entities/{number}"), vec![b'a'; 500]);
    }
    store.close().unwrap();
    shop
}

/// One of which a snapshot has a package that is put in parts.
fn large() -> Shop {
    let shop = small();
    let store = Store::open(&shop.database(), 100).unwrap();
    put(&store, vec![b'a'; 9 << 20]);
    store.close().unwrap();
    shop
}

fn publish(server: &Server, gateway: &Gateway, shop: &Shop) -> Command {
    let mut command = server.publish(shop, "s3://bucket/some/prefix");
    command.args(["--package-octets", "5000"]).env("AWS_ENDPOINT", &gateway.uri);
    command
}

/// Does this to each request that changes something, when it comes for the first time.
fn first(gateway: &Gateway, fate: Fate) {
    let mut seen = HashSet::new();
    gateway.plan(move |request| match request.step {
        Step::Get => Fate::Pass,
        // No upload can be completed with another tag of a part.
        Step::Part if fate == Fate::OtherTag => Fate::Pass,
        _ if seen.insert(request.clone()) => fate,
        _ => Fate::Pass,
    });
}

#[track_caller]
fn succeeded(output: &Output, fate: Fate) {
    assert!(output.status.success(), "{fate:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_bucket_that_fails_each_request_once_gets_the_snapshot_all_the_same() {
    let Some(server) = Server::start() else { return };
    let gateway = Gateway::start(&server.address);
    let shop = small();
    let fates = [
        Fate::Refuse(503),
        Fate::Deny(500),
        Fate::Reset { is_done: false },
        Fate::Reset { is_done: true },
        Fate::OtherTag,
    ];
    for (number, fate) in fates.into_iter().enumerate() {
        change(&shop.database(), &format!("small {number}"));
        let store = Store::open(&shop.database(), 100).unwrap();
        put_at(&store, "/entities/large", vec![b'a'; 9 << 20]);
        store.close().unwrap();
        first(&gateway, fate);
        succeeded(&publish(&server, &gateway, &shop).output().unwrap(), fate);
        let done = gateway.take();
        let hit: HashSet<_> =
            done.iter().filter(|it| it.1 == fate).map(|(request, _)| request.step).collect();
        let steps = [Step::Conditions, Step::Package, Step::Begin, Step::Part, Step::Complete];
        let steps = steps.into_iter().chain([Step::Manifest, Step::Index, Step::Latest]);
        let missed: Vec<_> = steps.filter(|step| !hit.contains(step)).collect();
        assert!(missed.iter().all(|it| fate == Fate::OtherTag && *it == Step::Part), "{missed:?}");
        assert_eq!(all(&server.store(), &prefix()).await.len(), number + 1, "{fate:?}");
        assert_eq!(latest(&server.store(), &prefix()).await.unwrap().parts, 32, "{fate:?}");
    }
}

/// The request is done, and its answer comes after the client has given up.
#[tokio::test]
async fn a_bucket_that_answers_each_request_late_once_gets_the_snapshot_all_the_same() {
    let Some(server) = Server::start() else { return };
    let gateway = Gateway::start(&server.address);
    let shop = small();
    let fate = Fate::Slow(Duration::from_secs(4));
    first(&gateway, fate);
    let mut command = publish(&server, &gateway, &shop);
    succeeded(&command.env("AWS_TIMEOUT", "2s").output().unwrap(), fate);
    assert_eq!(latest(&server.store(), &prefix()).await.unwrap().parts, 30);
}

/// A signal ends a run also where a package is complete, or is being given up.
#[test]
fn a_bucket_that_does_not_answer_at_the_end_of_a_package_keeps_no_signal_waiting() {
    let Some(server) = Server::start() else { return };
    let gateway = Gateway::start(&server.address);
    let shop = large();
    gateway.plan(|request| match request.step {
        Step::Complete | Step::Abort => Fate::Silent,
        _ => Fate::Pass,
    });
    let mut command = publish(&server, &gateway, &shop);
    let mut child = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while !gateway.take().iter().any(|(_, fate)| *fate == Fate::Silent) {
        assert!(Instant::now() < patience, "the package is not completed");
        std::thread::sleep(Duration::from_millis(50));
    }
    let begun = Instant::now();
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if begun.elapsed() > Duration::from_secs(40) {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status.expect("it ends by the signal").code(), Some(1));
}

#[test]
fn a_clock_that_is_wrong_is_not_taken_for_wrong_credentials() {
    let Some(server) = Server::start() else { return };
    let gateway = Gateway::start(&server.address);
    gateway.plan(|_| Fate::Refuse(403));
    let output = publish(&server, &gateway, &small()).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("set the clock") && !log.contains("check the credentials"), "{log}");
}
