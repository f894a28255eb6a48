//! Where the feed and its entries are.

use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::xml::{Token, XmlReader, XmlWriter};

/// A feed or an entry of which only the places matter: its reader reports a diagnostic of
/// [`Outline::TAG`] at the start tag of the root, and one at that of each entry in it.
#[derive(Debug)]
pub(crate) struct Outline;

impl Outline {
    /// The rule that the places are reported under. It is advice, so that it never is an error.
    pub(super) const TAG: Rule = Rule::SourceDiffers;
}

impl sealed::Root for Outline {}

impl<'a> Root<'a> for Outline {
    type Owned = Self;

    fn own(self) -> Self {
        self
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        Feed::is_root(reader) || Entry::is_root(reader)
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        *read = Some(Self);
        let depth = reader.depth();
        reader.violation_at(Self::TAG, reader.tag())?;
        loop {
            match reader.next()? {
                Token::Start => {
                    // As the reader of a feed, which takes a name in another case for the name.
                    let name = reader.name();
                    let is_entry = reader.depth() == depth + 1
                        && name.local().eq_ignore_ascii_case("entry")
                        && name.namespace() == crate::namespace::ATOM;
                    if is_entry {
                        reader.violation_at(Self::TAG, reader.tag())?;
                    }
                }
                Token::End if reader.depth() < depth => return Ok(()),
                Token::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn write_root(&self, _: &mut XmlWriter<'_>) -> Result<(), Error> {
        Ok(())
    }
}
