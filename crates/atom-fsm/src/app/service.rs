//! The service and workspace elements (RFC 5023 sections 8.3.1 and 8.3.2).

use super::{Collection, name};
use crate::atom::children::{children, is, other, several, single};
use crate::atom::misc::Misc;
use crate::atom::{
    Common, Text, comments_accessors, common_accessors, extensions_accessors, list,
    single_accessor, write_title,
};
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::xml::{Element, XmlReader, XmlWriter, tree};

/// A service document: the workspaces that a server offers (RFC 5023 section 8.3.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service<'a> {
    common: Common<'a>,
    workspaces: Vec<Workspace<'a>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

/// A child of a service or a workspace, with its number where there may be several, in the order of
/// writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Title,
    /// A workspace of a service, or a collection of a workspace.
    Member(usize),
    Extension(usize),
}

into_owned!(Service { common, workspaces, extensions, misc });

impl<'a> Service<'a> {
    /// Returns a service without workspaces. It cannot be written before it has one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a service document with the default [`Reader`](crate::Reader), without its
    /// diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// Iterates over the collections of all workspaces.
    pub fn collections(&self) -> impl Iterator<Item = &Collection<'a>> + Clone {
        self.workspaces.iter().flat_map(|workspace| &workspace.collections)
    }

    list!("The workspaces.", Workspace<'a>, workspaces, workspaces_mut, with_workspace, workspaces);
    extensions_accessors!(extensions);
    common_accessors!(common);
    comments_accessors!(misc);

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(!self.workspaces.is_empty(), Rule::ServiceWorkspace)
    }
}

impl sealed::Root for Service<'_> {}

impl<'a> Root<'a> for Service<'a> {
    type Owned = Service<'static>;

    fn own(self) -> Service<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::APP, "service")
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let tag = reader.tag();
        let common = Common::read(reader, &mut [])?;
        let service = read.insert(Self { common, ..Self::default() });
        let Self { workspaces, extensions, misc, .. } = service;
        children(reader, misc, |reader| {
            if is(reader, namespace::APP, "workspace")? {
                let put = several(workspaces, extensions, reader, Workspace::read)?;
                return Ok(put.child(Part::Member, Part::Extension));
            }
            other(extensions, reader, namespace::APP).map(Part::Extension)
        })?;
        service.check(&mut reader.at_tag(tag))
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::SERVICE)?;
        self.check(writer)?;
        writer.declare_here("atom", namespace::ATOM)?;
        let collections = self.collections().flat_map(Collection::extensions);
        tree::declare_prefixes(collections, writer)?;
        self.common.write(writer, &[])?;
        let mut unwritten = self.misc.unwritten();
        for (at, workspace) in self.workspaces.iter().enumerate() {
            unwritten.before(Part::Member(at), writer)?;
            workspace.write(writer)?;
        }
        tree::write_others(&self.extensions, namespace::APP, &[], writer, |at, writer| {
            unwritten.before(Part::Extension(at), writer)
        })?;
        unwritten.end(writer)?;
        writer.end();
        Ok(())
    }
}

/// A group of collections (RFC 5023 section 8.3.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workspace<'a> {
    common: Common<'a>,
    title: Option<Text<'a>>,
    collections: Vec<Collection<'a>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

into_owned!(Workspace { common, title, collections, extensions, misc });

impl<'a> Workspace<'a> {
    /// Returns an empty workspace with this title.
    pub fn new(title: impl Into<Text<'a>>) -> Self {
        Self { title: Some(title.into()), ..Self::default() }
    }

    single_accessor!("The title.", Text<'a>, title, with_title, set_title, title);
    list!(
        "The collections.",
        Collection<'a>,
        collections,
        collections_mut,
        with_collection,
        collections
    );
    extensions_accessors!(extensions);
    common_accessors!(common);
    comments_accessors!(misc);

    fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let common = Common::read(reader, &mut [])?;
        let mut workspace = Self { common, ..Self::default() };
        let Self { title, collections, extensions, misc, .. } = &mut workspace;
        children(reader, misc, |reader| {
            if is(reader, namespace::ATOM, "title")? {
                let put = single(title, extensions, reader, Text::read_title)?;
                return Ok(put.child(|_| Part::Title, Part::Extension));
            }
            if is(reader, namespace::APP, "collection")? {
                let put = several(collections, extensions, reader, Collection::read)?;
                return Ok(put.child(Part::Member, Part::Extension));
            }
            other(extensions, reader, namespace::APP).map(Part::Extension)
        })?;
        workspace.check(&mut reader.at_tag(tag))?;
        Ok(Some(workspace))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        let has_title = self.title.is_some();
        report.require_or(has_title, Rule::WorkspaceTitle, Correction::MissingTitles)
    }

    fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::WORKSPACE)?;
        self.check(writer)?;
        self.common.write(writer, &[])?;
        let mut unwritten = self.misc.unwritten();
        unwritten.before(Part::Title, writer)?;
        write_title(self.title.as_ref(), writer)?;
        for (at, collection) in self.collections.iter().enumerate() {
            unwritten.before(Part::Member(at), writer)?;
            collection.write(writer)?;
        }
        tree::write_others(&self.extensions, namespace::APP, &["title"], writer, |at, writer| {
            unwritten.before(Part::Extension(at), writer)
        })?;
        unwritten.end(writer)?;
        writer.end();
        Ok(())
    }
}
