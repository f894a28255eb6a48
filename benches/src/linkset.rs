//! Linksets.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use serde::Deserialize;
use std::fmt::Write;
use version_links::{Limits, Reader, Tolerance};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "linkset+json/100", run: |settings| run_json(settings, 100, 500) },
    Group { name: "linkset+json/100k", run: |settings| run_json(settings, 100_000, 1) },
    Group { name: "linkset/100k", run: |settings| run_text(settings, 100_000) },
];

const NOTES: &str = "\
A bare struct borrows its texts, knows the relation type and the attributes in advance, and checks nothing
but types. Ours keeps any relation types, attributes and other members in order, and checks names that
occur twice, the syntax of anchors, targets, relation types, media types and language tags, the limits and
UTF-8. linkset owns all, resolves and parses URIs, and refuses the whole document for one bad link.
";

/// The links of a linkset: anchor, target, type, title.
fn link(number: usize) -> [String; 4] {
    let document = number / 10;
    [
        format!("https://example.org/docs/{document}"),
        format!("https://example.org/system/v/{document}/{number}"),
        "text/html".to_owned(),
        format!("Version {number} of it"),
    ]
}

#[derive(Debug, Deserialize)]
struct Bare<'a> {
    #[serde(borrow)]
    linkset: Vec<BareContext<'a>>,
}

#[derive(Debug, Deserialize)]
struct BareContext<'a> {
    anchor: &'a str,
    #[serde(borrow, rename = "predecessor-version")]
    links: Vec<BareLink<'a>>,
}

#[derive(Debug, Deserialize)]
struct BareLink<'a> {
    href: &'a str,
    #[serde(rename = "type")]
    media_type: &'a str,
    title: &'a str,
    #[serde(borrow)]
    hreflang: Vec<&'a str>,
}

/// How many links, and the octets of their targets.
fn counted<'a>(targets: impl Iterator<Item = &'a str>) -> (usize, usize) {
    targets.fold((0, 0), |(links, octets), target| (links + 1, octets + target.len()))
}

fn run_json(settings: &Settings, links: usize, repeat: usize) -> anyhow::Result<String> {
    let (links, repeat) =
        (links.div_ceil(settings.divisor).max(10), repeat.div_ceil(settings.divisor));
    let (mut document, mut octets) = (String::from("{\"linkset\":["), 0);
    for number in 0..links {
        let [anchor, href, media_type, title] = link(number);
        octets += href.len();
        match number {
            0 => write!(document, "{{\"anchor\":\"{anchor}\",\"predecessor-version\":[")?,
            _ if number % 10 == 0 => {
                write!(document, "]}},{{\"anchor\":\"{anchor}\",\"predecessor-version\":[")?;
            }
            _ => document.push(','),
        }
        write!(
            document,
            "{{\"href\":\"{href}\",\"type\":\"{media_type}\",\"title\":\"{title}\",\"hreflang\":[\"en\"]}}"
        )?;
    }
    document.push_str("]}]}");
    let input = document.as_bytes();
    let ours = |tolerance: Tolerance| {
        repeated(repeat, move || {
            let linkset = Reader::new().tolerance(tolerance).linkset_json(input)?;
            Ok(counted(linkset.links().flatten().map(version_links::LinksetTarget::href)))
        })
    };
    let contestants = vec![
        Contestant::new("version-links", Kind::Ours, ours(Tolerance::DRAFTS)),
        Contestant::new("version-links, strict", Kind::Ours, ours(Tolerance::STRICT)),
        Contestant::new(
            "serde_json, bare borrowed struct",
            Kind::Peer,
            repeated(repeat, || {
                let read: Bare<'_> = serde_json::from_slice(input)?;
                let links = read.linkset.iter().flat_map(|context| {
                    std::hint::black_box(context.anchor);
                    &context.links
                });
                Ok(counted(links.map(|link| {
                    std::hint::black_box((link.media_type, link.title, &link.hreflang));
                    link.href
                })))
            }),
        ),
        Contestant::new(
            "serde_json Value",
            Kind::Peer,
            repeated(repeat, || {
                let read: serde_json::Value = serde_json::from_slice(input)?;
                let contexts = read["linkset"].as_array().into_iter().flatten();
                let links =
                    contexts.filter_map(|it| it["predecessor-version"].as_array()).flatten();
                Ok(counted(links.filter_map(|link| link["href"].as_str())))
            }),
        ),
        Contestant::new(
            "linkset",
            Kind::Peer,
            repeated(repeat, || {
                let read = linkset::Linkset::from_json_slice(input, None)?;
                let links = read.iter().flat_map(|context| context.iter());
                Ok(counted(links.map(|link| link.target().as_str())))
            }),
        ),
        Contestant::new(
            "memchr over all quotes",
            Kind::Floor,
            repeated(repeat, || Ok((memchr::memchr_iter(b'"', input).count(), 0))),
        ),
    ];
    let table = Table {
        title: format!(
            "{links} links in JSON, {} octets, read {repeat} times a round",
            input.len()
        ),
        item: "link",
        expected: (links * repeat, octets * repeat),
        octets: input.len() * repeat,
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}

fn run_text(settings: &Settings, links: usize) -> anyhow::Result<String> {
    let links = links.div_ceil(settings.divisor);
    let (mut document, mut octets) = (String::new(), 0);
    for number in 0..links {
        let [anchor, href, media_type, title] = link(number);
        octets += href.len();
        let comma = if number > 0 { ",\n" } else { "" };
        write!(
            document,
            "{comma}<{href}>; rel=\"predecessor-version\"; anchor=\"{anchor}\"; type=\"{media_type}\"; \
             title=\"{title}\"; hreflang=\"en\""
        )?;
    }
    let input = document.as_bytes();
    let contestants = vec![
        Contestant::new(
            "version-links",
            Kind::Ours,
            repeated(1, || {
                let reader = Reader::new().limits(Limits::unlimited());
                let linkset = reader.linkset(input)?;
                Ok(counted(linkset.links().flatten().map(version_links::LinksetTarget::href)))
            }),
        ),
        Contestant::new(
            "linkset",
            Kind::Peer,
            repeated(1, || {
                let read = linkset::Linkset::from_text_slice(input, None)?;
                let links = read.iter().flat_map(|context| context.iter());
                Ok(counted(links.map(|link| link.target().as_str())))
            }),
        ),
        Contestant::new(
            "memchr over all quotes",
            Kind::Floor,
            repeated(1, || Ok((memchr::memchr_iter(b'"', input).count(), 0))),
        ),
    ];
    let table = Table {
        title: format!("{links} links in text, {} octets, read once a round", input.len()),
        item: "link",
        expected: (links, octets),
        octets: input.len(),
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}
