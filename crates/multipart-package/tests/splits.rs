//! A package read in ranges: each part is given exactly once, wherever the cuts are, and only all
//! ranges together tell that it is whole.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use bytes::Bytes;
use multipart_package::{
    Diagnostic, ErrorKind, Event, Framing, Misuse, Opening, Part, Reader, Rule, Step, Summary,
    Tolerance,
};
use proptest::prelude::*;
use std::ops::Range;

fn reader() -> Reader {
    Reader::new(&"b".parse().unwrap())
}

/// What the ranges between these cuts give together.
fn in_ranges<'a>(
    reader: &Reader,
    input: &'a [u8],
    cuts: &[usize],
) -> Result<Vec<Part<'a>>, ErrorKind> {
    let mut cuts: Vec<_> = cuts.iter().map(|&cut| cut.min(input.len()) as u64).collect();
    cuts.extend([0, input.len() as u64]);
    cuts.sort_unstable();
    let (mut parts, mut summaries) = (Vec::new(), Vec::new());
    for pair in cuts.windows(2) {
        let mut split = reader.split(input, pair[0]..pair[1]);
        for part in split.by_ref() {
            parts.push(part.map_err(|error| error.kind())?);
        }
        assert!(split.next().is_none());
        summaries.push(split.summary().map_err(|error| error.kind())?);
    }
    // In whatever order they come.
    summaries.reverse();
    let count = Summary::join(summaries, input.len() as u64).map_err(|error| error.kind())?;
    assert_eq!(count, parts.len() as u64);
    Ok(parts)
}

