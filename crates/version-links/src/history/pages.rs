//! The walk over the pages of a TimeMap.

use crate::history::key::key;
use crate::history::node::{LeftOut, LeftOutReason, NodeState, State};
use crate::history::outcome::{NotAsked, Want};
use crate::history::page::{Covered, End, TimeMapOutcome, TimeMapPage};
use crate::history::policy::OriginPolicy;
use crate::history::walk::History;
use crate::limits::Limits;
use crate::memento::MementoDatetime;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

/// The pages of a TimeMap, or the TimeMaps of an index (RFC 7089 section 5.1.1), which are found by
/// asking one after the other, without IO.
///
/// [`step`](Self::step) gives URIs to ask, several at the same time. The caller reads each page, takes
/// the mementos, and shows each link to a [`TimeMapPage`]; [`answer`](Self::answer) takes that, or what
/// else came of the request. Links with the relation type `timemap` lead to further pages, in either
/// direction and from any page, unless they say that the TimeMap is in another format. No page is asked twice under any spelling of its URI, except where a
/// server asked for patience. The result is the same whatever the order of the answers.
///
/// ```
/// use version_links::{TimeMap, TimeMapOutcome, TimeMapPage, TimeMapWalk, Want};
///
/// let server = |uri: &str| match uri {
///     "http://archive.example/timemap/1" => &b"<http://a.example/>;rel=original,</timemap/2>;rel=timemap,\
///         </m/1>;rel=memento;datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\""[..],
///     _ => b"</timemap/1>;rel=timemap,</m/2>;rel=memento;datetime=\"Wed, 21 Jun 2000 18:02:59 GMT\"",
/// };
/// let (mut walk, mut mementos) = (TimeMapWalk::new("http://archive.example/timemap/1"), 0);
/// while let Want::Ask { uri, .. } = walk.step() {
///     let mut page = TimeMapPage::new(&uri);
///     for link in TimeMap::new(server(&uri)).flatten() {
///         page.note(&link);
///         mementos += usize::from(link.is_memento());
///     }
///     walk.answer(&uri, TimeMapOutcome::Page(page.into()))?;
/// }
/// assert_eq!((walk.pages().count(), mementos), (2, 2));
/// # Ok::<(), version_links::NotAsked>(())
/// ```
///
/// # What is missing
/// A page that fails does not affect the others: [`pages`](Self::pages) says what came of each, and the
/// times that it would have covered, as far as links state them. [`left_out`](Self::left_out) gives the
/// pages that were not asked, and why.
///
/// # Limits
/// `Limits` says how many [pages] there are, how many [links] between them and how many [octets] of URIs,
/// how [deep] an index is, how many [requests] are open, how many [origins] are asked, and how often it
/// [tries again].
///
/// [pages]: crate::Limits#structfield.timemap_pages
/// [links]: crate::Limits#structfield.history_links
/// [octets]: crate::Limits#structfield.history_octets
/// [deep]: crate::Limits#structfield.history_depth
/// [requests]: crate::Limits#structfield.history_open
/// [origins]: crate::Limits#structfield.history_origins
/// [tries again]: crate::Limits#structfield.history_tries
#[derive(Debug, Clone)]
pub struct TimeMapWalk {
    /// Pages are versions here, and each comes before those that it names.
    walk: History,
    wanted: Option<RangeInclusive<MementoDatetime>>,
    /// What is stated about each page, and whether it was read to its end, by its number.
    known: HashMap<usize, (Covered, End)>,
    /// The answers that the walk has not taken in.
    pending: HashMap<String, TimeMapPage>,
    limits: Limits,
}

/// A page of a [`TimeMapWalk`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WalkedPage<'w> {
    uri: &'w str,
    state: NodeState<'w>,
    depth: u64,
    from: Option<MementoDatetime>,
    until: Option<MementoDatetime>,
    is_broken_off: bool,
}

