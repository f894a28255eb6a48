//! Walks over the pages of a TimeMap, and over an index of TimeMaps (RFC 7089 section 5.1.1).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use version_links::{
    LeftOutReason, Limits, MementoDatetime, NodeState, NotAsked, OriginPolicy, Reader, TimeMap,
    TimeMapOutcome, TimeMapPage, TimeMapWalk, TimeMapWriter, Tolerance, Want,
};

const START: &str = "http://archive.example/timemap/0";

fn at(second: i64) -> MementoDatetime {
    MementoDatetime::new(chrono::DateTime::from_timestamp(second, 0).unwrap()).unwrap()
}

/// A page that was read from a document.
fn page(uri: &str, document: &str) -> TimeMapOutcome {
    let mut page = TimeMapPage::new(uri);
    TimeMap::new(document.as_bytes()).flatten().for_each(|link| page.note(&link));
    TimeMapOutcome::Page(page.into())
}

/// Walks through a world, one page after the other, and gives the URIs that were asked.
fn walked(walk: &mut TimeMapWalk, world: impl Fn(&str) -> TimeMapOutcome) -> Vec<String> {
    let mut asked = Vec::new();
    while let Want::Ask { uri, .. } = walk.step() {
        walk.answer(&uri, world(&uri)).unwrap();
        asked.push(uri);
    }
    assert_eq!(walk.step(), Want::Done);
    asked
}

fn left_out(walk: &TimeMapWalk) -> Vec<(&str, LeftOutReason)> {
    walk.left_out().map(|one| (one.uri(), one.reason())).collect()
}

/// Paging: each page names the others, with the times that they cover.
#[test]
fn rfc7089_5_1_1_each_page_is_asked_once_and_states_its_times() {
    let write = |number: i64| {
        let (mut writer, mut out) = (TimeMapWriter::new(), String::new());
        let uri = |number: i64| format!("http://archive.example/timemap/{number}");
        let times = |number: i64| at(number * 100)..=at(number * 100 + 99);
        writer.original(&mut out, "http://a.example/").unwrap();
        writer.myself(&mut out, &uri(number), Some(times(number))).unwrap();
        for other in (0..4).filter(|other| *other != number) {
            writer.timemap(&mut out, &uri(other), Some(times(other))).unwrap();
        }
        out
    };
    let number = |uri: &str| uri.rsplit('/').next().unwrap().parse().unwrap();
    let mut walk = TimeMapWalk::new(START);
    let asked = walked(&mut walk, |uri| page(uri, &write(number(uri))));
    assert_eq!(
        asked,
        [0, 1, 2, 3].map(|number| format!("http://archive.example/timemap/{number}"))
    );
    for ((number, page), asked) in (0..).zip(walk.pages()).zip(&asked) {
        assert_eq!((page.uri(), page.state()), (&**asked, &NodeState::Found));
        assert_eq!(
            (page.from(), page.until()),
            (Some(at(number * 100)), Some(at(number * 100 + 99)))
        );
        assert_eq!((page.depth(), page.is_broken_off()), (u64::from(number > 0), false));
    }
    assert_eq!(left_out(&walk), []);
    // Only what covers the wanted time is asked: from 150 to 200, that is in two pages.
    let mut walk = TimeMapWalk::new(START).between(at(150)..=at(200));
    let asked = walked(&mut walk, |uri| page(uri, &write(number(uri))));
    assert_eq!(asked.iter().map(|uri| number(uri)).collect::<Vec<i64>>(), [0, 1, 2]);
    // The first and the last second of a page belong to it.
    for (second, expected) in [(99, &[0][..]), (100, &[0, 1]), (199, &[0, 1]), (400, &[0])] {
        let mut walk = TimeMapWalk::new(START).between(at(second)..=at(second));
        let asked = walked(&mut walk, |uri| page(uri, &write(number(uri))));
        assert_eq!(asked.iter().map(|uri| number(uri)).collect::<Vec<_>>(), expected, "{second}");
    }
    let last = "http://archive.example/timemap/3";
    assert_eq!(
        left_out(&walk),
        [(last, LeftOutReason::Period)],
        "once, although each page names it"
    );
}

