//! Link fields.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use crate::repeat::repeated;
use nom_language::error::VerboseError;
use std::fmt::Write;
use version_links::{Limits, Link, Reader, Tolerance};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "link/1", run: |settings| run(settings, 1, 200_000, Shape::Mixed) },
    Group { name: "link/2", run: |settings| run(settings, 2, 100_000, Shape::Mixed) },
    Group { name: "link/100", run: |settings| run(settings, 100, 2_000, Shape::Mixed) },
    Group { name: "link/10000", run: |settings| run(settings, 10_000, 20, Shape::Mixed) },
    Group { name: "link/rel-first", run: |settings| run(settings, 100, 2_000, Shape::RelFirst) },
    Group { name: "link/rel-last", run: |settings| run(settings, 100, 2_000, Shape::RelLast) },
];

const NOTES: &str = "\
All take the same well-made field: absolute targets, one rel a link, no two alike, since
parse_link_header keeps one link a rel. What is read is each target and its rel. Ours checks the syntax of
targets, rels, media types and language tags and reports violations with their octets; the title is read
again when it is asked for, which is a row of its own. parse_link_header owns every link and
parses its URI, and splits at every comma, also within quotes; nom-rfc8288 borrows the names and owns
the values; linkset owns all, parses URIs and groups the links by their anchors. Only ours continues
after a link that cannot be read. The floors find out less: memchr2 where `<` and `,` are, the walk how
many octets end something, by a table with a class for each octet.
";

/// How the links are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A rel; every second link has a type and a title too.
    Mixed,
    /// Four parameters, of which rel is the first.
    RelFirst,
    /// Four parameters, of which rel is the last.
    RelLast,
}

/// A field of so many links, and the octets of their targets.
pub(crate) fn field(links: usize, shape: Shape) -> (String, usize) {
    let (mut field, mut octets) = (String::new(), 0);
    for number in 0..links {
        let target = format!("http://example.net/system/v/84345634/{number}");
        octets += target.len();
        let comma = if number > 0 { ", " } else { "" };
        let rel = format!("; rel=\"version-{}\"", letters(number));
        let more = format!("; type=\"text/html\"; title=\"Version {number} of it\"");
        // Writing to a String cannot fail.
        let _ = match shape {
            Shape::Mixed if number % 2 == 0 => write!(field, "{comma}<{target}>{rel}"),
            Shape::Mixed => write!(field, "{comma}<{target}>{rel}{more}"),
            Shape::RelFirst => write!(field, "{comma}<{target}>{rel}; hreflang=en{more}"),
            Shape::RelLast => write!(field, "{comma}<{target}>; hreflang=en{more}{rel}"),
        };
    }
    (field, octets)
}

/// A number in letters, since a registered relation type may be that.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// Reads what a client asks a link for.
fn read(link: Link<'_>) -> usize {
    let related: usize = link.rel().map(|relation| relation.as_str().len()).sum();
    std::hint::black_box(related);
    link.target().len()
}

fn read_with_title(link: Link<'_>) -> usize {
    std::hint::black_box(link.title().map_or(0, |title| title.len()));
    read(link)
}

/// A class for each octet: whether it ends a target, a parameter, a value or a link.
const ENDS: [u8; 256] = {
    let mut table = [0; 256];
    let ends = b"<>;,=\"\\ ";
    let mut index = 0;
    while index < ends.len() {
        table[ends[index] as usize] = 1;
        index += 1;
    }
    table
};

fn run(settings: &Settings, links: usize, repeat: usize, shape: Shape) -> anyhow::Result<String> {
    let repeat = repeat.div_ceil(settings.divisor);
    let (field, octets) = field(links, shape);
    let input = field.as_str();
    // The limits are off, since ten thousand links exceed the default ones.
    let reader = Reader::new().limits(Limits::unlimited());
    let ours = |tolerance: Tolerance, read: fn(Link<'_>) -> usize| {
        repeated(repeat, move || {
            let mut total = (0, 0);
            for link in reader.tolerance(tolerance).links(input.as_bytes()) {
                total = (total.0 + 1, total.1 + read(link?));
            }
            Ok(total)
        })
    };
    let contestants = vec![
        Contestant::new("version-links", Kind::Ours, ours(Tolerance::DRAFTS, read)),
        Contestant::new("version-links, strict", Kind::Ours, ours(Tolerance::STRICT, read)),
        Contestant::new(
            "version-links, with the title",
            Kind::Ours,
            ours(Tolerance::DRAFTS, read_with_title),
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
            "a walk by a table of classes",
            Kind::Floor,
            repeated(repeat, || {
                let classes = input.bytes().map(|octet| ENDS[usize::from(octet)]);
                Ok((classes.map(usize::from).sum(), 0))
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
        title: format!(
            "{links} links ({shape:?}), {} octets, read {repeat} times a round",
            input.len()
        ),
        item: "link",
        expected: (links * repeat, octets * repeat),
        octets: input.len() * repeat,
        contestants,
    };
    Ok(format!("{}{NOTES}", table.measure(settings)))
}
