//! The program, killed while it uploads into a bucket: before a request arrives, in the midst of it, after
//! it was done, and while it is on its way.

use crate::bucket::Server;
use crate::command::Shop;
use crate::gateway::{Fate, Gateway, Step, When};
use crate::reader::{Seen, all, keys, latest};
use crate::site::{prefix, put, put_at};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3;
use object_store::{ObjectStore, ObjectStoreExt};
use rand::seq::IndexedRandom;
use snapshot_sync::publisher::store::Store;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use tokio::runtime::Runtime;

/// The small entities of the database.
const ENTITIES: usize = 60;

/// A database of which a snapshot has small packages, which are put as a whole, and one of more than
/// 8 MiB, which is put in parts; a bucket; and the gateway between them.
struct Scene {
    server: Server,
    gateway: Gateway,
    shop: Shop,
    store: AmazonS3,
    runtime: Runtime,
    /// The latest one that a reader has seen.
    latest: Option<Seen>,
    changes: usize,
}

impl Scene {
    /// None if there is no server.
    fn new() -> Option<Self> {
        let server = Server::start()?;
        let gateway = Gateway::start(&server.address);
        let shop = Shop::new();
        let source = Store::open(&shop.database(), 100).unwrap();
        put(&source, vec![b'a'; 9 << 20]);
        for number in 0..ENTITIES {
            put_at(&source, &format!("/entities/{number}"), vec![b'a'; 1_000]);
        }
        source.close().unwrap();
        let (store, runtime) = (server.store(), Runtime::new().unwrap());
        let mut scene = Self { server, gateway, shop, store, runtime, latest: None, changes: 0 };
        assert!(scene.run().success());
        assert_eq!(scene.look().len(), 1);
        Some(scene)
    }

    fn change(&mut self, body: &str) {
        self.changes += 1;
        let source = Store::open(&self.shop.database(), 100).unwrap();
        let path = format!("/entities/{}", self.changes % ENTITIES);
        put_at(&source, &path, body.as_bytes().to_vec());
        source.close().unwrap();
    }

    /// Runs the program until it ends or is killed.
    fn run(&self) -> ExitStatus {
        let mut command = self.server.publish(&self.shop, "s3://bucket/some/prefix");
        let command = command.args(["--package-octets", "20000"]).stdout(Stdio::null());
        self.gateway.run(command.stderr(Stdio::null()).env("AWS_ENDPOINT", &self.gateway.uri))
    }

    /// What a reader sees: whole snapshots, and never an older one than before.
    fn look(&mut self) -> Vec<Seen> {
        let (seen, newest) = self.runtime.block_on(async {
            (all(&self.store, &prefix()).await, latest(&self.store, &prefix()).await)
        });
        assert!(seen.iter().all(|seen| seen.parts == ENTITIES as u64 + 1), "{seen:?}");
        let id = |seen: &Option<Seen>| seen.as_ref().map(|seen| seen.id.clone());
        assert!(id(&newest) >= id(&self.latest), "the latest one never goes back");
        self.latest = newest;
        seen
    }

    /// Removes the snapshots that are older than the latest one, as the README says, so that a reader
    /// has no more than a few to look at.
    fn remove_older(&self) {
        self.runtime.block_on(async {
            let octets = self.store.get(&prefix().join("latest.json")).await.unwrap();
            let document: serde_json::Value =
                serde_json::from_slice(&octets.bytes().await.unwrap()).unwrap();
            let newest = prefix().to_string() + "/" + document["snapshot"].as_str().unwrap();
            let directories = keys(&self.store).await;
            let older = directories.iter().filter(|key| key.ends_with("/index.json"));
            for index in older.filter(|key| **key < newest) {
                self.store.delete(&index.as_str().into()).await.unwrap();
                let directory = index.strip_suffix("/index.json").unwrap();
                let others = self.store.list(Some(&directory.into())).map_ok(|it| it.location);
                let removed = self.store.delete_stream(others.boxed());
                removed.try_collect::<Vec<_>>().await.unwrap();
            }
        });
    }

    /// The number of uploads in parts that were neither completed nor aborted.
    fn incomplete(&self) -> usize {
        let listed = self.server.ask("GET /bucket?uploads");
        assert!(listed.contains("ListMultipartUploadsResult"), "{listed}");
        listed.matches("<Upload>").count()
    }

