//! One link of a TimeMap.

use crate::link_field::{Link, LinkBuf};
use crate::memento::datetime::{MementoDatetime, Weekday};
use crate::reference::Base;
use crate::rule::Rule;
use memchr::memchr_iter;
use std::fmt;

/// A link of a TimeMap: a memento, or one that leads to the original resource, a TimeGate or a TimeMap.
///
/// It borrows the octets that it was read from, unless the link was wrapped over several lines.
///
/// ```
/// use version_links::TimeMap;
///
/// let timemap = b"<http://a.example/>; rel=\"original\",\n\
///     <http://archive.example/20000620180259/http://a.example/>; rel=\"first last memento\"\
///     ; datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"";
/// let memento = TimeMap::new(timemap).flatten().find(|link| link.is_memento()).unwrap();
/// assert!(memento.is_first() && memento.is_last());
/// assert_eq!(memento.datetime(), memento.uri_datetime());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TimeMapLink<'a> {
    link: Held<'a>,
    roles: u16,
    datetime: Option<MementoDatetime>,
    from: Option<MementoDatetime>,
    until: Option<MementoDatetime>,
    uri_datetime: Option<MementoDatetime>,
}

#[derive(Clone, PartialEq, Eq)]
enum Held<'a> {
    Borrowed(Link<'a>),
    Owned(LinkBuf),
}

/// The bit of a relation type, as it is spelled in lower case, that makes a link's role.
pub(super) fn role(relation: &[u8]) -> Option<u16> {
    Some(match relation {
        b"memento" => TimeMapLink::MEMENTO,
        b"original" => 1 << 1,
        b"timegate" => 1 << 2,
        b"timemap" => 1 << 3,
        b"self" => 1 << 4,
        b"first" => 1 << 5,
        b"last" => 1 << 6,
        _ => return None,
    })
}

impl<'a> TimeMapLink<'a> {
    /// The bit of `memento`.
    pub(super) const MEMENTO: u16 = 1;

    /// A link to a memento, of which everything is known.
    pub(super) fn usual(
        link: Link<'a>,
        roles: u16,
        datetime: MementoDatetime,
        uri_datetime: Option<MementoDatetime>,
    ) -> Self {
        let link = Held::Borrowed(link);
        Self { link, roles, datetime: Some(datetime), from: None, until: None, uri_datetime }
    }

    /// What a link says, and the rules that it violates.
    pub(super) fn read(link: Link<'a>, mut violated: impl FnMut(Rule)) -> Self {
        let mut read = Self {
            link: Held::Borrowed(link),
            roles: 0,
            datetime: None,
            from: None,
            until: None,
            uri_datetime: None,
        };
        // One walk over the parameters. The first of each counts.
        let mut seen = [false; 4];
        for parameter in link.parameters() {
            let (place, datetime) = match () {
                () if parameter.is("datetime") => (0, &mut read.datetime),
                () if parameter.is("rel") => {
                    if !std::mem::replace(&mut seen[3], true) {
                        for relation in parameter.relations() {
                            let relation = relation.as_str().to_ascii_lowercase();
                            read.roles |= role(relation.as_bytes()).unwrap_or(0);
                        }
                    }
                    continue;
                }
                () if parameter.is("from") => (1, &mut read.from),
                () if parameter.is("until") => (2, &mut read.until),
                () => continue,
            };
            if std::mem::replace(&mut seen[place], true) {
                continue;
            }
            match parameter.octets().and_then(|octets| MementoDatetime::read(&octets)) {
                Some((found, weekday)) => {
                    *datetime = Some(found);
                    if weekday == Weekday::Wrong {
                        violated(Rule::DatetimeWeekday);
                    }
                }
                None => violated(Rule::DatetimeSyntax),
            }
        }
        if read.is_memento() {
            if !seen[0] {
                violated(Rule::MementoDatetime);
            }
            read.uri_datetime = digits(link.target().as_bytes());
            let differs = |stated| read.uri_datetime.is_some_and(|digits| digits != stated);
            if read.datetime.is_some_and(differs) {
                violated(Rule::DatetimeDigits);
            }
        }
        read
    }

