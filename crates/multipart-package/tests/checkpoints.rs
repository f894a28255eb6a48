//! A reading that stops at any part's start goes on there and ends alike.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    Checkpoint, Decoder, ErrorKind, Event, Framing, Misuse, Opening, Part, Parts, Reader, Rule,
    Step,
};
use std::ops::Range;

const ETAG: &str = "W/\"a \\ é\n\"";
const INPUT: &[u8] =
    b"Content-Length: 1\r\n\r\n1\r\n--b\r\n\r\n\r\n--b\r\nA: b\r\n\r\nthree\r\n--b--\r\nend";

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap()).opening(Opening::Implied)
}

/// Each opening, each framing, and a part that is lost on the way.
fn readings() -> [(Reader, &'static [u8]); 5] {
    let delimiter = || reader().opening(Opening::Delimiter);
    [
        (reader(), INPUT),
        (reader().opening(Opening::Auto), b"ETag: \"1\"\r\nContent-Type: a/b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--"),
        (delimiter(), b"text\r\n--b\r\n\r\n\r\n--b \r\n\r\n2\n--b\n\r\n3\r\n--b--\r\n"),
        (
            delimiter().framing(Framing::Length),
            b"--b\r\nContent-Length: 11\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\nContent-Length: 0\r\n\r\n\r\n\
            --b\r\nContent-Length: 1\r\n\r\n3\r\n--b--",
        ),
        (
            delimiter(),
            b"--b\r\n\r\n1\r\n--b\r\nno colon\r\n\r\n--b\r\n\r\n3\r\n--b\r\n: no name\r\n--b\r\n\r\n5\r\n--b--",
        ),
    ]
}

/// The same checkpoint, from the text that it was stored as.
fn stored(checkpoint: &Checkpoint) -> Checkpoint {
    let text = checkpoint.to_string();
    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_string(checkpoint).unwrap();
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(serde_json::from_str::<Checkpoint>(&json).unwrap(), *checkpoint);
    }
    text.parse().unwrap()
}

/// The next part, or the octets of one that is lost.
fn next<'a>(parts: &mut Parts<'a>) -> Option<Result<Part<'a>, Range<u64>>> {
    let next = parts.next()?;
    Some(next.map_err(|_| parts.resync().unwrap()))
}

#[test]
fn a_slice_is_read_on_from_every_part() {
    for (reader, input) in readings() {
        let mut parts = reader.parts(input);
        let whole: Vec<_> = std::iter::from_fn(|| next(&mut parts)).collect();
        let mut parts = reader.parts(input);
        assert_eq!(parts.checkpoint(ETAG), None);
        for read in 1..whole.len() {
            assert!(next(&mut parts).is_some());
            let checkpoint = stored(&parts.checkpoint(ETAG).unwrap());
            assert_eq!((checkpoint.number(), checkpoint.resource()), (read as u64, ETAG));
            let start =
                whole[read].as_ref().map_or_else(|lost| lost.start, |part| part.range().start);
            assert_eq!(checkpoint.offset(), start);
            let mut rest = reader.resume_parts(&checkpoint, ETAG, input).unwrap();
            let rest: Vec<_> = std::iter::from_fn(|| next(&mut rest)).collect();
            assert_eq!(rest, whole[read..]);
        }
        assert!(next(&mut parts).is_some());
        assert_eq!(parts.checkpoint(ETAG), None);
    }
}

/// The events of a decoder fed with octets in chunks, and the checkpoints that it gave.
fn decode(mut decoder: Decoder, octets: &[u8], size: usize) -> (Vec<Event>, Vec<Checkpoint>) {
    let (mut events, mut checkpoints) = (Vec::new(), Vec::new());
    let mut chunks = octets.chunks(size);
    let first = decoder.checkpoint(ETAG).map_or(0, |first| first.number());
    loop {
        match decoder.step() {
            Ok(Step::NeedInput) => {
                // Where lengths frame the bodies, a part may end before the line after it is there.
                let last = checkpoints.last().map_or(first, Checkpoint::number);
                let next = decoder.checkpoint(ETAG).filter(|next| next.number() > last);
                checkpoints.extend(next);
                match chunks.next() {
                    Some(chunk) => decoder.push(Bytes::copy_from_slice(chunk)),
                    None => decoder.finish(),
                }
            }
            Ok(Step::Done) => return (events, checkpoints),
            Ok(Step::Event(Event::Body(more))) => match events.last_mut() {
                // How a body is cut depends on the chunks alone.
                Some(Event::Body(body)) => *body = [&body[..], &more].concat().into(),
                _ => events.push(Event::Body(more)),
            },
            Ok(Step::Event(event)) => {
                events.push(event);
                checkpoints.extend(decoder.checkpoint(ETAG));
            }
            Err(_) => {
                assert_eq!(decoder.checkpoint(ETAG), None);
                decoder.resync().unwrap();
            }
        }
    }
}

