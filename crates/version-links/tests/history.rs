//! Histories of single worlds: right ones, wrong ones and hostile ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use version_links::{
    History, HistoryFinding, LeftOutReason, Limits, NodeState, NotAsked, OriginPolicy, Outcome,
    Record, Relation, VersionLinks, Want, links,
};

const ORIGIN: &str = "http://e.example";

/// What a URI is answered by.
fn found(uri: &str, fields: &str) -> Outcome {
    Outcome::Found(VersionLinks::about(uri).links(links(fields.as_bytes()).flatten()))
}

/// Walks through a world of Link fields by path; gives the history, and the URIs that were asked.
fn walk_with(history: History, world: &[(&str, &str)]) -> (History, Vec<String>) {
    let world: HashMap<_, _> = world.iter().copied().collect();
    let mut asked = Vec::new();
    let history = answer_all(history, |uri| {
        asked.push(uri.to_owned());
        match world.get(uri.strip_prefix(ORIGIN).unwrap_or(uri)) {
            Some(fields) if fields.starts_with("-> ") => {
                Outcome::Redirected(fields[3..].to_owned())
            }
            Some(fields) => found(uri, fields),
            None => Outcome::Gone,
        }
    });
    (history, asked)
}

fn walk(world: &[(&str, &str)]) -> (History, Vec<String>) {
    walk_with(History::new(format!("{ORIGIN}{}", world[0].0)), world)
}

fn answer_all(mut history: History, mut server: impl FnMut(&str) -> Outcome) -> History {
    loop {
        match history.step() {
            Want::Ask { uri, .. } => {
                let outcome = server(&uri);
                history.answer(&uri, outcome).unwrap();
            }
            Want::Done => return history,
            want => panic!("{want:?}"),
        }
    }
}

/// The paths of the versions in their order.
fn order(history: &History) -> Vec<String> {
    let order = history.graph().order();
    order.into_iter().map(|node| node.uri().replace(ORIGIN, "")).collect()
}

fn heads(history: &History) -> Vec<String> {
    history.graph().heads().map(|node| node.uri().replace(ORIGIN, "")).collect()
}

const LINE: [(&str, &str); 4] = [
    ("/doc", "</3>; rel=latest-version, </h>; rel=version-history"),
    ("/3", "</2>; rel=\"prev predecessor-version\", </3>; rel=latest-version"),
    ("/2", "</1>; rel=predecessor-version, </3>; rel=successor-version"),
    ("/1", "</2>; rel=successor-version"),
];

#[test]
fn rfc5829_3_a_history_in_one_line_is_found_from_the_document_and_from_any_version() {
    let (history, asked) = walk(&LINE);
    assert_eq!(order(&history), ["/1", "/2", "/3"], "the document itself is no version");
    assert_eq!(heads(&history), ["/3"]);
    assert_eq!(asked.len(), 4, "the version history is no version: {asked:?}");
    assert_eq!(history.graph().findings(), []);
    assert_eq!(history.left_out().count(), 0);
    let node = history.node("HTTP://E.example:80/./2#x").unwrap();
    assert_eq!(
        (node.uri(), node.depth(), node.state()),
        ("http://e.example/2", 2, &NodeState::Found)
    );
    let graph = history.graph();
    let paths = |nodes: &mut dyn Iterator<Item = version_links::HistoryNode<'_>>| -> Vec<_> {
        nodes.map(|node| node.uri().to_owned()).collect()
    };
    assert_eq!(paths(&mut graph.predecessors(&node)), ["http://e.example/1"]);
    assert_eq!(paths(&mut graph.successors(&node)), ["http://e.example/3"]);
    for start in 1..4 {
        let mut world = LINE[1..].to_vec();
        world.swap(0, start - 1);
        assert_eq!(order(&walk(&world).0), ["/1", "/2", "/3"], "from {}", world[0].0);
    }
}

