//! Link fields that are made to take long, at four sizes: the time for each octet must not grow.

use crate::harness::{Contestant, Group, Kind, Settings, Table};
use anyhow::ensure;
use version_links::{Limits, Reader, Tolerance};

pub(crate) const GROUPS: &[Group] = &[Group { name: "link/hostile", run }];

const NOTES: &str = "\
Each row reads the same number of octets: once 1 MiB, ten times about a tenth of it, and so on. Limits are
off, so that all of it is read, and everything is tolerated. If the time for a KiB does not grow from row
to row, the time is linear. Short fields cost more for each KiB where what is reported is kept, because
each reading keeps up to 4,096 reports. The floor is a search for `<` and `>`.
";

const MOST: usize = 1024 * 1024;
const SHARES: [(&str, usize); 4] =
    [("1 KiB", 1024), ("10 KiB", 100), ("100 KiB", 10), ("1 MiB", 1)];

/// What comes before, what is repeated, and what comes after.
const SHAPES: &[(&str, &str, &str, &str)] = &[
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
    let mut text = String::new();
    for shape in SHAPES {
        text.push_str(&table(settings, shape));
    }
    text.push_str(NOTES);
    Ok(text)
}

fn input((_, before, repeated, after): &(&str, &str, &str, &str), octets: usize) -> String {
    let times = octets.saturating_sub(before.len() + after.len()).div_ceil(repeated.len());
    [before, &*repeated.repeat(times), after].concat()
}

fn table(settings: &Settings, shape: &(&str, &str, &str, &str)) -> String {
    let most = MOST.div_ceil(settings.divisor);
    let inputs = SHARES.map(|(name, share)| {
        let share = share.min(most);
        (name, share, input(shape, most / share))
    });
    let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
    let mut contestants = Vec::new();
    for (name, share, input) in &inputs {
        contestants.push(Contestant::new(label("links", name), Kind::Ours, move || {
            for _ in 0..*share {
                let mut links = reader.links(input.as_bytes());
                let read = links.by_ref().filter(Result::is_ok).count();
                let reported = links.diagnostics().len();
                ensure!(std::hint::black_box(read + reported) <= input.len(), "too much is read");
            }
            Ok((most / 1024, most))
        }));
    }
    let last = &inputs[SHARES.len() - 1].2;
    contestants.push(Contestant::new("memchr2 over < and >, 1 MiB", Kind::Floor, move || {
        Ok((memchr::memchr2_iter(b'<', b'>', last.as_bytes()).count(), most))
    }));
    let title = format!("{}: {} KiB", shape.0, most / 1024);
    Table { title, item: "KiB", expected: (most / 1024, most), octets: most, contestants }
        .measure(settings)
}

/// Names of contestants live as long as the program: there are few.
fn label(what: &str, size: &str) -> &'static str {
    Box::leak(format!("{what}, {size}").into_boxed_str())
}
