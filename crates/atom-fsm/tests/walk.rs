//! The walk over bundles that refer to each other (draft-wilde-fsm-00 section 2.2.1).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::Limits;
use atom_fsm::atom::Date;
use atom_fsm::fsm::{Bundle, BundleReference};
use atom_fsm::walk::{
    Answered, AuthorityPolicy, BundleWalk, LeftOut, Outcome, Target, Visit, VisitReference,
    VisitState,
};
use proptest::prelude::*;
use std::collections::HashMap;

fn bundle(references: &[&str]) -> Bundle<'static> {
    let date = Date::new("2026-01-01T00:00:00Z");
    let bundle = Bundle::new("urn:example:1", "A", date, "/service");
    references.iter().fold(bundle, |bundle, uri| {
        bundle.with_member(BundleReference::new("B", (*uri).to_owned()))
    })
}

/// What servers answer: the final URI and the references, or something else.
#[derive(Debug, Clone)]
enum Served {
    Bundle(String, Vec<String>),
    Gone,
    Refused,
    Failed,
    /// Twice, and then the bundle without references.
    Later,
    Never,
}

type Web = HashMap<String, Served>;

/// Walks over a web, and takes one of the wanted URIs each time.
fn walk(mut walk: BundleWalk, web: &Web, mut choose: impl FnMut(usize) -> usize) -> BundleWalk {
    let mut asked: HashMap<String, u32> = HashMap::new();
    loop {
        let wanted: Vec<_> = walk.wanted().map(|want| want.uri().to_owned()).collect();
        if wanted.is_empty() {
            assert!(walk.has_ended());
            return walk;
        }
        let uri = &wanted[choose(wanted.len()) % wanted.len()];
        let times = asked.entry(uri.clone()).or_default();
        *times += 1;
        let found = bundle(&[]);
        let answered = match web.get(uri) {
            Some(Served::Bundle(to, references)) => {
                let references: Vec<_> = references.iter().map(String::as_str).collect();
                walk.answer(uri, Outcome::Found { uri: to, bundle: &bundle(&references) })
            }
            Some(Served::Later) if *times > 2 => {
                walk.answer(uri, Outcome::Found { uri, bundle: &found })
            }
            Some(Served::Later | Served::Never) => {
                let answered = walk.answer(uri, Outcome::TryAfter(7));
                if answered == Answered::Again {
                    let again = walk.wanted().find(|want| want.uri() == uri).unwrap();
                    assert_eq!(again.after(), Some(7));
                }
                answered
            }
            Some(Served::Refused) => walk.answer(uri, Outcome::Refused),
            Some(Served::Failed) => walk.answer(uri, Outcome::Failed),
            Some(Served::Gone) | None => walk.answer(uri, Outcome::Gone),
        };
        assert_ne!(answered, Answered::NotWanted);
        if answered == Answered::Taken {
            assert_eq!(walk.answer(uri, Outcome::Gone), Answered::NotWanted, "it was answered");
        }
    }
}

fn served(web: &[(&str, Served)]) -> Web {
    web.iter().map(|(uri, served)| ((*uri).to_owned(), served.clone())).collect()
}

fn at(uri: &str, references: &[&str]) -> Served {
    Served::Bundle(uri.to_owned(), references.iter().map(|it| (*it).to_owned()).collect())
}

fn states(walk: &BundleWalk) -> Vec<(&str, VisitState)> {
    walk.visits().iter().map(|visit| (visit.uri(), visit.state())).collect()
}

#[test]
fn fsm_2_2_1_three_servers_with_a_loop_and_one_down() {
    let web = served(&[
        ("http://a/1", at("http://a/1", &["http://b/2", "http://c/3", "3?x", "http://d/4"])),
        ("http://b/2", at("http://b/2", &["HTTP://A:80/1#top", "http://c/3"])),
        ("http://c/3", Served::Failed),
        ("http://a/3?x", Served::Refused),
    ]);
    let walk = walk(BundleWalk::new("http://a/1"), &web, |_| 0);
    assert_eq!(
        states(&walk),
        [
            ("http://a/1", VisitState::Found),
            ("http://b/2", VisitState::Found),
            ("http://c/3", VisitState::Failed),
            ("http://a/3?x", VisitState::Refused),
            ("http://d/4", VisitState::Gone),
        ]
    );
    let targets: Vec<_> =
        walk.visits()[1].references().iter().map(VisitReference::target).collect();
    assert_eq!(targets, [Target::Visit(0), Target::Visit(2)]);
    assert_eq!(walk.loops(), [(0, 0), (1, 0)], "the reference to c is part of no loop");
    assert_eq!(walk.visits()[1].depth(), 1);
}

