//! Characters and names.

use memchr::memchr_iter;

/// White space (XML 1.0 section 2.3, `S`).
pub(crate) const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

pub(crate) fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// The text without the white space at its start.
pub(crate) fn skip_space(text: &str) -> &str {
    let spaces = text.bytes().take_while(|&octet| is_space(octet)).count();
    text.get(spaces..).unwrap_or_default()
}

/// The offset of the first white space, or of the end of the text.
pub(crate) fn until_space(text: &str) -> usize {
    text.bytes().position(is_space).unwrap_or(text.len())
}

/// Whether a document is UTF-16 or UTF-32, with or without a byte order mark (XML 1.0 appendix F): it
/// begins with the `<` of such an encoding, or with its mark.
pub(crate) fn has_wide_characters(octets: &[u8]) -> bool {
    matches!(
        octets,
        [b'<', 0, ..] | [0, b'<', ..] | [0, 0, 0, b'<', ..] | [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]
    )
}

/// The offset of the first character that no document may contain (XML 1.0 section 2.2, `Char`).
pub(crate) fn first_forbidden(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let is_control = |octet: &u8| *octet < b' ' && !matches!(octet, b'\t' | b'\n' | b'\r');
    // A sum over a chunk is a loop that the compiler vectorizes; a search by octet is not.
    let control = octets.chunks(256).enumerate().find_map(|(index, chunk)| {
        let any = chunk.iter().fold(false, |any, octet| any | is_control(octet));
        if any { chunk.iter().position(is_control).map(|at| index * 256 + at) } else { None }
    });
    let is_noncharacter =
        |at: &usize| matches!(octets.get(*at..), Some([_, 0xBF, 0xBE | 0xBF, ..]));
    let noncharacter = memchr_iter(0xEF, octets).find(is_noncharacter);
    match (control, noncharacter) {
        (Some(control), Some(other)) => Some(control.min(other)),
        (found, None) | (None, found) => found,
    }
}

/// Whether a text between two tags is what it is written as, without a closer look: it contains no
/// reference, no carriage return, no `>`, and nothing that could be a forbidden character.
pub(crate) fn is_plain(text: &str) -> bool {
    none_of(text.as_bytes(), &MARKED_IN_TEXT, is_marked)
}

/// The same for an attribute's value, where white space would be normalised.
pub(crate) fn is_plain_value(text: &str) -> bool {
    none_of(text.as_bytes(), &MARKED_IN_VALUES, is_marked_in_values)
}

/// Declares a table of the octets of which a function says that they are marked.
macro_rules! table {
    ($name:ident, $is_one:ident) => {
        static $name: [bool; 256] = {
            let mut marked = [false; 256];
            let mut octet = 0;
            while octet < 256 {
                #[allow(clippy::cast_possible_truncation, reason = "it is below 256")]
                let is_one = $is_one(octet as u8);
                marked[octet] = is_one;
                octet += 1;
            }
            marked
        };
    };
}

table!(MARKED_IN_TEXT, is_marked);
table!(MARKED_IN_VALUES, is_marked_in_values);
table!(ESCAPED_IN_VALUES, is_escaped_in_values);

// These are compared without a branch, so that the compiler can look at sixteen octets at once.
const fn is_marked(octet: u8) -> bool {
    is_marked_anywhere(octet)
        | (octet == b'>')
        | ((octet < b' ') & (octet != b'\n') & (octet != b'\t'))
}

const fn is_marked_in_values(octet: u8) -> bool {
    is_marked_anywhere(octet) | (octet < b' ')
}

const fn is_marked_anywhere(octet: u8) -> bool {
    (octet == b'&') | (octet == b'<') | (octet == 0xEF)
}

const fn is_escaped_in_values(octet: u8) -> bool {
    is_marked_in_values(octet) | (octet == b'>') | (octet == b'"')
}

/// Whether no octet is one of these. The fold over a chunk is a loop that the compiler vectorizes; what
/// is behind the last whole chunk is looked at together with what is before it.
fn none_of(octets: &[u8], table: &[bool; 256], is_one: impl Fn(u8) -> bool) -> bool {
    let any = |chunk: &[u8]| chunk.iter().fold(false, |found, octet| found | is_one(*octet));
    let mut chunks = octets.chunks_exact(SHORT);
    if chunks.by_ref().any(any) {
        return false;
    }
    match (chunks.remainder(), octets.last_chunk::<SHORT>()) {
        ([], _) => true,
        (_, Some(last)) => !any(last),
        (rest, None) => !rest.iter().any(|octet| table[usize::from(*octet)]),
    }
}

/// The octets that are looked at together.
const SHORT: usize = 16;

