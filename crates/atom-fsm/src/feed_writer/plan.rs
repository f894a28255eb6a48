//! How an entry is passed on.

use crate::atom::Entry;

/// How an entry is passed on.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one entry is passed on at a time")]
pub(super) enum Plan<'e> {
    /// Its octets, with more attributes at an offset in its start tag, and markup before its end tag.
    Copy { at: usize, attributes: Vec<(String, &'e str)>, inside: Vec<u8> },
    /// Its value.
    Write(Entry<'e>),
}
