//! Where a decoder is in its input.

use crate::delimiter::DelimiterLine;
use crate::head::summary::HeadSummary;

/// What is known of the part that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenPart {
    /// Where its head begins.
    pub(super) start: u64,
    pub(super) summary: HeadSummary,
    pub(super) body_offset: u64,
    pub(super) body_octets: u64,
    /// Whether the body is empty so far, or ends with a line feed.
    pub(super) ends_line: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    Opening,
    /// Looking for the first delimiter line of the range from this octet to that.
    Seek(u64, u64),
    Preamble,
    /// At a head's first octet.
    Head,
    /// At the same octet. A scan of the head began and is not complete.
    HeadRest,
    /// At a body's first octet.
    BodyStart,
    Body,
    /// In a body that goes on for so many octets at least.
    SettledBody(usize),
    /// In a body that ends at this delimiter line, which the window has.
    WholeBody(DelimiterLine),
    /// After that body and its delimiter line.
    WholeEnd(DelimiterLine),
    /// In a body framed by its length, of which so many octets are still to come.
    LengthBody(u64),
    /// After a part framed by its length, before the delimiter line.
    LengthEnd,
    /// The body is complete. This is the delimiter line that ended it, or none at the end of the
    /// input, and where the window began that the line was found in.
    End(Option<DelimiterLine>, u64),
    /// After the close delimiter line, whose epilogue begins at this octet.
    Epilogue(u64),
    /// Looking for the delimiter line after a part that cannot be read.
    Resync(SearchStart),
    /// After such a part. This is the delimiter line that ended it, and where its window began.
    Lost(DelimiterLine, u64),
    Done,
    Failed(ResyncPoint),
}

/// Where the search begins for the delimiter line after a part that cannot be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum SearchStart {
    /// At the start of a line.
    LineStart,
    /// Within a line.
    Within,
}

/// Where a reading that failed can resume.
#[derive(Debug, Clone, Copy)]
pub(super) enum ResyncPoint {
    /// At the next delimiter line, which is still to be found.
    Ahead(SearchStart),
    /// After this delimiter line, which was found in a window that began at this octet.
    Behind(DelimiterLine, u64),
    /// Nowhere: no single part failed, or a limit was exceeded.
    Nowhere,
}
