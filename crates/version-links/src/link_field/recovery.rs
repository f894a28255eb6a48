//! Where a link begins among octets that are none: the one rule of recovery.
//!
//! Outside quotes, `<...>` begins a link if it is followed by optional white space and a `;`, a `,`
//! or the end. What stands before it does not matter, with two exceptions: `<...>` at the start of a
//! value (behind `=`) is that value, and within an unquoted value only white space ends the value.
//! After a comma of the list a `<` needs nothing more, because the grammar has a link there; a comma
//! between two quotes that are not those of a value is none of the list.

use crate::link_field::scan::{closing_bracket, closing_quote, is_blank, is_space, look_at};

/// What stands before an octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// A comma of the list, and perhaps white space. A `<` is the start of an element.
    Comma,
    /// Nothing that a value could belong to.
    Text,
    /// The `=` of a parameter, and perhaps white space.
    Equals,
    /// The first octets of an unquoted value.
    Value,
}

/// What ends a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The next link.
    Link,
    /// The next link, or a `;` or `,` outside quotes.
    LinkOrSeparator,
    /// A `;` or `,` outside quotes. The octets are those of one link.
    Separator,
}

/// Whether octets begin with `<...>`, optional white space, and a `;`, a `,` or the end.
pub(crate) fn is_link(octets: &[u8]) -> bool {
    let Some((b'<', inside)) = octets.split_first() else { return false };
    closing_bracket(inside).is_some_and(|close| {
        let after = &inside[close + 1..];
        let end = after.iter().position(|&octet| !is_space(octet)).unwrap_or(after.len());
        look_at(end);
        matches!(after.get(end), None | Some(b';' | b','))
    })
}

/// The index of what ends the scan, or the number of octets.
///
/// Only a quote behind `=` opens a quoted string, and only if another one closes it. This is linear:
/// behind a quote that nothing closes, each further quote has a backslash before it, and nobody seeks
/// what closes such a quote.
pub(crate) fn find(octets: &[u8], before: Before, until: Until) -> usize {
    let (mut at, mut before) = (0, before);
    // Up to where commas are between two quotes that are not those of a value.
    let mut quoted_end = 0;
    while let Some(&octet) = octets.get(at) {
        before = match (octet, before) {
            (b';' | b',', _) if until != Until::Link => return at,
            (b',', _) if at >= quoted_end => Before::Comma,
            (b';' | b',', _) => Before::Text,
            (b'<', Before::Comma) => return at,
            (b'<', Before::Text) if until != Until::Separator && is_link(&octets[at..]) => {
                return at;
            }
            (b'=', Before::Text | Before::Comma) => Before::Equals,
            (b'"', Before::Equals) => match closing_quote(&octets[at + 1..]) {
                Some(close) => {
                    at += close + 1;
                    Before::Text
                }
                None => Before::Value,
            },
            (b'"', Before::Text | Before::Comma)
                if until == Until::Link && at >= quoted_end && !is_escaped(octets, at) =>
            {
                quoted_end = closing_quote(&octets[at + 1..]).map_or(0, |close| at + 1 + close);
                Before::Text
            }
            (space, Before::Value) if is_space(space) => Before::Text,
            (space, _) if is_space(space) => before,
            (_, Before::Equals | Before::Value) => Before::Value,
            (_, Before::Text | Before::Comma) => Before::Text,
        };
        at += 1;
        look_at(1);
    }
    octets.len()
}

fn is_escaped(octets: &[u8], at: usize) -> bool {
    at > 0 && octets[at - 1] == b'\\'
}

