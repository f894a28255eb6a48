//! Relation types, and how they compare.

use iri_string::types::UriStr;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A relation type: a registered name such as `latest-version`, or a URI.
///
/// Relation types are compared with each other and with text, and case does not matter: RFC 8288
/// says so for names (section 2.1.1) and for URIs (section 2.1.2).
///
/// ```
/// let link = version_links::links(b"</2>; rel=\"Next https://example.org/Rel\"").next().unwrap()?;
/// let relations: Vec<_> = link.rel().collect();
/// assert_eq!(relations, ["next", "https://example.org/rel"]);
/// assert_eq!(relations[0].as_str(), "Next");
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Clone)]
pub struct Relation<'a>(pub(crate) Cow<'a, str>);

/// The IRI that precedes a registered name in Atom (RFC 4287 section 4.2.7.2).
const REGISTERED_IN_ATOM: &str = "http://www.iana.org/assignments/relation/";

impl<'a> Relation<'a> {
    /// The relation type that the `rel` attribute of an Atom link names.
    ///
    /// Only Atom spells registered names also as IRIs (RFC 4287 section 4.2.7.2, RFC 8288 appendix
    /// A.2). Elsewhere such an IRI is an extension relation type.
    ///
    /// ```
    /// use version_links::Relation;
    ///
    /// let relation = Relation::from_atom("http://www.iana.org/assignments/relation/latest-version");
    /// assert_eq!(relation, Relation::LATEST_VERSION);
    /// ```
    #[must_use]
    pub fn from_atom(rel: &'a str) -> Self {
        let rel = rel.trim_matches([' ', '\t']);
        let name = rel.strip_prefix(REGISTERED_IN_ATOM).filter(|name| !name.is_empty());
        Self(Cow::Borrowed(name.unwrap_or(rel)))
    }

    /// The relation type that the `rel` attribute of a CMIS document names.
    ///
    /// It is that of [`from_atom`](Self::from_atom), except that CMIS 1.1 calls the latest version
    /// `current-version`.
    ///
    /// ```
    /// use version_links::Relation;
    ///
    /// assert_eq!(Relation::from_cmis("current-version"), Relation::LATEST_VERSION);
    /// ```
    #[must_use]
    pub fn from_cmis(rel: &'a str) -> Self {
        match Self::from_atom(rel) {
            relation if relation == *"current-version" => Relation::LATEST_VERSION,
            relation => relation,
        }
    }

    /// A relation type with this text, which is not checked. A
    /// [`LinkBuilder`](crate::LinkBuilder) checks it when a link is made.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The present relation type, if this is a former name from the drafts of RFC 5829.
    ///
    /// `all-versions` became [`VERSION_HISTORY`](Self::VERSION_HISTORY), and `working-resource`
    /// became [`WORKING_COPY`](Self::WORKING_COPY).
    #[must_use]
    pub fn renamed(&self) -> Option<Relation<'static>> {
        match () {
            () if *self == *"all-versions" => Some(Relation::VERSION_HISTORY),
            () if *self == *"working-resource" => Some(Relation::WORKING_COPY),
            () => None,
        }
    }

    /// The relation type as it is spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is an extension relation type. Such a type is a URI and contains a colon; a
    /// registered name contains none.
    #[must_use]
    pub fn is_extension(&self) -> bool {
        memchr::memchr(b':', self.0.as_bytes()).is_some()
    }

    /// The relation type as it is spelled. It is borrowed from the field unless it contained escapes.
    #[must_use]
    pub fn into_text(self) -> Cow<'a, str> {
        self.0
    }

    /// The same relation type, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Relation<'static> {
        Relation(Cow::Owned(self.0.into_owned()))
    }
}

impl PartialEq for Relation<'_> {
    fn eq(&self, other: &Self) -> bool {
        *self == *other.as_str()
    }
}

impl Eq for Relation<'_> {}

impl PartialEq<str> for Relation<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for Relation<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for Relation<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for octet in self.0.bytes() {
            state.write_u8(octet.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl AsRef<str> for Relation<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Relation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Relation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What separates two relation types in a `rel` or `rev`.
pub(crate) const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// Whether a text is a valid value of `rel` or `rev` (RFC 8288 section 3.3).
///
/// ```abnf
/// relation-type *( 1*SP relation-type )
/// relation-type = reg-rel-type / ext-rel-type
/// ```
pub(crate) fn is_relation_types(text: &str) -> bool {
    !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.is_empty()
        && text.split(' ').all(|word| word.is_empty() || is_relation_type(word))
}

/// ```abnf
/// reg-rel-type = LOALPHA *( LOALPHA / DIGIT / "." / "-" )     ; RFC 8288 section 3.3
/// ext-rel-type = URI                                          ; RFC 3986 section 3
/// ```
fn is_relation_type(word: &str) -> bool {
    let in_name = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit();
    let is_name = word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|octet| in_name(octet) || matches!(octet, b'.' | b'-'));
    is_name || UriStr::new(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rfc8288_2_1_relation_types_compare_without_regard_to_case() {
        let relation = |text| Relation(Cow::Borrowed(text));
        assert_eq!(relation("Latest-Version"), "latest-version");
        assert_eq!(relation("http://EXAMPLE.org/Rel"), relation("HTTP://example.org/rel"));
        assert_ne!(relation("http://example.org/rel"), relation("http://example.org/rel/"));
        assert_ne!(relation("next"), "nex");
        let set = HashSet::from([relation("NEXT"), relation("next"), relation("prev")]);
        assert_eq!(set.len(), 2);
    }

    #[test]
    fn rfc8288_3_3_a_relation_type_is_a_name_in_lower_case_or_a_uri() {
        for (text, expected) in [
            ("next", true),
            ("p3pv1", true),
            ("a  b", true),
            ("http://example.org/rel#x", true),
            ("urn:x:y next", true),
            ("Next", false),
            ("1st", false),
            ("wp_next", false),
            ("a\tb", false),
            (" a", false),
            ("a ", false),
            ("", false),
            ("//example.org/rel", false),
            ("http://example.org/é", false),
        ] {
            assert_eq!(is_relation_types(text), expected, "{text:?}");
        }
    }
}
