//! Relation types, and how they compare.

use crate::grammar::Value;
use crate::text;
use iri_string::types::UriStr;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A relation type: a registered name such as `latest-version`, or a URI.
///
/// Both compare without regard to case, as RFC 8288 has it for names (section 2.1.1) and for URIs
/// (section 2.1.2), with each other and with text.
///
/// ```
/// let link = version_links::links(b"</2>; rel=\"Next https://example.org/Rel\"").next().unwrap()?;
/// let relations: Vec<_> = link.rel().collect();
/// assert_eq!(relations, ["next", "https://example.org/rel"]);
/// assert_eq!(relations[0].as_str(), "Next");
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Clone)]
pub struct Relation<'a>(Cow<'a, str>);

macro_rules! registered {
    ($($constant:ident = $name:literal, $source:literal, $sentence:literal;)*) => {
        /// Registered relation types: those between versions, and those people meet beside them.
        impl Relation<'static> {
            $(
                #[doc = concat!("`", $name, "`: ", $sentence, " (", $source, ").")]
                pub const $constant: Self = Self(Cow::Borrowed($name));
            )*
        }
    };
}

registered! {
    VERSION_HISTORY = "version-history", "RFC 5829 section 3.1", "the resource that holds the history of versions";
    LATEST_VERSION = "latest-version", "RFC 5829 section 3.2", "the latest version in the history";
    WORKING_COPY = "working-copy", "RFC 5829 section 3.3", "a working copy of the resource";
    WORKING_COPY_OF = "working-copy-of", "RFC 5829 section 3.4", "the resource that a working copy was taken from";
    PREDECESSOR_VERSION = "predecessor-version", "RFC 5829 section 3.5", "a version before this one";
    SUCCESSOR_VERSION = "successor-version", "RFC 5829 section 3.6", "a version after this one";
    ORIGINAL = "original", "RFC 7089 section 2.2.1", "the resource that a memento is of";
    TIMEGATE = "timegate", "RFC 7089 section 2.2.2", "the resource that leads to the memento of a time";
    TIMEMAP = "timemap", "RFC 7089 section 2.2.3", "the list of an original resource's mementos";
    MEMENTO = "memento", "RFC 7089 section 2.2.4", "the resource as it was at a time";
    FIRST = "first", "RFC 5988 section 6.2.2", "the first of a series";
    LAST = "last", "RFC 5988 section 6.2.2", "the last of a series";
    NEXT = "next", "HTML", "the next of a series";
    PREV = "prev", "HTML", "the previous of a series";
    PREVIOUS = "previous", "HTML 4.01", "the previous of a series, as `prev`";
    UP = "up", "RFC 5988 section 6.2.2", "the parent in a hierarchy";
    SELF = "self", "RFC 4287 section 4.2.7.2", "the same resource";
    EDIT = "edit", "RFC 5023 section 11.1", "where the resource can be edited";
    EDIT_MEDIA = "edit-media", "RFC 5023 section 11.2", "where the media resource can be edited";
    RELATED = "related", "RFC 4287 section 4.2.7.2", "a related resource";
    VIA = "via", "RFC 4287 section 4.2.7.2", "where the resource came from";
    ALTERNATE = "alternate", "RFC 4287 section 4.2.7.2", "another form of the resource";
    CANONICAL = "canonical", "RFC 6596", "the form that is preferred";
    COLLECTION = "collection", "RFC 6573", "the collection that the resource is in";
    ITEM = "item", "RFC 6573", "a member of the collection";
    LINKSET = "linkset", "RFC 9264 section 6", "a document of links";
    DEPRECATION = "deprecation", "RFC 9745 section 3", "what is said about the resource's deprecation";
    SUNSET = "sunset", "RFC 8594 section 6", "what is said about the resource's end";
}

/// What stands before a registered name when Atom spells it as an IRI (RFC 4287 section 4.2.7.2).
const REGISTERED_IN_ATOM: &str = "http://www.iana.org/assignments/relation/";

