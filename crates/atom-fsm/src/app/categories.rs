//! The categories element (RFC 5023 sections 7 and 8.3.6).

use super::name;
use crate::atom::children::{children, is, other, several};
use crate::atom::misc::Misc;
use crate::atom::{
    Category, Common, check_iri, check_reference, comments_accessors, common_accessors,
    extensions_accessors, list, without_space,
};
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::xml::{Element, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

/// The categories that the entries of a collection may have, or a reference to them
/// (RFC 5023 sections 7.2.1 and 8.3.6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories<'a> {
    common: Common<'a>,
    href: Option<Cow<'a, str>>,
    fixed: Option<Cow<'a, str>>,
    scheme: Option<Cow<'a, str>>,
    categories: Vec<Category<'a>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

into_owned!(Categories { common, href, fixed, scheme, categories, extensions, misc });

/// A child of a list of categories, with its number, in the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Category(usize),
    Extension(usize),
}

impl<'a> Categories<'a> {
    /// Returns an empty list of categories that is not fixed: any other category is allowed too.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a reference to a category document.
    pub fn out_of_line(href: impl Into<Cow<'a, str>>) -> Self {
        Self { href: Some(href.into()), ..Self::default() }
    }

    /// Reads a category document with the default [`Reader`](crate::Reader), without its
    /// diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// The IRI reference of the category document, if the categories are out of line.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }

    /// Whether only the listed categories are allowed.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.fixed.as_deref() == Some("yes")
    }

    /// The scheme of the categories without a scheme of their own.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// Allows only the listed categories.
    #[must_use]
    pub fn with_fixed(mut self) -> Self {
        self.fixed = Some("yes".into());
        self
    }

    /// Sets the scheme of the categories without a scheme of their own.
    #[must_use]
    pub fn with_scheme(mut self, scheme: impl Into<Cow<'a, str>>) -> Self {
        self.scheme = Some(scheme.into());
        self
    }

    list!("The categories.", Category<'a>, categories, categories_mut, with_category, categories);
    extensions_accessors!(extensions);
    common_accessors!(common);
    comments_accessors!(misc);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let mut read = None;
        Self::read_to(reader, &mut read)?;
        Ok(read)
    }

    /// Reads the element at the last start tag. On an error, `read` holds the part before it.
    fn read_to(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let tag = reader.tag();
        let (mut href, mut fixed, mut scheme) = (None, None, None);
        let common = Common::read(
            reader,
            &mut [("href", &mut href), ("fixed", &mut fixed), ("scheme", &mut scheme)],
        )?;
        without_space(reader, &mut href)?;
        without_space(reader, &mut scheme)?;
        let read = read.insert(Self { common, href, fixed, scheme, ..Self::default() });
        let Self { categories, extensions, misc, .. } = read;
        children(reader, misc, |reader| {
            if is(reader, namespace::ATOM, "category")? {
                let put = several(categories, extensions, reader, Category::read)?;
                return Ok(put.child(Part::Category, Part::Extension));
            }
            other(extensions, reader, namespace::APP).map(Part::Extension)
        })?;
        read.check(&mut reader.at_tag(tag))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        if let Some(href) = self.href() {
            let is_empty = self.categories.is_empty() && self.extensions.is_empty();
            let is_bare = self.fixed.is_none() && self.scheme.is_none() && is_empty;
            check_reference(href, report)?;
            report.require(is_bare, Rule::CategoriesOutOfLine)?;
        }
        if let Some(scheme) = self.scheme() {
            check_iri(scheme, report)?;
        }
        let is_known = matches!(self.fixed.as_deref(), None | Some("yes" | "no"));
        report.require(is_known, Rule::CategoriesFixed)
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::CATEGORIES)?;
        self.check(writer)?;
        writer.plain("href", self.href())?;
        writer.plain("fixed", self.fixed.as_deref())?;
        writer.plain("scheme", self.scheme())?;
        if !self.categories.is_empty() {
            writer.declare_here("atom", namespace::ATOM)?;
        }
        self.common.write(writer, &["href", "fixed", "scheme"])?;
        let mut unwritten = self.misc.unwritten();
        for (at, category) in self.categories.iter().enumerate() {
            unwritten.before(Part::Category(at), writer)?;
            category.write(writer)?;
        }
        tree::write_others(
            &self.extensions,
            namespace::APP,
            &["category"],
            writer,
            |at, writer| unwritten.before(Part::Extension(at), writer),
        )?;
        unwritten.end(writer)?;
        writer.end();
        Ok(())
    }
}

impl sealed::Root for Categories<'_> {}

impl<'a> Root<'a> for Categories<'a> {
    type Owned = Categories<'static>;

    fn own(self) -> Categories<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::APP, "categories")
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        Self::read_to(reader, read)
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.write(writer)
    }
}
