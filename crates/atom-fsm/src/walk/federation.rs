//! The walk itself.

use super::circles;
use super::outcome::{Answered, Outcome, Want};
use super::policy::{AuthorityPolicy, askable, key};
use super::visit::{LeftOut, Target, Visit, VisitReference, VisitState};
use crate::atom::Base;
use crate::fsm::Bundle;
use crate::limits::Limits;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A walk over a bundle and the bundles that it refers to: see the [module](super).
///
/// Two bundles are the same if their URIs have the same normal form, or if redirections lead to the
/// same URI. Each is visited once, at its smallest depth, so a walk ends although bundles refer to
/// each other in a circle.
#[derive(Debug, Clone)]
pub struct BundleWalk {
    policy: AuthorityPolicy,
    limits: Limits,
    visits: Vec<Visit>,
    /// The visit of each URI, in the form in which URIs are compared.
    known: HashMap<String, usize>,
    /// The first visit of the present depth: the others of this depth are behind it.
    level: usize,
    /// The visits of the present depth without an answer.
    open: BTreeSet<usize>,
    /// How often each was answered by [`Outcome::TryAfter`], and the last number of seconds.
    delayed: HashMap<usize, (u64, u64)>,
    /// The answers of the present depth. They are used together, in the order of the visits.
    answers: BTreeMap<usize, Answer>,
    /// The octets in the URIs of the references that are kept, of the depths before and of the answers.
    octets: u64,
    /// The first visit of the present depth of which references were left out for want of octets. Of
    /// those behind it, none are kept.
    cut: Option<usize>,
}

#[derive(Debug, Clone)]
enum Answer {
    Found { uri: String, references: Vec<Result<String, LeftOut>>, omitted: u64 },
    State(VisitState),
}

impl Answer {
    /// The octets in the URIs of its references.
    fn octets(&self) -> u64 {
        match self {
            Self::Found { references, .. } => references.iter().map(octets_of).sum(),
            Self::State(_) => 0,
        }
    }

    /// Only counts its last reference. Returns how many octets that had; `None` if there is none.
    fn leave_out_last(&mut self) -> Option<u64> {
        match self {
            Self::Found { references, omitted, .. } => {
                let last = references.pop()?;
                *omitted = omitted.saturating_add(1);
                Some(octets_of(&last))
            }
            Self::State(_) => None,
        }
    }
}

fn octets_of(reference: &Result<String, LeftOut>) -> u64 {
    reference.as_ref().map_or(0, |uri| uri.len() as u64)
}

impl BundleWalk {
    /// Returns a walk that begins at the bundle with this URI, under [`AuthorityPolicy::Any`] and the
    /// default limits.
    #[must_use]
    pub fn new(uri: &str) -> Self {
        let mut walk = Self {
            policy: AuthorityPolicy::default(),
            limits: Limits::default(),
            visits: Vec::new(),
            known: HashMap::new(),
            level: 0,
            open: BTreeSet::new(),
            delayed: HashMap::new(),
            answers: BTreeMap::new(),
            octets: 0,
            cut: None,
        };
        match askable(uri, &walk.limits) {
            Ok(uri) => {
                walk.add(uri, 0);
            }
            Err(reason) => {
                walk.visits.push(Visit::new(String::new(), 0, VisitState::LeftOut(reason)));
            }
        }
        walk
    }

    /// Sets which authorities are asked. The first bundle is asked for in any case.
    #[must_use]
    pub fn authorities(mut self, policy: AuthorityPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how far the walk goes: [`Limits::bundles`], [`Limits::bundle_depth`],
    /// [`Limits::references`], [`Limits::walk_octets`], [`Limits::attempts`], [`Limits::delay_seconds`]
    /// and [`Limits::uri_octets`]. The other limits have no effect.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The URIs that the walk wants now. All of them can be asked for at the same time. None are left
    /// when the walk has ended.
    pub fn wanted(&self) -> impl Iterator<Item = Want<'_>> {
        self.open.iter().filter_map(|at| {
            let after = self.delayed.get(at).map(|(_, after)| *after);
            self.visits.get(*at).map(|visit| Want { uri: &visit.uri, after })
        })
    }