/// The offset of the next octet of a text, from an offset on, that needs a closer look: which is read, or
/// written.
pub(crate) fn next_marked(octets: &[u8], from: usize) -> Option<usize> {
    next_of(octets, from, &MARKED_IN_TEXT, is_marked)
}

/// The same in the value of an attribute that is written.
pub(crate) fn next_to_escape(octets: &[u8], from: usize) -> Option<usize> {
    next_of(octets, from, &ESCAPED_IN_VALUES, is_escaped_in_values)
}

fn next_of(
    octets: &[u8],
    from: usize,
    table: &[bool; 256],
    is_one: impl Fn(u8) -> bool,
) -> Option<usize> {
    let rest = octets.get(from..)?;
    let any = |chunk: &[u8]| chunk.iter().fold(false, |found, octet| found | is_one(*octet));
    let clean = rest.chunks_exact(SHORT).take_while(|chunk| !any(chunk)).count() * SHORT;
    let found = rest.get(clean..)?.iter().position(|octet| table[usize::from(*octet)])?;
    Some(from + clean + found)
}

/// Whether a document may contain this character (XML 1.0 section 2.2, `Char`).
pub(crate) fn is_char(found: char) -> bool {
    match found {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => found >= ' ',
    }
}

/// Whether this is a name without a colon (Namespaces in XML 1.0 section 3, `NCName`).
pub(crate) fn is_ncname(name: &str) -> bool {
    let octets = name.as_bytes();
    let is_start = |octet: u8| octet.is_ascii_alphabetic() || octet == b'_';
    let is_rest = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.');
    match octets {
        [] => false,
        [first, rest @ ..] if is_start(*first) && rest.iter().all(is_rest) => true,
        _ => {
            let mut chars = name.chars();
            chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
        }
    }
}

