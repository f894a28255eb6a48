use std::collections::HashMap;
use std::time::Duration;
use version_links::{
    History, Limits, NodeState, NotAsked, OriginPolicy, Outcome, Record, Relation, VersionLinks,
    Want, links,
};

/// A history of a world that the input makes up as it is asked, in any order of answers: it ends, asks
/// nothing twice, holds no more than its limits, is the same after it was stored, and its graph and its
/// drawing are sound.
///
/// # Panics
/// When it is otherwise.
pub fn history(data: &[u8]) {
    let mut input = Input(data);
    let limits = Limits::default()
        .history_versions(u64::from(input.next() % 32))
        .history_depth(u64::from(input.next() % 8))
        .history_open(u64::from(input.next() % 4))
        .history_links(u64::from(input.next()))
        .history_origins(u64::from(input.next() % 4))
        .history_octets(10_000)
        .history_tries(2)
        .redirects(3);
    let policy = match input.next() % 4 {
        0 => OriginPolicy::any_origin(),
        1 => OriginPolicy::any_origin().allow_downgrade(),
        2 => OriginPolicy::same_origin().origin("http://b.example"),
        _ => OriginPolicy::same_origin(),
    };
    let mut history = History::new(input.uri()).limits(limits).policy(policy);
    let (mut open, mut asked) = (Vec::new(), HashMap::<String, u64>::new());
    loop {
        match history.step() {
            Want::Ask { uri, delay } => {
                let count = asked.entry(uri.clone()).or_default();
                assert!(*count == 0 || delay.is_some(), "{uri} is asked twice");
                *count += 1;
                assert!(*count <= limits.history_tries);
                open.push(uri);
                assert!(open.len() as u64 <= limits.history_open.max(1));
            }
            Want::Done => break,
            _ => {
                let uri = open.swap_remove(usize::from(input.next()) % open.len());
                let outcome = input.outcome(&uri);
                history.answer(&uri, outcome).unwrap();
                assert_eq!(history.answer(&uri, Outcome::Gone), Err(NotAsked));
                if input.next() % 8 == 7 {
                    let json = serde_json::to_string(&history).unwrap();
                    history = serde_json::from_str::<History>(&json).unwrap().limits(limits);
                    assert_eq!(serde_json::to_string(&history).unwrap(), json);
                    // What was open is asked again, and nothing else.
                    for _ in &open {
                        let Want::Ask { uri, .. } = history.step() else {
                            panic!("not asked again")
                        };
                        assert!(open.contains(&uri), "{uri}");
                    }
                }
            }
        }
    }
    check(&history, limits);
}

fn check(history: &History, limits: Limits) {
    let nodes: Vec<_> = history.nodes().collect();
    assert!(nodes.len() as u64 <= limits.history_versions.max(1));
    assert!(nodes.iter().all(|node| *node.state() != NodeState::Wanted));
    assert!(nodes.iter().all(|node| history.node(node.uri()).as_ref() == Some(node)));
    let octets: usize = nodes.iter().map(|node| node.uri().len()).sum();
    assert!(octets as u64 <= limits.history_octets + 256);
    let graph = history.graph();
    let order = graph.order();
    assert!(order.iter().all(|node| nodes.contains(node)));
    for node in &nodes {
        assert!(
            graph.predecessors(node).all(|other| graph.successors(&other).any(|it| it == *node))
        );
    }
    for head in graph.heads() {
        assert!(order.contains(&head) && graph.successors(&head).count() == 0);
    }
    assert!(graph.records().count() as u64 <= limits.history_links);
    assert!(graph.findings().len() <= 8 * nodes.len() * nodes.len());
    // A line for each box and arrow, and three more.
    let dot = graph.to_dot();
    assert!(dot.lines().skip(2).all(|line| line.starts_with("  n") || line == "}"), "{dot}");
}

/// Choices, as the octets of an input make them. After its end all of them are 0.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn uri(&mut self) -> String {
        let origins = [
            "http://a.example",
            "HTTP://A.example:80",
            "https://a.example",
            "http://b.example",
            "http://u@a.example",
            "ftp://a.example",
            "",
            "//b.example:/x/..",
        ];
        let origin = origins[usize::from(self.next() % 8)];
        match self.next() {
            text @ 240.. => self.text(usize::from(text - 240)),
            number => format!("{origin}/{}", number % 16),
        }
    }

    /// So many octets of the input, as text.
    fn text(&mut self, len: usize) -> String {
        let (text, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn outcome(&mut self, asked: &str) -> Outcome {
        match self.next() {
            0..=1 => Outcome::Gone,
            2 => Outcome::Refused,
            3 => Outcome::Failed,
            4 => Outcome::NotAVersion,
            5..=7 => Outcome::TryAfter(Duration::from_secs(1)),
            8..=31 => Outcome::Redirected(self.uri()),
            32..=47 => {
                let fields = self.text(64);
                let read = links(fields.as_bytes()).flatten();
                Outcome::Found(VersionLinks::about(asked).links(read))
            }
            kind => {
                let at = if kind < 64 { self.uri() } else { asked.to_owned() };
                let relations = [
                    Relation::PREDECESSOR_VERSION,
                    Relation::SUCCESSOR_VERSION,
                    Relation::LATEST_VERSION,
                ];
                let records: Vec<_> = (0..self.next() % 6)
                    .map(|_| {
                        let relation = relations[usize::from(self.next() % 3)].clone();
                        Record::new(relation, self.uri())
                    })
                    .collect();
                Outcome::Found(VersionLinks::about(at).records(records))
            }
        }
    }
}
