//! What has brought multipart parsers down, at three sizes: the time for each octet must not grow.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use anyhow::ensure;
use bytes::Bytes;
use memchr::memmem;
use multipart_package::{
    ContentType, Diagnostic, Diagnostics, ErrorKind, Event, Limits, Opening, Reader, Rule, Step,
    Tolerance,
};

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/hostile", run }];

const NOTES: &str = "\
Each row reads the same number of octets: once all of them, ten times a tenth, a hundred times a
hundredth. Limits are off, so that all of it is read: a reading that gives other parts, or other octets of
heads, bodies, preambles and epilogues than are there, is a failure. If the time for a KiB does not grow
from row to row, the time is linear. Where that of the decoder grows, the decoder gathers a head in its
own memory, and what grows is the system's work for fresh pages.
";

const MEBIBYTE: usize = 1024 * 1024;
const SHARES: [(&str, usize); 3] = [("1/100", 100), ("1/10", 10), ("the whole", 1)];

/// What comes before, what is repeated, and what comes after.
struct Shape {
    name: &'static str,
    before: &'static [u8],
    repeated: &'static [u8],
    behind: &'static [u8],
    repeats: Repeats,
}

/// What there is more of with each repetition.
enum Repeats {
    /// Octets of one part, or beside it; besides so many others.
    Octets(usize),
    /// Parts without octets.
    Parts,
}
use Repeats::{Octets, Parts};

const LINE: &[u8] = b"--b0123456789\r\n";
const OPEN: &[u8] = b"--b0123456789\r\n\r\n";
const CLOSE: &[u8] = b"\r\n--b0123456789--\r\n";
/// After a head's last field.
const HEAD_END: &[u8] = b"\r\n\r\n\r\n--b0123456789--\r\n";

/// After a head's last line break.
const CLOSE_AT_ONCE: &[u8] = b"\r\n\r\n--b0123456789--\r\n";

const fn shape(
    name: &'static str,
    (before, repeated, behind): (&'static [u8], &'static [u8], &'static [u8]),
    repeats: Repeats,
) -> Shape {
    Shape { name, before, repeated, behind, repeats }
}

const SHAPES: &[Shape] = &[
    shape(
        "junk before the first delimiter",
        (b"", b"junk, and more of it\r\n", b"\r\n--b0123456789\r\n\r\n\r\n--b0123456789--"),
        Octets(0),
    ),
    shape(
        "hyphens in a line after the close",
        (b"--b0123456789\r\n\r\n\r\n--b0123456789--\r\n", b"-", b""),
        Octets(0),
    ),
    shape(
        "hyphens directly after the close, which are body",
        (b"--b0123456789\r\n\r\n\r\n--b0123456789--", b"-", CLOSE),
        Octets(17),
    ),
    shape("a body of CR", (OPEN, b"\r", CLOSE), Octets(0)),
    shape("a body of LF", (OPEN, b"\n", CLOSE), Octets(0)),
    shape("a body of CR LF", (OPEN, b"\r\n", CLOSE), Octets(0)),
    shape("a body of line breaks and hyphens", (OPEN, b"\r\n--", CLOSE), Octets(0)),
    shape(
        "a body of the boundary less its last octet",
        (OPEN, b"\r\n--b012345678", CLOSE),
        Octets(0),
    ),
    shape("a head of many fields", (LINE, b"A: b\r\n", CLOSE_AT_ONCE), Octets(0)),
    shape("a field of many octets", (b"--b0123456789\r\nA: ", b"b", HEAD_END), Octets(5)),
    shape("a field of many folds", (b"--b0123456789\r\nA: b", b"\r\n c", HEAD_END), Octets(6)),
    shape("empty parts", (OPEN, b"\r\n--b0123456789\r\n\r\n", CLOSE), Parts),
];

impl Shape {
    /// As many octets, and the parts and octets that a reading gives of them.
    fn input(&self, octets: usize) -> Input {
        let fixed = self.before.len() + self.behind.len();
        let times = octets.saturating_sub(fixed).div_ceil(self.repeated.len());
        let octets = [self.before, &self.repeated.repeat(times), self.behind].concat().into();
        let expected = match self.repeats {
            Octets(more) => (1, times * self.repeated.len() + more),
            Parts => (times + 1, 0),
        };
        Input { octets, expected }
    }
}

struct Input {
    octets: Bytes,
    expected: Read,
}

fn reader() -> anyhow::Result<Reader> {
    Ok(Reader::new(&"b0123456789".parse()?)
        .opening(Opening::Delimiter)
        .tolerance(Tolerance::DRAFTS)
        .limits(Limits::unlimited()))
}

fn run(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for shape in SHAPES {
        text.push_str(&table(settings, shape)?);
    }
    text.push_str(&octet_by_octet(settings)?);
    text.push_str(&boundary_parameters(settings));
    text.push_str(NOTES);
    Ok(text)
}

fn table(settings: &Settings, shape: &Shape) -> anyhow::Result<String> {
    let most = (100 * MEBIBYTE).div_ceil(settings.divisor);
    let reader = reader()?;
    let inputs = SHARES.map(|(name, share)| (name, share, shape.input(most / share)));
    let mut contestants = Vec::new();
    for (name, share, input) in &inputs {
        contestants.push(Contestant::new(label("Parts", name), Kind::Ours, || {
            repeat(*share, most, input.expected, || slices(&reader, &input.octets))
        }));
        contestants.push(Contestant::new(label("Decoder", name), Kind::Ours, || {
            repeat(*share, most, input.expected, || chunks(&reader, &input.octets, 64 * 1024))
        }));
        contestants.push(Contestant::new(label("memmem", name), Kind::Floor, || {
            let finder = memmem::Finder::new(b"\n--b0123456789");
            for _ in 0..*share {
                std::hint::black_box(finder.find_iter(&input.octets).count());
            }
            Ok((most / 1024, most))
        }));
    }
    let title = format!("{}: {} MiB", shape.name, most / MEBIBYTE);
    Ok(measure(settings, title, most, contestants))
}

/// All shapes, fed octet by octet.
fn octet_by_octet(settings: &Settings) -> anyhow::Result<String> {
    let most = MEBIBYTE.div_ceil(settings.divisor);
    let reader = reader()?;
    let sized = |shape| SHARES.map(|(name, share)| (shape, name, share));
    let inputs: Vec<_> = SHAPES.iter().flat_map(sized).collect();
    let inputs = inputs
        .iter()
        .map(|(shape, name, share)| (label(shape.name, name), *share, shape.input(most / share)));
    let inputs: Vec<_> = inputs.collect();
    let contestants = inputs.iter().map(|(name, share, input)| {
        Contestant::new(name, Kind::Ours, || {
            repeat(*share, most, input.expected, || chunks(&reader, &input.octets, 1))
        })
    });
    let title = format!("Decoder, in chunks of one octet: {} KiB", most / 1024);
    Ok(measure(settings, title, most, contestants.collect()))
}

/// A Content-Type of a thousand boundary parameters, of ten and of a hundred thousand.
fn boundary_parameters(settings: &Settings) -> String {
    const PARAMETER: &str = "; boundary=b";
    let most = (100_000 * PARAMETER.len()).div_ceil(settings.divisor);
    let inputs = SHARES.map(|(name, share)| {
        (
            name,
            share,
            ["multipart/mixed", &PARAMETER.repeat(most / share / PARAMETER.len())].concat(),
        )
    });
    let contestants = inputs.iter().map(|(name, share, value)| {
        Contestant::new(label("ContentType", name), Kind::Ours, || {
            let repeated = ErrorKind::Rule(Rule::BoundaryRepeated);
            repeat(*share, most, (1, value.len()), || {
                let read = ContentType::parse(value.as_bytes())?;
                let is_refused = read.boundary().is_err_and(|error| error.kind() == repeated);
                Ok((usize::from(is_refused), read.as_bytes().len()))
            })
        })
    });
    let title = format!("boundary parameters: {} KiB", most / 1024);
    measure(settings, title, most, contestants.collect())
}

fn measure(
    settings: &Settings,
    title: String,
    octets: usize,
    contestants: Vec<Contestant<'_>>,
) -> String {
    Table { title, item: "KiB", expected: (octets / 1024, octets), octets, contestants }
        .measure(settings)
}

/// Names of contestants live as long as the program: there are few.
fn label(what: &str, size: &str) -> &'static str {
    Box::leak(format!("{what}, {size}").into_boxed_str())
}

