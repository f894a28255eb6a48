//! Faults of the store, of what is on this machine, and signals.

use crate::reader::{all, keys, latest};
use crate::site::{Site, prefix, target, upload, upload_until};
use crate::store::{Done, Noting, When};
use futures_util::FutureExt;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use snapshot_sync::publisher::upload::{Error, Found, Latest};
use snapshot_sync::shutdown::Asked;
use std::fs;

/// Whatever operation fails, before or after it is done, a reader sees the whole snapshot or none; no
/// parts remain that nobody completes, and the next run comes to the same end.
#[tokio::test]
async fn a_store_that_fails_at_any_operation_shows_a_whole_snapshot_or_none() {
    let site = Site::new(250);
    let snapshot = site.snapshot(30_000);
    let id = snapshot.document().id();
    for when in [When::Before, When::After] {
        let (mut hidden, mut shown) = (0, 0);
        for number in 0.. {
            let store = Noting::new();
            let target = target(store.shared());
            store.fail_at(number, when);
            let done = upload(&target, &snapshot).await;
            let operations = store.take();
            let Some(operation) = operations.get(number) else {
                assert!(done.is_ok() && number > 10, "every operation has failed once");
                break;
            };
            match done {
                // It is looked at, and it is there.
                Ok(_) => {
                    let is_looked_at =
                        puts_index(operation) || matches!(operation, Done::Complete(_));
                    assert!(when == When::After && is_looked_at, "{operation:?}");
                }
                Err(error) => assert!(matches!(error, Error::Store { .. }), "{number}: {error}"),
            }
            let seen = all(store.inner(), &prefix()).await;
            assert!(seen.len() <= 1 && seen.iter().all(|seen| seen.parts == 250), "{number}");
            match seen.is_empty() {
                true => hidden += 1,
                false => shown += 1,
            }
            assert_eq!(store.notes.lock().unwrap().open, 0, "{number}: no parts remain");

            store.recover();
            let again = upload(&target, &snapshot).await.unwrap();
            assert_eq!(again.latest, Latest::This);
            // What has arrived is not uploaded again.
            assert_eq!(again.found == Found::All, !seen.is_empty(), "{number}");
            let seen = latest(store.inner(), &prefix()).await.unwrap();
            assert_eq!((seen.id.as_str(), seen.parts), (id, 250));
            assert_eq!(all(store.inner(), &prefix()).await.len(), 1);
        }
        // There is one index after its PUT, and before that none.
        assert!(hidden > 8 && shown >= 1, "{when:?}: {hidden}, {shown}");
    }
}

fn puts_index(done: &Done) -> bool {
    matches!(done, Done::Put(name, "create", _) if name.ends_with("/index.json"))
}

/// A publisher cannot know whether its own request has put the index or that of another publisher of the
/// same snapshot. The snapshot is complete in both cases.
#[tokio::test]
async fn an_index_that_was_put_although_the_store_says_that_it_was_there_is_this_one() {
    let (site, noted) = (Site::new(100), Noting::new());
    let snapshot = site.snapshot(30_000);
    let index = upload(&target(noted.shared()), &snapshot).await.unwrap().index;
    let number = noted.take().iter().position(puts_index).unwrap();
    let key: Path = format!("{}/{index}", prefix()).into();
    let octets = noted.inner().get(&key).await.unwrap().bytes().await.unwrap();

    let store = Noting::new();
    let inner = store.clone();
    store.call_at(number, move || {
        inner.inner().put(&key, octets.into()).now_or_never().unwrap().unwrap();
    });
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    assert_eq!((outcome.found, outcome.latest), (Found::Nothing, Latest::This));
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 100);
}