impl TimeMapWalk {
    /// A walk that begins with a page of a TimeMap, or with an index of TimeMaps.
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            walk: History::new(uri),
            wanted: None,
            known: HashMap::new(),
            pending: HashMap::new(),
            limits: Limits::default(),
        }
        .limits(Limits::default())
    }

    /// Sets how much it asks and holds. Set it before the first step.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        let pages = limits.timemap_pages.min(limits.history_versions);
        self.walk = self.walk.limits(limits.history_versions(pages));
        self.limits = limits;
        self
    }

    /// Sets which origins it asks. Set it before the first step.
    #[must_use]
    pub fn policy(mut self, policy: OriginPolicy) -> Self {
        self.walk = self.walk.policy(policy);
        self
    }

    /// Leaves out pages that have no mementos of this time, as the attributes `from` and `until` of the
    /// links to them say. A page about which nothing is said is asked. Set it before the first step.
    #[must_use]
    pub fn between(mut self, wanted: RangeInclusive<MementoDatetime>) -> Self {
        self.wanted = Some(wanted);
        self
    }

    /// What the walk wants next: ask a page (GET), pass an answer, or nothing more.
    pub fn step(&mut self) -> Want {
        self.walk.step()
    }

    /// Takes what came of a request for a URI, in any spelling.
    ///
    /// # Errors
    /// [`NotAsked`] if no request for the URI is open. The walk is then unchanged.
    pub fn answer(&mut self, uri: &str, outcome: TimeMapOutcome) -> Result<(), NotAsked> {
        let (answer, page) = outcome.taken(self.wanted.as_ref());
        self.walk.take(uri, || answer)?;
        self.pending.extend(page.map(|page| (key(uri), page)));
        self.keep_stated();
        Ok(())
    }

    /// Whether the policy allows to go from one URI to another: for a caller whose HTTP client follows
    /// redirects by itself, before each of them.
    ///
    /// # Errors
    /// The reason why not.
    pub fn allows(&self, from: &str, to: &str) -> Result<(), LeftOutReason> {
        self.walk.allows(from, to)
    }

    /// All pages that were found, in the order in which they were found. The first one is the start.
    pub fn pages(&self) -> impl Iterator<Item = WalkedPage<'_>> {
        self.walk.nodes().map(|node| {
            let known = self.known.get(&node.number).copied();
            let (covered, end) = known.unwrap_or((Covered::default(), End::Reached));
            WalkedPage {
                uri: node.uri,
                depth: node.depth,
                state: node.state,
                from: covered.from,
                until: covered.until,
                is_broken_off: end == End::BrokenOff,
            }
        })
    }

    /// What was left out, and why: first the pages that are not asked, then links, of which as many are
    /// kept as [`Limits::diagnostics`](crate::Limits#structfield.diagnostics) allows. A page that was
    /// found by another link is not among them.
    pub fn left_out(&self) -> impl Iterator<Item = LeftOut<'_>> {
        let is_pages = self.limits.timemap_pages <= self.limits.history_versions;
        self.walk.left_out().filter_map(move |it| match it.reason {
            LeftOutReason::Versions if is_pages => {
                Some(LeftOut { reason: LeftOutReason::Pages, ..it })
            }
            LeftOutReason::Period | LeftOutReason::Context | LeftOutReason::MediaType => {
                Some(it).filter(|it| self.walk.node(it.uri).is_none())
            }
            _ => Some(it),
        })
    }

    /// How many links were left out, and are not among [`left_out`](Self::left_out).
    #[must_use]
    pub fn left_out_omitted(&self) -> u64 {
        self.walk.left_out_omitted()
    }

    /// Keeps what the answers that were taken in state about the pages that there are.
    fn keep_stated(&mut self) {
        let Self { walk, known, pending, .. } = self;
        let targets = &walk.targets;
        let number_of = |uri: &str| targets.numbers.get(&key(uri)).copied();
        pending.retain(|asked, page| {
            let asked = number_of(asked).and_then(|number| targets.nodes.get(number));
            if asked.is_some_and(|asked| asked.state == State::Wanted) {
                return true;
            }
            let Some(number) = number_of(page.uri()) else { return false };
            let Some(node) = targets.nodes.get(number) else { return false };
            if node.state != State::Found {
                return false;
            }
            let mut keep = |number, covered| {
                let kept = known.entry(number).or_insert((Covered::default(), End::Reached));
                kept.0 = kept.0.with(covered);
            };
            keep(number, page.own());
            // What a limit left out counts in no order of the answers.
            let linked: HashSet<usize> = node.links.iter().map(|(_, target)| *target).collect();
            for (uri, covered) in page.named() {
                if let Some(target) = number_of(uri).filter(|target| linked.contains(target)) {
                    keep(target, covered);
                }
            }
            if page.end() == End::BrokenOff {
                known.entry(number).or_insert((Covered::default(), End::Reached)).1 =
                    End::BrokenOff;
            }
            false
        });
    }
}

impl<'w> WalkedPage<'w> {
    /// The URI, as the first link to it spelled it, without a fragment.
    #[must_use]
    pub fn uri(&self) -> &'w str {
        self.uri
    }

    /// What came of it. A page that is no TimeMap is [`NodeState::NotAVersion`].
    #[must_use]
    pub fn state(&self) -> &NodeState<'w> {
        &self.state
    }

    /// How many links lead to it from the start, on the way on which it was found first.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// The time of its first memento, as the links to it and its link to itself state it; the earliest
    /// one if they differ.
    #[must_use]
    pub fn from(&self) -> Option<MementoDatetime> {
        self.from
    }

    /// The time of its last memento, as the links to it and its link to itself state it; the latest one
    /// if they differ.
    #[must_use]
    pub fn until(&self) -> Option<MementoDatetime> {
        self.until
    }

    /// Whether it was read, but not to its end.
    #[must_use]
    pub fn is_broken_off(&self) -> bool {
        self.is_broken_off
    }
}
