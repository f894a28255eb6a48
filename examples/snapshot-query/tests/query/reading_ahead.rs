//! What a range costs: requests and octets, by the formula of the README.

use crate::support::{Snapshot, package, sequential};
use snapshot_query::{READ_AHEAD_OCTETS, TAIL_OCTETS};
use std::ops::Range;

/// A delimiter line: where it begins and where it ends.
type Line = Range<u64>;

/// Where the delimiter lines of a package are, by its parts.
fn lines(octets: &[u8]) -> Vec<Line> {
    let text = String::from_utf8(octets.to_vec()).unwrap();
    let lines = text.match_indices("--b").map(|(at, _)| {
        let end = text[at..].find("\r\n").unwrap() + 2;
        at as u64..(at + end) as u64
    });
    lines.collect()
}

/// The octets that a range must see: up to the end of the delimiter line after its last part, to the
/// end of the package if it contains the close delimiter, or to the end of the first delimiter line if
/// it is the first range and ends within the preamble.
fn needed(range: &Range<u64>, lines: &[Line], octets: u64) -> u64 {
    let close = lines.last().unwrap().start;
    if range.contains(&close) {
        return octets;
    }
    if range.start == 0 && range.end <= lines[0].start {
        return lines[0].end;
    }
    let has_part = lines.iter().any(|line| range.contains(&line.start));
    let after = lines.iter().find(|line| line.start >= range.end).unwrap();
    if has_part { after.end } else { range.end }
}

/// The formula: with `r` requests, a range from `start` to `end` of a package of `octets` has asked
/// for the octets from `start - 2` to `end + 64 KiB * (2^r - 1)`, and `r` is the least that is enough.
fn formula(range: &Range<u64>, lines: &[Line], octets: u64) -> (u64, u64) {
    let needed = needed(range, lines, octets);
    let reach =
        |requests: u32| (range.end + READ_AHEAD_OCTETS * (2_u64.pow(requests) - 1)).min(octets);
    let requests = (1..40).find(|requests| reach(*requests) >= needed).unwrap();
    (u64::from(requests), reach(requests) - range.start.saturating_sub(2))
}

async fn assert_costs(octets: Vec<u8>, cuts: &[u64]) {
    let (lines, size) = (lines(&octets), octets.len() as u64);
    let snapshot = Snapshot::of(std::slice::from_ref(&octets), 1).await;
    let config = snapshot.scan().await.unwrap();
    let noted = snapshot.store.noted();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].range, size.saturating_sub(TAIL_OCTETS)..size);
    let close = lines.last().unwrap().start;
    let borders: Vec<_> = [0].into_iter().chain(cuts.iter().copied()).chain([close + 1]).collect();
    let mut whole = Vec::new();
    for ends in borders.windows(2) {
        let range = ends[0]..ends[1];
        // One range alone, so that its requests are known.
        let scan = crate::support::cut(&config, cuts);
        let mut scan = serde_json::to_value(&scan).unwrap();
        let partitions = scan["partitions"].as_array().unwrap();
        let own = partitions.iter().find(|it| it[0]["range"]["start"] == range.start).unwrap();
        scan["partitions"] = serde_json::json!([own]);
        let scan: snapshot_query::Scan = serde_json::from_value(scan).unwrap();
        let before = snapshot.store.noted().len();
        whole.extend(snapshot.rows_of(scan.into_config().unwrap()).await.unwrap());
        let noted = snapshot.store.noted().split_off(before);
        let asked = noted.iter().map(|noted| noted.range.end - noted.range.start).sum::<u64>();
        let expected = formula(&range, &lines, size);
        assert_eq!((noted.len() as u64, asked), expected, "{range:?} of {size}");
    }
    whole.sort();
    assert_eq!(whole, sequential(&[octets]).unwrap());
}

#[tokio::test]
async fn a_range_costs_one_request_if_its_last_part_ends_within_64_kib() {
    let body = vec![b'x'; 10_000];
    let bodies = vec![body.as_slice(); 100];
    assert_costs(package(&bodies), &[250_000, 500_000, 750_000]).await;
}

#[tokio::test]
async fn what_is_asked_for_doubles_until_the_last_part_ends() {
    let (small, huge) = (vec![b'x'; 100], vec![b'y'; 3_000_000]);
    let octets = package(&[&small, &huge, &small, &huge, &small]);
    let cuts = [400, 1_000_000, 2_000_000, 3_000_300, 4_000_000];
    assert_costs(octets, &cuts).await;
}

/// A huge part belongs to one task: the ranges within it look for a delimiter line and find none.
#[tokio::test]
async fn ranges_within_a_huge_part_cost_one_request_each() {
    let huge = vec![b'x'; 2_000_000];
    assert_costs(package(&[&huge]), &[500_000, 1_000_000, 1_500_000]).await;
}

/// The first range reads to the end of the preamble, which is longer than is read ahead at first.
#[tokio::test]
async fn a_first_range_within_the_preamble_reads_to_the_first_delimiter_line() {
    let octets = [b"a note\r\n".repeat(8_192), package(&[b"one", b"two"])].concat();
    assert_costs(octets, &[1, 40_000]).await;
}

/// A slow answer outlasts the time in which the store itself resumes it.
#[tokio::test]
async fn an_answer_that_breaks_off_is_resumed_after_64_kib() {
    let body = vec![b'x'; 10_000];
    let octets = package(&vec![body.as_slice(); 100]);
    let snapshot = Snapshot::of(std::slice::from_ref(&octets), 1).await;
    let expected = sequential(std::slice::from_ref(&octets)).unwrap();
    for breaks_after in [65_536, 100_000, 999_999] {
        *snapshot.store.breaks_after.lock().unwrap() = Some(breaks_after);
        let before = snapshot.store.noted().len();
        assert_eq!(snapshot.rows().await.unwrap(), expected);
        let noted = snapshot.store.noted().split_off(before);
        let answers: Vec<_> = noted.iter().filter(|noted| !noted.is_suffix).collect();
        assert_eq!(answers.len(), octets.len().div_ceil(breaks_after), "{breaks_after}");
        for (number, noted) in answers.iter().enumerate() {
            let first = (number * breaks_after) as u64;
            assert_eq!(noted.range, first..octets.len() as u64);
            assert!(noted.if_match.is_some());
        }
    }
    // What gives less each time is not asked for ever again.
    *snapshot.store.breaks_after.lock().unwrap() = Some(65_535);
    assert_eq!(snapshot.failure().await, "store");
}
