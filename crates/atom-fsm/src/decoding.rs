//! The encoding of a document (RFC 7303 section 3, XML 1.0 section 4.3.3 and appendix F).

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::place::Position;
use crate::rule::Rule;
use crate::xml::MARK;
use std::borrow::Cow;
use std::ops::Range;

/// A document in UTF-8, decoded from what was received.
///
/// A [`Reader`](crate::Reader) reads it, and the positions that it reports are those in this text. The
/// XML declaration is there without the name of an encoding, if the document was in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    text: Cow<'a, str>,
    encoding: Cow<'static, str>,
    is_repaired: bool,
}

impl Decoded<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the encoding that the document was in, such as `UTF-8` or `windows-1252`.
    #[must_use]
    pub fn encoding(&self) -> &str {
        &self.encoding
    }

    /// Whether octets that are wrong in the encoding were replaced by U+FFFD or, where US-ASCII was named,
    /// read in another encoding, which [`Reader::repair`](crate::Reader::repair) allows.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.is_repaired
    }
}

impl AsRef<[u8]> for Decoded<'_> {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// What decides about the encoding.
enum Chosen<'a> {
    Utf8,
    Ascii,
    /// An encoding whose declaration can be read as ASCII, although it names this one, UTF-16.
    Contradicted(&'a str),
    Utf16(fn([u8; 2]) -> u16, &'static str),
    /// An encoding of this name.
    Named(Cow<'a, str>),
}

/// Decodes a document. A byte order mark decides, otherwise the charset from outside, otherwise the
/// XML declaration, and otherwise it is UTF-8 (RFC 7303 sections 3.2 and 3.3).
pub(crate) fn decode<'a>(
    octets: &'a [u8],
    charset: Option<&str>,
    repairs: bool,
    limits: &Limits,
) -> Result<Decoded<'a>, Error> {
    if octets.len() as u64 > limits.octets {
        return Err(Error::limit(Limit::Octets, limits, START));
    }
    match choose(octets, charset) {
        Chosen::Utf8 => of_utf8(octets, repairs),
        Chosen::Ascii => of_ascii(octets, repairs),
        Chosen::Contradicted(_) if repairs => of_utf8(octets, repairs),
        Chosen::Contradicted(name) => Err(Error::violation(Rule::Encoding, START, name)),
        Chosen::Utf16(unit, name) => of_utf16(octets, unit, name, repairs),
        Chosen::Named(name) => of_named(octets, &name, repairs),
    }
}

const START: Position = Position { offset: 0, line: 1, column: 1 };

/// The names of US-ASCII. The WHATWG's encoding standard reads windows-1252 by these names, although no
/// octet from 0x80 is right in US-ASCII (XML 1.0 section 4.3.3).
const ASCII: [&str; 3] = ["us-ascii", "ascii", "ansi_x3.4-1968"];

fn choose<'a>(octets: &'a [u8], charset: Option<&'a str>) -> Chosen<'a> {
    let utf_16 = |is_little| {
        if is_little {
            Chosen::Utf16(u16::from_le_bytes, "UTF-16LE")
        } else {
            Chosen::Utf16(u16::from_be_bytes, "UTF-16BE")
        }
    };
    match octets {
        [0xEF, 0xBB, 0xBF, ..] => return Chosen::Utf8,
        // UTF-32, which no reader of XML has to know (RFC 7303 section 3.1).
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            return Chosen::Named(Cow::Borrowed("UTF-32"));
        }
        [0xFF, 0xFE, ..] => return utf_16(true),
        [0xFE, 0xFF, ..] => return utf_16(false),
        _ => {}
    }
    let named = |name: &'a str| {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("utf-8") || is("utf8") {
            Chosen::Utf8
        } else if ASCII.into_iter().any(is) {
            Chosen::Ascii
        } else if is("utf-16le") {
            utf_16(true)
        } else if is("utf-16be") || is("utf-16") {
            // Without a mark, its first character says which of the two it is, and otherwise it is
            // big-endian (RFC 2781 section 4.3).
            utf_16(!is("utf-16be") && matches!(octets, [first, 0, ..] if *first != 0))
        } else {
            Chosen::Named(Cow::Borrowed(name))
        }
    };
    let charset =
        charset.map(|charset| charset.trim().trim_matches('"')).filter(|it| !it.is_empty());
    if let Some(charset) = charset {
        return named(charset);
    }
    match octets {
        [b'<', 0, next, 0, ..] if *next != 0 => utf_16(true),
        [0, b'<', 0, next, ..] if *next != 0 => utf_16(false),
        _ => declared(octets).and_then(|name| std::str::from_utf8(&octets[name]).ok()).map_or(
            Chosen::Utf8,
            |name| {
                // The declaration was read as ASCII: it is not in UTF-16, whatever it says.
                let is_wide = name.get(..6).is_some_and(|it| it.eq_ignore_ascii_case("utf-16"));
                if is_wide { Chosen::Contradicted(name) } else { named(name) }
            },
        ),
    }
}

