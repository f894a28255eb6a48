//! Searching for the octets that a delimiter line begins with.

#[cfg(test)]
use crate::scanned;
use memchr::memmem::Finder;

/// How many octets of a needle are searched for. memchr has its fastest search for at most 32 octets, and
/// a boundary often has more than the 29 that the others leave of them.
const SEARCHED: usize = 32;

/// LF, two hyphens and a boundary, prepared for searching.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    octets: Box<[u8]>,
    /// Finds the needle, or the first octets of a long one.
    finder: Finder<'static>,
}

impl Needle {
    /// The needle of a boundary's octets, none of which is a LF.
    pub(crate) fn new(boundary: &[u8]) -> Self {
        let octets = [b"\n--", boundary].concat();
        let searched = &octets[..octets.len().min(SEARCHED)];
        Self { finder: Finder::new(searched).into_owned(), octets: octets.into() }
    }

    /// LF, two hyphens, the boundary.
    #[inline]
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Where the needle occurs first.
    #[inline]
    pub(crate) fn find(&self, octets: &[u8]) -> Option<usize> {
        let found = self.search(octets);
        #[cfg(test)]
        scanned::add(found.map_or(octets.len(), |at| at + self.octets.len()));
        found
    }

    #[inline(always)]
    fn search(&self, octets: &[u8]) -> Option<usize> {
        let mut from = 0;
        loop {
            let at = from + self.finder.find(&octets[from..])?;
            // The needle has no LF but its first octet, so that no octet is compared for two places.
            if octets[at..].starts_with(&self.octets) {
                return Some(at);
            }
            from = at + 1;
        }
    }

    /// Where the needle occurs.
    pub(crate) fn find_all(&self, octets: &[u8]) -> impl Iterator<Item = usize> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + self.find(&octets[from..])?;
            from = at + self.octets.len();
            Some(at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A needle of any length, among its own beginnings, is found where it is, and nowhere else.
        #[test]
        fn needles_of_any_length_are_found_among_their_beginnings(
            boundary in "[-a]{1,70}",
            pieces in prop::collection::vec((0_usize..=73, "[-a\r\n]{0,3}"), 0..8),
        ) {
            let needle = Needle::new(boundary.as_bytes());
            let beginning = |len: usize| &needle.octets()[..len.min(needle.octets().len())];
            let mut octets = Vec::new();
            for (len, others) in &pieces {
                octets.extend_from_slice(beginning(*len));
                octets.extend_from_slice(others.as_bytes());
            }
            let windows = octets.windows(needle.octets().len()).enumerate();
            let slowly = windows.filter(|(_, window)| *window == needle.octets());
            let slowly: Vec<usize> = slowly.map(|(at, _)| at).collect();
            prop_assert_eq!(needle.find(&octets), slowly.first().copied());
            prop_assert_eq!(needle.find_all(&octets).collect::<Vec<_>>(), slowly);
        }
    }
}