#[test]
fn rfc5829_3_several_successors_after_a_branch_and_predecessors_after_a_merge() {
    let (history, _) = walk(&[
        ("/5", "</3>; rel=predecessor-version, </4>; rel=predecessor-version"),
        ("/3", "</2>; rel=predecessor-version, </5>; rel=successor-version"),
        ("/4", "</2>; rel=predecessor-version"),
        (
            "/2",
            "</3>; rel=successor-version, </4>; rel=successor-version, </6>; rel=successor-version",
        ),
        ("/6", ""),
    ]);
    let order = order(&history);
    let place = |path: &str| order.iter().position(|found| found == path).unwrap();
    assert_eq!((order.len(), place("/2")), (5, 0));
    assert!(place("/3") < place("/5") && place("/4") < place("/5"));
    let mut heads = heads(&history);
    heads.sort();
    assert_eq!(heads, ["/5", "/6"]);
    assert_eq!(history.graph().findings(), []);
}

#[test]
fn no_version_is_asked_twice_under_any_spelling() {
    let (history, asked) = walk(&[
        (
            "/2",
            "</1>; rel=predecessor-version, <HTTP://E.EXAMPLE:80/./%31#x>; rel=predecessor-version, \
                </a/../1>; rel=predecessor-version, <http://e.example:/1>; rel=predecessor-version",
        ),
        ("/1", "</%32>; rel=successor-version, <#top>; rel=latest-version"),
    ]);
    assert_eq!(asked, ["http://e.example/2", "http://e.example/1"]);
    assert_eq!(order(&history), ["/1", "/2"]);
    let (_, asked) = walk_with(
        History::new("http://e.example"),
        &[("", "<http://e.example/>; rel=latest-version, <?>; rel=predecessor-version")],
    );
    assert_eq!(asked, ["http://e.example", "http://e.example?"]);
}

#[test]
fn a_redirect_stands_for_what_it_leads_to_and_is_offered_to_the_policy() {
    let (history, asked) = walk(&[
        ("/2", "</old/1>; rel=predecessor-version, </away>; rel=predecessor-version"),
        ("/old/1", "-> ../1"),
        ("/away", "-> http://other.example/0"),
        ("/1", "</2>; rel=successor-version, </old/0>; rel=predecessor-version"),
        ("/old/0", "-> /old/0#again"),
    ]);
    assert!(!asked.iter().any(|uri| uri.contains("other")), "{asked:?}");
    let to = "http://e.example/1";
    assert_eq!(
        *history.node("http://e.example/old/1").unwrap().state(),
        NodeState::Redirected { to }
    );
    // A redirect to itself leads nowhere.
    assert_eq!(*history.node("http://e.example/old/0").unwrap().state(), NodeState::Failed);
    let left_out: Vec<_> = history.left_out().map(|it| (it.uri(), it.reason())).collect();
    assert_eq!(left_out, [("http://other.example/0", LeftOutReason::Origin)]);
    assert_eq!(order(&history)[1..].len(), 3);
    assert!(history.allows("http://e.example/1", "http://e.example:80/x").is_ok());
    assert_eq!(history.allows("http://e.example/1", "//x.example/"), Err(LeftOutReason::Scheme));
    assert_eq!(
        history.allows("http://e.example/1", "http://x.example/"),
        Err(LeftOutReason::Origin)
    );
}

#[test]
fn a_client_that_follows_redirects_itself_gives_the_uri_at_which_it_found_the_version() {
    let world = |uri: &str| match uri {
        "http://e.example/2" => {
            found(uri, "</a>; rel=predecessor-version, </1>; rel=predecessor-version")
        }
        "http://e.example/a" => found("http://e.example/1", "<0>; rel=predecessor-version"),
        "http://e.example/0" => found("http://other.example/0", "<x>; rel=predecessor-version"),
        _ => panic!("{uri} is asked"),
    };
    let history = answer_all(History::new("http://e.example/2"), world);
    assert_eq!(*history.node("http://e.example/1").unwrap().state(), NodeState::Found);
    // Where the policy does not allow the redirect, its links do not count.
    let other = history.node("http://other.example/0").unwrap();
    assert_eq!(*other.state(), NodeState::LeftOut(LeftOutReason::Origin));
    assert!(history.node("http://other.example/x").is_none());
    assert_eq!(history.graph().findings(), []);
}

