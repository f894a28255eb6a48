//! The link element (RFC 4287 section 4.2.7).

use super::accessors::common;
use super::common_attributes::{Common, is_language, without_space};
use super::iri::{check_reference, is_iri, is_reference};
use super::media_type::is_media_type;
use super::relation::{Registration, is_usual, registration};
use super::undefined_content::UndefinedContent;
use crate::correction::Correction;
use crate::error::Error;
use crate::ext::rules;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, Node, XmlReader, XmlWriter};
use std::borrow::Cow;
use std::collections::HashSet;

static NAME: Name<'static> = Name::known(namespace::ATOM, "", "link");

/// The prefix that turns a registered relation into an IRI (RFC 4287 section 4.2.7.2).
const REGISTERED: &str = "http://www.iana.org/assignments/relation/";

/// A link (RFC 4287 section 4.2.7).
///
/// ```
/// use atom_fsm::atom::Link;
///
/// let link = Link::new("/v/2").with_rel("http://www.iana.org/assignments/relation/latest-version");
/// assert!(link.has_rel("latest-version"));
/// assert_eq!(link.relation(), "latest-version");
/// assert_eq!(Link::new("/").relation(), "alternate");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'a> {
    common: Common<'a>,
    href: Option<Cow<'a, str>>,
    rel: Option<Cow<'a, str>>,
    type_: Option<Cow<'a, str>>,
    hreflang: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    length: Option<Cow<'a, str>>,
    content: UndefinedContent<'a>,
}

impl<'a> Link<'a> {
    /// Returns a link to an IRI reference.
    pub fn new(href: impl Into<Cow<'a, str>>) -> Self {
        Self {
            common: Common::default(),
            href: Some(href.into()),
            rel: None,
            type_: None,
            hreflang: None,
            title: None,
            length: None,
            content: UndefinedContent::default(),
        }
    }

    /// The target: an IRI reference, which a [`Base`](super::Base) resolves; absent only where
    /// that violation was tolerated.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }

    /// Sets the target.
    #[must_use]
    pub fn with_href(mut self, href: impl Into<Cow<'a, str>>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The rel attribute as it is written.
    #[must_use]
    pub fn rel(&self) -> Option<&str> {
        self.rel.as_deref()
    }

    /// The relation: `alternate` if there is no rel attribute, the name of a registered relation if
    /// it is written as a name or as IANA's IRI, and any other IRI as it is
    /// (RFC 4287 section 4.2.7.2).
    #[must_use]
    pub fn relation(&self) -> &str {
        let rel = self.rel().unwrap_or("alternate");
        rel.strip_prefix(REGISTERED).unwrap_or(rel)
    }

    /// Whether the link has this relation, which is a registered name or an IRI. The comparison is
    /// exact, once IANA's IRIs are taken for the names (RFC 4287 section 4.2.7.2).
    #[must_use]
    pub fn has_rel(&self, relation: &str) -> bool {
        self.relation() == relation.strip_prefix(REGISTERED).unwrap_or(relation)
    }

    /// Whether the link has this relation in any case, such as `Alternate`. RFC 8288 section 2.1.1
    /// compares so; RFC 4287 does not, and [`Rule::LinkRelCase`] reports such a relation.
    #[must_use]
    pub fn has_rel_ignoring_case(&self, relation: &str) -> bool {
        let relation = relation.strip_prefix(REGISTERED).unwrap_or(relation);
        self.relation().eq_ignore_ascii_case(relation)
    }

    /// The media type of the target, as a hint.
    #[must_use]
    pub fn type_(&self) -> Option<&str> {
        self.type_.as_deref()
    }

    /// The language of the target, as a hint.
    #[must_use]
    pub fn hreflang(&self) -> Option<&str> {
        self.hreflang.as_deref()
    }

    /// The link's title.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The length of the target in octets, as a hint: the text of the attribute.
    #[must_use]
    pub fn length(&self) -> Option<&str> {
        self.length.as_deref()
    }

    /// The content of the element, which Atom leaves undefined (RFC 4287 section 6.3).
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        self.content.nodes()
    }

    /// Sets the relation: a registered name or an IRI.
    #[must_use]
    pub fn with_rel(mut self, rel: impl Into<Cow<'a, str>>) -> Self {
        self.rel = Some(rel.into());
        self
    }

    /// Sets the media type.
    #[must_use]
    pub fn with_type(mut self, type_: impl Into<Cow<'a, str>>) -> Self {
        self.type_ = Some(type_.into());
        self
    }

    /// Sets the language.
    #[must_use]
    pub fn with_hreflang(mut self, hreflang: impl Into<Cow<'a, str>>) -> Self {
        self.hreflang = Some(hreflang.into());
        self
    }

    /// Sets the title.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'a, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets the length in octets.
    #[must_use]
    pub fn with_length(mut self, octets: u64) -> Self {
        self.length = Some(octets.to_string().into());
        self
    }