#[test]
fn chunks_are_read_on_from_every_part() {
    for (reader, input) in readings() {
        let mut parts = reader.parts(input);
        let parts = std::iter::from_fn(|| next(&mut parts)).count();
        for size in [1, 3, 1000] {
            let (whole, checkpoints) = decode(reader.decoder(), input, size);
            assert_eq!(checkpoints.len(), parts - 1);
            for (number, checkpoint) in (1..).zip(checkpoints) {
                let checkpoint = stored(&checkpoint);
                assert_eq!(checkpoint.number(), number);
                let decoder = reader.resume(&checkpoint, ETAG).unwrap();
                assert_eq!(decoder.position(), checkpoint.offset());
                let rest = &input[usize::try_from(checkpoint.offset()).unwrap()..];
                let (rest, behind) = decode(decoder, rest, size);
                assert!(whole.ends_with(&rest), "{rest:?}");
                assert_eq!(behind.len() as u64 + number, parts as u64 - 1);
            }
        }
    }
}

#[test]
fn another_resource_boundary_or_framing_is_refused() {
    let mut parts = reader().parts(INPUT);
    parts.next().unwrap().unwrap();
    let checkpoint = parts.checkpoint(ETAG).unwrap();
    let other = ErrorKind::Misuse(Misuse::OtherResource);
    for (reader, etag) in [
        (reader(), "W/\"b\""),
        (reader().framing(Framing::Length), ETAG),
        (Reader::new(&"c".parse().unwrap()), ETAG),
    ] {
        assert_eq!(reader.resume(&checkpoint, etag).unwrap_err().kind(), other);
        assert_eq!(reader.resume_parts(&checkpoint, etag, INPUT).unwrap_err().kind(), other);
    }
    assert_eq!(reader().resume_parts(&checkpoint, ETAG, b"short").unwrap_err().kind(), other);
}

#[test]
fn a_checkpoint_is_a_line_of_text_and_no_other_text_is_one() {
    let mut parts = reader().parts(INPUT);
    parts.next().unwrap().unwrap();
    let checkpoint = parts.checkpoint(ETAG).unwrap();
    let text = checkpoint.to_string();
    assert!(text.is_ascii() && !text.contains('\n'), "{text}");
    assert_eq!(text.parse::<Checkpoint>().unwrap(), checkpoint);
    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_string(&checkpoint).unwrap();
        assert_eq!(serde_json::from_str::<Checkpoint>(&json).unwrap(), checkpoint);
        assert!(serde_json::from_str::<Checkpoint>("\"x\"").is_err());
    }
    let offset = format!(" {} ", checkpoint.offset());
    for broken in [
        String::new(),
        "x".into(),
        text.replace("-1 ", "-2 "),
        text.replace(&offset, " -1 "),
        text.replace(&offset, " +29 "),
        text.replace(&offset, " 18446744073709551616 "),
        text.replace("delimiter", "other"),
        text.replace("\\u{e9}", "\\u{d800}"),
        text.replace("\\u{e9}", "\\u{0e9}"),
        format!("{text}\n"),
        format!("{text}\\"),
    ] {
        let error = broken.parse::<Checkpoint>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rule(Rule::CheckpointSyntax), "{broken}");
    }
    // Neither cut, nor with one character that is another.
    for at in 0..text.len() {
        assert!(text[..at].parse::<Checkpoint>().is_err(), "{at}");
        for other in [" ", "0", "1", "a", "\"", "-"] {
            let damaged = [&text[..at], other, &text[at + 1..]].concat();
            assert!(damaged == text || damaged.parse::<Checkpoint>().is_err(), "{damaged}");
        }
    }
}

#[test]
fn a_checkpoint_of_a_resource_without_a_name_is_a_line_that_can_be_trimmed() {
    for resource in ["", " ", "a "] {
        let mut parts = reader().parts(INPUT);
        parts.next().unwrap().unwrap();
        let checkpoint = parts.checkpoint(resource).unwrap();
        let text = checkpoint.to_string();
        assert_eq!(text.trim(), text);
        assert_eq!(text.parse(), Ok(checkpoint));
    }
}