#[test]
fn of_two_answers_for_one_version_the_one_of_the_earlier_request_counts() {
    let (one, two) = ("http://e.example/1", "http://e.example/2");
    let fields = "</a>; rel=predecessor-version, </1>; rel=predecessor-version";
    for own_first in [false, true] {
        let mut history = History::new(two);
        assert!(matches!(history.step(), Want::Ask { .. }));
        history.answer(two, found(two, fields)).unwrap();
        let Want::Ask { uri: a, .. } = history.step() else { panic!("/a is not asked") };
        assert!(matches!(history.step(), Want::Ask { uri, .. } if uri == one));
        // The client found /a at /1, which is being asked too, and is answered otherwise.
        let answers =
            [(a.as_str(), found(one, "</0>; rel=predecessor-version")), (one, Outcome::Gone)];
        let mut answers = answers.to_vec();
        if own_first {
            answers.reverse();
        }
        for (uri, outcome) in answers {
            history.answer(uri, outcome).unwrap();
        }
        assert_eq!(*history.node(one).unwrap().state(), NodeState::Found);
    }
}

#[test]
fn redirects_that_lead_in_a_circle_or_go_on_for_ever_end() {
    let (history, asked) =
        walk(&[("/1", "</a>; rel=predecessor-version"), ("/a", "-> /b"), ("/b", "-> /a")]);
    assert_eq!(asked.len(), 3);
    let circle = vec!["http://e.example/a", "http://e.example/b"];
    assert_eq!(history.graph().findings(), [HistoryFinding::RedirectCircle(circle)]);
    assert_eq!(order(&history), ["/1"]);
    let mut hop = 0;
    let history = answer_all(
        History::new("http://e.example/0").limits(Limits::default().redirects(5)),
        |_| {
            hop += 1;
            Outcome::Redirected(format!("/{hop}"))
        },
    );
    assert_eq!(hop, 6);
    let left_out: Vec<_> = history.left_out().map(|it| (it.uri(), it.reason())).collect();
    assert_eq!(left_out, [("http://e.example/6", LeftOutReason::Redirects)]);
}

#[test]
fn rfc5829_5_other_origins_are_asked_only_if_the_policy_says_so() {
    let links = "<http://m.example/1>; rel=predecessor-version, <https://e.example/1>; rel=predecessor-version, \
                 <http://e.example:8080/1>; rel=predecessor-version, <ftp://e.example/1>; rel=predecessor-version, \
                 <http://u:p@e.example/1>; rel=predecessor-version, <urn:x:1>; rel=predecessor-version";
    let asked = |start: &str, policy: OriginPolicy, limits: Limits| {
        let history = History::new(start).policy(policy).limits(limits);
        let (history, mut asked) =
            walk_with(history, &[("/2", links), ("https://e.example/2", links)]);
        asked.remove(0);
        let reasons: BTreeMap<_, _> =
            history.left_out().map(|it| (it.uri().to_owned(), it.reason())).collect();
        assert_eq!(asked.len() + reasons.len(), 6);
        (asked, reasons)
    };
    let default = Limits::default();
    let (one, reasons) = asked("http://e.example/2", OriginPolicy::same_origin(), default);
    assert_eq!(one, ["https://e.example/1"], "the same host over https");
    for (uri, reason) in [
        ("http://m.example/1", LeftOutReason::Origin),
        ("http://e.example:8080/1", LeftOutReason::Origin),
        ("ftp://e.example/1", LeftOutReason::Scheme),
        ("urn:x:1", LeftOutReason::Scheme),
        ("http://u:p@e.example/1", LeftOutReason::UserInformation),
    ] {
        assert_eq!(reasons[uri], reason, "{uri}");
    }
    let listed = OriginPolicy::same_origin().origin("HTTP://M.example:80/any/path");
    let (two, _) = asked("http://e.example/2", listed.clone(), default);
    assert_eq!(two, ["http://m.example/1", "https://e.example/1"]);
    let any = OriginPolicy::any_origin();
    assert_eq!(asked("http://e.example/2", any.clone(), default).0.len(), 3);
    let (limited, reasons) = asked("http://e.example/2", any.clone(), default.history_origins(2));
    assert_eq!(limited, ["http://m.example/1"]);
    assert_eq!(reasons["https://e.example/1"], LeftOutReason::Origins);
    // From https to http only if that is allowed too.
    for policy in [listed.clone(), any.clone()] {
        let (secure, reasons) = asked("https://e.example/2", policy, default);
        assert_eq!(secure, ["https://e.example/1"]);
        assert_eq!(reasons["http://m.example/1"], LeftOutReason::Downgrade);
    }
    assert_eq!(asked("https://e.example/2", any.allow_downgrade(), default).0.len(), 3);
    assert_eq!(asked("https://e.example/2", listed.allow_downgrade(), default).0.len(), 2);
}

