//! Where an input ends before the package does, and what a reader holds on the way there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    Decoder, Error, ErrorKind, Event, Framing, Limit, Limits, Opening, Reader, Rule, Step,
    Tolerance,
};

const PACKAGE: &[u8] = b"--b\r\nContent-Location: /1\r\nContent-Length: 3\r\n\r\none\r\n\
    --b \r\nContent-Length: 5\r\n\r\ntwo\r\n\r\n--b\r\nContent-Length: 0\r\n\r\n\r\n--b--";

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

/// All events of an input, adjacent body chunks joined, and how it ended.
fn events(reader: &Reader, input: &[u8], size: usize) -> (Vec<Event>, Result<(), Error>) {
    let (mut decoder, mut chunks, mut events) = (reader.decoder(), input.chunks(size), Vec::new());
    loop {
        match decoder.step() {
            Ok(Step::Event(Event::Body(octets))) => {
                if let Some(Event::Body(before)) = events.last_mut() {
                    *before = [&before[..], &octets].concat().into();
                } else {
                    events.push(Event::Body(octets));
                }
            }
            Ok(Step::Event(event)) => events.push(event),
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.push(Bytes::copy_from_slice(chunk)),
                None => decoder.finish(),
            },
            Ok(Step::Done) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        }
    }
}

/// Whether these events are the first of those, the last one perhaps a body that is cut.
fn are_first(events: &[Event], whole: &[Event]) -> bool {
    let same = events.iter().zip(whole).take_while(|(one, other)| one == other).count();
    match (&events[same..], whole.get(same)) {
        ([], _) => true,
        ([Event::Body(cut)], Some(Event::Body(body))) => body.starts_with(cut),
        _ => false,
    }
}

#[test]
fn rfc2046_5_1_1_cut_at_every_octet_the_events_are_the_first_ones_then_what_is_owed() {
    for framing in [Framing::Delimiter, Framing::Length] {
        let reader = reader().framing(framing);
        let (whole, end) = events(&reader, PACKAGE, PACKAGE.len());
        assert_eq!((whole.len(), end), (8, Ok(())));
        for cut in 0..PACKAGE.len() {
            for size in [1, 3, PACKAGE.len()] {
                let (events, end) = events(&reader, &PACKAGE[..cut], size);
                assert!(are_first(&events, &whole), "{cut}");
                let error = end.unwrap_err();
                // What follows a length is told of where it should begin, the rest at the end.
                let at_end = error.kind() != ErrorKind::Rule(Rule::LengthFraming);
                assert!(!at_end || error.offset() == cut as u64, "{error}");
                let owed = match error.kind() {
                    ErrorKind::Rule(Rule::OpeningMissing) => {
                        "a delimiter line opens the first part"
                    }
                    ErrorKind::Rule(Rule::HeadIncomplete) => "a blank line ends the head of a part",
                    ErrorKind::Rule(Rule::CloseMissing) => "the close delimiter ends the last part",
                    ErrorKind::Rule(Rule::BodyIncomplete) => {
                        "holds as many octets as its Content-Length"
                    }
                    ErrorKind::Rule(Rule::LengthFraming) => "a delimiter line follows at once",
                    kind => panic!("{kind:?}"),
                };
                assert!(error.to_string().contains(owed), "{error}");
            }
            let parts: Vec<_> = reader.parts(&PACKAGE[..cut]).collect();
            assert!(parts.last().is_some_and(Result::is_err), "{cut}");
        }
    }
}

#[test]
fn rfc2046_5_1_1_only_the_rule_for_it_lets_a_package_end_without_its_close() {
    for cut in 0..PACKAGE.len() {
        let input = &PACKAGE[..cut];
        let strict = reader().tolerance(Tolerance::STRICT);
        let but_one = reader().tolerance(Tolerance::ALL.without(Rule::CloseMissing));
        for reader in [strict, but_one] {
            assert!(reader.parts(input).any(|part| part.is_err()), "{cut}");
            assert!(events(&reader, input, 7).1.is_err(), "{cut}");
        }
        let mut parts = reader().tolerance(Tolerance::ALL).opening(Opening::Auto).parts(input);
        if parts.by_ref().all(|part| part.is_ok()) {
            let told = parts.diagnostics().iter().any(|one| one.rule() == Rule::CloseMissing);
            assert!(told, "{cut}: what is incomplete does not look complete");
        }
    }
}

