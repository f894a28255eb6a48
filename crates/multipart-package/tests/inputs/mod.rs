//! The inputs of the tables in `tests/data/`, and how a row sets up its reader.

use multipart_package::{Framing, Limits, Opening, Reader};

/// The rows of a table, each with as many cells as the first line names.
pub(crate) fn rows(table: &str) -> Vec<Vec<&str>> {
    let mut lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let width = lines.next().expect("a table names its columns").split('|').count();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() > 5, "a table has rows");
    for row in &rows {
        assert_eq!(row.len(), width, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
    rows
}

/// The octets that a cell stands for.
pub(crate) fn octets(cell: &str) -> Vec<u8> {
    let (mut octets, mut rest) = (Vec::new(), cell.as_bytes());
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'{' => {
                let end = rest.iter().position(|&octet| octet == b'}').expect("a } ends it");
                let text = std::str::from_utf8(&rest[..end]).unwrap();
                let (count, text) = text.split_once('*').expect("count*text");
                octets.extend(self::octets(text).repeat(count.parse().unwrap()));
                rest = &rest[end + 1..];
            }
            b'\\' => {
                let (&kind, behind) = rest.split_first().expect("an escape");
                rest = behind;
                octets.push(match kind {
                    b'r' => b'\r',
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'\\' => b'\\',
                    b'x' => {
                        let digits = std::str::from_utf8(&rest[..2]).unwrap();
                        rest = &rest[2..];
                        u8::from_str_radix(digits, 16).unwrap()
                    }
                    _ => panic!("no escape: {cell}"),
                });
            }
            _ => octets.push(first),
        }
    }
    octets
}

/// The readers' options of a row.
pub(crate) fn reader(settings: &str) -> Reader {
    let setting = |name: &str| {
        settings.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let boundary = setting("boundary").unwrap_or("b");
    let number = |text: &str| text.parse().expect("a number");
    let mut limits = Limits::default();
    let (mut opening, mut framing) = (Opening::Delimiter, Framing::Delimiter);
    for word in settings.split(' ') {
        match word.split_once('=').unwrap_or((word, "")) {
            ("delimiter", "") => {}
            ("implied", "") => opening = Opening::Implied,
            ("auto", "") => opening = Opening::Auto,
            ("length", "") => framing = Framing::Length,
            ("boundary", _) => {}
            ("fields", value) => limits = limits.fields(number(value)),
            ("field", value) => limits = limits.field_octets(number(value)),
            ("head", value) => limits = limits.head_octets(number(value)),
            ("body", value) => limits = limits.body_octets(number(value)),
            ("parts", value) => limits = limits.parts(number(value)),
            ("preamble", value) => limits = limits.preamble_octets(number(value)),
            ("diagnostics", value) => limits = limits.diagnostics(number(value)),
            ("epilogue", value) => limits = limits.epilogue_octets(number(value)),
            _ => panic!("no setting: {word}"),
        }
    }
    Reader::new(&boundary.parse().unwrap()).opening(opening).framing(framing).limits(limits)
}