#[test]
fn a_version_that_is_left_out_is_asked_after_all_where_another_way_is_allowed() {
    // First from https, which would be a downgrade, then from http.
    let policy = OriginPolicy::any_origin();
    let (history, asked) = walk_with(
        History::new("http://e.example/3").policy(policy),
        &[
            ("/3", "<https://e.example/2>; rel=predecessor-version, </1>; rel=predecessor-version"),
            ("https://e.example/2", "<http://m.example/0>; rel=predecessor-version"),
            ("/1", "<http://m.example/0>; rel=predecessor-version"),
            ("http://m.example/0", ""),
        ],
    );
    assert_eq!(asked.last().map(String::as_str), Some("http://m.example/0"));
    assert_eq!(history.left_out().count(), 0);
}

#[test]
fn a_server_that_invents_predecessors_for_ever_is_left() {
    let invent = |limits: Limits| {
        let mut count = 0_u64;
        let history = answer_all(History::new("http://e.example/0").limits(limits), |uri| {
            count += 1;
            let fields = format!(
                "</{0}a>; rel=predecessor-version, </{0}b>; rel=predecessor-version",
                count
            );
            found(uri, &fields)
        });
        let reasons: Vec<_> = history.left_out().map(|it| it.reason()).collect();
        (count, reasons, history.left_out_omitted())
    };
    let default = Limits::default();
    let (asked, reasons, omitted) = invent(default.history_versions(100));
    assert_eq!((asked, reasons.len(), omitted), (100, 64, 37));
    assert!(reasons.iter().all(|reason| *reason == LeftOutReason::Versions));
    let (asked, reasons, omitted) = invent(default.history_depth(3));
    assert_eq!((asked, reasons.len(), omitted), (15, 16, 0));
    assert!(reasons.iter().all(|reason| *reason == LeftOutReason::Depth));
    let (asked, reasons, _) = invent(default.history_links(9));
    assert_eq!((asked, reasons.len()), (10, 11));
    assert!(reasons.iter().all(|reason| *reason == LeftOutReason::Links));
    let (asked, reasons, _) = invent(default.history_octets(2000));
    assert!((30..60).contains(&asked), "{asked}");
    assert!(reasons.iter().all(|reason| *reason == LeftOutReason::Octets));
}

#[test]
fn ten_thousand_versions_are_found_and_each_is_asked_once() {
    const COUNT: usize = 10_000;
    let mut asked = vec![0; COUNT + 1];
    let history = answer_all(History::new(format!("http://e.example/v/{COUNT}")), |uri| {
        let number: usize = uri.rsplit('/').next().unwrap().parse().unwrap();
        asked[number] += 1;
        // Each links to its neighbours, by many spellings, and to the latest.
        let (before, after) = (number - 1, number + 1);
        let mut fields = format!("<http://E.example:80/v/./{COUNT}#x>; rel=latest-version");
        if before > 0 {
            fields += &format!(", <./../v/{before}>; rel=predecessor-version");
        }
        if after <= COUNT {
            fields += &format!(", <//e.example/v/{after}>; rel=successor-version");
        }
        found(uri, &fields)
    });
    assert_eq!(asked[1..].iter().filter(|count| **count == 1).count(), COUNT);
    let graph = history.graph();
    let order = graph.order();
    assert_eq!(order.len(), COUNT);
    for (index, node) in order.iter().enumerate() {
        assert!(node.uri().ends_with(&format!("/{}", index + 1)));
    }
    assert_eq!(graph.heads().count(), 1);
    assert_eq!(graph.findings(), []);
    assert_eq!(graph.records().count(), 3 * COUNT - 2);
}

