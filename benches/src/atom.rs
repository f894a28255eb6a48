//! Atom feeds.

use crate::atom_feed::Source;
use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use atom_fsm::atom::Feed;
use atom_fsm::{Reader, Tolerance, Writer};
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "atom/20", run: |settings| read(settings, &Source::usual(20), 500) },
    Group {
        name: "atom/20000",
        run: |settings| read(settings, &Source::usual(20_000_usize.div_ceil(settings.divisor)), 1),
    },
    Group {
        name: "atom/markup",
        run: |settings| {
            read(settings, &Source::of_markup(2_000_usize.div_ceil(settings.divisor)), 1)
        },
    },
    Group {
        name: "atom/text",
        run: |settings| read(settings, &Source::of_text(10 * 1024 * 1024 / settings.divisor), 1),
    },
    Group { name: "atom/write", run: |settings| write(settings, 2_000, 5) },
];

const READ_NOTES: &str = "\
quick-xml's bare events find where markup begins and ends; its NsReader also looks prefixes up. Neither
replaces references or checks that the document is well-formed. Ours does both, and it also checks every
IRI, date and media type. atom_syndication and feed-rs own all they give; atom_syndication keeps foreign markup
by its prefixes and loses other attributes, feed-rs makes one model of all kinds of feeds and keeps
neither. Ours borrows the document and keeps all.
";

const WRITE_NOTES: &str = "\
Each writes the feed that it read itself. quick-xml's writer writes the events that its reader gave, unchanged.
Ours checks every rule of RFC 4287 while it writes.
";

fn counted(feed: &Feed<'_>) -> (usize, usize) {
    let entries = feed.entries();
    (entries.len(), entries.iter().filter_map(|entry| entry.id()).map(str::len).sum())
}

fn read(settings: &Settings, source: &Source, repeat: usize) -> anyhow::Result<String> {
    let repeat = repeat.div_ceil(settings.divisor);
    let Source { text, entries, octets } = source;
    let input = text.as_str();
    let ours = |tolerance: Tolerance| {
        repeated(repeat, move || {
            let feed: Feed<'_> = Reader::new().tolerance(tolerance).read(input)?.into_document();
            Ok(counted(&feed))
        })
    };
    let contestants = vec![
        Contestant::new("atom-fsm", Kind::Ours, ours(Tolerance::DRAFTS)),
        Contestant::new("atom-fsm, strict", Kind::Ours, ours(Tolerance::STRICT)),
        Contestant::new(
            "atom_syndication",
            Kind::Peer,
            repeated(repeat, || {
                let feed = atom_syndication::Feed::read_from(input.as_bytes())?;
                Ok((feed.entries.len(), feed.entries.iter().map(|entry| entry.id.len()).sum()))
            }),
        ),
        Contestant::new(
            "feed-rs",
            Kind::Peer,
            repeated(repeat, || {
                let feed = feed_rs::parser::parse(input.as_bytes())?;
                Ok((feed.entries.len(), feed.entries.iter().map(|entry| entry.id.len()).sum()))
            }),
        ),
        Contestant::new("quick-xml, NsReader", Kind::Floor, repeated(repeat, || namespaces(input))),
        Contestant::new("quick-xml, bare events", Kind::Floor, repeated(repeat, || events(input))),
        Contestant::new(
            "memchr2 over < and &",
            Kind::Floor,
            repeated(repeat, || {
                Ok((memchr::memchr2_iter(b'<', b'&', input.as_bytes()).count(), 0))
            }),
        ),
    ];
    let table = Table {
        title: format!("{entries} entries, {} octets, read {repeat} times a round", input.len()),
        item: "entry",
        expected: (*entries * repeat, *octets * repeat),
        octets: input.len() * repeat,
        contestants,
    };
    Ok(format!("{}{READ_NOTES}", table.measure(settings)))
}

pub(crate) fn events(input: &str) -> anyhow::Result<(usize, usize)> {
    let mut reader = quick_xml::Reader::from_str(input);
    let mut entries = 0;
    loop {
        match reader.read_event()? {
            Event::Start(start) => entries += usize::from(start.name().as_ref() == "entry"),
            Event::Eof => return Ok((entries, 0)),
            _ => {}
        }
    }
}

pub(crate) fn namespaces(input: &str) -> anyhow::Result<(usize, usize)> {
    let mut reader = quick_xml::NsReader::from_str(input);
    let mut entries = 0;
    loop {
        match reader.read_resolved_event()? {
            (ResolveResult::Bound(namespace), Event::Start(start)) => {
                let is_atom = namespace.as_ref() == atom_fsm::namespace::ATOM;
                entries += usize::from(is_atom && start.local_name().as_ref() == "entry");
            }
            (_, Event::Eof) => return Ok((entries, 0)),
            _ => {}
        }
    }
}

fn write(settings: &Settings, entries: usize, repeat: usize) -> anyhow::Result<String> {
    let (entries, repeat) = (entries.div_ceil(settings.divisor).max(20), repeat);
    let Source { text, .. } = Source::usual(entries);
    let ours = Feed::parse(&text)?;
    let theirs = atom_syndication::Feed::read_from(text.as_bytes())?;
    let mut events = Vec::new();
    let mut reader = quick_xml::Reader::from_str(&text);
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            event => events.push(event),
        }
    }
    let contestants = vec![
        Contestant::new(
            "atom-fsm",
            Kind::Ours,
            repeated(repeat, || {
                std::hint::black_box(Writer::new().to_vec(&ours)?);
                Ok((entries, 0))
            }),
        ),
        Contestant::new(
            "atom_syndication",
            Kind::Peer,
            repeated(repeat, || {
                std::hint::black_box(theirs.write_to(Vec::new())?);
                Ok((entries, 0))
            }),
        ),
        Contestant::new(
            "quick-xml, the same events",
            Kind::Floor,
            repeated(repeat, || {
                let mut writer = quick_xml::Writer::new(Vec::new());
                for event in &events {
                    writer.write_event(event.borrow())?;
                }
                std::hint::black_box(writer.into_inner());
                Ok((entries, 0))
            }),
        ),
        Contestant::new(
            "a copy of the octets",
            Kind::Floor,
            repeated(repeat, || {
                std::hint::black_box(text.as_bytes().to_vec());
                Ok((entries, 0))
            }),
        ),
    ];
    let table = Table {
        title: format!("{entries} entries, {} octets, written {repeat} times a round", text.len()),
        item: "entry",
        expected: (entries * repeat, 0),
        octets: text.len() * repeat,
        contestants,
    };
    Ok(format!("{}{WRITE_NOTES}", table.measure(settings)))
}
