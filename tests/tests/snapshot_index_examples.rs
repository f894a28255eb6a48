//! The index examples of both revisions of the Web Event Sourcing draft, section 3.1.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use snapshot_index::{Progress, Reader, Rule, SnapshotIndex, SnapshotIndexRef, Tolerance};

const EXAMPLES: [(&str, &[u8]); 2] = [
    ("variant", include_bytes!("../data/web-event-sourcing/rev1/3.1-snapshot-index.json")),
    ("product", include_bytes!("../data/web-event-sourcing/rev2/3.1-snapshot-index.json")),
];

#[test]
fn draft_3_1_the_examples_read_as_printed_and_without_a_diagnostic() {
    for (collection, example) in EXAMPLES {
        for tolerance in [Tolerance::DRAFTS, Tolerance::STRICT] {
            let index = Reader::new().tolerance(tolerance).read(example).unwrap();
            assert_eq!(index.id(), "2015-06-23T00:36:45.885Z");
            assert_eq!(index.started_millis(), 1_435_019_805_885);
            assert_eq!(index.completed_millis(), Some(1_435_019_872_400));
            assert_eq!(index.package_count(), 7);
            for (number, uri) in index.uris().enumerate() {
                let path = format!("/resourcesync/{collection}/snapshot");
                assert_eq!(uri, format!("{path}/2015-06-23T00:36:45.885Z/{number}"));
            }
            assert!(index.diagnostics().is_empty());
            assert!(index.check(&Tolerance::STRICT).unwrap().is_empty());
        }
    }
}

#[test]
fn draft_3_1_the_examples_survive_a_round_trip() {
    for (_, example) in EXAMPLES {
        let index = SnapshotIndex::from_slice(example).unwrap();
        let written = index.to_vec().unwrap();
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        assert_eq!(strict.read(&written).unwrap(), index);
        let value = |octets: &[u8]| serde_json::from_slice::<serde_json::Value>(octets).unwrap();
        assert_eq!(value(&written), value(example));
    }
}

#[test]
fn draft_3_1_the_examples_packages_are_at_the_indexs_own_origin() {
    for (collection, example) in EXAMPLES {
        let index = SnapshotIndexRef::from_slice(example).unwrap();
        let resolved = index.resolve("https://api.example.org/resourcesync/latest").unwrap();
        assert!(resolved.diagnostics().is_empty());
        let first = format!(
            "https://api.example.org/resourcesync/{collection}/snapshot/2015-06-23T00:36:45.885Z/0"
        );
        assert_eq!(resolved.get(0), Some(&*first));
    }
}

#[test]
fn progress_on_one_example_is_refused_on_the_other() {
    let [first, second] = EXAMPLES.map(|(_, example)| SnapshotIndex::from_slice(example).unwrap());
    let mut progress = Progress::new(&first);
    progress.mark_done(progress.next().unwrap()).unwrap();
    assert_eq!(progress.clone().resume(&first).unwrap().remaining_count(), 6);
    assert!(progress.resume(&second).is_err(), "the same id, other packages");
}

#[test]
fn truncated_at_every_octet_the_examples_are_errors_at_the_end() {
    for (_, example) in EXAMPLES {
        for end in 0..example.trim_ascii_end().len() {
            let error = SnapshotIndexRef::from_slice(&example[..end]).unwrap_err();
            assert_eq!(error.offset(), end as u64, "{error}");
            assert!(error.to_string().contains(Rule::Incomplete.name()), "{error}");
        }
    }
}

#[test]
fn an_octet_changed_anywhere_in_the_examples_gives_a_value_or_an_error() {
    for (_, example) in EXAMPLES {
        for at in 0..example.len() {
            for flip in [0x01, 0x20, 0x80, 0xFF] {
                let mut changed = example.to_vec();
                changed[at] ^= flip;
                match SnapshotIndexRef::from_slice(&changed) {
                    Ok(index) => drop(index.check(&Tolerance::ALL).unwrap()),
                    Err(error) => assert!(error.offset() <= example.len() as u64, "{error}"),
                }
            }
        }
    }
}