/// The same but for numbers, which count from each range's start.
fn told(parts: &[Part<'_>]) -> Vec<(Vec<u8>, Vec<u8>, Range<u64>)> {
    let told = parts
        .iter()
        .map(|part| (part.head().as_bytes().to_vec(), part.body().to_vec(), part.range()));
    told.collect()
}

const PACKAGE: &[u8] = b"preamble --b\r\n--b\r\nA: b\r\n\r\none\r\n--bX\r\n--b \t\r\n\r\n--b\r\n\r\n--\r\n--b\r\n\r\nthree\n--b--\r\nend";

#[test]
fn rfc2046_5_1_1_every_cut_and_every_two_cuts_give_the_whole() {
    let whole: Vec<_> = reader().parts(PACKAGE).map(Result::unwrap).collect();
    assert_eq!(whole.len(), 4);
    for first in 0..=PACKAGE.len() {
        for second in first..=PACKAGE.len() {
            let parts = in_ranges(&reader(), PACKAGE, &[first, second]).unwrap();
            assert_eq!(told(&parts), told(&whole), "{first} {second}");
        }
    }
}

/// A reader of ranges alone compares where each range closes with where the package does.
#[test]
fn rfc2046_5_1_1_the_range_that_holds_the_close_delimiter_says_where_it_is() {
    let octets = PACKAGE.len() as u64;
    let close = octets - b"--b--\r\nend".len() as u64;
    for cut in 0..=octets {
        for range in [0..cut, cut..octets] {
            let mut split = reader().split(PACKAGE, range.clone());
            assert!(split.by_ref().all(|part| part.is_ok()));
            let expected = Some(close).filter(|close| range.contains(close));
            assert_eq!(split.summary().unwrap().close(), expected, "{range:?}");
        }
    }
}

#[test]
fn draft_3_2_an_implied_first_part_belongs_to_the_range_that_begins_with_the_input() {
    let input = b"Content-Location: /1\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n";
    let reader = reader().opening(Opening::Auto);
    for cut in 0..=input.len() {
        assert_eq!(in_ranges(&reader, input, &[cut]).unwrap().len(), 2, "{cut}");
    }
}

#[test]
fn a_range_alone_never_tells_that_the_package_is_whole() {
    let octets = PACKAGE.len() as u64;
    let summary = |range| {
        let mut split = reader().split(PACKAGE, range);
        assert_eq!(split.summary().unwrap_err().kind(), ErrorKind::Misuse(Misuse::RangeUnread));
        assert!(split.by_ref().all(|part| part.is_ok()));
        split.summary().unwrap()
    };
    let kind = |summaries: Vec<Summary>| Summary::join(summaries, octets).unwrap_err().kind();
    let apart = ErrorKind::Misuse(Misuse::RangesApart);
    assert_eq!(kind(vec![]), apart);
    assert_eq!(kind(vec![summary(20..octets)]), apart);
    assert_eq!(kind(vec![summary(0..20)]), apart);
    assert_eq!(kind(vec![summary(0..20), summary(21..octets)]), apart);
    assert_eq!(kind(vec![summary(0..21), summary(20..octets)]), apart);
    assert_eq!(kind(vec![summary(0..20), summary(0..20), summary(20..octets)]), apart);
    assert_eq!(Summary::join([summary(0..octets)], octets).unwrap(), 4);
    assert_eq!(summary(0..20).range(), 0..20);
    assert_eq!(summary(0..octets).parts(), 4);
}

#[test]
fn rfc2046_5_1_1_one_close_delimiter_and_nothing_behind_it() {
    let cut = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n";
    for at in 0..=cut.len() {
        let error = in_ranges(&reader(), cut, &[at]).unwrap_err();
        assert_eq!(error, ErrorKind::Rule(Rule::CloseMissing), "{at}");
    }
    let behind = b"--b\r\n\r\n1\r\n--b--\r\n--b\r\n\r\n2\r\n--b--\r\n";
    assert_eq!(in_ranges(&reader(), behind, &[]).unwrap().len(), 1);
    let error = in_ranges(&reader(), behind, &[14]).unwrap_err();
    assert_eq!(error, ErrorKind::Rule(Rule::DelimiterAfterClose));
}

#[test]
fn what_ranges_tolerate_is_told_as_the_whole_tells_it() {
    let input = b"--b\r\nContent-Length: 9\r\n\r\n1\r\n--b\n\r\n2\r\n--b--\r\n";
    let mut whole = reader().parts(input);
    assert_eq!(whole.by_ref().count(), 2);
    let expected: Vec<_> = whole.diagnostics().iter().copied().collect();
    let rules: Vec<_> = expected.iter().map(Diagnostic::rule).collect();
    assert_eq!(rules, [Rule::BareLineFeed, Rule::ContentLengthDiffers]);
    let octets = input.len() as u64;
    for cut in 0..=octets {
        let (mut mapped, mut streamed) = (vec![], vec![]);
        for range in [0..cut, cut..octets] {
            let mut split = reader().split(input, range.clone());
            split.by_ref().for_each(drop);
            mapped.extend(split.diagnostics().iter().copied());
            let mut split = reader().split_decoder(range);
            let from = usize::try_from(split.feed_from()).unwrap();
            split.push(Bytes::from_static(&input[from..]));
            split.finish();
            while split.step().unwrap() != Step::Done {}
            streamed.extend(split.diagnostics().iter().copied());
        }
        assert_eq!(mapped, streamed, "{cut}");
        // The delimiter line between two ranges ends the one and opens the other.
        let again: Vec<_> = mapped.iter().skip(2).copied().collect();
        assert!(again.is_empty() || again == expected[..1], "{cut}");
        assert_eq!(mapped[..2], expected, "{cut}");
    }
}

#[test]
fn an_input_without_octets_is_no_package_in_ranges_either() {
    for opening in [Opening::Delimiter, Opening::Auto] {
        let reader = reader().opening(opening);
        assert_eq!(in_ranges(&reader, b"", &[]), Err(ErrorKind::Rule(Rule::CloseMissing)));
        assert_eq!(streamed(&reader, b"", 0..0, 1), mapped(&reader, b"", 0..0));
    }
}

#[test]
fn where_lengths_frame_the_bodies_no_range_is_read() {
    let mut split = reader().framing(Framing::Length).split(PACKAGE, 0..10);
    let error = split.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::RangeOfLengths));
    assert!(split.next().is_none());
    assert_eq!(split.summary().unwrap_err(), error);
}

const PIECES: &[&str] = &[
    "--b\r\n",
    "--b\r\n",
    "\r\n--b\r\n",
    "\r\n--b\r\n",
    "\n--b\n",
    "\r\n--b--",
    "--b--\r\n",
    "\r\n--b  \r\n",
    "\r\n\r\n",
    "\r\n",
    "\n",
    "\r",
    "--b",
    "A: b\r\n",
    "no colon\r\n",
    "Content-Length: 1\r\n",
    "x",
    "-",
    " ",
];

