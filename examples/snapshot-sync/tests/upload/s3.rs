//! Publishing into what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::command::Shop;
use crate::reader::{all, latest};
use crate::site::{Site, change, prefix, upload};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{Attribute, ObjectStore, ObjectStoreExt, PutMode};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::publisher::upload::{Error, Found, Target};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const KEY: &str = "testing";

/// A server with the bucket `bucket`.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended if the test has failed for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the server; none if it is not installed, which is printed. `SNAPSHOT_SYNC_PYTHON` names a
    /// Python that has it.
    fn start() -> Option<Self> {
        let python = std::env::var("SNAPSHOT_SYNC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let installed = Command::new(&python).args(["-c", "import moto.server"]).output();
        if !installed.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: moto's server is not installed (pip install 'moto[server]')");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, address };
        let patience = Instant::now() + Duration::from_secs(180);
        while let Err(error) = TcpStream::connect(&server.address) {
            assert!(Instant::now() < patience, "no server: {error}");
            std::thread::sleep(Duration::from_millis(200));
        }
        let answer = server.ask("PUT /bucket");
        assert!(answer.contains(" 200 "), "{answer}");
        Some(server)
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let address = &self.address;
        let head = format!("{request} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn store(&self) -> AmazonS3 {
        AmazonS3Builder::new()
            .with_bucket_name("bucket")
            .with_region("us-east-1")
            .with_access_key_id(KEY)
            .with_secret_access_key(KEY)
            .with_endpoint(format!("http://{}", self.address))
            .with_allow_http(true)
            .build()
            .unwrap()
    }

    /// `publish --to` a prefix in the bucket.
    fn publish(&self, shop: &Shop, to: &str) -> Command {
        let mut command = shop.publish(&["--to", to]);
        command
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", KEY)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT", format!("http://{}", self.address))
            .env("AWS_ALLOW_HTTP", "true");
        command
    }
}

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
async fn of_two_publishers_into_a_bucket_one_puts_the_index_and_the_other_says_so() {
    let Some(server) = Server::start() else { return };
    let site = Site::new(300);
    let snapshot = site.snapshot(30_000);
    // The parts of S3 have at least 5 MiB: these packages are put as a whole.
    let [one, other] = [(); 2].map(|()| Target::new(Arc::new(server.store()), prefix()));
    let whole = |target| whole(target, &snapshot);
    let done = futures_util::future::join(whole(&one), whole(&other)).await;
    let done = [done.0, done.1];
    assert_eq!(done.iter().filter(|it| it.is_ok()).count(), 1, "{done:?}");
    let lost = done.iter().filter(|it| matches!(it, Err(Error::PublishedElsewhere { .. })));
    assert_eq!(lost.count(), 1, "{done:?}");
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
