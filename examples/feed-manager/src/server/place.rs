//! The URIs of the server.

/// What a path names, whether or not something exists there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `/service`: the service document of the one who asks.
    OwnService,
    /// `/{user}/service`.
    Service {
        /// The name of the user.
        user: String,
    },
    /// `/{user}/{collection}`.
    Collection {
        /// The name of the user.
        user: String,
        /// The name of the collection.
        collection: String,
    },
    /// `/{user}/{collection}.opml`: the bundle as OPML.
    Outline {
        /// The name of the user.
        user: String,
        /// The name of the collection.
        collection: String,
    },
    /// `/{user}/{collection}/{member}`.
    Member {
        /// The name of the user.
        user: String,
        /// The name of the collection.
        collection: String,
        /// The name of the member.
        member: String,
    },
    /// `/{user}/{collection}/{member}/media`.
    Media {
        /// The name of the user.
        user: String,
        /// The name of the collection.
        collection: String,
        /// The name of the member.
        member: String,
    },
}

/// The path of the service document of the one who asks.
pub const SERVICE: &str = "/service";
/// The name of service documents in paths.
const NAME: &str = "service";
/// The name of the path of media resources.
const MEDIA: &str = "media";
/// What follows the name of a bundle in the path of its OPML document.
const OUTLINE: &str = ".opml";
/// No name is longer.
const MOST_OCTETS: usize = 128;

impl Place {
    /// Reads a path. `None` if it cannot be one of this server: the names of this server consist of
    /// a-z, 0-9 and hyphens, so that nothing is decoded and no path has two spellings.
    ///
    /// ```
    /// use feed_manager::server::Place;
    ///
    /// let place = Place::of("/ann/inbox").unwrap();
    /// assert_eq!(place, Place::Collection { user: "ann".into(), collection: "inbox".into() });
    /// assert_eq!(Place::of("/ann/../bob/inbox"), None);
    /// ```
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let is_octet = |octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let name = |name: &str| {
            let is_name =
                !name.is_empty() && name.len() <= MOST_OCTETS && name.bytes().all(is_octet);
            is_name.then(|| name.to_owned())
        };
        let mut names = path.strip_prefix('/')?.split('/');
        let (first, rest) = (names.next()?, (names.next(), names.next(), names.next()));
        if names.next().is_some() {
            return None;
        }
        Some(match (first, rest) {
            (NAME, (None, ..)) => Self::OwnService,
            (user, (Some(NAME), None, _)) => Self::Service { user: name(user)? },
            (user, (Some(last), None, _)) => match last.strip_suffix(OUTLINE) {
                Some(collection) => {
                    Self::Outline { user: name(user)?, collection: name(collection)? }
                }
                None => Self::Collection { user: name(user)?, collection: name(last)? },
            },
            (user, (Some(collection), Some(member), None)) => Self::Member {
                user: name(user)?,
                collection: name(collection)?,
                member: name(member)?,
            },
            (user, (Some(collection), Some(member), Some(MEDIA))) => Self::Media {
                user: name(user)?,
                collection: name(collection)?,
                member: name(member)?,
            },
            _ => return None,
        })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::OwnService => SERVICE.to_owned(),
            Self::Service { user } => format!("/{user}{SERVICE}"),
            Self::Collection { user, collection } => format!("/{user}/{collection}"),
            Self::Outline { user, collection } => format!("/{user}/{collection}{OUTLINE}"),
            Self::Member { user, collection, member } => format!("/{user}/{collection}/{member}"),
            Self::Media { user, collection, member } => {
                format!("/{user}/{collection}/{member}/{MEDIA}")
            }
        }
    }
}

/// Whether a collection cannot have this name, since its URI would be another resource's.
#[must_use]
pub(super) fn is_reserved(collection: &str) -> bool {
    collection == NAME
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for path in ["/service", "/a/service", "/a/b", "/a/b/c", "/a/b/c/media", "/a/b.opml"] {
            assert_eq!(Place::of(path).unwrap().path(), path);
        }
        let long = format!("/a/{}", "b".repeat(200));
        for path in [
            "",
            "/",
            "a",
            "/a",
            "//a",
            "/a/",
            "/a//b",
            "/A/b",
            "/a/b/",
            "/a/b/c/d",
            "/a/b/c/media/e",
            "/a/..",
            "/../a",
            "/./a",
            "/a/%62",
            "/a/b%2Fc",
            "/a/b;c",
            "/a/b.c",
            "/a/.opml",
            "/a.opml",
            "/a/b.opml/c",
            "/a/\u{e9}",
            &long,
        ] {
            assert_eq!(Place::of(path), None, "{path}");
        }
    }
}
