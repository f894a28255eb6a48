//! Number 2: what a cache has from before a publisher was restored from a backup is not taken.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
mod feed;
use change_feed::{Action, Consumer, DoubtReason, MemoryStore, Method, Snapshot, Verdict, Want};
use feed::{
    answered, consume, document, event, id, ids, second, state, step, store, timeline, wants,
};

/// Archive 1 has 1.1 and 1.2; the publisher went on with 1.3 and 1.4 on archive 2, and was restored to
/// 1.2; archive 2 of now has 2.3 and 2.4. A cache still has the former archive 2 (immutable).
#[test]
fn an_archive_of_the_other_timeline_is_not_consumed() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let position = Snapshot::new(second(1)).with_timeline(Some(told.clone())).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut memory = MemoryStore::new();
    consumer.timeline(&told, None, now);
    let put = |run, number, time| event(&id(run, number), "a", Method::Put, time);
    let one = document("1", None, Some("2"), vec![put(1, 1, 10), put(1, 2, 20)]);
    let old = document("2", Some("1"), Some("3"), vec![put(1, 3, 30), put(1, 4, 40)]);
    let latest = document("now", Some("2"), None, vec![put(2, 5, 500)]);
    let _ = consume(&mut consumer, &mut memory, &[one, old, latest], now);
    assert_ne!(consumer.position().last().unwrap().id(), id(1, 4));
}

/// The publisher was restored to 1.2 in second 90. A cache still has the former archive 2, whose events
/// are all before the snapshot. It says nothing of where the replica has to begin, which is 2.3.
#[test]
fn an_archive_of_the_other_timeline_from_before_the_snapshot_is_no_place_to_begin() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let snapshot = Snapshot::new(second(100)).with_timeline(Some(told.clone()));
    let mut consumer = Consumer::new("now", snapshot.position(second(110)));
    let mut memory = MemoryStore::new();
    consumer.timeline(&told, None, now);
    let put = |run, number, time| event(&id(run, number), "a", Method::Put, time);
    let one = document("1", None, Some("2"), vec![put(1, 1, 10), put(1, 2, 20)]);
    let former = document("2", Some("1"), Some("3"), vec![put(1, 3, 30), put(1, 4, 40)]);
    let two = document("2", Some("1"), Some("3"), vec![put(2, 3, 130), put(2, 4, 140)]);
    let three = document("3", Some("2"), Some("now"), vec![put(2, 5, 150), put(2, 6, 160)]);
    let latest = document("now", Some("3"), None, vec![put(2, 7, 500)]);
    let with_cache = [one.clone(), former, three.clone(), latest.clone()];
    let Err(Want::Timeline) = consume(&mut consumer, &mut memory, &with_cache, now) else {
        panic!("the former archive document was believed");
    };
    consumer.timeline(&told, None, now);
    let Err(Want::Wait { until, reason }) = consume(&mut consumer, &mut memory, &with_cache, now)
    else {
        panic!("the former archive document was believed");
    };
    assert_eq!(reason, DoubtReason::OlderDocument);
    let actions = consume(&mut consumer, &mut memory, &[one, two, three, latest], until).unwrap();
    assert_eq!(ids(&actions), (3..=7).map(|number| id(2, number)).collect::<Vec<_>>());
}

/// Before the restore archive 2 was full with 1.3, since 1.4 was large. After it, it has 1.3, 2.4 and
/// 2.5. All events of the former one are on the timeline.
#[test]
fn no_event_is_left_out_where_a_document_ended_elsewhere_before_a_restore() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 4)]);
    let snapshot = Snapshot::new(second(1)).with_timeline(Some(told.clone()));
    let mut consumer = Consumer::new("now", snapshot.position(second(20)));
    let mut memory = MemoryStore::new();
    consumer.timeline(&told, None, now);
    let put = |run, number, time| event(&id(run, number), "a", Method::Put, time);
    let one = document("1", None, Some("2"), vec![put(1, 1, 10), put(1, 2, 20)]);
    let former = document("2", Some("1"), Some("3"), vec![put(1, 3, 30)]);
    let events = vec![put(1, 3, 30), put(2, 4, 140), put(2, 5, 150)];
    let two = document("2", Some("1"), Some("3"), events);
    let three = document("3", Some("2"), Some("now"), vec![put(2, 6, 160)]);
    let latest = document("now", Some("3"), None, vec![put(2, 7, 500)]);
    let with_cache = [one.clone(), former, three.clone(), latest.clone()];
    let Err(Want::Timeline) = consume(&mut consumer, &mut memory, &with_cache, now) else {
        panic!("events were left out");
    };
    consumer.timeline(&told, None, now);
    let Err(Want::Wait { until, .. }) = consume(&mut consumer, &mut memory, &with_cache, now)
    else {
        panic!("events were left out");
    };
    assert_eq!(consumer.position().last().unwrap().id(), id(1, 3));
    let actions = consume(&mut consumer, &mut memory, &[one, two, three, latest], until).unwrap();
    assert_eq!(ids(&actions), (4..=7).map(|number| id(2, number)).collect::<Vec<_>>());
}

/// The cache answers once with the former archive 3, which does not follow archive 2 as that is now. The
/// replica asks for it once more, past the caches, and does not walk back from the subscription document.
#[test]
fn a_document_that_does_not_follow_is_asked_for_once_more_past_the_caches() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let snapshot = Snapshot::new(second(1)).with_timeline(Some(told.clone()));
    let mut consumer = Consumer::new("now", snapshot.position(second(20)));
    let mut memory = MemoryStore::new();
    consumer.timeline(&told, None, now);
    let put = |run, number, time| event(&id(run, number), "a", Method::Put, time);
    let two = document("2", None, Some("3"), vec![put(1, 1, 10), put(1, 2, 20)]);
    let former = document("3", Some("2"), Some("4"), vec![put(1, 5, 50)]);
    assert_eq!(step(&mut consumer, &mut memory, now), wants("now", true));
    consumer.document(document("now", Some("2"), None, vec![put(2, 3, 130)]), now).unwrap();
    assert_eq!(step(&mut consumer, &mut memory, now), wants("2", false));
    consumer.document(two, now).unwrap();
    for index in [0, 1] {
        let action = Action::Replace;
        assert_eq!(step(&mut consumer, &mut memory, now), Want::Event { index, action });
    }
    assert_eq!(step(&mut consumer, &mut memory, now), wants("3", false));
    consumer.document(former, now).unwrap();
    assert_eq!(step(&mut consumer, &mut memory, now), wants("3", true));
}

#[test]
fn a_state_of_the_other_timeline_is_not_stored() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let position = Snapshot::new(second(1)).with_timeline(Some(told.clone())).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut memory = store(&["a"]);
    consumer.timeline(&told, None, now);
    step(&mut consumer, &mut memory, now);
    let events =
        vec![event(&id(1, 1), "b", Method::Put, 10), event(&id(2, 3), "a", Method::Patch, 500)];
    consumer
        .document(document("now", None, None, events).with_date(Some(second(501))), now)
        .unwrap();
    step(&mut consumer, &mut memory, now);
    let want = step(&mut consumer, &mut memory, now);
    assert_eq!(want, Want::Event { index: 1, action: Action::Fetch });
    let tag = format!("\"{}\"", id(1, 4).split_once('@').unwrap().0);
    let answer = state().with_etag(Some(&tag)).with_date(Some(second(40)));
    let verdict = answered(&mut consumer, &mut memory, &answer, now);
    assert_eq!(verdict, Verdict::Ignore);
}