/// Pieces between an opening and a close, most often, and behind it.
fn package() -> impl Strategy<Value = String> {
    const OPENINGS: &[&str] =
        &["--b\r\n\r\n", "\r\n--b\n\n", "Content-Location: /1\r\n\r\n", "A: b\r\n\r\n", "text", ""];
    const CLOSES: &[&str] = &["\r\n--b--\r\n", "\r\n--b--", "\n--b-- \n", ""];
    let pieces = |most| prop::collection::vec(prop::sample::select(PIECES), 0..most);
    let (opening, close) = (prop::sample::select(OPENINGS), prop::sample::select(CLOSES));
    (opening, pieces(10), close, pieces(6)).prop_map(|(opening, within, close, behind)| {
        [opening, &within.concat(), close, &behind.concat()].concat()
    })
}

fn opening() -> impl Strategy<Value = Opening> {
    prop::sample::select(&[Opening::Delimiter, Opening::Implied, Opening::Auto][..])
}

fn tolerance() -> impl Strategy<Value = Tolerance> {
    prop::sample::select(&[Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL][..])
}

/// Whether a delimiter line of the epilogue lies in a range that begins behind the close.
fn begins_behind_the_close(input: &str, epilogue: usize, cuts: &[usize]) -> bool {
    let close = input[..epilogue].rfind("--b--").unwrap();
    let mut at = epilogue;
    input[epilogue..].split_inclusive('\n').any(|line| {
        let dash = at;
        at += line.len();
        let range = cuts.iter().copied().filter(|cut| *cut <= dash).max();
        is_delimiter_line(line) && range.is_some_and(|start| start > close)
    })
}

/// By the grammar of RFC 2046, a bare line feed as good as a line break.
fn is_delimiter_line(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("--b") else { return false };
    let (rest, closes) = rest.strip_prefix("--").map_or((rest, false), |rest| (rest, true));
    let rest = rest.trim_start_matches([' ', '\t']);
    matches!(rest, "\r\n" | "\n") || closes && matches!(rest, "" | "\r")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the input, its opening and the cuts: the ranges together give what one reading
    /// gives, and succeed exactly when it does. But a delimiter line behind the close begins a part
    /// for the range that does not know of the close.
    #[test]
    fn the_ranges_give_what_the_whole_gives(
        input in package(),
        cuts in prop::collection::vec(0..80_usize, 0..5),
        opening in opening(),
        tolerance in tolerance(),
    ) {
        let reader = reader().opening(opening).tolerance(tolerance);
        let mut parts = reader.parts(input.as_bytes());
        let whole: Result<Vec<_>, _> = parts.by_ref().collect();
        let found = in_ranges(&reader, input.as_bytes(), &cuts);
        let told_of = |rule| parts.diagnostics().iter().find(|told| told.rule() == rule);
        match (whole, found) {
            (Err(_), found) => prop_assert!(found.is_err(), "{input:?}"),
            (Ok(whole), found) if told_of(Rule::CloseMissing).is_some() => {
                prop_assert_eq!(found.map(|parts| told(&parts)), Ok(told(&whole)), "{:?}", input);
            }
            (Ok(whole), found) => {
                let epilogue = told_of(Rule::EpilogueNotEmpty).map_or(input.len(), |told| {
                    usize::try_from(told.span().start).unwrap()
                });
                if begins_behind_the_close(&input, epilogue, &cuts) {
                    prop_assert!(found.is_err(), "{input:?}");
                } else {
                    prop_assert_eq!(found.map(|parts| told(&parts)), Ok(told(&whole)), "{:?}", input);
                }
            }
        }
    }

    /// In chunks a range gives what it gives in memory, and fails where that fails.
    #[test]
    fn a_range_in_chunks_gives_what_it_gives_in_memory(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..14),
        range in (0..40_u64, 0..40_u64),
        size in 1..20_usize,
        opening in opening(),
        tolerance in tolerance(),
    ) {
        let input = pieces.concat();
        let reader = reader().opening(opening).tolerance(tolerance);
        let end = range.1.min(input.len() as u64);
        let range = range.0.min(end)..end;
        let mapped = mapped(&reader, input.as_bytes(), range.clone());
        let streamed = streamed(&reader, input.as_bytes(), range, size);
        prop_assert_eq!(&streamed.1, &mapped.1, "{:?}", input);
        if mapped.1.is_ok() {
            prop_assert_eq!(streamed.0, mapped.0, "{:?}", input);
        }
    }
}