#[test]
fn what_contradicts_itself_is_told() {
    let (history, _) =
        walk(&[("/1", "</1>; rel=\"predecessor-version successor-version latest-version\"")]);
    let one = "http://e.example/1";
    assert_eq!(
        history.graph().findings(),
        [
            HistoryFinding::Itself(one, Relation::PREDECESSOR_VERSION),
            HistoryFinding::Itself(one, Relation::SUCCESSOR_VERSION),
        ]
    );
    assert_eq!((order(&history), heads(&history)), (vec!["/1".to_owned()], vec!["/1".to_owned()]));
    // One resource is the latest, the predecessor and the successor of another one.
    let (history, _) = walk(&[
        ("/1", "</2>; rel=\"latest-version predecessor-version successor-version\""),
        ("/2", ""),
    ]);
    let two = "http://e.example/2";
    assert_eq!(
        history.graph().findings(),
        [
            HistoryFinding::LatestHasSuccessor { latest: two, successor: one },
            HistoryFinding::Circle(vec![one, two]),
        ]
    );
    assert_eq!(heads(&history), [""; 0]);
    // Versions in a circle do not keep the others from having an order.
    let (history, _) = walk(&[
        ("/1", "</2>; rel=successor-version"),
        ("/2", "</3>; rel=successor-version"),
        ("/3", "</2>; rel=successor-version, </4>; rel=successor-version"),
        ("/4", "</1>; rel=latest-version"),
    ]);
    let order = order(&history);
    assert_eq!((order[0].as_str(), order[3].as_str()), ("/1", "/4"));
    let findings = history.graph().findings();
    assert!(
        findings.contains(&HistoryFinding::Circle(vec![two, "http://e.example/3"])),
        "{findings:?}"
    );
    // Two versions do not agree on the latest one, and on who comes after whom.
    let (history, _) = walk(&[
        ("/3", "</2>; rel=predecessor-version, </3>; rel=latest-version"),
        ("/2", "</1>; rel=predecessor-version, </4>; rel=\"successor-version latest-version\""),
        ("/1", ""),
        ("/4", "</2>; rel=predecessor-version"),
    ]);
    let (three, four) = ("http://e.example/3", "http://e.example/4");
    assert_eq!(
        history.graph().findings(),
        [
            HistoryFinding::SeveralLatest(vec![three, four]),
            HistoryFinding::NotReturned { before: two, after: three, stated_by: three },
        ]
    );
}

#[test]
fn mirrors_of_one_predecessor_are_told() {
    let (history, asked) = walk(&[(
        "/2",
        "<http://e.example/1>; rel=predecessor-version, <https://e.example/1>; rel=predecessor-version, \
                <ftp://e.example/1>; rel=predecessor-version, <ftp://e.example/0>; rel=predecessor-version",
    )]);
    let mirrors = vec!["http://e.example/1", "https://e.example/1", "ftp://e.example/1"];
    assert_eq!(history.graph().findings(), [HistoryFinding::Mirrors(mirrors)]);
    assert_eq!(asked.len(), 3);
}

