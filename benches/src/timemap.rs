//! TimeMaps of web archives.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use crate::repeat::repeated;
use std::fmt::Write;
use version_links::{TimeMap, TimeMapLink, TimeMapReader, TimeMapStep};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "timemap/1000", run: |settings| run(settings, 1_000, 100) },
    Group { name: "timemap/100000", run: |settings| run(settings, 100_000, 1) },
];

const NOTES: &str = "\
Each memento has a URI of a web archive with 14 digits, and a datetime. Ours compares both, and checks the
syntax of targets, relation types and dates. The reader in pieces gets 64 KiB at a time, and holds no more
for more mementos. linkset owns all links, parses their URIs and groups them by their anchors, in a time
that grows with the square of their number: so it has no row at 100,000. No other crate here reads
TimeMaps. serde_json reads the same mementos as an array of objects into a bare struct, and reads no date;
its octets are others, so compare the time for a memento.
";

/// How many mementos linkset is given at most.
const LINKSET_READS: usize = 10_000;

#[derive(serde::Deserialize)]
struct Bare<'a> {
    href: &'a str,
    datetime: &'a str,
}

/// A TimeMap, the same as JSON, and the octets of its targets.
fn timemap(mementos: usize) -> (String, String, usize) {
    let (mut text, mut json, mut octets) = (String::new(), String::from("["), 0);
    for number in 0..mementos {
        let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
        let uri = format!(
            "http://archive.example/web/20000620{hour:02}{minute:02}{second:02}/http://a.example/"
        );
        let datetime = format!("Tue, 20 Jun 2000 {hour:02}:{minute:02}:{second:02} GMT");
        octets += uri.len();
        let (comma, line) = if number > 0 { (",", ",\n") } else { ("", "") };
        // Writing to a String cannot fail.
        let _ = write!(text, "{line}<{uri}>; rel=\"memento\"; datetime=\"{datetime}\"");
        let _ = write!(json, "{comma}{{\"href\":\"{uri}\",\"datetime\":\"{datetime}\"}}");
    }
    json.push(']');
    (text, json, octets)
}

fn read(link: &TimeMapLink<'_>) -> usize {
    std::hint::black_box((link.is_memento(), link.datetime(), link.uri_datetime()));
    link.target().len()
}

fn in_pieces(text: &str) -> anyhow::Result<Read> {
    let (mut reader, mut total) = (TimeMapReader::new(), (0, 0));
    let mut pieces = text.as_bytes().chunks(64 * 1024);
    loop {
        match reader.step()? {
            TimeMapStep::Link(link) => total = (total.0 + 1, total.1 + read(&link)),
            TimeMapStep::NeedInput => match pieces.next() {
                Some(piece) => reader.push(piece),
                None => reader.finish(),
            },
            _ => return Ok(total),
        }
    }
}

fn run(settings: &Settings, mementos: usize, repeat: usize) -> anyhow::Result<String> {
    let mementos = mementos.div_ceil(settings.divisor);
    let (text, json, octets) = timemap(mementos);
    let mut contestants = vec![
        Contestant::new(
            "version-links, TimeMap",
            Kind::Ours,
            repeated(repeat, || {
                let mut total = (0, 0);
                for link in TimeMap::new(text.as_bytes()) {
                    total = (total.0 + 1, total.1 + read(&link?));
                }
                Ok(total)
            }),
        ),
        Contestant::new(
            "version-links, TimeMapReader",
            Kind::Ours,
            repeated(repeat, || in_pieces(&text)),
        ),
        Contestant::new(
            "serde_json, an array of a bare struct",
            Kind::Peer,
            repeated(repeat, || {
                let read: Vec<Bare<'_>> = serde_json::from_str(&json)?;
                std::hint::black_box(read.iter().map(|it| it.datetime.len()).sum::<usize>());
                Ok((read.len(), read.iter().map(|it| it.href.len()).sum()))
            }),
        ),
        Contestant::new(
            "memchr2 over < and ,",
            Kind::Floor,
            repeated(repeat, || Ok((memchr::memchr2_iter(b'<', b',', text.as_bytes()).count(), 0))),
        ),
    ];
    if mementos <= LINKSET_READS {
        contestants.push(Contestant::new(
            "linkset",
            Kind::Peer,
            repeated(repeat, || {
                let base = linkset::model::Uri::new("http://archive.example/timemap")?;
                let read = linkset::Linkset::from_text_str(&text, Some(base))?;
                let read = read.iter().flat_map(|context| context.iter());
                Ok((read.clone().count(), read.map(|link| link.target().as_str().len()).sum()))
            }),
        ));
    }
    let table = Table {
        title: format!("{mementos} mementos, {} octets, read {repeat} times a round", text.len()),
        item: "memento",
        expected: (mementos * repeat, octets * repeat),
        octets: text.len() * repeat,
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}