/// An index of TimeMaps, which has no mementos of its own, and TimeMaps in it that have pages.
#[test]
fn rfc7089_5_1_1_an_index_leads_to_timemaps_and_these_to_their_pages() {
    let world = |uri: &str| match uri.strip_prefix("http://archive.example/").unwrap() {
        "timemap/0" => {
            page(uri, "<http://a.example/>;rel=original,<a>;rel=timemap,<b>;rel=timemap")
        }
        "timemap/a" => page(uri, "<a>;rel=self,<a?2>;rel=\"timemap next\""),
        "timemap/a?2" => page(uri, "<a>;rel=timemap,<0>;rel=\"up timemap\""),
        _ => page(uri, ""),
    };
    let mut walk = TimeMapWalk::new(START);
    let asked = walked(&mut walk, world);
    assert_eq!(
        asked,
        ["0", "a", "b", "a?2"].map(|name| format!("http://archive.example/timemap/{name}"))
    );
    assert_eq!(walk.pages().map(|page| page.depth()).collect::<Vec<_>>(), [0, 1, 1, 2]);
}

#[test]
fn rfc3986_6_2_no_page_is_asked_twice_under_any_spelling_and_circles_end() {
    let document = "<HTTP://ARCHIVE.example:80/./timemap/%30#x>;rel=timemap,\
        <//archive.example/timemap/1>;rel=timemap,<1#a>;rel=timemap,<../timemap/1>;rel=timemap";
    let mut walk = TimeMapWalk::new(START);
    assert_eq!(walked(&mut walk, |uri| page(uri, document)).len(), 2);
    assert_eq!((walk.pages().count(), left_out(&walk)), (2, vec![]));
    // An answer may spell the URI in another way, once.
    let mut walk = TimeMapWalk::new(START);
    assert_eq!(walk.answer(START, TimeMapOutcome::Gone), Err(NotAsked));
    assert!(matches!(walk.step(), Want::Ask { .. }));
    assert_eq!(walk.step(), Want::Answer);
    assert_eq!(
        walk.answer("http://archive.example/timemap/1", TimeMapOutcome::Gone),
        Err(NotAsked)
    );
    let spelled = "HTTP://archive.example:/timemap/./0";
    assert_eq!(walk.answer(spelled, TimeMapOutcome::Gone), Ok(()));
    assert_eq!(walk.answer(spelled, TimeMapOutcome::Gone), Err(NotAsked));
}

/// Two links and the page itself state its times: the earliest start and the latest end count. The first
/// original resource that a page names is the one.
#[test]
fn several_statements_about_a_page_are_put_together() {
    let times = |from, until| format!("from=\"{}\";until=\"{}\"", at(from), at(until));
    let first = format!(
        "<http://a.example/>;rel=original,<http://b.example/>;rel=original,</1>;rel=timemap;{},\
         </1>;rel=timemap;{},</1>;rel=timemap,</2>;rel=timemap;anchor=\"http://b.example/\"",
        times(20, 30),
        times(10, 25)
    );
    let own = format!("</1>;rel=self;{},</0>;rel=self;{}", times(15, 40), times(15, 20));
    let world = |uri: &str| page(uri, if uri == START { &first } else { &own });
    let mut walk = TimeMapWalk::new(START);
    walked(&mut walk, world);
    let one = walk.pages().nth(1).unwrap();
    assert_eq!((one.uri(), one.from()), ("http://archive.example/1", Some(at(10))));
    assert_eq!(one.until(), Some(at(40)));
    assert_eq!(left_out(&walk), [("http://b.example/2", LeftOutReason::Context)]);
}

/// A link that was skipped is not left out if another link leads to the same page.
#[test]
fn what_was_found_in_the_end_is_not_left_out() {
    let time = at(7).to_string();
    let document = format!(
        "<http://archive.example/1>;rel=timemap;anchor=\"http://b.example/\",\
         </1>;rel=timemap;until=\"{time}\",</1>;rel=timemap;type=\"text/html\",</1>;rel=timemap"
    );
    let mut walk = TimeMapWalk::new(START).between(at(8)..=at(9));
    assert_eq!(walked(&mut walk, |uri| page(uri, &document)).len(), 2);
    assert_eq!(left_out(&walk), []);
}

