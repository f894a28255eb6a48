//! A proxy that codes what it passes on, although the replica asks for identity.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(clippy::needless_pass_by_value, reason = "a harm takes the body that it harms")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::Error;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::follow::Follower;
use std::io::Write;
use std::sync::LazyLock;
use support::proxy::{Asked, Harm, Proxy};
use support::{Site, chain};

fn gzip(octets: Vec<u8>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&octets).unwrap();
    encoder.finish().unwrap()
}

fn truncated(octets: Vec<u8>) -> Vec<u8> {
    let mut coded = gzip(octets);
    coded.truncate(coded.len() / 2);
    coded
}

fn wrong(mut octets: Vec<u8>) -> Vec<u8> {
    octets[40] ^= 1;
    gzip(octets)
}

/// Its ratio is 1,029.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..40).for_each(|_| encoder.write_all(&[b'x'; 1 << 20]).unwrap());
    encoder.finish().unwrap()
});

fn bomb(_: Vec<u8>) -> Vec<u8> {
    BOMB.clone()
}

fn is_package(asked: &Asked) -> bool {
    asked.path.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok())
        && asked.path.starts_with("/snapshots/")
}

fn site() -> Site {
    let site = Site::new(500, 20);
    site.publish(Opening::Implied, 20_000);
    site
}

/// Replicates through a proxy; both sides are the same then, and the digests were compared.
fn replicates(harm: Harm) {
    let site = site();
    site.change(2, 500, 60);
    let proxy = Proxy::new(&site, move |_| Some(harm));
    let fetcher = proxy.fetcher();
    let (mut replica, report) = site.replicate_from(&proxy.uri(START), &fetcher).unwrap();
    let handle = site.runtime.handle().clone();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &report.feed);
    follower.read_to_end(|| ()).unwrap();
    site.change(3, 500, 60);
    follower.read_to_end(|| ()).unwrap();
    follower.read_to_end(|| ()).unwrap();
    assert_eq!(site.differences(&replica), 0);
}

/// What is said when all packages come in this way.
fn refusal(harm: Harm) -> (Error, usize) {
    let site = site();
    let proxy = Proxy::new(&site, move |asked| is_package(asked).then_some(harm));
    let error = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap_err();
    assert_eq!(site.replica().counts().unwrap(), (0, 0));
    let repeated = proxy.log().iter().map(|asked| asked.nth).max().unwrap();
    (error, repeated)
}

#[test]
fn rfc9110_8_4_identity_is_no_coding() {
    replicates(Harm::Field("content-encoding", "identity"));
}

#[test]
fn rfc9530_what_a_proxy_has_coded_matches_its_digest_before_or_after_that() {
    replicates(Harm::Code("gzip", gzip));
    replicates(Harm::Recode("gzip", gzip));
}

#[cfg(feature = "zstd")]
#[test]
fn rfc9659_zstd_is_decoded_too() {
    replicates(Harm::Code("zstd", |octets| zstd::encode_all(&octets[..], 3).unwrap()));
}

#[test]
fn rfc9530_coded_octets_that_match_their_digest_neither_before_nor_after_are_refused() {
    let (error, repeated) = refusal(Harm::Code("gzip", wrong));
    assert!(matches!(error, Error::Digest { .. }) && repeated > 0, "{error}");
}

#[test]
fn coded_octets_that_end_too_early_are_asked_for_again() {
    let (error, repeated) = refusal(Harm::Recode("gzip", truncated));
    assert!(matches!(error, Error::Undecodable { .. }) && repeated > 0, "{error}");
    assert!(chain(&error).contains("the content coding gzip"), "{error}");
}

#[test]
fn a_few_octets_that_become_very_many_are_refused_at_once() {
    assert!(!BOMB.is_empty(), "it is made before it is asked for");
    let (error, repeated) = refusal(Harm::Recode("gzip", bomb));
    assert!(matches!(error, Error::Inflated { .. }) && repeated == 0, "{error}");
}

#[test]
fn rfc9110_8_4_a_coding_that_is_not_decoded_is_named_with_what_to_do() {
    for coding in ["deflate", "br", "gzip, gzip"] {
        let harm = match coding {
            "deflate" => Harm::Field("content-encoding", "deflate"),
            "br" => Harm::Field("content-encoding", "br"),
            _ => Harm::Field("content-encoding", "gzip, gzip"),
        };
        let (error, repeated) = refusal(harm);
        let told = chain(&error);
        assert!(told.contains(coding) && told.contains("or with gzip"), "{told}");
        assert_eq!(repeated, 0, "it would come again");
    }
}

#[test]
fn rfc9110_14_a_coded_package_that_is_cut_is_fetched_from_its_start_again() {
    let site = site();
    let proxy = Proxy::new(&site, |asked| {
        let coded_and_cut = is_package(asked) && asked.nth == 0;
        coded_and_cut.then_some(Harm::Recode("gzip", truncated))
    });
    let (replica, report) = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap();
    assert_eq!(site.differences(&replica), 0);
    assert_eq!(report.entities, 500);
    assert!(proxy.log().iter().all(|asked| asked.range.is_none()), "no range was asked for");
}

#[test]
fn rfc9110_14_a_coded_range_is_not_appended() {
    let site = site();
    let proxy = Proxy::new(&site, |asked| match asked.nth {
        0 if is_package(asked) => Some(Harm::Cut(5000)),
        1 if is_package(asked) => Some(Harm::Recode("gzip", gzip)),
        _ => None,
    });
    let (replica, _) = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap();
    assert!(proxy.log().iter().any(|asked| asked.range.is_some()), "a range was asked for");
    assert_eq!(site.differences(&replica), 0);
}
