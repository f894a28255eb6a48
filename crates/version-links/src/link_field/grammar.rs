//! The productions of RFC 8288 and RFC 9110 that a Link field is made of, as nom parsers.
//!
//! Each parser reads what RFC 8288 appendix B reads, and its result says whether the input follows the
//! grammar of section 3. So a strict and a lenient reader see the same links, and differ only in what
//! they refuse.

use crate::link_field::scan::{closing_quote, memchr2};
use nom::bytes::complete::{tag, take_till, take_while};
use nom::combinator::{consumed, map, opt};
use nom::error::{Error, ErrorKind};
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// What follows the name of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Value<'a> {
    /// No `=`.
    Absent,
    /// A token.
    Token(&'a [u8]),
    /// The octets between the quotes, with quoted pairs still escaped.
    Quoted(&'a [u8]),
    /// The octets between the angle brackets of an anchor, as the draft writes it.
    Bracketed(&'a [u8]),
    /// Neither token nor quoted string.
    Loose(&'a [u8]),
}

/// A parameter with a well-formed name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkParam<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Value<'a>,
    /// Whether white space surrounds the `=`.
    pub(crate) spaced: bool,
}

/// One step through `*( OWS ";" OWS link-param )`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Param(LinkParam<'a>),
    /// A parameter whose name is no token.
    Misnamed,
    /// A semicolon that is followed by no parameter.
    Empty,
    /// Octets in the place of a semicolon.
    Stray,
}

/// `tchar` (RFC 9110 section 5.6.2).
pub(crate) const fn is_tchar(octet: u8) -> bool {
    TCHAR[octet as usize]
}

const TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0_u8;
    while octet < 128 {
        table[octet as usize] = octet.is_ascii_alphanumeric()
            || matches!(octet, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+')
            || matches!(octet, b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        octet += 1;
    }
    table
};

/// SP and HTAB, and also CR and LF, since another check makes sure that they belong to a fold.
pub(crate) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// ```abnf
/// OWS = *( SP / HTAB )                                    ; RFC 9110 section 5.6.3
/// BWS = OWS
/// ```
pub(crate) fn ows(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(is_space)(input)
}

/// The commas between two links, and the empty elements among them.
///
/// ```abnf
/// #element = [ element ] *( OWS "," OWS [ element ] )     ; RFC 9110 section 5.6.1.2
/// ```
pub(crate) fn separators(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|octet| is_space(octet) || octet == b',')(input)
}

/// The octets between the brackets. A second `<` before the `>` is refused, because it begins the
/// next link.
///
/// ```abnf
/// link-value = "<" URI-Reference ">" *( OWS ";" OWS link-param )    ; RFC 8288 section 3
/// ```
pub(crate) fn target(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let inside = |input| up_to(memchr2(b'<', b'>', input), input);
    delimited(tag("<"), inside, tag(">")).parse(input)
}

/// One step through the parameters of a link, with its octets. At a comma or the end there is none,
/// which is an error; a quote that does not close is a failure at that quote.
///
/// ```abnf
/// *( OWS ";" OWS link-param )                             ; RFC 8288 section 3
/// ```
pub(crate) fn step(input: &[u8]) -> IResult<&[u8], (&[u8], Step<'_>)> {
    let (rest, _) = ows(input)?;
    match rest.first() {
        None | Some(b',') => Err(nom::Err::Error(Error::new(rest, ErrorKind::Eof))),
        Some(b';') => {
            let (semicolon, rest) = rest.split_at(1);
            let (rest, _) = ows(rest)?;
            match rest.first() {
                None | Some(b',' | b';') => Ok((rest, (semicolon, Step::Empty))),
                Some(_) => consumed(link_param).parse(rest),
            }
        }
        Some(_) => {
            let (rest, stray) = up_to(memchr2(b';', b',', rest), rest)?;
            Ok((rest, (stray, Step::Stray)))
        }
    }
}

/// ```abnf
/// link-param = token BWS [ "=" BWS ( token / quoted-string ) ]      ; RFC 8288 section 3
/// ```
fn link_param(input: &[u8]) -> IResult<&[u8], Step<'_>> {
    let (rest, name) = name(input)?;
    let (rest, before) = ows(rest)?;
    let (rest, equals) = opt(tag("=")).parse(rest)?;
    let (rest, after, value) = if equals.is_none() {
        (rest, before, Value::Absent)
    } else {
        let (rest, after) = ows(rest)?;
        let is_anchor = name.eq_ignore_ascii_case(b"anchor");
        let (rest, value) = if is_anchor { anchor_value(rest)? } else { value(rest)? };
        (rest, after, value)
    };
    let spaced = equals.is_some() && !(before.is_empty() && after.is_empty());
    let token = std::str::from_utf8(name).ok().filter(|name| is_token(name.as_bytes()));
    Ok((rest, token.map_or(Step::Misnamed, |name| Step::Param(LinkParam { name, value, spaced }))))
}

/// Up to white space, `=`, `;` or `,` (RFC 8288 appendix B.3).
fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_till(|octet| is_space(octet) || matches!(octet, b'=' | b';' | b','))(input)
}

/// A quoted string, or all octets up to `;` or `,` (RFC 8288 appendix B.3) without white space at
/// the end, which belongs to the list in the grammar of section 3.
fn value(input: &[u8]) -> IResult<&[u8], Value<'_>> {
    if input.first() == Some(&b'"') {
        return map(quoted_string, Value::Quoted).parse(input);
    }
    let (rest, octets) = up_to(memchr2(b';', b',', input), input)?;
    let octets = trimmed_end(octets);
    Ok((rest, if is_token(octets) { Value::Token(octets) } else { Value::Loose(octets) }))
}

/// A value, or the draft's `<...>`, in which `;` and `,` separate nothing.
fn anchor_value(input: &[u8]) -> IResult<&[u8], Value<'_>> {
    match target(input) {
        Ok((rest, inside)) => Ok((rest, Value::Bracketed(inside))),
        Err(_) => value(input),
    }
}

/// The octets between the quotes, with quoted pairs still escaped. It is a failure if no quote
/// closes.
///
/// ```abnf
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE           ; RFC 9110 section 5.6.4
/// quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
/// ```
fn quoted_string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let inside = |input| up_to(closing_quote(input), input);
    let unclosed = |_| nom::Err::Failure(Error::new(input, ErrorKind::Char));
    delimited(tag("\""), inside, tag("\"")).parse(input).map_err(unclosed)
}

/// ```abnf
/// token = 1*tchar                                         ; RFC 9110 section 5.6.2
/// ```
#[inline]
pub(crate) fn is_token(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|&octet| is_tchar(octet))
}

/// The octets before an index, or all of them.
fn up_to(end: Option<usize>, input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (taken, rest) = input.split_at(end.unwrap_or(input.len()));
    Ok((rest, taken))
}

/// The octets without the white space at their end.
pub(crate) fn trimmed_end(octets: &[u8]) -> &[u8] {
    let end = octets.iter().rposition(|&octet| !is_space(octet)).map_or(0, |last| last + 1);
    &octets[..end]
}