    /// The link, with all its parameters.
    #[must_use]
    pub fn link(&self) -> Link<'_> {
        match &self.link {
            Held::Borrowed(link) => *link,
            Held::Owned(link) => link.as_link(),
        }
    }

    /// The target as it is spelled.
    #[must_use]
    pub fn target(&self) -> &str {
        self.link().target()
    }

    /// The resolved target: against the anchor, if there is one, as link-format does, and otherwise
    /// against the URI of the TimeMap. There is none if one of them is no URI reference, or if the
    /// TimeMap's URI is not absolute and is needed.
    #[must_use]
    pub fn resolve(&self, timemap: &str) -> Option<String> {
        let base = Base::new(timemap);
        match self.link().anchor() {
            Some(anchor) => Base::new(&base.resolve(&anchor)?).resolve(self.target()),
            None => base.resolve(self.target()),
        }
    }

    /// Whether the target is a memento (RFC 7089 section 2.2.4).
    #[must_use]
    pub fn is_memento(&self) -> bool {
        self.has(b"memento")
    }

    /// Whether the target is the original resource (RFC 7089 section 2.2.1).
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.has(b"original")
    }

    /// Whether the target is a TimeGate (RFC 7089 section 2.2.2).
    #[must_use]
    pub fn is_timegate(&self) -> bool {
        self.has(b"timegate")
    }

    /// Whether the target is another TimeMap: a page of this one, or, in an index of TimeMaps, one of
    /// those that contain the mementos (RFC 7089 section 5.1.1).
    #[must_use]
    pub fn is_timemap(&self) -> bool {
        self.has(b"timemap") && !self.is_self()
    }

    /// Whether the target is this TimeMap itself. Such a link may stand anywhere in it.
    #[must_use]
    pub fn is_self(&self) -> bool {
        self.has(b"self")
    }

    /// Whether this is the first memento, as its relation types say.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.has(b"first")
    }

    /// Whether this is the last memento, as its relation types say.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.has(b"last")
    }

    /// When the original resource was in the state of this memento: the attribute `datetime`. There is
    /// none if it cannot be read, which is reported.
    #[must_use]
    pub fn datetime(&self) -> Option<MementoDatetime> {
        self.datetime
    }

    /// The time in the memento's URI, if a segment of its path begins with 14 digits that are a time,
    /// as in the URIs of web archives. If it is not [`datetime`](Self::datetime), that is reported.
    #[must_use]
    pub fn uri_datetime(&self) -> Option<MementoDatetime> {
        self.uri_datetime
    }

    /// The time of the first memento in the TimeMap that this link leads to: the attribute `from`.
    #[must_use]
    pub fn from(&self) -> Option<MementoDatetime> {
        self.from
    }

    /// The time of the last memento in the TimeMap that this link leads to: the attribute `until`.
    #[must_use]
    pub fn until(&self) -> Option<MementoDatetime> {
        self.until
    }

    /// The same link, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> TimeMapLink<'static> {
        let link = match self.link {
            Held::Borrowed(link) => link.into_owned(),
            Held::Owned(link) => link,
        };
        TimeMapLink { link: Held::Owned(link), ..self }
    }

    fn has(&self, relation: &[u8]) -> bool {
        role(relation).is_some_and(|bit| self.roles & bit != 0)
    }
}

/// The time in a URI: that of the first segment that begins with 14 digits, and no 15th one, if those
/// are a time.
pub(super) fn digits(uri: &[u8]) -> Option<MementoDatetime> {
    memchr_iter(b'/', uri).find_map(|slash| {
        let (digits, rest) = uri.get(slash + 1..)?.split_first_chunk::<14>()?;
        let ends = rest.first().is_none_or(|after| !after.is_ascii_digit());
        MementoDatetime::of_digits(digits).filter(|_| ends)
    })
}

impl fmt::Debug for TimeMapLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.link().fmt(f)
    }
}
