//! What must hold for any octets: the fuzz targets call these functions, and the tests too.

#![allow(clippy::expect_used, reason = "a fuzz target says what does not hold by panicking")]

use super::wire::{Terms, read_scan, read_table, write_scan, write_table};
use snapshot_query::Scan;

/// A scan that is read is written and read again as the same, also by way of the engine.
///
/// # Panics
/// If that does not hold.
pub fn scan(octets: &[u8], terms: &Terms) {
    let Ok(scan) = read_scan(octets, terms) else { return };
    let written = write_scan(&scan, &terms.limits).expect("what was read is within limits");
    assert_eq!(read_scan(&written, terms).expect("what was written is read"), scan);
    if let Ok(config) = scan.clone().into_config() {
        assert_eq!(Scan::of(&config).expect("its tasks have plans"), Some(scan));
    }
}

/// A table that is read is written and read again as the same.
///
/// # Panics
/// If that does not hold.
pub fn table(octets: &[u8], terms: &Terms) {
    let Ok(table) = read_table(octets, terms) else { return };
    let written = write_table(&table, &terms.limits).expect("what was read is within limits");
    let again = read_table(&written, terms).expect("what was written is read");
    assert_eq!((again.uri(), again.etag()), (table.uri(), table.etag()));
    assert_eq!(again.options(), table.options());
}