impl<'a> Relation<'a> {
    /// The relation type that an Atom link's rel attribute names: there, and there alone, a
    /// registered name may be spelled as an IRI (RFC 4287 section 4.2.7.2, RFC 8288 appendix A.2).
    ///
    /// ```
    /// use version_links::Relation;
    ///
    /// let relation = Relation::from_atom("http://www.iana.org/assignments/relation/latest-version");
    /// assert_eq!(relation, Relation::LATEST_VERSION);
    /// ```
    #[must_use]
    pub fn from_atom(rel: &'a str) -> Self {
        let rel = rel.trim_matches(is_blank);
        let name = rel.strip_prefix(REGISTERED_IN_ATOM).filter(|name| !name.is_empty());
        Self(Cow::Borrowed(name.unwrap_or(rel)))
    }

    /// A relation type, as one word of a rel attribute has it. Nothing is checked: a
    /// [`LinkBuilder`](crate::LinkBuilder) does.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The relation type that this one was renamed to, if it is a name that the versioning draft
    /// once had: `all-versions` is [`VERSION_HISTORY`](Self::VERSION_HISTORY) now, and
    /// `working-resource` [`WORKING_COPY`](Self::WORKING_COPY).
    #[must_use]
    pub fn renamed(&self) -> Option<Relation<'static>> {
        match () {
            () if *self == *"all-versions" => Some(Relation::VERSION_HISTORY),
            () if *self == *"working-resource" => Some(Relation::WORKING_COPY),
            () => None,
        }
    }

    /// The relation type as it was spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is an extension relation type, which is a URI, and no registered name, which
    /// holds no colon.
    #[must_use]
    pub fn is_extension(&self) -> bool {
        memchr::memchr(b':', self.0.as_bytes()).is_some()
    }

    /// The relation type as spelled, borrowed from the field unless it held escapes.
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

/// The relation types of a `rel` or `rev` parameter, in order.
#[derive(Debug, Clone, Default)]
pub struct Relations<'a> {
    text: Cow<'a, str>,
    at: usize,
}

impl<'a> Relations<'a> {
    pub(crate) fn new(value: Value<'a>) -> Self {
        Self { text: text::text(value).unwrap_or_default(), at: 0 }
    }
}

impl<'a> Iterator for Relations<'a> {
    type Item = Relation<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let word = rest.trim_start_matches(is_blank);
        let start = self.text.len() - word.len();
        let end = start + word.find(is_blank).unwrap_or(word.len());
        self.at = end;
        let word = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end)?),
            Cow::Owned(text) => Cow::Owned(text.get(start..end)?.to_owned()),
        };
        Some(word).filter(|word| !word.is_empty()).map(Relation)
    }
}

impl std::iter::FusedIterator for Relations<'_> {}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Whether text is what RFC 8288 section 3.3 has in a `rel` or `rev`.
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

    fn relations(value: &str) -> Vec<String> {
        let relations = Relations::new(Value::Quoted(value.as_bytes()));
        relations.map(|relation| relation.to_string()).collect()
    }

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
    fn rfc8288_3_3_relation_types_are_parted_by_white_space() {
        for (value, expected) in [
            ("", &[] as &[&str]),
            ("  ", &[]),
            ("next", &["next"]),
            ("original latest-version", &["original", "latest-version"]),
            (" a \t b ", &["a", "b"]),
            (r"a\ b \c", &["a", "b", "c"]),
        ] {
            assert_eq!(relations(value), expected, "{value:?}");
        }
    }

    #[test]
    fn rfc8288_3_3_relation_types_are_borrowed_unless_escaped() {
        let mut plain = Relations::new(Value::Quoted(b"next"));
        assert!(matches!(plain.next().unwrap().into_text(), Cow::Borrowed("next")));
        let mut escaped = Relations::new(Value::Quoted(br"ne\xt"));
        assert!(matches!(escaped.next().unwrap().into_text(), Cow::Owned(_)));
        assert!(escaped.next().is_none());
        assert!(escaped.next().is_none());
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
