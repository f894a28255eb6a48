//! The way back from the subscription document.

use std::collections::VecDeque;

/// The octets of URIs that are kept. A longer way is walked again from the subscription document.
const MOST_OCTETS: usize = 1024 * 1024;

/// The URIs of the documents on the way back, so that a feed without links to the next archive
/// document is read in linear time too.
#[derive(Debug, Default)]
pub(super) struct Trail {
    uris: VecDeque<String>,
    octets: usize,
}

impl Trail {
    /// Adds the document from which the way leads further back.
    pub(super) fn push(&mut self, uri: &str) {
        self.octets += uri.len();
        self.uris.push_back(uri.to_owned());
        while self.octets > MOST_OCTETS {
            let dropped = self.uris.pop_front().unwrap_or_default();
            self.octets -= dropped.len();
        }
    }

    /// Takes the document that follows.
    pub(super) fn pop(&mut self) -> Option<String> {
        let uri = self.uris.pop_back()?;
        self.octets -= uri.len();
        Some(uri)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
