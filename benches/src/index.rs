//! The snapshot index.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use serde::Deserialize;
use snapshot_index::{Options, SnapshotIndexRef};
use std::fmt::Write;

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "index/7", run: |settings| run(settings, 7, 20_000) },
    Group { name: "index/1M", run: |settings| run(settings, 1_000_000, 1) },
];

const NOTES: &str = "\
A bare struct borrows its URIs and checks nothing but types; ours checks the times, the member names
(each once), the limits and UTF-8, and keeps unknown members. Strict reading also checks that every
URI is a URI reference and that none is there twice, as text and as resolved, which no peer does.
";

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

fn run(settings: &Settings, uris: usize, repeat: usize) -> anyhow::Result<String> {
    let (uris, repeat) =
        (uris.div_ceil(settings.divisor).max(7), repeat.div_ceil(settings.divisor));
    let mut document = String::from("{\n  \"uris\": [\n");
    let mut octets = 0;
    for number in 0..uris {
        let uri = format!("/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/{number}");
        octets += uri.len();
        let comma = if number + 1 < uris { "," } else { "" };
        writeln!(document, "    \"{uri}\"{comma}")?;
    }
    document.push_str("  ],\n  \"completed\": 1435019872400,\n  \"started\": 1435019805885,\n");
    document.push_str("  \"id\": \"2015-06-23T00:36:45.885Z\"\n}\n");
    let input = document.as_bytes();
    let ours = |options: Options| {
        repeated(repeat, move || {
            let index = SnapshotIndexRef::from_slice_with(input, &options)?;
            Ok((index.package_count(), index.uris().map(str::len).sum()))
        })
    };
    let contestants = vec![
        Contestant::new("snapshot-index from_slice", Kind::Ours, ours(Options::DRAFTS)),
        Contestant::new("snapshot-index from_slice, strict", Kind::Ours, ours(Options::STRICT)),
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
