//! Every codec beside its peers and its floor, in one run.
//!
//! The harness is its own because the usual ones time one contestant after the other: on a machine
//! whose speed drifts, only what ran in turn can be compared. Each round runs every contestant of
//! a group once; reported is the median over the rounds, and the ratio to the floor.

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program's purpose is to print figures"
)]

mod atom;
mod atom_entries;
mod atom_feed;
mod atom_hostile;
mod form;
mod growth;
mod harness;
mod hostile;
mod index;
mod length;
mod link;
mod link_documents;
mod link_hostile;
mod link_versions;
mod linkset;
mod multipart;
mod package;
mod peers;
mod repeat;
mod report;
mod split;
mod timemap;

use clap::Parser;
use harness::Settings;
use std::path::Path;

/// Measures the codecs beside their peers and rewrites RESULTS.md.
#[derive(Debug, Parser)]
struct Arguments {
    /// Measures only the groups whose names contain this; the others' figures stay.
    filter: Option<String>,
    /// Runs everything for a moment, to see that it runs, and writes nothing.
    #[arg(long)]
    smoke: bool,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let settings = if arguments.smoke { Settings::SMOKE } else { Settings::FULL };
    let wanted = |group: &str| {
        arguments.filter.as_ref().is_none_or(|filter| group.contains(filter.as_str()))
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let mut measured = 0;
    let groups = [
        multipart::GROUPS,
        form::GROUPS,
        length::GROUPS,
        split::GROUPS,
        hostile::GROUPS,
        index::GROUPS,
        link::GROUPS,
        link_hostile::GROUPS,
        link_documents::GROUPS,
        timemap::GROUPS,
        link_versions::GROUPS,
        linkset::GROUPS,
        atom::GROUPS,
        atom_entries::GROUPS,
        atom_hostile::GROUPS,
    ];
    for group in groups.into_iter().flatten() {
        if wanted(group.name) {
            let section = (group.run)(&settings)?;
            println!("{section}");
            let failed = report::failures(&section).count();
            anyhow::ensure!(failed == 0, "{failed} of our own readers or writers failed");
            measured += 1;
            // At once: all groups take more than an hour, and some are stopped.
            if !arguments.smoke {
                report::rewrite(&path, group.name, &section)?;
            }
        }
    }
    anyhow::ensure!(measured > 0, "no group has such a name");
    Ok(())
}
