//! Profile links (draft-wilde-fsm-00 section 2).

use crate::atom::Link;
use crate::rule::Rule;

/// The kind of an entry or a feed, which its profile link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// A service that a client is interested in (section 2.1).
    ServiceEntry,
    /// A bundle of services (section 2.2), or a reference to one if the profile is on an entry.
    Bundle,
}

/// The prefix of the profiles' URIs.
const PROFILES: &str = "http://dret.net/fsm/1.0/";

impl Profile {
    /// The profile's URI.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::ServiceEntry => "http://dret.net/fsm/1.0/service-entry",
            Self::Bundle => "http://dret.net/fsm/1.0/bundle",
        }
    }

    /// Returns a link to the profile.
    #[must_use]
    pub fn link(self) -> Link<'static> {
        Link::new(self.uri()).with_rel("profile")
    }

    /// Whether a URI is that of a profile of FSM, known or not.
    pub(super) fn is_of_fsm(uri: &str) -> bool {
        uri.starts_with(PROFILES)
    }

    /// Returns the profile that these links name. Profiles of other vocabularies are ignored.
    pub(super) fn of(links: &[Link<'_>]) -> Result<Self, Rule> {
        let uris = links.iter().filter(|link| link.has_rel("profile")).filter_map(Link::href);
        let known = |uri: &str| {
            [Self::ServiceEntry, Self::Bundle].into_iter().find(|profile| profile.uri() == uri)
        };
        let mut found = Err(Rule::ProfileMissing);
        for uri in uris {
            match (known(uri), found) {
                (Some(profile), Ok(other)) if profile != other => return Err(Rule::ProfileTwice),
                (Some(profile), _) => found = Ok(profile),
                (None, Ok(_)) if !uri.starts_with(PROFILES) => {}
                (None, Err(_)) => found = Err(Rule::ProfileUnknown),
                (None, Ok(_)) => return Err(Rule::ProfileUnknown),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fsm_2_the_profile_link_alone_decides() {
        let link = |rel: &'static str, href: &'static str| Link::new(href).with_rel(rel);
        let service = || link("profile", Profile::ServiceEntry.uri());
        let bundle = || link("profile", Profile::Bundle.uri());
        let alien = || link("profile", "http://example.org/profile");
        let unknown = || link("profile", "http://dret.net/fsm/1.0/else");
        for (links, expected) in [
            (vec![service()], Ok(Profile::ServiceEntry)),
            (vec![bundle()], Ok(Profile::Bundle)),
            (vec![service(), service()], Ok(Profile::ServiceEntry)),
            (vec![alien(), service()], Ok(Profile::ServiceEntry)),
            (vec![service(), alien()], Ok(Profile::ServiceEntry)),
            (
                vec![link(
                    "http://www.iana.org/assignments/relation/profile",
                    Profile::Bundle.uri(),
                )],
                Ok(Profile::Bundle),
            ),
            (vec![service(), bundle()], Err(Rule::ProfileTwice)),
            (vec![service(), unknown()], Err(Rule::ProfileUnknown)),
            (vec![unknown()], Err(Rule::ProfileUnknown)),
            (vec![alien()], Err(Rule::ProfileUnknown)),
            (vec![], Err(Rule::ProfileMissing)),
            (vec![link("alternate", Profile::Bundle.uri())], Err(Rule::ProfileMissing)),
        ] {
            assert_eq!(Profile::of(&links), expected, "{links:?}");
        }
    }
}