/// Where reading resumes after a link that cannot be read from an index on: at the commas, white
/// space and control characters before the next link, or before the end.
pub(crate) fn resume(value: &[u8], from: usize, before: Before) -> usize {
    let skipped = &value[from..];
    let skipped = &skipped[..find(skipped, before, Until::Link)];
    let is_between = |&octet: &u8| is_blank(octet) || octet == b',';
    from + skipped.iter().rposition(|octet| !is_between(octet)).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(text: &str) -> usize {
        find(text.as_bytes(), Before::Text, Until::Link)
    }

    #[test]
    fn a_bracketed_text_before_a_separator_or_the_end_begins_a_link() {
        for (text, expected) in [
            ("<a>", true),
            ("<a>;", true),
            ("<a> \t,", true),
            ("<>\r\n", true),
            ("<a;b,c>;", true),
            ("<a>b", false),
            ("<a> rel=b", false),
            ("<a", false),
            ("<a<b>", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(is_link(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_link_begins_whatever_stands_before_it_but_not_in_a_quoted_string_or_a_value() {
        for (text, expected) in [
            ("junk <a>", 5),
            ("junk<a>", 4),
            ("junk\r\n<a>;", 6),
            ("junk;<a>", 5),
            ("<a <b>", 3),
            ("<a> b, <c>", 7),
            ("junk,\t<a> b", 6),
            ("junk, <a", 6),
            ("junk,, <a", 7),
            ("junk, b <a", 10),
            ("a=<b>; <c>", 7),
            ("a= <b>; <c>", 8),
            ("a=b<c>, <d>", 8),
            ("a=b <c>", 4),
            ("a=b=<c> <d>", 8),
            ("a=\"<b>\"<c>", 7),
            ("a=\"<b>\\\"<c>\" <d>", 13),
            ("a=\"b<c>; <d>", 9),
            ("a\"<b>\" <c>", 7),
            ("junk", 4),
        ] {
            assert_eq!(next(text), expected, "{text}");
        }
    }

    /// `find`, written from the rule: first the octets within quotes are marked, from left to right,
    /// and then the first octet is sought that ends the scan.
    fn find_slowly(octets: &[u8], until: Until) -> usize {
        let mut quoted = vec![false; octets.len()];
        let mut at = 0;
        while at < octets.len() {
            if octets[at] == b'"' && before(&octets[..at], &quoted) == Before::Equals {
                if let Some(close) = closing_quote(&octets[at + 1..]) {
                    quoted[at..=at + 1 + close].fill(true);
                    at += close + 1;
                }
            }
            at += 1;
        }
        let pairs = pairs(octets, &quoted);
        let is_listed = |at: usize| {
            let comma = octets[..at].iter().rposition(|&octet| octet == b',');
            !pairs
                .iter()
                .any(|&(open, close)| comma.is_some_and(|comma| open < comma && comma < close))
        };
        let ends = |&at: &usize| match octets[at] {
            b';' | b',' => until != Until::Link && !quoted[at],
            b'<' => {
                let begins = match before(&octets[..at], &quoted) {
                    Before::Comma if until == Until::Link && is_listed(at) => true,
                    Before::Comma => is_link(&octets[at..]),
                    Before::Text => is_link(&octets[at..]),
                    Before::Equals | Before::Value => false,
                };
                until != Until::Separator && !quoted[at] && begins
            }
            _ => false,
        };
        (0..octets.len()).find(ends).unwrap_or(octets.len())
    }

    /// The quotes that are not those of a value, each with the one that closes it.
    fn pairs(octets: &[u8], quoted: &[bool]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for at in 0..octets.len() {
            let is_free = pairs.last().is_none_or(|&(_, close)| close <= at);
            let is_text = matches!(before(&octets[..at], quoted), Before::Text | Before::Comma);
            if octets[at] == b'"' && !quoted[at] && is_free && is_text && !is_escaped(octets, at) {
                let close = closing_quote(&octets[at + 1..]);
                pairs.extend(close.map(|close| (at, at + 1 + close)));
            }
        }
        pairs
    }

    /// What the octets since the last separator or quoted string are.
    fn before(octets: &[u8], quoted: &[bool]) -> Before {
        let from = (0..octets.len()).rfind(|&at| quoted[at] || matches!(octets[at], b';' | b','));
        let mut text = &octets[from.map_or(0, |from| from + 1)..];
        let is_comma = from.is_some_and(|from| octets[from] == b',' && !quoted[from]);
        if is_comma && text.trim_ascii_start().is_empty() {
            return Before::Comma;
        }
        loop {
            let Some(equals) = text.iter().position(|&octet| octet == b'=') else {
                return Before::Text;
            };
            let value = text[equals + 1..].trim_ascii_start();
            if value.is_empty() {
                return Before::Equals;
            }
            let Some(end) = value.iter().position(|&octet| is_space(octet)) else {
                return Before::Value;
            };
            text = &value[end..];
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn the_scan_finds_what_the_rule_says(text in "[\"\\\\a<>=;, ]{0,24}") {
            for until in [Until::Link, Until::LinkOrSeparator, Until::Separator] {
                let found = find(text.as_bytes(), Before::Text, until);
                prop_assert_eq!(found, find_slowly(text.as_bytes(), until), "{:?}", until);
            }
        }
    }
}
