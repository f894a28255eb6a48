//! The source element (RFC 4287 section 4.2.11).

use super::accessors::{common, list, metadata, relation, single, value};
use super::metadata::{Metadata, name};
use super::{Category, Date, Generator, Link, Person, Text, children};
use crate::error::Error;
use crate::own::own;
use crate::xml::{Element, Pull, XmlWriter};

/// What the feed that an entry was copied from says of itself (RFC 4287 section 4.2.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source<'a> {
    metadata: Metadata<'a>,
}

own!(Source { metadata });

impl<'a> Source<'a> {
    /// A source that says nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    metadata!(metadata);

    pub(crate) fn read(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        let tag = pull.tag();
        let mut metadata = Metadata::begin(pull)?;
        children::children(pull, |pull| metadata.child(pull))?;
        metadata.check_links(&mut pull.at_tag(tag))?;
        Ok(Some(Self { metadata }))
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::SOURCE)?;
        self.metadata.check_links(writer)?;
        self.metadata.common.write(writer, &[])?;
        self.metadata.write(writer)?;
        writer.end();
        Ok(())
    }
}