/// XML 1.0 section 2.3, `NameStartChar` without the colon.
pub(crate) fn is_name_start(found: char) -> bool {
    matches!(found,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0 section 2.3, `NameChar` without the colon.
pub(crate) fn is_name_char(found: char) -> bool {
    is_name_start(found)
        || matches!(found,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Splits a name into its prefix (empty if there is none) and its local part
/// (Namespaces in XML 1.0 section 4, `QName`).
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    split_ascii(name).or_else(|| split_any(name))
}

/// What an octet is in a name: nothing that is ASCII, the rest of a part, its start, or the colon.
static IN_NAMES: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut octet = 0;
    while octet < 128_u8 {
        kinds[octet as usize] = match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => 2,
            b'0'..=b'9' | b'-' | b'.' => 1,
            b':' => 3,
            _ => 0,
        };
        octet += 1;
    }
    kinds
};

/// Looks at each octet of a usual name once; `None` for any other.
fn split_ascii(name: &str) -> Option<(&str, &str)> {
    let kind = |at: usize| name.as_bytes().get(at).map_or(0, |octet| IN_NAMES[usize::from(*octet)]);
    let mut colon = None;
    for at in 0..name.len() {
        match kind(at) {
            0 => return None,
            3 if colon.is_some() => return None,
            3 => colon = Some(at),
            _ => {}
        }
    }
    let is_start = |at: usize| kind(at) == 2;
    match colon {
        None => is_start(0).then_some(("", name)),
        Some(at) => (is_start(0) && is_start(at + 1)).then(|| (&name[..at], &name[at + 1..])),
    }
}

/// The longest name in ASCII at the start of a text: its prefix, its local part and the octets of both.
/// `None` if none is there. What is behind it may belong to a longer name that is not in ASCII.
pub(crate) fn ascii_name(text: &str) -> Option<(&str, &str, usize)> {
    let first = ascii_part(text)?;
    let (prefix, rest) = text.split_at_checked(first)?;
    let Some(rest) = rest.strip_prefix(':') else { return Some(("", prefix, first)) };
    let second = ascii_part(rest)?;
    Some((prefix, rest.get(..second)?, first + 1 + second))
}

/// The octets of the part of a name, in ASCII and without a colon, at the start of a text.
fn ascii_part(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let kind = |octet: &u8| IN_NAMES[usize::from(*octet)];
    if octets.first().map(kind) != Some(2) {
        return None;
    }
    Some(octets.iter().position(|octet| !matches!(kind(octet), 1 | 2)).unwrap_or(octets.len()))
}

/// The slow twin.
fn split_any(name: &str) -> Option<(&str, &str)> {
    let colon = name.bytes().position(|octet| octet == b':');
    match colon.map(|at| (&name[..at], &name[at + 1..])) {
        None => is_ncname(name).then_some(("", name)),
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_2_2_forbidden_characters_are_found_where_they_stand() {
        let long = "é".repeat(300);
        for (text, expected) in [
            ("", None),
            ("a\t\r\nb\u{7f}\u{85}\u{FFFD}", None),
            ("ab\u{1}", Some(2)),
            ("\0", Some(0)),
            ("é\u{FFFE}", Some(2)),
            ("é\u{FFFF}\u{1}", Some(2)),
            ("\u{1F}\u{FFFF}", Some(0)),
            (&format!("{long}\u{b}"), Some(600)),
        ] {
            assert_eq!(first_forbidden(text), expected, "{text:?}");
            let slow = text.char_indices().find(|&(_, found)| !is_char(found));
            assert_eq!(slow.map(|(at, _)| at), expected, "{text:?}");
        }
    }

    #[test]
    fn a_usual_name_is_split_in_one_pass_as_in_several() {
        const OCTETS: &[char] = &['a', 'Z', '_', '-', '.', '7', ':', ' ', '<', 'é', '\u{b7}'];
        for one in OCTETS {
            for two in OCTETS {
                for three in OCTETS {
                    for four in OCTETS {
                        let name = String::from_iter([one, two, three, four]);
                        for name in [
                            &name[..],
                            &name[..one.len_utf8()],
                            &name[..one.len_utf8() + two.len_utf8()],
                        ] {
                            let split = split_ascii(name);
                            assert!(split.is_none() || split == split_any(name), "{name}");
                            assert_eq!(super::split(name), split_any(name), "{name}");
                        }
                    }
                }
            }
        }
        assert_eq!(split_ascii("ab:c-1"), Some(("ab", "c-1")));
    }

    #[test]
    fn text_is_plain_if_no_octet_needs_a_closer_look() {
        for octet in 0..128_u8 {
            for before in [0, 1, 31, 32, 33, 64, 100] {
                let text = format!("{}{}é", "a".repeat(before), char::from(octet));
                let is_control = octet < b' ';
                let is_marked =
                    is_control && octet != b'\n' && octet != b'\t' || b"&<>".contains(&octet);
                assert_eq!(is_plain(&text), !is_marked, "{text:?}");
                assert_eq!(
                    is_plain_value(&text),
                    !is_control && !b"&<".contains(&octet),
                    "{text:?}"
                );
            }
        }
        assert!(!is_plain("\u{FFFE}") && !is_plain_value("\u{FFFE}"));
    }

    #[test]
    fn the_next_octet_that_is_marked_is_found_wherever_it_is() {
        for octet in 0..128_u8 {
            for before in [0, 1, 15, 16, 17, 32, 40] {
                let text = format!("é{}{}", "a".repeat(before), char::from(octet));
                let at = before + "é".len();
                let marked = Some(at).filter(|_| !is_plain(&text));
                let escaped = Some(at).filter(|_| octet < b' ' || b"&<>\"".contains(&octet));
                for from in [0, 2, at, at + 1, at + 2] {
                    let is_ahead = |found: &usize| *found >= from;
                    let octets = text.as_bytes();
                    assert_eq!(next_marked(octets, from), marked.filter(is_ahead), "{text:?}");
                    assert_eq!(next_to_escape(octets, from), escaped.filter(is_ahead), "{text:?}");
                }
            }
        }
        assert_eq!(next_marked("aé\u{FFFD}".as_bytes(), 0), Some(3));
    }

    #[test]
    fn the_name_of_an_attribute_is_split_as_any_other() {
        const OCTETS: &[char] = &['a', 'Z', '_', '-', '.', '7', ':', ' ', '=', '<', 'é'];
        for one in OCTETS {
            for two in OCTETS {
                for three in OCTETS {
                    for four in OCTETS {
                        let text = String::from_iter([one, two, three, four, &'=']);
                        let equals = text.find('=').unwrap_or_default();
                        let read = ascii_name(&text).filter(|(.., octets)| *octets == equals);
                        if let Some((prefix, local, _)) = read {
                            assert_eq!(split_any(&text[..equals]), Some((prefix, local)), "{text}");
                        }
                    }
                }
            }
        }
        assert_eq!(ascii_name("ab:c-1='"), Some(("ab", "c-1", 6)));
        assert_eq!(ascii_name("ab>"), Some(("", "ab", 2)));
        assert_eq!(ascii_name("a:b:c"), Some(("a", "b", 3)));
    }

    #[test]
    fn xml_names_4_a_name_has_at_most_one_colon_with_something_on_both_sides() {
        for (name, expected) in [
            ("a", Some(("", "a"))),
            ("a:b", Some(("a", "b"))),
            ("é:_1-.·", Some(("é", "_1-.·"))),
            ("a:b:c", None),
            (":a", None),
            ("a:", None),
            ("1a", None),
            ("a:1", None),
            ("-a", None),
            ("a<", None),
            ("a×", None),
            ("", None),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }
}
