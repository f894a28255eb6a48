//! The octets that were pushed into a decoder and not yet read, as one contiguous view.

use crate::delimiter::Window;
use bytes::{Buf, Bytes, BytesMut};
use std::collections::VecDeque;

/// The view is a chunk of the caller, or, where something is spread over two chunks, a small copy
/// of the rest of the first chunk and of as much of the next one as was needed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    view: Bytes,
    /// Where the view begins in the whole input.
    base: u64,
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
        Window { octets: &self.view, base: self.base, last }
    }

    /// Makes the view longer, or returns false if no more octets were pushed.
    pub(super) fn extend(&mut self) -> bool {
        if std::mem::take(&mut self.grown) {
            return true;
        }
        let Some(next) = self.queue.front() else { return false };
        if self.view.is_empty() {
            self.overlap = 0;
            self.copied = false;
            self.view = self.queue.pop_front().unwrap_or_default();
            return true;
        }
        let fresh = &next[self.overlap..];
        let step = fresh.len().min(self.view.len().max(Self::STEP));
        let view = std::mem::take(&mut self.view);
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

    /// Takes octets from the start of the view.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Bytes {
        let taken = self.view.split_to(count);
        self.settle(count);
        taken
    }

    /// Skips octets at the start of the view.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.view.advance(count);
        self.settle(count);
    }

    /// Returns to the caller's chunk once everything before it was read.
    #[inline]
    fn settle(&mut self, drained: usize) {
        self.base += drained as u64;
        if self.overlap > 0 && self.view.len() <= self.overlap {
            if let Some(mut chunk) = self.queue.pop_front() {
                chunk.advance(self.overlap - self.view.len());
                self.grown = true;
                self.view = chunk;
            }
            self.overlap = 0;
            self.copied = false;
        }
    }
}
