//! The length of the lines of an encoded body.

/// The characters that a line has at most (RFC 2045 sections 6.7 and 6.8).
pub(super) const LINE: usize = 76;
