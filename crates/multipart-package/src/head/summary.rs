//! What the pass over a head found.

use super::plain_line::{PlainLines, StatedLength};
use crate::delimiter::Window;
use crate::field::Known;

/// What a head states about the length of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    Absent,
    /// It is stated, but not as a number.
    Unreadable,
    Octets(u64),
}

/// What the pass over a head found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct HeadSummary {
    pub(crate) length: Length,
    /// Where the value of Content-Length is in the whole input.
    pub(crate) length_span: (u64, u64),
    /// Whether no rule of a level above advice was violated.
    pub(crate) strict: bool,
    /// Whether every line ends with LF alone, the blank line too.
    pub(crate) lone_line_feeds: bool,
    pub(crate) fields: u64,
    /// The octets of the longest field, including its line breaks.
    pub(crate) longest_field: u64,
    /// The bits of the known fields that are present.
    pub(super) known: u32,
}

impl HeadSummary {
    pub(super) const NOTHING: Self = Self {
        length: Length::Absent,
        length_span: (0, 0),
        strict: true,
        lone_line_feeds: false,
        fields: 0,
        longest_field: 0,
        known: 0,
    };

    /// Whether a Content-Location or a Content-Type is present.
    pub(crate) const fn describes_entity(self) -> bool {
        self.known & (Known::ContentLocation.bit() | Known::ContentType.bit()) != 0
    }

    /// Whether a field is present that the heads of parts have, and few other texts.
    pub(crate) const fn looks_like_head(self) -> bool {
        self.describes_entity() || self.known & Known::ContentDisposition.bit() != 0
    }

    /// What the plain lines at the start of this window state.
    #[inline]
    pub(super) fn of(lines: &PlainLines, window: Window<'_>) -> Self {
        let (length, length_span) = match lines.length {
            Some(StatedLength { octets, start, end }) => {
                (Length::Octets(octets), (window.offset(start), window.offset(end)))
            }
            None => (Length::Absent, (0, 0)),
        };
        let PlainLines { fields, longest: longest_field, known, .. } = *lines;
        Self {
            length,
            length_span,
            strict: true,
            lone_line_feeds: false,
            fields,
            longest_field,
            known,
        }
    }

    /// Adds what plain lines of this window state.
    pub(super) fn extend(&mut self, lines: &PlainLines, window: Window<'_>) {
        let more = Self::of(lines, window);
        if let Length::Octets(_) = more.length {
            (self.length, self.length_span) = (more.length, more.length_span);
        }
        self.known = more.known;
        self.fields += more.fields;
        self.longest_field = self.longest_field.max(more.longest_field);
    }
}
