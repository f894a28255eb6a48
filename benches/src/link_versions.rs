//! What links say about versions, and the writing of links.

use crate::growth::{self, Shape as Hostile};
use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::link::{Shape, field};
use crate::repeat::repeated;
use iri_string::types::{IriReferenceStr, IriString};
use version_links::{Limits, Link, LinkBuf, LinkFields, Reader, VersionLinks};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "link-versions/parts", run: versions },
    Group { name: "link-writing", run: writing },
    Group { name: "link-versions/hostile", run: hostile },
];

const DOCUMENT: &str = "http://example.net/docs/test.txt";

const VERSIONS_NOTES: &str = "\
VersionLinks reads the links and their parameters, and resolves and owns them; \"reading alone\" gives
target, rel and title of each. iri-string resolves the same targets against the same document, and gives
each as a String. The goal: VersionLinks takes at most the reading alone and 1.3 times iri-string.
";

/// VersionLinks beside its two parts.
fn versions(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for (links, repeat) in [(2, 100_000), (100, 2_000), (10_000, 20)] {
        text.push_str(&versions_table(settings, links, repeat)?);
    }
    text.push_str(VERSIONS_NOTES);
    Ok(text)
}

fn versions_table(settings: &Settings, count: usize, repeat: usize) -> anyhow::Result<String> {
    let repeat = repeat.div_ceil(settings.divisor);
    let (absolute, octets) = field(count, Shape::Mixed);
    let reader = Reader::new().limits(Limits::unlimited());
    let read = |link: Link<'_>| {
        let titled = link.title().map_or(0, |title| title.len());
        let related: usize = link.rel().map(|relation| relation.as_str().len()).sum();
        std::hint::black_box((titled, related));
        link.target().len()
    };
    let targets: Result<Vec<_>, _> =
        reader.links(absolute.as_bytes()).map(|link| link.map(Link::target)).collect();
    let targets = targets?;
    let base = IriString::try_from(DOCUMENT)?;
    let contestants = vec![
        Contestant::new(
            "version-links, VersionLinks",
            Kind::Ours,
            repeated(repeat, || {
                let about = VersionLinks::about(DOCUMENT).reader(reader);
                let versions = about.fields([absolute.as_bytes()]);
                Ok((versions.iter().len(), versions.iter().map(|link| link.uri().len()).sum()))
            }),
        ),
        Contestant::new(
            "version-links, document_links",
            Kind::Ours,
            repeated(repeat, || {
                let mut total = (0, 0);
                for link in reader.document_links_in_fields(DOCUMENT, [absolute.as_bytes()]) {
                    total = (total.0 + 1, total.1 + link?.uri().len());
                }
                Ok(total)
            }),
        ),
        Contestant::new(
            "version-links, reading alone",
            Kind::Ours,
            repeated(repeat, || {
                let mut total = (0, 0);
                for link in reader.links(absolute.as_bytes()) {
                    total = (total.0 + 1, total.1 + read(link?));
                }
                Ok(total)
            }),
        ),
        Contestant::new(
            "iri-string, resolving alone",
            Kind::Peer,
            repeated(repeat, || {
                let mut total = (0, 0);
                for target in &targets {
                    let target = IriReferenceStr::new(target)?;
                    let uri = target.resolve_against(base.to_absolute()).to_string();
                    total = (total.0 + 1, total.1 + std::hint::black_box(uri).len());
                }
                Ok(total)
            }),
        ),
    ];
    let table = Table {
        title: format!("{count} links, {} octets, read {repeat} times a round", absolute.len()),
        item: "link",
        expected: (count * repeat, octets * repeat),
        octets: absolute.len() * repeat,
        contestants,
    };
    Ok(table.measure(settings))
}

const WRITING_NOTES: &str = "\
The links were made before, as a server makes them once: ours by its builder, which refuses what a strict
reader refuses, so that only limits are checked when they are written. linkset checks nothing when it
writes.
";

/// LinkFields beside the crate that writes links too.
fn writing(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for (count, repeat) in [(2, 100_000_usize), (100, 2_000), (10_000, 20)] {
        let repeat = repeat.div_ceil(settings.divisor);
        let (field, octets) = field(count, Shape::Mixed);
        let reader = Reader::new().limits(Limits::unlimited());
        let built: Result<Vec<LinkBuf>, _> =
            reader.links(field.as_bytes()).map(|link| link?.to_builder().build()).collect();
        let built = built?;
        let base = linkset::model::Uri::new(DOCUMENT)?;
        let set = linkset::Linkset::from_text_str(&field, Some(base))?;
        let contestants = vec![
            Contestant::new(
                "version-links, LinkFields",
                Kind::Ours,
                repeated(repeat, || {
                    let fields = LinkFields::new().field_octets(u64::MAX).links(u64::MAX);
                    std::hint::black_box(fields.values(&built)?);
                    Ok((count, octets))
                }),
            ),
            Contestant::new(
                "linkset, to_text_string",
                Kind::Peer,
                repeated(repeat, || {
                    let base = linkset::model::Uri::new(DOCUMENT)?;
                    std::hint::black_box(set.to_text_string(false, Some(base)));
                    Ok((count, octets))
                }),
            ),
        ];
        let table = Table {
            title: format!("{count} links, written {repeat} times a round"),
            item: "link",
            expected: (count * repeat, octets * repeat),
            octets: field.len() * repeat,
            contestants,
        };
        text.push_str(&table.measure(settings));
    }
    text.push_str(WRITING_NOTES);
    Ok(text)
}

const HOSTILE_NOTES: &str = "\
Each row reads the same number of octets: once 1 MiB, ten times a tenth, a hundred times a hundredth, a
thousand times a thousandth. Limits are off. If the time for a KiB does not grow from row to row, the time
is linear.
";

const SHAPES: [Hostile; 6] = [
    ("one link of many relation types", "<c>; rel=\"", "b ", "\"; title=\"d\"; anchor=\"\""),
    ("a target of many dot segments", "<", "a/../", "b>; rel=c"),
    ("an anchor of many dot segments", "<a>; rel=\"b c d e f\"; anchor=\"", "a/a/../", "b\""),
    (
        "many links of three relation types",
        "<>; rel=x",
        ", <a>; rel=\"latest-version next up\"",
        "",
    ),
    ("many links that contradict each other", "<>; rel=x", ", <>; rel=predecessor-version", ""),
    ("many anchors", "<>; rel=x", ", <a>; rel=b; anchor=\"../c\"", ""),
];

fn hostile(settings: &Settings) -> anyhow::Result<String> {
    let reader = Reader::new().limits(Limits::unlimited());
    let read = |input: &[u8]| {
        std::hint::black_box(VersionLinks::about(DOCUMENT).reader(reader).fields([input]));
        Ok(())
    };
    let mut text = String::new();
    for shape in SHAPES {
        let input = |octets| growth::document(&shape, octets);
        let title = format!("VersionLinks, {}", shape.0);
        text.push_str(&growth::table(settings, &title, input, read, None));
    }
    text.push_str(HOSTILE_NOTES);
    Ok(text)
}