#[test]
fn a_page_that_fails_is_kept_with_the_times_that_are_missing() {
    let times = "from=\"Thu, 01 Jan 1970 00:00:01 GMT\";until=\"Thu, 01 Jan 1970 00:00:09 GMT\"";
    let first: String = (1..=7).map(|number| format!("</{number}>;rel=timemap;{times},")).collect();
    let world = |uri: &str| match uri.strip_prefix("http://archive.example/").unwrap() {
        "timemap/0" => page(uri, &first),
        "1" => TimeMapOutcome::Gone,
        "2" => TimeMapOutcome::Refused,
        "3" => TimeMapOutcome::Failed,
        "4" => TimeMapOutcome::NotATimeMap,
        "5" => TimeMapOutcome::TryAfter(Duration::from_secs(1)),
        "6" => TimeMapOutcome::Redirected("/8".into()),
        "7" => {
            let mut page = TimeMapPage::new(uri);
            TimeMap::new(b"</9>;rel=timemap,").flatten().for_each(|link| page.note(&link));
            TimeMapOutcome::Page(page.broken_off().into())
        }
        _ => page(uri, ""),
    };
    let mut walk = TimeMapWalk::new(START).limits(Limits::default().history_tries(3));
    let asked = walked(&mut walk, world);
    assert_eq!(asked.iter().filter(|uri| uri.ends_with("/5")).count(), 3, "it is tried again");
    let pages: Vec<_> = walk.pages().collect();
    let states: Vec<_> = pages.iter().map(|page| page.state().clone()).collect();
    let to = "http://archive.example/8";
    use NodeState::{Busy, Failed, Found, Gone, NotAVersion, Redirected, Refused};
    assert_eq!(
        states,
        [Found, Gone, Refused, Failed, NotAVersion, Busy, Redirected { to }, Found, Found, Found]
    );
    assert!(
        pages[1..8].iter().all(|page| page.from() == Some(at(1)) && page.until() == Some(at(9)))
    );
    let broken: Vec<_> = pages.iter().filter(|page| page.is_broken_off()).collect();
    assert_eq!((broken.len(), broken[0].uri()), (1, "http://archive.example/7"));
    assert_eq!(pages[9].uri(), "http://archive.example/9", "what was read of it is followed");
}

#[test]
fn links_that_are_about_another_resource_or_cannot_be_resolved_are_left_out() {
    let document = "<http://a.example/>;rel=original,\
        </1>;rel=timemap;anchor=\"http://a.example\",</2>;rel=timemap;anchor=\"/timemap/0\",\
        </3>;rel=timemap;anchor=\"http://b.example/\",</4>;rel=self,</5>;rel=timegate";
    let mut walk = TimeMapWalk::new(START).policy(OriginPolicy::any_origin());
    let asked = walked(&mut walk, |uri| page(uri, if uri == START { document } else { "" }));
    // A target is resolved against the anchor, as in the CoRE Link Format.
    assert_eq!(asked, [START, "http://a.example/1", "http://archive.example/2"]);
    assert_eq!(left_out(&walk), [("http://b.example/3", LeftOutReason::Context)]);
    // A page that is known by no absolute URI cannot name others by relative ones.
    let mut walk = TimeMapWalk::new(START);
    walked(&mut walk, |uri| page(if uri == START { "/0" } else { uri }, "</1>;rel=timemap"));
    assert_eq!(left_out(&walk), [("/1", LeftOutReason::Unresolved)]);
}

/// Archives name the same TimeMap as CDXJ, JSON or HTML too.
#[test]
fn rfc7089_5_timemaps_in_other_formats_are_left_out() {
    let document = "<a>;rel=\"self timemap\";type=\"application/link-format\",\
        <cdxj>;rel=timemap;type=\"application/cdxj+ors\",<html>;rel=timemap;type=\"text/html\",\
        <1>;rel=timemap;type=\"Application/Link-Format; charset=utf-8\",<2>;rel=timemap,\
        <3>;rel=timemap;type=\"text/html\",<3>;rel=timemap;type=\"application/link-format\"";
    let mut walk = TimeMapWalk::new(START);
    let asked = walked(&mut walk, |uri| page(uri, document));
    let of = |name: &str| format!("http://archive.example/timemap/{name}");
    assert_eq!(asked, ["0", "1", "2", "3"].map(of));
    let others = [(of("cdxj"), LeftOutReason::MediaType), (of("html"), LeftOutReason::MediaType)];
    assert_eq!(left_out(&walk), others.each_ref().map(|(uri, reason)| (&**uri, *reason)));
}

