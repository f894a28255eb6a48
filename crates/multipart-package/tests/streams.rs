//! A package from a stream of chunks.

#![cfg(feature = "futures")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use multipart_package::{ErrorKind, Event, Reader, Rule, StreamError};

const PACKAGE: &[u8] = b"--b\r\nA: 1\r\n\r\none\r\n--b\r\nA: 2\r\n\r\n\r\n--b--\r\n";

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

/// A stream of chunks that fails in the end, or does not.
fn chunks(
    octets: &'static [u8],
    size: usize,
    failure: Option<&'static str>,
) -> impl futures_util::Stream<Item = Result<Bytes, &'static str>> + Unpin {
    let chunks: Vec<_> = octets.chunks(size).map(|chunk| Ok(Bytes::from_static(chunk))).collect();
    stream::iter(chunks.into_iter().chain(failure.map(Err)))
}

#[test]
fn events_and_parts_come_alike_whatever_the_chunks() {
    for size in [1, 4, 1000] {
        let events: Vec<_> =
            reader().stream(chunks(PACKAGE, size, None)).collect().now_or_never().unwrap();
        let heads = events.iter().filter(|event| matches!(event, Ok(Event::Head(_)))).count();
        let ends = events.iter().filter(|event| matches!(event, Ok(Event::End))).count();
        assert_eq!((heads, ends), (2, 2));
        let mut parts = reader().stream(chunks(PACKAGE, size, None));
        for (field, body) in [("1", "one"), ("2", "")] {
            let (head, read) = parts.next_part(3).now_or_never().unwrap().unwrap().unwrap();
            assert_eq!(head.borrow().get("a"), Some(field.as_bytes()));
            assert_eq!(read, body);
        }
        assert!(parts.next_part(3).now_or_never().unwrap().unwrap().is_none());
        assert!(parts.diagnostics().is_empty());
    }
}

#[test]
fn a_stream_reports_what_was_tolerated() {
    let mut parts = reader().stream(chunks(b"text\r\n--b--", 3, None));
    assert!(parts.next_part(3).now_or_never().unwrap().unwrap().is_none());
    let told: Vec<_> =
        parts.diagnostics().iter().map(multipart_package::Diagnostic::rule).collect();
    assert_eq!(told, [Rule::PreambleNotEmpty]);
}

#[test]
fn what_fails_is_an_error_and_then_the_end() {
    let mut cut = reader().stream(chunks(&PACKAGE[..PACKAGE.len() - 6], 5, None));
    let mut last = None;
    while let Some(event) = cut.next().now_or_never().unwrap() {
        last = Some(event);
    }
    let Some(Err(StreamError::Package(error))) = last else { panic!("{last:?}") };
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::CloseMissing));

    let mut failed = reader().stream(chunks(&PACKAGE[..20], 5, Some("cut off")));
    let mut next = || failed.next_part(100).now_or_never().unwrap();
    assert!(matches!(next(), Err(StreamError::Chunks("cut off"))));
    assert!(matches!(next(), Ok(None)));

    let mut long = reader().stream(chunks(PACKAGE, 5, None));
    let mut next = || long.next_part(2).now_or_never().unwrap();
    assert!(matches!(next(), Err(StreamError::TooLong(2))));
    assert!(matches!(next(), Ok(None)));
}
