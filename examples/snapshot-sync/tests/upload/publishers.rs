//! Two publishers that publish into the same place.

use crate::reader::{all, keys, latest};
use crate::site::{Site, prefix, target, upload};
use crate::store::Noting;
use snapshot_sync::publisher::upload::{Error, Found, Latest};

#[tokio::test]
async fn two_publishers_of_the_same_snapshot_put_one_index_and_both_leave_it_the_latest() {
    let (site, store) = (Site::new(300), Noting::new());
    let (one, other) = (target(store.shared()), target(store.shared()));
    let snapshot = site.snapshot(30_000);
    let done = futures_util::future::join(upload(&one, &snapshot), upload(&other, &snapshot)).await;
    for done in [done.0, done.1] {
        assert_eq!(done.unwrap().latest, Latest::This);
    }
    assert_eq!(all(store.inner(), &prefix()).await.len(), 1);
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 300);
    // Who comes after it finds all of it.
    assert_eq!(upload(&other, &snapshot).await.unwrap().found, Found::All);
}

#[tokio::test]
async fn readers_begin_with_the_newer_of_two_snapshots_whichever_comes_last() {
    let site = Site::new(300);
    let older = site.snapshot(30_000);
    site.change(b"new".to_vec());
    let newer = site.snapshot(30_000);
    let newest = newer.document();

    let store = Noting::new();
    let target = target(store.shared());
    upload(&target, &newer).await.unwrap();
    let outcome = upload(&target, &older).await.unwrap();
    assert_eq!(outcome.latest, Latest::Newer { started: newest.started() });
    assert_eq!(all(store.inner(), &prefix()).await.len(), 2);
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().id, newest.id());

    for order in [[&older, &newer], [&newer, &older]] {
        let store = Noting::new();
        let [one, other] = order.map(|snapshot| (crate::site::target(store.shared()), snapshot));
        let done =
            futures_util::future::join(upload(&one.0, one.1), upload(&other.0, other.1)).await;
        done.0.unwrap();
        done.1.unwrap();
        assert_eq!(all(store.inner(), &prefix()).await.len(), 2);
        assert_eq!(latest(store.inner(), &prefix()).await.unwrap().id, newest.id());
    }
}

/// The same id at another content has another directory, so that nothing is mixed.
#[tokio::test]
async fn snapshots_of_the_same_database_that_differ_share_no_key() {
    let (site, store) = (Site::new(300), Noting::new());
    let target = target(store.shared());
    let (large, small) = (site.snapshot(60_000), site.snapshot(30_000));
    upload(&target, &large).await.unwrap();
    let before = keys(store.inner()).await;
    let index = upload(&target, &small).await.unwrap().index;
    let directory = index.strip_suffix("index.json").unwrap();
    assert!(before.iter().all(|key| !key.contains(directory)));
}

#[tokio::test]
async fn the_place_of_another_database_is_left_as_it_is() {
    let (one, other, store) = (Site::new(100), Site::new(100), Noting::new());
    let target = target(store.shared());
    upload(&target, &one.snapshot(30_000)).await.unwrap();
    let before = keys(store.inner()).await;
    let error = upload(&target, &other.snapshot(30_000)).await.unwrap_err();
    assert!(matches!(error, Error::OtherDatabase { .. }), "{error}");
    assert_eq!(keys(store.inner()).await, before);
}

#[tokio::test]
async fn what_is_no_index_where_the_latest_one_would_be_is_left_as_it_is() {
    use object_store::ObjectStoreExt;
    for octets in ["no JSON", r#"{"id":"x","started":1,"uris":["0"]}"#] {
        let (site, store) = (Site::new(100), Noting::new());
        let key = prefix().join("latest.json");
        store.inner().put(&key, octets.into()).await.unwrap();
        let error = upload(&target(store.shared()), &site.snapshot(30_000)).await.unwrap_err();
        assert!(matches!(error, Error::Latest { .. } | Error::OtherDatabase { .. }), "{error}");
        assert_eq!(keys(store.inner()).await, [key.to_string()]);
    }
}
