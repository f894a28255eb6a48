//! No octets make the codec of scans panic, and what it reads it writes and reads again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use snapshot_cluster::codec::{Terms, read_scan, write_scan};
use snapshot_query::Scan;

fuzz_target!(|octets: &[u8]| {
    let terms = Terms::default();
    let Ok(scan) = read_scan(octets, &terms) else { return };
    let written = write_scan(&scan, &terms.limits).expect("what was read is within limits");
    assert_eq!(read_scan(&written, &terms).expect("what was written is read"), scan);
    if let Ok(config) = scan.clone().into_config() {
        assert_eq!(Scan::of(&config).expect("its tasks have plans"), Some(scan));
    }
});
