//! The way through a feed, whether it is read at once or in parts.

use super::item::{FeedEntry, FeedItem, Surroundings};
use super::metadata::FeedMetadata;
use super::segments::Segments;
use crate::atom::{Feed, FeedChild, FeedChildren, FeedPart, Person, misc};
use crate::error::Error;
use crate::limits::Limit;
use crate::opening;
use crate::rule::Rule;
use crate::xml::{Node, Reported, Token, XmlReader, is_blank};
use std::borrow::Cow;
use std::sync::Arc;

/// What is found next in a feed.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one is found at a time, and moved once")]
pub(super) enum Found<'a> {
    /// The feed begins.
    Feed(Feed<'a>),
    Metadata(FeedPart<'a>),
    Item(FeedItem<'a>),
    /// The feed ends, and what is behind it begins.
    Behind,
    /// The document ends.
    End,
}

/// Whether a part is the last of its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    More,
    Last,
}

/// Where the reading of a feed is.
#[derive(Debug, Default)]
pub(super) struct Walk {
    children: Option<FeedChildren>,
    around: Option<Arc<Surroundings>>,
    /// Where the part begins that is read, as an offset in the document, and what was reported there.
    begin: (u64, Reported),
    /// Whether the root is an empty element, so that its end is within the first part.
    is_empty: bool,
    is_behind: bool,
    /// The octets of the metadata, which is kept.
    kept: u64,
    /// Its elements.
    kept_elements: u64,
}

impl Walk {
    /// Reads up to the next thing, or to the end of a part that is not the last. `text` is the part
    /// with its byte order mark. `feed` is what was found of it.
    pub(super) fn next<'a>(
        &mut self,
        reader: &mut XmlReader<'a>,
        text: &str,
        part: Part,
        feed: &Feed<'_>,
    ) -> Result<Option<Found<'a>>, Error> {
        let Some(children) = &mut self.children else {
            opening::read_start::<Feed<'a>>(reader, text)?;
            check_octets(self.begin.0, reader)?;
            self.is_empty = reader.source(reader.tag()).ends_with("/>");
            let (children, feed) = FeedChildren::begin(reader)?;
            self.children = Some(children);
            return Ok(Some(Found::Feed(feed)));
        };
        if !self.is_behind {
            self.begin = begin(reader);
        }
        while !self.is_behind {
            if part == Part::More && reader.is_exhausted() {
                return Ok(None);
            }
            reader.begin_child();
            match reader.next()? {
                Token::Start => {
                    let tag = reader.tag().start;
                    let repairs = reader.repairs_so_far();
                    let child = children.read(feed, reader)?;
                    check_octets(self.begin.0, reader)?;
                    let source = tag..reader.offset();
                    return Ok(Some(match child {
                        FeedChild::Metadata(FeedPart::Metadata(part, metadata))
                            if children.has_item() =>
                        {
                            let part = children.late(feed, part, metadata);
                            let octets = source.len() as u64;
                            let start = reader.in_document(tag);
                            self.keep(octets, reader, tag)?;
                            Found::Item(FeedItem::Metadata(FeedMetadata { part, start, octets }))
                        }
                        FeedChild::Metadata(part) => {
                            self.keep(source.len() as u64, reader, tag)?;
                            Found::Metadata(part)
                        }
                        FeedChild::Extension(element) => Found::Item(FeedItem::Extension(element)),
                        FeedChild::Entry(entry) => {
                            let around = || around(reader, feed, children.authors(feed));
                            let around = self.around.get_or_insert_with(around);
                            Found::Item(FeedItem::Entry(FeedEntry {
                                entry,
                                start: reader.in_document(tag),
                                source: Cow::Borrowed(reader.source(source)),
                                around: Arc::clone(around),
                                violated: reader.violated(),
                                stage: reader.settings().stage,
                                document: None,
                                is_repaired: reader.repairs_so_far() > repairs,
                            }))
                        }
                    }));
                }
                Token::Text(text) if !is_blank(&text) => {
                    reader.violation_at(Rule::StrayText, reader.text())?;
                }
                Token::Text(_) => {}
                token @ (Token::Comment(_) | Token::Instruction(..)) => {
                    check_octets(self.begin.0, reader)?;
                    let node = misc::node(token, reader)?;
                    let octets = reader.in_document(reader.offset()) - self.begin.0;
                    match node {
                        Some(Node::Comment(text)) if children.has_item() => {
                            return Ok(Some(Found::Item(FeedItem::Comment(text))));
                        }
                        Some(Node::Instruction(target, data)) if children.has_item() => {
                            return Ok(Some(Found::Item(FeedItem::Instruction(target, data))));
                        }
                        Some(node) => {
                            self.keep(octets, reader, reader.markup())?;
                            return Ok(Some(Found::Metadata(FeedPart::Misc(node))));
                        }
                        None => self.begin = begin(reader),
                    }
                }
                Token::End | Token::Eof => {
                    check_octets(self.begin.0, reader)?;
                    children.end(feed, reader)?;
                    self.is_behind = true;
                    self.begin = begin(reader);
                    return Ok(Some(Found::Behind));
                }
            }
        }
        if part == Part::More {
            return Ok(None);
        }
        while reader.next()? != Token::Eof {}
        Ok(Some(Found::End))
    }
}

