//! The walk through a history: which versions are asked, and what came of it.

use crate::history::answers::{Answer, Progress};
use crate::history::graph::VersionGraph;
use crate::history::key::{Origin, Parts, key};
use crate::history::node::{Held, HistoryNode, LeftOut, LeftOutReason, Side, State};
use crate::history::outcome::{NotAsked, Outcome, Want};
use crate::history::policy::OriginPolicy;
use crate::history::targets::{Targets, Way};
use crate::limits::Limits;
use crate::reference::Base;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

/// The versions of a document, which are found by asking one after the other, without IO.
///
/// [`step`](Self::step) gives URIs to ask, several at the same time. [`answer`](Self::answer) takes
/// what came of each. The links `predecessor-version`, `successor-version` and `latest-version` of
/// each version lead to further ones; a successor beside a deprecation notice is no version of the
/// document and is not followed. No version is asked twice under any spelling of its URI. The result is
/// the same whatever the order of the answers: an answer counts when those of all requests before it
/// have come. [`graph`](Self::graph) gives the versions in their order.
///
/// ```
/// use version_links::{History, Outcome, VersionLinks, Want, links};
///
/// let server = |uri: &str| match uri {
///     "http://example.net/2" => "</1>; rel=predecessor-version, </2>; rel=latest-version",
///     _ => "</2>; rel=successor-version",
/// };
/// let mut history = History::new("http://example.net/2");
/// while let Want::Ask { uri, .. } = history.step() {
///     let found = VersionLinks::about(&uri).links(links(server(&uri).as_bytes()).flatten());
///     history.answer(&uri, Outcome::Found(found))?;
/// }
/// let graph = history.graph();
/// let order: Vec<_> = graph.order().into_iter().map(|version| version.uri()).collect();
/// assert_eq!(order, ["http://example.net/1", "http://example.net/2"]);
/// # Ok::<(), version_links::NotAsked>(())
/// ```
///
/// # Limits
/// `Limits` says how many [versions], [links] and [octets] of URIs a history holds, how [deep] it goes,
/// how many [requests] are open, how many [origins] it asks, and how often it [tries again].
/// [`left_out`](Self::left_out) gives what was left out for these limits, or by the [`OriginPolicy`].
///
/// [versions]: crate::Limits#structfield.history_versions
/// [links]: crate::Limits#structfield.history_links
/// [octets]: crate::Limits#structfield.history_octets
/// [deep]: crate::Limits#structfield.history_depth
/// [requests]: crate::Limits#structfield.history_open
/// [origins]: crate::Limits#structfield.history_origins
/// [tries again]: crate::Limits#structfield.history_tries
///
/// # Storing it
/// With the feature `serde`, a history can be stored and read again at any time. Requests that were
/// open are then made again, and no others. The limits are not stored: set them again. The policy is
/// stored: set it again too if others can write where the history is stored.
#[derive(Debug, Clone)]
pub struct History {
    pub(super) targets: Targets,
    /// The nodes that were asked and whose answers have not been taken in, in order.
    pub(super) sent: VecDeque<usize>,
    pub(super) progress: HashMap<usize, Progress>,
    /// How many requests are open.
    pub(super) open: u64,
    /// The nodes whose requests were open when the history was stored: they are asked again.
    pub(super) again: VecDeque<usize>,
    pub(super) policy: OriginPolicy,
    pub(super) limits: Limits,
}

/// How many requests may have been made whose answers are not taken in, for each that may be open.
const AHEAD: u64 = 8;

impl History {
    /// A history that begins with a version, or with the document that has versions.
    pub fn new(uri: impl Into<String>) -> Self {
        let mut history = Self {
            targets: Targets::new(),
            sent: VecDeque::new(),
            progress: HashMap::new(),
            open: 0,
            again: VecDeque::new(),
            policy: OriginPolicy::default(),
            limits: Limits::default(),
        };
        history.targets.start(&uri.into(), &history.policy, &history.limits);
        history
    }

