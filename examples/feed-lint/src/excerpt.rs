//! The part of a document that a finding is shown with.

use codespan_reporting::files::{Error, Files};
use std::ops::Range;

/// As many octets of a line as are shown before and behind a finding: a feed may be one line of
/// megabytes.
const AROUND: usize = 60;

/// A part of one line, with its place in the document.
#[derive(Debug)]
pub(crate) struct Excerpt<'a> {
    name: &'a str,
    text: String,
    line: usize,
    column: usize,
    span: Range<usize>,
}

impl<'a> Excerpt<'a> {
    /// The excerpt of the first line of a span, whose place is known.
    pub(crate) fn new(
        name: &'a str,
        source: &'a str,
        span: Range<usize>,
        line: usize,
        column: usize,
    ) -> Self {
        let at = boundary(source, span.start);
        let before = source[..at].rfind('\n').map_or(0, |end| end + 1);
        let start = boundary(source, at.saturating_sub(AROUND)).max(before);
        let rest = &source[at..];
        let end = at + rest.find(['\n', '\r']).unwrap_or(rest.len());
        let marked = boundary(source, span.end.clamp(at, end));
        let end = boundary(source, end.min(marked.min(at + AROUND) + AROUND));
        let shown = marked.clamp(at, end);
        // A control character would change what a terminal does.
        let text = |part: &str| -> String {
            part.chars().map(|found| if found.is_control() { ' ' } else { found }).collect()
        };
        let (head, body) = (text(&source[start..at]), text(&source[at..shown]));
        let span = head.len()..head.len() + body.len();
        Self { name, text: head + &body + &text(&source[shown..end]), line, column, span }
    }

    /// What is marked in the excerpt.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// The last border between characters that is not behind an offset.
fn boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl<'f> Files<'f> for Excerpt<'_> {
    type FileId = ();
    type Name = &'f str;
    type Source = &'f str;

    fn name(&'f self, (): ()) -> Result<&'f str, Error> {
        Ok(self.name)
    }

    fn source(&'f self, (): ()) -> Result<&'f str, Error> {
        Ok(&self.text)
    }

    fn line_index(&'f self, (): (), _: usize) -> Result<usize, Error> {
        Ok(0)
    }

    fn line_number(&'f self, (): (), _: usize) -> Result<usize, Error> {
        Ok(self.line)
    }

    fn column_number(&'f self, (): (), _: usize, at: usize) -> Result<usize, Error> {
        let (start, at) = (self.span.start, boundary(&self.text, at));
        let behind = self.text[start.min(at)..at].chars().count();
        Ok(self.column + behind)
    }

    fn line_range(&'f self, (): (), _: usize) -> Result<Range<usize>, Error> {
        Ok(0..self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let source = format!("a\n{}<b>\u{7}{}\nc", "é".repeat(1000), "ü".repeat(1000));
        let at = source.find('<').unwrap_or_default();
        let excerpt = Excerpt::new("f", &source, at..at + 3, 2, 1001);
        assert_eq!(&excerpt.text[excerpt.span()], "<b>");
        assert!(excerpt.text.len() < 3 * AROUND, "{}", excerpt.text);
        assert!(excerpt.text.contains("<b> ü"), "{}", excerpt.text);
        for at in 0..source.len() {
            let excerpt = Excerpt::new("f", &source, at..at + 5000, 1, 1);
            assert!(excerpt.text.get(excerpt.span()).is_some());
        }
    }
}
