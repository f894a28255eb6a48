//! Packages whose bodies are framed by their lengths: what a part costs whatever its size.

use crate::harness::{Contestant, Group, Kind, Read, Settings, Table};
use crate::package::BOUNDARY;
use multipart_package::{Framing, Reader};

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/length", run }];

const NOTES: &str = "\
If lengths frame the bodies, the reader does not look at them, so that a part costs the same at any
size. Each package has 16 parts and is read again and again: its heads are in the cache for both. The
floor reads the heads with httparse and skips by their lengths, without a check.
";

const PARTS: usize = 16;

fn run(settings: &Settings) -> anyhow::Result<String> {
    let mut text = String::new();
    for body_octets in [93, 4 * 1024, 64 * 1024, 1024 * 1024, 64 * 1024 * 1024] {
        text.push_str(&table(&package(body_octets), body_octets)?.measure(settings));
    }
    text.push_str(NOTES);
    Ok(text)
}

/// Bodies are zeros that were never written, so that only the heads take memory.
fn package(body_octets: usize) -> Vec<u8> {
    let heads: Vec<_> = (0..PARTS)
        .map(|number| {
            let line_break = if number == 0 { "" } else { "\r\n" };
            format!(
                "{line_break}--{BOUNDARY}\r\nContent-Disposition: inline\r\n\
                 Content-Type: application/entity-images+json\r\n\
                 Content-Location: /entities/variant/{number:08}:001:99999\r\n\
                 Content-Length: {body_octets:08}\r\n\r\n"
            )
        })
        .collect();
    let close = format!("\r\n--{BOUNDARY}--\r\n");
    let octets = heads.iter().map(|head| head.len() + body_octets).sum::<usize>() + close.len();
    let mut package = vec![0; octets];
    let mut at = 0;
    for head in &heads {
        package[at..at + head.len()].copy_from_slice(head.as_bytes());
        at += head.len() + body_octets;
    }
    package[at..].copy_from_slice(close.as_bytes());
    package
}

fn table(package: &[u8], body_octets: usize) -> anyhow::Result<Table<'_>> {
    let reader = Reader::new(&BOUNDARY.parse()?).framing(Framing::Length);
    let many = move |read: &dyn Fn() -> anyhow::Result<Read>| {
        // One reading of so few parts is over before a clock can measure it.
        let mut total = (0, 0);
        for _ in 0..ROUNDS {
            let (parts, octets) = read()?;
            total = (total.0 + parts, total.1 + octets);
        }
        Ok(total)
    };
    Ok(Table {
        title: format!("reading {PARTS} parts of {body_octets} octets by their lengths"),
        item: "part",
        expected: (PARTS * ROUNDS, PARTS * ROUNDS * body_octets),
        octets: package.len() * ROUNDS,
        contestants: vec![
            Contestant::new("Parts, framed by length", Kind::Ours, move || {
                many(&|| {
                    let mut read = (0, 0);
                    for part in reader.parts(package) {
                        read = (read.0 + 1, read.1 + part?.body().len());
                    }
                    Ok(read)
                })
            }),
            Contestant::new("httparse heads, skips", Kind::Floor, move || many(&|| skips(package))),
        ],
    })
}

const ROUNDS: usize = 100;

fn skips(package: &[u8]) -> anyhow::Result<Read> {
    let mut rest = &package[BOUNDARY.len() + 4..];
    let mut read: Read = (0, 0);
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 16];
        let httparse::Status::Complete((head, fields)) =
            httparse::parse_headers(rest, &mut fields)?
        else {
            return Ok(read);
        };
        let length = fields.iter().find(|field| field.name == "Content-Length");
        let length = length.and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok());
        let length: usize = length.ok_or_else(|| anyhow::anyhow!("no length"))?;
        read = (read.0 + 1, read.1 + length);
        match rest.get(head + length + BOUNDARY.len() + 6..) {
            Some(behind) if behind.len() > 4 => rest = behind,
            _ => return Ok(read),
        }
    }
}
