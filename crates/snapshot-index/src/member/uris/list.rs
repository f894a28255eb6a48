//! The list itself.

use std::borrow::Cow;
use std::iter::FusedIterator;
use std::slice;

/// Iterates over the packages' URI references in order.
#[derive(Debug, Clone)]
pub struct Uris<'i> {
    items: slice::Iter<'i, Cow<'i, str>>,
}

impl<'i> Uris<'i> {
    pub(crate) fn of(items: &'i [Cow<'i, str>]) -> Self {
        Self { items: items.iter() }
    }
}

impl<'i> Iterator for Uris<'i> {
    type Item = &'i str;

    fn next(&mut self) -> Option<&'i str> {
        self.items.next().map(|uri| &**uri)
    }

    fn nth(&mut self, n: usize) -> Option<&'i str> {
        self.items.nth(n).map(|uri| &**uri)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl DoubleEndedIterator for Uris<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.items.next_back().map(|uri| &**uri)
    }
}

impl ExactSizeIterator for Uris<'_> {}

impl FusedIterator for Uris<'_> {}