    /// Sets how much it asks and holds. Set it before the first step.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets which origins it asks. Set it before the first step.
    #[must_use]
    pub fn policy(mut self, policy: OriginPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// What the history wants next.
    pub fn step(&mut self) -> Want {
        let most = self.limits.history_open.max(1);
        let is_room = self.open < most;
        while let Some(number) = self.again.front().copied().filter(|_| is_room) {
            self.again.pop_front();
            if let Some(uri) = self.open(number) {
                return Want::Ask { uri, delay: None };
            }
        }
        let is_room = is_room && (self.sent.len() as u64) < most.saturating_mul(AHEAD);
        while let Some(&(number, delay)) = self.targets.queue.front().filter(|_| is_room) {
            self.targets.queue.pop_front();
            // It may have been found in the meantime, where a redirect led to it.
            let wanted = |node: &&Held| node.state == State::Wanted;
            if self.targets.nodes.get(number).filter(wanted).is_some() {
                self.sent.push_back(number);
                self.progress.insert(number, Progress::Waiting);
                if let Some(uri) = self.open(number) {
                    return Want::Ask { uri, delay };
                }
            }
        }
        match (self.sent.is_empty(), self.targets.queue.is_empty()) {
            (true, true) => Want::Done,
            _ => Want::Answer,
        }
    }

    /// Takes what came of a request for a URI, in any spelling.
    ///
    /// # Errors
    /// [`NotAsked`] if no request for the URI is open. The history is then unchanged.
    #[allow(clippy::needless_pass_by_value, reason = "the caller needs it no longer")]
    pub fn answer(&mut self, uri: &str, outcome: Outcome) -> Result<(), NotAsked> {
        self.take(uri, || Answer::of(&outcome))
    }

    /// Takes the answer to a request for a URI, if one is open.
    pub(super) fn take(
        &mut self,
        uri: &str,
        answer: impl FnOnce() -> Answer,
    ) -> Result<(), NotAsked> {
        let number = self.targets.numbers.get(&key(uri)).copied().ok_or(NotAsked)?;
        let progress = self.progress.get_mut(&number);
        let progress = progress.filter(|it| **it == Progress::Open).ok_or(NotAsked)?;
        *progress = Progress::Answered(answer());
        self.open = self.open.saturating_sub(1);
        self.settle();
        Ok(())
    }

    /// Whether the policy allows to go from one URI to another: for a caller whose HTTP client follows
    /// redirects by itself, before each of them.
    ///
    /// # Errors
    /// The reason why not.
    pub fn allows(&self, from: &str, to: &str) -> Result<(), LeftOutReason> {
        let (from, to) = (Origin::of(from), Parts::of(to));
        self.policy.judge(self.targets.start.as_ref(), from.as_ref(), to.as_ref())
    }

    /// All URIs that were found, in the order in which they were found. The first one is the start.
    pub fn nodes(&self) -> impl Iterator<Item = HistoryNode<'_>> {
        (0..self.targets.nodes.len()).filter_map(|number| self.shown(number))
    }