#[test]
fn rfc5829_5_other_servers_are_asked_only_where_the_policy_allows_it() {
    let document = "<http://other.example/1>;rel=timemap,<https://archive.example/2>;rel=timemap,\
        <ftp://archive.example/3>;rel=timemap,<http://u@archive.example/4>;rel=timemap";
    let world = |uri: &str| page(uri, document);
    let mut walk = TimeMapWalk::new(START);
    assert_eq!(walked(&mut walk, world), [START, "https://archive.example/2"]);
    assert_eq!(
        left_out(&walk),
        [
            ("http://other.example/1", LeftOutReason::Origin),
            ("ftp://archive.example/3", LeftOutReason::Scheme),
            ("http://u@archive.example/4", LeftOutReason::UserInformation),
        ]
    );
    assert_eq!(walk.allows(START, "http://other.example/1"), Err(LeftOutReason::Origin));
    let policy = OriginPolicy::same_origin().origin("http://other.example");
    let mut walk = TimeMapWalk::new(START).policy(policy);
    assert_eq!(walked(&mut walk, world).len(), 3);
    assert_eq!(walk.allows(START, "http://other.example/1"), Ok(()));
}

#[test]
fn each_limit_leaves_out_with_its_reason() {
    // A server that invents pages for ever.
    let endless = |uri: &str| {
        let number: u64 = uri.rsplit('/').next().unwrap().parse().unwrap();
        let links: String =
            (1..=3).map(|more| format!("<{}>;rel=timemap,", number * 3 + more)).collect();
        page(uri, &links)
    };
    let limits = Limits::default();
    for (limits, reason, count) in [
        (limits.timemap_pages(10), LeftOutReason::Pages, 10),
        (limits.history_versions(10), LeftOutReason::Versions, 10),
        (limits.history_versions(10).timemap_pages(10), LeftOutReason::Pages, 10),
        (limits.history_depth(1), LeftOutReason::Depth, 4),
        (limits.history_links(5), LeftOutReason::Links, 6),
        (limits.history_octets(300), LeftOutReason::Octets, 4),
    ] {
        let mut walk = TimeMapWalk::new(START).limits(limits);
        let asked = walked(&mut walk, endless);
        assert_eq!(asked.len(), count, "{reason:?}");
        assert!(left_out(&walk).iter().all(|(_, found)| *found == reason), "{reason:?}");
        assert!(walk.left_out().next().is_some());
    }
    // What one page names.
    let named = |limit: u64| {
        let mut page = TimeMapPage::new(START).limits(limits.timemap_page_octets(limit));
        let document = b"</1>;rel=timemap,</2>;rel=timemap,</3>;rel=timemap,</4>;rel=timemap";
        TimeMap::new(document).flatten().for_each(|link| page.note(&link));
        let mut walk = TimeMapWalk::new(START);
        let asked = walked(&mut walk, |uri| match uri {
            START => TimeMapOutcome::Page(page.clone().into()),
            _ => TimeMapOutcome::Gone,
        });
        let left_out: Vec<_> = walk.left_out().map(|one| one.reason()).collect();
        (asked.len(), left_out, walk.left_out_omitted())
    };
    let one = "http://archive.example/1".len() as u64;
    assert_eq!(named(4 * one), (5, vec![], 0));
    assert_eq!(named(4 * one - 1), (4, vec![LeftOutReason::PageOctets], 0));
    assert_eq!(named(2 * one), (3, vec![LeftOutReason::PageOctets], 1));
    // Requests that are open.
    let mut walk = TimeMapWalk::new(START).limits(limits.history_open(2));
    walked_first(&mut walk, endless);
    let open = std::iter::from_fn(|| Some(walk.step()).filter(|it| matches!(it, Want::Ask { .. })));
    assert_eq!(open.count(), 2);
}

