//! Link fields.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use nom_language::error::VerboseError;
use std::fmt::Write;
use version_links::{Link, LinkBuf, LinkFields, Reader, Tolerance, VersionLinks};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "link/2", run: |settings| run(settings, 2, 100_000) },
    Group { name: "link/100", run: |settings| run(settings, 100, 2_000) },
];

const NOTES: &str = "\
All take the same well-made field: absolute targets, one rel a link, no two alike, since
parse_link_header keeps one link a rel. Ours checks the syntax of targets, rels, media types and
language tags, decodes `title*` and reports violations with their octets; it reads parameters again when
they are asked for, so reading target, rel and title is timed. parse_link_header owns every link and
parses its URI, and splits at every comma, also within quotes; nom-rfc8288 borrows the names and owns
the values; linkset owns all, parses URIs and groups the links by their anchors. Only ours continues
after a link that cannot be read.
";

/// A field of so many links.
fn field(links: usize) -> (String, usize) {
    let (mut field, mut octets) = (String::new(), 0);
    for number in 0..links {
        let target = format!("http://example.net/system/v/84345634/{number}");
        octets += target.len();
        let comma = if number > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(field, "{comma}<{target}>; rel=\"version-{}\"", letters(number));
        if number % 2 == 1 {
            let _ = write!(field, "; type=\"text/html\"; title=\"Version {number} of it\"");
        }
    }
    (field, octets)
}

/// A number in letters, since a registered relation type may be that.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

fn read(link: Link<'_>) -> usize {
    let titled = link.title().map_or(0, |title| title.len());
    let related: usize = link.rel().map(|relation| relation.as_str().len()).sum();
    std::hint::black_box((titled, related));
    link.target().len()
}

fn run(settings: &Settings, links: usize, repeat: usize) -> anyhow::Result<String> {
    let repeat = repeat.div_ceil(settings.divisor);
    let (field, octets) = field(links);
    let input = field.as_str();
    let ours = |tolerance: Tolerance| {
        repeated(repeat, move || {
            let mut total = (0, 0);
            for link in Reader::new().tolerance(tolerance).links(input.as_bytes()) {
                total = (total.0 + 1, total.1 + read(link?));
            }
            Ok(total)
        })
    };
    let built: Vec<LinkBuf> = version_links::links(input.as_bytes())
        .map(|link| link.map(Link::into_owned))
        .collect::<Result<_, _>>()?;
    let contestants = vec![
        Contestant::new("version-links", Kind::Ours, ours(Tolerance::DRAFTS)),
        Contestant::new("version-links, strict", Kind::Ours, ours(Tolerance::STRICT)),
        Contestant::new(
            "version-links, VersionLinks",
            Kind::Ours,
            repeated(repeat, || {
                let about = VersionLinks::about("http://example.net/docs/test.txt");
                let versions = about.links(version_links::links(input.as_bytes()).flatten());
                Ok((versions.iter().len(), versions.iter().map(|link| link.uri().len()).sum()))
            }),
        ),
        Contestant::new(
            "version-links, LinkFields (writes)",
            Kind::Ours,
            repeated(repeat, || {
                let fields = LinkFields::new().field_octets(u64::MAX);
                std::hint::black_box(fields.values(&built)?);
                Ok((links, octets))
            }),
        ),
        Contestant::new(
            "parse_link_header",
            Kind::Peer,
            repeated(repeat, || {
                let read = parse_link_header::parse(input)?;
                Ok((read.len(), read.values().map(|link| link.raw_uri.len()).sum()))
            }),
        ),
        Contestant::new(
            "nom-rfc8288",
            Kind::Peer,
            repeated(repeat, || {
                let read = nom_rfc8288::complete::link_strict::<VerboseError<&str>>(input);
                let read = read.map_err(|error| anyhow::anyhow!("{error:?}"))?;
                let read = read.iter().flatten();
                Ok((read.clone().count(), read.map(|link| link.url.len()).sum()))
            }),
        ),
        Contestant::new(
            "linkset",
            Kind::Peer,
            repeated(repeat, || {
                let base = linkset::model::Uri::new("http://example.net/docs/test.txt")?;
                let read = linkset::Linkset::from_text_str(input, Some(base))?;
                let read = read.iter().flat_map(|context| context.iter());
                Ok((read.clone().count(), read.map(|link| link.target().as_str().len()).sum()))
            }),
        ),
        Contestant::new(
            "memchr2 over < and ,",
            Kind::Floor,
            repeated(repeat, || {
                Ok((memchr::memchr2_iter(b'<', b',', input.as_bytes()).count(), 0))
            }),
        ),
    ];
    let table = Table {
        title: format!("{links} links, {} octets, read {repeat} times a round", input.len()),
        item: "link",
        expected: (links * repeat, octets * repeat),
        octets: input.len() * repeat,
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}
