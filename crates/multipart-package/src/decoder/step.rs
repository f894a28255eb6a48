//! What a decoder gives.

use crate::head::Head;
use bytes::Bytes;
use std::ops::Range;

/// What one [`Decoder::step`](crate::Decoder::step) gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something was read.
    Event(Event),
    /// The decoder needs more octets to continue. [Push](crate::Decoder::push) them, or call
    /// [`finish`](crate::Decoder::finish).
    NeedInput,
    /// The whole input was read, including the close delimiter unless its absence is tolerated.
    ///
    /// A [`Decoder`](crate::Decoder) gives this only after [`finish`](crate::Decoder::finish),
    /// because it also reads the octets after the close delimiter.
    ///
    /// From a [`SplitDecoder`](crate::SplitDecoder), it means that all parts of the range were
    /// read.
    Done,
}

/// Something that was read.
///
/// Every part gives one `Head`, any number of `Body` events, and one `End`. After a
/// [`resync`](crate::Decoder::resync), one `Lost` comes instead of the part's `End`, and instead of
/// its `Head` if the head could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Head(Head<Bytes>),
    /// The next octets of the part's body.
    ///
    /// They are a slice of a chunk that was pushed, except where the decoder had to join two
    /// chunks. How a body is cut into these events depends on the chunks.
    Body(Bytes),
    /// The part is complete.
    ///
    /// Under [`Framing::Delimiter`](crate::Framing::Delimiter), this is known at the delimiter line
    /// after the part. Under [`Framing::Length`](crate::Framing::Length), it comes with the last
    /// octet of the body, so that a part of an endless stream need not wait for the next one. The
    /// delimiter line is checked when it comes.
    End,
    /// The octets that are lost after a [`resync`](crate::Decoder::resync): from the start of the
    /// part's head up to the first hyphen of the delimiter line where the reading resumes. This is
    /// the whole part, including octets that were given before the error.
    Lost(Range<u64>),
}

/// What one turn of the machine gives: a step for the caller, or nothing where another turn is due.
pub(crate) type Turn = Result<Option<Step>, crate::error::Error>;
