//! Histories of random worlds with branches, merges, lies, redirects and busy servers: the same graph
//! for any order of the answers, and the same versions as a simple walk finds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use version_links::{
    History, LeftOutReason, Limits, NodeState, Outcome, Record, Relation, VersionLinks, Want,
};
#[cfg(feature = "serde")]
use version_links::{HistoryFinding, OriginPolicy};

/// What a resource of the world answers.
#[derive(Debug, Clone)]
enum Page {
    /// Links: relation, number of the target, spelling.
    Version(Vec<(usize, usize, usize)>),
    Moved(usize, usize),
    Gone,
    Refused,
    Failed,
    Landing,
    /// So many times busy, then a version without links.
    Busy(u64),
}

const COUNT: usize = 12;
const TRIES: u64 = 3;
const RELATIONS: [Relation<'static>; 4] = [
    Relation::PREDECESSOR_VERSION,
    Relation::SUCCESSOR_VERSION,
    Relation::LATEST_VERSION,
    Relation::NEXT,
];

/// The URI of a resource in one of its spellings. Some are on another server.
fn uri(number: usize, spelling: usize) -> String {
    let host = if number >= COUNT - 2 { "other.example" } else { "e.example" };
    match spelling {
        0 => format!("http://{host}/{number}"),
        1 => format!("HTTP://{}:80/./{number}#x", host.to_uppercase()),
        2 => format!("http://{host}:/a/../{number}"),
        _ => format!(
            "http://{host}/%{:02X}{}",
            number.to_string().as_bytes()[0],
            &number.to_string()[1..]
        ),
    }
}

/// The number of the resource that a URI names.
fn number(uri: &str) -> usize {
    let segment = uri.rsplit('/').next().unwrap();
    match segment.strip_prefix("%3") {
        Some(digits) => digits.parse().unwrap(),
        None => segment.parse().unwrap(),
    }
}

fn page() -> impl Strategy<Value = Page> {
    let link = (0..RELATIONS.len(), 0..COUNT, 0..4_usize);
    prop_oneof![
        8 => proptest::collection::vec(link, 0..6).prop_map(Page::Version),
        2 => (0..COUNT, 0..4_usize).prop_map(|(to, spelling)| Page::Moved(to, spelling)),
        1 => Just(Page::Gone),
        1 => Just(Page::Refused),
        1 => Just(Page::Failed),
        1 => Just(Page::Landing),
        1 => (0..5_u64).prop_map(Page::Busy),
    ]
}

/// The world's answer to one more request for a URI.
fn outcome(world: &[Page], asked: &str, requests: u64) -> Outcome {
    match &world[number(asked)] {
        Page::Version(links) => {
            let records = links.iter().map(|(relation, to, spelling)| {
                Record::new(RELATIONS[*relation].clone(), uri(*to, *spelling))
            });
            Outcome::Found(VersionLinks::about(asked).records(records))
        }
        Page::Moved(to, spelling) => Outcome::Redirected(uri(*to, *spelling)),
        Page::Gone => Outcome::Gone,
        Page::Refused => Outcome::Refused,
        Page::Failed => Outcome::Failed,
        Page::Landing => Outcome::NotAVersion,
        Page::Busy(times) if requests <= *times => Outcome::TryAfter(Duration::from_secs(requests)),
        Page::Busy(_) => Outcome::Found(VersionLinks::about(asked).records([])),
    }
}

/// Walks through the world with so many open requests, and answers in an order of the choices. After
/// some answers the history is stored and read again.
fn walk(
    world: &[Page],
    limits: Limits,
    choices: &[usize],
    store: bool,
) -> (History, BTreeMap<usize, u64>) {
    let mut history = History::new(uri(0, 0)).limits(limits);
    let mut requests: BTreeMap<usize, u64> = BTreeMap::new();
    let (mut open, mut choices) = (Vec::new(), choices.iter().cycle());
    loop {
        match history.step() {
            Want::Ask { uri, delay } => {
                let count = requests.entry(number(&uri)).or_default();
                // Only a busy server is asked twice, and after the time that it wants.
                assert_eq!(delay.map_or(0, |delay| delay.as_secs()), *count);
                *count += 1;
                open.push((outcome(world, &uri, *count), uri));
            }
            Want::Done => {
                assert!(open.is_empty());
                return (history, requests);
            }
            _ => {
                let choice = *choices.next().unwrap();
                let (outcome, uri) = open.swap_remove(choice % open.len());
                history.answer(&uri, outcome).unwrap();
                if cfg!(feature = "serde") && store && choice % 3 == 0 {
                    history = stored(&history, limits);
                    // What was open is asked again, in the same order, and nothing else yet.
                    for _ in 0..open.len() {
                        let Want::Ask { uri, .. } = history.step() else {
                            panic!("it is not asked again")
                        };
                        assert!(open.iter().any(|(_, known)| *known == uri));
                    }
                }
            }
        }
    }
}

