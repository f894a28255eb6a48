//! Where an input ends before the package does, and what a reader holds on the way there.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    Decoder, Error, ErrorKind, Event, Framing, Limit, Limits, Opening, Part, Reader, Rule, Step,
    Tolerance,
};

const PACKAGE: &[u8] = b"--b\r\nContent-Location: /1\r\nContent-Length: 3\r\n\r\none\r\n\
    --b \r\nContent-Length: 5\r\n\r\ntwo\r\n\r\n--b\r\nContent-Length: 0\r\n\r\n\r\n--b--";

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

/// Appends an event, adjacent body chunks joined.
fn join(events: &mut Vec<Event>, event: Event) {
    match (events.last_mut(), event) {
        (Some(Event::Body(before)), Event::Body(octets)) => {
            *before = [&before[..], &octets].concat().into();
        }
        (_, event) => events.push(event),
    }
}

/// All events of an input, adjacent body chunks joined, and how it ended.
fn events(reader: &Reader, input: &[u8], size: usize) -> (Vec<Event>, Result<(), Error>) {
    drain(reader.decoder(), input.chunks(size))
}

/// The same where the end is known before the first event is taken.
fn events_at_once(reader: &Reader, input: &[u8]) -> (Vec<Event>, Result<(), Error>) {
    let mut decoder = reader.decoder();
    decoder.push(Bytes::copy_from_slice(input));
    decoder.finish();
    drain(decoder, [])
}

fn drain<'a>(
    mut decoder: Decoder,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Event>, Result<(), Error>) {
    let (mut chunks, mut events) = (chunks.into_iter(), Vec::new());
    loop {
        match decoder.step() {
            Ok(Step::Event(event)) => join(&mut events, event),
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

/// What is due where an input ends early: the rule that it breaks, where, and the octets owed.
fn due(parts: &[Part<'_>], opening: Opening, framing: Framing, cut: u64) -> (Rule, u64, u64) {
    let Some(part) = parts.iter().rfind(|part| part.range().start <= cut) else {
        return (Rule::OpeningMissing, cut, 0);
    };
    let end = part.range().end;
    let body = end - part.body().len() as u64;
    if cut < body {
        // A head that is cut is no head that Auto would see.
        let is_seen = part.number() > 0 || opening != Opening::Auto && cut > 0;
        return (if is_seen { Rule::CloseMissing } else { Rule::OpeningMissing }, cut, 0);
    }
    match framing {
        Framing::Length if cut < end => (Rule::BodyIncomplete, cut, end - cut),
        _ => (Rule::CloseMissing, cut, 0),
    }
}

#[test]
fn rfc2046_5_1_1_cut_at_every_octet_the_events_are_the_first_ones_then_what_is_owed() {
    let implied = PACKAGE.strip_prefix(b"--b\r\n").unwrap();
    for (package, opening) in
        [(PACKAGE, Opening::Delimiter), (implied, Opening::Implied), (implied, Opening::Auto)]
    {
        for framing in [Framing::Delimiter, Framing::Length] {
            let reader = reader().opening(opening).framing(framing);
            let parts: Vec<_> = reader.parts(package).map(Result::unwrap).collect();
            let (whole, end) = events(&reader, package, package.len());
            assert_eq!((parts.len(), whole.len(), end), (3, 8, Ok(())));
            for cut in 0..package.len() {
                let (rule, offset, owed) = due(&parts, opening, framing, cut as u64);
                let at_once = events_at_once(&reader, &package[..cut]);
                for size in [1, 3, package.len()] {
                    let (events, end) = events(&reader, &package[..cut], size);
                    assert_eq!((&events, &end), (&at_once.0, &at_once.1), "{cut}");
                    assert!(are_first(&events, &whole), "{cut}");
                    let error = end.unwrap_err();
                    assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(rule), offset));
                    let told = format!("; missing octets: {owed}");
                    assert_eq!(error.to_string().ends_with(&told), owed > 0, "{error}");
                }
                let last = reader.parts(&package[..cut]).last().unwrap();
                let error = last.unwrap_err();
                assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(rule), offset));
            }
        }
    }
}

#[test]
fn rfc2046_5_1_1_what_may_be_the_beginning_of_a_delimiter_line_is_not_given_as_body() {
    for package in [&b"--b\r\n\r\n--b--"[..], b"--b\r\n\r\nx\n--\n--b--", b"--b\r\n\r\n-\r\n--b--"]
    {
        let (whole, _) = events(&reader(), package, 1);
        for cut in 0..package.len() {
            let at_once = events_at_once(&reader(), &package[..cut]);
            assert!(are_first(&at_once.0, &whole), "{cut}");
            assert_eq!(at_once, events(&reader(), &package[..cut], 1), "{cut}");
        }
    }
    let (events, _) = events_at_once(&reader(), b"--b\r\n\r\nbody\r\n--");
    assert_eq!(events.last(), Some(&Event::Body(Bytes::from_static(b"body"))));
}

