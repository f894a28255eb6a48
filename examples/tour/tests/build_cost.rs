//! The first command stays quick to build.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use std::collections::BTreeSet;
use std::process::Command;

/// How many crates the tour is built from. Before this is raised, see what `cargo build --timings
/// --release -p tour` says of the crates that are new.
const MOST_CRATES: usize = 169;

/// What the tour does not need, and what is slow to build.
const LEFT_OUT: [&str; 4] = ["aws-lc-sys ", "ring ", "rustls ", "zstd-sys "];

#[test]
fn the_tour_is_built_from_no_more_crates_than_it_was() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--edges", "normal,build"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    let slow: Vec<_> = crates
        .iter()
        .filter(|name| LEFT_OUT.iter().any(|left_out| name.starts_with(left_out)))
        .collect();
    assert!(slow.is_empty(), "{slow:?}");
    assert!(crates.len() <= MOST_CRATES, "{} crates: {crates:#?}", crates.len());
}