/// Where the name of the encoding is in the XML declaration (XML 1.0 section 2.8, `EncodingDecl`).
fn declared(octets: &[u8]) -> Option<Range<usize>> {
    let octets = octets.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(octets);
    let head = octets.get(..octets.len().min(1024))?;
    let is_space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    // White space before a declaration is an error, which a repairing reader gets past.
    let start = head.iter().position(|octet| !is_space(octet))?;
    if !head[start..].starts_with(b"<?xml") {
        return None;
    }
    let end = start + memchr::memmem::find(&head[start..], b"?>")?;
    let at = start + memchr::memmem::find(&head[start..end], b"encoding")? + b"encoding".len();
    let skip = |at: usize| at + head[at..end].iter().take_while(|it| is_space(it)).count();
    let equals = skip(at);
    if head.get(equals) != Some(&b'=') {
        return None;
    }
    let open = skip(equals + 1);
    let quote = *head.get(open).filter(|it| matches!(it, b'"' | b'\''))?;
    let length = memchr::memchr(quote, head.get(open + 1..end)?)?;
    Some(open + 1..open + 1 + length)
}

fn of_utf8(octets: &[u8], repairs: bool) -> Result<Decoded<'_>, Error> {
    let (text, is_repaired) = match std::str::from_utf8(octets) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) if repairs => (String::from_utf8_lossy(octets), true),
        Err(error) => {
            return Err(wrong_at(&String::from_utf8_lossy(&octets[..error.valid_up_to()])));
        }
    };
    let text = match &text {
        Cow::Borrowed(text) if !declares_another(text) => Cow::Borrowed(*text),
        _ => Cow::Owned(without_declaration(text.into_owned())),
    };
    Ok(Decoded { text, encoding: "UTF-8".into(), is_repaired })
}

/// Reads US-ASCII. What is wrong in it is, under repair, UTF-8 if it can be, and otherwise what browsers
/// take it for.
fn of_ascii(octets: &[u8], repairs: bool) -> Result<Decoded<'_>, Error> {
    let is_repaired = match octets.iter().position(|octet| !octet.is_ascii()) {
        Some(_) if repairs => true,
        Some(at) => {
            return Err(wrong_at(&String::from_utf8_lossy(octets.get(..at).unwrap_or_default())));
        }
        None => false,
    };
    let decoded = if cfg!(feature = "encodings") && std::str::from_utf8(octets).is_err() {
        of_named(octets, "windows-1252", repairs)?
    } else {
        of_utf8(octets, repairs)?
    };
    let encoding = if is_repaired { decoded.encoding } else { "US-ASCII".into() };
    Ok(Decoded { encoding, is_repaired, ..decoded })
}

/// Whether the declaration names another encoding than UTF-8, which a mark or a charset overrides.
fn declares_another(text: &str) -> bool {
    let name = declared(text.as_bytes()).and_then(|name| text.trim_start_matches(MARK).get(name));
    name.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8"))
}

fn of_utf16(
    octets: &[u8],
    unit: fn([u8; 2]) -> u16,
    name: &'static str,
    repairs: bool,
) -> Result<Decoded<'static>, Error> {
    let (pairs, rest) = octets.split_at(octets.len() & !1);
    let units = pairs.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(octets.len());
    let mut is_repaired = !rest.is_empty();
    for (at, character) in char::decode_utf16(units).enumerate() {
        match character {
            Ok(MARK) if at == 0 => {}
            Ok(character) => text.push(character),
            Err(_) if repairs => {
                is_repaired = true;
                text.push(char::REPLACEMENT_CHARACTER);
            }
            Err(_) => return Err(wrong_at(&text)),
        }
    }
    // An octet alone is half a character: the document is cut.
    if is_repaired && !repairs {
        return Err(wrong_at(&text));
    }
    Ok(Decoded { text: without_declaration(text).into(), encoding: name.into(), is_repaired })
}

#[cfg(feature = "encodings")]
fn of_named(octets: &[u8], name: &str, repairs: bool) -> Result<Decoded<'static>, Error> {
    let Some(encoding) = encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()) else {
        return Err(Error::violation(Rule::Encoding, START, name));
    };
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut rest = octets;
    let mut is_repaired = false;
    loop {
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(0));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            encoding_rs::DecoderResult::InputEmpty => break,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) if repairs => {
                is_repaired = true;
                text.push(char::REPLACEMENT_CHARACTER);
            }
            encoding_rs::DecoderResult::Malformed(..) => return Err(wrong_at(&text)),
        }
    }
    let name = encoding.name().into();
    Ok(Decoded { text: without_declaration(text).into(), encoding: name, is_repaired })
}

