//! One link of a Link field.

use crate::link_field::parameter::{Parameter, Parameters};
use crate::link_field::relations::Relations;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A link: a target and parameters, borrowed from the field that contains them.
///
/// Each accessor reads the parameters when it is called, starting from the first one, but a reader
/// remembers where the value of `rel` is in a link with nothing to report. Nothing is allocated unless a value contains escapes, folds, or octets that are not UTF-8. Neither the
/// target nor the anchor is resolved.
///
/// Two links are equal if their octets are equal.
///
/// ```
/// let value = br#"</v/2>; rel="predecessor-version"; type=text/html; title*=UTF-8''na%C3%AFf"#;
/// let link = version_links::links(value).next().unwrap()?;
/// assert_eq!(link.target(), "/v/2");
/// assert!(link.has_rel("predecessor-version"));
/// assert_eq!(link.title().as_deref(), Some("naïf"));
/// assert_eq!(link.type_().as_deref(), Some("text/html"));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Link<'a> {
    target: &'a str,
    parameters: &'a [u8],
    /// The value of the first `rel`, if it is known: a value in ASCII, without escapes.
    rel: Option<&'a str>,
}

impl<'a> Link<'a> {
    /// Makes a link of a target and of parameters that the grammar has read.
    pub(crate) fn new(target: &'a str, parameters: &'a [u8]) -> Self {
        Self { target, parameters, rel: None }
    }

    /// The same link, with the value of its first `rel`, which is ASCII and has no escapes.
    #[inline]
    pub(crate) fn with_rel(self, rel: &'a str) -> Self {
        Self { rel: Some(rel), ..self }
    }

    /// The target as it is spelled: a URI reference, to be resolved against the URI of the
    /// document.
    ///
    /// A reader refuses a target that is not UTF-8 ([`Rule::ReferenceUtf8`]). If its tolerance
    /// contains [`Rule::ReferenceAscii`], the target may be an IRI reference; if it contains
    /// [`Rule::TargetSyntax`], the target may be no valid reference at all.
    ///
    /// [`Rule::ReferenceUtf8`]: crate::Rule::ReferenceUtf8
    /// [`Rule::ReferenceAscii`]: crate::Rule::ReferenceAscii
    /// [`Rule::TargetSyntax`]: crate::Rule::TargetSyntax
    #[must_use]
    pub fn target(self) -> &'a str {
        self.target
    }

    /// The relation types of the first `rel` parameter, in order. Later `rel` parameters do not
    /// count (RFC 8288 section 3.3).
    #[must_use]
    #[inline]
    pub fn rel(self) -> Relations<'a> {
        match self.rel {
            Some(value) => Relations::of_text(value),
            None => self.relations("rel"),
        }
    }

    /// Whether [`rel`](Self::rel) contains a relation type. Case does not matter, neither in names
    /// nor in URIs (RFC 8288 section 2.1).
    #[must_use]
    pub fn has_rel(self, relation: impl AsRef<str>) -> bool {
        let relation = relation.as_ref();
        self.rel().any(|found| found == *relation)
    }

    /// The relation types of the first `rev` parameter, which state the relation from the target to
    /// this document. RFC 8288 deprecates `rev`, so a reader reports it ([`Rule::RevDeprecated`]).
    ///
    /// [`Rule::RevDeprecated`]: crate::Rule::RevDeprecated
    #[must_use]
    pub fn rev(self) -> Relations<'a> {
        self.relations("rev")
    }

    /// The first `anchor`: a URI reference to the resource that the link leads from, if that is not
    /// this document. The angle brackets that the draft writes are removed.
    ///
    /// An anchor lets one server say something about the resources of another. A client should
    /// decide which anchors it accepts (RFC 8288 section 3.2).
    #[must_use]
    pub fn anchor(self) -> Option<Cow<'a, str>> {
        self.parameter("anchor").map(|anchor| anchor.value().unwrap_or_default())
    }

    /// The languages of the target, one for each `hreflang` parameter.
    pub fn hreflang(self) -> impl Iterator<Item = Cow<'a, str>> + Clone + fmt::Debug {
        let languages = self.parameters().filter(|parameter| parameter.is("hreflang"));
        languages.filter_map(Parameter::value as fn(Parameter<'a>) -> Option<Cow<'a, str>>)
    }

    /// The value of the first `media` parameter: the media queries that the target is meant for.
    #[must_use]
    pub fn media(self) -> Option<Cow<'a, str>> {
        self.text("media")
    }

    /// The title: the first `title*` if it can be decoded, otherwise the first `title`.
    ///
    /// [`Parameter::ext_value`] also gives the language of a `title*`.
    #[must_use]
    pub fn title(self) -> Option<Cow<'a, str>> {
        let decoded = self.parameter("title*").and_then(Parameter::ext_value);
        decoded.map_or_else(|| self.text("title"), |title| Some(title.into_text()))
    }

    /// The value of the first `type` parameter: the media type that the target probably has.
    #[must_use]
    pub fn type_(self) -> Option<Cow<'a, str>> {
        self.text("type")
    }

    /// The first parameter with this name. Case does not matter.
    #[must_use]
    pub fn parameter(self, name: &str) -> Option<Parameter<'a>> {
        self.parameters().find(|parameter| parameter.is(name))
    }

    /// All parameters, in order.
    #[must_use]
    pub fn parameters(self) -> Parameters<'a> {
        Parameters::new(self.parameters)
    }

    /// The same link, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> LinkBuf {
        LinkBuf { target: self.target.into(), parameters: self.parameters.into(), strict: None }
    }

    fn relations(self, name: &str) -> Relations<'a> {
        self.parameter(name).map_or_else(Relations::default, Parameter::relations)
    }

    fn text(self, name: &str) -> Option<Cow<'a, str>> {
        self.parameter(name).and_then(Parameter::value)
    }
}

