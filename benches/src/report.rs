//! RESULTS.md: a head, a table of one screen, and a section for each group.

use anyhow::Context;
use benches::overview;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const HEAD: &str = "# Benchmarks

Written by `cargo bench -p benches`. All contestants of a table read the same bytes, in turn, in one
run: compare them with each other, and never with a figure of another run or machine. Ours are
**bold**, floors (what the hardware allows for a part of the work) are *slanted*. Times are medians,
with the quartiles beside them. A peer that reads something else than is there gets no time.

## Overview

Each codec beside its fastest peer and its floor, from the tables below: their time divided by
ours. Above 1, ours is faster.

";

/// Puts a section in the place of that of the same name, and keeps the others.
pub(crate) fn rewrite(path: &Path, name: &str, section: &str) -> anyhow::Result<()> {
    let before = std::fs::read_to_string(path).unwrap_or_default();
    let kept = before.split("\n## ").skip(1).filter_map(|section| section.split_once("\n\n"));
    let mut all: Vec<(String, String)> =
        kept.map(|(name, text)| (name.to_owned(), format!("{}\n", text.trim_end()))).collect();
    let text = format!("Measured with {}.\n\n{}\n", conditions(), section.trim_end());
    match all.iter_mut().find(|(found, _)| found == name) {
        Some((_, place)) => *place = text,
        None => all.push((name.to_owned(), text)),
    }
    all.retain(|(name, _)| name != "Overview");
    all.sort_by_key(|(name, _)| !name.starts_with("multipart"));
    let rows = all.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut written = HEAD.to_owned() + &overview::table(rows);
    for (name, text) in all {
        let _ = write!(written, "\n## {name}\n\n{text}");
    }
    std::fs::write(path, written).context("RESULTS.md cannot be written")
}

/// The rows of our own codecs that have no time, because they failed or read something else.
pub(crate) fn failures(section: &str) -> impl Iterator<Item = &str> {
    section.lines().filter(|line| line.starts_with("| **") && line.ends_with(" | | | | |"))
}

/// Compiler, processor and date.
fn conditions() -> String {
    let said = |command: &mut Command| {
        let output = command.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let rustc = said(Command::new("rustc").arg("--version")).unwrap_or_default();
    let date = said(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model =
        model.map_or("an unknown processor", |model| model.trim_start_matches(['\t', ' ', ':']));
    format!("{rustc} on {model}, {date}")
}
