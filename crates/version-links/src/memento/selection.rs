//! Which memento a TimeGate chooses.

use crate::memento::datetime::MementoDatetime;
use std::borrow::Cow;

/// A memento that a server has: its URI, if it has one of its own, and the time of the state that it
/// contains.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Memento<'a> {
    uri: Option<Cow<'a, str>>,
    datetime: MementoDatetime,
}

impl<'a> Memento<'a> {
    /// A memento at a URI, which may be a relative reference.
    pub fn new(uri: impl Into<Cow<'a, str>>, datetime: MementoDatetime) -> Self {
        Self { uri: Some(uri.into()), datetime }
    }

    /// A memento without a URI of its own: only datetime negotiation leads to it (RFC 7089 sections
    /// 4.1.3 and 4.2.3). No link and no redirect can lead to it.
    #[must_use]
    pub fn without_uri(datetime: MementoDatetime) -> Self {
        Self { uri: None, datetime }
    }

    /// The URI, if the memento has one of its own.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The time of the state that it contains.
    #[must_use]
    pub fn datetime(&self) -> MementoDatetime {
        self.datetime
    }
}

/// The memento that was chosen, and those that links lead to from it (RFC 7089 section 2.2.4).
///
/// ```
/// use version_links::{Memento, MementoDatetime, Selection};
///
/// let at = |digits| MementoDatetime::from_digits(digits).unwrap();
/// let mementos = ["20000101000000", "20050101000000", "20100101000000"];
/// let mementos = mementos.map(|digits| Memento::new(format!("/{digits}"), at(digits)));
/// let selection = Selection::nearest(mementos, Some(at("20060101000000"))).unwrap();
/// assert_eq!(selection.chosen().uri(), Some("/20050101000000"));
/// assert_eq!(selection.next().unwrap().uri(), Some("/20100101000000"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selection<'a> {
    chosen: Memento<'a>,
    first: Memento<'a>,
    last: Memento<'a>,
    prev: Option<Memento<'a>>,
    next: Option<Memento<'a>>,
}

impl<'a> Selection<'a> {
    /// Chooses the memento whose time is nearest to the preferred one, and the earlier one of two that
    /// are equally near. If no time is preferred, it chooses the last one (RFC 7089 section 4.5.3).
    /// There is no selection if there are no mementos.
    ///
    /// The mementos may come in any order; of two with the same time, the one that comes later counts
    /// as the later one. This function holds six of them, however many there are.
    pub fn nearest(
        mementos: impl IntoIterator<Item = Memento<'a>>,
        preferred: Option<MementoDatetime>,
    ) -> Option<Self> {
        let mut ends: Option<(Memento<'a>, Memento<'a>)> = None;
        // The two up to the preferred time, and the two after it, each with the nearer one first.
        let (mut before, mut after) = ([None, None], [None, None]);
        for memento in mementos {
            let at = memento.datetime;
            match &mut ends {
                None => ends = Some((memento.clone(), memento.clone())),
                Some((first, _)) if at < first.datetime => *first = memento.clone(),
                Some((_, last)) if at >= last.datetime => *last = memento.clone(),
                Some(_) => {}
            }
            if preferred.is_none_or(|preferred| at <= preferred) {
                insert(&mut before, memento, |one, other| one >= other);
            } else {
                insert(&mut after, memento, |one, other| one < other);
            }
        }
        let (first, last) = ends?;
        let ([below, further_below], [above, further_above]) = (before, after);
        let is_below_nearer = match (&below, &above, preferred) {
            (Some(below), Some(above), Some(preferred)) => {
                preferred.distance(below.datetime) <= preferred.distance(above.datetime)
            }
            (below, _, _) => below.is_some(),
        };
        let (chosen, prev, next) = if is_below_nearer {
            (below?, further_below, above)
        } else {
            (above?, below, further_above)
        };
        Some(Self { chosen, first, last, prev, next })
    }

    /// A selection that the caller made, as from a database: the chosen memento, the first and the last
    /// of all, and the neighbours of the chosen one.
    #[must_use]
    pub fn new(
        chosen: Memento<'a>,
        [first, last]: [Memento<'a>; 2],
        [prev, next]: [Option<Memento<'a>>; 2],
    ) -> Self {
        Self { chosen, first, last, prev, next }
    }

    /// The chosen memento.
    #[must_use]
    pub fn chosen(&self) -> &Memento<'a> {
        &self.chosen
    }

    /// The first memento of all.
    #[must_use]
    pub fn first(&self) -> &Memento<'a> {
        &self.first
    }

    /// The last memento of all.
    #[must_use]
    pub fn last(&self) -> &Memento<'a> {
        &self.last
    }

    /// The memento before the chosen one.
    #[must_use]
    pub fn prev(&self) -> Option<&Memento<'a>> {
        self.prev.as_ref()
    }

    /// The memento after the chosen one.
    #[must_use]
    pub fn next(&self) -> Option<&Memento<'a>> {
        self.next.as_ref()
    }
}

/// Puts a memento into a list of the two nearest ones, if it is among them.
fn insert<'a>(
    nearest: &mut [Option<Memento<'a>>; 2],
    memento: Memento<'a>,
    is_nearer: fn(MementoDatetime, MementoDatetime) -> bool,
) {
    let nearer_than = |other: &Option<Memento<'a>>| {
        other.as_ref().is_none_or(|other| is_nearer(memento.datetime, other.datetime))
    };
    if nearer_than(&nearest[0]) {
        nearest[1] = nearest[0].replace(memento);
    } else if nearer_than(&nearest[1]) {
        nearest[1] = Some(memento);
    }
}
