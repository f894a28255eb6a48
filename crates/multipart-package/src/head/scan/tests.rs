//! The scan under any chunking, and beside a slow and obvious one.

use super::*;
use crate::head::summary::Length;
use crate::{ErrorKind, Limits, Tolerance};
use proptest::collection::vec;
use proptest::prelude::*;

fn scan(head: &[u8], tolerance: Tolerance, step: usize) -> Result<(usize, HeadSummary), ErrorKind> {
    let delimiter = Delimiter::new(b"b");
    let mut report = Report::new(tolerance, Limits::default());
    let mut scan = HeadScan::new();
    let mut len = 0;
    loop {
        len = (len + step).min(head.len());
        let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
        match scan.advance(window, Some(&delimiter), &mut report).map_err(|error| error.kind())? {
            Scanned::Incomplete if window.last => return Ok((0, scan.summary())),
            Scanned::Incomplete => {}
            Scanned::Blank { end, .. } => return Ok((end, scan.summary())),
            Scanned::Delimiter(line) => return Ok((line.end, scan.summary())),
        }
    }
}

#[test]
fn the_head_table_under_each_preset_and_any_chunking() {
    type Outcome = Result<usize, Rule>;
    let cases: &[(&[u8], Outcome, Outcome)] = &[
        (b"\r\nx", Ok(2), Ok(2)),
        (b"A: b\r\n\r\nx", Ok(8), Ok(8)),
        (b"A:\r\n\r\n", Ok(6), Ok(6)),
        (b"a:\t\xe4\t\r\n\r\n", Ok(9), Ok(9)),
        (b"A: b\n\n", Err(Rule::BareLineFeed), Ok(6)),
        (b"A: b\r\n c\r\n\r\n", Err(Rule::FieldFold), Ok(12)),
        (b"A: b\r\n \r\n\r\n", Err(Rule::FieldFold), Ok(11)),
        (b" A: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
        (b"A : b\r\n\r\n", Err(Rule::FieldSpaceBeforeColon), Err(Rule::FieldSpaceBeforeColon)),
        (b"A b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
        (b"A/b(1): c\r\n\r\n", Err(Rule::FieldNameToken), Ok(13)),
        (b"\x01: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
        (b"A\xe4: b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
        (b": b\r\n\r\n", Err(Rule::FieldSyntax), Err(Rule::FieldSyntax)),
        (b"A: b\0\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
        (b"A: b\rc\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
        (b"A: b\r\r\n\r\n", Err(Rule::FieldNulOrCr), Err(Rule::FieldNulOrCr)),
        (b"A: \x01\r\n\r\n", Err(Rule::FieldControl), Err(Rule::FieldControl)),
        (b"A: b\r\n--b--\r\n", Err(Rule::DelimiterInHead), Err(Rule::DelimiterInHead)),
        (b"--b: x\r\n\r\n", Err(Rule::DelimiterPrefix), Ok(10)),
        (b"Content-Length: 5\r\n\r\n", Ok(21), Ok(21)),
        (b"Content-Length: nnn\r\n\r\n", Err(Rule::ContentLengthSyntax), Ok(23)),
        (
            b"Content-Length: 5\r\ncontent-length: 5\r\n\r\n",
            Err(Rule::ContentLengthRepeated),
            Ok(40),
        ),
        (
            b"Content-Length: 5\r\ncontent-length: 6\r\n\r\n",
            Err(Rule::ContentLengthConflict),
            Err(Rule::ContentLengthConflict),
        ),
        (b"ETag: \"a\"\r\nETag: \"a\"\r\n\r\n", Err(Rule::FieldRepeated), Ok(24)),
    ];
    for (head, strict, drafts) in cases {
        for (tolerance, expected) in [(Tolerance::STRICT, strict), (Tolerance::DRAFTS, drafts)] {
            for step in 1..=head.len() {
                let outcome = scan(head, tolerance, step).map(|(end, _)| end);
                assert_eq!(outcome, expected.map_err(ErrorKind::Rule), "{}", head.escape_ascii());
            }
        }
    }
}

/// A line, or a piece of one, that is plain or nearly so.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(
        &[
            "Content-Length",
            "content-length",
            "Content-Location",
            "Content-Type",
            "Content-ID",
            "Content-Disposition",
            "content-DISPOSITION",
            "Content-Range",
            "ETag",
            "Event-Type",
            "Content-Transfer-Encoding",
            "Content-Transfer-Encodin",
            "Last-Modified",
            "A",
            "Content-",
            "Content-Lengt",
            "Content-Locationx",
            "-",
            "",
            "A/b",
            "X-Long-Name-Of-A-Field",
        ][..],
    );
    let value = prop_oneof![
        4 => prop::sample::select(
            &[
                "5", "05", "", "5, 5", "99999999999999999999", "9999999999999999999", "/a b", "/a/b/c/d/e",
                "text/html", "inline", "inline ", "form-data; name=\"a\"", "form-data; name=\"a",
                "form-data; name=\"a\\\"; filename=\"b\"", "form-data; name=\"a\"; filename=\"b\"x",
                "form-data; name=\"a\"; name=\"b\"", "<1@x>", "<a<b>", "<>", "< 1@x>", "<1@x> (c)", "binary", "7bit", "8bit", "Base64", "1@x", "base64", "\"tag\"", "bytes 0-1/2",
                "x y, a long value of more than eight octets",
            ][..],
        ).prop_map(|value| value.as_bytes().to_vec()),
        1 => vec(prop_oneof![b' '..=b'~', any::<u8>()], 0..20),
    ];
    let break_ = prop_oneof![
        20 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r\n "), 1 => Just("\r"), 1 => Just("")
    ];
    let colon = prop_oneof![9 => Just(": "), 1 => Just(":"), 1 => Just(":  "), 1 => Just(" :"), 1 => Just("")];
    (name, colon, value, prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just("\t")], break_)
        .prop_map(|(name, colon, value, space, break_)| {
            [name.as_bytes(), colon.as_bytes(), &value, space.as_bytes(), break_.as_bytes()]
                .concat()
        })
}

/// What a scan gives, and what it reports.
type Given = (Result<Option<usize>, (ErrorKind, u64)>, HeadSummary, Vec<crate::Diagnostic>);

/// The slow, obvious scan: it reads every line as if it were not plain.
fn line_by_line(head: &[u8], mut report: Report) -> Given {
    let window = Window { octets: head, base: 7, last: true };
    let mut scan = HeadScan::new();
    let end = loop {
        let break_len = match &head[scan.line..] {
            [b'\r', b'\n', ..] => Some(2),
            [b'\n', ..] => Some(1),
            _ => None,
        };
        if let Some(len) = break_len {
            let line = scan.line..scan.line + 1;
            let bare = if len == 1 {
                scan.violation(Rule::BareLineFeed, window, line, &mut report)
            } else {
                Ok(())
            };
            break bare.and_then(|()| scan.blank(window, len, &report)).map(|_| Some(scan.line));
        }
        let Some(end) = scan.field_end(head, true) else {
            break scan.pause(window, &report).map(|_| None);
        };
        let read = scan.count(window, end, &report);
        if let Err(error) = read.and_then(|()| scan.field(window, end, &mut report)) {
            break Err(error);
        }
        (scan.line, scan.searched) = (end, end);
    };
    let end = end.map_err(|error| (error.kind(), error.offset()));
    (end, scan.summary, report.diagnostics.as_slice().to_vec())
}

fn at_once(head: &[u8], mut report: Report) -> Given {
    let window = Window { octets: head, base: 7, last: true };
    let mut scan = HeadScan::new();
    let end = match scan.advance(window, None, &mut report) {
        Ok(Scanned::Blank { fields, .. }) => Ok(Some(fields)),
        Ok(Scanned::Incomplete) => Ok(None),
        Ok(Scanned::Delimiter(line)) => unreachable!("{line:?}"),
        Err(error) => Err((error.kind(), error.offset())),
    };
    (end, scan.summary, report.diagnostics.as_slice().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn plain_lines_give_what_a_look_at_each_line_gives(
        lines in vec(line(), 0..5),
        ends in any::<bool>(),
        small in any::<bool>(),
    ) {
        let head = [lines.concat(), if ends { b"\r\n\r\n".to_vec() } else { vec![] }].concat();
        let limits = Limits::default();
        let limits = if small { limits.head_octets(60).field_octets(30).fields(2) } else { limits };
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let report = Report::new(tolerance, limits);
            let expected = line_by_line(&head, report.clone());
            let given = at_once(&head, report);
            // After an error, the summary is of no use.
            let summaries = if expected.0.is_ok() { [given.1, expected.1] } else { [expected.1; 2] };
            prop_assert_eq!(summaries[0], summaries[1]);
            prop_assert_eq!((&given.0, &given.2), (&expected.0, &expected.2), "{}", head.escape_ascii());
        }
    }
}

#[test]
fn limits_on_fields_and_octets_hold_under_any_chunking() {
    let delimiter = Delimiter::new(b"b");
    let limits = Limits::default().fields(2).field_octets(12).head_octets(30);
    let cases: &[(&[u8], Limit)] = &[
        (b"a: 1\r\nb: 2\r\nc: 3\r\n\r\n", Limit::Fields),
        (b"a: 1234567890\r\n\r\n", Limit::FieldOctets),
        (b"a: 1\r\n 1234567890\r\n\r\n", Limit::FieldOctets),
    ];
    for (head, limit) in cases {
        for step in 1..=head.len() {
            let mut report = Report::new(Tolerance::ALL, limits);
            let mut scan = HeadScan::new();
            let error = (1..).find_map(|count| {
                let len = (count * step).min(head.len());
                let window = Window { octets: &head[..len], base: 0, last: len == head.len() };
                scan.advance(window, Some(&delimiter), &mut report).err()
            });
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Limit(*limit)));
        }
    }
}

#[test]
fn plain_lines_are_read_once_though_the_line_behind_them_is_not_plain() {
    let delimiter = Delimiter::new(b"b");
    let (plain, fold) = ("Content-Length: 5\r\nA: b\r\n", "C: d\r\n e\r\n\r\n");
    let head = [plain, fold].concat();
    // Were the plain lines read again, a NUL in their place would be refused.
    let behind = ["\0".repeat(plain.len()).as_str(), fold].concat();
    let window = |octets| Window { octets, base: 0, last: true };
    let mut report = Report::new(Tolerance::DRAFTS, Limits::default());
    let Err(mut scan) = HeadScan::plain_head(window(head.as_bytes()), &report) else {
        panic!("a fold is not plain")
    };
    let scanned =
        scan.advance_after_plain_lines(window(behind.as_bytes()), Some(&delimiter), &mut report);
    let Ok(Scanned::Blank { fields, end }) = scanned else { panic!("{scanned:?}") };
    assert_eq!((fields, end), (head.len() - 2, head.len()));

    let mut anew = HeadScan::new();
    let mut report = Report::new(Tolerance::DRAFTS, Limits::default());
    anew.advance(window(head.as_bytes()), Some(&delimiter), &mut report).unwrap();
    assert_eq!(scan.summary(), anew.summary());
    assert_eq!((anew.summary().fields, anew.summary().length), (3, Length::Octets(5)));
}