/// Answers the first request.
fn walked_first(walk: &mut TimeMapWalk, world: impl Fn(&str) -> TimeMapOutcome) {
    let Want::Ask { uri, .. } = walk.step() else { panic!("nothing is asked") };
    walk.answer(&uri, world(&uri)).unwrap();
}

#[cfg(feature = "http")]
#[test]
fn rfc9110_15_the_head_of_a_response_means_what_it_means_for_a_history() {
    use http::{HeaderMap, HeaderValue, StatusCode};
    let of = |status: u16, field: Option<(&'static str, &str)>| {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = field {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        TimeMapOutcome::of(StatusCode::from_u16(status).unwrap(), &headers)
    };
    assert_eq!(of(200, None), None);
    assert_eq!(of(204, None), None);
    assert_eq!(of(302, Some(("location", "/1"))), Some(TimeMapOutcome::Redirected("/1".into())));
    assert_eq!(of(302, None), Some(TimeMapOutcome::Failed));
    assert_eq!(of(403, None), Some(TimeMapOutcome::Refused));
    assert_eq!(of(410, None), Some(TimeMapOutcome::Gone));
    assert_eq!(of(500, None), Some(TimeMapOutcome::Failed));
    let later = TimeMapOutcome::TryAfter(Duration::from_secs(7));
    assert_eq!(of(503, Some(("retry-after", "7"))), Some(later));
}

/// A page that a limit left out as a target, and that a redirect leads to later, has no times, whether or
/// not both answers are taken in at the same time. Found by the test with random worlds.
#[test]
fn what_a_left_out_link_states_does_not_count_in_any_order() {
    let empty = || World::Page(vec![], None, false);
    let plain = |targets: &[usize]| {
        World::Page(targets.iter().map(|target| (*target, 0, None)).collect(), None, false)
    };
    let mut world: Vec<_> = (0..COUNT).map(|_| empty()).collect();
    world[0] = plain(&[1, 2]);
    world[1] = plain(&[0, 6, 8]);
    world[6] = World::Page(vec![(9, 0, Some((0, 50)))], None, false);
    world[8] = World::Moved(9, 0);
    let limits = Limits::default().timemap_pages(6).history_links(5);
    let (one, _) = walk_through(&world, limits.history_open(1), None, &[0]);
    let (two, _) = walk_through(&world, limits.history_open(2), None, &[0, 0, 1, 1]);
    assert_eq!(one, two);
}

/// What a link states of the page that it leads to.
type Times = Option<(i64, i64)>;

/// What a resource of a random world answers.
#[derive(Debug, Clone)]
enum World {
    /// Links: number of the page, spelling, times.
    Page(Vec<(usize, usize, Times)>, Times, bool),
    Moved(usize, usize),
    Failed,
    Busy(u64),
}

const COUNT: usize = 10;

fn uri(number: usize, spelling: usize) -> String {
    match spelling {
        0 => format!("http://archive.example/{number}"),
        1 => format!("HTTP://ARCHIVE.EXAMPLE:80/a/../{number}#x"),
        _ => format!("http://archive.example/%3{number}"),
    }
}

fn number(uri: &str) -> usize {
    uri.chars().last().unwrap().to_digit(10).unwrap() as usize
}

fn answer(world: &[World], asked: &str, requests: u64) -> TimeMapOutcome {
    match &world[number(asked)] {
        World::Page(links, own, broken) => {
            let mut text = String::new();
            let times = |times: &Times| {
                let time = |second| at(second).to_string();
                times.map_or(String::new(), |(from, until)| {
                    format!(";from=\"{}\";until=\"{}\"", time(from), time(until))
                })
            };
            text.push_str(&format!("<>;rel=self{}", times(own)));
            for (to, spelling, covered) in links {
                text.push_str(&format!(",<{}>;rel=timemap{}", uri(*to, *spelling), times(covered)));
            }
            let mut page = TimeMapPage::new(asked);
            let strict = Reader::new().tolerance(Tolerance::STRICT);
            for link in strict.timemap(text.as_bytes()) {
                page.note(&link.unwrap());
            }
            let page = if *broken { page.broken_off() } else { page };
            TimeMapOutcome::Page(page.into())
        }
        World::Moved(to, spelling) => TimeMapOutcome::Redirected(uri(*to, *spelling)),
        World::Failed => TimeMapOutcome::Failed,
        World::Busy(times) if requests <= *times => TimeMapOutcome::TryAfter(Duration::ZERO),
        World::Busy(_) => page(asked, ""),
    }
}

