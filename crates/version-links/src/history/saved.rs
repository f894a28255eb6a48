//! A history as it is stored.

use crate::history::answers::{Answer, Progress};
use crate::history::key::{Origin, key};
use crate::history::node::{Held, LeftOutReason, State};
use crate::history::policy::OriginPolicy;
use crate::history::targets::Targets;
use crate::history::walk::History;
use crate::limits::Limits;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// What is stored. Everything else is found again from it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    policy: OriginPolicy,
    nodes: Vec<Held>,
    queue: VecDeque<(usize, Option<Duration>)>,
    /// The requests whose answers have not been taken in, in order, with the answers that have come.
    sent: Vec<(usize, Option<Answer>)>,
    beyond: Vec<(String, LeftOutReason)>,
    omitted: u64,
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = |number: &usize| match self.progress.get(number) {
            Some(Progress::Answered(answer)) => (*number, Some(answer.clone())),
            _ => (*number, None),
        };
        let saved = Saved {
            policy: self.policy.clone(),
            nodes: self.targets.nodes.clone(),
            queue: self.targets.queue.clone(),
            sent: self.sent.iter().map(answer).collect(),
            beyond: self.targets.beyond.clone(),
            omitted: self.targets.omitted,
        };
        saved.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        saved.history().ok_or_else(|| serde::de::Error::custom("no history is stored like this"))
    }
}

impl Saved {
    /// The history, if the numbers of the nodes are sound.
    fn history(self) -> Option<History> {
        let Self { policy, nodes, queue, sent, beyond, omitted } = self;
        let exists = |number: usize| number < nodes.len();
        let is_sound = |node: &Held| {
            let to = match node.state {
                State::Redirected(to) => exists(to),
                _ => true,
            };
            // A history holds the links of a node once, in order.
            let in_order = node.links.windows(2).all(|pair| pair[0] < pair[1]);
            to && in_order && node.links.iter().all(|(_, target)| exists(*target))
        };
        let numbers = queue.iter().map(|(number, _)| *number);
        let mut numbers = numbers.chain(sent.iter().map(|(number, _)| *number));
        // A node waits once.
        let mut waiting = HashSet::new();
        let is_new = |number: usize| exists(number) && waiting.insert(number);
        if nodes.is_empty() || !nodes.iter().all(is_sound) || !numbers.all(is_new) {
            return None;
        }
        let mut targets = Targets { queue, beyond, omitted, ..Targets::new() };
        for (number, node) in nodes.iter().enumerate() {
            let key = key(&node.uri);
            targets.octets += (node.uri.len() + key.len()) as u64;
            targets.links += node.links.len() as u64;
            if targets.numbers.insert(key, number).is_some() {
                return None;
            }
            if !matches!(node.state, State::LeftOut(_)) {
                targets.origins.extend(Origin::of(&node.uri));
            }
        }
        targets.start = nodes.first().and_then(|start| Origin::of(&start.uri));
        targets.nodes = nodes;
        let mut progress = HashMap::new();
        let (mut order, mut again) = (VecDeque::new(), VecDeque::new());
        for (number, answer) in sent {
            if answer.is_none() {
                again.push_back(number);
            }
            let state = answer.map_or(Progress::Waiting, Progress::Answered);
            if progress.insert(number, state).is_some() {
                return None;
            }
            order.push_back(number);
        }
        let limits = Limits::default();
        let mut history =
            History { targets, sent: order, progress, open: 0, again, policy, limits };
        history.settle();
        Some(history)
    }
}
