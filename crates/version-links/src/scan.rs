//! The scans that run over a whole field value: where a quote closes, where a broken link ends.

use crate::grammar::is_space;
use memchr::memchr3;

/// Where the first of two octets stands.
pub(crate) fn memchr2(one: u8, other: u8, octets: &[u8]) -> Option<usize> {
    let found = memchr::memchr2(one, other, octets);
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + found.unwrap_or(octets.len()));
    found
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

/// Where the quote closes that was opened before these octets.
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

/// Where the `>` stands that closes the `<` before these octets: not behind another `<`.
fn closing_bracket(octets: &[u8]) -> Option<usize> {
    memchr2(b'<', b'>', octets).filter(|&found| octets[found] == b'>')
}

/// Finds the links behind broken ones, in time linear in the value however many are broken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recovery {
    /// That one quote does not close means that no later one does: what follows a quote is read
    /// alike whether that quote was taken for the opening one or for an escaped one. Remembered,
    /// or else each would be a scan to the end.
    no_quote_closes: bool,
}

impl Recovery {
    /// Remembers that some quote at or before the next place to be searched does not close.
    pub(crate) fn unclosed(&mut self) {
        self.no_quote_closes = true;
    }

    /// The comma outside quotes and `<>` that a `<` follows, or the end of the value.
    ///
    /// A quote or a `<` that does not close opens nothing.
    pub(crate) fn next_link(&mut self, value: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some(step) = value.get(at..).and_then(|rest| memchr3(b',', b'"', b'<', rest)) {
            at += step;
            let rest = &value[at + 1..];
            let inside = match value[at] {
                b',' => {
                    let space = rest.iter().take_while(|&&octet| is_space(octet)).count();
                    if rest.get(space) == Some(&b'<') {
                        return at;
                    }
                    Some(space)
                }
                b'"' if self.no_quote_closes => None,
                b'"' => {
                    let close = closing_quote(rest);
                    self.no_quote_closes = close.is_none();
                    close.map(|close| close + 1)
                }
                _ => closing_bracket(rest).map(|close| close + 1),
            };
            at += 1 + inside.unwrap_or(0);
        }
        value.len()
    }
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

    /// `Recovery::next_link` without memory.
    fn next_link_slowly(value: &[u8], from: usize) -> usize {
        let mut at = from;
        while at < value.len() {
            let rest = &value[at + 1..];
            let text = rest.trim_ascii_start();
            match value[at] {
                b',' if text.first() == Some(&b'<') => return at,
                b'"' => at += closing_quote_slowly(rest).map_or(0, |close| close + 1),
                b'<' => at += closing_bracket(rest).map_or(0, |close| close + 1),
                _ => {}
            }
            at += 1;
        }
        value.len()
    }

    proptest! {
        #[test]
        fn the_closing_quote_is_the_one_found_octet_by_octet(octets in "[\"\\\\a]{0,24}") {
            let octets = octets.as_bytes();
            prop_assert_eq!(closing_quote(octets), closing_quote_slowly(octets));
        }

        #[test]
        fn recovery_with_memory_finds_what_it_finds_without(value in "[\"\\\\a<>, ]{0,48}") {
            let value = value.as_bytes();
            let (mut recovery, mut from) = (Recovery::default(), 0);
            while from < value.len() {
                let next = recovery.next_link(value, from);
                prop_assert_eq!(next, next_link_slowly(value, from));
                from = next + 1;
            }
        }
    }
}
