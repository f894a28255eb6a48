//! What a walk has found.

/// A bundle that was visited, or that the walk wanted to visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub(super) uri: String,
    pub(super) final_uri: Option<String>,
    pub(super) depth: u64,
    pub(super) state: VisitState,
    pub(super) references: Vec<VisitReference>,
    pub(super) omitted: u64,
}

impl Visit {
    pub(super) fn new(uri: String, depth: u64, state: VisitState) -> Self {
        Self { uri, final_uri: None, depth, state, references: Vec::new(), omitted: 0 }
    }

    /// The URI that was asked for.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The URI where the bundle was found, if it was: it differs from [`uri`](Self::uri) after
    /// redirections.
    #[must_use]
    pub fn final_uri(&self) -> Option<&str> {
        self.final_uri.as_deref()
    }

    /// How many references the shortest way from the first bundle has.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// What came of it.
    #[must_use]
    pub fn state(&self) -> VisitState {
        self.state
    }

    /// The references to other bundles, in the order of the bundle.
    #[must_use]
    pub fn references(&self) -> &[VisitReference] {
        &self.references
    }

    /// How many references were not kept, because of
    /// [`Limits::references`](crate::Limits::references) or
    /// [`Limits::walk_octets`](crate::Limits::walk_octets).
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.omitted
    }
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VisitState {
    /// The walk has no answer yet.
    Wanted,
    /// The bundle was found.
    Found,
    /// Redirections lead to the bundle of another visit, which has this number.
    Same(usize),
    /// There is no such bundle.
    Gone,
    /// The server does not give it to this client.
    Refused,
    /// No answer came, or none that could be read.
    Failed,
    /// It was not asked for, or a redirection led where the walk does not go.
    LeftOut(LeftOut),
}

/// Why a bundle is left out of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeftOut {
    /// Its reference is no IRI reference, or is relative without an absolute base, or names no host.
    Unresolved,
    /// The scheme of its URI is neither `http` nor `https`.
    Scheme,
    /// Its URI is longer than [`Limits::uri_octets`](crate::Limits::uri_octets).
    Length,
    /// The [`AuthorityPolicy`](super::AuthorityPolicy) excludes its authority.
    Authority,
    /// A redirection led from `https` to `http`.
    Downgrade,
    /// It is deeper than [`Limits::bundle_depth`](crate::Limits::bundle_depth).
    Depth,
    /// The walk has as many visits as [`Limits::bundles`](crate::Limits::bundles) allows.
    Bundles,
}

/// A reference from one bundle to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitReference {
    pub(super) uri: String,
    pub(super) target: Target,
}

impl VisitReference {
    /// The URI of the bundle; empty where none could be resolved.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Where it leads.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }
}

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// To the visit of this number. Several references may lead to one.
    Visit(usize),
    /// Nowhere, for this reason.
    LeftOut(LeftOut),
}
