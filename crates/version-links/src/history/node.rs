//! A version of a history, and what is known of it.

use crate::relation::Relation;

/// What is known of a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NodeState<'h> {
    /// It is still to be asked, or was asked and there is no answer yet.
    Wanted,
    /// It was found. Its links are part of the graph.
    Found,
    /// Its URI redirects to another one.
    Redirected {
        /// That URI.
        to: &'h str,
    },
    /// It does not exist, or no longer (404, 410).
    Gone,
    /// The server gives it to nobody, or not to this client (401, 403).
    Refused,
    /// The request failed, or the answer was another error.
    Failed,
    /// The URI was answered by something that is no version, such as a landing page.
    NotAVersion,
    /// The server asked for patience more often than
    /// [`Limits::history_tries`](crate::Limits#structfield.history_tries) allows.
    Busy,
    /// It is not asked.
    LeftOut(LeftOutReason),
}

/// Why a version is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum LeftOutReason {
    /// It has another origin, and the [`OriginPolicy`](crate::OriginPolicy) does not allow that.
    Origin,
    /// Its scheme is neither http nor https.
    Scheme,
    /// A link or a redirect from https leads to it over http.
    Downgrade,
    /// Its URI has user information.
    UserInformation,
    /// [`Limits::history_versions`](crate::Limits#structfield.history_versions).
    Versions,
    /// [`Limits::history_depth`](crate::Limits#structfield.history_depth).
    Depth,
    /// [`Limits::history_origins`](crate::Limits#structfield.history_origins).
    Origins,
    /// [`Limits::history_links`](crate::Limits#structfield.history_links).
    Links,
    /// [`Limits::history_octets`](crate::Limits#structfield.history_octets).
    Octets,
    /// [`Limits::redirects`](crate::Limits#structfield.redirects).
    Redirects,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk): [`Limits::timemap_pages`](crate::Limits#structfield.timemap_pages).
    Pages,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk):
    /// [`Limits::timemap_page_octets`](crate::Limits#structfield.timemap_page_octets).
    PageOctets,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk): the link to it says that its mementos are from another
    /// time than the wanted one.
    Period,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk): the link to it has an anchor that names another resource
    /// than the page or the original resource.
    Context,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk): the link to it says that it is no
    /// `application/link-format`, but the TimeMap in another format.
    MediaType,
    /// In a [`TimeMapWalk`](crate::TimeMapWalk): the link to it cannot be resolved.
    Unresolved,
}

/// A URI that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeftOut<'h> {
    pub(super) uri: &'h str,
    pub(super) reason: LeftOutReason,
}

impl<'h> LeftOut<'h> {
    /// The URI.
    #[must_use]
    pub fn uri(&self) -> &'h str {
        self.uri
    }

    /// Why it was left out.
    #[must_use]
    pub fn reason(&self) -> LeftOutReason {
        self.reason
    }
}

/// A version of a history: a URI, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HistoryNode<'h> {
    pub(super) number: usize,
    pub(super) uri: &'h str,
    pub(super) depth: u64,
    pub(super) state: NodeState<'h>,
}

impl<'h> HistoryNode<'h> {
    pub(super) fn of(nodes: &'h [Held], number: usize) -> Option<Self> {
        let node = nodes.get(number)?;
        let state = NodeState::of(nodes, node);
        Some(Self { number, uri: &node.uri, depth: node.depth, state })
    }

    /// The URI, as the first link to it spelled it, without a fragment.
    #[must_use]
    pub fn uri(&self) -> &'h str {
        self.uri
    }

    /// What is known of it.
    #[must_use]
    pub fn state(&self) -> &NodeState<'h> {
        &self.state
    }

    /// How many links lead to it from the start, on the way on which it was found first.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }
}

/// What a node says about another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Side {
    Predecessor,
    Successor,
    Latest,
}

impl Side {
    /// The relation type that says so.
    pub(super) const fn relation(self) -> Relation<'static> {
        match self {
            Self::Predecessor => Relation::PREDECESSOR_VERSION,
            Self::Successor => Relation::SUCCESSOR_VERSION,
            Self::Latest => Relation::LATEST_VERSION,
        }
    }
}

/// What is known of a version, as it is held. Other nodes are named by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum State {
    Wanted,
    Found,
    Redirected(usize),
    Gone,
    Refused,
    Failed,
    NotAVersion,
    Busy,
    LeftOut(LeftOutReason),
}

/// A node as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Held {
    pub(super) uri: String,
    pub(super) depth: u64,
    /// How many redirects lead to it in a row.
    pub(super) redirects: u64,
    /// How often the server asked for patience.
    pub(super) tries: u64,
    pub(super) state: State,
    pub(super) links: Vec<(Side, usize)>,
}

impl<'h> NodeState<'h> {
    /// What is known of a node, with a URI in the place of a number.
    pub(super) fn of(nodes: &'h [Held], node: &Held) -> Self {
        match node.state {
            State::Wanted => Self::Wanted,
            State::Found => Self::Found,
            State::Redirected(to) => {
                Self::Redirected { to: nodes.get(to).map_or("", |node| &node.uri) }
            }
            State::Gone => Self::Gone,
            State::Refused => Self::Refused,
            State::Failed => Self::Failed,
            State::NotAVersion => Self::NotAVersion,
            State::Busy => Self::Busy,
            State::LeftOut(reason) => Self::LeftOut(reason),
        }
    }
}