/// Any other encoding needs the feature `encodings`.
#[cfg(not(feature = "encodings"))]
fn of_named(_: &[u8], name: &str, _: bool) -> Result<Decoded<'static>, Error> {
    Err(Error::violation(Rule::Encoding, START, name))
}

/// The error of octets that are wrong behind this text.
#[cold]
fn wrong_at(text: &str) -> Error {
    let line = text.bytes().filter(|octet| *octet == b'\n').count() as u64 + 1;
    let behind = text.rfind('\n').map_or(0, |end| end + 1);
    let column = text[behind..].chars().count() as u64 + 1;
    let position = Position { offset: text.len() as u64, line, column };
    Error::violation(Rule::Encoding, position, "")
}

/// Replaces the name of the encoding in the declaration, with all that belongs to it, by white space
/// of the same length, so that the places of all else stay.
fn without_declaration(mut text: String) -> String {
    let mark = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
    let Some(name) = declared(text.as_bytes()) else { return text };
    let (name, end) = (mark + name.start, mark + name.end + 1);
    let Some(start) = text.get(..name).and_then(|head| head.rfind("encoding")) else { return text };
    if text.is_char_boundary(end) {
        text.replace_range(start..end, &" ".repeat(end - start));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(octets: &[u8], charset: Option<&str>) -> Option<(String, String)> {
        let decoded = decode(octets, charset, false, &Limits::default()).ok()?;
        Some((decoded.encoding().to_owned(), decoded.as_str().to_owned()))
    }

    #[test]
    fn xml_2_8_the_name_of_the_encoding_is_in_the_declaration() {
        for (text, expected) in [
            ("<?xml version='1.0' encoding='a'?>", Some("a")),
            ("<?xml version=\"1.0\"\n encoding = \"a\" standalone='no'?>", Some("a")),
            (" <?xml encoding='a'?>", Some("a")),
            ("<?xml version='1.0'?><a encoding='b'/>", None),
            ("<?xml version='1.0' encoding?>", None),
            ("<?xml version='1.0' encoding='a?>'", None),
            ("<a encoding='b'/>", None),
            ("", None),
        ] {
            let name = declared(text.as_bytes()).map(|name| &text[name]);
            assert_eq!(name, expected, "{text}");
        }
    }

    #[test]
    fn the_declaration_keeps_its_length_and_loses_the_encoding() {
        for (text, expected) in [
            ("<?xml version='1.0' encoding='x'?><a/>", "<?xml version='1.0'             ?><a/>"),
            (
                "\u{FEFF}<?xml version='1.0' encoding='x'?>",
                "\u{FEFF}<?xml version='1.0'             ?>",
            ),
            ("<a/>", "<a/>"),
        ] {
            assert_eq!(without_declaration(text.to_owned()), expected);
        }
    }

    #[test]
    fn rfc7303_3_2_a_mark_decides_before_a_charset_and_a_charset_before_a_declaration() {
        let utf_16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        let some = |encoding: &str, text: &str| Some((encoding.to_owned(), text.to_owned()));
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><é/>";
        let blank = latin.replace("encoding='ISO-8859-1'", &" ".repeat(21));
        let marked = format!("\u{FEFF}{latin}");
        assert_eq!(
            decoded(marked.as_bytes(), Some("utf-16")),
            some("UTF-8", &format!("\u{FEFF}{blank}"))
        );
        assert_eq!(decoded(latin.as_bytes(), Some("UTF-8")), some("UTF-8", &blank));
        assert_eq!(decoded(latin.as_bytes(), Some("\"utf-8\"")), some("UTF-8", &blank));
        let little = utf_16(&marked, u16::to_le_bytes);
        assert_eq!(decoded(&little, Some("utf-8")), some("UTF-16LE", &blank));
        let big = utf_16(&marked, u16::to_be_bytes);
        assert_eq!(decoded(&big, None), some("UTF-16BE", &blank));
        // Without a mark.
        assert_eq!(decoded(&utf_16("<a/>", u16::to_le_bytes), None), some("UTF-16LE", "<a/>"));
        assert_eq!(decoded(&utf_16("<a/>", u16::to_be_bytes), None), some("UTF-16BE", "<a/>"));
        assert_eq!(
            decoded(&utf_16("<a/>", u16::to_le_bytes), Some("utf-16")),
            some("UTF-16LE", "<a/>")
        );
        assert_eq!(
            decoded(&utf_16("é<a/>", u16::to_be_bytes), Some("utf-16")),
            some("UTF-16BE", "é<a/>")
        );
        // UTF-8 is what is left.
        assert_eq!(decoded("<é/>".as_bytes(), None), some("UTF-8", "<é/>"));
        assert_eq!(decoded(b"\xFF\xFE\0\0<\0\0\0", None), None);
        assert_eq!(decoded(b"<a/>", Some("nonsense")), None);
    }

    #[test]
    fn xml_4_3_3_what_is_declared_as_utf_16_in_ascii_is_refused_and_read_under_repair() {
        let source = "<?xml version='1.0' encoding='UTF-16'?><é/>".as_bytes();
        let error = decode(source, None, false, &Limits::default()).unwrap_err();
        assert_eq!((error.rule(), error.offset()), (Some(Rule::Encoding), 0));
        let repaired = decode(source, None, true, &Limits::default()).unwrap();
        assert_eq!((repaired.encoding(), repaired.is_repaired()), ("UTF-8", false));
        assert!(repaired.as_str().ends_with("<é/>"));
        // RFC 7303 section 3.2: a charset decides before the declaration.
        assert_eq!(decoded(source, Some("utf-8")).unwrap().0, "UTF-8");
    }

    /// With the feature `encodings` and without it.
    #[test]
    fn xml_4_3_3_an_octet_that_is_not_ascii_is_refused_in_us_ascii() {
        let source = |name: &str, text: &[u8]| {
            [format!("<?xml version='1.0' encoding='{name}'?>\n<a>").as_bytes(), text].concat()
        };
        for name in ["US-ASCII", "ascii", "ANSI_X3.4-1968"] {
            let (encoding, text) = decoded(&source(name, b"</a>"), None).unwrap();
            assert_eq!((&*encoding, text.contains("encoding")), ("US-ASCII", false));
            let utf_8 = source(name, "é</a>".as_bytes());
            let error = decode(&utf_8, None, false, &Limits::default()).unwrap_err();
            let position = error.position().unwrap();
            assert_eq!(error.rule(), Some(Rule::Encoding));
            assert_eq!((position.line(), position.column()), (2, 4));
            let repaired = decode(&utf_8, None, true, &Limits::default()).unwrap();
            assert!(repaired.as_str().ends_with("<a>é</a>") && repaired.is_repaired());
            let latin = source(name, b"\xE9</a>");
            assert!(decode(&latin, Some(name), false, &Limits::default()).is_err());
            let repaired = decode(&latin, None, true, &Limits::default()).unwrap();
            let read = if cfg!(feature = "encodings") { "<a>é</a>" } else { "<a>\u{FFFD}</a>" };
            assert!(repaired.as_str().ends_with(read) && repaired.is_repaired(), "{repaired:?}");
        }
    }

    #[test]
    fn octets_that_are_wrong_are_refused_where_they_are_or_replaced_under_repair() {
        let lone = [0xFE, 0xFF, 0, b'<', 0, b'\n', 0xD8, 0, 0, b'a'];
        for (octets, place, replaced) in
            [(&b"<\n\xE9a"[..], (2, 2, 1), "<\n\u{FFFD}a"), (&lone, (2, 2, 1), "<\n\u{FFFD}a")]
        {
            let error = decode(octets, None, false, &Limits::default()).unwrap_err();
            let at = error.position().unwrap();
            assert_eq!((at.offset(), at.line(), at.column()), place);
            assert_eq!(error.rule(), Some(Rule::Encoding));
            let repaired = decode(octets, None, true, &Limits::default()).unwrap();
            assert_eq!((repaired.as_str(), repaired.is_repaired()), (replaced, true));
        }
        assert!(decode(b"\xFE\xFF\0", None, false, &Limits::default()).is_err());
        let error = decode(b"<a/>", None, false, &Limits::default().octets(3)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Limit(Limit::Octets));
    }

    #[cfg(feature = "encodings")]
    #[test]
    fn rfc7303_3_other_encodings_are_read_by_their_names() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>";
        let (encoding, text) = decoded(latin, None).unwrap();
        assert_eq!(encoding, "windows-1252");
        assert!(text.ends_with("<a>é</a>") && !text.contains("encoding"));
        let (encoding, text) = decoded(b"<a>\x82\xA0</a>", Some("shift_jis")).unwrap();
        assert_eq!((&*encoding, &*text), ("Shift_JIS", "<a>\u{3042}</a>"));
        let error = decode(b"<\n\x82<", Some("shift_jis"), false, &Limits::default()).unwrap_err();
        assert_eq!((error.offset(), error.position().unwrap().line()), (2, 2));
        let repaired = decode(b"<\n\x82<", Some("shift_jis"), true, &Limits::default()).unwrap();
        assert_eq!((repaired.as_str(), repaired.is_repaired()), ("<\n\u{FFFD}<", true));
    }
}
