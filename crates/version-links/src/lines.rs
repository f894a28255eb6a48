//! Lines and columns of offsets in a document.

use crate::place::Position;

/// Finds lines and columns. Offsets that never decrease are found in one pass over the document,
/// however many there are.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'d> {
    document: &'d [u8],
    /// How far the line breaks are counted.
    at: usize,
    line: u64,
    /// Where the line starts that contains `at`.
    start: usize,
}

impl<'d> Lines<'d> {
    pub(crate) fn of(document: &'d [u8]) -> Self {
        Self { document, at: 0, line: 1, start: 0 }
    }

    /// The line and the column of an offset. A line ends after its LF.
    pub(crate) fn position(&mut self, offset: u64) -> Position {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.document.len());
        if offset < self.at {
            *self = Self::of(self.document);
        }
        let between = self.document.get(self.at..offset).unwrap_or_default();
        for found in memchr::memchr_iter(b'\n', between) {
            self.line += 1;
            self.start = self.at + found + 1;
        }
        self.at = offset;
        Position { line: self.line, column: 1 + (offset - self.start) as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_after_its_line_feed_and_columns_count_octets() {
        let document = b"ab\n\r\nc";
        let found = |lines: &mut Lines<'_>, offset| {
            let Position { line, column } = lines.position(offset);
            (line, column)
        };
        let expected = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2), (3, 2)];
        let mut lines = Lines::of(document);
        for (offset, expected) in (0..).zip(expected) {
            assert_eq!(found(&mut lines, offset), expected, "{offset}");
            assert_eq!(found(&mut Lines::of(document), offset), expected, "{offset} alone");
        }
        assert_eq!(found(&mut lines, 1), (1, 2), "an earlier offset is found too");
    }
}