#[test]
fn rfc2046_5_1_1_an_inner_package_that_is_cut_by_the_outer_is_incomplete() {
    let outer = b"--b\r\n\r\n--i\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--";
    let parts: Vec<_> = reader().parts(outer).map(Result::unwrap).collect();
    assert_eq!(parts.len(), 2);
    let inner = Reader::new(&"i".parse().unwrap());
    let error = inner.parts(parts[0].body()).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::CloseMissing));
}

/// Feeds the same octets again and again; gives what came of it.
fn feed(decoder: &mut Decoder, chunk: &Bytes, times: usize) -> Result<(), Error> {
    for _ in 0..times {
        decoder.push(chunk.clone());
        while let Step::Event(_) = decoder.step()? {}
    }
    Ok(())
}

#[test]
fn rfc2046_5_1_1_a_gibibyte_of_junk_is_refused_at_its_limit_and_read_without_one() {
    let junk = Bytes::from(b"junk\r\n".repeat(1024 * 1024 / 6));
    let times = 1024 * 1024 * 1024 / junk.len() + 1;
    let error = feed(&mut reader().decoder(), &junk, times).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::PreambleOctets));

    let mut decoder = reader().limits(Limits::unlimited()).decoder();
    feed(&mut decoder, &junk, times).unwrap();
    decoder.push(Bytes::from_static(b"\r\n--b\r\n\r\nx\r\n--b--"));
    decoder.finish();
    assert!(matches!(decoder.step(), Ok(Step::Event(Event::Head(_)))));
    assert_eq!(decoder.step(), Ok(Step::Event(Event::Body(Bytes::from_static(b"x")))));
    assert_eq!(decoder.step(), Ok(Step::Event(Event::End)));
    assert_eq!(decoder.step(), Ok(Step::Done));
    let span = decoder.diagnostics().as_slice()[0].span();
    assert!(span.end > 1024 * 1024 * 1024, "{span:?}");
}

#[test]
fn rfc2046_5_1_1_a_million_empty_parts_are_read() {
    let mut decoder = reader().decoder();
    decoder.push(Bytes::from_static(b"--b"));
    let part = Bytes::from(b"\r\n\r\n--b".repeat(1000));
    feed(&mut decoder, &part, 1000).unwrap();
    decoder.push(Bytes::from_static(b"--"));
    decoder.finish();
    let mut ends = 0;
    while let Step::Event(event) = decoder.step().unwrap() {
        ends += usize::from(event == Event::End);
    }
    assert!(ends <= 1);
    assert_eq!(decoder.position(), 3 + 7_000_000 + 2);
}

#[test]
fn empty_chunks_and_chunks_of_one_octet_give_the_same() {
    let (whole, _) = events(&reader(), PACKAGE, PACKAGE.len());
    let (mut decoder, mut octets, mut given) = (reader().decoder(), PACKAGE.iter(), Vec::new());
    loop {
        match decoder.step().unwrap() {
            Step::Event(event) => given.push(event),
            Step::NeedInput => {
                decoder.push(Bytes::new());
                assert_eq!(decoder.step(), Ok(Step::NeedInput), "nothing came");
                match octets.next() {
                    Some(&octet) => decoder.push(Bytes::copy_from_slice(&[octet])),
                    None => decoder.finish(),
                }
            }
            Step::Done => break,
        }
    }
    let count = |events: &[Event]| events.iter().filter(|event| **event == Event::End).count();
    assert_eq!(count(&given), count(&whole));
}
