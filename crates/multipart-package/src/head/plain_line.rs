//! The lines that almost every field is, read at once.
//!
//! A plain line is a field of text that ends with CR LF, is not folded and violates no rule. What is
//! not plain is left to the scan, which reads any line, and with which the tests compare this.

use crate::ascii_scan::{first_control, first_not_graphic, first_not_in_name};
use crate::field::{self, Known, content_id};
use crate::grammar::{is_space, is_tchar};
#[cfg(test)]
use crate::scanned;

/// The plain lines at one place of a head.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlainLines {
    /// Where the line begins that follows them.
    pub(super) end: usize,
    pub(super) fields: u64,
    /// The octets of the longest one.
    pub(super) longest: u64,
    /// The bits of the known fields in them, and in what preceded them.
    pub(super) known: u32,
    pub(super) length: Option<StatedLength>,
}

/// The number that a plain Content-Length states, and where its digits are.
#[derive(Debug, Clone, Copy)]
pub(super) struct StatedLength {
    pub(super) octets: u64,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How much the plain lines may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    /// How far they may reach.
    pub(super) end: u64,
    pub(super) fields: u64,
}

impl PlainLines {
    /// Reads plain lines from `start` on, after fields of which these are known.
    #[inline(never)]
    pub(super) fn read(octets: &[u8], start: usize, known: u32, most: Most) -> Self {
        let mut lines = Self { end: start, fields: 0, longest: 0, known, length: None };
        while let Some(line) = octets.get(lines.end..).and_then(Line::read) {
            let end = lines.end + line.len;
            if end as u64 > most.end || lines.fields >= most.fields || lines.known & line.bit != 0 {
                break;
            }
            if let Some(octets) = line.length {
                let start = end - 2 - line.digits;
                lines.length = Some(StatedLength { octets, start, end: end - 2 });
            }
            lines.known |= line.bit;
            lines.fields += 1;
            lines.longest = lines.longest.max(line.len as u64);
            lines.end = end;
        }
        #[cfg(test)]
        scanned::add(lines.end - start);
        lines
    }
}

/// A plain line, or one that would be plain if its field were not repeated.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The bit of its field, if that is known.
    bit: u32,
    /// Its octets, with the line break.
    len: usize,
    /// The number that a Content-Length states, and how many digits it has.
    length: Option<u64>,
    digits: usize,
}

impl Line {
    #[inline(always)]
    fn read(line: &[u8]) -> Option<Self> {
        let Some((known, start)) = Known::by_usual_line(line) else { return Self::read_any(line) };
        let value = line.get(start..)?;
        let mut length = None;
        let value_len = match known {
            Known::ContentLocation | Known::ContentId => {
                let len = first_not_graphic(value);
                if known == Known::ContentId && !content_id::is_usual(value.get(..len)?) {
                    return None;
                }
                len
            }
            Known::ContentLength => {
                let (octets, digits) = stated(value)?;
                length = Some(octets);
                digits
            }
            _ => {
                let len = first_control(value);
                if !is_sound(known, value.get(..len)?) {
                    return None;
                }
                len
            }
        };
        Self::new(line, value, value_len, known.bit(), length)
    }

    /// Ends a line behind its value.
    #[inline(always)]
    fn new(
        line: &[u8],
        value: &[u8],
        value_len: usize,
        bit: u32,
        length: Option<u64>,
    ) -> Option<Self> {
        let [b'\r', b'\n', next, ..] = value.get(value_len..)? else { return None };
        let len = line.len() - value.len() + value_len + 2;
        let digits = if length.is_some() { value_len } else { 0 };
        (!is_space(*next)).then_some(Self { bit, len, length, digits })
    }

    /// Reads a line whose name is not known, or not in its usual spelling.
    fn read_any(line: &[u8]) -> Option<Self> {
        // A line that begins with a hyphen may be a delimiter line.
        if matches!(line, [] | [b'\r' | b'-', ..]) {
            return None;
        }
        let name_len = token_len(line);
        let (name, behind) = line.split_at_checked(name_len)?;
        let value = behind.strip_prefix(b":").filter(|_| name_len > 0)?;
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let value_len = first_control(value);
        let (bit, length) = match Known::by_name(name) {
            None => (0, None),
            Some(Known::ContentLength) => {
                let (octets, _) = stated(value).filter(|(_, digits)| *digits == value_len)?;
                (Known::ContentLength.bit(), Some(octets))
            }
            Some(known) if is_sound(known, value.get(..value_len)?) => (known.bit(), None),
            Some(_) => return None,
        };
        Self::new(line, value, value_len, bit, length)
    }
}

/// Whether a value, which may have spaces around it, violates no rule of its field.
#[inline]
fn is_sound(known: Known, value: &[u8]) -> bool {
    field::is_usual(known, value) || field::violation(known, without_spaces(value)).is_none()
}

/// The length of the token at the start of a line.
#[inline]
fn token_len(line: &[u8]) -> usize {
    let len = first_not_in_name(line);
    match line.get(len) {
        Some(b':') | None => len,
        Some(_) => line.iter().position(|&octet| !is_tchar(octet)).unwrap_or(line.len()),
    }
}

/// The number at the start of a value, if it has few enough digits to fit, and how many these are.
#[inline(always)]
fn stated(value: &[u8]) -> Option<(u64, usize)> {
    const MOST: usize = 19;
    let (mut octets, mut digits) = (0, 0);
    while let Some(digit) = value.get(digits).map(|octet| octet.wrapping_sub(b'0')) {
        if digit > 9 {
            break;
        }
        if digits == MOST {
            return None;
        }
        octets = octets * 10 + u64::from(digit);
        digits += 1;
    }
    (digits > 0).then_some((octets, digits))
}

/// The value without the spaces around it.
#[inline]
fn without_spaces(mut value: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' '] = value {
        value = rest;
    }
    value
}