/// What a split decoder gives of a range, fed from where it asks for, in chunks of one size.
type Streamed = (Vec<(Vec<u8>, Vec<u8>)>, Result<Summary, ErrorKind>);

fn streamed(reader: &Reader, input: &[u8], range: Range<u64>, size: usize) -> Streamed {
    let mut split = reader.split_decoder(range);
    let from = usize::try_from(split.feed_from()).unwrap();
    let mut chunks = input.get(from..).unwrap_or_default().chunks(size);
    let mut parts: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let summary = loop {
        match split.step() {
            Ok(Step::Event(Event::Head(head))) => parts.push((head.as_bytes().to_vec(), vec![])),
            Ok(Step::Event(Event::Body(octets))) => {
                parts.last_mut().unwrap().1.extend_from_slice(&octets);
            }
            Ok(Step::Event(_)) => {}
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => split.push(chunk.to_vec().into()),
                None => split.finish(),
            },
            Ok(Step::Done) => break split.summary().map_err(|error| error.kind()),
            Err(error) => {
                assert_eq!(split.step().unwrap_err(), error);
                break Err(split.summary().unwrap_err().kind());
            }
        }
    };
    (parts, summary)
}

/// The same by a split of the whole input in memory.
fn mapped(reader: &Reader, input: &[u8], range: Range<u64>) -> Streamed {
    let mut split = reader.split(input, range);
    let parts = split.by_ref().map_while(Result::ok);
    let parts = parts.map(|part| (part.head().as_bytes().to_vec(), part.body().to_vec())).collect();
    (parts, split.summary().map_err(|error| error.kind()))
}

#[test]
fn a_range_in_chunks_of_every_size_gives_what_it_gives_in_memory() {
    for start in 0..PACKAGE.len() as u64 {
        for end in start..=PACKAGE.len() as u64 {
            let expected = mapped(&reader(), PACKAGE, start..end);
            assert!(expected.1.is_ok());
            for size in [1, 2, 7, 1000] {
                assert_eq!(streamed(&reader(), PACKAGE, start..end, size), expected);
            }
        }
    }
}

#[test]
fn a_split_decoder_is_done_once_the_next_range_begins_and_needs_no_more() {
    let mut split = reader().split_decoder(0..20);
    split.push(PACKAGE[..40].to_vec().into());
    assert!(matches!(split.step(), Ok(Step::Event(Event::Head(_)))));
    let body: Vec<_> = std::iter::from_fn(|| match split.step() {
        Ok(Step::Event(Event::Body(octets))) => Some(octets),
        other => {
            assert_eq!(other, Ok(Step::NeedInput));
            None
        }
    })
    .collect();
    assert_eq!(body.concat(), b"one\r\n--bX");
    split.push(PACKAGE[40..].to_vec().into());
    while split.step() != Ok(Step::Done) {}
    assert_eq!(split.summary().unwrap().parts(), 1);

    // The search ends where no delimiter line of the range can begin any more.
    let mut split = reader().split_decoder(27..30);
    assert_eq!(split.feed_from(), 25);
    assert_eq!(split.summary().unwrap_err().kind(), ErrorKind::Misuse(Misuse::RangeUnread));
    split.push(PACKAGE[25..33].to_vec().into());
    assert_eq!(split.step(), Ok(Step::Done));
    assert_eq!(split.summary().unwrap().parts(), 0);
}

#[test]
fn where_lengths_frame_the_bodies_no_range_is_read_in_chunks() {
    let mut split = reader().framing(Framing::Length).split_decoder(0..10);
    for _ in 0..2 {
        let error = split.step().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::RangeOfLengths));
        assert_eq!(split.summary().unwrap_err(), error);
    }
}

/// What a range gives whose chunks end early, as where a connection breaks.
fn cut_short(reader: &Reader, input: &[u8], range: Range<u64>, at: usize) -> Option<Summary> {
    let mut split = reader.split_decoder(range);
    let from = usize::try_from(split.feed_from()).unwrap();
    split.push(input[from..at.max(from)].to_vec().into());
    split.finish();
    while split.step().ok()? != Step::Done {}
    split.summary().ok()
}

