//! Every fuzz target over its corpus: seeds, and the inputs of bugs that were mended.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use codec_tests::targets;
use std::path::Path;

#[test]
fn every_target_takes_every_input_of_its_corpus() {
    for (name, target) in targets::ALL {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut inputs = 0;
        for entry in std::fs::read_dir(&corpus).unwrap() {
            let path = entry.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            let result = std::panic::catch_unwind(|| target(&input));
            assert!(result.is_ok(), "{name} fails on {}", path.display());
            inputs += 1;
        }
        assert!(inputs >= 3, "{name} has a corpus");
    }
}

#[test]
fn every_target_has_a_shell() {
    let shells = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    for (name, _) in targets::ALL {
        let shell = std::fs::read_to_string(shells.join(format!("{name}.rs"))).unwrap();
        assert!(shell.contains(&format!("targets::{name}")), "{name}");
    }
}
