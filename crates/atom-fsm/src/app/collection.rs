//! The collection element (RFC 5023 section 8.3.3).

use super::{Accept, Categories, name};
use crate::atom::children::{child_elements, children, is, other, several, single, which};
use crate::atom::misc::Misc;
use crate::atom::{
    Common, Text, check_reference, comments_accessors, common_accessors, extensions_accessors,
    list, single_accessor, without_space, write_title,
};
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::settings::Stage;
use crate::xml::{Element, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

/// A collection: a feed that accepts new members (RFC 5023 section 8.3.3).
///
/// In Feed Service Management a collection is a bundle. It is a document of its own when a client
/// creates or edits a bundle (draft-wilde-fsm-00 section 4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection<'a> {
    common: Common<'a>,
    href: Option<Cow<'a, str>>,
    title: Option<Text<'a>>,
    accepts: Vec<Accept<'a>>,
    categories: Vec<Categories<'a>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

into_owned!(Collection { common, href, title, accepts, categories, extensions, misc });

/// A child of a collection, with its number where there may be several, in the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Title,
    Accept(usize),
    Categories(usize),
    Extension(usize),
}

child_elements! {
    Child {
        Accept = "accept",
        Categories = "categories",
    }
}

impl<'a> Collection<'a> {
    /// Returns a collection with this title. It has no href, so only a client can submit it.
    pub fn new(title: impl Into<Text<'a>>) -> Self {
        Self { title: Some(title.into()), ..Self::default() }
    }

    /// Reads a document whose root is a collection with the default [`Reader`](crate::Reader),
    /// without its diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// The IRI reference of the collection.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        self.href.as_deref()
    }

    /// Sets the href.
    #[must_use]
    pub fn with_href(mut self, href: impl Into<Cow<'a, str>>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Whether the collection accepts members of a media type. A collection without accept elements
    /// accepts Atom entries (RFC 5023 section 8.3.4).
    #[must_use]
    pub fn accepts_type(&self, media_type: &str) -> bool {
        if self.accepts.is_empty() {
            return Accept::new("application/atom+xml;type=entry").accepts(media_type);
        }
        self.accepts.iter().any(|accept| accept.accepts(media_type))
    }

    single_accessor!("The title.", Text<'a>, title, with_title, set_title, title);
    list!(
        "The media ranges that the collection accepts.",
        Accept<'a>,
        accepts,
        accepts_mut,
        with_accept,
        accepts
    );
    list!(
        "The categories that the members may have.",
        Categories<'a>,
        categories,
        categories_mut,
        with_categories,
        categories
    );
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
        let mut href = None;
        let common = Common::read(reader, &mut [("href", &mut href)])?;
        without_space(reader, &mut href)?;
        let collection = read.insert(Self { common, href, ..Self::default() });
        let Self { title, accepts, categories, extensions, misc, .. } = collection;
        children(reader, misc, |reader| {
            if is(reader, namespace::ATOM, "title")? {
                let put = single(title, extensions, reader, Text::read_title)?;
                return Ok(put.child(|_| Part::Title, Part::Extension));
            }
            match which(reader, namespace::APP, Child::NAMES)? {
                Some(Child::Accept) => {
                    let put = several(accepts, extensions, reader, Accept::read)?;
                    Ok(put.child(Part::Accept, Part::Extension))
                }
                Some(Child::Categories) => {
                    let put = several(categories, extensions, reader, Categories::read)?;
                    Ok(put.child(Part::Categories, Part::Extension))
                }
                None => other(extensions, reader, namespace::APP).map(Part::Extension),
            }
        })?;
        let stage = reader.settings().stage;
        collection.check(stage, &mut reader.at_tag(tag))
    }

    fn check(&self, stage: Stage, report: &mut dyn Report) -> Result<(), Error> {
        match self.href() {
            Some(href) => check_reference(href, report)?,
            None => report.require(stage == Stage::Submitted, Rule::CollectionHref)?,
        }
        let has_title = self.title.is_some();
        report.require_or(has_title, Rule::CollectionTitle, Correction::MissingTitles)
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::COLLECTION)?;
        self.check(writer.stage(), writer)?;
        writer.plain("href", self.href())?;
        writer.declare_here("atom", namespace::ATOM)?;
        tree::declare_prefixes(&self.extensions, writer)?;
        self.common.write(writer, &["href"])?;
        let mut unwritten = self.misc.unwritten();
        unwritten.before(Part::Title, writer)?;
        write_title(self.title.as_ref(), writer)?;
        for (at, accept) in self.accepts.iter().enumerate() {
            unwritten.before(Part::Accept(at), writer)?;
            accept.write(writer)?;
        }
        for (at, categories) in self.categories.iter().enumerate() {
            unwritten.before(Part::Categories(at), writer)?;
            categories.write(writer)?;
        }
        tree::write_others(&self.extensions, namespace::APP, &["title"], writer, |at, writer| {
            unwritten.before(Part::Extension(at), writer)
        })?;
        unwritten.end(writer)?;
        writer.end();
        Ok(())
    }
}

impl sealed::Root for Collection<'_> {}

impl<'a> Root<'a> for Collection<'a> {
    type Owned = Collection<'static>;

    fn own(self) -> Collection<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::APP, "collection")
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        Self::read_to(reader, read)
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.write(writer)
    }
}
