//! What every element may have: a base, a language, and attributes of other vocabularies
//! (RFC 4287 section 2).

use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Attribute, Name, XmlReader, XmlWriter};
use iri_string::format::ToDedicatedString;
use iri_string::types::{IriAbsoluteStr, IriReferenceStr, IriStr};
use std::borrow::Cow;

const BASE: Name<'static> = Name::known(namespace::XML, "xml", "base");
const LANG: Name<'static> = Name::known(namespace::XML, "xml", "lang");

/// The attributes that every element may have: `xml:base`, `xml:lang`, and those of other
/// vocabularies (RFC 4287 section 2). One word where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common<'a>(Option<Box<Inner<'a>>>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Inner<'a> {
    base: Option<Cow<'a, str>>,
    lang: Option<Cow<'a, str>>,
    attributes: Vec<Attribute<'a>>,
}

impl<'a> Common<'a> {
    /// The base for the IRI references in the element, itself a reference against the base around
    /// it: see [`Base`].
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.0.as_ref()?.base.as_deref()
    }

    /// The language of the texts in the element, unless an inner one says otherwise.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.0.as_ref()?.lang.as_deref()
    }

    /// The other attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        self.0.as_ref().map_or(&[], |inner| &inner.attributes)
    }

    /// With a base.
    #[must_use]
    pub fn with_base(mut self, base: impl Into<Cow<'a, str>>) -> Self {
        self.inner().base = Some(base.into());
        self
    }

    /// With a language.
    #[must_use]
    pub fn with_lang(mut self, lang: impl Into<Cow<'a, str>>) -> Self {
        self.inner().lang = Some(lang.into());
        self
    }

    /// With one more attribute; one of the same name is replaced. One named `xml:base` or
    /// `xml:lang` sets base or language.
    #[must_use]
    pub fn with_attribute(mut self, attribute: Attribute<'a>) -> Self {
        if attribute.name == BASE {
            return self.with_base(attribute.value);
        }
        if attribute.name == LANG {
            return self.with_lang(attribute.value);
        }
        let attributes = &mut self.inner().attributes;
        attributes.retain(|other| other.name != attribute.name);
        attributes.push(attribute);
        self
    }

    fn inner(&mut self) -> &mut Inner<'a> {
        self.0.get_or_insert_default()
    }

    /// Takes the attributes of the start tag read last. Those without a namespace are offered to
    /// `known`, which gives back what it does not know.
    pub(crate) fn read(
        reader: &mut XmlReader<'a>,
        mut known: impl FnMut(&str, Cow<'a, str>) -> Option<Cow<'a, str>>,
    ) -> Result<Self, Error> {
        let mut common = Self::default();
        let mut unexpected = 0;
        for Attribute { name, value } in reader.take_attributes() {
            if name.namespace.is_empty() {
                if let Some(value) = known(&name.local, value) {
                    unexpected += 1;
                    common.inner().attributes.push(Attribute { name, value });
                }
            } else if name == BASE {
                common.inner().base = Some(value);
            } else if name == LANG {
                common.inner().lang = Some(value);
            } else {
                common.inner().attributes.push(Attribute { name, value });
            }
        }
        let tag = reader.tag();
        for _ in 0..unexpected {
            reader.breach_at(Rule::AttributeUnexpected, tag.clone())?;
        }
        common.check(&mut reader.at_tag(tag))?;
        Ok(common)
    }

    fn check(&self, report: &mut impl Report) -> Result<(), Error> {
        if let Some(base) = self.base() {
            report.require(is_reference(base), Rule::IriSyntax)?;
        }
        if let Some(lang) = self.lang() {
            report.require(lang.is_empty() || is_language(lang), Rule::LanguageTag)?;
        }
        Ok(())
    }

    /// Writes the attributes, but for those of the names `known`, which the element writes.
    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>, known: &[&str]) -> Result<(), Error> {
        let Some(inner) = &self.0 else { return Ok(()) };
        self.check(writer)?;
        if let Some(base) = &inner.base {
            writer.attribute(&BASE, base)?;
        }
        if let Some(lang) = &inner.lang {
            writer.attribute(&LANG, lang)?;
        }
        for Attribute { name, value } in &inner.attributes {
            if name.namespace.is_empty() && known.contains(&&*name.local) {
                return Err(writer.refusal(Rule::AttributeRepeated, &name.local));
            }
            writer.attribute(name, value)?;
        }
        Ok(())
    }
}