/// The answer to the request that completes an upload in parts is lost, and the store has repeated the
/// request: there is no such upload any more.
#[tokio::test]
async fn a_package_whose_completion_had_no_answer_is_looked_at() {
    let (site, store) = (Site::new(250), Noting::new());
    let snapshot = site.snapshot(30_000);
    store.lose(|done| matches!(done, Done::Complete(_)));
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    assert_eq!((outcome.found, outcome.uploaded), (Found::Nothing, snapshot.packages().len()));
    assert!(!store.take().iter().any(|done| matches!(done, Done::Abort(_))));
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 250);
}

/// Publishers at the same time, and answers that are lost, are told apart by conditions.
#[tokio::test]
async fn a_store_that_ignores_conditions_gets_no_package() {
    let site = Site::new(100);
    let snapshot = site.snapshot(30_000);
    for ignored in ["create", "update"] {
        for is_unknown in [false, true] {
            let store = Noting::new();
            match is_unknown {
                false => store.notes.lock().unwrap().ignores = Some(ignored),
                true => store.fail_by(move |done| {
                    let is_ignored = matches!(done, Done::Put(_, mode, _) if *mode == ignored);
                    let (operation, implementer) = (ignored.to_owned(), "test".to_owned());
                    is_ignored
                        .then_some(object_store::Error::NotImplemented { operation, implementer })
                }),
            }
            let error = upload(&target(store.shared()), &snapshot).await.unwrap_err();
            assert!(matches!(error, Error::NoConditions { .. }), "{ignored}: {error}");
            assert_eq!(keys(store.inner()).await, ["some/prefix/conditions.json"]);
        }
    }
}

/// S3 answers with 409 while another request for the same key is not done yet.
#[tokio::test(start_paused = true)]
async fn an_index_that_the_store_says_it_has_and_has_not_is_put_again() {
    let site = Site::new(100);
    let snapshot = site.snapshot(30_000);
    for (conflicts, is_ok) in [(3, true), (usize::MAX, false)] {
        let store = Noting::new();
        let left = std::sync::Mutex::new(conflicts);
        store.fail_by(move |done| {
            let mut left = left.lock().unwrap();
            (puts_index(done) && *left > 0).then(|| {
                *left -= 1;
                let path = "index.json".to_owned();
                object_store::Error::AlreadyExists { path, source: "a conflict".into() }
            })
        });
        let done = upload(&target(store.shared()), &snapshot).await;
        assert_eq!(done.is_ok(), is_ok, "{done:?}");
        assert_eq!(all(store.inner(), &prefix()).await.len(), usize::from(is_ok));
    }
}

/// So it does where publishers of the same snapshot put the same package, or their first index, at the same
/// time.
#[tokio::test(start_paused = true)]
async fn what_the_store_says_it_has_and_has_not_is_put_again() {
    let site = Site::new(100);
    let snapshot = site.snapshot(15_000);
    for (end, conflicts, is_ok) in [
        ("/0.multipart", 3, true),
        ("/0.multipart", usize::MAX, false),
        ("/latest.json", 3, true),
        ("/latest.json", usize::MAX, false),
    ] {
        let store = Noting::new();
        let left = std::sync::Mutex::new(conflicts);
        let begun = tokio::time::Instant::now();
        store.fail_by(move |done| {
            let mut left = left.lock().unwrap();
            let Done::Put(name, "create", _) = done else { return None };
            (name.ends_with(end) && *left > 0).then(|| {
                *left -= 1;
                let path = name.clone();
                object_store::Error::AlreadyExists { path, source: "a conflict".into() }
            })
        });
        let done = upload(&target(store.shared()), &snapshot).await;
        assert_eq!(done.is_ok(), is_ok, "{end}: {done:?}");
        if let Err(error) = done {
            assert!(matches!(error, Error::Store { .. } | Error::Contended { .. }), "{error}");
        }
        assert!(begun.elapsed() > std::time::Duration::from_secs(1), "the other one has time");
        let is_there = end == "/latest.json" || is_ok;
        assert_eq!(all(store.inner(), &prefix()).await.len(), usize::from(is_there));
    }
}

