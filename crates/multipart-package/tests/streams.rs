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

/// Chunks that do not come at once: after each, the stream is pending once.
fn slow(
    octets: &'static [u8],
    size: usize,
) -> impl futures_util::Stream<Item = Result<Bytes, &'static str>> + Unpin {
    let mut chunks = octets.chunks(size);
    let mut is_due = false;
    stream::poll_fn(move |context| {
        is_due = !is_due;
        if is_due {
            return std::task::Poll::Ready(
                chunks.next().map(|chunk| Ok(Bytes::from_static(chunk))),
            );
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
}

#[test]
fn a_call_that_is_dropped_before_it_is_ready_loses_nothing() {
    for size in [1, 4, 9, 1000] {
        let mut parts = reader().stream(slow(PACKAGE, size));
        let mut next = || loop {
            // Dropped where it is pending, as by a timeout.
            if let Some(ready) = parts.next_part(100).now_or_never() {
                return ready.unwrap();
            }
        };
        assert_eq!(next().unwrap().1, "one");
        assert_eq!(next().unwrap().1, "");
        assert!(next().is_none());
    }
}

#[test]
fn a_body_that_a_dropped_call_took_is_held_to_the_limit_of_the_next() {
    for calls in 0.. {
        let mut parts = reader().stream(slow(PACKAGE, 5));
        // So many calls take more and more of the part: its last octet, and then its end.
        if (0..calls).any(|_| parts.next_part(100).now_or_never().is_some()) {
            assert!(calls > 3);
            return;
        }
        let limited = loop {
            if let Some(ready) = parts.next_part(2).now_or_never() {
                break ready;
            }
        };
        assert!(matches!(limited, Err(StreamError::TooLong(2))), "after {calls} calls");
    }
}

#[test]
fn events_that_a_dropped_call_took_are_given_first() {
    for size in [1, 4, 9, 1000] {
        for calls in 0..=PACKAGE.len() {
            let mut parts = reader().stream(slow(PACKAGE, size));
            let mut bodies = Vec::new();
            for _ in 0..calls {
                if let Some(ready) = parts.next_part(100).now_or_never() {
                    bodies.extend(ready.unwrap().map(|(_, body)| body.to_vec()));
                }
            }
            let mut next = || loop {
                if let Some(ready) = parts.next().now_or_never() {
                    return ready.transpose().unwrap();
                }
            };
            while let Some(event) = next() {
                match event {
                    Event::Head(head) => {
                        let field = (bodies.len() + 1).to_string();
                        assert_eq!(head.borrow().get("a"), Some(field.as_bytes()));
                        bodies.push(Vec::new());
                    }
                    Event::Body(octets) => bodies.last_mut().unwrap().extend_from_slice(&octets),
                    Event::End | Event::Lost(_) => {}
                }
            }
            assert_eq!(bodies, [&b"one"[..], b""], "chunks of {size}, {calls} calls");
        }
    }
    // After an error nothing is given, whatever was taken before.
    let mut failed = reader().stream(chunks(&PACKAGE[..17], 5, Some("cut off")));
    assert!(failed.next_part(100).now_or_never().unwrap().is_err());
    assert!(failed.next().now_or_never().unwrap().is_none());
}

#[test]
fn within_a_part_the_next_one_is_this_one_with_the_rest_of_its_body() {
    let mut parts = reader().stream(chunks(PACKAGE, 1000, None));
    let head = parts.next().now_or_never().unwrap().unwrap().unwrap();
    let (rest, body) = parts.next_part(100).now_or_never().unwrap().unwrap().unwrap();
    assert_eq!((head, &body[..]), (Event::Head(rest), &b"one"[..]));
    // After the last event of a part, the next one.
    let mut parts = reader().stream(chunks(PACKAGE, 1000, None));
    while parts.next().now_or_never().unwrap().unwrap().unwrap() != Event::End {}
    let (head, body) = parts.next_part(100).now_or_never().unwrap().unwrap().unwrap();
    assert_eq!((head.borrow().get("a"), &body[..]), (Some(&b"2"[..]), &b""[..]));
}

#[test]
fn a_part_that_was_fed_is_given_though_nothing_more_comes() {
    // The note's line break is bridged, and what is behind it longer than a bridge.
    let long = [b"y".repeat(600), b"\r\n--b\r\n\r\nhi\r\n--b--\r\n".to_vec()].concat();
    let fed = [Bytes::from_static(b"a note\r\n"), long.into()].map(Ok::<_, &str>);
    let mut parts = reader().stream(stream::iter(fed).chain(stream::pending()));
    let part = parts.next_part(100).now_or_never().unwrap().unwrap().unwrap();
    assert_eq!(part.1, "hi");
}

#[test]
fn rfc2046_5_1_1_a_stream_resumes_behind_a_part_that_cannot_be_read() {
    const BROKEN: &[u8] =
        b"--b\r\n\r\n1\r\n--b\r\nno colon\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b\r\n\r\n4";
    for size in [1, 4, 1000] {
        let mut parts = reader().stream(chunks(BROKEN, size, None));
        let next = |parts: &mut multipart_package::PartStream<_>| {
            parts.next_part(9).now_or_never().unwrap()
        };
        assert_eq!(next(&mut parts).unwrap().unwrap().1, "1");
        let nothing = parts.resync().now_or_never().unwrap().unwrap_err();
        assert!(nothing.to_string().contains("nothing to resume"), "{nothing}");
        assert!(next(&mut parts).is_err());
        assert_eq!(parts.resync().now_or_never().unwrap().unwrap(), 15..30);
        assert_eq!(next(&mut parts).unwrap().unwrap().1, "3");
        assert!(next(&mut parts).is_err());
        // No delimiter line follows: the end stays an error.
        let StreamError::Package(error) = parts.resync().now_or_never().unwrap().unwrap_err()
        else {
            panic!("the package ends early")
        };
        assert_eq!(error.kind(), ErrorKind::Rule(Rule::CloseMissing));
        assert!(next(&mut parts).unwrap().is_none());
    }
}
