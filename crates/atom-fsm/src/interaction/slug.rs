//! The Slug field (RFC 5023 section 9.7).

use http::{HeaderMap, HeaderName, HeaderValue};

const SLUG: HeaderName = HeaderName::from_static("slug");

/// What a client suggests as a part of the URI of a new member or collection, or as its title.
///
/// ```
/// use atom_fsm::interaction::Slug;
///
/// let slug = Slug::decode(b"../The Beach at S%C3%A8te%0D%0A", 256);
/// assert_eq!(slug.text(), "../The Beach at S\u{e8}te");
/// assert_eq!(slug.segment().as_deref(), Some("the-beach-at-s-te"));
/// assert_eq!(Slug::decode(b"%2e%2e/", 256).segment(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Decodes the value of a Slug field to at most so many octets of text. Octets that are not UTF-8,
    /// control characters, and characters that change the direction of text or cannot be seen are left
    /// out; white space becomes single spaces.
    #[must_use]
    pub fn decode(value: &[u8], most_octets: u64) -> Self {
        let most = usize::try_from(most_octets).unwrap_or(usize::MAX);
        let decoded = percent_decoded(value);
        let mut text = String::new();
        for character in String::from_utf8_lossy(&decoded).chars() {
            let character = if character.is_whitespace() { ' ' } else { character };
            let is_space = character == ' ' && (text.is_empty() || text.ends_with(' '));
            if is_space || is_hidden(character) {
                continue;
            }
            if text.len() + character.len_utf8() > most {
                break;
            }
            text.push(character);
        }
        text.truncate(text.trim_end().len());
        Self(text)
    }

    /// The text, which may be empty. It may contain any visible character, `/` and `<` too: escape it
    /// as any other text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// A segment for the path of a URI: letters and digits of ASCII in lower case, and single hyphens for
    /// everything between them. `None` if there is no letter and no digit.
    #[must_use]
    pub fn segment(&self) -> Option<String> {
        let mut segment = String::with_capacity(self.0.len());
        for character in self.0.chars() {
            if character.is_ascii_alphanumeric() {
                segment.push(character.to_ascii_lowercase());
            } else if !segment.is_empty() && !segment.ends_with('-') {
                segment.push('-');
            }
        }
        segment.truncate(segment.trim_end_matches('-').len());
        (!segment.is_empty()).then_some(segment)
    }
}

/// Whether a character is not for a title or a URI: a control, a mark of direction, a joiner, or the
/// replacement of what is not UTF-8.
fn is_hidden(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}'
    );
    character.is_control() || is_format
}

/// Returns the field for a text: its UTF-8, in which percent signs and all octets except printable
/// ASCII are percent-encoded.
pub(super) fn field(text: &str) -> (HeaderName, HeaderValue) {
    let mut value = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b' '..=b'$' | b'&'..=b'~' => value.push(char::from(octet)),
            _ => value.push_str(&format!("%{octet:02X}")),
        }
    }
    let value = HeaderValue::from_str(value.trim());
    (SLUG, value.unwrap_or(HeaderValue::from_static("")))
}

/// Returns the slug of a request, if it has one.
pub(super) fn of(headers: &HeaderMap, most_octets: u64) -> Option<Slug> {
    headers.get(SLUG).map(|value| Slug::decode(value.as_bytes(), most_octets))
}

fn percent_decoded(octets: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, after @ ..] = rest {
        let digit = |octet: Option<&u8>| octet.and_then(|octet| char::from(*octet).to_digit(16));
        let pair = (digit(after.first()), digit(after.get(1)));
        if let (b'%', (Some(high), Some(low))) = (first, pair) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = after.get(2..).unwrap_or_default();
        } else {
            decoded.push(*first);
            rest = after;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5023_9_7_a_slug_is_percent_encoded_utf_8() {
        for (text, expected, read) in [
            ("The Beach", "The Beach", "The Beach"),
            ("The Beach at S\u{e8}te", "The Beach at S%C3%A8te", "The Beach at S\u{e8}te"),
            ("100%\r\n", "100%25%0D%0A", "100%"),
        ] {
            let (name, value) = field(text);
            assert_eq!(value, expected);
            let headers = HeaderMap::from_iter([(name, value)]);
            assert_eq!(of(&headers, 256).unwrap().text(), read);
        }
        assert_eq!(of(&HeaderMap::new(), 256), None);
    }

    #[test]
    fn rfc5023_9_7_what_is_no_text_is_left_out_and_a_long_slug_is_cut() {
        for (value, text, segment) in [
            (&b"a%2 %FF%"[..], "a%2 %", Some("a-2")),
            (b"%E2%80%AEgpj.exe%00", "gpj.exe", Some("gpj-exe")),
            (b"  a \t%0A b ", "a b", Some("a-b")),
            (b"..%2f..%2fetc/passwd", "../../etc/passwd", Some("etc-passwd")),
            (b"%F0%9F%98%80", "\u{1F600}", None),
            (b"", "", None),
        ] {
            let slug = Slug::decode(value, 256);
            assert_eq!((slug.text(), slug.segment().as_deref()), (text, segment));
        }
        assert_eq!(Slug::decode("\u{e9}".repeat(10).as_bytes(), 5).text(), "\u{e9}\u{e9}");
    }
}
