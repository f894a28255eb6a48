//! TimeMaps (RFC 7089 section 5): read from memory and in pieces, and written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use version_links::{
    Diagnostic, Error, ErrorKind, Limit, Limits, LinkBuf, MementoDatetime, Reader, Relation, Rule,
    TimeMap, TimeMapLink, TimeMapReader, TimeMapStep, TimeMapWriter, Tolerance,
};

fn document(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/memento");
    fs::read(folder.join(name)).unwrap()
}

fn links(document: &[u8]) -> Vec<TimeMapLink<'_>> {
    TimeMap::new(document).collect::<Result<_, _>>().unwrap()
}

fn at(digits: &str) -> Option<MementoDatetime> {
    Some(MementoDatetime::from_digits(digits).unwrap())
}

type Read = Result<TimeMapLink<'static>, Error>;

/// What a reader gives that gets the document in pieces of these lengths, over and over.
fn in_pieces(reader: Reader, document: &[u8], lengths: &[usize]) -> (Vec<Read>, Vec<Diagnostic>) {
    let mut reader = reader.timemap_reader();
    let mut read = Vec::new();
    let (mut rest, mut lengths) = (document, lengths.iter().cycle());
    loop {
        match reader.step() {
            Ok(TimeMapStep::Link(link)) => read.push(Ok(link.into_owned())),
            Ok(TimeMapStep::NeedInput) if rest.is_empty() => reader.finish(),
            Ok(TimeMapStep::NeedInput) => {
                let (piece, after) = rest.split_at((*lengths.next().unwrap()).min(rest.len()));
                reader.push(piece);
                rest = after;
            }
            Ok(_) => break,
            Err(error) => read.push(Err(error)),
        }
    }
    (read, reader.diagnostics().as_slice().to_vec())
}

fn whole(reader: Reader, document: &[u8]) -> (Vec<Read>, Vec<Diagnostic>) {
    let mut timemap = reader.timemap(document);
    let read = timemap.by_ref().map(|link| link.map(TimeMapLink::into_owned)).collect();
    (read, timemap.diagnostics().as_slice().to_vec())
}

#[test]
fn rfc7089_5_a_timemap_has_the_original_the_timegate_itself_and_mementos_in_any_order() {
    let document = document("wrapped.link");
    let links: Vec<_> = links(&document).into_iter().map(TimeMapLink::into_owned).collect();
    let targets = |is: fn(&TimeMapLink<'static>) -> bool| -> Vec<_> {
        links.iter().filter(|link| is(link)).map(|link| link.target().to_owned()).collect()
    };
    assert_eq!(targets(TimeMapLink::is_original), ["http://a.example.org"]);
    let timegate = ["http://arxiv.example.net/timegate/http://a.example.org"];
    assert_eq!(targets(TimeMapLink::is_timegate), timegate);
    assert_eq!(targets(TimeMapLink::is_timemap), [""; 0]);
    assert_eq!(targets(TimeMapLink::is_memento).len(), 4);
    let itself = links.iter().find(|link| link.is_self()).unwrap();
    assert_eq!((itself.from(), itself.until()), (at("20000620180259"), at("20080409203051")));
    assert_eq!(itself.link().type_().as_deref(), Some("application/link-format"));
    let first = links.iter().find(|link| link.is_first()).unwrap();
    assert_eq!((first.datetime(), first.uri_datetime()), (at("20000620180259"), first.datetime()));
    let license = first.link().parameter("license").unwrap().value().unwrap().into_owned();
    assert_eq!(license, "http://creativecommons.org/publicdomain/zero/1.0/");
    let last = links.iter().find(|link| link.is_last()).unwrap();
    assert_eq!(last.datetime(), at("20091027204954"));
    // Line breaks are reported to nobody: the RFC's own examples have them.
    assert_eq!(whole(Reader::new().tolerance(Tolerance::STRICT), &document).1, []);
}

#[test]
fn rfc7089_2_2_a_link_can_have_several_relations_and_a_uri_can_have_commas() {
    let document = document("one.link");
    // A quote in a target is no valid one; what follows it is read all the same.
    let (read, found) = whole(Reader::new(), &document);
    let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
    let rules: Vec<_> = found.iter().map(|one| (one.rule(), one.span())).collect();
    assert_eq!(rules, [(Rule::TargetSyntax, 1..67)]);
    assert_eq!(read.len(), 4);
    assert!(read[1].is_first() && read[1].is_last() && read[1].is_memento());
    assert_eq!(read[1].uri_datetime(), at("20100501000000"), "id_ stands behind the digits");
    assert!(read[2].is_original() && read[2].is_timegate());
    assert!(read[3].is_self() && read[3].target().is_empty());
    let timemap = "http://archive.example/timemap/http://b.example/";
    assert_eq!(read[3].resolve(timemap).as_deref(), Some(timemap));
}