#[test]
fn redirections_to_one_bundle_are_one_visit() {
    let web = served(&[
        ("http://a/1", at("http://a/1", &["http://a/old", "http://a/new", "http://a/back"])),
        ("http://a/old", at("http://a/new", &["http://a/x"])),
        ("http://a/new", at("http://a/new", &["http://a/x"])),
        ("http://a/back", at("http://a/1", &["http://a/y"])),
        ("http://a/x", at("http://a/x", &["http://a/old"])),
    ]);
    let walk = walk(BundleWalk::new("http://a/1"), &web, |_| 0);
    assert_eq!(
        states(&walk),
        [
            ("http://a/1", VisitState::Found),
            ("http://a/old", VisitState::Same(2)),
            ("http://a/new", VisitState::Found),
            ("http://a/back", VisitState::Same(0)),
            ("http://a/x", VisitState::Found),
        ]
    );
    assert_eq!(walk.visits()[1].final_uri(), Some("http://a/new"));
    // The first refers to itself by way of `back`; `new` and `x` to each other by way of `old`.
    assert_eq!(walk.loops(), [(0, 2), (2, 0), (4, 0)]);
}

#[test]
fn each_limit_and_each_policy_leaves_out_and_says_why() {
    let long = format!("http://a/{}", "x".repeat(3000));
    let web = served(&[
        (
            "https://a/1",
            at(
                "https://a/1",
                &["https://a/2", "https://b/3", "ftp://a/4", "urn:x", &long, "https://a/6"],
            ),
        ),
        ("https://a/2", at("http://a/2", &["https://a/5"])),
        ("https://a/6", at("https://b/6", &["https://a/7"])),
    ]);
    let start = || BundleWalk::new("https://a/1");
    let reasons = |walk: &BundleWalk| {
        let references = walk.visits()[0].references().iter();
        references
            .map(|it| match it.target() {
                Target::Visit(at) => walk.visits()[at].state(),
                Target::LeftOut(reason) => VisitState::LeftOut(reason),
                _ => panic!(),
            })
            .collect::<Vec<_>>()
    };
    let left = VisitState::LeftOut;
    let walked = walk(start().authorities(AuthorityPolicy::Start), &web, |_| 0);
    assert_eq!(
        reasons(&walked),
        [
            left(LeftOut::Downgrade),
            left(LeftOut::Authority),
            left(LeftOut::Scheme),
            left(LeftOut::Scheme),
            left(LeftOut::Length),
            left(LeftOut::Authority),
        ]
    );
    let walked = walk(start().limits(Limits::default().bundles(2)), &web, |_| 0);
    assert_eq!(reasons(&walked)[1], left(LeftOut::Bundles));
    let walked = walk(start().limits(Limits::default().bundle_depth(0)), &web, |_| 0);
    assert_eq!(reasons(&walked)[1], left(LeftOut::Depth));
    let walked = walk(start().limits(Limits::default().references(2)), &web, |_| 0);
    assert_eq!((walked.visits()[0].references().len(), walked.visits()[0].omitted()), (2, 4));
    for (uri, reason) in [("/x", LeftOut::Unresolved), ("file:///x", LeftOut::Scheme)] {
        let walk = BundleWalk::new(uri);
        assert!(walk.has_ended());
        assert_eq!(walk.visits()[0].state(), left(reason));
    }
}

#[test]
fn rfc9110_10_2_3_what_is_to_be_tried_later_is_wanted_again_a_few_times() {
    let web = served(&[
        ("http://a/1", at("http://a/1", &["http://a/2", "http://a/3"])),
        ("http://a/2", Served::Later),
        ("http://a/3", Served::Never),
    ]);
    let walk = walk(BundleWalk::new("http://a/1"), &web, |_| 0);
    assert_eq!(walk.visits()[1].state(), VisitState::Found);
    assert_eq!(walk.visits()[2].state(), VisitState::Failed);
}

