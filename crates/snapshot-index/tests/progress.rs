//! What is done, what is next, and that a record is used with its own index only.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use proptest::prelude::*;
use snapshot_index::{ErrorKind, Mismatch, Progress, SnapshotIndex};
use std::collections::BTreeSet;

fn index(id: &str, packages: usize, completed: &str) -> SnapshotIndex {
    let uris: Vec<_> = (0..packages).map(|number| format!("/p/{number}")).collect();
    let uris = serde_json::to_string(&uris).unwrap();
    let text = format!(r#"{{"id":"{id}","started":1435019805885{completed},"uris":{uris}}}"#);
    text.parse().unwrap()
}

const COMPLETED: &str = r#","completed":1435019872400"#;

fn saved(progress: &Progress) -> Progress {
    serde_json::from_str(&serde_json::to_string(progress).unwrap()).unwrap()
}

#[test]
fn nothing_is_done_at_first_and_everything_at_last() {
    let mut progress = Progress::new(&index("a", 3, COMPLETED));
    assert_eq!((progress.next(), progress.remaining_count()), (Some(0), 3));
    assert_eq!((progress.id(), progress.package_count()), ("a", 3));
    assert_eq!(progress.mark_done(1), Ok(true));
    assert_eq!(progress.mark_done(1), Ok(false));
    assert!(progress.is_done(1) && !progress.is_done(0) && !progress.is_complete());
    assert_eq!(progress.remaining().collect::<Vec<_>>(), [0, 2]);
    assert_eq!(progress.completed().collect::<Vec<_>>(), [1]);
    progress.mark_done(0).unwrap();
    progress.mark_done(2).unwrap();
    assert!(progress.is_complete() && !progress.is_growing());
    assert_eq!((progress.next(), progress.claim(), progress.completed_count()), (None, None, 3));
    assert!(Progress::new(&index("a", 0, COMPLETED)).is_complete());
}

#[test]
fn a_package_is_claimed_by_one_worker_until_it_is_released() {
    let mut progress = Progress::new(&index("a", 4, COMPLETED));
    progress.mark_done(1).unwrap();
    let claims: Vec<_> = std::iter::from_fn(|| progress.claim()).collect();
    assert_eq!(claims, [0, 2, 3]);
    assert!(progress.release(2) && !progress.release(2) && !progress.release(1));
    assert_eq!((progress.claim(), progress.claim()), (Some(2), None));
    assert_eq!(progress.remaining_count(), 3, "claimed is not done");
    let mut resumed = saved(&progress);
    assert_eq!(resumed.claim(), Some(0), "claims are not saved");
}

#[test]
fn a_package_that_the_index_has_not_is_refused() {
    let mut progress = Progress::new(&index("a", 3, COMPLETED));
    for number in [3, usize::MAX] {
        let error = progress.mark_done(number).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Progress(Mismatch::Package));
        assert!(error.to_string().contains(&number.to_string()), "{error}");
    }
    assert_eq!(progress.completed_count(), 0);
}

#[test]
fn another_index_is_refused() {
    let mut progress = Progress::new(&index("a", 3, COMPLETED));
    progress.mark_done(0).unwrap();
    let refused =
        |index: SnapshotIndex| saved(&progress).resume(&index).map_err(|error| error.kind()).err();
    assert_eq!(refused(index("a", 3, COMPLETED)), None);
    assert_eq!(refused(index("b", 3, COMPLETED)), Some(ErrorKind::Progress(Mismatch::Snapshot)));
    let later = r#"{"id":"a","started":1435019805886,"uris":["/p/0","/p/1","/p/2"]}"#;
    let later = later.parse().unwrap();
    assert_eq!(refused(later), Some(ErrorKind::Progress(Mismatch::Snapshot)));
    for other in [index("a", 2, COMPLETED), index("a", 4, COMPLETED)] {
        assert_eq!(refused(other), Some(ErrorKind::Progress(Mismatch::Uris)));
    }
    let moved = r#"{"id":"a","started":1435019805885,"uris":["/p/0","/p/1","/q/2"]}"#;
    let moved = moved.parse().unwrap();
    assert_eq!(refused(moved), Some(ErrorKind::Progress(Mismatch::Uris)));
}