#[test]
fn rfc7089_5_1_1_an_index_leads_to_further_timemaps_and_not_to_itself() {
    let document = document("index.link");
    let base = "http://arxiv.example.net/timemap/http://a.example.org";
    let links = links(&document);
    let pages: Vec<_> = links.iter().filter(|link| link.is_timemap()).collect();
    assert_eq!(pages.len(), 3);
    assert_eq!((pages[0].from(), pages[1].until()), (at("20000621044156"), at("20091027204954")));
    let uris: Vec<_> = pages.iter().map(|page| page.resolve(base).unwrap()).collect();
    // RFC 6690: against the anchor, where there is one.
    assert_eq!(
        uris,
        [
            "http://arxiv.example.net/timemap/http://1/http://a.example.org",
            "http://arxiv.example.net/timemap/http://2/http://a.example.org",
            "http://other.example/timemap/3/x",
        ]
    );
    assert_eq!(pages[0].resolve("timemap"), None);
}

#[test]
fn rfc7089_2_2_4_a_datetime_that_is_odd_is_reported_and_read_where_it_can_be() {
    let document = document("dates.link");
    let (read, found) = whole(Reader::new(), &document);
    let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
    let dates: Vec<_> = read.iter().map(|link| (link.datetime(), link.uri_datetime())).collect();
    let (one, other) = (at("20000620180259"), at("20000620180300"));
    assert_eq!(
        dates,
        [
            (one, one),
            (one, other),
            (None, one),
            (None, one),
            (one, None),
            (one, None),
            (None, None)
        ]
    );
    assert_eq!((read[6].from(), read[6].until()), (None, None));
    let lines: Vec<_> = document.split(|octet| *octet == b'\n').collect();
    let start = |line: usize| lines[..line].iter().map(|line| line.len() as u64 + 1).sum::<u64>();
    let rules: Vec<_> = found.iter().map(|one| (one.rule(), one.span().start)).collect();
    assert_eq!(
        rules,
        [
            (Rule::DatetimeWeekday, start(0)),
            (Rule::DatetimeDigits, start(1)),
            (Rule::DatetimeSyntax, start(2)),
            (Rule::MementoDatetime, start(3)),
            (Rule::DatetimeSyntax, start(6)),
            (Rule::DatetimeSyntax, start(6)),
        ]
    );
    // A strict reader refuses the links, and those alone.
    let (read, _) = whole(Reader::new().tolerance(Tolerance::STRICT), &document);
    let rules: Vec<_> = read.iter().map(|read| read.as_ref().err().and_then(Error::rule)).collect();
    let expected = [
        Some(Rule::DatetimeWeekday),
        None,
        Some(Rule::DatetimeSyntax),
        Some(Rule::MementoDatetime),
        None,
        None,
        Some(Rule::DatetimeSyntax),
    ];
    assert_eq!(rules, expected);
    assert_eq!(read[6].as_ref().unwrap_err().offset(), start(6));
}

#[test]
fn a_link_that_cannot_be_read_does_not_affect_its_neighbours() {
    let document = b"<a>; rel=original,\nb; rel=c,\n<d>; rel=timegate <e,f>; rel=g, , <h>; rel=i";
    let (read, found) = whole(Reader::new(), document);
    let targets: Vec<_> =
        read.iter().map(|read| read.as_ref().map_or("!", |link| link.target())).collect();
    assert_eq!(targets.first(), Some(&"a"));
    assert_eq!(targets.get(1), Some(&"!"));
    assert_eq!(targets.get(2), Some(&"d"));
    assert_eq!(targets.last(), Some(&"h"));
    assert_eq!(read[1].as_ref().unwrap_err().offset(), 19);
    let comma = document.windows(3).position(|octets| octets == b", ,").unwrap() as u64 + 2;
    let is_comma = |one: &Diagnostic| one.span() == (comma..comma + 1);
    assert!(found.iter().any(|one| one.rule() == Rule::ElementEmpty && is_comma(one)), "{found:?}");
    // What is reported has its place in the document.
    let (_, found) = whole(Reader::new(), b"<a>; rel=b,\n <c>; rel=D");
    assert_eq!((found[0].rule(), found[0].span()), (Rule::RelSyntax, 18..23));
    // A line break in a target or in a quoted value is no wrapping.
    for document in [&b"<a\nb>; rel=c"[..], b"<a>; rel=b; title=\"c\nd\""] {
        let (read, _) = whole(Reader::new().tolerance(Tolerance::ALL), document);
        assert_eq!(read[0].as_ref().unwrap_err().rule(), Some(Rule::FieldLineBreak));
    }
}

