//! Form data as browsers send it.

use crate::harness::{Group, Settings, Table};
use crate::multipart::{decoders, slices};
use crate::package::Package;
use crate::peers;

pub(crate) const GROUPS: &[Group] = &[Group { name: "multipart/form", run }];

const NOTES: &str = "\
The forms are as browsers write them. multer, on which axum builds, is the peer to compare with: it reads
the same chunks. A body of the delimiter less its last octet repeats the longest line that is none. Both
of ours check what a form must have (RFC 7578): one name, and no name twice.
";

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
const MEBIBYTE: usize = 1024 * 1024;
const FILE: usize = 32 * MEBIBYTE;

fn run(settings: &Settings) -> anyhow::Result<String> {
    let fields = Package::of(BOUNDARY, (0..100).map(field));
    let mut text = table("a form of 100 fields", &fields)?.measure(settings);
    let octets = FILE / settings.divisor;
    let pieces = [
        ("", "Neither text nor picture, but octets as a file has them. \0\u{1}\u{2}\u{3}\u{ff}"),
        (" of CR", "\r"),
        (" of LF", "\n"),
        (" of CR LF", "\r\n"),
        (" of CR LF and two hyphens", "\r\n--"),
        (" of the delimiter less its last octet", "\r\n------WebKitFormBoundary7MA4YWxkTrZu0g"),
    ];
    for (name, piece) in pieces {
        let package = Package::of(BOUNDARY, std::iter::once(file(piece, octets)));
        let title = format!("a file{name}, {} MiB", octets / MEBIBYTE);
        text.push_str(&table(&title, &package)?.measure(settings));
    }
    text.push_str(NOTES);
    Ok(text)
}

/// A small field of a form.
fn field(number: usize) -> (String, Vec<u8>) {
    let head = format!("Content-Disposition: form-data; name=\"field-{number}\"\r\n");
    (head, "value ".repeat(1 + number % 7).into_bytes())
}

/// A file of a form, which repeats a piece.
fn file(piece: &str, octets: usize) -> (String, Vec<u8>) {
    let head = "Content-Disposition: form-data; name=\"upload\"; filename=\"holiday.jpg\"\r\n\
                Content-Type: image/jpeg\r\n";
    (head.to_owned(), piece.repeat(octets / piece.len()).into_bytes())
}

fn table<'a>(title: &str, package: &'a Package) -> anyhow::Result<Table<'a>> {
    let mut contestants = vec![slices("Parts", package, package.reader()?)];
    contestants.extend(decoders(package)?);
    contestants.extend(peers::for_forms(package)?);
    contestants.extend(peers::floors(package));
    let (title, octets) = (format!("reading {title}"), package.octets.len());
    Ok(Table { title, item: "part", expected: package.size(), octets, contestants })
}