into_owned!(Common { 0 });
into_owned!(private Inner { base, lang, attributes });

/// Whether this is an IRI reference (RFC 3987 section 2.2).
pub(crate) fn is_reference(text: &str) -> bool {
    IriReferenceStr::new(text).is_ok()
}

/// Whether this is an IRI with a scheme (RFC 3987 section 2.2).
pub(crate) fn is_iri(text: &str) -> bool {
    IriStr::new(text).is_ok()
}

/// Whether this may be a language tag (RFC 4287 section 2: parts of up to eight letters or
/// digits, joined by hyphens, the first of letters).
pub(crate) fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        let is_part =
            |octet: u8| octet.is_ascii_alphabetic() || index > 0 && octet.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(is_part)
    })
}

/// Whether this may be a media type: a type and a subtype of token characters, perhaps with
/// parameters (RFC 4287 section 4.1.3.1).
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        let is_char =
            |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        !part.is_empty() && part.bytes().all(is_char)
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// What the IRI references in an element are resolved against (RFC 4287 section 2, XML Base):
/// the document's own URI, and each `xml:base` on the way down.
///
/// ```
/// use atom_fsm::atom::{Base, Entry};
///
/// let entry = Entry::parse(
///     "<entry xmlns='http://www.w3.org/2005/Atom' xml:base='2026/'><id>urn:x:1</id><title/>
///      <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>
///      <link href='1.html'/></entry>",
/// )?;
/// let base = Base::new("http://example.org/feed.atom").within(entry.common());
/// let uri = base.resolve(entry.links()[0].href().unwrap_or_default());
/// assert_eq!(uri.as_deref(), Some("http://example.org/2026/1.html"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(Option<String>);

impl Base {
    /// The URI of the document. Where it is not absolute, only absolute references resolve.
    #[must_use]
    pub fn new(document: &str) -> Self {
        Self(is_iri(document).then(|| document.to_owned()))
    }

    /// The base within an element of these attributes.
    #[must_use]
    pub fn within(&self, common: &Common<'_>) -> Self {
        match common.base() {
            Some(base) => Self(self.resolve(base)),
            None => self.clone(),
        }
    }

    /// Resolves a reference (RFC 3986 section 5); nothing when it is no IRI reference, or relative
    /// without a base.
    #[must_use]
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let reference = IriReferenceStr::new(reference).ok()?;
        if let Ok(iri) = reference.to_iri() {
            return Some(iri.as_str().to_owned());
        }
        let base = IriStr::new(self.0.as_deref()?).ok()?;
        let base: &IriAbsoluteStr = base.to_absolute();
        Some(reference.resolve_against(base).to_dedicated_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_5_references_resolve_against_each_base_on_the_way_down() {
        let document = Base::new("http://example.org/a/feed");
        let inner = document.within(&Common::default().with_base("b/"));
        let innermost = inner.within(&Common::default().with_base("../c/d?e#f"));
        for (base, reference, expected) in [
            (&document, "x", Some("http://example.org/a/x")),
            (&inner, "x", Some("http://example.org/a/b/x")),
            (&innermost, "x", Some("http://example.org/a/c/x")),
            (&innermost, "", Some("http://example.org/a/c/d?e")),
            (&innermost, "#g", Some("http://example.org/a/c/d?e#g")),
            (&innermost, "urn:x:y", Some("urn:x:y")),
            (&innermost, "http://[", None),
            (&Base::new("/relative"), "x", None),
            (&Base::new("/relative"), "http://example.org/", Some("http://example.org/")),
        ] {
            assert_eq!(base.resolve(reference).as_deref(), expected, "{reference}");
        }
    }

    #[test]
    fn rfc4287_2_language_tags_and_4_1_3_1_media_types() {
        for tag in ["en", "en-US", "de-CH-1996", "i-klingon"] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in ["", "en_US", "e1", "en-", "waytoolong", "é"] {
            assert!(!is_language(tag), "{tag}");
        }
        for media in ["text/html", "application/atom+xml; type=entry", "a/b;c"] {
            assert!(is_media_type(media), "{media}");
        }
        for media in ["html", "text/", "/html", "application/atom=xml;type=entry", "a/b/c", ""] {
            assert!(!is_media_type(media), "{media}");
        }
    }
}