fn world() -> impl Strategy<Value = Vec<World>> {
    let times = || proptest::option::of((0..50_i64, 50..99_i64));
    let link = (0..COUNT, 0..3_usize, times());
    let page = (proptest::collection::vec(link, 0..6), times(), proptest::bool::weighted(0.1));
    let one = prop_oneof![
        6 => page.prop_map(|(links, own, broken)| World::Page(links, own, broken)),
        1 => (0..COUNT, 0..3_usize).prop_map(|(to, spelling)| World::Moved(to, spelling)),
        1 => Just(World::Failed),
        1 => (0..4_u64).prop_map(World::Busy),
    ];
    proptest::collection::vec(one, COUNT..=COUNT)
}

/// Walks with answers in an order of the choices, and gives what is seen, and the requests for each page.
fn walk_through(
    world: &[World],
    limits: Limits,
    wanted: Times,
    choices: &[usize],
) -> (String, BTreeMap<usize, u64>) {
    let mut walk = TimeMapWalk::new(uri(0, 0)).limits(limits);
    if let Some((from, until)) = wanted {
        walk = walk.between(at(from)..=at(until));
    }
    let (mut requests, mut open) = (BTreeMap::<usize, u64>::new(), Vec::new());
    let mut choices = choices.iter().cycle();
    loop {
        match walk.step() {
            Want::Ask { uri, .. } => {
                *requests.entry(number(&uri)).or_default() += 1;
                open.push(uri);
            }
            Want::Done => break,
            _ => {
                let uri = open.swap_remove(choices.next().unwrap() % open.len());
                walk.answer(&uri, answer(world, &uri, requests[&number(&uri)])).unwrap();
            }
        }
    }
    let pages: Vec<_> = walk.pages().collect();
    let left_out: Vec<_> = walk.left_out().collect();
    (format!("{pages:#?} {left_out:#?} {}", walk.left_out_omitted()), requests)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The result does not depend on the order of the answers, whatever the limits.
    #[test]
    fn any_order_of_the_answers_gives_the_same_result(
        world in world(),
        choices in proptest::collection::vec(0..8_usize, 1..12),
        wanted in proptest::option::of((0..50_i64, 50..99_i64)),
        (pages, links, open) in (1..12_u64, 1..30_u64, 1..8_u64),
    ) {
        let limits = Limits::default().timemap_pages(pages).history_links(links).history_tries(3);
        let (expected, _) = walk_through(&world, limits.history_open(1), wanted, &[0]);
        let (seen, requests) = walk_through(&world, limits.history_open(open), wanted, &choices);
        prop_assert_eq!(seen, expected);
        for (number, count) in requests {
            // Only a busy server is asked again.
            let most = if matches!(world[number], World::Busy(_)) { 3 } else { 1 };
            prop_assert!(count <= most, "{number} is asked {count} times");
        }
    }

    /// Without limits, the pages are those that a simple search finds.
    #[test]
    fn the_pages_are_those_that_can_be_reached(
        world in world(), choices in proptest::collection::vec(0..8_usize, 1..12),
    ) {
        let (mut reached, mut queue) = (BTreeSet::from([0]), vec![0]);
        while let Some(number) = queue.pop() {
            let targets: Vec<usize> = match &world[number] {
                World::Page(links, ..) => links.iter().map(|link| link.0).collect(),
                World::Moved(to, _) => vec![*to],
                World::Failed | World::Busy(_) => vec![],
            };
            queue.extend(targets.into_iter().filter(|target| reached.insert(*target)));
        }
        let (_, requests) = walk_through(&world, Limits::default(), None, &choices);
        prop_assert_eq!(requests.into_keys().collect::<BTreeSet<_>>(), reached);
    }
}