#[test]
fn a_range_that_was_cut_short_never_joins() {
    let octets = PACKAGE.len() as u64;
    for tolerance in [Tolerance::DRAFTS, Tolerance::ALL] {
        let reader = reader().tolerance(tolerance);
        let whole = reader.parts(PACKAGE).count() as u64;
        let summary = |range| {
            let mut split = reader.split(PACKAGE, range);
            split.by_ref().for_each(drop);
            split.summary().unwrap()
        };
        for start in 0..PACKAGE.len() {
            for end in start..=PACKAGE.len() {
                for at in start..PACKAGE.len() {
                    let Some(cut) = cut_short(&reader, PACKAGE, start as u64..end as u64, at)
                    else {
                        continue;
                    };
                    let others = [summary(0..start as u64), cut, summary(end as u64..octets)];
                    // All of its parts may have come before the cut.
                    if let Ok(parts) = Summary::join(others, octets) {
                        assert_eq!(parts, whole, "{start}..{end} cut at {at}, {tolerance:?}");
                    }
                }
            }
        }
    }
    let middle = cut_short(&reader(), b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--", 5..20, 9).unwrap();
    assert_eq!(middle.range(), 5..9, "it says how far it came");
}

#[test]
fn padding_behind_a_range_is_the_next_ones() {
    let input =
        [b"--b\r\n\r\n1\r\n--b".as_slice(), &b" ".repeat(300), b"\r\n\r\n2\r\n--b--"].concat();
    // The second ends where the delimiter line begins.
    for range in [3..9, 3..10] {
        for size in [1, 5, 1000] {
            assert_eq!(
                streamed(&reader(), &input, range.clone(), size),
                mapped(&reader(), &input, range.clone())
            );
        }
        assert!(mapped(&reader(), &input, range).1.is_ok());
    }
}

#[test]
fn a_summary_is_a_line_of_text_and_no_other_text_is_one() {
    for range in [0..20, 20..40, 40..PACKAGE.len() as u64, 3..4] {
        let mut split = reader().split(PACKAGE, range);
        split.by_ref().for_each(drop);
        let summary = split.summary().unwrap();
        let text = summary.to_string();
        assert_eq!(text.parse::<Summary>().as_ref(), Ok(&summary));
        #[cfg(feature = "serde")]
        {
            let json = serde_json::to_string(&summary).unwrap();
            assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
        }
        for at in 0..text.len() {
            assert!(text[..at].parse::<Summary>().is_err());
            for other in ["0", "1", "-", " "] {
                let damaged = [&text[..at], other, &text[at + 1..]].concat();
                let read = damaged.parse::<Summary>();
                assert!(damaged == text || read.is_err(), "{damaged}");
            }
        }
    }
    let error = "x".parse::<Summary>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::SummarySyntax));
}

#[test]
fn ranges_that_were_read_by_other_boundaries_do_not_join() {
    let input = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n";
    let other = Reader::new(&"c".parse().unwrap());
    let summary = |reader: &Reader, range| {
        let mut split = reader.split(input, range);
        split.by_ref().for_each(drop);
        split.summary().unwrap()
    };
    let octets = input.len() as u64;
    let join = |middle: &Reader| {
        let all =
            [summary(&reader(), 0..9), summary(middle, 9..10), summary(&reader(), 10..octets)];
        Summary::join(all, octets)
    };
    assert_eq!(join(&reader()), Ok(2));
    let error = join(&other).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Misuse(Misuse::OtherBoundary), 9));
    assert!(error.to_string().contains("different boundaries"), "{error}");
}

#[test]
fn no_range_is_too_far_to_be_asked_for() {
    for range in [u64::MAX - 3..u64::MAX, 0..u64::MAX, i64::MAX as u64..u64::MAX] {
        let mut split = reader().split_decoder(range.clone());
        split.push(b"--b\r\n\r\n1\r\n--b--\r\n".as_slice().into());
        split.finish();
        while split.step() != Ok(Step::Done) {}
        let mut mapped = reader().split(b"--b\r\n\r\n1\r\n--b--\r\n", range);
        assert!(mapped.by_ref().all(|part| part.is_ok()));
    }
}

/// What a reading gives that resumes: the bodies, and the octets that are lost.
type Resumed = Vec<Result<Vec<u8>, Range<u64>>>;