#[test]
fn a_mismatch_tells_a_person_what_to_do() {
    let mut progress = Progress::new(&index("a", 3, COMPLETED));
    let resumed = |index: SnapshotIndex| progress.clone().resume(&index).unwrap_err().to_string();
    let snapshot = resumed(index("b", 3, COMPLETED));
    assert!(snapshot.starts_with("the progress belongs to another snapshot: start again"));
    assert!(snapshot.ends_with("; found \"b\""), "{snapshot}");
    let uris = resumed(index("a", 2, COMPLETED));
    assert!(uris.contains("to other packages of the same id: start again"), "{uris}");
    let package = progress.mark_done(3).unwrap_err().to_string();
    assert_eq!(package, "the index has no package with this number; found \"3\"");
}

#[test]
fn an_index_that_was_not_completed_may_get_more_packages() {
    let mut progress = Progress::new(&index("a", 2, ""));
    assert!(progress.is_growing());
    progress.mark_done(0).unwrap();
    progress.mark_done(1).unwrap();
    let grown = saved(&progress).resume(&index("a", 4, COMPLETED)).unwrap();
    assert_eq!(grown.remaining().collect::<Vec<_>>(), [2, 3]);
    assert!(!grown.is_complete() && !grown.is_growing());
    assert_eq!(grown.package_count(), 4);
    let shrunk = saved(&progress).resume(&index("a", 1, ""));
    assert_eq!(shrunk.unwrap_err().kind(), ErrorKind::Progress(Mismatch::Uris));
}

#[test]
fn a_million_packages_done_in_order_are_saved_in_a_line() {
    let mut progress = Progress::new(&index("a", 1_000_000, COMPLETED));
    while let Some(package) = progress.claim() {
        if package != 700_000 {
            progress.mark_done(package).unwrap();
        }
    }
    let text = serde_json::to_string(&progress).unwrap();
    assert!(text.contains(r#""done":[[0,700000],[700001,1000000]]"#) && text.len() < 200, "{text}");
    assert_eq!(progress.next(), Some(700_000));
}

#[test]
fn a_record_that_no_progress_saves_is_refused() {
    let good = r#"{"id":"a","started":1,"growing":false,"packages":9,"fingerprint":"00000000000000ff","done":[[0,2],[3,9]]}"#;
    let read = |text: &str| serde_json::from_str::<Progress>(text);
    assert_eq!(serde_json::to_string(&read(good).unwrap()).unwrap(), good);
    for (part, wrong) in [
        ("[3,9]", "[3,10]"),
        ("[3,9]", "[2,9]"),
        ("[3,9]", "[3,3]"),
        ("[3,9]", "[0,1]"),
        ("[3,9]", "[3,18446744073709551615]"),
        ("[3,9]", "[3,-1]"),
        ("00ff", "00fg"),
        ("00ff", "0ff"),
        (r#""packages":9"#, r#""packages":-9"#),
        (r#""id":"a","#, ""),
    ] {
        assert!(read(&good.replace(part, wrong)).is_err(), "{wrong}");
    }
    let huge = good.replace(":9,", ":18446744073709551615,");
    assert_eq!(read(&huge).unwrap().next(), Some(2), "a count takes no memory");
}

proptest! {
    #[test]
    fn progress_is_a_set_of_packages(steps in proptest::collection::vec((0..12_usize, 0..4_u8), 0..60)) {
        let index = index("a", 12, COMPLETED);
        let mut progress = Progress::new(&index);
        let (mut done, mut claimed) = (BTreeSet::new(), BTreeSet::new());
        for (number, step) in steps {
            match step {
                0 => {
                    let free = (0..12).find(|number| !done.contains(number) && !claimed.contains(number));
                    prop_assert_eq!(progress.claim(), free);
                    claimed.extend(free);
                }
                1 => prop_assert_eq!(progress.release(number), claimed.remove(&number)),
                2 => {
                    claimed.remove(&number);
                    prop_assert_eq!(progress.mark_done(number), Ok(done.insert(number)));
                }
                _ => {
                    progress = saved(&progress).resume(&index).unwrap();
                    claimed.clear();
                }
            }
            prop_assert_eq!(progress.completed().collect::<BTreeSet<_>>(), done.clone());
            let remaining: Vec<_> = (0..12).filter(|number| !done.contains(number)).collect();
            prop_assert_eq!(progress.remaining().collect::<Vec<_>>(), remaining);
            prop_assert_eq!(progress.is_complete(), done.len() == 12);
        }
    }
}