/// That the store is silent once says nothing about what it does with conditions.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_silent_once_is_asked_again_whether_it_honours_conditions() {
    let site = Site::new(100);
    let snapshot = site.snapshot(30_000);
    for mode in ["create", "update"] {
        let store = Noting::new();
        store.notes.lock().unwrap().hangs = Some(mode);
        upload(&target(store.shared()), &snapshot).await.unwrap();
        assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 100);
    }
}

/// A signal, at whatever moment it comes.
#[tokio::test]
async fn an_upload_that_is_asked_to_stop_leaves_no_parts_and_is_continued() {
    let site = Site::new(250);
    let snapshot = site.snapshot(30_000);
    let mut stopped = 0;
    for number in 0.. {
        let store = Noting::new();
        let target = target(store.shared());
        let (stop, asked) = Asked::when_dropped();
        store.call_at(number, move || drop(stop));
        let done = upload_until(&target, &snapshot, &asked).await;
        if store.take().len() <= number {
            assert!(number > 10);
            break;
        }
        match done {
            Err(Error::Stopped) => stopped += 1,
            Ok(_) => {}
            Err(error) => panic!("{number}: {error}"),
        }
        assert_eq!(store.notes.lock().unwrap().open, 0, "{number}: no parts remain");
        all(store.inner(), &prefix()).await;
        store.recover();
        upload(&target, &snapshot).await.unwrap();
        assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 250);
    }
    assert!(stopped > 8, "{stopped}");
}

#[tokio::test]
async fn a_package_that_has_changed_on_this_machine_is_not_published() {
    let site = Site::new(250);
    let snapshot = site.snapshot(30_000);
    // One that is put as a whole, and one that is put in parts.
    for number in [0, snapshot.packages().len() - 1] {
        let path = snapshot.package(number).unwrap().path();
        let octets = fs::read(&path).unwrap();
        let mut flipped = octets.clone();
        flipped[octets.len() / 2] ^= 1;
        for (damaged, expected) in [(&flipped[..], "digest"), (&octets[1..], "octets")] {
            fs::write(&path, damaged).unwrap();
            let store = Noting::new();
            let error = upload(&target(store.shared()), &snapshot).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert!(all(store.inner(), &prefix()).await.is_empty());
            let name = format!("/{number}.multipart");
            assert!(keys(store.inner()).await.iter().all(|key| !key.ends_with(&name)));
            assert_eq!(store.notes.lock().unwrap().open, 0);
        }
        fs::write(&path, octets).unwrap();
    }
}

#[tokio::test]
async fn a_store_that_has_something_else_than_was_put_gets_no_index() {
    let (site, store) = (Site::new(250), Noting::new());
    store.notes.lock().unwrap().lies = true;
    let error = upload(&target(store.shared()), &site.snapshot(30_000)).await.unwrap_err();
    assert!(matches!(&error, Error::Differs { key, .. } if key.ends_with(".multipart")), "{error}");
    assert!(all(store.inner(), &prefix()).await.is_empty());
}

/// A size tells nothing of octets: where the entity tag is another, the digest is compared.
#[tokio::test]
async fn a_package_that_is_replaced_before_the_index_is_put_gets_no_index() {
    let site = Site::new(250);
    let snapshot = site.snapshot(30_000);
    let store = Noting::new();
    let index = upload(&target(store.shared()), &snapshot).await.unwrap().index;
    let done = store.take();
    let listed = done.iter().rposition(|done| matches!(done, Done::List(_))).unwrap();
    let path: Path = format!("{}/{}", prefix(), index.replace("index.json", "0.multipart")).into();
    let octets = store.inner().get(&path).await.unwrap().bytes().await.unwrap();
    for (replacement, is_same) in [(octets.to_vec(), true), (octets.to_ascii_uppercase(), false)] {
        let store = Noting::new();
        let (inner, path) = (store.clone(), path.clone());
        store.call_at(listed, move || {
            let put = inner.inner().put(&path, replacement.into()).now_or_never();
            put.unwrap().unwrap();
        });
        match upload(&target(store.shared()), &snapshot).await {
            Ok(_) => assert!(is_same),
            Err(error) => assert!(matches!(error, Error::Differs { .. }) && !is_same, "{error}"),
        }
        assert_eq!(all(store.inner(), &prefix()).await.len(), usize::from(is_same));
        // The next run takes no size for octets either, and uploads the package again.
        let again = upload(&target(store.shared()), &snapshot).await.unwrap();
        assert_eq!(again.uploaded, usize::from(!is_same));
        assert_eq!(all(store.inner(), &prefix()).await.len(), 1);
    }
}