#[test]
fn rfc9110_10_2_3_no_server_delays_a_walk_for_longer_than_the_limit() {
    let mut walk = BundleWalk::new("http://a/1").limits(Limits::default().delay_seconds(60));
    for (seconds, expected) in [(u64::MAX, 60), (61, 60), (59, 59)] {
        assert_eq!(walk.answer("http://a/1", Outcome::TryAfter(seconds)), Answered::Again);
        assert_eq!(walk.wanted().next().unwrap().after(), Some(expected));
    }
}

#[test]
fn the_octets_of_the_references_are_limited_over_the_whole_walk() {
    // Five octets of the first bundle's two references are left for those of the second depth.
    let web = served(&[
        ("http://a/1", at("http://a/1", &["http://a/2", "http://a/3"])),
        ("http://a/2", at("http://a/2", &["http://a/4", "http://a/5"])),
        ("http://a/3", at("http://a/3", &["http://a/6"])),
    ]);
    let start =
        |octets: u64| BundleWalk::new("http://a/1").limits(Limits::default().walk_octets(octets));
    for (octets, kept) in
        [(19, [1, 0, 0]), (20, [2, 0, 0]), (39, [2, 1, 0]), (40, [2, 2, 0]), (50, [2, 2, 1])]
    {
        for last in [false, true] {
            let walk = walk(start(octets), &web, |wanted| if last { wanted - 1 } else { 0 });
            let visits = walk.visits().iter();
            let found: Vec<_> = visits.map(|it| (it.references().len(), it.omitted())).collect();
            let expected =
                kept.iter().zip([2, 2, 1]).map(|(&kept, all)| (kept, (all - kept) as u64));
            let expected = expected.take(found.len().min(3));
            assert!(found.iter().copied().take(3).eq(expected), "{octets} {found:?}");
        }
    }
}

fn any_served() -> impl Strategy<Value = Served> {
    let uri = || (0..10_u8).prop_map(|number| format!("http://h{}/{number}", number % 3));
    let references = proptest::collection::vec(uri(), 0..5);
    prop_oneof![
        6 => (uri(), references.clone()).prop_map(|(to, it)| Served::Bundle(to, it)),
        6 => references.prop_map(|it| Served::Bundle(String::new(), it)),
        1 => Just(Served::Gone),
        1 => Just(Served::Refused),
        1 => Just(Served::Failed),
        1 => Just(Served::Later),
        1 => Just(Served::Never),
    ]
}

proptest! {
    #[test]
    fn any_order_of_the_answers_gives_the_same_result(
        served in proptest::collection::vec(any_served(), 10),
        orders in proptest::collection::vec(0..100_usize, 200),
        (bundles, depth, octets) in (1..12_u64, 0..5_u64, 0..300_u64),
        is_limited: bool,
    ) {
        let served = served.into_iter().enumerate().map(|(number, served)| {
            let uri = format!("http://h{}/{number}", number % 3);
            let served = match served {
                Served::Bundle(to, it) if to.is_empty() => Served::Bundle(uri.clone(), it),
                served => served,
            };
            (uri, served)
        });
        let web: Web = served.collect();
        let start = || {
            let limits = Limits::default().bundles(bundles).bundle_depth(depth).walk_octets(octets);
            let policy = AuthorityPolicy::Listed(vec!["h0".to_owned(), "h1".to_owned()]);
            let walk = BundleWalk::new("http://h0/0").limits(limits);
            if is_limited { walk.authorities(policy) } else { walk }
        };
        let first = walk(start(), &web, |_| 0);
        let last = walk(start(), &web, |wanted| wanted - 1);
        let mut orders = orders.into_iter().cycle();
        let any = walk(start(), &web, |_| orders.next().unwrap());
        prop_assert_eq!(first.visits(), last.visits());
        prop_assert_eq!(first.visits(), any.visits());
        prop_assert_eq!(first.loops(), any.loops());
        prop_assert!(first.visits().len() as u64 <= bundles.max(1));
        let references = first.visits().iter().flat_map(Visit::references);
        prop_assert!(references.map(|it| it.uri().len() as u64).sum::<u64>() <= octets);
        for visit in first.visits() {
            prop_assert!(visit.depth() <= depth);
            prop_assert_ne!(visit.state(), VisitState::Wanted);
            if let VisitState::Same(other) = visit.state() {
                prop_assert_eq!(first.visits()[other].state(), VisitState::Found);
            }
        }
    }
}