    /// A URI that was found, in any spelling.
    #[must_use]
    pub fn node(&self, uri: &str) -> Option<HistoryNode<'_>> {
        self.shown(*self.targets.numbers.get(&key(uri))?)
    }

    /// What was left out, and why: first the nodes that are not asked, then URIs and links for which
    /// there is no node, of which as many are kept as
    /// [`Limits::diagnostics`](crate::Limits#structfield.diagnostics) allows.
    pub fn left_out(&self) -> impl Iterator<Item = LeftOut<'_>> {
        let of_nodes = self.targets.nodes.iter().filter_map(|node| match node.state {
            State::LeftOut(reason) => Some(LeftOut { uri: &node.uri, reason }),
            _ => None,
        });
        let beyond = self.targets.beyond.iter();
        of_nodes.chain(beyond.map(|(uri, reason)| LeftOut { uri, reason: *reason }))
    }

    /// How many URIs and links were left out, and are not among [`left_out`](Self::left_out).
    #[must_use]
    pub fn left_out_omitted(&self) -> u64 {
        self.targets.omitted
    }

    /// The versions and how they follow each other, as far as they are known now. The time is linear in
    /// the number of versions and links.
    #[must_use]
    pub fn graph(&self) -> VersionGraph<'_> {
        VersionGraph::of(&self.targets.nodes)
    }

    fn shown(&self, number: usize) -> Option<HistoryNode<'_>> {
        HistoryNode::of(&self.targets.nodes, number)
    }

    fn take_in(&mut self, number: usize, answer: Answer) {
        let Some(node) = self.targets.nodes.get(number) else { return };
        if node.state != State::Wanted {
            // A redirect led to it before, and gave its links.
            return;
        }
        let state = match answer {
            Answer::Gone => State::Gone,
            Answer::Refused => State::Refused,
            Answer::Failed => State::Failed,
            Answer::NotAVersion => State::NotAVersion,
            Answer::TryAfter(delay) => return self.try_after(number, delay),
            Answer::Redirected(to) => match self.redirected(number, &to) {
                Some(target) => State::Redirected(target),
                None => State::Failed,
            },
            Answer::Found { at, links, skipped } if key(&at) == key(&node.uri) => {
                return self.found(number, links, skipped);
            }
            Answer::Found { at, links, skipped } => match self.redirected(number, &at) {
                Some(target) => {
                    let wanted = |node: &Held| node.state == State::Wanted;
                    if self.targets.nodes.get(target).is_some_and(wanted) {
                        self.found(target, links, skipped);
                    }
                    State::Redirected(target)
                }
                None => State::Failed,
            },
        };
        if let Some(node) = self.targets.nodes.get_mut(number) {
            node.state = state;
        }
    }

    /// Takes in the answers that are due.
    pub(super) fn settle(&mut self) {
        // Answers count in the order of the requests, so that the order in which they come does not
        // matter.
        while let Some(&first) = self.sent.front() {
            match self.progress.remove(&first) {
                Some(Progress::Answered(answer)) => {
                    self.sent.pop_front();
                    self.take_in(first, answer);
                }
                waiting => {
                    self.progress.extend(waiting.map(|progress| (first, progress)));
                    break;
                }
            }
        }
    }

    /// Notes that a node is asked, and gives its URI.
    fn open(&mut self, number: usize) -> Option<String> {
        let progress = self.progress.get_mut(&number).filter(|it| **it == Progress::Waiting)?;
        let uri = self.targets.nodes.get(number)?.uri.clone();
        *progress = Progress::Open;
        self.open += 1;
        Some(uri)
    }

    fn try_after(&mut self, number: usize, delay: Duration) {
        let Some(node) = self.targets.nodes.get_mut(number) else { return };
        node.tries = node.tries.saturating_add(1);
        if node.tries >= self.limits.history_tries.max(1) {
            node.state = State::Busy;
        } else {
            self.targets.queue.push_back((number, Some(delay)));
        }
    }

    /// The node that a node redirects to. If it is the node itself, there is none.
    fn redirected(&mut self, number: usize, to: &str) -> Option<usize> {
        let node = self.targets.nodes.get(number)?;
        let to = Base::new(&node.uri).resolve(to)?;
        let from = Origin::of(&node.uri);
        let way = Way {
            from: from.as_ref(),
            depth: node.depth,
            redirects: node.redirects.saturating_add(1),
        };
        let target = self.targets.reach(&to, way, &self.policy, &self.limits)?;
        Some(target).filter(|target| *target != number)
    }

    fn found(
        &mut self,
        number: usize,
        links: Vec<(Side, String)>,
        (skipped, more): (Vec<(String, LeftOutReason)>, u64),
    ) {
        for (uri, reason) in skipped {
            // Several nodes may skip the same one. What is kept is short.
            if !self.targets.beyond.iter().any(|kept| (&*kept.0, kept.1) == (&*uri, reason)) {
                self.targets.leave_out(&uri, reason, &self.limits);
            }
        }
        self.targets.omitted = self.targets.omitted.saturating_add(more);
        let Some(node) = self.targets.nodes.get_mut(number) else { return };
        node.state = State::Found;
        let from = Origin::of(&node.uri);
        let way = Way { from: from.as_ref(), depth: node.depth.saturating_add(1), redirects: 0 };
        let mut known = BTreeSet::new();
        for (side, uri) in links {
            if self.targets.links >= self.limits.history_links {
                self.targets.leave_out(&uri, LeftOutReason::Links, &self.limits);
                continue;
            }
            if let Some(target) = self.targets.reach(&uri, way, &self.policy, &self.limits) {
                self.targets.links += u64::from(known.insert((side, target)));
            }
        }
        if let Some(node) = self.targets.nodes.get_mut(number) {
            node.links = known.into_iter().collect();
        }
    }
}