/// Somebody has copied a package into a directory of its own, below the one of the snapshot.
#[tokio::test]
async fn an_object_of_the_same_name_in_another_directory_is_no_package() {
    let (site, noted) = (Site::new(250), Noting::new());
    let snapshot = site.snapshot(30_000);
    let index = upload(&target(noted.shared()), &snapshot).await.unwrap().index;
    let package = format!("{}/{}", prefix(), index.replace("index.json", "0.multipart"));
    let octets = noted.inner().get(&package.clone().into()).await.unwrap().bytes().await.unwrap();
    let store = Noting::new();
    let copy = package.replace("0.multipart", "backup/0.multipart");
    store.inner().put(&copy.into(), octets.into()).await.unwrap();
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    assert_eq!(outcome.uploaded, snapshot.packages().len());
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 250);
}

/// A manifest of the right size is no reason to believe that it is the right one.
#[tokio::test]
async fn a_manifest_with_other_octets_is_replaced() {
    let (site, store) = (Site::new(100), Noting::new());
    let (target, snapshot) = (target(store.shared()), site.snapshot(30_000));
    let index = upload(&target, &snapshot).await.unwrap().index;
    let key: Path = format!("{}/{}", prefix(), index.replace("index", "manifest")).into();
    let octets = store.inner().get(&key).await.unwrap().bytes().await.unwrap();
    store.inner().put(&key, octets.to_ascii_uppercase().into()).await.unwrap();
    upload(&target, &snapshot).await.unwrap();
    assert_eq!(store.inner().get(&key).await.unwrap().bytes().await.unwrap(), octets);
}

#[tokio::test]
async fn an_index_of_others_in_the_place_of_this_one_is_an_error() {
    let (site, store) = (Site::new(100), Noting::new());
    let (target, snapshot) = (target(store.shared()), site.snapshot(30_000));
    let index = upload(&target, &snapshot).await.unwrap().index;
    let key = format!("{}/{index}", prefix());
    store.inner().put(&key.into(), "{}".into()).await.unwrap();
    let error = upload(&target, &snapshot).await.unwrap_err();
    assert!(matches!(error, Error::Differs { .. }), "{error}");
}

/// A store may be replaced by others between reading and putting, but not for ever.
#[tokio::test]
async fn the_latest_index_is_replaced_on_the_condition_that_it_is_the_one_that_was_read() {
    let (site, store) = (Site::new(100), Noting::new());
    let target = target(store.shared());
    upload(&target, &site.snapshot(30_000)).await.unwrap();
    site.change(b"new".to_vec());
    let newer = site.snapshot(30_000);
    let is_latest = |done: &Done| matches!(done, Done::Put(name, "update", _) if name.ends_with("/latest.json"));
    store.fail_by(move |done| {
        is_latest(done).then(|| object_store::Error::Precondition {
            path: String::new(),
            source: "another publisher was quicker".into(),
        })
    });
    store.take();
    let error = upload(&target, &newer).await.unwrap_err();
    let Error::Contended { attempts, .. } = error else { panic!("{error}") };
    assert_eq!(store.take().iter().filter(|done| is_latest(done)).count(), attempts as usize);
    store.recover();
    let outcome = upload(&target, &newer).await.unwrap();
    assert_eq!((outcome.found, outcome.latest), (Found::All, Latest::This));
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().id, newer.document().id());
}
