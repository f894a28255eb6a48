//! Multipart packages.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use crate::package::{BOUNDARY, Package};
use crate::peers;
use multipart_package::{
    Boundary, Encoder, Error, Event, Framing, Head, HeadBuilder, Reader, Step, Tolerance,
};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "multipart/small", run: |settings| group(settings, 93, &[300, 3_000, 30_000]) },
    Group { name: "multipart/heads", run: heads },
    Group { name: "multipart/64k", run: |settings| group(settings, 64 * 1024, &[16, 160, 1_600]) },
    Group { name: "multipart/64m", run: |settings| group(settings, 64 * 1024 * 1024, &[3]) },
];

const PIECE: usize = 16 * 1024;

const NOTES: &str = "\
`Parts` and `Decoder` do all their checks: line ends, field syntax, control characters, lengths,
limits, the close delimiter. multer and nostd-multipart are made for forms and stream as `Decoder`
does; multer is asynchronous and parses heads into a header map. mail-parser and mailparse are made
for mail: they build a tree of the whole message, and mail-parser decodes texts. None of them checks
a Content-Length, or knows a package without an opening delimiter. The memmem floor finds the
delimiters and looks at nothing else; the httparse floor also reads the heads. The events of a decoder own
their octets, by references to the chunk that are counted, or borrow them. The writing floor
copies the same octets without a check; the loop by hand copies them after the checks that cannot be
left out: no delimiter in head or body, the stated length, sizes within limits. Written in pieces, a
body is also watched across the borders of its pieces.
";

fn group(settings: &Settings, body_octets: usize, sizes: &[usize]) -> anyhow::Result<String> {
    let mut text = String::new();
    for parts in sizes {
        let package = Package::new(parts.div_ceil(settings.divisor), body_octets);
        text.push_str(&reading(&package, body_octets)?.measure(settings));
    }
    let most = sizes.last().copied().unwrap_or(1).div_ceil(settings.divisor);
    let package = Package::new(most, body_octets);
    text.push_str(&writing(&package, body_octets)?.measure(settings));
    text.push_str(NOTES);
    Ok(text)
}

/// Small parts whose heads have eight fields.
fn heads(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for parts in [300_usize, 30_000] {
        let package = Package::of(
            BOUNDARY,
            (0..parts.div_ceil(settings.divisor))
                .map(|number| (eight_fields(number), vec![b'x'; 93])),
        );
        let table = reading(&package, 93)?;
        let title = format!("{}, heads of 8 fields", table.title);
        text.push_str(&Table { title, ..table }.measure(settings));
    }
    text.push_str(NOTES);
    Ok(text)
}

/// A head as an archive of images gives it (DICOM part 18).
fn eight_fields(number: usize) -> String {
    format!(
        "Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50\r\n\
         Content-Location: /studies/1.2.392/series/1.2.840/instances/1.2.{number:08}\r\n\
         Content-ID: <{number:08}.1.2.840@archive.example.org>\r\n\
         Content-Length: 93\r\n\
         Content-Transfer-Encoding: binary\r\n\
         Content-Disposition: attachment\r\n\
         Content-Description: image {number:08} of a series\r\n\
         MIME-Version: 1.0\r\n"
    )
}

fn reading(package: &Package, body_octets: usize) -> anyhow::Result<Table<'_>> {
    let reader = package.reader()?;
    let mut contestants = vec![
        slices("Parts", package, reader.clone()),
        slices("Parts, strict", package, reader.clone().tolerance(Tolerance::STRICT)),
        slices("Parts, framed by length", package, reader.framing(Framing::Length)),
    ];
    contestants.extend(decoders(package)?);
    contestants.extend(peers::multipart(package)?);
    Ok(Table {
        title: format!("reading {} parts of {body_octets} octets", package.bodies.len()),
        item: "part",
        expected: package.size(),
        octets: package.octets.len(),
        contestants,
    })
}

/// Reads the slice.
pub(crate) fn slices<'a>(
    name: &'static str,
    package: &'a Package,
    reader: Reader,
) -> Contestant<'a> {
    Contestant::new(name, Kind::Ours, move || {
        let mut read: Read = (0, 0);
        for part in reader.parts(&package.octets) {
            read = (read.0 + 1, read.1 + part?.body().len());
        }
        Ok(read)
    })
}

/// Read in chunks, by events that own their octets and by those that borrow them.
pub(crate) fn decoders(package: &Package) -> anyhow::Result<[Contestant<'_>; 2]> {
    let (owns, borrows) = (package.reader()?, package.reader()?);
    Ok([
        Contestant::new("Decoder, 64 KiB chunks", Kind::Ours, move || decode(&owns, package)),
        Contestant::new("Decoder, 64 KiB chunks, borrowed events", Kind::Ours, move || {
            decode_borrowed(&borrows, package)
        }),
    ])
}