#[test]
fn a_slice_is_read_on_only_behind_a_delimiter_line() {
    let mut parts = reader().parts(INPUT);
    parts.next().unwrap().unwrap();
    let checkpoint = parts.checkpoint("r").unwrap();
    let at = usize::try_from(checkpoint.offset()).unwrap();
    assert!(reader().resume_parts(&checkpoint, "r", INPUT).is_ok());
    for line in [&b"\n--c\r\n"[..], b"X--b\r\n", b"\n--bX\n", b"\n--b--", b"\r--b\r\n"] {
        let mut other = INPUT.to_vec();
        other[at - line.len()..at].copy_from_slice(line);
        let error = reader().resume_parts(&checkpoint, "r", &other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::OtherResource));
    }
    let error = reader().resume_parts(&checkpoint, "r", &INPUT[..at - 1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::OtherResource));
    // Padding, a bare LF and the input's start are as good.
    for line in [&b"\n--b \t\r\n"[..], b"\r\n--b\n"] {
        let mut other = INPUT.to_vec();
        other[at - line.len()..at].copy_from_slice(line);
        assert!(reader().resume_parts(&checkpoint, "r", &other).is_ok());
    }
    let opened = b"--b\r\n\r\n--b--";
    let mut decoder = Reader::new(&"b".parse().unwrap()).decoder();
    decoder.push(Bytes::from_static(b"--b\r\n"));
    assert_eq!(decoder.step(), Ok(Step::NeedInput));
    let checkpoint = decoder.checkpoint("r").unwrap();
    assert!(Reader::new(&"b".parse().unwrap()).resume_parts(&checkpoint, "r", opened).is_ok());
}

#[cfg(feature = "getrandom")]
#[test]
fn rfc2046_5_1_1_unique_boundaries_differ() {
    let [one, other] = [(); 2].map(|()| multipart_package::Boundary::unique().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.as_str().len(), 32);
}

#[test]
fn a_checkpoint_of_another_boundary_or_framing_is_refused() {
    let input = b"--b\r\nContent-Length: 0\r\n\r\n\r\n--b--";
    let framed = Reader::new(&"b".parse().unwrap()).framing(Framing::Length);
    let mut parts = framed.parts(input);
    let next = parts.next().unwrap();
    assert!(next.is_ok());
    let mut decoder = framed.decoder();
    decoder.push(Bytes::from_static(b"--b\r\n"));
    assert_eq!(decoder.step(), Ok(Step::NeedInput));
    let checkpoint = decoder.checkpoint("r").unwrap();
    // The text of a framing by length is read again, too.
    assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint.clone()));
    assert!(framed.resume(&checkpoint, "r").is_ok());
    for boundary in ["c", "bb", "a", "B", "b1", "1b", "bbbbbbbbb"] {
        let other = Reader::new(&boundary.parse().unwrap()).framing(Framing::Length);
        let error = other.resume(&checkpoint, "r").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::OtherResource), "{boundary}");
    }
    let texts: std::collections::HashSet<_> = ["ab", "ba", "aa", "bb", "abc", "acb", "bca"]
        .map(|boundary| {
            let mut decoder = Reader::new(&boundary.parse().unwrap()).decoder();
            decoder.push(format!("--{boundary}\r\n").into());
            assert_eq!(decoder.step(), Ok(Step::NeedInput));
            let text = decoder.checkpoint("r").unwrap().to_string();
            text.split(' ').nth(4).unwrap().to_owned()
        })
        .into();
    assert_eq!(texts.len(), 7);
}

#[test]
fn rfc2046_5_1_1_a_boundary_that_names_its_own_hyphens_is_resumed_where_that_is_tolerated() {
    const INPUT: &[u8] = b"--x\r\n\r\n1\r\n--x\r\n\r\n2\r\n--x--\r\n";
    let strict = Reader::new(&"--x".parse().unwrap());
    let reader = strict.clone().tolerance(multipart_package::Tolerance::ALL);
    let mut parts = reader.parts(INPUT);
    assert_eq!(parts.next().unwrap().unwrap().body(), b"1");
    let checkpoint = stored(&parts.checkpoint(ETAG).unwrap());
    let mut rest = reader.resume_parts(&checkpoint, ETAG, INPUT).unwrap();
    assert_eq!(rest.next().unwrap().unwrap().body(), b"2");
    assert!(rest.next().is_none());
    let error = strict.resume_parts(&checkpoint, ETAG, INPUT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::OtherResource));
}
