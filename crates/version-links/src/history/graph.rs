//! The versions of a history, and how they follow each other.

use crate::history::circles::groups;
use crate::history::finding::HistoryFinding;
use crate::history::key::Parts;
use crate::history::node::{Held, HistoryNode, Side, State};
use crate::versions::Record;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The versions of a history, and how they follow each other; [`History::graph`] makes it.
///
/// A redirect stands for the version that it leads to. What is no version is left out: a document
/// that only leads to its latest version, and a URI that was answered by something else
/// ([`NodeState::NotAVersion`]). Versions that could not be read are there, since others name them.
///
/// [`NodeState::NotAVersion`]: crate::NodeState::NotAVersion
/// [`History::graph`]: crate::History::graph
#[derive(Debug, Clone)]
pub struct VersionGraph<'h> {
    pub(super) nodes: &'h [Held],
    /// The node that each node stands for. There is none where redirects lead in a circle.
    ends: Vec<Option<usize>>,
    is_version: Vec<bool>,
    /// The versions directly before and after each node.
    before: Vec<Vec<usize>>,
    pub(super) after: Vec<Vec<usize>>,
    /// Which of two neighbours says so.
    stated: BTreeMap<(usize, usize), Stated>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Stated {
    by_earlier: bool,
    by_later: bool,
}

impl<'h> VersionGraph<'h> {
    pub(super) fn of(nodes: &'h [Held]) -> Self {
        let mut graph = Self {
            nodes,
            ends: ends(nodes),
            is_version: vec![false; nodes.len()],
            before: vec![Vec::new(); nodes.len()],
            after: vec![Vec::new(); nodes.len()],
            stated: BTreeMap::new(),
        };
        for (number, node) in nodes.iter().enumerate() {
            graph.add(number, node);
        }
        for &(earlier, later) in graph.stated.keys() {
            graph.after[earlier].push(later);
            graph.before[later].push(earlier);
            (graph.is_version[earlier], graph.is_version[later]) = (true, true);
        }
        graph
    }

    fn add(&mut self, number: usize, node: &Held) {
        let mut leads_to_latest = false;
        for &(side, target) in &node.links {
            let Some(target) = self.end(target) else { continue };
            let (edge, is_by_later) = match side {
                Side::Latest => {
                    self.is_version[target] = true;
                    leads_to_latest |= target != number;
                    continue;
                }
                Side::Predecessor => ((target, number), true),
                Side::Successor => ((number, target), false),
            };
            if target != number {
                let stated = self.stated.entry(edge).or_default();
                stated.by_later |= is_by_later;
                stated.by_earlier |= !is_by_later;
            }
        }
        self.is_version[number] |= node.state == State::Found && !leads_to_latest;
    }

    /// The version that a node stands for.
    fn end(&self, number: usize) -> Option<usize> {
        let end = self.ends.get(number).copied().flatten()?;
        Some(end).filter(|end| self.nodes[*end].state != State::NotAVersion)
    }

