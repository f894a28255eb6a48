//! Takes in the URIs that links and redirects lead to.

use crate::history::key::{Origin, Parts, is_http, key, without_fragment};
use crate::history::node::{Held, LeftOutReason, State};
use crate::history::policy::OriginPolicy;
use crate::limits::Limits;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// All nodes of a history, and those that are still to be asked.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    pub(super) nodes: Vec<Held>,
    /// The origin of the first one.
    pub(super) start: Option<Origin>,
    /// The number of each node, by its key.
    pub(super) numbers: HashMap<String, usize>,
    /// The nodes to be asked, in order, and how long to wait before.
    pub(super) queue: VecDeque<(usize, Option<std::time::Duration>)>,
    /// The origins of the nodes that are asked.
    pub(super) origins: BTreeSet<Origin>,
    /// The octets of all URIs, and the number of all links.
    pub(super) octets: u64,
    pub(super) links: u64,
    /// What was left out without a node, as far as it is kept, and how much was not kept.
    pub(super) beyond: Vec<(String, LeftOutReason)>,
    pub(super) omitted: u64,
}

/// How a URI was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'w> {
    /// The origin of the node that leads to it.
    pub(super) from: Option<&'w Origin>,
    pub(super) depth: u64,
    pub(super) redirects: u64,
}

impl Targets {
    pub(super) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            start: None,
            numbers: HashMap::new(),
            queue: VecDeque::new(),
            origins: BTreeSet::new(),
            octets: 0,
            links: 0,
            beyond: Vec::new(),
            omitted: 0,
        }
    }

    /// The node of a URI, which is made if it is new and the limits allow it.
    pub(super) fn reach(
        &mut self,
        uri: &str,
        way: Way<'_>,
        policy: &OriginPolicy,
        limits: &Limits,
    ) -> Option<usize> {
        let uri = without_fragment(uri);
        let key = key(uri);
        if let Some(&number) = self.numbers.get(&key) {
            self.reconsider(number, way, policy, limits);
            return Some(number);
        }
        let octets = self.octets + uri.len() as u64 + key.len() as u64;
        let beyond = match () {
            () if self.nodes.len() as u64 >= limits.history_versions => LeftOutReason::Versions,
            () if octets > limits.history_octets => LeftOutReason::Octets,
            () => {
                self.octets = octets;
                let state = match self.judge(uri, way, policy, limits) {
                    Ok(()) => State::Wanted,
                    Err(reason) => State::LeftOut(reason),
                };
                return Some(self.add(uri, key, way, state));
            }
        };
        self.leave_out(uri, beyond, limits);
        None
    }

    /// Adds the first node.
    pub(super) fn start(&mut self, uri: &str, policy: &OriginPolicy, limits: &Limits) {
        let uri = without_fragment(uri);
        let way = Way { from: None, depth: 0, redirects: 0 };
        let state = match self.judge(uri, way, policy, limits) {
            Ok(()) => State::Wanted,
            Err(reason) => State::LeftOut(reason),
        };
        self.start = Origin::of(uri);
        let key = key(uri);
        self.octets = (uri.len() + key.len()) as u64;
        self.add(uri, key, way, state);
    }

    /// Reports a URI for which there is no node.
    pub(super) fn leave_out(&mut self, uri: &str, reason: LeftOutReason, limits: &Limits) {
        if (self.beyond.len() as u64) < limits.diagnostics {
            self.beyond.push((uri.to_owned(), reason));
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    fn add(&mut self, uri: &str, key: String, way: Way<'_>, state: State) -> usize {
        let Way { depth, redirects, .. } = way;
        let number = self.nodes.len();
        let uri = uri.to_owned();
        self.nodes.push(Held { uri, depth, redirects, tries: 0, state, links: Vec::new() });
        self.numbers.insert(key, number);
        if state == State::Wanted {
            self.queue.push_back((number, None));
        }
        number
    }

    /// A node that is not asked, because of the way to it, is asked after all if another way is allowed.
    fn reconsider(&mut self, number: usize, way: Way<'_>, policy: &OriginPolicy, limits: &Limits) {
        let Some(Held { uri, state: State::LeftOut(_), .. }) = self.nodes.get(number) else {
            return;
        };
        let uri = uri.clone();
        if self.judge(&uri, way, policy, limits).is_ok() {
            if let Some(node) = self.nodes.get_mut(number) {
                (node.state, node.depth, node.redirects) =
                    (State::Wanted, way.depth, way.redirects);
            }
            self.queue.push_back((number, None));
        }
    }

    /// Whether a URI may be asked. If so, its origin counts from then on.
    fn judge(
        &mut self,
        uri: &str,
        way: Way<'_>,
        policy: &OriginPolicy,
        limits: &Limits,
    ) -> Result<(), LeftOutReason> {
        let parts = Parts::of(uri);
        if self.nodes.is_empty() {
            // The caller chose the start.
            let scheme = parts.as_ref().map(|parts| &*parts.origin.scheme);
            scheme.filter(|scheme| is_http(scheme)).ok_or(LeftOutReason::Scheme)?;
        } else {
            policy.judge(self.start.as_ref(), way.from, parts.as_ref())?;
        }
        if way.depth > limits.history_depth {
            return Err(LeftOutReason::Depth);
        }
        if way.redirects > limits.redirects {
            return Err(LeftOutReason::Redirects);
        }
        let origin = parts.map(|parts| parts.origin).ok_or(LeftOutReason::Scheme)?;
        if !self.origins.contains(&origin) {
            if self.origins.len() as u64 >= limits.history_origins {
                return Err(LeftOutReason::Origins);
            }
            self.origins.insert(origin);
        }
        Ok(())
    }
}
