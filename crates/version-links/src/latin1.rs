//! Text in ISO-8859-1, in which each octet is one character.

/// The text of the octets.
pub(crate) fn decoded(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}