/// Reads again and again, each time what is expected; gives the KiB and octets read.
fn repeat(
    times: usize,
    octets: usize,
    expected: Read,
    mut work: impl FnMut() -> anyhow::Result<Read>,
) -> anyhow::Result<Read> {
    for _ in 0..times {
        let read = std::hint::black_box(work()?);
        ensure!(read == expected, "it gives {read:?} of {expected:?}");
    }
    Ok((octets / 1024, octets))
}

/// The octets before and after a package, by what is reported of them.
fn beside(diagnostics: &Diagnostics) -> anyhow::Result<usize> {
    let is_beside = |rule| matches!(rule, Rule::PreambleNotEmpty | Rule::EpilogueNotEmpty);
    let spans = diagnostics.iter().filter(|one| is_beside(one.rule())).map(Diagnostic::span);
    Ok(usize::try_from(spans.map(|span| span.end - span.start).sum::<u64>())?)
}

fn slices(reader: &Reader, input: &Bytes) -> anyhow::Result<Read> {
    let (mut parts, mut octets, mut read) = (0, 0, reader.parts(input));
    for part in read.by_ref() {
        let part = part?;
        parts += 1;
        octets += part.head().as_bytes().len() + part.body().len();
    }
    Ok((parts, octets + beside(read.diagnostics())?))
}

fn chunks(reader: &Reader, input: &Bytes, size: usize) -> anyhow::Result<Read> {
    let (mut decoder, mut parts, mut octets, mut at) = (reader.decoder(), 0, 0, 0);
    loop {
        match decoder.step()? {
            Step::Event(Event::Head(head)) => octets += head.as_bytes().len(),
            Step::Event(Event::Body(body)) => octets += body.len(),
            Step::Event(_) => parts += 1,
            Step::NeedInput if at < input.len() => {
                let end = (at + size).min(input.len());
                decoder.push(input.slice(at..end));
                at = end;
            }
            Step::NeedInput => decoder.finish(),
            Step::Done => return Ok((parts, octets + beside(decoder.diagnostics())?)),
        }
    }
}