    /// Whether the walk has ended: it wants nothing any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.open.is_empty()
    }

    /// The visits, by depth, and within a depth in the order of the references. They are complete
    /// when the walk has ended.
    #[must_use]
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// The references that are part of a loop: a visit's number, and the number of its reference. The
    /// target of such a reference leads back to its bundle.
    #[must_use]
    pub fn loops(&self) -> Vec<(usize, usize)> {
        let targets = |visit: &Visit| {
            let references = visit.references.iter();
            references.map(|reference| self.end(reference.target)).collect::<Vec<_>>()
        };
        let targets: Vec<_> = self.visits.iter().map(targets).collect();
        let after = targets.iter().map(|targets| targets.iter().copied().flatten().collect());
        let groups = circles::groups(&after.collect::<Vec<_>>());
        let mut loops = Vec::new();
        for (from, targets) in targets.iter().enumerate() {
            for (number, target) in targets.iter().enumerate() {
                if target.is_some_and(|to| groups.get(from) == groups.get(to)) {
                    loops.push((from, number));
                }
            }
        }
        loops
    }

    /// The visit that has the bundle of a target.
    fn end(&self, target: Target) -> Option<usize> {
        let Target::Visit(at) = target else { return None };
        match self.visits.get(at)?.state {
            VisitState::Same(other) => Some(other),
            _ => Some(at),
        }
    }

    /// Says what came of a URI that the walk wants.
    pub fn answer(&mut self, uri: &str, outcome: Outcome<'_, '_>) -> Answered {
        let at = self.known.get(&key(uri)).copied().filter(|at| self.open.contains(at));
        let Some(at) = at else { return Answered::NotWanted };
        let answer = match outcome {
            Outcome::Found { uri, bundle } => self.found(at, uri, bundle),
            Outcome::Gone => Answer::State(VisitState::Gone),
            Outcome::Refused => Answer::State(VisitState::Refused),
            Outcome::Failed => Answer::State(VisitState::Failed),
            Outcome::TryAfter(seconds) => {
                let (attempts, after) = self.delayed.entry(at).or_default();
                (*attempts, *after) = (*attempts + 1, seconds.min(self.limits.delay_seconds));
                if *attempts < self.limits.attempts {
                    return Answered::Again;
                }
                Answer::State(VisitState::Failed)
            }
        };
        self.open.remove(&at);
        self.octets = self.octets.saturating_add(answer.octets());
        self.answers.insert(at, answer);
        self.leave_out(at);
        if self.open.is_empty() {
            self.descend();
        }
        Answered::Taken
    }

    /// Leaves out the last references that have too many octets, in the order of the visits. They are the
    /// same for any order of the answers: a further answer can only bring more octets before them.
    fn leave_out(&mut self, answered: usize) {
        if self.cut.is_some_and(|cut| cut < answered) {
            if let Some(answer) = self.answers.get_mut(&answered) {
                self.octets = self.octets.saturating_sub(answer.octets());
                while answer.leave_out_last().is_some() {}
            }
        }
        let mut answers = self.answers.iter_mut().rev();
        let mut last = answers.next();
        while self.octets > self.limits.walk_octets {
            let Some((at, answer)) = &mut last else { return };
            match answer.leave_out_last() {
                Some(octets) => {
                    self.octets = self.octets.saturating_sub(octets);
                    self.cut = Some(**at);
                }
                None => last = answers.next(),
            }
        }
    }

    fn found(&self, at: usize, uri: &str, bundle: &Bundle<'_>) -> Answer {
        let left_out = |reason| Answer::State(VisitState::LeftOut(reason));
        let uri = match askable(uri, &self.limits) {
            Ok(uri) => uri,
            Err(reason) => return left_out(reason),
        };
        let wanted = self.visits.get(at).map_or("", |visit| &visit.uri);
        let is_https = |uri: &str| uri.get(..6).is_some_and(|it| it.eq_ignore_ascii_case("https:"));
        if is_https(wanted) && !is_https(&uri) {
            return left_out(LeftOut::Downgrade);
        }
        if key(wanted) != key(&uri) && !self.allows(&uri) {
            return left_out(LeftOut::Authority);
        }
        let base = Base::new(&uri).within(bundle.feed().common());
        // A base that no URI may be as long as is not looked at again for each reference.
        let is_long = base.resolve("").is_some_and(|it| it.len() as u64 > self.limits.uri_octets);
        let base = if is_long { Base::new("") } else { base };
        let most = usize::try_from(self.limits.references).unwrap_or(usize::MAX);
        let mut all = bundle.references();
        let references = all.by_ref().take(most).map(|reference| {
            let uri = reference.bundle_uri(&base).map_err(|_| LeftOut::Unresolved)?;
            askable(&uri, &self.limits)
        });
        let references = references.collect();
        Answer::Found { uri, references, omitted: all.count() as u64 }
    }

    fn allows(&self, uri: &str) -> bool {
        let start = self.visits.first().map_or("", |visit| &visit.uri);
        self.policy.allows(start, uri)
    }

    /// Uses the answers of the present depth, and goes on to the next.
    fn descend(&mut self) {
        let answers = std::mem::take(&mut self.answers);
        self.cut = None;
        self.delayed.clear();
        let owners = self.owners(&answers);
        let mut found = Vec::new();
        for (at, answer) in answers {
            let state = match answer {
                Answer::State(state) => state,
                Answer::Found { uri, references, omitted } => {
                    let owner = owners.get(&key(&uri)).copied().unwrap_or(at);
                    self.known.entry(key(&uri)).or_insert(owner);
                    if let Some(visit) = self.visits.get_mut(at) {
                        visit.final_uri = Some(uri);
                    }
                    if owner == at {
                        found.push((at, references, omitted));
                        VisitState::Found
                    } else {
                        VisitState::Same(owner)
                    }
                }
            };
            if let Some(visit) = self.visits.get_mut(at) {
                visit.state = state;
            }
        }
        let end = self.visits.len();
        for (at, references, omitted) in found {
            let depth = self.visits.get(at).map_or(0, |visit| visit.depth) + 1;
            let references = references.into_iter().map(|uri| self.reference(uri, depth));
            let references = references.collect();
            if let Some(visit) = self.visits.get_mut(at) {
                (visit.references, visit.omitted) = (references, omitted);
            }
        }
        self.level = end;
    }

    /// The visit that each final URI belongs to: one of an earlier depth that was found there, or else
    /// the one that asked for this URI, or else the first that was led to it.
    fn owners(&self, answers: &BTreeMap<usize, Answer>) -> HashMap<String, usize> {
        let mut owners = HashMap::new();
        for (&at, answer) in answers {
            let Answer::Found { uri, .. } = answer else { continue };
            let key = key(uri);
            let known = self.known.get(&key).copied();
            let is_found = |it: &usize| {
                *it < self.level
                    && self.visits.get(*it).is_some_and(|it| it.state == VisitState::Found)
            };
            if let Some(earlier) = known.filter(is_found) {
                owners.insert(key, earlier);
            } else if known == Some(at) {
                owners.insert(key, at);
            } else {
                owners.entry(key).or_insert(at);
            }
        }
        owners
    }

    /// A reference, and the visit that it leads to: one that is there, or a new one.
    fn reference(&mut self, uri: Result<String, LeftOut>, depth: u64) -> VisitReference {
        let uri = match uri {
            Ok(uri) => uri,
            Err(reason) => {
                return VisitReference { uri: String::new(), target: Target::LeftOut(reason) };
            }
        };
        let target = if let Some(&known) = self.known.get(&key(&uri)) {
            Target::Visit(known)
        } else if !self.allows(&uri) {
            Target::LeftOut(LeftOut::Authority)
        } else if depth > self.limits.bundle_depth {
            Target::LeftOut(LeftOut::Depth)
        } else if self.visits.len() as u64 >= self.limits.bundles {
            Target::LeftOut(LeftOut::Bundles)
        } else {
            Target::Visit(self.add(uri.clone(), depth))
        };
        VisitReference { uri, target }
    }

    fn add(&mut self, uri: String, depth: u64) -> usize {
        let at = self.visits.len();
        self.known.insert(key(&uri), at);
        self.open.insert(at);
        self.visits.push(Visit::new(uri, depth, VisitState::Wanted));
        at
    }
}
