//! What is not there for a moment is waited for, within a stated time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::Error;
use snapshot_sync::origin::Origins;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::fetch::{Fetcher, Options, Retries};
use snapshot_sync::replica::follow::Follower;
use std::time::{Duration, Instant};
use support::Site;
use support::proxy::{Asked, Harm, Proxy};

fn site() -> Site {
    let site = Site::new(500, 20);
    site.publish(Opening::Implied, 20_000);
    site.change(2, 500, 60);
    site
}

fn is_package(asked: &Asked) -> bool {
    asked.path.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok())
        && asked.path.starts_with("/snapshots/")
}

/// A fetcher that repeats nothing by count, and has this patience.
fn patient(proxy: &Proxy, patience: Duration) -> Fetcher {
    let first = Duration::from_millis(20);
    let retries = Retries { times: 0, first, longest: 10 * first };
    let options = Options { retries, patience, ..Options::default() };
    Fetcher::new(Origins::of(&proxy.uri("/")).unwrap(), options).unwrap()
}

/// Replicates and follows, although the first answers for all documents of a kind are harmed.
fn arrives(harm: Harm, is_harmed: fn(&Asked) -> bool) {
    let site = site();
    let proxy = Proxy::new(&site, move |asked| (is_harmed(asked) && asked.nth < 3).then_some(harm));
    let fetcher = patient(&proxy, Duration::from_secs(60));
    let (mut replica, report) = site.replicate_from(&proxy.uri(START), &fetcher).unwrap();
    // The consuming rules wait for feed documents by themselves.
    let (handle, fetcher) = (site.runtime.handle().clone(), proxy.fetcher());
    let mut follower =
        Follower::new(&handle, &fetcher, &mut replica, &report.feed).patience(support::patience());
    support::waited(|| follower.read_to_end(|| ())).unwrap();
    assert_eq!(site.differences(&replica), 0);
    let again = proxy.log().into_iter().filter(|asked| is_harmed(asked) && asked.nth > 0);
    let again: Vec<_> = again.collect();
    assert!(!again.is_empty(), "it was asked for again");
    if let Harm::Answer(404, _) = harm {
        let is_fresh = again.iter().filter(|asked| asked.nth <= 3).all(|asked| asked.is_fresh);
        assert!(is_fresh, "and no cache was asked: {again:?}");
    }
}

#[test]
fn a_package_an_index_or_a_feed_document_that_is_404_for_a_moment_is_waited_for() {
    arrives(Harm::Answer(404, &[]), is_package);
    arrives(Harm::Answer(404, &[]), |asked| asked.path == START);
    arrives(Harm::Answer(404, &[]), |asked| asked.path.starts_with("/changes/"));
}

#[test]
fn what_cannot_be_had_for_a_moment_is_waited_for() {
    arrives(Harm::Answer(503, &[]), is_package);
    arrives(Harm::Cut(0), |asked| asked.path.starts_with("/changes/"));
}

/// What is said when a package is never there, and how often and how long it was asked for.
fn given_up(status: u16, patience: Duration) -> (Error, usize, Duration) {
    let site = site();
    let proxy = Proxy::new(&site, move |asked| {
        let last = asked.path.starts_with("/snapshots/") && asked.path.ends_with("/0");
        last.then_some(Harm::Answer(status, &[]))
    });
    let began = Instant::now();
    let error = site.replicate_from(&proxy.uri(START), &patient(&proxy, patience)).unwrap_err();
    let times = proxy.log().iter().filter(|asked| asked.path.ends_with("/0")).count();
    (error, times, began.elapsed())
}

#[test]
fn the_wait_ends_with_the_patience() {
    let patience = Duration::from_secs(1);
    let (error, times, waited) = given_up(404, patience);
    assert!(matches!(&error, Error::Gone { status, .. } if *status == 404), "{error}");
    // The index is requested again, and the same snapshot found.
    assert!(waited >= 2 * patience && waited < 6 * patience, "{waited:?}");
    assert!((8..60).contains(&times), "the delays grow: {times}");
}

#[test]
fn rfc9110_15_5_11_that_a_package_is_gone_is_confirmed_once() {
    let (error, times, waited) = given_up(410, Duration::from_secs(60));
    assert!(matches!(&error, Error::Gone { status, .. } if *status == 410), "{error}");
    assert_eq!(times, 4, "twice for each time that the index was read");
    assert!(waited < Duration::from_secs(20), "{waited:?}");
}

#[test]
fn rfc9110_15_5_11_a_redirect_of_long_ago_to_a_snapshot_that_is_gone_is_waited_for() {
    let site = site();
    let old = Harm::Answer(302, &[("location", "/snapshots/2001-01-01T00:00:00.000Z/index")]);
    for first in [Harm::Answer(404, &[]), old] {
        let proxy = Proxy::new(&site, move |asked| match asked.nth {
            0 if asked.path == START => Some(first),
            1..4 if asked.path == START => Some(old),
            _ => None,
        });
        let fetcher = patient(&proxy, Duration::from_secs(60));
        site.replicate_from(&proxy.uri(START), &fetcher).unwrap();
        let log = proxy.log();
        assert!(log.iter().any(|asked| asked.path.contains("2001")), "{log:?}");
        assert_eq!(log.iter().filter(|asked| asked.path == START).count(), 5);
    }
}

#[test]
fn rfc9111_5_2_1_4_a_fresh_answer_is_asked_of_the_publisher_and_has_a_date() {
    let site = site();
    let proxy = Proxy::new(&site, |_| None);
    let fetcher = proxy.fetcher();
    let uri = proxy.uri("/changes/latest");
    let answer = site.runtime.block_on(fetcher.get_fresh(&uri, None)).unwrap();
    let age = chrono::Utc::now() - answer.date().unwrap();
    assert!(age.num_seconds().abs() < 60, "{age}");
    site.runtime.block_on(fetcher.get(&uri, None)).unwrap();
    let fresh: Vec<_> = proxy.log().iter().map(|asked| asked.is_fresh).collect();
    assert_eq!(fresh, [true, false]);
}
