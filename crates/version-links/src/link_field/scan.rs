//! The scans for where a quoted string or a target closes, and for what surrounds a link.

/// SP and HTAB, and also CR and LF, since another check makes sure that they belong to a fold.
pub(crate) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether an octet is a control character other than HTAB.
pub(crate) const fn is_control(octet: u8) -> bool {
    (octet < b' ' && octet != b'\t') || octet == 0x7f
}

/// White space and control characters, which belong to no link if they stand at its end.
pub(crate) const fn is_blank(octet: u8) -> bool {
    is_space(octet) || is_control(octet)
}

/// The octets without those at the end that are blank.
pub(crate) fn trimmed_end(octets: &[u8], is_blank: impl Fn(u8) -> bool) -> &[u8] {
    let end = octets.iter().rposition(|&octet| !is_blank(octet)).map_or(0, |last| last + 1);
    &octets[..end]
}

/// The index of the first of two octets.
pub(crate) fn memchr2(one: u8, other: u8, octets: &[u8]) -> Option<usize> {
    let found = memchr::memchr2(one, other, octets);
    look_at(found.unwrap_or(octets.len()));
    found
}

/// Counts octets that a scan looks at, for tests that see that the time is linear.
#[inline]
pub(crate) fn look_at(octets: usize) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + octets);
    #[cfg(not(test))]
    let _ = octets;
}

#[cfg(test)]
thread_local! {
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many octets this thread's scans have looked at.
#[cfg(test)]
pub(crate) fn looked_at() -> usize {
    LOOKED_AT.get()
}

/// The index of the quote that closes the one before these octets.
pub(crate) fn closing_quote(octets: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + memchr2(b'"', b'\\', octets.get(from..)?)?;
        if octets[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// The index of the `>` that closes the `<` before these octets, if no other `<` comes first.
pub(crate) fn closing_bracket(octets: &[u8]) -> Option<usize> {
    memchr2(b'<', b'>', octets).filter(|&found| octets[found] == b'>')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `closing_quote`, octet by octet.
    fn closing_quote_slowly(octets: &[u8]) -> Option<usize> {
        let mut escaped = false;
        octets.iter().position(|&octet| {
            let closes = octet == b'"' && !escaped;
            escaped = octet == b'\\' && !escaped;
            closes
        })
    }

    proptest! {
        #[test]
        fn the_closing_quote_is_the_one_found_octet_by_octet(octets in "[\"\\\\a]{0,24}") {
            let octets = octets.as_bytes();
            prop_assert_eq!(closing_quote(octets), closing_quote_slowly(octets));
        }
    }
}
