//! The octets that were pushed into a decoder and not yet read, as one contiguous view.

use crate::delimiter::Window;
use bytes::{Buf, Bytes, BytesMut};
use std::collections::VecDeque;
use std::ops::Range;

/// The view is a chunk of the caller, or, where something is spread over two chunks, a small copy
/// of the rest of the first chunk and of as much of the next one as was needed.
///
/// What is taken stays in the view until the next turn, so that it can be lent.
#[derive(Debug, Default)]
pub(super) struct Feed {
    view: Bytes,
    /// Up to where the view was read.
    at: usize,
    /// Where the unread octets of the view begin in the whole input.
    base: u64,
    /// The octets of the view that were taken last.
    taken: Range<usize>,
    /// How many octets at the view's end are a copy of the start of the first queued chunk. They
    /// are fewer than that chunk has.
    overlap: usize,
    /// Whether the view is our own copy, which can grow in place.
    copied: bool,
    /// Whether the view became longer since the last call of `extend`.
    grown: bool,
    queue: VecDeque<Bytes>,
    ended: bool,
}

impl Feed {
    /// The least number of octets that is copied from the next chunk to join it to the view.
    const STEP: usize = 512;

    /// An empty feed whose first octet has this offset.
    pub(super) fn at(offset: u64) -> Self {
        Self { base: offset, ..Self::default() }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() {
            self.queue.push_back(chunk);
        }
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn base(&self) -> u64 {
        self.base
    }

    #[inline]
    pub(super) fn window(&self) -> Window<'_> {
        let last = self.ended && self.queue.is_empty();
        Window { octets: &self.view[self.at..], base: self.base, last }
    }

    /// Makes the unread octets of the view more, or returns false if no more octets were pushed.
    pub(super) fn extend(&mut self) -> bool {
        self.settle();
        if std::mem::take(&mut self.grown) {
            return true;
        }
        let Some(next) = self.queue.front() else { return false };
        let mut view = std::mem::take(&mut self.view);
        view.advance(std::mem::take(&mut self.at));
        self.taken = 0..0;
        if view.is_empty() {
            self.overlap = 0;
            self.copied = false;
            self.view = self.queue.pop_front().unwrap_or_default();
            return true;
        }
        let fresh = &next[self.overlap..];
        let step = fresh.len().min(view.len().max(Self::STEP));
        // A chunk of the caller is never grown in place: only its rest is copied.
        let mut grown = match if self.copied { view.try_into_mut() } else { Err(view) } {
            Ok(grown) => grown,
            Err(view) => {
                let mut copy = BytesMut::with_capacity(view.len() + step);
                copy.extend_from_slice(&view);
                copy
            }
        };
        grown.extend_from_slice(&fresh[..step]);
        self.view = grown.freeze();
        self.copied = true;
        self.overlap += step;
        if self.overlap == next.len() {
            self.queue.pop_front();
            self.overlap = 0;
        }
        true
    }

    /// Takes so many of the unread octets.
    #[inline]
    pub(super) fn take(&mut self, count: usize) {
        self.taken = self.at..self.at + count;
        self.skip(count);
    }

    /// The octets that were taken last in this turn.
    #[inline]
    pub(super) fn taken(&self) -> &[u8] {
        &self.view[self.taken.clone()]
    }

    /// The octets that were taken last in this turn, which the view gives away if they are its last.
    #[inline]
    pub(super) fn give_taken(&mut self) -> Bytes {
        let Range { start, end } = std::mem::take(&mut self.taken);
        if start == end {
            return Bytes::new();
        }
        if end < self.view.len() {
            return self.view.slice(start..end);
        }
        let mut given = std::mem::take(&mut self.view);
        self.at = 0;
        given.advance(start);
        given
    }

    /// Skips so many of the unread octets.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
        self.base += count as u64;
    }

    /// Returns to the caller's chunk once everything before it was read, and ends what was lent.
    #[inline]
    pub(super) fn settle(&mut self) {
        if self.overlap > 0 && self.view.len() - self.at <= self.overlap {
            self.leave_copy();
        }
    }

    #[cold]
    fn leave_copy(&mut self) {
        let unread = self.view.len() - self.at;
        if let Some(mut chunk) = self.queue.pop_front() {
            chunk.advance(self.overlap - unread);
            self.grown = true;
            (self.view, self.at, self.taken) = (chunk, 0, 0..0);
        }
        self.overlap = 0;
        self.copied = false;
    }
}
