//! Atom feeds that are read entry by entry, and passed on.

use crate::atom::{events, namespaces};
use crate::atom_feed::Source;
use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use anyhow::ensure;
use atom_fsm::{EntryStep, FeedItem, PassedOn, Reader, Writer};
use quick_xml::events::Event;
use std::hint::black_box;
use std::io::BufReader;

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "atom/entries", run: |settings| table(settings, false) },
    Group { name: "atom/pass on", run: |settings| table(settings, true) },
];

const CHUNK: usize = 64 * 1024;

const READ_NOTES: &str = "\
Ours reads entry by entry, and each entry is dropped before the next: from a slice, from chunks that are
pushed, and from a reader of the standard library, which gives owned entries. The entries are checked as
those of a feed that is read at once. atom_syndication and feed-rs have no such form. The peak heap of each
size of feed is tested, not timed.
";

const PASS_ON_NOTES: &str = "\
Each writes the same entries: ours copies the octets of each entry, which it has read and checked before, with
the metadata of the feed written anew. quick-xml's writer writes the events that its reader gives, without a
check. atom_syndication reads the feed at once and writes it again.
";

fn table(settings: &Settings, is_passed_on: bool) -> anyhow::Result<String> {
    let source = Source::usual(20_000_usize.div_ceil(settings.divisor));
    let Source { text, entries, octets } = &source;
    let input = text.as_str();
    let mut contestants = if is_passed_on { pass_on_rows(input) } else { read_rows(input) };
    contestants.extend([
        Contestant::new("quick-xml, NsReader", Kind::Floor, || namespaces(input)),
        Contestant::new("quick-xml, bare events", Kind::Floor, || events(input)),
    ]);
    let what = if is_passed_on { "passed on" } else { "read" };
    let table = Table {
        title: format!("{entries} entries, {} octets, {what} entry by entry", input.len()),
        item: "entry",
        expected: (*entries, if is_passed_on { 0 } else { *octets }),
        octets: input.len(),
        contestants,
    };
    let notes = if is_passed_on { PASS_ON_NOTES } else { READ_NOTES };
    Ok(format!("{}{notes}", table.measure(settings)))
}

fn read_rows(input: &str) -> Vec<Contestant<'_>> {
    vec![
        Contestant::new("EntryReader", Kind::Ours, move || {
            let mut read = (0, 0);
            for item in Reader::new().entries(input) {
                count(&item?, &mut read);
            }
            Ok(read)
        }),
        Contestant::new("EntryDecoder, 64 KiB chunks", Kind::Ours, move || decode(input)),
        Contestant::new("entries_from, 64 KiB buffer", Kind::Ours, move || {
            let mut read = (0, 0);
            let octets = BufReader::with_capacity(CHUNK, input.as_bytes());
            for item in Reader::new().entries_from(octets) {
                count(&item?, &mut read);
            }
            Ok(read)
        }),
    ]
}

fn count(item: &FeedItem<'_>, read: &mut Read) {
    if let FeedItem::Entry(entry) = item {
        read.0 += 1;
        read.1 += entry.entry().id().map_or(0, str::len);
    }
}

fn decode(input: &str) -> anyhow::Result<Read> {
    let mut decoder = Reader::new().entry_decoder();
    let mut chunks = input.as_bytes().chunks(CHUNK);
    let mut read = (0, 0);
    loop {
        match decoder.step()? {
            EntryStep::Item(item) => count(&item, &mut read),
            EntryStep::NeedInput => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            EntryStep::Done => return Ok(read),
        }
    }
}

fn pass_on_rows(input: &str) -> Vec<Contestant<'_>> {
    vec![
        Contestant::new("EntryReader, FeedWriter", Kind::Ours, move || pass_on(input)),
        Contestant::new("atom_syndication, at once", Kind::Peer, move || {
            let feed = atom_syndication::Feed::read_from(input.as_bytes())?;
            black_box(feed.write_to(Vec::with_capacity(input.len()))?);
            Ok((feed.entries.len(), 0))
        }),
        Contestant::new("quick-xml, events written again", Kind::Floor, move || {
            let mut reader = quick_xml::Reader::from_str(input);
            let mut writer = quick_xml::Writer::new(Vec::with_capacity(input.len()));
            loop {
                match reader.read_event()? {
                    Event::Eof => break,
                    event => writer.write_event(event)?,
                }
            }
            black_box(writer.into_inner());
            Ok((0, 0))
        }),
        Contestant::new("a copy of the octets", Kind::Floor, move || {
            black_box(input.as_bytes().to_vec());
            Ok((0, 0))
        }),
    ]
}

fn pass_on(input: &str) -> anyhow::Result<Read> {
    let mut out = Vec::with_capacity(input.len());
    let mut entries = Reader::new().entries(input);
    let (mut writer, mut count) = (None, 0);
    while let Some(item) = entries.next() {
        let item = item?;
        let writer = match &mut writer {
            Some(writer) => writer,
            empty => {
                // Entries that use the prefix are passed on without an addition.
                let writer = Writer::new().namespace("x", "urn:example:extension");
                empty.insert(writer.feed(entries.feed(), &mut out)?.0)
            }
        };
        if let FeedItem::Entry(entry) = &item {
            let (how, _) = writer.pass_on(entry, &mut out)?;
            ensure!(how == PassedOn::Copied, "an entry is changed");
            count += 1;
        }
    }
    if let Some(writer) = writer {
        writer.finish(&mut out)?;
    }
    black_box(out);
    Ok((count, 0))
}
