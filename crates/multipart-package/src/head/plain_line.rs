//! The line that almost every field is, read at once.

use crate::ascii_scan::first_control;
use crate::field::Known;
use crate::grammar::{is_space, is_tchar};

/// The usual line, read in one go: a field of text that ends with CR LF and is not folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainLine<'a> {
    pub(super) known: Option<Known>,
    pub(super) value: Value<'a>,
    pub(super) end: usize,
}

/// A value without the white space around it, and where it begins in its line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) octets: &'a [u8],
    pub(super) at: usize,
}

impl<'a> PlainLine<'a> {
    #[inline]
    pub(super) fn read(line: &'a [u8]) -> Option<Self> {
        // A line that begins with a hyphen may be a delimiter line.
        if matches!(line, [] | [b'\r' | b'-', ..]) {
            return None;
        }
        let (known, name_len) = match Known::by_line(line) {
            Some((known, len)) if line.get(len) == Some(&b':') => (Some(known), len),
            _ => (None, token_len(line)),
        };
        let behind = line.get(name_len..)?.strip_prefix(b":").filter(|_| name_len > 0)?;
        let value_len = first_control(behind);
        let (value, rest) = behind.split_at_checked(value_len)?;
        let [b'\r', b'\n', next, ..] = rest else { return None };
        let (at, end) = (name_len + 1, name_len + 1 + value_len + 2);
        let value = Value { octets: value, at }.trimmed();
        (!is_space(*next)).then_some(Self { known, value, end })
    }
}

impl Value<'_> {
    /// Removes the spaces around it.
    #[inline]
    fn trimmed(mut self) -> Self {
        while let [b' ', rest @ ..] = self.octets {
            (self.octets, self.at) = (rest, self.at + 1);
        }
        while let [rest @ .., b' '] = self.octets {
            self.octets = rest;
        }
        self
    }
}

/// The length of the token at the start of a line.
#[inline]
fn token_len(line: &[u8]) -> usize {
    line.iter().position(|&octet| !is_tchar(octet)).unwrap_or(line.len())
}
