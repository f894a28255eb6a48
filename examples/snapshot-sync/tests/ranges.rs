//! Ranges of packages (RFC 9110 section 14): one or several in a request, over real sockets. What is
//! sent of several is read back with `multipart-package`, strictly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use multipart_package::{Reader, Tolerance};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::snapshot::{Opening, Options, Snapshot};
use snapshot_sync::publisher::store::{Change, MediaType};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::asked::{Response, ask, get};
use support::{Site, sent};

const GZIP: (&str, &str) = ("accept-encoding", "gzip");

/// A publisher of a package of some 20,000 octets, and the path of the package.
fn site() -> (Site, String) {
    let site = Site::new(200, 5);
    let snapshot = site.publish(Opening::Implied, 20_000);
    (site, path(&snapshot))
}

fn path(snapshot: &Snapshot) -> String {
    format!("/snapshots/{}/0", snapshot.document().id())
}

/// A part of an answer with several ranges.
#[derive(Debug, PartialEq)]
struct Part {
    range: RangeInclusive<u64>,
    complete: Option<u64>,
    content_type: String,
    coding: Option<String>,
    body: Vec<u8>,
}

/// Reads an answer with several ranges, strictly.
fn parts(answer: &Response) -> Vec<Part> {
    assert_eq!(answer.status, 206);
    assert_eq!(answer.header("content-range"), "", "each part has its own (section 15.3.7.2)");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let content_type = answer.header("content-type");
    assert!(content_type.starts_with("multipart/byteranges; boundary="), "{content_type}");
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    let reader = Reader::from_content_type(content_type.as_bytes()).unwrap();
    let read = reader.tolerance(Tolerance::STRICT);
    let read = read.parts(&answer.body).map(|part| {
        let part = part.unwrap();
        let head = part.head();
        let range = head.content_range().unwrap().unwrap();
        assert_eq!(range.unit(), "bytes");
        Part {
            range: range.positions().unwrap(),
            complete: range.complete_length(),
            content_type: text(head.get("content-type").unwrap()),
            coding: head.get("content-encoding").map(text),
            body: part.body().to_vec(),
        }
    });
    read.collect()
}

/// The octets of a representation at these positions.
fn slice(whole: &[u8], range: &RangeInclusive<u64>) -> Vec<u8> {
    let at = |position: &u64| usize::try_from(*position).unwrap();
    whole[at(range.start())..=at(range.end())].to_vec()
}

#[test]
fn rfc9110_15_3_7_2_several_ranges_are_sent_as_byteranges_in_the_order_of_the_request() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]);
    let last = whole.body.len() as u64 - 1;
    let answer = get(&site, &path, &[("range", "bytes=5000-5999, 0-9,-1")]);
    let read = parts(&answer);
    let expected = [5000..=5999, 0..=9, last..=last].map(|range| Part {
        body: slice(&whole.body, &range),
        range,
        complete: Some(last + 1),
        content_type: whole.header("content-type").to_owned(),
        coding: None,
    });
    assert_eq!(read, expected);
    for name in ["etag", "last-modified", "repr-digest", "cache-control", "vary", "accept-ranges"] {
        assert_eq!(answer.header(name), whole.header(name), "{name}");
        assert_ne!(answer.header(name), "", "{name}");
    }
    let again = get(&site, &path, &[("range", "bytes=5000-5999, 0-9,-1")]);
    assert_eq!(parts(&again), expected);
    assert_ne!(
        again.header("content-type"),
        answer.header("content-type"),
        "each has its own boundary"
    );
}

#[test]
fn rfc9110_14_1_ranges_are_those_of_the_form_in_the_coding() {
    let (site, path) = site();
    let forms = [
        ("gzip", GZIP),
        #[cfg(feature = "zstd")]
        ("zstd", ("accept-encoding", "zstd")),
    ];
    for (coding, accept) in forms {
        let whole = get(&site, &path, &[accept]);
        assert_eq!(whole.header("content-encoding"), coding);
        let etag = whole.header("etag");
        let fields = [accept, ("range", "bytes=-10,0-9"), ("if-range", etag)];
        let answer = get(&site, &path, &fields);
        let octets = whole.body.len();
        let read = parts(&answer);
        assert_eq!(read.len(), 2);
        assert_eq!(
            (&read[0].body[..], &read[1].body[..]),
            (&whole.body[octets - 10..], &whole.body[..10])
        );
        for part in read {
            assert_eq!(part.coding.as_deref(), Some(coding), "what the range is of");
            assert_eq!(part.complete, Some(octets as u64));
        }
        assert_eq!(answer.header("content-encoding"), "", "what encloses the parts is not coded");
        for name in ["etag", "repr-digest", "vary"] {
            assert_eq!(answer.header(name), whole.header(name), "{name}");
        }
        let one = get(&site, &path, &[accept, ("range", "bytes=0-4,5-9")]);
        assert_eq!((one.header("content-encoding"), &one.body[..]), (coding, &whole.body[..10]));
    }
}

