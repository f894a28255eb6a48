//! The walk over the documents of one feed (RFC 5005 sections 3 and 4.2). It does no IO.

use crate::atom::{Base, Feed, Link};
use crate::error::Error;
use crate::limits::{Limit, Limits};
use iri_string::format::ToDedicatedString;
use iri_string::types::IriStr;
use std::collections::HashSet;

/// Which links a [`Walk`] follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Follow {
    /// `prev-archive`, from the newest document to the oldest archive (RFC 5005 section 4.2). What is
    /// found is the whole feed.
    Archives,
    /// `next`, from page to page (RFC 5005 section 3). A feed may change meanwhile: entries may be
    /// missing or be there twice.
    Pages,
}

/// A walk over the documents of one feed, which visits each once: it names the document that it
/// wants, the caller gets it in any way, and says what was found.
///
/// Where entries have the same id, the one with the latest updated date counts, and of those with the
/// same date the one that was found first (RFC 5005 section 4.2).
///
/// ```
/// use atom_fsm::atom::{Feed, Link};
/// use atom_fsm::ext::{End, Follow, Step, Walk};
///
/// # fn get(uri: &str) -> Feed<'static> {
/// #     match uri {
/// #         "http://example.org/feed" => Feed::new().with_link(Link::new("2").with_rel("prev-archive")),
/// #         "http://example.org/2" => Feed::new().with_link(Link::new("1").with_rel("prev-archive")),
/// #         _ => Feed::new(),
/// #     }
/// # }
/// let mut walk = Walk::new("http://example.org/feed", Follow::Archives);
/// let mut visited = Vec::new();
/// while let Some(uri) = walk.wanted().map(str::to_owned) {
///     let feed = get(&uri);
///     walk.found(&uri, &feed)?;
///     visited.push(uri);
/// }
/// assert_eq!(visited, ["http://example.org/feed", "http://example.org/2", "http://example.org/1"]);
/// assert_eq!(walk.end(), Some(End::Whole));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Walk {
    follow: Follow,
    state: State,
    seen: HashSet<String>,
    known: HashSet<String>,
    visited: u64,
    limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Wanted(String),
    Ended(End),
}

/// What a walk does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// It wants another document: [`Walk::wanted`].
    Next,
    /// It has ended.
    End(End),
}

/// Why a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// The last document has no link to another: every document was found.
    Whole,
    /// The next document is one that the caller has ([`Walk::known`]).
    Known,
    /// The next document is one that was visited: the documents form a loop.
    Loop,
    /// The link to the next document has no href, or is relative without an absolute base, or is no
    /// IRI reference.
    Unresolved,
    /// The link names a URI whose scheme is neither `http` nor `https`.
    Scheme,
    /// The caller could not get the document that was wanted ([`Walk::lost`]).
    Lost,
    /// There are more documents than [`Limits::archives`] allows.
    Limit,
}

impl Walk {
    /// Returns a walk that begins at the document with this URI.
    #[must_use]
    pub fn new(uri: &str, follow: Follow) -> Self {
        let state = match admit(uri) {
            Ok(uri) => State::Wanted(uri),
            Err(end) => State::Ended(end),
        };
        let (seen, known) = (HashSet::new(), HashSet::new());
        Self { follow, state, seen, known, visited: 0, limits: Limits::default() }
    }

    /// Sets how many documents are visited: [`Limits::archives`]. The other limits have no effect.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a document that the caller has from an earlier walk. An archive does not change, so the
    /// walk ends before it (RFC 5005 section 4.2).
    #[must_use]
    pub fn known(mut self, uri: &str) -> Self {
        self.known.insert(normal(uri));
        self
    }

    /// The URI of the document that the walk wants. `None` when it has ended.
    ///
    /// The documents name these URIs. A caller that does not trust them compares the authority with
    /// that of the feed, and refuses private addresses.
    #[must_use]
    pub fn wanted(&self) -> Option<&str> {
        match &self.state {
            State::Wanted(uri) => Some(uri),
            State::Ended(_) => None,
        }
    }

    /// Why the walk ended. `None` when it has not.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Wanted(_) => None,
            State::Ended(end) => Some(end),
        }
    }

    /// How many documents were visited.
    #[must_use]
    pub fn visited(&self) -> u64 {
        self.visited
    }

    /// Says that the wanted document was found, at a URI that differs from the wanted one after
    /// redirections. Has no effect when the walk has ended.
    ///
    /// # Errors
    /// [`Limit::Archives`] when the feed has more documents than [`Limits::archives`] allows; the walk
    /// has then ended.
    pub fn found(&mut self, uri: &str, feed: &Feed<'_>) -> Result<Step, Error> {
        let State::Wanted(wanted) = &self.state else { return Ok(self.step()) };
        self.seen.insert(normal(wanted));
        // Redirections from several documents to one are a loop too.
        let is_new = normal(uri) == normal(wanted) || self.seen.insert(normal(uri));
        self.visited += 1;
        let next = match self.follow {
            Follow::Archives => feed.previous_archive(),
            Follow::Pages => feed.next_page(),
        };
        self.state = match next {
            _ if !is_new => State::Ended(End::Loop),
            None => State::Ended(End::Whole),
            Some(link) => self.after(uri, feed, link),
        };
        if matches!(self.state, State::Wanted(_)) && self.visited >= self.limits.archives {
            self.state = State::Ended(End::Limit);
            return Err(Error::limit_of(Limit::Archives, &self.limits, uri));
        }
        Ok(self.step())
    }

    /// Says that the wanted document could not be found or read. The walk ends.
    pub fn lost(&mut self) {
        if matches!(self.state, State::Wanted(_)) {
            self.state = State::Ended(End::Lost);
        }
    }

    fn step(&self) -> Step {
        match self.state {
            State::Wanted(_) => Step::Next,
            State::Ended(end) => Step::End(end),
        }
    }

    fn after(&self, uri: &str, feed: &Feed<'_>, link: &Link<'_>) -> State {
        let base = Base::new(uri).within(feed.common()).within(link.common());
        let target = link.href().and_then(|href| base.resolve(href));
        let next = target.ok_or(End::Unresolved).and_then(|target| admit(&target));
        match next {
            Err(end) => State::Ended(end),
            Ok(next) if self.seen.contains(&normal(&next)) => State::Ended(End::Loop),
            Ok(next) if self.known.contains(&normal(&next)) => State::Ended(End::Known),
            Ok(next) => State::Wanted(next),
        }
    }
}

/// The URI without its fragment, if it can be asked for.
pub(crate) fn admit(uri: &str) -> Result<String, End> {
    let iri = IriStr::new(uri).map_err(|_| End::Unresolved)?;
    let is_http = ["http", "https"].into_iter().any(|it| iri.scheme_str().eq_ignore_ascii_case(it));
    if is_http { Ok(iri.to_absolute().as_str().to_owned()) } else { Err(End::Scheme) }
}

/// The normal form of a URI, in which URIs are compared (RFC 3986 sections 6.2.2 and 6.2.3).
pub(crate) fn normal(uri: &str) -> String {
    let Ok(iri) = IriStr::new(uri) else { return uri.to_owned() };
    let iri = iri.to_absolute().normalize().to_dedicated_string();
    let (scheme, authority) = (iri.scheme_str(), iri.authority_str().unwrap_or_default());
    let default = if scheme == "https" { ":443" } else { ":80" };
    let host = authority.strip_suffix(default).or_else(|| authority.strip_suffix(':'));
    let path = if iri.path_str().is_empty() { "/" } else { iri.path_str() };
    let query = iri.query_str().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{}{path}{query}", host.unwrap_or(authority))
}