#[test]
fn each_outcome_is_told_of_its_version() {
    let mut tries = 0;
    let history = answer_all(
        History::new("http://e.example/9").limits(Limits::default().history_tries(3)),
        |uri| match &uri["http://e.example/".len()..] {
            "9" => found(
                uri,
                "<1>; rel=predecessor-version, <2>; rel=predecessor-version, \
                               <3>; rel=predecessor-version, <4>; rel=successor-version, \
                               <5>; rel=predecessor-version, <6>; rel=predecessor-version",
            ),
            "1" => Outcome::Gone,
            "2" => Outcome::Refused,
            "3" => Outcome::Failed,
            "4" => Outcome::NotAVersion,
            "5" => Outcome::TryAfter(Duration::from_secs(7)),
            "6" if tries < 2 => {
                tries += 1;
                Outcome::TryAfter(Duration::from_secs(9))
            }
            _ => found(uri, ""),
        },
    );
    let states: Vec<_> = history.nodes().map(|node| node.state().clone()).collect();
    use NodeState::{Busy, Failed, Found, Gone, NotAVersion, Refused};
    assert_eq!(states, [Found, Gone, Refused, Failed, Busy, Found, NotAVersion]);
    // A landing page is neither a version nor a head.
    assert_eq!(heads(&history), ["/9"]);
    assert_eq!(order(&history).len(), 6);
}

#[test]
fn a_version_is_asked_again_after_the_time_that_the_server_wants() {
    let mut history = History::new("http://e.example/1");
    let uri = "http://e.example/1".to_owned();
    assert_eq!(history.step(), Want::Ask { uri: uri.clone(), delay: None });
    assert_eq!(history.step(), Want::Answer);
    history.answer(&uri, Outcome::TryAfter(Duration::from_secs(30))).unwrap();
    assert_eq!(history.answer(&uri, Outcome::Gone), Err(NotAsked), "it is not open");
    let delay = Some(Duration::from_secs(30));
    assert_eq!(history.step(), Want::Ask { uri: uri.clone(), delay });
    history.answer("HTTP://e.example:80/1", found(&uri, "")).unwrap();
    assert_eq!(history.step(), Want::Done);
    assert_eq!(history.answer(&uri, Outcome::Gone), Err(NotAsked));
    assert_eq!(history.answer("http://e.example/2", Outcome::Gone), Err(NotAsked));
}

#[test]
fn as_many_requests_are_open_as_the_limit_allows() {
    let mut history = History::new("http://e.example/0").limits(Limits::default().history_open(3));
    let Want::Ask { uri, .. } = history.step() else { panic!("nothing is asked") };
    let fields: Vec<_> = (1..=9).map(|it| format!("</{it}>; rel=predecessor-version")).collect();
    history.answer(&uri, found(&uri, &fields.join(", "))).unwrap();
    let mut open = Vec::new();
    while let Want::Ask { uri, .. } = history.step() {
        open.push(uri);
    }
    assert_eq!((open.len(), history.step()), (3, Want::Answer));
    // An answer that waits for others is no open request.
    history.answer(&open[2], Outcome::Gone).unwrap();
    assert!(matches!(history.step(), Want::Ask { uri, .. } if uri.ends_with("/4")));
    assert_eq!(*history.node(&open[2]).unwrap().state(), NodeState::Wanted);
    history.answer(&open[0], Outcome::Gone).unwrap();
    history.answer(&open[1], Outcome::Gone).unwrap();
    assert_eq!(*history.node(&open[2]).unwrap().state(), NodeState::Gone);
}

#[test]
fn rfc9745_a_successor_beside_a_deprecation_is_no_history() {
    let uri = "http://e.example/1";
    let history = answer_all(History::new(uri), |_| {
        let links = links(b"</v2>; rel=successor-version, </v0>; rel=predecessor-version");
        let about = VersionLinks::about(uri).deprecated();
        Outcome::Found(about.links(links.flatten()))
    });
    assert!(history.node("http://e.example/v2").is_none());
    assert!(history.node("http://e.example/v0").is_some());
}

#[test]
fn records_of_any_origin_make_a_history() {
    let history = answer_all(History::new("http://e.example/2"), |uri| match uri {
        "http://e.example/2" => {
            let record = Record::new(Relation::PREDECESSOR_VERSION, "1");
            Outcome::Found(VersionLinks::about(uri).records([record]))
        }
        _ => Outcome::Gone,
    });
    assert_eq!(order(&history), ["/1", "/2"]);
    // And a history makes records, which name both ends.
    let graph = history.graph();
    let records: Vec<_> = graph.records().collect();
    let expected = Record::new(Relation::PREDECESSOR_VERSION, "http://e.example/1");
    assert_eq!(records, [expected.with_context("http://e.example/2")]);
    // And a linkset (RFC 9264).
    let linkset = version_links::Linkset::from_records(records).to_text().unwrap();
    let expected =
        "<http://e.example/1>; rel=\"predecessor-version\"; anchor=\"http://e.example/2\"\n";
    assert_eq!(linkset, expected);
}

