//! One package on several cores.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use crate::multipart::{BOUNDARY, Package};
use multipart_package::{Reader, Summary};
use rayon::prelude::*;

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/split", run }];

const NOTES: &str = "\
The same package: by one reading, and in ranges of 4 MiB on threads of rayon, whose summaries are joined.
Every octet of every body is summed up on the way, so that there is work to share.
";

const RANGE: usize = 4 * 1024 * 1024;

fn run(settings: &Settings) -> anyhow::Result<String> {
    let body_octets: usize = 1024;
    let parts = (256 * 1024 * 1024 / body_octets).div_ceil(settings.divisor);
    let package = Package::new(parts, body_octets);
    let input = &package.octets[..];
    let reader = Reader::new(&BOUNDARY.parse()?);
    let (whole, read) = (reader.clone(), |body: &[u8]| {
        std::hint::black_box(body.iter().map(|&octet| u64::from(octet)).sum::<u64>());
        body.len()
    });
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
    let table = Table {
        title: format!("{parts} parts of {body_octets} octets, {} MiB", input.len() >> 20),
        item: "part",
        expected: (parts, parts * body_octets),
        octets: input.len(),
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
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
