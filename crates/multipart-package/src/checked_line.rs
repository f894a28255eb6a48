//! One line of text for values that outlive a process, with a checksum against damage.

use std::fmt;

/// The most octets that an input can have. No offset is larger.
pub(crate) const MOST_OCTETS: u64 = i64::MAX as u64;

/// The FNV-1a hash, which detects accidental differences. It protects against nothing else.
pub(crate) fn fingerprint(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes a line: its kind and version, the checksum, and the words.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, kind: &str, words: &str) -> fmt::Result {
    write!(f, "{kind} {:016x} {words}", fingerprint(words.as_bytes()))
}

/// Reads the words of a line that has this kind and version and the right checksum.
pub(crate) fn read<'a>(kind: &str, line: &'a str) -> Option<&'a str> {
    let (check, words) = line.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' ')?;
    (check == format!("{:016x}", fingerprint(words.as_bytes()))).then_some(words)
}

/// Reads an offset or a count.
pub(crate) fn number(word: &str) -> Option<u64> {
    word.parse().ok().filter(|number| *number <= MOST_OCTETS)
}
