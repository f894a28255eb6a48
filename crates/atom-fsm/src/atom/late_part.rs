//! A part of the metadata of a feed that is read, and written, behind an entry or another item (RFC 4287
//! section 4.1.1).

use super::feed::Feed;
use super::link::{Alternates, Link};
use super::metadata::{Metadata, Part};
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::{IntoOwned, into_owned};
use crate::limits::{Limit, Limits};
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::XmlWriter;

/// A part of the metadata of a feed, alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LatePart<'a> {
    part: Part,
    feed: Box<Feed<'a>>,
}

impl IntoOwned for Part {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

into_owned!(private LatePart { part, feed });

impl<'a> LatePart<'a> {
    pub(super) fn new(part: Part, metadata: Metadata<'a>) -> Self {
        let mut feed = Box::new(Feed::new());
        let part = feed.append(part, metadata);
        Self { part, feed }
    }

    /// The feed that has this part, and nothing else.
    pub(crate) fn feed(&self) -> &Feed<'a> {
        &self.feed
    }

    /// The local name of its element.
    pub(crate) fn local(&self) -> &str {
        self.feed.metadata().local(self.part).unwrap_or_default()
    }

    /// Adds the part to the metadata of a feed.
    pub(crate) fn add_to(self, feed: &mut Feed<'a>) {
        feed.append(self.part, self.feed.into_metadata());
    }
}

/// What a writer must know of the metadata of a feed to write a part of it later.
#[derive(Debug, Default)]
pub(crate) struct WrittenParts {
    /// The parts that a feed has once, and that are there.
    single: Vec<Part>,
    alternates: Alternates,
    /// The octets of the types and languages of late alternate links, which are kept.
    kept: u64,
}

impl WrittenParts {
    /// What a writer has written of a feed.
    pub(crate) fn of(feed: &Feed<'_>, writer: &XmlWriter<'_>) -> Self {
        let mut single: Vec<_> = feed.metadata().single_parts().collect();
        if writer.mends(Correction::MissingTitles) {
            single.push(Part::Title);
        }
        let mut alternates = Alternates::default();
        for link in feed.links().iter().filter(|link| link.has_rel("alternate")) {
            alternates.is_new(link, writer);
        }
        Self { single, alternates, kept: 0 }
    }

    /// Writes a part behind these.
    pub(crate) fn write(
        &mut self,
        late: &LatePart<'_>,
        limits: &Limits,
        writer: &mut XmlWriter<'_>,
    ) -> Result<(), Error> {
        let (part, metadata) = (late.part, late.feed.metadata());
        if self.single.contains(&part) {
            if writer.corrects(Correction::UnexpectedElements, Rule::ElementRepeated) {
                return Ok(());
            }
            writer.violation(Rule::ElementRepeated)?;
        }
        let alternate = metadata.links.first().filter(|link| link.has_rel("alternate"));
        if let Some(link) = alternate {
            if self.alternates.has(link, writer) {
                let (correction, rule) = (Correction::RepeatedAlternates, Rule::AlternateRepeated);
                if writer.corrects(correction, rule) {
                    return Ok(());
                }
                writer.violation(rule)?;
            }
            self.kept = self.kept.saturating_add(octets(link));
            if self.kept > limits.octets {
                return Err(Error::limit_of(Limit::Octets, limits, "/feed"));
            }
        }
        metadata.write_part(part, &mut Alternates::default(), writer)?;
        if metadata.single_parts().next().is_some() {
            self.single.push(part);
        }
        if let Some(link) = alternate {
            self.alternates.is_new(link, writer);
        }
        Ok(())
    }
}

/// The octets that are kept of an alternate link.
fn octets(link: &Link<'_>) -> u64 {
    let len = |text: Option<&str>| text.map_or(0, str::len);
    (size_of::<[Option<String>; 2]>() + len(link.type_()) + len(link.hreflang())) as u64
}
