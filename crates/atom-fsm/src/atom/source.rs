//! The source element (RFC 4287 section 4.2.11).

use super::accessors::{comments, common, extensions, list, metadata, single, value};
use super::metadata::{Metadata, Part};
use super::misc::Misc;
use super::name;
use super::{Category, Date, Generator, Link, Person, Text, children};
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::reporting::Tolerance;
use crate::settings::Settings;
use crate::xml::{XmlReader, XmlWriter};

/// The metadata of the feed that an entry was copied from (RFC 4287 section 4.2.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source<'a> {
    metadata: Metadata<'a>,
    misc: Misc<'a, Part>,
}

into_owned!(Source { metadata, misc });

impl<'a> Source<'a> {
    /// Returns an empty source.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    metadata!(metadata);
    comments!(misc);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let mut metadata = Metadata::begin(reader)?;
        let mut misc = Misc::default();
        children::children(reader, &mut misc, |reader| metadata.child(reader))?;
        metadata.check_source(&mut reader.at_tag(tag))?;
        Ok(Some(Self { metadata, misc }))
    }

    /// The source as an element with all its declarations; `None` when there is anything to report or to
    /// refuse, whose path is known only where the source is written in its entry.
    pub(crate) fn to_markup(&self, settings: Settings) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut writer = XmlWriter::new(&mut out, settings);
        let written = self.write(&mut writer);
        let reported = writer.finish(written).ok()?;
        reported.is_empty().then_some(out)
    }

    /// The octets of the source as an element, whatever is wrong with it, up to what cannot be written.
    pub(crate) fn octets(&self, settings: Settings) -> u64 {
        let limits = settings.limits.diagnostics(0);
        let tolerant = Settings { tolerance: Tolerance::ALL, limits, ..settings };
        let mut out = Vec::new();
        // An error is found again where the source is written.
        let _ = self.write(&mut XmlWriter::new(&mut out, tolerant));
        out.len() as u64
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::SOURCE)?;
        self.metadata.check_source(writer)?;
        self.metadata.common.write(writer, &[])?;
        self.metadata.write(&self.misc, writer)?;
        writer.end();
        Ok(())
    }
}