#[test]
fn rfc9110_15_3_7_1_one_range_that_is_left_is_sent_without_parts() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]);
    let octets = whole.body.len();
    for (range, first, last) in [
        ("bytes=100-199", 100, 199),
        ("bytes=0-99,100-199", 0, 199),
        ("bytes=150-199,100-160", 100, 199),
        ("bytes=100-199,9999999-,-0", 100, 199),
        ("bytes=0-0,0-0,0-0", 0, 0),
        ("bytes=0-,5-6", 0, octets - 1),
        ("bytes=-9999999", 0, octets - 1),
    ] {
        let one = get(&site, &path, &[("range", range)]);
        assert_eq!(one.status, 206, "{range}");
        assert_eq!(one.header("content-range"), format!("bytes {first}-{last}/{octets}"));
        assert_eq!(one.header("content-length"), (last - first + 1).to_string());
        assert_eq!(one.body, whole.body[first..=last]);
        for name in ["content-type", "etag", "repr-digest", "cache-control"] {
            assert_eq!(one.header(name), whole.header(name), "{name}");
        }
    }
}

#[test]
fn rfc9110_14_2_a_range_field_that_cannot_be_used_is_ignored() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]);
    let many: Vec<_> = (0..17).map(|at| format!("{0}-{0}", 2 * at)).collect();
    let many = format!("bytes={}", many.join(","));
    for range in ["bytes=5-4", "bytes=0-1,x", "bytes", "lines=0-1", "bytes=", "0-1", &many] {
        let answer = get(&site, &path, &[("range", range)]);
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &whole.body), "{range}");
        assert_eq!(answer.header("content-range"), "");
    }
    let twice = get(&site, &path, &[("range", "bytes=0-1"), ("range", "bytes=2-3")]);
    assert_eq!(twice.status, 200);
    let octets = whole.body.len();
    for range in
        [format!("bytes={octets}-"), format!("bytes=9999999-,{octets}-"), "bytes=-0".to_owned()]
    {
        let answer = get(&site, &path, &[("range", &range)]);
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{octets}"));
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[test]
fn rfc9110_13_1_5_several_ranges_are_of_the_representation_that_if_range_states() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]);
    let coded = get(&site, &path, &[GZIP]);
    let weak = format!("W/{}", whole.header("etag"));
    for (range, partial) in [("bytes=0-9", 206), ("bytes=0-9,20-29", 206)] {
        let answered = |if_range: &str| {
            let answer = get(&site, &path, &[("range", range), ("if-range", if_range)]);
            answer.status.as_u16()
        };
        assert_eq!(answered(whole.header("etag")), partial, "{range}");
        // Section 8.8.1: two forms of a package may have the same date, which makes it a weak validator.
        let date = whole.header("last-modified");
        for other in [&weak, "\"other\"", coded.header("etag"), date, "x"] {
            assert_eq!(answered(other), 200, "{range} {other}");
        }
    }
}

#[test]
fn rfc9110_13_2_2_the_other_conditions_have_precedence_and_head_has_no_ranges() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]);
    let etag = whole.header("etag");
    let range = ("range", "bytes=0-9,20-29");
    assert_eq!(get(&site, &path, &[range, ("if-none-match", etag)]).status, 304);
    assert_eq!(get(&site, &path, &[range, ("if-match", "\"other\"")]).status, 412);
    assert_eq!(parts(&get(&site, &path, &[range, ("if-match", etag)])).len(), 2);
    for range in ["bytes=0-9", "bytes=0-9,20-29", "bytes=9999999-"] {
        let head = ask(&site, "HEAD", &path, &[("range", range)], "");
        assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), whole.body.len().to_string());
    }
    let posted = ask(&site, "POST", &path, &[range], "");
    assert_eq!(posted.status, 405);
}

#[test]
fn section_14_2_no_set_of_ranges_makes_more_be_sent_than_the_representation_and_the_heads() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]).body.len();
    let overlapping = (0..16).map(|at| format!("{at}-")).collect::<Vec<_>>().join(",");
    let halves =
        (0..16).map(|at| format!("{}-{}", 2 * at, whole / 2 + at)).collect::<Vec<_>>().join(",");
    let disjoint: Vec<_> = (0..15).map(|at| format!("{}-{}", at * 1000, at * 1000 + 998)).collect();
    let disjoint = format!("{},15000-", disjoint.join(","));
    for ranges in [overlapping, halves, disjoint, "0-,".repeat(16), "-99999999,".repeat(16)] {
        let answer = get(&site, &path, &[("range", &format!("bytes={ranges}"))]);
        assert_eq!(answer.status, 206, "{ranges}");
        assert!(answer.body.len() <= whole + 16 * 300, "{} of {ranges}", answer.body.len());
    }
    for many in ["0-0,", "0-,", "1-1,3-3,", ",", "x"] {
        let range = format!("bytes={}", many.repeat(60_000 / many.len()));
        let answer = get(&site, &path, &[("range", &range)]);
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, whole), "{many}");
    }
    // Far more than the server's limit of 64 KiB on a head.
    let flood = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nrange: bytes={}0-0\r\n\r\n",
        "0-0,".repeat(100_000)
    );
    let refused = sent(site.listening.address(), flood.as_bytes());
    assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
    assert_eq!(
        parts(&get(&site, &path, &[("range", "bytes=0-0,2-2")])).len(),
        2,
        "and others are served"
    );
}

