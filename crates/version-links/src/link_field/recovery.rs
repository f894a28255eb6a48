//! Where reading resumes after a link that cannot be read.

use crate::link_field::grammar::is_space;
use crate::link_field::scan::{closing_bracket, closing_quote};
use memchr::memchr3;

/// Finds the next link after one that cannot be read. The time is linear in the length of the value,
/// however many links cannot be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recovery {
    /// Whether a quote was found that does not close. After one such quote, no later one closes
    /// either, because the octets after a quote are scanned in the same way whether it opens a string
    /// or is escaped. This is remembered, so that the scan to the end is not repeated.
    no_quote_closes: bool,
}

impl Recovery {
    /// Remembers that a quote does not close. The next search starts at that quote, or after it.
    pub(crate) fn unclosed(&mut self) {
        self.no_quote_closes = true;
    }

    /// The index of the first comma outside quotes and `<>` that is followed by a `<`, or the end of
    /// the value.
    ///
    /// A quote or a `<` that does not close is skipped like any other octet.
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

    /// `Recovery::next_link`, with nothing remembered.
    fn next_link_slowly(value: &[u8], from: usize) -> usize {
        let mut at = from;
        while at < value.len() {
            let rest = &value[at + 1..];
            let text = rest.trim_ascii_start();
            match value[at] {
                b',' if text.first() == Some(&b'<') => return at,
                b'"' => at += closing_quote(rest).map_or(0, |close| close + 1),
                b'<' => at += closing_bracket(rest).map_or(0, |close| close + 1),
                _ => {}
            }
            at += 1;
        }
        value.len()
    }

    proptest! {
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