#[test]
fn a_link_has_as_many_octets_as_the_limit_allows_and_the_document_any_number_of_links() {
    let link = "<http://a.example/>; rel=original";
    let most = link.len() as u64;
    let three = [link; 3].join(",");
    let wide = format!("{link},\n{link}");
    let limited = |most: u64, document: &str| {
        let reader = Reader::new().limits(Limits::default().link_octets(most).links(1));
        let read = whole(reader, document.as_bytes());
        assert_eq!(in_pieces(reader, document.as_bytes(), &[7]), read);
        let last =
            read.0.last().unwrap().as_ref().err().map(|error| (error.kind(), error.offset()));
        (read.0.len(), last)
    };
    let exceeded = |offset: u64| Some((ErrorKind::Limit(Limit::LinkOctets), offset));
    assert_eq!(limited(most, &three), (3, None));
    assert_eq!(limited(most - 1, &three), (1, exceeded(0)));
    assert_eq!(limited(most, &wide), (2, exceeded(most + 1)));
    assert_eq!(limited(most + 1, &wide), (2, None));
    // Nothing is read after it, also not what is pushed later.
    let mut reader = Reader::new().limits(Limits::default().link_octets(3)).timemap_reader();
    reader.push(b"<abc>; rel=d, <e>; rel=f,");
    assert!(reader.step().is_err());
    reader.push(b"<e>,");
    reader.finish();
    assert!(matches!(reader.step(), Ok(TimeMapStep::Done)));
}

/// A TimeMap of so many mementos, as a web archive serves it.
fn mementos(count: u32) -> String {
    let (mut writer, mut out) = (TimeMapWriter::new(), String::new());
    writer.original(&mut out, "http://a.example/").unwrap();
    for number in 0..count {
        let digits = format!("2001{:02}{:02}{:06}", number % 12 + 1, number % 28 + 1, number % 60);
        let datetime = MementoDatetime::from_digits(&digits).unwrap();
        let uri = format!("http://archive.example/{digits}/http://a.example/");
        writer.memento(&mut out, &uri, datetime, []).unwrap();
    }
    out
}

#[test]
fn a_document_of_many_links_is_read_alike_in_pieces_of_any_length() {
    let document = mementos(300);
    let expected = whole(Reader::new(), document.as_bytes());
    assert_eq!(expected.0.len(), 301);
    assert!(expected.1.is_empty());
    for length in [1, 2, 3, 7, 97, 1000, 65_536] {
        assert_eq!(in_pieces(Reader::new(), document.as_bytes(), &[length]), expected, "{length}");
    }
}

#[test]
fn rfc7089_5_what_is_written_is_read_strictly_as_it_was_given() {
    let (mut writer, mut out) = (TimeMapWriter::new(), String::new());
    let (first, last) = (at("20000620180259").unwrap(), at("20091027204954").unwrap());
    writer.original(&mut out, "http://a.example/?x=1,2;3").unwrap();
    writer.timegate(&mut out, "/tg").unwrap();
    writer.myself(&mut out, "/tm", Some(first..=last)).unwrap();
    writer.timemap(&mut out, "/tm/2", None).unwrap();
    writer.memento(&mut out, "/1", first, [Relation::FIRST]).unwrap();
    // What must not be written leaves nothing behind.
    let before = out.clone();
    for uri in ["> x", "a b", "\n"] {
        assert!(writer.original(&mut out, uri).unwrap_err().rule().is_some());
    }
    assert_eq!(out, before);
    writer.memento(&mut out, "/2", last, [Relation::LAST]).unwrap();
    let further = LinkBuf::builder("/next").rel(Relation::NEXT).title("Seite 2, größer").build();
    writer.link(&mut out, &further.unwrap()).unwrap();
    let (read, found) = whole(Reader::new().tolerance(Tolerance::STRICT), out.as_bytes());
    let read: Vec<_> = read.into_iter().map(Result::unwrap).collect();
    assert_eq!(found, []);
    let targets: Vec<_> = read.iter().map(|link| link.target().to_owned()).collect();
    assert_eq!(targets, ["http://a.example/?x=1,2;3", "/tg", "/tm", "/tm/2", "/1", "/2", "/next"]);
    assert!(read[0].is_original() && read[1].is_timegate() && read[2].is_self());
    assert!(read[3].is_timemap() && read[4].is_first() && read[5].is_last());
    assert_eq!((read[2].from(), read[2].until()), (Some(first), Some(last)));
    assert_eq!((read[4].datetime(), read[5].datetime()), (Some(first), Some(last)));
    assert_eq!(read[6].link().title().as_deref(), Some("Seite 2, größer"));
    assert_eq!(out.lines().count(), 7);
}