/// The ranges with the octets that they hold, from the answer to a request for these ranges.
fn received(answer: &Response) -> Vec<(RangeInclusive<u64>, Vec<u8>)> {
    if answer.header("content-type").starts_with("multipart/byteranges") {
        return parts(answer).into_iter().map(|part| (part.range, part.body)).collect();
    }
    let range = answer.header("content-range").strip_prefix("bytes ").unwrap();
    let (first, last) = range.split_once('/').unwrap().0.split_once('-').unwrap();
    vec![(first.parse().unwrap()..=last.parse().unwrap(), answer.body.clone())]
}

#[test]
fn property_the_octets_of_all_parts_are_those_of_the_ranges_each_of_them_once() {
    let (site, path) = site();
    let whole = get(&site, &path, &[]).body;
    let octets = whole.len() as u64;
    let range = (0..octets, prop_oneof![0_u64..8, 0..octets]);
    let ranges = proptest::collection::vec(range, 1..=16);
    let mut runner =
        TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let holds = runner.run(&ranges, |ranges| {
        let ranges: Vec<_> = ranges.iter().map(|&(first, more)| first..=first + more).collect();
        let field: Vec<_> =
            ranges.iter().map(|range| format!("{}-{}", range.start(), range.end())).collect();
        let answer = get(&site, &path, &[("range", &format!("bytes={}", field.join(", ")))]);
        prop_assert_eq!(answer.status.as_u16(), 206);
        let mut missing: Vec<_> =
            (0..octets).map(|at| ranges.iter().any(|range| range.contains(&at))).collect();
        let mut first_asked = 0;
        for (range, body) in received(&answer) {
            prop_assert_eq!(&body, &slice(&whole, &range));
            for at in range.clone() {
                let missing = missing.get_mut(usize::try_from(at).unwrap()).unwrap();
                prop_assert!(
                    std::mem::take(missing),
                    "octet {} was not asked for, or sent before",
                    at
                );
            }
            let asked = ranges.iter().position(|asked| range.contains(asked.start())).unwrap();
            prop_assert!(asked >= first_asked, "{:?} out of order in {:?}", range, ranges);
            first_asked = asked;
        }
        prop_assert!(!missing.contains(&true), "an octet was not sent");
        Ok(())
    });
    holds.unwrap();
}

/// A publisher of one package of 26 MiB: more than sockets buffer.
fn large() -> (Site, Arc<Snapshot>) {
    let site = Site::new(2, 5);
    for number in 0..2 {
        let state = vec![b'x'; 13 << 20];
        let media_type = MediaType::parse(b"application/octet-stream").unwrap();
        site.make(&Change::Put(uri(number), media_type, state));
    }
    let options = Options { package_octets: 1 << 30, codings: false, ..Options::default() };
    let (store, shelf) = (site.publisher.store(), site.publisher.shelf());
    let snapshot = shelf.write(store, site.directory.path(), &options, || ()).unwrap();
    (site, snapshot)
}

/// Asks for two ranges that are nearly all of a package, reads the answer's first octets, does
/// something, and reads the rest: the body, and the length that the answer's head states.
fn interrupted(site: &Site, snapshot: &Snapshot, then: impl FnOnce()) -> (Vec<u8>, usize) {
    let mut stream = TcpStream::connect(site.listening.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", path(snapshot));
    stream.write_all(format!("{head}range: bytes=100-,0-98\r\n\r\n").as_bytes()).unwrap();
    let mut octets = vec![0; 4096];
    let read = stream.read(&mut octets).unwrap();
    octets.truncate(read);
    then();
    stream.read_to_end(&mut octets).unwrap();
    let head = octets.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let body = octets.split_off(head);
    let head = String::from_utf8(octets).unwrap();
    assert!(head.starts_with("HTTP/1.1 206 Partial Content\r\n"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    (body, length.parse().unwrap())
}

#[test]
fn an_answer_with_ranges_that_has_begun_is_sent_to_its_end_after_the_snapshot_is_removed() {
    let (site, snapshot) = large();
    let (body, length) = interrupted(&site, &snapshot, || {
        site.publish(Opening::Implied, 1 << 30);
        site.publisher.shelf().expire(Duration::ZERO, Instant::now()).unwrap();
        assert_eq!(get(&site, &path(&snapshot), &[("range", "bytes=0-0,2-2")]).status, 410);
    });
    assert_eq!(body.len(), length);
    assert!(body.len() > 26 << 20);
    assert!(body.ends_with(b"--\r\n"));
}

#[test]
fn an_answer_with_ranges_is_read_while_it_is_sent_and_is_cut_if_it_cannot_be_finished() {
    let (site, snapshot) = large();
    let file = snapshot.package(0).unwrap().path();
    let (body, length) = interrupted(&site, &snapshot, || {
        // What was read before is in the socket's buffers: a part of it.
        std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1000).unwrap();
    });
    assert!(body.len() < length, "{} of {length}: the cut is seen by the length", body.len());
    assert!(!body.ends_with(b"--\r\n"));
}
