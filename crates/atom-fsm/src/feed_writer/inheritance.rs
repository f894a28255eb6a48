//! What entries inherit from the feeds that they were read from.

use crate::atom::{Person, Source};
use crate::entries::{FeedEntry, Surroundings};
use crate::settings::Settings;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// The feeds that are remembered: as many as a program may merge entry by entry. Each takes some hundred
/// octets of memory.
const MOST: usize = 1024;

/// What is known of the feeds that entries were read from, so that their authors are compared once for each
/// feed, and not for each entry.
#[derive(Debug, Default)]
pub(super) struct Inheritance(HashMap<usize, Known>);

#[derive(Debug)]
struct Known {
    /// No other feed is at its address as long as this is there.
    _around: Weak<Surroundings>,
    lacking: u64,
}

impl Inheritance {
    /// The octets of the authors that an entry inherits and that this feed does not have: 0 if both feeds
    /// have the same.
    pub(super) fn lacking_authors(
        &mut self,
        it: &FeedEntry<'_>,
        authors: &[Person<'static>],
        settings: Settings,
    ) -> u64 {
        let around = &it.around;
        let key = Arc::as_ptr(around).addr();
        if let Some(known) = self.0.get(&key) {
            return known.lacking;
        }
        let lacking = if around.authors == authors { 0 } else { octets(&around.authors, settings) };
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, Known { _around: Arc::downgrade(around), lacking });
        lacking
    }

    /// Forgets all, where the authors of this feed have changed.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The octets of a source with these authors; none of no authors.
fn octets(authors: &[Person<'static>], settings: Settings) -> u64 {
    if authors.is_empty() {
        return 0;
    }
    let mut source = Source::new();
    source.authors_mut().extend_from_slice(authors);
    source.octets(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FeedItem, Reader};

    fn entries(source: &str) -> Vec<FeedEntry<'_>> {
        let items = Reader::new().entries(source).filter_map(Result::ok);
        items.filter_map(FeedItem::into_entry).collect()
    }

    /// The second time, the authors are not looked at.
    #[test]
    fn the_authors_of_a_feed_are_compared_once() {
        let source = "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>A</name></author>\
                      <entry/><entry/></feed>";
        let (read, other) = (entries(source), entries(source));
        let (settings, same) = (Settings::default(), read[0].inherited_authors());
        let mut inheritance = Inheritance::default();
        assert_eq!(inheritance.lacking_authors(&read[0], same, settings), 0);
        assert_eq!(inheritance.lacking_authors(&read[1], &[], settings), 0, "it is remembered");
        assert!(inheritance.lacking_authors(&other[0], &[], settings) > 0, "another feed");
        inheritance.clear();
        assert!(inheritance.lacking_authors(&read[0], &[], settings) > 0);
    }

    #[test]
    fn only_so_many_feeds_are_remembered() {
        let mut inheritance = Inheritance::default();
        for _ in 0..MOST + 9 {
            let read = entries("<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>");
            inheritance.lacking_authors(&read[0], &[], Settings::default());
            assert!(inheritance.0.len() <= MOST);
        }
        assert_eq!(inheritance.0.len(), 9);
    }
}
