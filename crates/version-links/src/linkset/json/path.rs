//! Where a value is in a JSON document, by number.

/// Which value of a document is meant: at each level, the number of the member or of the item that
/// contains it, counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path {
    /// Zero beyond the length, so that a value is ordered before its parts.
    steps: [u32; Path::LONGEST],
    len: u8,
}

impl Path {
    /// Document, linkset, context, relation type, link, attribute, value.
    const LONGEST: usize = 7;

    /// Goes to the part with this number of the present value. [`leave`](Self::leave) goes back.
    #[inline]
    pub(super) fn enter(&mut self, number: usize) {
        if let Some(step) = self.steps.get_mut(usize::from(self.len)) {
            // Beyond this number, places are not found.
            *step = u32::try_from(number).unwrap_or(u32::MAX);
            self.len += 1;
        }
    }

    #[inline]
    pub(super) fn leave(&mut self) {
        self.len = self.len.saturating_sub(1);
        if let Some(step) = self.steps.get_mut(usize::from(self.len)) {
            *step = 0;
        }
    }

    /// The number at this level, or none if the path ends before.
    pub(super) fn step(&self, level: usize) -> Option<usize> {
        let step = self.steps.get(..usize::from(self.len))?.get(level)?;
        usize::try_from(*step).ok()
    }
}
