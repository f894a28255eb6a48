//! What a decoder gives.

use crate::head::Head;
use bytes::Bytes;
use std::ops::Range;

/// What one [`Decoder::step`](crate::Decoder::step) gives.
///
/// `B` is [`Bytes`] for what owns its octets, and `&[u8]` for what
/// [`Decoder::step_borrowed`](crate::Decoder::step_borrowed) lends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<B: AsRef<[u8]> = Bytes> {
    /// Something was read.
    Event(Event<B>),
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
pub enum Event<B: AsRef<[u8]> = Bytes> {
    /// A part begins.
    Head(Head<B>),
    /// The next octets of the part's body.
    ///
    /// They are a slice of a chunk that was pushed, except where the decoder had to join two
    /// chunks. How a body is cut into these events depends on the chunks.
    Body(B),
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

/// What one turn of the machine gives. The octets of a head or a body are those that were taken last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Another turn is due.
    Again,
    Head,
    Body,
    End,
    Lost(Range<u64>),
    NeedInput,
    Done,
}
