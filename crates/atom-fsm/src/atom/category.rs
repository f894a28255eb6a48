//! The category element (RFC 4287 section 4.2.2).

use super::accessors::common;
use super::common_attributes::{Common, without_space};
use super::iri::check_iri;
use super::undefined_content::UndefinedContent;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, Node, XmlReader, XmlWriter, is_blank};
use std::borrow::Cow;

static NAME: Name<'static> = Name::known(namespace::ATOM, "", "category");

/// A category of a feed or entry (RFC 4287 section 4.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category<'a> {
    common: Common<'a>,
    term: Option<Cow<'a, str>>,
    scheme: Option<Cow<'a, str>>,
    label: Option<Cow<'a, str>>,
    content: UndefinedContent<'a>,
}

impl<'a> Category<'a> {
    /// Returns a category with this term.
    pub fn new(term: impl Into<Cow<'a, str>>) -> Self {
        Self {
            common: Common::default(),
            term: Some(term.into()),
            scheme: None,
            label: None,
            content: UndefinedContent::default(),
        }
    }

    /// The term; `None` only where that violation was tolerated.
    #[must_use]
    pub fn term(&self) -> Option<&str> {
        self.term.as_deref()
    }

    /// The IRI of the scheme that the term belongs to.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// The label: the term in a form for people.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The content of the element, which Atom leaves undefined (RFC 4287 section 6.3).
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        self.content.nodes()
    }

    /// Sets the scheme.
    #[must_use]
    pub fn with_scheme(mut self, scheme: impl Into<Cow<'a, str>>) -> Self {
        self.scheme = Some(scheme.into());
        self
    }

    /// Sets the label.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Cow<'a, str>>) -> Self {
        self.label = Some(label.into());
        self
    }

    common!(common);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let (tag, mark) = (reader.tag(), reader.mark());
        let (mut term, mut scheme, mut label) = (None, None, None);
        let common = Common::read(
            reader,
            &mut [("term", &mut term), ("scheme", &mut scheme), ("label", &mut label)],
        )?;
        without_space(reader, &mut scheme)?;
        let content = UndefinedContent::read(reader, &mark)?;
        let category = Self { common, term, scheme, label, content };
        category.check(&mut reader.at_tag(tag))?;
        Ok(Some(category))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        match self.term() {
            Some(term) => report.require(!is_blank(term), Rule::TermEmpty)?,
            None => report.violation(Rule::CategoryTerm)?,
        }
        match self.scheme() {
            Some(scheme) => check_iri(scheme, report),
            None => Ok(()),
        }
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.content.start(&NAME, writer)?;
        self.check(writer)?;
        self.content.check(writer)?;
        writer.plain("term", self.term())?;
        writer.plain("scheme", self.scheme())?;
        writer.plain("label", self.label())?;
        self.common.write(writer, &["term", "scheme", "label"])?;
        self.content.end(writer)
    }
}

into_owned!(Category { common, term, scheme, label, content });
