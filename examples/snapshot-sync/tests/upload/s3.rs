//! Publishing into what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::bucket::{KEY, Server};
use crate::command::Shop;
use crate::gateway::{Fate, Gateway, Step};
use crate::reader::{all, latest};
use crate::site::{Site, change, prefix, upload};
use object_store::path::Path as Key;
use object_store::{Attribute, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::publisher::upload::{Error, Found, Latest, Target};
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What all of it rests on: the test would say so if this server ignored the condition.
#[tokio::test]
async fn rfc9110_13_1_2_the_server_honours_if_none_match() {
    let Some(server) = Server::start() else { return };
    let put = || async {
        let store = server.store();
        store.put_opts(&"a".into(), "a".into(), PutMode::Create.into()).await
    };
    put().await.unwrap();
    assert!(matches!(put().await, Err(object_store::Error::AlreadyExists { .. })));
}

/// And what the latest index rests on.
#[tokio::test]
async fn rfc9110_13_1_1_the_server_honours_if_match() {
    let Some(server) = Server::start() else { return };
    let store = server.store();
    let first = store.put(&"a".into(), "a".into()).await.unwrap();
    let update = |etag: &Option<String>| {
        let version = UpdateVersion { e_tag: etag.clone(), version: None };
        PutOptions::from(PutMode::Update(version))
    };
    store.put_opts(&"a".into(), "b".into(), update(&first.e_tag)).await.unwrap();
    let again = store.put_opts(&"a".into(), "c".into(), update(&first.e_tag)).await;
    assert!(matches!(again, Err(object_store::Error::Precondition { .. })), "{again:?}");
    let octets = store.get(&"a".into()).await.unwrap().bytes().await.unwrap();
    assert_eq!(octets, "b");
}

#[tokio::test]
async fn a_snapshot_is_published_into_a_bucket_and_read_from_there() {
    let Some(server) = Server::start() else { return };
    let shop = Shop::new();
    // Its package has more than 8 MiB, so that it is put in parts.
    let source = Store::open(&shop.database(), 100).unwrap();
    crate::site::put(&source, vec![b'a'; 9 << 20]);
    source.close().unwrap();
    let run = |to: &str| server.publish(&shop, to).output().unwrap();
    let output = run("s3://bucket/some/prefix");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let index = String::from_utf8(output.stdout).unwrap();
    assert!(index.starts_with("s3://bucket/some/prefix/snapshots/"), "{index}");

    let store = server.store();
    let seen = latest(&store, &prefix()).await.unwrap();
    assert_eq!(seen.locations, ["s3://bucket/some/prefix/entities/changed".to_owned()].into());
    let directory = index.trim_end().strip_suffix("index.json").unwrap();
    let directory = Key::from(directory.strip_prefix("s3://bucket/").unwrap());
    let package = store.get(&directory.clone().join("0.multipart")).await.unwrap();
    let etag = package.meta.e_tag.clone().unwrap();
    assert!(etag.trim_matches('"').ends_with("-2"), "it has two parts: {etag}");
    let content_type = package.attributes.get(&Attribute::ContentType).unwrap();
    assert!(content_type.starts_with("multipart/package; boundary="), "{content_type:?}");
    let document = store.get(&directory.join("index.json")).await.unwrap();
    let stated = document.attributes.get(&Attribute::ContentType).unwrap();
    assert_eq!(stated.as_ref(), "application/json");

    let output = run("s3://bucket/some/prefix/");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && log.contains("was published before"), "{log}");
    change(&shop.database(), "new");
    assert!(run("s3://bucket/some/prefix").status.success());
    assert_eq!(all(&store, &prefix()).await.len(), 2);
    assert_ne!(latest(&store, &prefix()).await.unwrap().id, seen.id);
    let uploads = server.ask("GET /bucket?uploads");
    assert!(!uploads.contains("<Upload>"), "{uploads}");
}

#[tokio::test]
async fn two_publishers_into_a_bucket_put_one_index_and_both_leave_it_the_latest() {
    let Some(server) = Server::start() else { return };
    let site = Site::new(300);
    let snapshot = site.snapshot(30_000);
    // The parts of S3 have at least 5 MiB: these packages are put as a whole.
    let [one, other] = [(); 2].map(|()| Target::new(Arc::new(server.store()), prefix()));
    let whole = |target| whole(target, &snapshot);
    let done = futures_util::future::join(whole(&one), whole(&other)).await;
    for done in [done.0, done.1] {
        assert_eq!(done.unwrap().latest, Latest::This);
    }
    assert_eq!(all(&server.store(), &prefix()).await.len(), 1);
    assert_eq!(latest(&server.store(), &prefix()).await.unwrap().parts, 300);
    assert_eq!(upload(&other, &snapshot).await.unwrap().found, Found::All);
}

async fn whole(
    target: &Target,
    snapshot: &snapshot_sync::publisher::snapshot::Snapshot,
) -> Result<snapshot_sync::publisher::upload::Outcome, Error> {
    let (_stop, asked) = snapshot_sync::shutdown::Asked::when_dropped();
    target.upload(snapshot, &Default::default(), &asked, &|_| ()).await
}

/// A server that accepts and never answers: during an upload the database is available to others, and
/// a signal ends the run at once, whatever it waits for.
#[test]
fn a_store_that_never_answers_keeps_neither_the_database_nor_a_signal_waiting() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", silent.local_addr().unwrap());
    let shop = Shop::new();
    let mut child = shop
        .publish(&["--generate", "10", "--to", "s3://bucket/prefix"])
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", KEY)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT", server)
        .env("AWS_ALLOW_HTTP", "true")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    silent.set_nonblocking(true).unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    let _connection = loop {
        match silent.accept() {
            Ok(connection) => break connection,
            Err(error) => assert!(Instant::now() < patience, "no request: {error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    change(&shop.database(), "meanwhile");
    let begun = Instant::now();
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("stopped: "), "{log}");
}

/// A gateway passes the PUT of the index on, loses the answer and says 502. The client repeats the
/// request, which the bucket refuses then.
#[tokio::test]
async fn an_index_whose_answer_a_gateway_has_lost_is_published() {
    let Some(server) = Server::start() else { return };
    let gateway = Gateway::start(&server.address);
    gateway.at(Step::Index, 0, Fate::Deny(502));
    let shop = Shop::new();
    change(&shop.database(), "one");
    let mut command = server.publish(&shop, "s3://bucket/some/prefix");
    let output = command.env("AWS_ENDPOINT", &gateway.uri).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert!(gateway.take().iter().any(|(_, fate)| *fate == Fate::Deny(502)), "{log}");
    assert!(log.contains("whose answer was lost"), "{log}");
    assert_eq!(latest(&server.store(), &prefix()).await.unwrap().parts, 1);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named_with_what_to_do() {
    let Some(server) = Server::start() else { return };
    let shop = Shop::new();
    change(&shop.database(), "one");
    let output = server.publish(&shop, "s3://none/prefix").output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("store: ") && log.contains("create the bucket"), "{log}");
}