    /// All versions, from the first to the last: each comes after its predecessors. Versions in a circle
    /// stand side by side, since none of them is the first.
    #[must_use]
    pub fn order(&self) -> Vec<HistoryNode<'h>> {
        let groups = groups(&self.after);
        let numbers = groups.iter().rev().flatten().copied();
        let versions = numbers.filter(|number| self.is_version[*number]);
        versions.filter_map(|number| self.node(number)).collect()
    }

    /// The versions without a successor, in the order in which they were found. There are several after
    /// branches that were not merged, and none if all versions lead into a circle.
    pub fn heads(&self) -> impl Iterator<Item = HistoryNode<'h>> {
        let heads = (0..self.nodes.len())
            .filter(|number| self.is_version[*number] && self.after[*number].is_empty());
        heads.filter_map(|number| self.node(number))
    }

    /// The versions directly before a version, whichever of the two says so. There are several after a
    /// merge.
    pub fn predecessors(&self, of: &HistoryNode<'_>) -> impl Iterator<Item = HistoryNode<'h>> {
        self.around(of, &self.before)
    }

    /// The versions directly after a version, whichever of the two says so. There are several after a
    /// branch.
    pub fn successors(&self, of: &HistoryNode<'_>) -> impl Iterator<Item = HistoryNode<'h>> {
        self.around(of, &self.after)
    }

    /// The links as records, as the versions state them: their contexts and targets are URIs.
    /// [`Linkset::from_records`](crate::Linkset::from_records) makes a linkset of them.
    pub fn records(&self) -> impl Iterator<Item = Record<'h>> {
        let nodes = self.nodes;
        nodes.iter().flat_map(move |node| {
            node.links.iter().filter_map(move |(side, target)| {
                let target = nodes.get(*target)?;
                let record = Record::new(side.relation(), target.uri.as_str());
                Some(record.with_context(node.uri.as_str()))
            })
        })
    }

    /// What is contradictory or unusual.
    #[must_use]
    pub fn findings(&self) -> Vec<HistoryFinding<'h>> {
        let mut found = Vec::new();
        self.of_redirects(&mut found);
        let without_schemes = self.without_schemes();
        for node in self.nodes.iter().enumerate() {
            self.of_node(node, &without_schemes, &mut found);
        }
        self.of_latest(&mut found);
        self.of_neighbours(&mut found);
        let circles = groups(&self.after).into_iter().rev().filter(|group| group.len() > 1);
        found.extend(circles.map(|group| HistoryFinding::Circle(self.uris(group))));
        found
    }

    fn of_redirects(&self, found: &mut Vec<HistoryFinding<'h>>) {
        let to = |node: &Held| match node.state {
            State::Redirected(to) => vec![to],
            _ => vec![],
        };
        let redirects: Vec<_> = self.nodes.iter().map(to).collect();
        let circles = groups(&redirects).into_iter().rev().filter(|group| group.len() > 1);
        found.extend(circles.map(|group| HistoryFinding::RedirectCircle(self.uris(group))));
    }

    /// A number for each URI that has an authority. Those that differ only in their scheme have the same.
    fn without_schemes(&self) -> Vec<Option<usize>> {
        let mut known = HashMap::new();
        let mut numbered = |node: &Held| {
            let next = known.len();
            Parts::of(&node.uri).map(|parts| *known.entry(parts.without_scheme).or_insert(next))
        };
        self.nodes.iter().map(&mut numbered).collect()
    }

    fn of_node(
        &self,
        (number, node): (usize, &'h Held),
        without_schemes: &[Option<usize>],
        found: &mut Vec<HistoryFinding<'h>>,
    ) {
        let mut mirrors: BTreeMap<(Side, usize), Vec<usize>> = BTreeMap::new();
        let mut itself = BTreeSet::new();
        for &(side, target) in &node.links {
            if side != Side::Latest && self.end(target) == Some(number) {
                itself.insert(side);
            }
            if let Some(same) = without_schemes.get(target).copied().flatten() {
                mirrors.entry((side, same)).or_default().push(target);
            }
        }
        found.extend(
            itself.into_iter().map(|side| HistoryFinding::Itself(&node.uri, side.relation())),
        );
        let mirrors = mirrors.into_values().filter(|targets| targets.len() > 1);
        found.extend(mirrors.map(|targets| HistoryFinding::Mirrors(self.uris(targets))));
    }

    fn of_latest(&self, found: &mut Vec<HistoryFinding<'h>>) {
        let links = self.nodes.iter().flat_map(|node| &node.links);
        let latest = links.filter(|(side, _)| *side == Side::Latest);
        let latest: BTreeSet<_> = latest.filter_map(|(_, target)| self.end(*target)).collect();
        if latest.len() > 1 {
            found.push(HistoryFinding::SeveralLatest(self.uris(latest.iter().copied())));
        }
        found.extend(latest.into_iter().filter_map(|latest| {
            let successor = self.uri(*self.after[latest].first()?);
            Some(HistoryFinding::LatestHasSuccessor { latest: self.uri(latest), successor })
        }));
    }

    fn of_neighbours(&self, found: &mut Vec<HistoryFinding<'h>>) {
        // Which nodes name neighbours on a side.
        let names = |side: Side| -> Vec<bool> {
            let any = |node: &Held| node.links.iter().any(|(found, _)| *found == side);
            self.nodes.iter().map(any).collect()
        };
        let (before, after) = (names(Side::Predecessor), names(Side::Successor));
        for (&(earlier, later), stated) in &self.stated {
            let stated_by = match (stated.by_earlier, stated.by_later) {
                (true, false) if before[later] => earlier,
                (false, true) if after[earlier] => later,
                _ => continue,
            };
            found.push(HistoryFinding::NotReturned {
                before: self.uri(earlier),
                after: self.uri(later),
                stated_by: self.uri(stated_by),
            });
        }
    }

    fn around(
        &self,
        of: &HistoryNode<'_>,
        sides: &[Vec<usize>],
    ) -> impl Iterator<Item = HistoryNode<'h>> {
        // A node of another history names none of this one's.
        let is_known = self.nodes.get(of.number).is_some_and(|node| node.uri == of.uri);
        let side = sides.get(of.number).filter(|_| is_known).map_or(&[][..], |side| side);
        let nodes: Vec<_> = side.iter().filter_map(|number| self.node(*number)).collect();
        nodes.into_iter()
    }

    fn node(&self, number: usize) -> Option<HistoryNode<'h>> {
        HistoryNode::of(self.nodes, number)
    }

    fn uri(&self, number: usize) -> &'h str {
        &self.nodes[number].uri
    }

    fn uris(&self, numbers: impl IntoIterator<Item = usize>) -> Vec<&'h str> {
        numbers.into_iter().map(|number| self.uri(number)).collect()
    }
}

/// The node that each node leads to by redirects, or none where they lead in a circle.
fn ends(nodes: &[Held]) -> Vec<Option<usize>> {
    let mut ends: Vec<Option<Option<usize>>> = vec![None; nodes.len()];
    let mut is_on_path = vec![false; nodes.len()];
    for start in 0..nodes.len() {
        let (mut path, mut at) = (Vec::new(), start);
        let end = loop {
            match (ends[at], nodes[at].state) {
                (Some(end), _) => break end,
                (None, State::Redirected(to)) if !is_on_path[at] => {
                    is_on_path[at] = true;
                    path.push(at);
                    at = to;
                }
                (None, State::Redirected(_)) => break None,
                (None, _) => {
                    ends[at] = Some(Some(at));
                    break Some(at);
                }
            }
        };
        for node in path {
            ends[node] = Some(end);
        }
    }
    ends.into_iter().map(Option::flatten).collect()
}
