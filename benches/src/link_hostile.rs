//! Link fields that are made to take long, at four sizes: the time for each octet must not grow.

use crate::growth::{self, Floor, Shape};
use crate::harness::{Group, Settings};
use anyhow::ensure;
use version_links::{Limits, Reader, Tolerance};

pub(crate) const GROUPS: &[Group] = &[Group { name: "link/hostile", run }];

const NOTES: &str = "\
Each row reads the same number of octets: once 1 MiB, ten times about a tenth of it, and so on. Limits are
off, so that all of it is read, and everything is tolerated. If the time for a KiB does not grow from row
to row, the time is linear. Short fields cost more for each KiB where what is reported is kept, because
each reading keeps up to 4,096 reports. The floor is a search for `<` and `>`.
";

const SHAPES: &[Shape] = &[
    ("links", "", "<a>;rel=b,", ""),
    ("open brackets", "", "<", ""),
    ("elements with an open bracket", "", "<a,", ""),
    ("text that is no link", "", "junk <b> c ", ""),
    ("text before links", "", "junk <b>; ", ""),
    ("quotes", "", "\"", ""),
    ("quotes of values that nothing closes", "junk", "=\"\\", ""),
    ("escaped quotes", "<a>;b=\"", "\\\"", ""),
    ("links within a value that does not close", "<a>;b=\"", ",<a>;b=\\\"", ""),
    ("semicolons", "<a>", ";", ""),
    ("parameters", "<a>", ";x=y", ""),
    ("relation types", "<a>;rel=\"", "b ", "\""),
    ("URIs as relation types", "<a>;rel=\"", "a:b ", "\""),
    ("segments of a target", "<", "a/", ">;rel=b"),
    ("ports of a target", "<//", "a:@", ">;rel=b"),
    ("brackets in a value", "<a>;rel=b", " <c", ""),
    ("white space", "<a>;rel=b", " ", ";x"),
    ("control characters", "<a>;rel=b", " \x01", ";x"),
    ("line breaks", "<a>;rel=b,", "\r\n", ""),
];

fn run(settings: &Settings) -> anyhow::Result<String> {
    let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
    let read = |input: &[u8]| {
        let mut links = reader.links(input);
        let read = links.by_ref().filter(Result::is_ok).count();
        let reported = links.diagnostics().len();
        ensure!(std::hint::black_box(read + reported) <= input.len(), "too much is read");
        Ok(())
    };
    let floor: Floor =
        ("memchr2 over < and >, 1 MiB", |input| memchr::memchr2_iter(b'<', b'>', input).count());
    let mut text = String::new();
    for shape in SHAPES {
        let input = |octets| growth::document(shape, octets);
        text.push_str(&growth::table(settings, shape.0, input, read, Some(floor)));
    }
    text.push_str(NOTES);
    Ok(text)
}