#[test]
fn an_empty_document_has_no_links() {
    for document in ["", " \r\n"] {
        assert_eq!(whole(Reader::new(), document.as_bytes()), (vec![], vec![]));
        assert_eq!(in_pieces(Reader::new(), document.as_bytes(), &[1]), (vec![], vec![]));
    }
    let mut reader = TimeMapReader::default();
    assert!(matches!(reader.step(), Ok(TimeMapStep::NeedInput)));
}

proptest! {
    /// The reader in pieces and the reader of a whole document are each other's oracle.
    #[test]
    fn a_timemap_is_read_alike_however_it_arrives(
        parts in proptest::collection::vec(prop_oneof![
            Just("<a,b>"), Just("<http://x.example/20000620180259/y>"), Just("; rel=memento"),
            Just(";rel=\"first last\""), Just("; datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\""),
            Just("; datetime=\"Mon, 20 Jun 2000 18:02:59 GMT\""), Just(","), Just(",\n"), Just("\r\n "),
            Just("\""), Just("<"), Just(">"), Just("\\"), Just("="), Just("x"), Just("; title=\"a, \\\"<b>\""),
            Just("\u{e9}"), Just("\0"),
        ], 0..40),
        lengths in proptest::collection::vec(1..20_usize, 1..8),
        most in 8..200_u64,
    ) {
        let document = parts.concat();
        let reader = Reader::new().limits(Limits::default().link_octets(most).diagnostics(5));
        for reader in [reader, reader.tolerance(Tolerance::STRICT)] {
            let expected = whole(reader, document.as_bytes());
            prop_assert_eq!(in_pieces(reader, document.as_bytes(), &lengths), expected);
        }
    }

    #[test]
    fn a_datetime_is_read_as_it_was_written(seconds in -62_167_219_200..=253_402_300_799_i64) {
        let time = chrono::DateTime::from_timestamp(seconds, 999_999_999).unwrap();
        let datetime = MementoDatetime::new(time).unwrap();
        prop_assert_eq!(datetime.to_utc().timestamp(), seconds);
        let text = datetime.to_string();
        prop_assert_eq!(text.len(), 29);
        prop_assert_eq!(text.parse::<MementoDatetime>().unwrap(), datetime);
        prop_assert_eq!(MementoDatetime::from_digits(&datetime.to_digits()), Some(datetime));
    }
}

#[test]
fn rfc7089_2_1_1_a_datetime_is_an_rfc1123_date_in_gmt() {
    let syntax = Some(Rule::DatetimeSyntax);
    for (text, rule) in [
        ("Tue, 20 Jun 2000 18:02:59 GMT", None),
        ("Mon, 20 Jun 2000 18:02:59 GMT", Some(Rule::DatetimeWeekday)),
        ("Tue, 29 Feb 2000 23:59:59 GMT", None),
        ("Mon, 29 Feb 1999 23:59:59 GMT", syntax),
        ("Tue, 20 Jun 2000 24:00:00 GMT", syntax),
        ("Tue, 20 Jun 2000 18:02:60 GMT", syntax),
        ("Tue, 20 Jun 2000 18:02:59 UTC", syntax),
        ("tue, 20 Jun 2000 18:02:59 GMT", syntax),
        ("Tue, 20 jun 2000 18:02:59 GMT", syntax),
        ("Tue,  2 Jun 2000 18:02:59 GMT", syntax),
        ("Tue, 2 Jun 2000 18:02:59 GMT", syntax),
        ("Tue, 20 Jun 00 18:02:59 GMT", syntax),
        ("Tuesday, 20-Jun-00 18:02:59 GMT", syntax),
        ("Tue Jun 20 18:02:59 2000", syntax),
        (" Tue, 20 Jun 2000 18:02:59 GMT", syntax),
        ("Tue, 20 Jun 2000 18:02:59 GMT ", syntax),
        ("", syntax),
    ] {
        let read = text.parse::<MementoDatetime>();
        assert_eq!(read.err().and_then(|error| error.rule()), rule, "{text}");
    }
    for digits in
        ["2000062018025", "200006201802590", "20000631180259", "2000062018025x", "+000062018025"]
    {
        assert_eq!(MementoDatetime::from_digits(digits), None, "{digits}");
    }
    let beyond = chrono::DateTime::from_timestamp(253_402_300_800, 0).unwrap();
    assert_eq!(MementoDatetime::new(beyond), None);
}