    /// A last run, which succeeds.
    fn finish(&mut self) {
        self.gateway.plan(|_| Fate::Pass);
        self.change("last");
        let incomplete = self.incomplete();
        assert!(self.run().success());
        self.gateway.deliver();
        let newest = self.look().into_iter().max_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(self.latest, newest);
        assert!(self.incomplete() <= incomplete, "a run that ends leaves no parts");
        // Nothing is left to do.
        self.gateway.take();
        assert!(self.run().success());
        assert!(self.gateway.take().iter().all(|(request, _)| request.step == Step::Get));
    }
}

/// Kills the program in each stage of an upload. Each time something has changed before, so that a run first
/// continues what the one before has begun.
#[test]
fn a_publisher_that_is_killed_in_any_stage_of_an_upload_into_a_bucket_shows_whole_snapshots_or_none()
 {
    use When::{After, Before, Half, OnItsWay};
    let Some(mut scene) = Scene::new() else { return };
    let moments = [
        (Step::Conditions, 1, After),
        (Step::Package, 0, Half),
        (Step::Package, 2, After),
        (Step::Begin, 0, After),
        (Step::Part, 0, Half),
        (Step::Part, 0, After),
        (Step::Part, 1, Before),
        (Step::Complete, 0, Before),
        (Step::Complete, 0, After),
        (Step::Complete, 0, OnItsWay),
        (Step::Manifest, 0, After),
        (Step::Index, 0, Before),
        (Step::Index, 0, After),
        (Step::Index, 0, OnItsWay),
        (Step::Latest, 0, Before),
        (Step::Latest, 0, OnItsWay),
        (Step::Latest, 0, After),
    ];
    for (step, number, when) in moments {
        let moment = format!("{step:?} {number} {when:?}");
        scene.change(&moment);
        let before = (scene.look().len(), scene.incomplete());
        scene.gateway.at(step, number, Fate::Kill(when));
        let status = scene.run();
        assert_eq!(status.signal(), Some(9), "{moment}: {status}");
        let after = (scene.look().len(), scene.incomplete());
        let is_open =
            matches!(step, Step::Begin | Step::Part) || step == Step::Complete && when != After;
        // As the README says: a publisher that is killed cannot abort its own.
        assert!(after.1 > before.1 || !is_open, "{moment}");
        match (step, when) {
            (Step::Index, After) | (Step::Latest, _) => assert!(after.0 > before.0, "{moment}"),
            _ => {}
        }
        eprintln!("{moment}: {before:?}, {after:?}");
        // What is on its way arrives after the next run has ended; what completes a package, before that run.
        if when != OnItsWay || step == Step::Complete {
            scene.gateway.deliver();
            scene.look();
            scene.remove_older();
        }
    }
    scene.finish();
}

/// `cargo test -p snapshot-sync --features s3 --test upload -- --ignored --nocapture`
#[test]
#[ignore = "it takes minutes: the test above does the same in each stage once"]
fn a_publisher_that_is_killed_sixty_times_while_it_uploads_into_a_bucket_shows_whole_snapshots_or_none()
 {
    let kills = 60;
    let Some(mut scene) = Scene::new() else { return };
    let requests = scene.gateway.take().len();
    let (mut were_killed, mut were_hidden, mut late) = (0, 0, 0);
    for number in 0..kills {
        if number % 2 == 0 {
            scene.change(&format!("change {number}"));
        }
        let before = scene.look().len();
        let stages = [When::Before, When::Half, When::After, When::OnItsWay];
        let when = *stages.choose(&mut rand::rng()).unwrap();
        let mut left = rand::random_range(0..requests);
        scene.gateway.plan(move |_| {
            let is_now = left == 0;
            left = left.wrapping_sub(1);
            if is_now { Fate::Kill(when) } else { Fate::Pass }
        });
        let status = scene.run();
        let is_killed = status.signal() == Some(9);
        assert!(is_killed || status.success(), "{status}");
        // Some requests arrive at once, others after all that the next run does.
        if number % 2 == 1 {
            late += scene.gateway.deliver();
        }
        let after = scene.look().len();
        were_killed += usize::from(is_killed);
        were_hidden += usize::from(is_killed && after == before);
        scene.remove_older();
    }
    let incomplete = scene.incomplete();
    scene.finish();
    eprintln!(
        "{were_killed} of {kills} runs of about {requests} requests were killed, {were_hidden} of them before the \
         index; {late} requests came late; {incomplete} uploads in parts were not completed"
    );
    assert!(were_killed * 2 >= kills && were_hidden > 0, "{were_killed}, {were_hidden}");
}