fn decode(reader: &Reader, package: &Package) -> anyhow::Result<Read> {
    let mut decoder = reader.decoder();
    let mut chunks = package.chunks();
    let mut read: Read = (0, 0);
    loop {
        match decoder.step()? {
            Step::Event(Event::Head(_)) => read.0 += 1,
            Step::Event(Event::Body(octets)) => read.1 += octets.len(),
            Step::Event(Event::End | Event::Lost(_)) => {}
            Step::NeedInput => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            Step::Done => return Ok(read),
        }
    }
}

fn decode_borrowed(reader: &Reader, package: &Package) -> anyhow::Result<Read> {
    let mut decoder = reader.decoder();
    let mut chunks = package.chunks();
    let mut read: Read = (0, 0);
    loop {
        match decoder.step_borrowed()? {
            Step::Event(Event::Head(_)) => read.0 += 1,
            Step::Event(Event::Body(octets)) => read.1 += octets.len(),
            Step::Event(Event::End | Event::Lost(_)) => {}
            Step::NeedInput => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            Step::Done => return Ok(read),
        }
    }
}

fn writing(package: &Package, body_octets: usize) -> anyhow::Result<Table<'_>> {
    let expected = (package.bodies.len(), package.octets.len());
    let mut floor = Vec::with_capacity(package.octets.len());
    let mut by_hand = Vec::with_capacity(package.octets.len());
    let contestants = vec![
        encoder("Encoder", package, Encoder::part)?,
        encoder("Encoder, pieces of 16 KiB", package, |encoder, out, head, body| {
            encoder.begin(out, head, None)?;
            for piece in body.chunks(PIECE) {
                encoder.write(out, piece)?;
            }
            encoder.end()
        })?,
        Contestant::new("a loop by hand, same checks", Kind::Peer, move || {
            by_hand.clear();
            write_by_hand(package, &mut by_hand)?;
            Ok((package.heads.len(), by_hand.len()))
        }),
        Contestant::new("extend_from_slice", Kind::Floor, move || {
            floor.clear();
            for (head, body) in package.heads.iter().zip(&package.bodies) {
                for octets in
                    [b"\r\n--", BOUNDARY.as_bytes(), b"\r\n", head.as_bytes(), b"\r\n", body]
                {
                    floor.extend_from_slice(octets);
                }
            }
            floor.extend_from_slice(b"--\r\n");
            Ok((package.heads.len(), floor.len()))
        }),
    ];
    Ok(Table {
        title: format!("writing {} parts of {body_octets} octets", package.bodies.len()),
        item: "part",
        expected,
        octets: package.octets.len(),
        contestants,
    })
}

/// Writes the parts the one or the other way.
fn encoder<'a>(
    name: &'static str,
    package: &'a Package,
    write: impl Fn(&mut Encoder, &mut Vec<u8>, Head<&[u8]>, &[u8]) -> Result<(), Error> + 'a,
) -> anyhow::Result<Contestant<'a>> {
    let boundary: Boundary = BOUNDARY.parse()?;
    let heads = package.heads.iter().map(|head| {
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.fold(HeadBuilder::new(), |builder, (name, value)| builder.field(name, value)).build()
    });
    let heads = heads.collect::<Result<Vec<_>, _>>()?;
    let mut out = Vec::with_capacity(package.octets.len());
    Ok(Contestant::new(name, Kind::Ours, move || {
        out.clear();
        let mut encoder = Encoder::new(&boundary);
        for (head, body) in heads.iter().zip(&package.bodies) {
            write(&mut encoder, &mut out, head.borrow(), body)?;
        }
        encoder.finish(&mut out)?;
        Ok((heads.len(), out.len()))
    }))
}

/// What someone would write who checks what must be checked and has no use for a library.
fn write_by_hand(package: &Package, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let needle = format!("\n--{BOUNDARY}");
    let finder = memchr::memmem::Finder::new(needle.as_bytes());
    let holds_delimiter =
        |octets: &[u8]| octets.starts_with(&finder.needle()[1..]) || finder.find(octets).is_some();
    for (number, (head, body)) in package.heads.iter().zip(&package.bodies).enumerate() {
        anyhow::ensure!(!holds_delimiter(head.as_bytes()) && !holds_delimiter(body));
        let stated = head.rsplit_once("Content-Length: ").map(|(_, rest)| rest.trim_ascii_end());
        anyhow::ensure!(stated.and_then(|stated| stated.parse().ok()) == Some(body.len()));
        anyhow::ensure!(head.len() < 64 * 1024);
        out.extend_from_slice(&needle.as_bytes()[usize::from(number == 0)..]);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r");
    }
    out.extend_from_slice(needle.as_bytes());
    out.extend_from_slice(b"--\r\n");
    Ok(())
}
