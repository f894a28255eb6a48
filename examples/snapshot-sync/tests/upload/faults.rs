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
            if store.take().len() <= number {
                assert!(done.is_ok() && number > 10, "every operation has failed once");
                break;
            }
            assert!(matches!(done, Err(Error::Store { .. })), "{number}: {done:?}");
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
    }
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
