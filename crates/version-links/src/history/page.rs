//! One page of a TimeMap, as far as a walk over the pages needs it.

use crate::history::answers::Answer;
use crate::history::key::key;
use crate::history::node::{LeftOutReason, Side};
use crate::limits::Limits;
use crate::memento::{MementoDatetime, TimeMapLink};
use crate::reference::Base;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What one page of a TimeMap says about others, for a [`TimeMapWalk`](crate::TimeMapWalk).
///
/// It is shown each link of the page while the caller reads the page, and keeps those that lead to
/// other TimeMaps, in memory that [`Limits::timemap_page_octets`] bounds.
///
/// [`Limits::timemap_page_octets`]: crate::Limits#structfield.timemap_page_octets
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeMapPage {
    uri: String,
    pages: Vec<Named>,
    octets: u64,
    /// How many links to pages were not kept, for the limit.
    omitted: u64,
    /// What the page says of itself.
    own: Covered,
    original: Option<String>,
    end: End,
    limits: Limits,
}

/// A link to another page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    uri: String,
    /// The anchor, if the link has one.
    context: Option<String>,
    covered: Covered,
    /// What is wrong with the link itself.
    refused: Option<LeftOutReason>,
}

/// Whether a page was read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Reached,
    BrokenOff,
}

/// The times of the first and the last memento of a page, as far as links state them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Covered {
    pub(super) from: Option<MementoDatetime>,
    pub(super) until: Option<MementoDatetime>,
}

impl Covered {
    fn of(link: &TimeMapLink<'_>) -> Self {
        Self { from: link.from(), until: link.until() }
    }

    /// What two links state together: the earlier start, and the later end. It does not matter which
    /// one comes first.
    pub(super) fn with(self, other: Self) -> Self {
        let from = [self.from, other.from].into_iter().flatten().min();
        Self { from, until: self.until.max(other.until) }
    }

    /// Whether a page can have mementos of a time. One that states nothing can.
    fn can_have(self, wanted: &RangeInclusive<MementoDatetime>) -> bool {
        self.from.is_none_or(|from| from <= *wanted.end())
            && self.until.is_none_or(|until| until >= *wanted.start())
    }
}

impl TimeMapPage {
    /// A page that was found at a URI: after redirects, the last one.
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            pages: Vec::new(),
            octets: 0,
            omitted: 0,
            own: Covered::default(),
            original: None,
            end: End::Reached,
            limits: Limits::default(),
        }
    }

    /// Sets how much of the page is kept:
    /// [`Limits::timemap_page_octets`](crate::Limits#structfield.timemap_page_octets).
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes note of a link of the page. Show it each one, in any order; those to mementos cost nothing.
    pub fn note(&mut self, link: &TimeMapLink<'_>) {
        if link.is_self() {
            self.own = self.own.with(Covered::of(link));
        }
        if link.is_original() && self.original.is_none() {
            self.original = link.resolve(&self.uri);
        }
        if !link.is_timemap() {
            return;
        }
        let anchor = link.link().anchor();
        let context = anchor.and_then(|anchor| Base::new(&self.uri).resolve(&anchor));
        let resolved = link.resolve(&self.uri);
        let refused = match &resolved {
            None => Some(LeftOutReason::Unresolved),
            Some(_) if !is_link_format(link) => Some(LeftOutReason::MediaType),
            Some(_) => None,
        };
        let uri = resolved.unwrap_or_else(|| link.target().to_owned());
        let octets = uri.len() + context.as_ref().map_or(0, String::len);
        let octets = self.octets.saturating_add(octets as u64);
        if octets > self.limits.timemap_page_octets {
            self.omitted = self.omitted.saturating_add(1);
            return;
        }
        self.octets = octets;
        self.pages.push(Named { uri, context, covered: Covered::of(link), refused });
    }

    /// Says that the page was not read to its end: a transfer that broke off, or a limit that was
    /// exceeded. The walk follows what was read, and keeps that the rest is missing.
    #[must_use]
    pub fn broken_off(mut self) -> Self {
        self.end = End::BrokenOff;
        self
    }

    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    pub(super) fn end(&self) -> End {
        self.end
    }

    /// What the page states about itself.
    pub(super) fn own(&self) -> Covered {
        self.own
    }

    /// What the page states about those that it names.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, Covered)> {
        self.pages.iter().map(|page| (page.uri.as_str(), page.covered))
    }

    /// The answer of a walk that wants mementos of this time alone, if it wants a certain one.
    fn answer(&self, wanted: Option<&RangeInclusive<MementoDatetime>>) -> Answer {
        let (own, original) = (key(&self.uri), self.original.as_deref().map(key));
        let is_here = |context: &str| {
            let context = key(context);
            context == own || original.as_ref() == Some(&context)
        };
        let (mut links, mut skipped) = (Vec::new(), Vec::new());
        for page in &self.pages {
            let reason = match page.refused {
                Some(reason) => reason,
                None if !page.context.as_deref().is_none_or(is_here) => LeftOutReason::Context,
                None if !wanted.is_none_or(|wanted| page.covered.can_have(wanted)) => {
                    LeftOutReason::Period
                }
                None => {
                    // The page that is named comes after the one that names it.
                    links.push((Side::Successor, page.uri.clone()));
                    continue;
                }
            };
            skipped.push((page.uri.clone(), reason));
        }
        if self.omitted > 0 {
            skipped.push((self.uri.clone(), LeftOutReason::PageOctets));
        }
        let skipped = (skipped, self.omitted.saturating_sub(1));
        Answer::Found { at: self.uri.clone(), links, skipped }
    }
}

/// Whether a link leads to a TimeMap in the format of RFC 7089, as far as it says. Archives name the
/// same TimeMap in other formats too.
fn is_link_format(link: &TimeMapLink<'_>) -> bool {
    let media_type = link.link().type_();
    media_type.is_none_or(|found| {
        let essence = found.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/link-format")
    })
}

/// What came of a request for a page of a TimeMap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeMapOutcome {
    /// The page was read, to its end or [not](TimeMapPage::broken_off).
    Page(Box<TimeMapPage>),
    /// The URI redirects to this one, a URI reference.
    Redirected(String),
    /// It does not exist, or no longer (404, 410).
    Gone,
    /// The server refuses it (401, 403).
    Refused,
    /// The request failed, or the answer was another error.
    Failed,
    /// The answer is no TimeMap, but for example a page in HTML.
    NotATimeMap,
    /// The server asks for patience (429, 503 with Retry-After): ask again after this time, counted
    /// from the answer.
    TryAfter(Duration),
}

impl TimeMapOutcome {
    /// The answer of a walk that wants mementos of this time alone, and the page if it was read.
    pub(super) fn taken(
        self,
        wanted: Option<&RangeInclusive<MementoDatetime>>,
    ) -> (Answer, Option<TimeMapPage>) {
        let answer = match self {
            Self::Page(page) => return (page.answer(wanted), Some(*page)),
            Self::Redirected(to) => Answer::Redirected(to),
            Self::Gone => Answer::Gone,
            Self::Refused => Answer::Refused,
            Self::Failed => Answer::Failed,
            Self::NotATimeMap => Answer::NotAVersion,
            Self::TryAfter(delay) => Answer::TryAfter(delay),
        };
        (answer, None)
    }
}
