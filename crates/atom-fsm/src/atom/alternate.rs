//! The choice among alternate links (RFC 4287 section 4.2.7.2).

use super::{Entry, Feed, Link, Source};

/// What a reader wants of the page that an alternate link leads to.
///
/// ```
/// use atom_fsm::atom::{Entry, Link, Preferences};
///
/// let entry = Entry::new()
///     .with_link(Link::new("/1.pdf").with_type("application/pdf"))
///     .with_link(Link::new("/1.de").with_type("text/html").with_hreflang("de"))
///     .with_link(Link::new("/1.en").with_type("text/html").with_hreflang("en-GB"));
/// let preferences = Preferences::new().media_type("text/html").language("en");
/// assert_eq!(entry.alternate(&preferences).and_then(Link::href), Some("/1.en"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Preferences {
    types: Vec<String>,
    languages: Vec<String>,
}

impl Preferences {
    /// Returns no preferences: the first link that a browser can open is chosen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a media type, after those that were added before. It is compared without parameters, and
    /// may end in `/*`.
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.types.push(essence(media_type).to_owned());
        self
    }

    /// Adds a language, after those that were added before. A language includes those that are more
    /// special: `en` includes `en-GB` (RFC 4647 section 3.3.1).
    pub fn language(mut self, language: &str) -> Self {
        self.languages.push(language.to_owned());
        self
    }

    /// The rank of a link, the smaller the better: that of its type, and then that of its language.
    fn rank(&self, link: &Link<'_>) -> (usize, usize) {
        let of_type = rank(&self.types, link.type_(), |wanted, type_| {
            let type_ = essence(type_);
            match wanted.strip_suffix('*') {
                Some(kind) if kind.ends_with('/') => starts_with(type_, kind),
                _ => type_.eq_ignore_ascii_case(wanted),
            }
        });
        let of_language = rank(&self.languages, link.hreflang(), |wanted, language| {
            let rest = starts_with(language, wanted).then(|| &language[wanted.len()..]);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        (of_type, of_language)
    }
}

/// The place of the first preference that is met. What is not known is better than another value.
fn rank(wanted: &[String], found: Option<&str>, meets: impl Fn(&str, &str) -> bool) -> usize {
    match found {
        _ if wanted.is_empty() => 0,
        None => wanted.len(),
        Some(found) => wanted.iter().position(|one| meets(one, found)).unwrap_or(wanted.len() + 1),
    }
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
}

fn choose<'l, 'a>(links: &'l [Link<'a>], preferences: &Preferences) -> Option<&'l Link<'a>> {
    let alternates = links.iter().filter(|link| link.has_rel("alternate") && opens(link));
    alternates.min_by_key(|link| preferences.rank(link))
}

/// Whether a browser can open the target: its scheme is that of HTTP, or it is relative.
fn opens(link: &Link<'_>) -> bool {
    let Some(href) = link.href() else { return false };
    let before = href.split(['/', '?', '#']).next().unwrap_or_default();
    match before.split_once(':') {
        Some((scheme, _)) => {
            ["http", "https"].into_iter().any(|it| scheme.eq_ignore_ascii_case(it))
        }
        None => true,
    }
}

/// Adds `alternate` to what has links.
macro_rules! alternate {
    ($($type:ident),*) => {
        $(impl<'a> $type<'a> {
            /// The link to the page that shows this, of all with the relation `alternate`, whether it
            /// is written as a name or as IANA's IRI, or left out. The target is relative or has the
            /// scheme `http` or `https`.
            ///
            /// The link with the best type is chosen, of several the one with the best language, and
            /// of several the first. A link without a type or language comes after those that are
            /// preferred and before any other.
            #[must_use]
            pub fn alternate(&self, preferences: &Preferences) -> Option<&Link<'a>> {
                choose(self.links(), preferences)
            }
        })*
    };
}

alternate!(Entry, Feed, Source);