#[cfg(feature = "serde")]
fn stored(history: &History, limits: Limits) -> History {
    let json = serde_json::to_string(history).unwrap();
    let history: History = serde_json::from_str(&json).unwrap();
    history.limits(limits)
}

#[cfg(not(feature = "serde"))]
fn stored(history: &History, _: Limits) -> History {
    history.clone()
}

/// All that can be seen of a history.
fn seen(history: &History) -> String {
    let graph = history.graph();
    let nodes: Vec<_> = history.nodes().collect();
    let (order, findings) = (graph.order(), graph.findings());
    let left_out: Vec<_> = history.left_out().collect();
    let heads: Vec<_> = graph.heads().collect();
    format!("{nodes:#?} {order:?} {heads:?} {findings:?} {left_out:?} {}", graph.to_dot())
}

/// The same walk, as simple as it can be: one request after the other, no limits.
#[derive(Default)]
struct Oracle {
    asked: BTreeSet<usize>,
    /// The versions before others.
    before: BTreeSet<(usize, usize)>,
}

fn oracle(world: &[Page]) -> Oracle {
    let mut oracle = Oracle::default();
    let mut waiting = VecDeque::from([0]);
    let end = |mut at: usize| {
        let mut passed = BTreeSet::new();
        while let Page::Moved(to, _) = world[at] {
            // A redirect within the same server alone is followed; to itself it leads nowhere.
            if at >= COUNT - 2 || to == at {
                break;
            }
            if !passed.insert(at) {
                return None;
            }
            at = to;
        }
        let is_landing = at < COUNT - 2 && matches!(world[at], Page::Landing);
        Some(at).filter(|_| !is_landing)
    };
    while let Some(at) = waiting.pop_front() {
        if at >= COUNT - 2 || !oracle.asked.insert(at) {
            continue;
        }
        match &world[at] {
            Page::Moved(to, _) => waiting.push_back(*to),
            Page::Version(links) => {
                for (relation, to, _) in links {
                    let edge = match relation {
                        0 => end(*to).map(|to| (to, at)),
                        1 => end(*to).map(|to| (at, to)),
                        2 => None,
                        _ => continue,
                    };
                    waiting.push_back(*to);
                    oracle.before.extend(edge.filter(|(one, other)| one != other));
                }
            }
            _ => {}
        }
    }
    oracle
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_order_of_answers_gives_the_same_graph(
        world in proptest::collection::vec(page(), COUNT),
        choices in proptest::collection::vec(0..100_usize, 1..20),
        open in 1..8_u64,
        limits in prop_oneof![
            Just(Limits::default()),
            (1..12_u64, 0..5_u64, 1..20_u64, 0..3_u64).prop_map(|(versions, depth, links, redirects)| {
                Limits::default().history_versions(versions).history_depth(depth)
                    .history_links(links).redirects(redirects)
            }),
        ],
    ) {
        let limits = limits.history_tries(TRIES);
        let (one, requests) = walk(&world, limits.history_open(1), &[0], false);
        let (other, others) = walk(&world, limits.history_open(open), &choices, false);
        prop_assert_eq!(seen(&one), seen(&other));
        prop_assert_eq!(&requests, &others);
        let (resumed, _) = walk(&world, limits.history_open(open), &choices, true);
        prop_assert_eq!(seen(&one), seen(&resumed));
    }

    #[test]
    fn a_history_finds_the_versions_and_neighbours_that_a_simple_walk_finds(
        world in proptest::collection::vec(page(), COUNT),
        choices in proptest::collection::vec(0..100_usize, 1..20),
    ) {
        let (history, requests) = walk(&world, Limits::default().history_tries(TRIES), &choices, false);
        let oracle = oracle(&world);
        prop_assert_eq!(requests.keys().copied().collect::<BTreeSet<_>>(), oracle.asked);
        for (number, count) in requests {
            let expected = match world[number] {
                Page::Busy(times) => (times + 1).min(TRIES),
                _ => 1,
            };
            prop_assert_eq!(count, expected);
        }
        let graph = history.graph();
        let mut before = BTreeSet::new();
        for node in history.nodes() {
            let this = number(node.uri());
            before.extend(graph.predecessors(&node).map(|other| (number(other.uri()), this)));
            for other in graph.successors(&node) {
                prop_assert!(graph.predecessors(&other).any(|back| back == node));
            }
            let is_foreign = this >= COUNT - 2;
            let left_out = NodeState::LeftOut(LeftOutReason::Origin);
            prop_assert_eq!(*node.state() == left_out, is_foreign);
        }
        prop_assert_eq!(&before, &oracle.before);
        // The order has each version once, and keeps to the links outside of circles.
        let order: Vec<_> = graph.order().iter().map(|node| number(node.uri())).collect();
        let place = |number: usize| order.iter().position(|found| *found == number).unwrap();
        prop_assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), order.len());
        let reaches = |from: usize, to: usize| {
            let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
            while let Some(at) = waiting.pop() {
                if seen.insert(at) {
                    waiting.extend(before.iter().filter(|(one, _)| *one == at).map(|(_, other)| *other));
                }
            }
            seen.contains(&to)
        };
        for &(one, other) in &before {
            prop_assert!(place(one) < place(other) || reaches(other, one));
        }
        for head in graph.heads() {
            prop_assert!(before.iter().all(|(one, _)| *one != number(head.uri())));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn what_is_no_stored_history_is_refused() {
    let history = History::new("http://e.example/0");
    let json = serde_json::to_value(&history).unwrap();
    assert!(serde_json::from_value::<History>(json.clone()).is_ok());
    let changed = |pointer: &str, value: serde_json::Value| {
        let mut json = json.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value::<History>(json).map(|_| ())
    };
    for (pointer, value) in [
        ("/nodes", serde_json::json!([])),
        ("/queue", serde_json::json!([[1, null]])),
        ("/sent", serde_json::json!([[7, null]])),
        ("/sent", serde_json::json!([[0, null], [0, null]])),
        // A node that waits twice would be asked twice, and its second answer would be waited for.
        ("/queue", serde_json::json!([[0, null], [0, null]])),
        ("/sent", serde_json::json!([[0, null]])),
        ("/nodes/0/links", serde_json::json!([["Latest", 0], ["Latest", 0]])),
        ("/nodes/0/links", serde_json::json!([["Latest", 0], ["Predecessor", 0]])),
        ("/nodes/0/links", serde_json::json!([["Latest", 1]])),
        ("/nodes/0/state", serde_json::json!({ "Redirected": 1 })),
    ] {
        assert!(changed(pointer, value.clone()).is_err(), "{pointer} {value}");
    }
    let twice = serde_json::json!([json["nodes"][0], json["nodes"][0]]);
    assert!(changed("/nodes", twice).is_err());
    assert!(changed("/nodes/0/depth", serde_json::json!(7)).is_ok());
}

/// Numbers that no history reaches neither overflow nor let it go on for ever.
#[cfg(feature = "serde")]
#[test]
fn a_stored_history_with_the_greatest_numbers_goes_on() {
    let json = serde_json::to_value(History::new("http://e.example/0")).unwrap();
    let outcomes = [
        Outcome::TryAfter(Duration::from_secs(1)),
        Outcome::Redirected("/1".into()),
        Outcome::Found(
            VersionLinks::about("http://e.example/0")
                .records([Record::new(Relation::PREDECESSOR_VERSION, "http://e.example/1")]),
        ),
    ];
    for outcome in outcomes {
        let mut json = json.clone();
        for name in ["depth", "redirects", "tries"] {
            json["nodes"][0][name] = serde_json::json!(u64::MAX);
        }
        json["omitted"] = serde_json::json!(u64::MAX);
        let mut history: History = serde_json::from_value(json).unwrap();
        let Want::Ask { uri, .. } = history.step() else { panic!("nothing is asked") };
        history.answer(&uri, outcome).unwrap();
        assert_eq!(history.step(), Want::Done);
        assert!(history.left_out().count() <= 1);
    }
}

/// A stored history may name one long URI by many short numbers, and many origins.
#[cfg(feature = "serde")]
#[test]
fn what_a_stored_history_names_often_is_looked_at_once() {
    let node = |uri: &str, links: serde_json::Value| {
        serde_json::json!({
            "uri": uri, "depth": 0, "redirects": 0, "tries": 0, "state": "Found", "links": links,
        })
    };
    let long = "a".repeat(256 * 1024);
    let ends = [format!("http://e.example/{long}"), format!("https://e.example/{long}")];
    let mut nodes = ends.map(|uri| node(&uri, serde_json::json!([]))).to_vec();
    nodes.extend((0..4096).map(|number| {
        let links = serde_json::json!([["Predecessor", 0], ["Predecessor", 1]]);
        node(&format!("http://e.example/{number}"), links)
    }));
    let mut json = serde_json::to_value(History::new("http://e.example/")).unwrap();
    json["nodes"] = nodes.into();
    json["queue"] = serde_json::json!([]);
    let history: History = serde_json::from_value(json).unwrap();
    // Each of the 4,096 nodes names two mirrors.
    let findings = history.graph().findings();
    let is_mirrors = |it: &&HistoryFinding<'_>| matches!(it, HistoryFinding::Mirrors(_));
    assert_eq!(findings.iter().filter(is_mirrors).count(), 4096);
    // Many origins that are allowed, and many links to others.
    let policy = (0..20_000).fold(OriginPolicy::same_origin(), |policy, number| {
        policy.origin(format!("http://{number}.example"))
    });
    let json = serde_json::to_string(&History::new("http://e.example/").policy(policy)).unwrap();
    let mut history: History = serde_json::from_str(&json).unwrap();
    let Want::Ask { uri, .. } = history.step() else { panic!("nothing is asked") };
    let target = |number| format!("http://x{number}.example/");
    let record = |number| Record::new(Relation::PREDECESSOR_VERSION, target(number));
    let found = VersionLinks::about(&uri).records((0..10_000).map(record));
    history.answer(&uri, Outcome::Found(found)).unwrap();
    assert_eq!(history.left_out().count(), 10_000);
}

#[cfg(feature = "serde")]
#[test]
fn rfc6454_4_the_origins_of_a_policy_are_stored() {
    let policy = OriginPolicy::same_origin()
        .origin("http://A.example:80/x")
        .origin("https://b.example:8443")
        .origin("http://c.example:8443")
        .origin("urn:x:y");
    let history = History::new("http://e.example/").policy(policy);
    let json = serde_json::to_string(&history).unwrap();
    let again: History = serde_json::from_str(&json).unwrap();
    for history in [history, again] {
        for (to, expected) in [
            ("http://a.example/", Ok(())),
            ("https://a.example/", Ok(())),
            ("https://a.example:8443/", Err(LeftOutReason::Origin)),
            ("http://a.example:81/", Err(LeftOutReason::Origin)),
            ("https://b.example:8443/", Ok(())),
            ("https://b.example/", Err(LeftOutReason::Origin)),
            ("http://b.example:8443/", Err(LeftOutReason::Origin)),
            ("http://c.example:8443/", Ok(())),
            ("https://c.example:8443/", Err(LeftOutReason::Origin)),
            ("https://c.example/", Err(LeftOutReason::Origin)),
            ("https://e.example/", Ok(())),
        ] {
            assert_eq!(history.allows("http://e.example/", to), expected, "{to}");
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn an_origin_that_is_left_out_takes_no_place_of_one_that_is_asked() {
    let policy = version_links::OriginPolicy::same_origin().origin("http://m.example");
    let limits = Limits::default().history_origins(2);
    let mut history = History::new("http://e.example/3").limits(limits).policy(policy);
    let mut answer = |uri: &str, targets: &[&'static str]| {
        assert!(matches!(history.step(), Want::Ask { uri: asked, .. } if asked == uri));
        let record = |target: &&'static str| Record::new(Relation::PREDECESSOR_VERSION, *target);
        let links = VersionLinks::about(uri).records(targets.iter().map(record));
        history.answer(uri, Outcome::Found(links)).unwrap();
        history = stored(&history, limits);
    };
    answer("http://e.example/3", &["http://x.example/2", "http://e.example/2"]);
    answer("http://e.example/2", &["http://m.example/1"]);
    answer("http://m.example/1", &[]);
}

#[cfg(feature = "serde")]
#[test]
fn an_answer_that_was_stored_is_taken_in_when_it_is_due() {
    let mut json = serde_json::to_value(History::new("http://e.example/0")).unwrap();
    json["queue"] = serde_json::json!([]);
    json["sent"] = serde_json::json!([[0, "Gone"]]);
    let mut history: History = serde_json::from_value(json).unwrap();
    assert_eq!(history.step(), Want::Done);
    assert_eq!(*history.nodes().next().unwrap().state(), NodeState::Gone);
}
