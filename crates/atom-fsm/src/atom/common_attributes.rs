//! The attributes that every element may have: a base, a language, and attributes of other
//! vocabularies (RFC 4287 section 2, `atomCommonAttributes`).

use super::iri::check_reference;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Attribute, Name, SPACE, XmlReader, XmlWriter, is_space};
use std::borrow::Cow;

static BASE: Name<'static> = Name::known(namespace::XML, "xml", "base");
static LANG: Name<'static> = Name::known(namespace::XML, "xml", "lang");

/// The attributes that every element may have: `xml:base`, `xml:lang`, and those of other
/// vocabularies (RFC 4287 section 2).
///
/// It takes one machine word of memory if the element has none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common<'a>(Option<Box<Inner<'a>>>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Inner<'a> {
    base: Option<Cow<'a, str>>,
    lang: Option<Cow<'a, str>>,
    attributes: Vec<Attribute<'a>>,
}

impl<'a> Common<'a> {
    /// The base of the IRI references in the element, `xml:base`. It may itself be relative to the
    /// base around the element: see [`Base`](super::Base).
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.0.as_ref()?.base.as_deref()
    }

    /// The language of the texts in the element, `xml:lang`, unless an inner element has its own.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.0.as_ref()?.lang.as_deref()
    }

    /// The other attributes, in document order.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        self.0.as_ref().map_or(&[], |inner| &inner.attributes)
    }

    /// Sets the base.
    #[must_use]
    pub fn with_base(mut self, base: impl Into<Cow<'a, str>>) -> Self {
        self.inner().base = Some(base.into());
        self
    }

    /// Sets the language.
    #[must_use]
    pub fn with_lang(mut self, lang: impl Into<Cow<'a, str>>) -> Self {
        self.inner().lang = Some(lang.into());
        self
    }

    /// Adds an attribute, in place of one of the same name. An attribute named `xml:base` or
    /// `xml:lang` sets the base or the language.
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

    /// Takes the attributes of the last start tag. The value of an attribute without a namespace
    /// goes into the slot of its name, if `known` has one; any other is reported and kept.
    pub(crate) fn read(
        reader: &mut XmlReader<'a>,
        known: &mut [(&str, &mut Option<Cow<'a, str>>)],
    ) -> Result<Self, Error> {
        // Most elements have none.
        if reader.has_no_attributes() {
            return Ok(Self::default());
        }
        let mut common = Self::default();
        let mut unexpected = 0;
        let repairs = reader.repairs();
        let mut of_atom = Vec::new();
        for Attribute { name, value } in reader.take_attributes() {
            if name.namespace.is_empty() {
                match known.iter_mut().find(|(local, _)| *local == name.local) {
                    Some((_, slot)) => **slot = Some(value),
                    None => {
                        unexpected += 1;
                        common.inner().attributes.push(Attribute { name, value });
                    }
                }
            } else if name == BASE {
                common.inner().base = Some(value);
            } else if name == LANG {
                common.inner().lang = Some(value);
            } else if repairs && namespace::same(&name.namespace, namespace::ATOM) {
                of_atom.push(Attribute { name, value });
            } else {
                common.inner().attributes.push(Attribute { name, value });
            }
        }
        for Attribute { name, value } in of_atom {
            match known.iter_mut().find(|(local, _)| *local == name.local) {
                Some((_, slot)) if slot.is_none() => {
                    **slot = Some(value);
                    reader.repaired(Rule::RepairedAttribute, reader.tag())?;
                }
                _ => common.inner().attributes.push(Attribute { name, value }),
            }
        }
        if let Some(inner) = &mut common.0 {
            without_space(reader, &mut inner.base)?;
        }
        let tag = reader.tag();
        for _ in 0..unexpected {
            reader.violation_at(Rule::AttributeUnexpected, tag.clone())?;
        }
        common.check(&mut reader.at_tag(tag))?;
        Ok(common)
    }

    fn check(&self, report: &mut impl Report) -> Result<(), Error> {
        if let Some(base) = self.base() {
            check_reference(base, report)?;
        }
        if let Some(lang) = self.lang() {
            report.require(lang.is_empty() || is_language(lang), Rule::LanguageTag)?;
        }
        Ok(())
    }

    /// Writes the attributes. None may have a name in `known`: the element writes those itself.
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

/// Removes the white space around an IRI in an attribute of the last start tag, and reports it
/// (RFC 4287 section 2).
pub(crate) fn without_space<'a>(
    reader: &mut XmlReader<'a>,
    value: &mut Option<Cow<'a, str>>,
) -> Result<(), Error> {
    let Some(text) = value else { return Ok(()) };
    if trim(text) {
        reader.violation_at(Rule::ValueSpace, reader.tag())?;
    }
    Ok(())
}

/// Removes the white space around a text, and returns whether there was any.
pub(crate) fn trim(text: &mut Cow<'_, str>) -> bool {
    // Most texts have none, as their first and last octets show.
    let octets = text.as_bytes();
    if ![octets.first(), octets.last()].into_iter().flatten().any(|octet| is_space(*octet)) {
        return false;
    }
    let trimmed = text.trim_matches(SPACE);
    *text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(SPACE)),
        Cow::Owned(_) => Cow::Owned(trimmed.to_owned()),
    };
    true
}

into_owned!(Common { 0 });
into_owned!(private Inner { base, lang, attributes });

/// Whether this may be a language tag (RFC 4287 section 2: parts of up to eight letters or
/// digits, joined by hyphens, the first of letters).
pub(crate) fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        let is_part =
            |octet: u8| octet.is_ascii_alphabetic() || index > 0 && octet.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4287_2_a_language_is_a_language_tag() {
        for tag in ["en", "en-US", "de-CH-1996", "i-klingon"] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in ["", "en_US", "e1", "en-", "waytoolong", "é"] {
            assert!(!is_language(tag), "{tag}");
        }
    }
}