#[test]
fn the_limit_on_a_body_holds_for_what_may_be_the_beginning_of_a_delimiter_line() {
    let input = b"--b\r\n\r\n12345678\r\n--b";
    for bound in 1..20 {
        let limited = reader().limits(Limits::default().body_octets(bound));
        let told = if bound < 13 {
            ErrorKind::Limit(Limit::BodyOctets)
        } else {
            ErrorKind::Rule(Rule::CloseMissing)
        };
        let last = limited.parts(input).last().unwrap();
        let ends = [1, 5, 100].map(|size| events(&limited, input, size).1);
        for end in ends.into_iter().chain([events_at_once(&limited, input).1, last.map(drop)]) {
            assert_eq!(end.unwrap_err().kind(), told, "{bound}");
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

/// Feeds the same octets again and again; how many parts have ended.
fn feed(decoder: &mut Decoder, chunk: &Bytes, times: usize) -> Result<usize, Error> {
    let mut ends = 0;
    for _ in 0..times {
        decoder.push(chunk.clone());
        while let Step::Event(event) = decoder.step()? {
            ends += usize::from(event == Event::End);
        }
    }
    Ok(ends)
}

#[test]
fn rfc2046_5_1_1_a_gibibyte_of_junk_is_refused_at_its_limit_and_read_without_one() {
    let junk = Bytes::from(b"junk\r\n".repeat(1024 * 1024 / 6));
    let times = 1024 * 1024 * 1024 / junk.len() + 1;
    let error = feed(&mut reader().decoder(), &junk, times).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::PreambleOctets));

    let mut decoder = reader().limits(Limits::unlimited()).decoder();
    assert_eq!(feed(&mut decoder, &junk, times), Ok(0));
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
    let ends = feed(&mut decoder, &part, 1000).unwrap();
    // Whether the last line closes is not yet told.
    assert_eq!(ends, 999_999);
    decoder.push(Bytes::from_static(b"--"));
    decoder.finish();
    assert_eq!(decoder.step(), Ok(Step::Event(Event::End)));
    assert_eq!(decoder.step(), Ok(Step::Done));
    assert_eq!(decoder.position(), 3 + 7_000_000 + 2);

    let whole = [b"--b", &part.repeat(1000)[..], b"--"].concat();
    let empty = reader().parts(&whole).filter(|part| part.as_ref().unwrap().body().is_empty());
    assert_eq!(empty.count(), 1_000_000);
}

#[test]
fn empty_chunks_and_chunks_of_one_octet_give_the_same() {
    let (whole, _) = events(&reader(), PACKAGE, PACKAGE.len());
    assert_eq!(events(&reader(), PACKAGE, 1).0, whole);
    let (mut decoder, mut octets, mut given) = (reader().decoder(), PACKAGE.iter(), Vec::new());
    loop {
        match decoder.step().unwrap() {
            Step::Event(event) => join(&mut given, event),
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
    assert_eq!(given, whole);
}

#[test]
fn rfc9110_8_6_where_a_length_frames_a_part_ends_with_its_last_octet() {
    let mut decoder = reader().framing(Framing::Length).decoder();
    let frame = &b"--b\r\nContent-Length: 4\r\n\r\n\xff\xd8.."[..];
    for number in 1..4 {
        // The next delimiter line, as of a camera's stream, comes with the next frame.
        let line_break = if number == 1 { &b""[..] } else { b"\r\n" };
        decoder.push([line_break, frame].concat().into());
        assert!(matches!(decoder.step(), Ok(Step::Event(Event::Head(_)))), "{number}");
        assert_eq!(decoder.step(), Ok(Step::Event(Event::Body(b"\xff\xd8..".as_slice().into()))));
        assert_eq!(decoder.step(), Ok(Step::Event(Event::End)));
        assert_eq!(decoder.step(), Ok(Step::NeedInput));
    }
    decoder.push(b"\r\nno delimiter".as_slice().into());
    let error = decoder.step().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::LengthFraming));
}

#[test]
fn rfc9110_8_6_where_a_length_frames_an_empty_part_ends_with_its_head() {
    let mut decoder = reader().framing(Framing::Length).decoder();
    decoder.push(b"--b\r\nContent-Length: 0\r\n\r\n".as_slice().into());
    assert!(matches!(decoder.step(), Ok(Step::Event(Event::Head(_)))));
    assert_eq!(decoder.step(), Ok(Step::Event(Event::End)));
    assert_eq!(decoder.step(), Ok(Step::NeedInput));
}
