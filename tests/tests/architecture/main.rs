//! The rules of the house that the compiler does not know: files import each other in one
//! direction only, a crate of the family names no sibling, and what is copied stays the same everywhere.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod graph;
mod modules;

use graph::Graph;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the family. The first four are codecs, and share files.
const FAMILY: [&str; 5] =
    ["multipart-package", "snapshot-index", "version-links", "atom-fsm", "change-feed"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The source folders of all packages of the workspace.
fn sources() -> Vec<PathBuf> {
    let mut packages =
        ["tests", "benches", "benches/replication"].map(|it| root().join(it)).to_vec();
    for folder in ["crates", "examples"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        packages.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
    }
    let mut sources: Vec<_> = packages.into_iter().map(|package| package.join("src")).collect();
    sources.retain(|source| source.is_dir());
    sources.sort();
    sources
}

#[test]
fn no_file_imports_one_that_imports_it_back() {
    let mut circles = Vec::new();
    for source in sources() {
        let graph = Graph::of(&source).unwrap();
        circles.extend(graph.circles().into_iter().map(|circle| format!("{source:?}\n{circle}")));
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// snapshot-sync is two programs. What both share names neither side.
#[test]
fn neither_side_of_snapshot_sync_names_the_other() {
    let graph = Graph::of(&root().join("examples/snapshot-sync/src")).unwrap();
    let room =
        |file: &str| file.split_once('/').map_or_else(|| file.to_owned(), |it| it.0.to_owned());
    let arrows = graph.arrows();
    let arrows = arrows.iter().map(|arrow| arrow.split_once(" -> ").unwrap());
    let rooms: BTreeSet<_> = arrows.map(|(from, to)| (room(from), room(to))).collect();
    for side in ["publisher", "replica"] {
        assert!(rooms.contains(&(side.to_owned(), side.to_owned())), "{side} is not seen");
        let outside = rooms.iter().find(|(from, to)| from != side && to == side);
        assert_eq!(outside, None, "only {side}/ may name {side}/");
    }
}

/// Were the graph empty, the test above could not fail.
#[test]
fn the_graph_sees_paths_in_uses_in_expressions_and_behind_re_exports() {
    let fixture = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = fixture.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("lib.rs", "mod a; mod b; mod room; mod tested; pub use a::A; pub use room::Deep;");
    write("a.rs", "use crate::room::{Deep, other::Other as O}; pub struct A(Deep, O);");
    write("b.rs", "fn f() -> bool { matches!(crate::a::A::make(), super::room::Deep { .. }) }");
    write("room/mod.rs", "mod deep; pub mod other; pub use deep::Deep;");
    write("room/deep.rs", "pub struct Deep;");
    write("room/other.rs", "pub struct Other;");
    write("tested.rs", "fn f() {} #[cfg(test)] mod tests { use super::*; use crate::b::f; }");
    write("main.rs", "mod part; fn main() { part::run() }");
    write("part.rs", "use crate::main; pub fn run() { if false { main() } }");
    let graph = Graph::of(fixture.path()).unwrap();
    let arrows = [
        "a.rs -> room/deep.rs",
        "a.rs -> room/other.rs",
        "b.rs -> a.rs",
        "b.rs -> room/deep.rs",
        "main.rs -> part.rs",
        "part.rs -> main.rs",
        "room/mod.rs -> room/deep.rs",
    ];
    assert_eq!(graph.arrows(), arrows);
    assert_eq!(graph.circles(), ["  main.rs -> part.rs\n  part.rs -> main.rs\n"]);
    write("part.rs", "pub fn run() {}");

    write("room/deep.rs", "pub struct Deep; pub(crate) fn back() { super::other::down() }");
    write("room/other.rs", "pub struct Other; pub(crate) fn down() { crate::b::f(); }");
    let circles = Graph::of(fixture.path()).unwrap().circles();
    assert_eq!(circles.len(), 1);
    assert!(
        ["a.rs", "b.rs", "room/deep.rs", "room/other.rs"].iter().all(|f| circles[0].contains(f))
    );
}

#[test]
fn what_is_copied_is_the_same_in_every_codec() {
    let copies = |file: &str, folders: &[&str]| {
        let read = |folder: &str| fs::read(root().join("crates").join(folder).join(file)).unwrap();
        let first = read(folders[0]);
        for folder in &folders[1..] {
            assert!(read(folder) == first, "{file} in {folder} differs from {}", folders[0]);
        }
    };
    // change-feed reads no format: it has neither rules nor diagnostics.
    let sources = FAMILY[..4].iter().map(|codec| format!("{codec}/src")).collect::<Vec<_>>();
    let sources = sources.iter().map(String::as_str).collect::<Vec<_>>();
    copies("level.rs", &sources);
    copies("reporting.rs", &sources);
    // What serde_json leaves to those who read JSON without copies and within limits.
    let json = ["snapshot-index/src/json", "version-links/src/linkset/json"];
    copies("depth.rs", &json);
    copies("text.rs", &json);
}

#[test]
fn no_crate_of_the_family_names_a_sibling() {
    for name in FAMILY {
        let manifest =
            fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        for sibling in FAMILY.iter().filter(|sibling| **sibling != name) {
            assert!(!manifest.contains(&format!("{sibling}.")), "{name} names {sibling}");
            assert!(!manifest.contains(&format!("{sibling} =")), "{name} names {sibling}");
        }
    }
    let crates = fs::read_dir(root().join("crates")).unwrap();
    assert_eq!(crates.count(), FAMILY.len(), "each crate is checked");
}
