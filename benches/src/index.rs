//! The snapshot index.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use serde::Deserialize;
use snapshot_index::{Reader, Tolerance};
use std::fmt::Write;

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "index/7", run: |settings| run(settings, 7, 20_000, &numbered) },
    Group { name: "index/10k", run: |settings| run(settings, 10_000, 20, &numbered) },
    Group { name: "index/1M", run: |settings| run(settings, 1_000_000, 1, &numbered) },
    Group { name: "index/1M in no order", run: |settings| run(settings, 1_000_000, 1, &scattered) },
];

const NOTES: &str = "\
A bare struct borrows its URIs and checks nothing but types; ours checks the times, the member names
(each once), the limits and UTF-8, and keeps unknown members. Strict reading also checks that every
URI is a URI reference and that no two are the same, which no peer does. This is quick if each URI is
longer than the one before, or follows it in byte order at the same length, as numbered ones do; in
any other order it takes a sort of hashes.
";

/// URIs as in the draft's example.
fn numbered(number: usize) -> String {
    format!("/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/{number}")
}

/// URIs of one length in no order, none of them twice.
fn scattered(number: usize) -> String {
    let name = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/{name:016x}")
}

/// The index without any check of ours.
#[derive(Debug, Deserialize)]
struct Bare<'a> {
    id: &'a str,
    started: u64,
    completed: Option<u64>,
    #[serde(borrow)]
    uris: Vec<&'a str>,
}

impl Bare<'_> {
    fn read(&self) -> (usize, usize) {
        std::hint::black_box((self.id, self.started, self.completed));
        (self.uris.len(), self.uris.iter().map(|uri| uri.len()).sum())
    }
}

fn run(
    settings: &Settings,
    uris: usize,
    repeat: usize,
    name: &dyn Fn(usize) -> String,
) -> anyhow::Result<String> {
    let (uris, repeat) =
        (uris.div_ceil(settings.divisor).max(7), repeat.div_ceil(settings.divisor));
    let mut document = String::from("{\n  \"uris\": [\n");
    let mut octets = 0;
    for number in 0..uris {
        let uri = name(number);
        octets += uri.len();
        let comma = if number + 1 < uris { "," } else { "" };
        writeln!(document, "    \"{uri}\"{comma}")?;
    }
    document.push_str("  ],\n  \"completed\": 1435019872400,\n  \"started\": 1435019805885,\n");
    document.push_str("  \"id\": \"2015-06-23T00:36:45.885Z\"\n}\n");
    let input = document.as_bytes();
    let ours = |tolerance: Tolerance| {
        let reader = Reader::new().tolerance(tolerance);
        repeated(repeat, move || {
            let index = reader.read(input)?;
            Ok((index.package_count(), index.uris().map(str::len).sum()))
        })
    };
    let contestants = vec![
        Contestant::new("snapshot-index from_slice", Kind::Ours, ours(Tolerance::DRAFTS)),
        Contestant::new("snapshot-index from_slice, strict", Kind::Ours, ours(Tolerance::STRICT)),
        Contestant::new(
            "serde_json, bare borrowed struct",
            Kind::Peer,
            repeated(repeat, || Ok(serde_json::from_slice::<Bare<'_>>(input)?.read())),
        ),
        Contestant::new(
            "serde_json Value",
            Kind::Peer,
            repeated(repeat, || {
                let value: serde_json::Value = serde_json::from_slice(input)?;
                let uris = value["uris"].as_array().map_or(&[][..], Vec::as_slice);
                let octets = uris.iter().filter_map(|uri| uri.as_str()).map(str::len).sum();
                Ok((uris.len(), octets))
            }),
        ),
        Contestant::new(
            "sonic-rs, bare borrowed struct",
            Kind::Peer,
            repeated(repeat, || Ok(sonic_rs::from_slice::<Bare<'_>>(input)?.read())),
        ),
        Contestant::new(
            "memchr over all quotes",
            Kind::Floor,
            repeated(repeat, || Ok((memchr::memchr_iter(b'"', input).count(), 0))),
        ),
    ];
    let table = Table {
        title: format!("{uris} URIs, {} octets, read {repeat} times a round", input.len()),
        item: "URI",
        expected: (uris * repeat, octets * repeat),
        octets: input.len() * repeat,
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}
