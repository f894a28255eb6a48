//! `publish --to`, as an operator runs it.

use crate::reader::{all, keys, latest, read};
use crate::site::change;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// A database, and the directory that its snapshots are published into.
pub(crate) struct Shop {
    directory: tempfile::TempDir,
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("source.sqlite")
    }

    /// `publish` with this database.
    pub(crate) fn publish(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
        command.args(arguments).arg("--database").arg(self.database());
        command
    }

    /// The URI of the directory that is published into.
    pub(crate) fn uri(&self) -> String {
        format!("file://{}", self.path("a store").display()).replace(' ', "%20")
    }

    /// `publish --to` that directory.
    pub(crate) fn to(&self) -> Command {
        self.publish(&["--package-octets", "5000", "--to", &self.uri()])
    }

    /// The directory as a store.
    pub(crate) fn store(&self) -> LocalFileSystem {
        LocalFileSystem::new_with_prefix(self.path("a store")).unwrap()
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// The URI that a successful run has written, and what it has logged.
#[track_caller]
fn published(output: &Output) -> (String, String) {
    let log = text(&output.stderr);
    assert!(output.status.success(), "{log}");
    let uri = text(&output.stdout);
    assert!(uri.ends_with("/index.json\n") && uri.lines().count() == 1, "{uri}");
    (uri.trim_end().to_owned(), log)
}

#[track_caller]
fn failed(output: &Output, status: i32, message: &str) {
    let log = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{log}");
    assert!(log.contains(message) && output.stdout.is_empty(), "{log}");
}

fn key(shop: &Shop, uri: &str) -> Key {
    let name = uri.strip_prefix(&format!("{}/", shop.uri())).unwrap();
    Key::from(name)
}

#[tokio::test]
async fn it_publishes_the_current_state_once_and_writes_the_uri_of_the_index() {
    let shop = Shop::new();
    let (uri, _) = published(&shop.to().args(["--generate", "300"]).output().unwrap());
    let store = shop.store();
    let seen = read(&store, &key(&shop, &uri)).await.unwrap();
    assert_eq!(seen.parts, 300);
    assert_eq!(latest(&store, &Key::default()).await, Some(seen));
    // What is not for others stays here: no compressed form is written for a store.
    let packages = fs::read_dir(shop.path("source.sqlite-snapshots")).unwrap();
    let packages: Vec<_> = packages.map(|it| it.unwrap().path()).collect();
    assert!(packages.len() == 1 && !packages[0].join("0.multipart.gz").exists());

    // Nothing has changed: it is the same snapshot.
    let before = keys(&store).await;
    let (again, log) = published(&shop.to().output().unwrap());
    assert!(again == uri && log.contains("was published before"), "{log}");
    assert_eq!(keys(&store).await, before);

    // Something has changed: it is another one, and the older one stays.
    change(&shop.database(), "new");
    let (newer, _) = published(&shop.to().args(["--keep", "0"]).output().unwrap());
    assert_ne!(newer, uri);
    assert_eq!(all(&store, &Key::default()).await.len(), 2);
    let seen = latest(&store, &Key::default()).await;
    assert_eq!(seen, read(&store, &key(&shop, &newer)).await);
    assert_eq!(seen.unwrap().parts, 301);
    let kept = fs::read_dir(shop.path("source.sqlite-snapshots")).unwrap().count();
    assert_eq!(kept, 1, "with --keep 0, only the published one is kept here");
}

#[tokio::test]
async fn the_rows_of_an_attached_table_are_published_as_they_are_at_that_time() {
    let shop = Shop::new();
    let application = Connection::open(shop.database()).unwrap();
    let schema = "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT);
                  INSERT INTO products VALUES (1, 'chair'), (2, 'table');";
    application.execute_batch(schema).unwrap();
    let attach = format!("publish attach --database {} --table", shop.database().display());
    failed(&shop.to().output().unwrap(), 1, &attach);
    let attached = shop.publish(&["attach", "--table", "products"]).status();
    assert!(attached.unwrap().success());
    published(&shop.to().output().unwrap());
    let seen = latest(&shop.store(), &Key::default()).await.unwrap();
    assert_eq!(seen.parts, 2);
    let insert = "INSERT INTO products VALUES (3, 'lamp')";
    application.execute(insert, []).unwrap();
    published(&shop.to().output().unwrap());
    let seen = latest(&shop.store(), &Key::default()).await.unwrap();
    assert!(seen.locations.contains("s3://bucket/products/3"), "{seen:?}");
}

/// A publisher that serves the database, until it is dropped.
struct Serving(Child);

impl Serving {
    fn start(shop: &Shop) -> Self {
        let mut child = shop
            .publish(&["--listen", "127.0.0.1:0", "--package-octets", "5000", "--no-codings"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("publishing on")));
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn beside_a_publisher_that_serves_the_database_the_newest_snapshot_of_that_one_is_published()
{
    let shop = Shop::new();
    change(&shop.database(), "one");
    let serving = Serving::start(&shop);
    let (_, log) = published(&shop.to().output().unwrap());
    assert!(log.contains("another publisher serves the database"), "{log}");
    assert_eq!(latest(&shop.store(), &Key::default()).await.unwrap().parts, 1);
    drop(serving);

    let empty = shop.path("none");
    let _serving = Serving::start(&shop);
    let output = shop.to().arg("--store").arg(&empty).output().unwrap();
    failed(&output, 1, "no-snapshot: ");
}

/// A loss of power after a file has got its name may leave it empty, or with the size but no octets.
#[tokio::test]
async fn a_document_that_a_loss_of_power_has_emptied_is_written_again() {
    let shop = Shop::new();
    let (uri, _) = published(&shop.to().args(["--generate", "300"]).output().unwrap());
    let index = key(&shop, &uri);
    let seen = read(&shop.store(), &index).await;
    for name in [index.as_ref(), &index.as_ref().replace("index", "manifest"), "latest.json"] {
        let path = shop.path("a store").join(name);
        let octets = fs::read(&path).unwrap();
        for torn in [Vec::new(), vec![0; octets.len()]] {
            fs::write(&path, torn).unwrap();
            let (again, _) = published(&shop.to().output().unwrap());
            assert_eq!((again, fs::read(&path).unwrap()), (uri.clone(), octets.clone()), "{name}");
        }
    }
    assert_eq!(latest(&shop.store(), &Key::default()).await, seen);
    // What somebody else has written there is no such thing.
    fs::write(shop.path("a store").join(index.as_ref()), "{}").unwrap();
    failed(&shop.to().output().unwrap(), 1, "differs: ");
}

#[test]
fn a_directory_that_another_publisher_publishes_into_is_in_use() {
    let shop = Shop::new();
    published(&shop.to().args(["--generate", "10"]).output().unwrap());
    let lock = File::create(shop.path("a store/latest.json-lock")).unwrap();
    lock.lock().unwrap();
    failed(&shop.to().output().unwrap(), 3, "in-use: ");
    drop(lock);
    published(&shop.to().output().unwrap());
}

/// A run removes snapshots of the database, and another one may be uploading them.
#[test]
fn a_database_that_another_run_publishes_is_not_published_at_the_same_time() {
    let shop = Shop::new();
    published(&shop.to().args(["--generate", "10"]).output().unwrap());
    let lock = File::create(shop.path("source.sqlite-to-lock")).unwrap();
    lock.lock().unwrap();
    failed(&shop.to().output().unwrap(), 3, "uploading: ");
    drop(lock);
    published(&shop.to().output().unwrap());
}

/// Otherwise runs that are always interrupted would begin with other snapshots for ever. What cannot be
/// completed keeps no other snapshot back.
#[tokio::test]
async fn what_was_begun_is_completed_before_the_current_state_is_published() {
    let shop = Shop::new();
    for (is_damaged, snapshots) in [(false, 2), (true, 3)] {
        change(&shop.database(), &format!("one {is_damaged}"));
        let (begun, _) = published(&shop.to().args(["--keep", "0"]).output().unwrap());
        let begun = shop.path("a store").join(key(&shop, &begun).to_string());
        for name in ["index.json", "0.multipart"] {
            fs::remove_file(begun.with_file_name(name)).unwrap();
        }
        if is_damaged {
            let local = fs::read_dir(shop.path("source.sqlite-snapshots")).unwrap();
            let local = local.map(|it| it.unwrap().path()).max().unwrap();
            fs::write(local.join("0.multipart"), "damaged").unwrap();
        }
        change(&shop.database(), &format!("two {is_damaged}"));
        let (_, log) = published(&shop.to().args(["--keep", "0"]).output().unwrap());
        assert!(log.contains("is continued first"), "{log}");
        assert_eq!(log.contains("is left as it is"), is_damaged, "{log}");
        assert_eq!(begun.exists(), !is_damaged);
        assert_eq!(all(&shop.store(), &Key::default()).await.len(), snapshots);
    }
}

#[test]
fn the_snapshots_that_a_server_publishes_with_other_references_stay() {
    let shop = Shop::new();
    let kept = || {
        let entries = fs::read_dir(shop.path("source.sqlite-snapshots")).unwrap();
        entries.map(|it| it.unwrap().file_name()).collect::<Vec<_>>()
    };
    published(&shop.to().args(["--generate", "10"]).output().unwrap());
    let before = kept();
    let below = ["--keep", "0", "--base-uri", "https://example.org/shop"];
    published(&shop.to().args(below).output().unwrap());
    assert!(before.iter().all(|name| kept().contains(name)) && kept().len() == 2);

    let serving = Serving::start(&shop);
    failed(&shop.to().args(below).output().unwrap(), 1, "other-base: ");
    drop(serving);
    // A directory that another database has by mistake.
    let other = Shop::new();
    change(&other.database(), "one");
    let _serving = Serving::start(&other);
    let store = shop.path("source.sqlite-snapshots");
    let mistaken = other.to().arg("--store").arg(store).output().unwrap();
    failed(&mistaken, 1, "is a snapshot of another database");
    assert!(!other.path("a store/latest.json").exists());
}

/// The two commands of the README: `snapshot-query` finds the Content-Type in the manifest that is beside
/// the index that the latest one names.
#[tokio::test]
async fn the_latest_index_names_one_with_a_manifest_beside_it() {
    let shop = Shop::new();
    let (uri, _) = published(&shop.to().args(["--generate", "10"]).output().unwrap());
    let octets = fs::read(shop.path("a store/latest.json")).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&octets).unwrap();
    let name = document["snapshot"].as_str().unwrap();
    assert_eq!(format!("{}/{name}", shop.uri()), uri);
    let manifest = shop.path("a store").join(name).with_file_name("manifest.json");
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    let index = fs::read_to_string(shop.path("a store").join(name)).unwrap();
    assert_eq!(manifest["index"], index);
    assert!(manifest["content_type"].as_str().unwrap().starts_with("multipart/package;"));
}

#[test]
fn the_place_of_another_database_is_refused() {
    let [shop, other] = [Shop::new(), Shop::new()];
    published(&shop.to().args(["--generate", "10"]).output().unwrap());
    let to = shop.uri();
    let mut command = other.publish(&["--generate", "10", "--to", &to]);
    failed(&command.output().unwrap(), 4, "other-database: ");
}

#[test]
fn what_cannot_be_published_is_refused_before_anything_is_written() {
    let shop = Shop::new();
    failed(&shop.to().output().unwrap(), 1, "does not exist");
    assert!(!shop.database().exists() && !shop.path("a store").exists());
    for to in ["s3://key:secret@bucket/a", "s3://bucket/a?secret", "/srv/snapshots", "gs://bucket"]
    {
        let output = shop.publish(&["--to", to]).output().unwrap();
        failed(&output, 2, "place: ");
        // A log is read by more people than the environment is.
        assert!(!text(&output.stderr).contains("secret"), "{}", text(&output.stderr));
    }
    let both = shop.to().args(["--listen", "127.0.0.1:0"]).output().unwrap();
    failed(&both, 2, "cannot be used with");
    change(&shop.database(), "one");
    let without = |name: &str| {
        let mut command = shop.publish(&["--to", "s3://bucket/prefix"]);
        for (variable, _) in std::env::vars().filter(|it| it.0.starts_with("AWS_")) {
            command.env_remove(variable);
        }
        failed(&command.output().unwrap(), 1, name);
    };
    match cfg!(feature = "s3") {
        true => without("there are no credentials"),
        false => without("without the feature s3"),
    }
}

#[test]
fn what_is_not_a_directory_cannot_be_published_into() {
    let shop = Shop::new();
    change(&shop.database(), "one");
    fs::write(shop.path("a store"), "a file").unwrap();
    failed(&shop.to().output().unwrap(), 1, "a store");
    assert_eq!(fs::read(shop.path("a store")).unwrap(), b"a file");
}
