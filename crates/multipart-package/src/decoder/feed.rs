//! The octets that a decoder was fed and has not drained, seen through one contiguous view.

use crate::delimiter::Window;
use bytes::{Buf, Bytes, BytesMut};
use std::collections::VecDeque;

/// The view is a caller's chunk as it came, or, where something straddles two chunks, a small copy
/// of the first one's rest and as much of the next as was needed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    view: Bytes,
    /// Where the view begins in the whole input.
    base: u64,
    /// How many octets at the view's end are a copy of the first ones queued; fewer than these.
    overlap: usize,
    /// Whether the view is a copy of ours, so that it can grow in place.
    copied: bool,
    /// Whether the view got longer since it was last asked to.
    grown: bool,
    queue: VecDeque<Bytes>,
    ended: bool,
}

impl Feed {
    /// How much of the next chunk is copied at least to see what straddles the border.
    const STEP: usize = 512;

    /// A feed of the octets from an offset on.
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

    /// Makes the view longer; false when nothing more was fed.
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
        // A chunk of the caller's is never grown in place: its rest alone is kept.
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

    /// Takes octets off the view's front.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Bytes {
        let taken = self.view.split_to(count);
        self.settle(count);
        taken
    }

    /// Drops octets off the view's front.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.view.advance(count);
        self.settle(count);
    }

    /// Goes back to the caller's chunk once all that preceded it is drained.
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