    common!(common);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let (tag, mark) = (reader.tag(), reader.mark());
        let (mut href, mut rel, mut type_) = (None, None, None);
        let (mut hreflang, mut title, mut length) = (None, None, None);
        let common = Common::read(
            reader,
            &mut [
                ("href", &mut href),
                ("rel", &mut rel),
                ("type", &mut type_),
                ("hreflang", &mut hreflang),
                ("title", &mut title),
                ("length", &mut length),
            ],
        )?;
        without_space(reader, &mut href)?;
        without_space(reader, &mut rel)?;
        let content = UndefinedContent::read(reader, &mark)?;
        let link = Self { common, href, rel, type_, hreflang, title, length, content };
        link.check(&mut reader.at_tag(tag))?;
        Ok(Some(link))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        match self.href() {
            Some(href) => check_reference(href, report)?,
            None => report.violation(Rule::LinkHref)?,
        }
        if let Some(rel) = self.rel() {
            self.check_relation(rel, report)?;
        }
        if let Some(type_) = self.type_() {
            let is_valid = is_media_type(type_);
            report.require_or(is_valid, Rule::LinkType, Correction::LinkHints)?;
        }
        if let Some(length) = self.length() {
            let is_whole = !length.is_empty() && length.bytes().all(|octet| octet.is_ascii_digit());
            report.require(is_whole, Rule::LinkLength)?;
        }
        rules::check_link(self.relation(), self.common.attributes(), report)?;
        match self.hreflang() {
            Some(language) => {
                let is_valid = is_language(language);
                report.require_or(is_valid, Rule::LinkHreflang, Correction::LinkHints)
            }
            None => Ok(()),
        }
    }

    /// The type and the hreflang as they are written.
    fn hints(&self, report: &dyn Report) -> (Option<&str>, Option<&str>) {
        let (type_, hreflang) = (self.type_(), self.hreflang());
        if report.will_correct(Correction::LinkHints) {
            let hreflang = hreflang.filter(|hreflang| is_language(hreflang));
            return (type_.filter(|type_| is_media_type(type_)), hreflang);
        }
        (type_, hreflang)
    }

    fn check_relation(&self, rel: &str, report: &mut dyn Report) -> Result<(), Error> {
        if is_usual(rel) {
            return Ok(());
        }
        if !is_relation(rel) {
            return report.violation(Rule::LinkRel);
        }
        let name = self.relation();
        if name.bytes().any(|octet| octet == b':') {
            return Ok(());
        }
        match registration(name) {
            Registration::Registered => Ok(()),
            Registration::OtherCase => report.violation(Rule::LinkRelCase),
            Registration::Unregistered => report.violation(Rule::LinkRelUnregistered),
        }
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.content.start(&NAME, writer)?;
        self.check(writer)?;
        self.content.check(writer)?;
        writer.plain("href", self.href())?;
        writer.plain("rel", self.rel())?;
        let (type_, hreflang) = self.hints(writer);
        writer.plain("type", type_)?;
        writer.plain("hreflang", hreflang)?;
        writer.plain("title", self.title())?;
        writer.plain("length", self.length())?;
        let known = &["href", "rel", "type", "hreflang", "title", "length"];
        self.common.write(writer, known)?;
        self.content.end(writer)
    }
}

into_owned!(Link { common, href, rel, type_, hreflang, title, length, content });

/// RFC 4287 section 4.2.7.2: a name is `isegment-nz-nc`, the first segment of a relative IRI
/// reference, and anything else is an IRI.
fn is_relation(rel: &str) -> bool {
    let is_delimiter = |octet| matches!(octet, b':' | b'/' | b'?' | b'#');
    let is_name = !rel.is_empty() && !rel.bytes().any(is_delimiter);
    if is_name { is_reference(rel) } else { is_iri(rel) }
}

/// Checks that no two alternate links have the same type and language
/// (RFC 4287 sections 4.1.1 and 4.1.2).
pub(crate) fn check_alternates(links: &[Link<'_>], report: &mut dyn Report) -> Result<(), Error> {
    let alternates = || links.iter().filter(|link| link.has_rel("alternate"));
    if alternates().nth(1).is_none() {
        return Ok(());
    }
    let mut seen = Alternates::default();
    let differ = alternates().all(|link| seen.is_new(link, report));
    report.require_or(differ, Rule::AlternateRepeated, Correction::RepeatedAlternates)
}

/// The type and the language of the alternate links that were seen.
#[derive(Debug, Default)]
pub(crate) struct Alternates(HashSet<TypeAndLanguage>);

type TypeAndLanguage = (Option<String>, Option<String>);

impl Alternates {
    /// Adds a link, and returns whether it differs from those before.
    pub(super) fn is_new(&mut self, link: &Link<'_>, report: &dyn Report) -> bool {
        self.0.insert(Self::of(link, report))
    }

    /// Whether a link repeats one of those that were added.
    pub(super) fn has(&self, link: &Link<'_>, report: &dyn Report) -> bool {
        self.0.contains(&Self::of(link, report))
    }

    fn of(link: &Link<'_>, report: &dyn Report) -> TypeAndLanguage {
        let lower = |text: Option<&str>| text.map(str::to_ascii_lowercase);
        let (type_, hreflang) = link.hints(report);
        (lower(type_), lower(hreflang))
    }

    /// Writes a link, unless it is to be left out for repeating another.
    pub(crate) fn write(
        &mut self,
        link: &Link<'_>,
        writer: &mut XmlWriter<'_>,
    ) -> Result<(), Error> {
        let is_mended = writer.mends(Correction::RepeatedAlternates);
        if is_mended && link.has_rel("alternate") && !self.is_new(link, writer) {
            return Ok(());
        }
        link.write(writer)
    }
}