#[test]
fn a_start_that_cannot_be_asked_is_left_out() {
    for (start, reason) in
        [("ftp://e.example/", LeftOutReason::Scheme), ("no uri", LeftOutReason::Scheme)]
    {
        let mut history = History::new(start);
        assert_eq!(history.step(), Want::Done);
        assert_eq!(history.left_out().map(|it| it.reason()).collect::<Vec<_>>(), [reason]);
        assert_eq!(history.graph().order(), []);
    }
}

#[test]
fn a_drawing_has_a_box_for_each_uri_and_nothing_can_be_injected() {
    let (history, _) = walk(&[
        (
            "/2",
            "</old>; rel=predecessor-version, </2>; rel=latest-version, </gone>; rel=successor-version",
        ),
        ("/old", "-> /1"),
        ("/1", ""),
    ]);
    assert_eq!(
        history.graph().to_dot(),
        "digraph history {
  node [shape=box];
  n0 [label=\"http://e.example/2\", style=solid];
  n1 [label=\"http://e.example/old\", style=rounded];
  n2 [label=\"http://e.example/gone\\ngone\", style=dashed];
  n3 [label=\"http://e.example/1\", style=solid];
  n0 -> n2;
  n3 -> n0;
  n0 -> n0 [style=dotted];
  n1 -> n3 [style=dashed];
}
"
    );
    let hostile = History::new("http://e.example/\"];\n x\\");
    let dot = hostile.graph().to_dot();
    assert!(dot.contains("label=\"http://e.example/\\\"];\u{fffd} x\\\\\\n"), "{dot}");
}

#[cfg(feature = "http")]
#[test]
fn rfc9110_15_the_head_of_a_response_is_an_outcome() {
    use http::{HeaderMap, StatusCode};
    let uri = "http://e.example/1";
    let of = |status: u16, fields: &[(&'static str, &str)]| {
        let headers: HeaderMap = fields
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Outcome::of(uri, StatusCode::from_u16(status).unwrap(), &headers)
    };
    let seconds = |seconds| Outcome::TryAfter(Duration::from_secs(seconds));
    let link = [("link", "</0>; rel=predecessor-version")];
    assert_eq!(of(200, &link), found(uri, link[0].1));
    for status in [301, 302, 303, 307, 308] {
        assert_eq!(of(status, &[("location", "/2")]), Outcome::Redirected("/2".into()));
    }
    let date = ("date", "Tue, 20 Jun 2000 18:02:59 GMT");
    for (status, fields, expected) in [
        (302, &[][..], Outcome::Failed),
        (304, &[("location", "/2")], Outcome::Failed),
        (401, &[], Outcome::Refused),
        (403, &[], Outcome::Refused),
        (404, &[], Outcome::Gone),
        (410, &[], Outcome::Gone),
        (429, &[("retry-after", "120")], seconds(120)),
        (503, &[("retry-after", "0")], seconds(0)),
        (503, &[("retry-after", "Tue, 20 Jun 2000 18:04:00 GMT"), date], seconds(61)),
        (503, &[("retry-after", "Tue, 20 Jun 2000 18:02:00 GMT"), date], seconds(0)),
        (503, &[("retry-after", "Tue, 20 Jun 2000 18:04:00 GMT")], Outcome::Failed),
        (503, &[("retry-after", "-1")], Outcome::Failed),
        (503, &[("retry-after", "99999999999999999999")], Outcome::Failed),
        (503, &[], Outcome::Failed),
        (500, &[("retry-after", "1")], Outcome::Failed),
    ] {
        assert_eq!(of(status, fields), expected, "{status} {fields:?}");
    }
}