/// What a range in memory gives, and its summary unless the reading cannot resume.
fn resumed(reader: &Reader, input: &[u8], range: Range<u64>) -> (Resumed, Option<Summary>) {
    let (mut split, mut given) = (reader.split(input, range), Vec::new());
    while let Some(part) = split.next() {
        given.push(match part {
            Ok(part) => Ok(part.body().to_vec()),
            Err(_) => match split.resync() {
                Ok(lost) => Err(lost),
                Err(error) => {
                    assert_eq!(split.resync().unwrap_err(), error);
                    assert_eq!(split.summary().unwrap_err(), error);
                    break;
                }
            },
        });
    }
    (given, split.summary().ok())
}

/// The same in chunks of one size.
fn resumed_in_chunks(
    reader: &Reader,
    input: &[u8],
    range: Range<u64>,
    size: usize,
) -> (Resumed, Option<Summary>) {
    let mut split = reader.split_decoder(range);
    let from = usize::try_from(split.feed_from()).unwrap();
    let mut chunks = input.get(from..).unwrap_or_default().chunks(size);
    let (mut given, mut body): (Resumed, _) = (Vec::new(), Vec::new());
    loop {
        match split.step() {
            Ok(Step::Event(Event::Head(_))) => body.clear(),
            Ok(Step::Event(Event::Body(octets))) => body.extend_from_slice(&octets),
            Ok(Step::Event(Event::End)) => given.push(Ok(std::mem::take(&mut body))),
            Ok(Step::Event(Event::Lost(lost))) => given.push(Err(lost)),
            Ok(Step::NeedInput) => match chunks.next() {
                Some(chunk) => split.push(chunk.to_vec().into()),
                None => split.finish(),
            },
            Ok(Step::Done) => return (given, split.summary().ok()),
            Err(_) if split.resync().is_ok() => {}
            Err(error) => {
                assert_eq!(split.resync().unwrap_err(), error);
                return (given, None);
            }
        }
    }
}

#[test]
fn rfc2046_5_1_1_ranges_resume_behind_the_parts_that_one_reading_loses() {
    let input = b"--b\r\n\r\n1\r\n--b\r\nno colon\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b\r\nA: \0\r\n\r\n\r\n--b--\r\n";
    let octets = input.len() as u64;
    let (whole, _) = resumed(&reader(), input, 0..octets);
    assert_eq!(whole, [Ok(b"1".to_vec()), Err(15..30), Ok(b"3".to_vec()), Err(45..55)]);
    for first in 0..=octets {
        for second in first..=octets {
            let (mut given, mut summaries) = (Vec::new(), Vec::new());
            for range in [0..first, first..second, second..octets] {
                let (parts, summary) = resumed(&reader(), input, range.clone());
                assert_eq!(
                    resumed_in_chunks(&reader(), input, range, 3),
                    (parts.clone(), summary.clone())
                );
                given.extend(parts);
                summaries.extend(summary);
            }
            assert_eq!(given, whole, "{first} {second}");
            assert_eq!(Summary::join(summaries, octets), Ok(4), "{first} {second}");
        }
    }
}

#[test]
fn rfc2046_5_1_1_a_close_that_is_missing_joins_where_its_absence_is_tolerated() {
    let reader = reader().tolerance(Tolerance::ALL);
    for input in [&b"--b\r\n\r\n1\r\n--b\r\n\r\n2"[..], b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\nA"]
    {
        for cut in 0..=input.len() {
            assert_eq!(in_ranges(&reader, input, &[cut]).map(|parts| parts.len()), Ok(2), "{cut}");
        }
        let octets = input.len() as u64;
        let summary = resumed(&reader, input, 0..octets).1.unwrap();
        assert_eq!(summary.to_string().parse().as_ref(), Ok(&summary));
        // The text of another length of the input is no end of it.
        let error = Summary::join([summary], octets + 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misuse(Misuse::RangesApart));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    /// A range that resumes gives and loses the same in chunks as in memory.
    #[test]
    fn a_range_in_chunks_resumes_as_it_does_in_memory(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 1..14),
        range in (0..40_u64, 0..40_u64),
        size in 1..20_usize,
        opening in opening(),
        tolerance in tolerance(),
    ) {
        let input = pieces.concat();
        let reader = reader().opening(opening).tolerance(tolerance);
        let end = range.1.min(input.len() as u64);
        let range = range.0.min(end)..end;
        let mapped = resumed(&reader, input.as_bytes(), range.clone());
        let streamed = resumed_in_chunks(&reader, input.as_bytes(), range, size);
        prop_assert_eq!(streamed, mapped, "{:?}", input);
    }
}
