//! What the draft's section 3.1 says about times, ids and URIs, and what it leaves open.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use chrono::{DateTime, TimeDelta};
use snapshot_index::{
    ErrorKind, Level, Limit, Limits, Place, Rule, SnapshotIndex, SnapshotIndexRef, Tolerance,
};
use support::{
    ALL, DRAFTS, STRICT, broken, checked, exceeded, refused, reported, rules, with, with_uris,
};

#[test]
fn draft_3_1_a_time_is_a_whole_number_of_milliseconds() {
    for name in ["started", "completed"] {
        for value in
            ["1435019805885.0", "1435019805885.5", "1.4e12", "1E3", "1e400", "1435019805885e0"]
        {
            let input = with(name, value);
            assert_eq!(refused(&input), Some(Rule::TimeInexact), "{input}");
            assert!(broken(&input, DRAFTS).unwrap().1.starts_with(value), "{input}");
        }
    }
}

#[test]
fn rfc3339_5_6_a_time_lies_in_the_years_to_9999() {
    let beyond = [
        "-1",
        "-0",
        "253402300800000",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "340282366920938463463374607431768211456",
    ];
    for name in ["started", "completed"] {
        for value in beyond {
            let input = with(name, value);
            assert_eq!(refused(&input), Some(Rule::TimeRange), "{input}");
            assert!(broken(&input, DRAFTS).unwrap().1.starts_with(value), "{input}");
        }
    }
    let last = with("completed", "253402300799999");
    let index = SnapshotIndexRef::parse(&last).unwrap();
    assert_eq!(index.completed().unwrap().to_rfc3339(), "9999-12-31T23:59:59.999+00:00");
}

#[test]
fn draft_3_1_a_time_before_march_1973_is_reported_as_seconds() {
    assert_eq!(Rule::TimeInSeconds.level(), Level::Advice);
    let input = with("started", "1435019805");
    let expected =
        [(Rule::IdNotStarted, "\"2015-06-23T00:36:45.885Z\""), (Rule::TimeInSeconds, "1435019805")];
    assert_eq!(checked(&input, STRICT), expected);
    assert!(reported(&with("started", "0")).contains(&Rule::TimeInSeconds));
    assert!(!reported(&with("started", "100000000000")).contains(&Rule::TimeInSeconds));
}

#[test]
fn draft_3_1_a_snapshot_is_not_completed_before_it_is_started() {
    assert_eq!(Rule::CompletedBeforeStarted.level(), Level::Must);
    let before = with("completed", "1435019805884");
    for reader in [STRICT, DRAFTS] {
        let (rule, at) = broken(&before, reader).unwrap();
        assert_eq!(rule, Rule::CompletedBeforeStarted);
        assert!(at.starts_with("1435019805884"));
    }
    let index = ALL.read(before.as_bytes()).unwrap();
    assert_eq!(rules(index.diagnostics()), [Rule::CompletedBeforeStarted]);
    assert_eq!(reported(&with("completed", "1435019805885")), []);
}

#[test]
fn draft_3_1_a_snapshot_without_completed_is_read_as_not_complete_and_reported() {
    let missing = with("completed", "");
    let index = SnapshotIndexRef::parse(&missing).unwrap();
    assert_eq!(index.completed(), None);
    assert_eq!(rules(index.diagnostics()), [Rule::CompletedMissing]);
    let found = index.diagnostics().as_slice()[0];
    assert_eq!((found.place(), found.span()), (Place::Document, 0..missing.len() as u64));
    assert_eq!(reported(&with("completed", "null")), [Rule::CompletedNull]);
    for rule in [Rule::CompletedMissing, Rule::CompletedNull] {
        assert_eq!(rule.level(), Level::Advice);
    }
}

#[test]
fn draft_3_1_an_id_is_opaque_and_reported_unless_it_is_started() {
    for (id, expected) in [
        ("2015-06-23T00:36:45.885Z", &[][..]),
        ("2015-06-23T02:36:45.885+02:00", &[]),
        ("2015-06-23T00:36:45Z", &[Rule::IdNotStarted]),
        ("nightly", &[Rule::IdNotStarted]),
        ("", &[Rule::IdEmpty]),
        ("a/b", &[Rule::IdNotStarted, Rule::IdHazard]),
        ("a\\b", &[Rule::IdNotStarted, Rule::IdHazard]),
        ("..", &[Rule::IdNotStarted, Rule::IdHazard]),
        ("a\0b", &[Rule::IdNotStarted, Rule::IdHazard]),
        ("..a", &[Rule::IdNotStarted]),
    ] {
        assert!(expected.iter().all(|rule| rule.level() == Level::Advice));
        let json = serde_json::to_string(id).unwrap();
        let input = with("id", &json);
        let found = checked(&input, STRICT);
        assert_eq!(
            found,
            expected.iter().map(|&rule| (rule, &*json)).collect::<Vec<_>>(),
            "{id:?}"
        );
    }
}

#[test]
fn draft_3_1_an_empty_list_is_reported() {
    assert_eq!(checked(&with("uris", "[ ]"), STRICT), [(Rule::UrisEmpty, "[ ]")]);
}

