//! Reading the entries of a feed that is in memory, or mapped into it.

use super::item::FeedItem;
use super::walk::{Found, Part, Walk};
use crate::atom::{Feed, FeedChildren};
use crate::encoding::{self, End};
use crate::error::Error;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::settings::Settings;
use crate::xml::XmlReader;

/// The entries of a feed, one by one, in the memory of one entry.
///
/// It gives what a [`Reader`] reads at once: the same entries and the same metadata, with the same
/// diagnostics. Each entry that is complete is given before what is wrong behind it, under any
/// tolerance. It ends after an error; a document that is cut ends in [`Rule::Incomplete`].
///
/// [`Limits::entry_octets`] and [`Limits::elements`] hold for each entry. A feed may have any number of
/// them.
///
/// ```
/// use atom_fsm::{FeedItem, Reader};
///
/// let source = "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>\
///     <entry><title>1</title></entry><entry><title>2</title></entry><entry><title>3</ti";
/// let mut entries = Reader::new().entries(source);
/// let mut titles = Vec::new();
/// let error = loop {
///     match entries.next() {
///         Some(Ok(FeedItem::Entry(entry))) => {
///             assert!(entry.source().starts_with("<entry><title>"));
///             titles.push(entry.entry().title().unwrap().value().into_owned());
///         }
///         Some(Ok(_)) => {}
///         Some(Err(error)) => break error,
///         None => unreachable!("the feed is cut"),
///     }
/// };
/// assert_eq!(titles, ["1", "2"]);
/// assert_eq!(error.rule(), Some(atom_fsm::Rule::Incomplete));
/// assert_eq!(entries.feed().title().unwrap().value(), "A");
/// ```
///
/// [`Rule::Incomplete`]: crate::Rule::Incomplete
/// [`Limits::entry_octets`]: crate::Limits#structfield.entry_octets
/// [`Limits::elements`]: crate::Limits#structfield.elements
#[derive(Debug)]
pub struct EntryReader<'a> {
    reader: XmlReader<'a>,
    octets: &'a [u8],
    text: &'a str,
    end: End,
    walk: Walk,
    feed: Feed<'a>,
    /// Why the document cannot be read at all.
    refused: Option<Error>,
    is_done: bool,
}

impl Reader {
    /// Reads a feed in UTF-8 entry by entry.
    pub fn entries<'a>(&self, source: &'a (impl AsRef<[u8]> + ?Sized)) -> EntryReader<'a> {
        let octets = source.as_ref();
        let (text, end) = encoding::text(octets);
        let settings = self.entry_settings();
        let reader = encoding::refuse_wide(octets, settings)
            .and_then(|()| XmlReader::new(text, settings, &self.namespaces));
        let (reader, refused) = match reader {
            Ok(reader) => (reader, None),
            Err(error) => (XmlReader::unchecked(text, settings), Some(error)),
        };
        EntryReader {
            reader: reader.with_limits(self.settings.limits),
            octets,
            text,
            end,
            walk: Walk::default(),
            feed: Feed::default(),
            refused,
            is_done: false,
        }
    }

    /// The settings under which a document may have any size.
    pub(super) fn entry_settings(&self) -> Settings {
        let limits = Limits { octets: u64::MAX, ..self.settings.limits };
        Settings { limits, ..self.settings }
    }
}

impl<'a> EntryReader<'a> {
    /// The metadata of the feed that is before its first item: all of it once that is given. It has no
    /// entries, and no [metadata behind them](FeedItem::Metadata).
    #[must_use]
    pub fn feed(&self) -> &Feed<'a> {
        &self.feed
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.reader.diagnostics()
    }

    /// Whether [`Reader::repair`] repaired anything so far.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.reader.is_repaired()
    }

    fn read(&mut self) -> Result<Option<FeedItem<'a>>, Error> {
        loop {
            let found = match self.refused.take() {
                Some(error) => Err(error),
                None => self.walk.next(&mut self.reader, self.text, Part::Last, &self.feed),
            };
            match found.map_err(|error| self.of_size().unwrap_or(error))? {
                Some(Found::Feed(feed)) => self.feed = feed,
                Some(Found::Metadata(part)) => FeedChildren::add(&mut self.feed, part),
                Some(Found::Item(item)) => return Ok(Some(item)),
                Some(Found::Behind) => self.of_size().map_or(Ok(()), Err)?,
                Some(Found::End) | None => return Ok(None),
            }
        }
    }

    /// The error of the part that is read, if it is too long: whatever else is wrong with it, an
    /// [`EntryDecoder`](super::EntryDecoder) has not read it either.
    #[cold]
    fn of_size(&mut self) -> Option<Error> {
        let most = usize::try_from(self.reader.settings().limits.entry_octets).ok()?;
        let start = usize::try_from(self.walk.begin()).ok()?;
        let more = self.octets.get(start..)?.get(..=most)?;
        let is_long = self.walk.segments()?.next(more, true).is_none_or(|end| end > most);
        is_long.then(|| self.walk.refuse_size(&mut self.reader))
    }
}

impl<'a> Iterator for EntryReader<'a> {
    type Item = Result<FeedItem<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let end = match self.read() {
            Ok(Some(item)) => return Some(Ok(item)),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.is_done = true;
        self.end.outcome(end, &mut self.reader).err().map(Err)
    }
}

impl std::iter::FusedIterator for EntryReader<'_> {}