impl Walk {
    /// Where the part begins that is read, as an offset in the document.
    pub(super) fn begin(&self) -> u64 {
        self.begin.0
    }

    /// Begins a part that is not read.
    pub(super) fn begin_part<'a>(&mut self, reader: XmlReader<'a>) -> XmlReader<'a> {
        self.begin = begin(&reader);
        reader
    }

    /// A search for the end of the part that is read; `None` where that has no octets.
    pub(super) fn segments(&self) -> Option<Segments> {
        if self.is_behind {
            Some(Segments::behind_root())
        } else if self.children.is_none() {
            Some(Segments::default())
        } else {
            (!self.is_empty).then(Segments::in_root)
        }
    }

    /// Refuses that part for its size, with nothing else that is wrong in it.
    #[cold]
    pub(super) fn refuse_size(&self, reader: &mut XmlReader<'_>) -> Error {
        let (start, reported) = self.begin;
        reader.forget_since(reported);
        too_long(start, reader)
    }

    /// Counts the child of the feed at a place, which is kept.
    fn keep(&mut self, octets: u64, reader: &XmlReader<'_>, at: usize) -> Result<(), Error> {
        let limits = reader.settings().limits;
        self.kept += octets;
        if self.kept > limits.octets {
            return Err(reader.limit(Limit::Octets, at));
        }
        self.kept_elements += reader.elements_of_child();
        if self.kept_elements > limits.elements {
            return Err(reader.limit(Limit::Elements, at));
        }
        Ok(())
    }
}

fn begin(reader: &XmlReader<'_>) -> (u64, Reported) {
    (reader.in_document(reader.offset()), reader.reported())
}

/// Refuses a part that begins at an offset in the document, and has too many octets.
fn check_octets(start: u64, reader: &XmlReader<'_>) -> Result<(), Error> {
    let most = reader.settings().limits.entry_octets;
    if reader.in_document(reader.offset()) - start <= most {
        return Ok(());
    }
    Err(too_long(start, reader))
}

#[cold]
fn too_long(start: u64, reader: &XmlReader<'_>) -> Error {
    let most = reader.settings().limits.entry_octets;
    // From the start of what the reader has of the document.
    let within = start.saturating_add(most).saturating_sub(reader.in_document(0));
    reader.limit_within(Limit::EntryOctets, 0, within)
}

fn around(reader: &XmlReader<'_>, feed: &Feed<'_>, authors: &[Person<'_>]) -> Arc<Surroundings> {
    let common = feed.common();
    Arc::new(Surroundings {
        namespaces: reader.namespaces(),
        base: common.base().map(Into::into),
        lang: common.lang().map(Into::into),
        authors: authors.iter().map(|author| author.clone().into_owned()).collect(),
    })
}