#[test]
fn rfc3986_4_1_an_item_that_is_no_uri_reference_is_refused_when_strict_and_found_by_check() {
    assert_eq!(Rule::UriSyntax.level(), Level::Must);
    for uri in [
        "/a b",
        "/a\\b",
        "/a\u{1}",
        "/a\u{7f}",
        "/\u{e9}",
        "/%zz",
        "/a[",
        "http://[::1",
        "1a:b",
        "/a\nb",
    ] {
        let input = with_uris(&["/ok", uri]);
        let json = serde_json::to_string(uri).unwrap();
        let (rule, at) = broken(&input, STRICT).unwrap();
        assert_eq!((rule, &at[..json.len()]), (Rule::UriSyntax, &*json));
        assert_eq!(reported(&input), []);
        assert_eq!(checked(&input, DRAFTS), [(Rule::UriSyntax, &*json)]);
    }
    for uri in [
        "x",
        "../x",
        "?q",
        "//host/x",
        "http://h/x",
        "file:///x",
        "javascript:x",
        "/%2F",
        "a:b",
        ".",
        "/a;b=c,d",
    ] {
        assert_eq!(refused(&with_uris(&[uri])), None, "{uri}");
    }
}

#[test]
fn rfc3986_4_4_an_item_that_names_the_index_itself_is_refused_when_strict() {
    for uri in ["", "#part"] {
        let input = with_uris(&["/ok", uri]);
        assert_eq!(broken(&input, STRICT).unwrap().0, Rule::UriSameDocument);
        let json = serde_json::to_string(uri).unwrap();
        assert_eq!(checked(&input, DRAFTS), [(Rule::UriSameDocument, &*json)]);
    }
}

#[test]
fn rfc3986_3_5_a_fragment_is_reported() {
    assert_eq!(Rule::UriFragment.level(), Level::Advice);
    assert_eq!(checked(&with_uris(&["/a#b"]), STRICT), [(Rule::UriFragment, "\"/a#b\"")]);
}

