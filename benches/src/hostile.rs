//! What has brought multipart parsers down, at three sizes: the time an octet must not grow.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use bytes::Bytes;
use memchr::memmem;
use multipart_package::{Limits, Opening, Reader, Step, Tolerance};

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/hostile", run }];

const NOTES: &str = "\
Each row reads the same number of octets: once 100 MiB, ten times 10 MiB, a hundred times 1 MiB. Limits
are off, so that all of it is read. Times a KiB that do not grow from row to row are linear time.
";

const MEBIBYTE: usize = 1024 * 1024;

/// What stands before, what is repeated, and what stands behind.
type Shape = (&'static str, &'static [u8], &'static [u8], &'static [u8]);

const OPEN: &[u8] = b"--b0123456789\r\n\r\n";
const CLOSE: &[u8] = b"\r\n--b0123456789--\r\n";

const SHAPES: &[Shape] = &[
    (
        "junk before the first delimiter",
        b"",
        b"junk, and more of it\r\n",
        b"\r\n--b0123456789\r\n\r\n\r\n--b0123456789--",
    ),
    ("hyphens behind the close", b"--b0123456789\r\n\r\n\r\n--b0123456789--\r\n", b"-", b""),
    ("a body of CR", OPEN, b"\r", CLOSE),
    ("a body of LF", OPEN, b"\n", CLOSE),
    ("a body of CR LF", OPEN, b"\r\n", CLOSE),
    ("a body of line breaks and hyphens", OPEN, b"\r\n--", CLOSE),
    ("a body of the boundary less its last octet", OPEN, b"\r\n--b012345678", CLOSE),
    ("a head of many fields", b"--b0123456789\r\n", b"A: b\r\n", b"\r\n\r\n--b0123456789--\r\n"),
    ("a field of many octets", b"--b0123456789\r\nA: ", b"b", b"\r\n\r\n\r\n--b0123456789--\r\n"),
    ("empty parts", b"--b0123456789\r\n\r\n", b"\r\n--b0123456789\r\n\r\n", CLOSE),
];

fn run(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for shape in SHAPES {
        text.push_str(&table(settings, shape)?);
    }
    text.push_str(NOTES);
    Ok(text)
}

fn table(settings: &Settings, shape: &Shape) -> anyhow::Result<String> {
    let most = (100 * MEBIBYTE).div_ceil(settings.divisor);
    let reader = Reader::new(&"b0123456789".parse()?)
        .opening(Opening::Delimiter)
        .tolerance(Tolerance::DRAFTS)
        .limits(Limits::unlimited());
    let inputs: Vec<_> = [100, 10, 1].map(|share| (share, input(shape, most / share))).to_vec();
    let mut contestants = Vec::new();
    let named = [("1/100", 100), ("1/10", 10), ("the whole", 1)];
    for (name, share) in named {
        let Some((_, input)) = inputs.iter().find(|(of, _)| *of == share) else { continue };
        let (slice, chunked) = (reader.clone(), reader.clone());
        contestants.push(Contestant::new(label("Parts", name), Kind::Ours, move || {
            repeat(share, most, || slices(&slice, input))
        }));
        contestants.push(Contestant::new(label("Decoder", name), Kind::Ours, move || {
            repeat(share, most, || chunks(&chunked, input))
        }));
        contestants.push(Contestant::new(label("memmem", name), Kind::Floor, move || {
            let finder = memmem::Finder::new(b"\n--b0123456789");
            repeat(share, most, || Ok(finder.find_iter(input).count()))
        }));
    }
    let table = Table {
        title: format!("{}: {} MiB", shape.0, most / MEBIBYTE),
        item: "KiB",
        expected: (most / 1024, 0),
        octets: most,
        contestants,
    };
    Ok(table.measure(settings))
}

/// Names of contestants live as long as the program: there are few.
fn label(what: &str, size: &str) -> &'static str {
    Box::leak(format!("{what}, {size}").into_boxed_str())
}

fn input((_, before, repeated, behind): &Shape, octets: usize) -> Bytes {
    let mut input = before.to_vec();
    while input.len() + behind.len() < octets {
        input.extend_from_slice(repeated);
    }
    input.extend_from_slice(behind);
    input.into()
}

fn repeat(
    times: usize,
    octets: usize,
    mut work: impl FnMut() -> anyhow::Result<usize>,
) -> anyhow::Result<Read> {
    for _ in 0..times {
        std::hint::black_box(work()?);
    }
    Ok((octets / 1024, 0))
}

fn slices(reader: &Reader, input: &Bytes) -> anyhow::Result<usize> {
    let mut parts = 0;
    for part in reader.parts(input) {
        part?;
        parts += 1;
    }
    Ok(parts)
}

fn chunks(reader: &Reader, input: &Bytes) -> anyhow::Result<usize> {
    let (mut decoder, mut events, mut at) = (reader.decoder(), 0, 0);
    loop {
        match decoder.step()? {
            Step::Event(_) => events += 1,
            Step::NeedInput if at < input.len() => {
                let end = (at + 64 * 1024).min(input.len());
                decoder.push(input.slice(at..end));
                at = end;
            }
            Step::NeedInput => decoder.finish(),
            Step::Done => return Ok(events),
        }
    }
}
