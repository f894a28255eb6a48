//! One package on several cores.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use crate::package::{BOUNDARY, Package};
use multipart_package::{Reader, Summary};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/split", run }];

const NOTES: &str = "\
The same package: by one reading, and in ranges of 4 MiB on threads of rayon, whose summaries are joined.
First every octet of every body is summed up while it is read, which takes no longer than reading it
from memory; then every body is hashed by SHA-256, as a replica does that verifies.
";

const RANGE: usize = 4 * 1024 * 1024;

fn run(settings: &Settings) -> anyhow::Result<String> {
    let body_octets: usize = 1024;
    let parts = (256 * 1024 * 1024 / body_octets).div_ceil(settings.divisor);
    let package = Package::new(parts, body_octets);
    let input = &package.octets[..];
    let reader = Reader::new(&BOUNDARY.parse()?);
    let sums = |body: &[u8]| {
        std::hint::black_box(body.iter().map(|&octet| u64::from(octet)).sum::<u64>());
        body.len()
    };
    let hashes = |body: &[u8]| {
        std::hint::black_box(Sha256::digest(body));
        body.len()
    };
    let mut text =
        table(&reader, "summed up", input, (parts, body_octets), sums)?.measure(settings);
    text.push_str(
        &table(&reader, "hashed", input, (parts, body_octets), hashes)?.measure(settings),
    );
    text.push_str(NOTES);
    Ok(text)
}

fn table<'a>(
    reader: &Reader,
    work: &str,
    input: &'a [u8],
    (parts, body_octets): Read,
    read: impl Fn(&[u8]) -> usize + Sync + Copy + 'a,
) -> anyhow::Result<Table<'a>> {
    let whole = reader.clone();
    let mut contestants = vec![Contestant::new("Parts, one thread", Kind::Floor, move || {
        let mut total = (0, 0);
        for part in whole.parts(input) {
            total = (total.0 + 1, total.1 + read(part?.body()));
        }
        Ok(total)
    })];
    for (name, threads) in [("Split, 1 thread", 1), ("Split, 2 threads", 2)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let reader = reader.clone();
        contestants.push(Contestant::new(name, Kind::Ours, move || {
            pool.install(|| split(&reader, input, read))
        }));
    }
    Ok(Table {
        title: format!(
            "{parts} parts of {body_octets} octets, {} MiB, bodies {work}",
            input.len() >> 20
        ),
        item: "part",
        expected: (parts, parts * body_octets),
        octets: input.len(),
        contestants,
    })
}

fn split(
    reader: &Reader,
    input: &[u8],
    read: impl Fn(&[u8]) -> usize + Sync,
) -> anyhow::Result<Read> {
    let starts: Vec<_> = (0..input.len()).step_by(RANGE).collect();
    let ranges = starts.into_par_iter().map(|start| {
        let end = (start + RANGE).min(input.len());
        let mut split = reader.split(input, start as u64..end as u64);
        let mut octets = 0;
        for part in split.by_ref() {
            octets += read(part?.body());
        }
        Ok::<_, multipart_package::Error>((split.summary()?, octets))
    });
    let ranges: Vec<_> = ranges.collect::<Result<_, _>>()?;
    let octets = ranges.iter().map(|(_, octets)| octets).sum();
    let summaries = ranges.into_iter().map(|(summary, _)| summary);
    let parts = Summary::join(summaries, input.len() as u64)?;
    Ok((usize::try_from(parts)?, octets))
}
