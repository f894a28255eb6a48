//! Which URIs a history asks.

use crate::history::key::{Origin, Parts, is_http};
use crate::history::node::LeftOutReason;
use std::collections::BTreeSet;

/// Which URIs a history asks (RFC 5829 section 5).
///
/// By default it asks only http and https URIs of the origin that it begins with: the same scheme,
/// host and port (RFC 6454). One step is taken for granted: from http to https on the same host, both
/// with their default ports. A URI with user information is never asked, and a link or a redirect
/// from https to http is not followed unless that is allowed.
///
/// ```
/// use version_links::OriginPolicy;
///
/// let policy = OriginPolicy::same_origin().origin("https://mirror.example");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
pub struct OriginPolicy {
    #[cfg_attr(feature = "serde", serde(with = "listed"))]
    further: BTreeSet<Origin>,
    reach: Reach,
    downgrade: Downgrade,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Reach {
    #[default]
    Listed,
    Any,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Downgrade {
    #[default]
    Refused,
    Allowed,
}

impl OriginPolicy {
    /// Only the origin that the history begins with. This is the default.
    pub fn same_origin() -> Self {
        Self::default()
    }

    /// Any origin, as many as [`Limits::history_origins`] allows.
    ///
    /// [`Limits::history_origins`]: crate::Limits#structfield.history_origins
    pub fn any_origin() -> Self {
        Self { reach: Reach::Any, ..Self::default() }
    }

    /// Adds the origin of a URI. A URI without an authority adds nothing.
    pub fn origin(mut self, uri: impl Into<String>) -> Self {
        self.further.extend(Origin::of(&uri.into()));
        self
    }

    /// Allows links and redirects from https to http.
    pub fn allow_downgrade(mut self) -> Self {
        self.downgrade = Downgrade::Allowed;
        self
    }

    /// Why a URI is not asked, where another one leads to it.
    pub(super) fn judge(
        &self,
        start: Option<&Origin>,
        from: Option<&Origin>,
        to: Option<&Parts>,
    ) -> Result<(), LeftOutReason> {
        let to = to.filter(|to| is_http(&to.origin.scheme)).ok_or(LeftOutReason::Scheme)?;
        if to.has_userinfo {
            return Err(LeftOutReason::UserInformation);
        }
        let is_downgrade =
            from.is_some_and(|from| from.scheme == "https") && to.origin.scheme == "http";
        if is_downgrade && self.downgrade == Downgrade::Refused {
            return Err(LeftOutReason::Downgrade);
        }
        let is_start = start.is_some_and(|start| is_within(start, &to.origin));
        let is_listed = || {
            let before = downgraded(&to.origin);
            self.further.contains(&to.origin)
                || before.is_some_and(|before| self.further.contains(&before))
        };
        match self.reach {
            _ if is_start => Ok(()),
            Reach::Any => Ok(()),
            Reach::Listed if is_listed() => Ok(()),
            Reach::Listed => Err(LeftOutReason::Origin),
        }
    }
}

/// Whether two origins are the same, or the second one is the first one over https.
fn is_within(allowed: &Origin, origin: &Origin) -> bool {
    allowed == origin || downgraded(origin).as_ref() == Some(allowed)
}

/// The origin over http of an origin over https, both with their default ports.
fn downgraded(origin: &Origin) -> Option<Origin> {
    let is_default = origin.scheme == "https" && origin.port.is_empty();
    is_default.then(|| Origin { scheme: "http".to_owned(), ..origin.clone() })
}

/// Stores origins as URIs.
#[cfg(feature = "serde")]
mod listed {
    use crate::history::key::Origin;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::collections::BTreeSet;

    pub(super) fn serialize<S: Serializer>(
        origins: &BTreeSet<Origin>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let uri = |Origin { scheme, host, port }: &Origin| match port.as_str() {
            "" => format!("{scheme}://{host}"),
            port => format!("{scheme}://{host}:{port}"),
        };
        serializer.collect_seq(origins.iter().map(uri))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeSet<Origin>, D::Error> {
        let uris = Vec::<String>::deserialize(deserializer)?;
        Ok(uris.iter().filter_map(|uri| Origin::of(uri)).collect())
    }
}
