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

/// A reader plans a query with entity tags. Those of a snapshot that is published must not change, also
/// where another publisher is in the midst of the same package: it has the same octets, and a store may give
/// it another tag for the size of the parts or for the encryption.
#[tokio::test]
async fn rfc9110_8_8_3_the_entity_tags_of_a_published_snapshot_stay_as_they_are() {
    use object_store::{ObjectStore, ObjectStoreExt};
    let site = Site::new(300);
    // One package: another one could be completed at that moment.
    let snapshot = site.snapshot(10_000_000);
    assert_eq!(snapshot.packages().len(), 1);
    let noted = Noting::new();
    upload(&target(noted.shared()), &snapshot).await.unwrap();
    // While the parts of the package are on their way, the other publisher does all of it.
    let is_part = |done: &crate::store::Done| matches!(done, crate::store::Done::Part(_));
    let moment = noted.take().iter().rposition(is_part).unwrap();
    let mut all_of_it = Vec::new();
    for key in keys(noted.inner()).await {
        let octets = noted.inner().get(&key.as_str().into()).await.unwrap().bytes().await.unwrap();
        all_of_it.push((object_store::path::Path::from(key), octets));
    }

    let store = Noting::new();
    let inner = store.clone();
    let packages = || async {
        let mut tags = std::collections::BTreeMap::new();
        for key in keys(store.inner()).await.into_iter().filter(|it| it.ends_with(".multipart")) {
            let head = store.inner().head(&key.as_str().into()).await.unwrap();
            tags.insert(key, head.e_tag.unwrap());
        }
        tags
    };
    let (sender, planned) = std::sync::mpsc::channel();
    store.call_at(moment, move || {
        use futures_util::FutureExt;
        for (key, octets) in all_of_it {
            let put = inner.inner().put_opts(&key, octets.into(), Default::default());
            let put = put.now_or_never().unwrap().unwrap();
            sender.send((key.to_string(), put.e_tag.unwrap())).unwrap();
        }
    });
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    assert_eq!(outcome.latest, Latest::This);
    let planned = planned.into_iter().filter(|(key, _)| key.ends_with(".multipart"));
    assert_eq!(packages().await, planned.collect());
    assert_eq!(store.notes.lock().unwrap().open, 0, "no parts remain");
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 300);
}