/// The octets alone count. Where `rel` is follows from them.
impl PartialEq for Link<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.target, self.parameters) == (other.target, other.parameters)
    }
}

impl Eq for Link<'_> {}

impl Hash for Link<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.target, self.parameters).hash(state);
    }
}

impl fmt::Debug for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.parameters();
        f.debug_struct("Link")
            .field("target", &self.target)
            .field("parameters", &parameters)
            .finish()
    }
}

/// A [`Link`] that owns its octets, so that it can outlive the field.
#[derive(Clone)]
pub struct LinkBuf {
    target: Box<str>,
    parameters: Box<[u8]>,
    /// The number of parameters, if it is known that a strict reader accepts the link.
    strict: Option<u64>,
}

impl LinkBuf {
    pub(crate) fn new(target: String, parameters: String) -> Self {
        let parameters = parameters.into_bytes().into();
        Self { target: target.into(), parameters, strict: None }
    }

    /// Remembers that a strict reader accepts the link, which has so many parameters.
    pub(crate) fn with_strict(mut self, parameters: u64) -> Self {
        self.strict = Some(parameters);
        self
    }

    /// The number of parameters, if it is known that a strict reader accepts the link.
    pub(crate) fn strict(&self) -> Option<u64> {
        self.strict
    }

    /// The octets of the link in a field.
    pub(crate) fn octets(&self) -> usize {
        "<>".len() + self.target.len() + self.parameters.len()
    }

    /// Appends the octets of the link in a field.
    pub(crate) fn push_to(&self, out: &mut Vec<u8>) {
        out.push(b'<');
        out.extend_from_slice(self.target.as_bytes());
        out.push(b'>');
        out.extend_from_slice(&self.parameters);
    }

    /// The link, borrowed.
    #[must_use]
    pub fn as_link(&self) -> Link<'_> {
        Link::new(&self.target, &self.parameters)
    }
}

impl PartialEq for LinkBuf {
    fn eq(&self, other: &Self) -> bool {
        self.as_link() == other.as_link()
    }
}

impl Eq for LinkBuf {}

impl Hash for LinkBuf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_link().hash(state);
    }
}

impl From<Link<'_>> for LinkBuf {
    fn from(link: Link<'_>) -> Self {
        link.into_owned()
    }
}

impl fmt::Debug for LinkBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_link().fmt(f)
    }
}

/// Writes the link as in a field, with replacement characters for octets that are not UTF-8.
/// Nothing is checked: [`Link::to_field_value`] and [`LinkFields`](crate::LinkFields) check what is
/// to be sent.
impl fmt::Display for LinkBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>{}", self.target, String::from_utf8_lossy(&self.parameters))
    }
}
