//! One line of text for what outlives a process, with a check against damage.

use std::fmt;

/// The most octets that an input can have; no offset is above.
pub(crate) const MOST_OCTETS: u64 = i64::MAX as u64;

/// FNV-1a: it tells apart what differs by accident, and nothing more is asked of it.
pub(crate) fn fingerprint(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes words of a kind and version.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, kind: &str, words: &str) -> fmt::Result {
    write!(f, "{kind} {:016x} {words}", fingerprint(words.as_bytes()))
}

/// The words of a line of a kind and version, if they are as they were written.
pub(crate) fn read<'a>(kind: &str, line: &'a str) -> Option<&'a str> {
    let (check, words) = line.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' ')?;
    (check == format!("{:016x}", fingerprint(words.as_bytes()))).then_some(words)
}

/// An offset or a count.
pub(crate) fn number(word: &str) -> Option<u64> {
    word.parse().ok().filter(|number| *number <= MOST_OCTETS)
}
