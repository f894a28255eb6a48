//! Writes a TimeMap, link by link.

use crate::error::Error;
use crate::link_field::{LinkBuf, LinkBuilder};
use crate::memento::datetime::MementoDatetime;
use crate::relation::Relation;
use std::ops::RangeInclusive;

/// The media type of a TimeMap (RFC 7089 section 5).
const MEDIA_TYPE: &str = "application/link-format";

/// Writes a TimeMap (RFC 7089 section 5), one link on a line.
///
/// Each function appends one link to the caller's text, which the caller may send and clear between
/// two of them. A strict reader reads the links as they were given. After an error nothing was
/// appended, and the next link can be written.
///
/// ```
/// use version_links::{Relation, TimeMapWriter};
///
/// let datetime = "Tue, 20 Jun 2000 18:02:59 GMT".parse()?;
/// let (mut writer, mut out) = (TimeMapWriter::new(), String::new());
/// writer.original(&mut out, "http://a.example/")?;
/// writer.myself(&mut out, "http://a.example/timemap", Some(datetime..=datetime))?;
/// writer.memento(&mut out, "/2000", datetime, [Relation::FIRST, Relation::LAST])?;
/// assert_eq!(out.lines().last(), Some(
///     "</2000>; rel=\"first last memento\"; datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\""
/// ));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TimeMapWriter {
    links: u64,
}

impl TimeMapWriter {
    /// A writer that has written no link yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the link to the original resource.
    ///
    /// # Errors
    /// As [`link`](Self::link).
    pub fn original(&mut self, out: &mut String, uri: &str) -> Result<(), Error> {
        self.write(out, LinkBuf::builder(uri).rel(Relation::ORIGINAL))
    }

    /// Writes the link to the TimeGate.
    ///
    /// # Errors
    /// As [`link`](Self::link).
    pub fn timegate(&mut self, out: &mut String, uri: &str) -> Result<(), Error> {
        self.write(out, LinkBuf::builder(uri).rel(Relation::TIMEGATE))
    }

    /// Writes the link to this TimeMap itself (`rel=self`), with the times of its first and its last
    /// memento, if they are known.
    ///
    /// # Errors
    /// As [`link`](Self::link).
    pub fn myself(
        &mut self,
        out: &mut String,
        uri: &str,
        covered: Option<RangeInclusive<MementoDatetime>>,
    ) -> Result<(), Error> {
        self.write(out, timemap(uri, Relation::SELF, covered))
    }

    /// Writes a link to another TimeMap: a page of this one, or, in an index of TimeMaps, one of those
    /// that contain the mementos; with the times of its first and its last memento, if they are known.
    ///
    /// # Errors
    /// As [`link`](Self::link).
    pub fn timemap(
        &mut self,
        out: &mut String,
        uri: &str,
        covered: Option<RangeInclusive<MementoDatetime>>,
    ) -> Result<(), Error> {
        self.write(out, timemap(uri, Relation::TIMEMAP, covered))
    }

    /// Writes the link to a memento. Its further relation types, such as `first`, are written before
    /// `memento`.
    ///
    /// # Errors
    /// As [`link`](Self::link).
    pub fn memento<'r>(
        &mut self,
        out: &mut String,
        uri: &str,
        datetime: MementoDatetime,
        further: impl IntoIterator<Item = Relation<'r>>,
    ) -> Result<(), Error> {
        self.write(out, memento(uri, datetime, further))
    }

    /// Writes any link.
    ///
    /// # Errors
    /// The rule by which a strict reader would refuse the link, or the limit of a reader that it
    /// exceeds.
    pub fn link(&mut self, out: &mut String, link: &LinkBuf) -> Result<(), Error> {
        let text = link.as_link().to_field_value()?;
        if self.links > 0 {
            out.push_str(",\n");
        }
        out.push_str(&text);
        self.links += 1;
        Ok(())
    }

    fn write(&mut self, out: &mut String, link: LinkBuilder) -> Result<(), Error> {
        self.link(out, &link.build()?)
    }
}

/// A link to a TimeMap.
pub(super) fn timemap(
    uri: &str,
    relation: Relation<'_>,
    covered: Option<RangeInclusive<MementoDatetime>>,
) -> LinkBuilder {
    let link = LinkBuf::builder(uri).rel(relation).type_(MEDIA_TYPE);
    match covered {
        Some(covered) => link
            .parameter("from", covered.start().to_string())
            .parameter("until", covered.end().to_string()),
        None => link,
    }
}

/// A link to a memento.
pub(super) fn memento<'r>(
    uri: &str,
    datetime: MementoDatetime,
    further: impl IntoIterator<Item = Relation<'r>>,
) -> LinkBuilder {
    let link = LinkBuf::builder(uri);
    let link = further.into_iter().fold(link, LinkBuilder::rel);
    link.rel(Relation::MEMENTO).parameter("datetime", datetime.to_string())
}
