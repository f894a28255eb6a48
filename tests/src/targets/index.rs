use snapshot_index::{Reader, SnapshotIndex, SnapshotIndexRef, Tolerance};

/// A snapshot index: borrowed and owned read alike, what the strict reader takes the default
/// reads alike, and what was read is written so that it is read again.
///
/// # Panics
/// When they differ.
pub fn index(data: &[u8]) {
    let borrowed = SnapshotIndexRef::from_slice(data);
    let owned = SnapshotIndex::from_slice(data);
    match (&borrowed, &owned) {
        (Ok(borrowed), Ok(owned)) => assert_eq!(&borrowed.clone().into_owned(), owned),
        (Err(one), Err(other)) => {
            assert_eq!(one, other);
            assert!(one.offset() <= data.len() as u64);
        }
        _ => panic!("borrowed and owned differ: {borrowed:?} {owned:?}"),
    }
    let reader = Reader::new().tolerance(Tolerance::STRICT);
    if let Ok(strict) = reader.read(data) {
        assert_eq!(&strict, owned.as_ref().unwrap());
        let written = strict.to_vec().unwrap();
        assert_eq!(reader.read(&written).unwrap(), strict);
    }
}
