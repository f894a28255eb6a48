#![no_main]

use snapshot_cluster::codec::{Terms, targets};

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::scan(data, &Terms::default()));
