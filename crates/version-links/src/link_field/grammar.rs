//! The productions of RFC 8288 and RFC 9110 that a Link field is made of, as nom parsers.
//!
//! Each parser reads what RFC 8288 appendix B reads, and its result says whether the input follows the
//! grammar of section 3. So a strict and a lenient reader see the same links, and differ only in what
//! they refuse. In a field, the parsers stop before each `<...>` that begins a link.

use crate::link_field::recovery::{Before, Until, find, is_link};
use crate::link_field::scan::{closing_quote, is_blank, is_space, look_at, memchr2, trimmed_end};
use nom::bytes::complete::{tag, take_while};
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
    /// Whether no semicolon precedes the parameter.
    pub(crate) unseparated: bool,
}

/// What the octets belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A field value: another link may follow.
    Field,
    /// The parameters of one link, where no other link begins.
    Link,
}

impl Scope {
    /// The index of a `;`, a `,`, or the next link.
    fn end(self, octets: &[u8], before: Before) -> usize {
        match self {
            Self::Field => find(octets, before, Until::LinkOrSeparator),
            Self::Link => find(octets, before, Until::Separator),
        }
    }

    /// Whether nothing of the link follows.
    fn is_end(self, rest: &[u8]) -> bool {
        let (rest, _) = between(rest);
        match rest.first() {
            None | Some(b',') => true,
            Some(_) => self == Self::Field && is_link(rest),
        }
    }

    /// The octets without the white space at their end, and without control characters either if
    /// they end the link.
    fn trimmed<'a>(self, octets: &'a [u8], rest: &[u8]) -> &'a [u8] {
        if self.is_end(rest) {
            trimmed_end(octets, is_blank)
        } else {
            trimmed_end(octets, is_space)
        }
    }
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

/// ```abnf
/// OWS = *( SP / HTAB )                                    ; RFC 9110 section 5.6.3
/// BWS = OWS
/// ```
pub(crate) fn ows(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, space) = take_while(is_space)(input)?;
    look_at(space.len());
    Ok((rest, space))
}

/// The commas between two links, the empty elements among them, and control characters.
///
/// ```abnf
/// #element = [ element ] *( OWS "," OWS [ element ] )     ; RFC 9110 section 5.6.1.2
/// ```
pub(crate) fn separators(input: &[u8]) -> (&[u8], &[u8]) {
    split_where(input, |octet| !is_blank(octet) && octet != b',')
}

/// White space and control characters at the end of a link.
fn between(input: &[u8]) -> (&[u8], &[u8]) {
    split_where(input, |octet| !is_blank(octet))
}

/// What follows the octets before the first that ends them, and these octets.
fn split_where(input: &[u8], ends: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = input.iter().position(|&octet| ends(octet)).unwrap_or(input.len());
    look_at(end);
    let (taken, rest) = input.split_at(end);
    (rest, taken)
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

/// The first step behind a target: a parameter even where its semicolon is missing, as in
/// `<a> rel="b"`, or any other step.
pub(crate) fn first_step(input: &[u8], scope: Scope) -> IResult<&[u8], (&[u8], Step<'_>)> {
    if !scope.is_end(input) {
        let (rest, _) = ows(input)?;
        let (value, name) = name(rest, scope);
        let (value, _) = ows(value)?;
        if is_token(name) && value.first() == Some(&b'=') {
            let (after, (octets, mut step)) = consumed(|it| link_param(it, scope)).parse(rest)?;
            if let Step::Param(param) = &mut step {
                param.unseparated = true;
            }
            return Ok((after, (octets, step)));
        }
    }
    step(input, scope)
}

/// One step through the parameters of a link, with its octets. At a comma, the next link or the end
/// there is none, which is an error; a quote that does not close is a failure at that quote.
///
/// ```abnf
/// *( OWS ";" OWS link-param )                             ; RFC 8288 section 3
/// ```
pub(crate) fn step(input: &[u8], scope: Scope) -> IResult<&[u8], (&[u8], Step<'_>)> {
    if scope.is_end(input) {
        return Err(nom::Err::Error(Error::new(input, ErrorKind::Eof)));
    }
    let (rest, _) = ows(input)?;
    if let Some((b';', after)) = rest.split_first() {
        let (after, _) = ows(after)?;
        if after.first() == Some(&b';') || scope.is_end(after) {
            return Ok((after, (&rest[..1], Step::Empty)));
        }
        return consumed(|it| link_param(it, scope)).parse(after);
    }
    let (stray, after) = rest.split_at(scope.end(rest, Before::Text));
    Ok((after, (scope.trimmed(stray, after), Step::Stray)))
}

/// ```abnf
/// link-param = token BWS [ "=" BWS ( token / quoted-string ) ]      ; RFC 8288 section 3
/// ```
fn link_param(input: &[u8], scope: Scope) -> IResult<&[u8], Step<'_>> {
    let (rest, name) = name(input, scope);
    let (rest, before) = ows(rest)?;
    let (rest, equals) = opt(tag("=")).parse(rest)?;
    let (rest, after, value) = if equals.is_none() {
        (rest, before, Value::Absent)
    } else {
        let (rest, after) = ows(rest)?;
        let is_anchor = name.eq_ignore_ascii_case(b"anchor");
        let (rest, value) =
            if is_anchor { anchor_value(rest, scope)? } else { value(rest, scope)? };
        (rest, after, value)
    };
    let spaced = equals.is_some() && !(before.is_empty() && after.is_empty());
    let token = std::str::from_utf8(name).ok().filter(|name| is_token(name.as_bytes()));
    let param = |name| Step::Param(LinkParam { name, value, spaced, unseparated: false });
    Ok((rest, token.map_or(Step::Misnamed, param)))
}

/// Up to white space, `=`, `;` or `,` (RFC 8288 appendix B.3), or to the next link.
fn name(input: &[u8], scope: Scope) -> (&[u8], &[u8]) {
    let ends = |at: &usize| match input[*at] {
        b'=' | b';' | b',' => true,
        b'<' => scope == Scope::Field && is_link(&input[*at..]),
        octet => is_space(octet),
    };
    let end = (0..input.len()).find(ends).unwrap_or(input.len());
    look_at(end);
    let name = scope.trimmed(&input[..end], &input[end..]);
    (&input[name.len()..], name)
}

/// A quoted string, or all octets up to `;` or `,` (RFC 8288 appendix B.3) or the next link, without
/// white space at the end, which belongs to the list in the grammar of section 3.
fn value(input: &[u8], scope: Scope) -> IResult<&[u8], Value<'_>> {
    if input.first() == Some(&b'"') {
        return map(quoted_string, Value::Quoted).parse(input);
    }
    let (octets, rest) = input.split_at(scope.end(input, Before::Value));
    let octets = scope.trimmed(octets, rest);
    Ok((rest, if is_token(octets) { Value::Token(octets) } else { Value::Loose(octets) }))
}

/// A value, or the draft's `<...>`, in which `;` and `,` separate nothing.
fn anchor_value(input: &[u8], scope: Scope) -> IResult<&[u8], Value<'_>> {
    match target(input) {
        Ok((rest, inside)) => Ok((rest, Value::Bracketed(inside))),
        Err(_) => value(input, scope),
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
