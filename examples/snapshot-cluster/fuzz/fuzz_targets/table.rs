//! No octets make the codec of tables panic, and what it reads it writes and reads again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use snapshot_cluster::codec::{Terms, read_table, write_table};

fuzz_target!(|octets: &[u8]| {
    let terms = Terms::default();
    let Ok(table) = read_table(octets, &terms) else { return };
    let written = write_table(&table, &terms.limits).expect("what was read is within limits");
    let again = read_table(&written, &terms).expect("what was written is read");
    assert_eq!((again.uri(), again.etag()), (table.uri(), table.etag()));
});