#[test]
fn draft_3_1_a_repeated_item_is_refused_when_strict_at_its_second_place() {
    assert_eq!(Rule::UriRepeated.level(), Level::Must);
    let input = with("uris", r#"["/a","/b","/\u0061"]"#);
    let (rule, at) = broken(&input, STRICT).unwrap();
    assert_eq!((rule, at), (Rule::UriRepeated, r#""/\u0061"]}"#));
    assert_eq!(checked(&input, DRAFTS), [(Rule::UriRepeated, r#""/\u0061""#)]);
}

#[test]
fn draft_3_1_a_gap_in_the_numbers_is_reported_once() {
    assert_eq!(Rule::UriNumbering.level(), Level::Advice);
    let found = |uris: &[&str]| checked(&with_uris(uris), STRICT).len();
    assert_eq!(found(&["/p/8", "/p/9", "/p/10", "/q/0", "/q/1"]), 0);
    assert_eq!(found(&["/p/0", "/p/2", "/p/4"]), 1);
    assert_eq!(found(&["/p/1", "/p/0"]), 1);
    assert_eq!(found(&["a", "b", "/99999999999999999999999", "/99999999999999999999998"]), 0);
}

#[test]
fn reading_checks_items_unless_the_tolerance_holds_every_rule_about_them() {
    let input = with_uris(&["/a", "/a", "/b c"]);
    let read = |tolerance| DRAFTS.tolerance(tolerance).read(input.as_bytes());
    assert!(read(Tolerance::DRAFTS).unwrap().diagnostics().is_empty());
    let error = read(Tolerance::DRAFTS.without(Rule::UriSyntax)).unwrap_err();
    assert_eq!((error.kind(), error.place()), (ErrorKind::Rule(Rule::UriSyntax), Place::Uri(2)));
    let some = read(Tolerance::DRAFTS.without(Rule::UriSameDocument)).unwrap();
    assert_eq!(rules(some.diagnostics()), [Rule::UriRepeated, Rule::UriSyntax]);
}

#[test]
fn diagnostics_are_capped_and_the_rest_is_counted() {
    let uris = vec!["/a"; 100];
    let input = with_uris(&uris);
    let index = SnapshotIndexRef::parse(&input).unwrap();
    let all = index.check(&Tolerance::ALL).unwrap();
    assert_eq!((all.len(), all.omitted()), (64, 35));
    let reader = STRICT
        .tolerance(Tolerance::ALL.without(Rule::UriSyntax))
        .limits(Limits::default().diagnostics(0));
    let index = reader.read(input.as_bytes()).unwrap();
    assert_eq!((index.diagnostics().len(), index.diagnostics().omitted()), (0, 99));
    assert!(!index.diagnostics().is_empty());
}

#[test]
fn what_was_tolerated_is_not_written_until_it_is_corrected() {
    let input =
        r#"{"id":"a","started":1435019872400,"completed":1435019805885,"uris":["/b","/a","/b"]}"#;
    let index = ALL.read(input.as_bytes()).unwrap().into_owned();
    let broken = |index: &SnapshotIndex| {
        let error = index.to_vec().unwrap_err();
        assert_eq!(index.to_writer(Vec::new()), Err(error.clone()));
        assert!(serde_json::to_string(index).unwrap_err().to_string().starts_with("rule "));
        error.kind()
    };
    assert_eq!(broken(&index), ErrorKind::Rule(Rule::CompletedBeforeStarted));
    let index = index.without_completed();
    assert_eq!(broken(&index), ErrorKind::Rule(Rule::UriRepeated));
    let index = index.without_repeated_uris();
    let written = String::from_utf8(index.to_vec().unwrap()).unwrap();
    assert_eq!(written, r#"{"id":"a","started":1435019872400,"uris":["/b","/a"]}"#);
}

#[test]
fn what_was_tolerated_by_a_reader_that_checked_the_items_is_not_written_either() {
    for (uris, rule) in [
        (&["/a", "/a"][..], Rule::UriRepeated),
        (&["/a b"], Rule::UriSyntax),
        (&[""], Rule::UriSameDocument),
    ] {
        let input = with_uris(uris);
        let reader = STRICT.tolerance(Tolerance::STRICT.with(rule));
        let index = reader.read(input.as_bytes()).unwrap();
        assert_eq!(rules(index.diagnostics()), [rule]);
        assert_eq!(index.to_vec().unwrap_err().kind(), ErrorKind::Rule(rule));
        assert_eq!(index.into_owned().to_vec().unwrap_err().kind(), ErrorKind::Rule(rule));
    }
}

#[test]
fn the_builder_refuses_what_a_strict_reader_refuses() {
    let started = DateTime::from_timestamp_millis(1_435_019_805_885).unwrap();
    let builder = || SnapshotIndex::builder().started(started);
    let day = TimeDelta::days(1);
    for (builder, rule, place) in [
        (SnapshotIndex::builder(), Rule::MemberMissing, Place::Started),
        (
            builder().started(started + TimeDelta::microseconds(1)),
            Rule::TimeInexact,
            Place::Started,
        ),
        (
            builder().completed(started + TimeDelta::nanoseconds(1)),
            Rule::TimeInexact,
            Place::Completed,
        ),
        (builder().started(DateTime::UNIX_EPOCH - day), Rule::TimeRange, Place::Started),
        (
            builder().completed(
                DateTime::<chrono::Utc>::MAX_UTC - day - TimeDelta::nanoseconds(999_999),
            ),
            Rule::TimeRange,
            Place::Completed,
        ),
        (builder().completed(started - day), Rule::CompletedBeforeStarted, Place::Completed),
        (builder().uri("/a").uri("/a"), Rule::UriRepeated, Place::Uri(1)),
        (builder().uri("/a b"), Rule::UriSyntax, Place::Uri(0)),
        (builder().uri("/a").uri(""), Rule::UriSameDocument, Place::Uri(1)),
        (builder().unknown_member("id", "1"), Rule::MemberRepeated, Place::Unknown(0)),
        (
            builder().unknown_member("x", "1").unknown_member("x", "1"),
            Rule::MemberRepeated,
            Place::Unknown(1),
        ),
        (builder().unknown_member("x", "[1,]"), Rule::JsonSyntax, Place::Unknown(0)),
        (builder().unknown_member("x", "1 2"), Rule::JsonSyntax, Place::Unknown(0)),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.place()), (ErrorKind::Rule(rule), place), "{error}");
    }
}

#[test]
fn the_builder_keeps_to_the_limits_of_readers() {
    let started = DateTime::from_timestamp_millis(1_435_019_805_885).unwrap();
    let build = |limits: Limits| {
        let builder = SnapshotIndex::builder().id("abc").started(started).uris(["/0", "/1"]);
        builder.unknown_member("x", "[1]").unknown_member("y", "[]").limits(limits).build()
    };
    let exact = Limits::default()
        .uris(2)
        .uri_octets(2)
        .id_octets(3)
        .unknown_members(2)
        .unknown_octets(4)
        .depth(1);
    assert!(build(exact).is_ok());
    for (limits, limit, place) in [
        (exact.uris(1), Limit::Uris, Place::Uris),
        (exact.uri_octets(1), Limit::UriOctets, Place::Uri(0)),
        (exact.id_octets(2), Limit::IdOctets, Place::Id),
        (exact.unknown_members(1), Limit::UnknownMembers, Place::Unknown(1)),
        (exact.unknown_octets(3), Limit::UnknownOctets, Place::Unknown(0)),
        (exact.depth(0), Limit::Depth, Place::Unknown(0)),
    ] {
        let error = build(limits).unwrap_err();
        assert_eq!((error.kind(), error.place()), (ErrorKind::Limit(limit), place));
    }
    // Without limits of its own it has the readers' defaults.
    let long = "a".repeat(20_000);
    let default = SnapshotIndex::builder().started(started).uri(long).build();
    assert_eq!(exceeded(default), Some(Limit::UriOctets));
}

#[test]
fn an_error_of_the_writer_is_named() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let index = SnapshotIndex::from_slice(support::EXAMPLE.as_bytes()).unwrap();
    let error = index.to_writer(Full).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io(std::io::ErrorKind::StorageFull));
}
