//! The productions of RFC 2046, 9110 and 6266 that this crate reads, as nom parsers.
//!
//! Each parser is named after its production. The scans over whole bodies are in `delimiter`, and
//! those over whole heads are in `head::scan`.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::{consumed, map, opt, recognize};
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};
use std::borrow::Cow;

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

/// `ftext` (RFC 5322 section 3.6.8), of which the name of a field consists.
pub(crate) const fn is_ftext(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b':'
}

/// `bchars` (RFC 2046 section 5.1.1).
pub(crate) const fn is_bchar(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'\'' | b'(' | b')' | b'+' | b'_' | b',' | b'-' | b'.')
        || matches!(octet, b'/' | b':' | b'=' | b'?' | b' ')
}

/// SP or HTAB, of which `OWS` (RFC 9110 section 5.6.3) and transport padding consist.
pub(crate) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// The octets without the spaces, the tabs and the line breaks of folds around them.
pub(crate) fn trimmed(octets: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| is_space(*octet) || matches!(octet, b'\r' | b'\n');
    // An empty value is at its beginning, not after the line break.
    let start = octets.iter().position(|octet| !is_blank(octet)).unwrap_or(0);
    let end = octets.iter().rposition(|octet| !is_blank(octet)).map_or(start, |last| last + 1);
    &octets[start..end]
}

/// A token as text.
///
/// ```abnf
/// token = 1*tchar                                       ; RFC 9110 section 5.6.2
/// ```
pub(crate) fn token(input: &[u8]) -> IResult<&[u8], &str> {
    let (rest, octets) = take_while1(is_tchar)(input)?;
    match std::str::from_utf8(octets) {
        Ok(text) => Ok((rest, text)),
        Err(_) => Err(failure(input)),
    }
}

/// White space and comments between two tokens, and whether a comment is among them.
///
/// ```abnf
/// CFWS = (1*([FWS] comment) [FWS]) / FWS                 ; RFC 5322 section 3.2.2
/// ```
pub(crate) fn cfws(input: &[u8]) -> IResult<&[u8], bool> {
    let (mut rest, _) = ows(input)?;
    let mut is_commented = false;
    while rest.starts_with(b"(") {
        (rest, _) = (comment, ows).parse(rest)?;
        is_commented = true;
    }
    Ok((rest, is_commented))
}

/// ```abnf
/// comment  = "(" *([FWS] ccontent) [FWS] ")"             ; RFC 5322 section 3.2.2
/// ccontent = ctext / quoted-pair / comment
/// ```
fn comment(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (mut depth, mut octets) = (0_usize, input.iter());
    while let Some(&octet) = octets.next() {
        match octet {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\\' => drop(octets.next()),
            b'\r' | b'\n' => {}
            _ if is_text(octet) => {}
            _ => break,
        }
        if depth == 0 {
            let rest = octets.as_slice();
            return Ok((rest, &input[..input.len() - rest.len()]));
        }
    }
    Err(failure(input))
}

/// A value without the comments before and behind it, and whether there are any.
///
/// Parentheses may belong to the value: a comment is separated from it by a space, or by the angle
/// brackets of the value.
pub(crate) fn without_comments(value: &[u8]) -> (&[u8], bool) {
    let is_separated = |octet: &u8| is_space(*octet) || matches!(octet, b'\r' | b'\n');
    let leading = cfws(value).ok().filter(|(rest, is_commented)| {
        let comment = &value[..value.len() - rest.len()];
        let is_apart = rest.starts_with(b"<") || comment.last().is_some_and(is_separated);
        *is_commented && !rest.is_empty() && is_apart
    });
    let (rest, before) = leading.unwrap_or((value, false));
    let end = match rest.strip_prefix(b"<").and_then(|inner| memchr::memchr(b'>', inner)) {
        Some(end) => end + 2,
        None => rest.iter().position(is_separated).unwrap_or(rest.len()),
    };
    match cfws(&rest[end..]) {
        Ok(([], behind)) if before || behind => (&rest[..end], true),
        _ => (value, false),
    }
}

/// A value without the line breaks of its folds (RFC 5322 section 2.2.3), which are the only CR and
/// LF in it.
pub(crate) fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', value).is_none() {
        return value.into();
    }
    value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect::<Vec<_>>().into()
}

/// `OWS`, and the line breaks of folds that a reader tolerated.
pub(crate) fn ows(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|octet| is_space(octet) || matches!(octet, b'\r' | b'\n'))(input)
}

/// The octets between the quotes, in which quoted pairs and folds are not yet resolved.
///
/// ```abnf
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE     ; RFC 9110 section 5.6.4
/// quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
/// ```
pub(crate) fn quoted_string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let pair = preceded(tag("\\"), nom::bytes::complete::take_while_m_n(1, 1, is_text));
    let run = take_while1(|octet| is_text(octet) && octet != b'"' && octet != b'\\');
    let fold = recognize((opt(tag("\r")), tag("\n"), nom::bytes::complete::take_while1(is_space)));
    let inner = recognize(many0_count(alt((run, pair, fold))));
    delimited(tag("\""), inner, tag("\"")).parse(input)
}

/// HTAB, SP, VCHAR or obs-text.
pub(crate) const fn is_text(octet: u8) -> bool {
    octet == b'\t' || (octet >= b' ' && octet != 0x7f)
}

/// A parameter's value as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A token.
    Token(&'a str),
    /// The octets between the quotes of a quoted-string.
    Quoted(&'a [u8]),
    /// The octets between quotes in which backslashes stand for themselves, as browsers write them.
    Literal(&'a [u8]),
    /// Neither: the octets up to the next `;` or space, as some peers send them.
    Bare(&'a [u8]),
    /// Neither, and with spaces: the octets up to the next `;`.
    Spaced(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The value's octets as written, without the quotes.
    pub(crate) fn raw(self) -> &'a [u8] {
        match self {
            Self::Token(text) => text.as_bytes(),
            Self::Quoted(octets)
            | Self::Literal(octets)
            | Self::Bare(octets)
            | Self::Spaced(octets) => octets,
        }
    }

    /// The value's octets, in which quoted pairs and folds are resolved.
    pub(crate) fn octets(self) -> Cow<'a, [u8]> {
        let raw = self.raw();
        if !matches!(self, Self::Quoted(_)) || memchr::memchr2(b'\\', b'\n', raw).is_none() {
            return raw.into();
        }
        let mut octets = Vec::with_capacity(raw.len());
        let mut rest = raw.iter();
        while let Some(&octet) = rest.next() {
            match octet {
                b'\r' | b'\n' => {}
                // quoted_string accepts no backslash at the end.
                b'\\' => octets.extend(rest.next()),
                _ => octets.push(octet),
            }
        }
        octets.into()
    }
}

/// A parameter, and whether there is a space around its `=`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Value<'a>,
    pub(crate) spaced: bool,
}

/// One step of a parameter list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParameterStep<'a> {
    /// None if nothing is between two semicolons, or behind the last one.
    pub(crate) parameter: Option<Parameter<'a>>,
    pub(crate) is_commented: bool,
}

/// The next step of a parameter list that is not empty. A comment may be wherever white space may
/// be, but not behind the `=`.
///
/// ```abnf
/// parameters = *( OWS ";" OWS [ parameter ] )            ; RFC 9110 section 5.6.6
/// parameter  = token "=" ( token / quoted-string )
/// ```
pub(crate) fn next_parameter(input: &[u8]) -> IResult<&[u8], ParameterStep<'_>> {
    let (rest, before) = cfws(input)?;
    if rest.is_empty() {
        return Ok((rest, ParameterStep { parameter: None, is_commented: before }));
    }
    let (rest, behind) = preceded(tag(";"), cfws).parse(rest)?;
    let (rest, parameter) = opt(parameter).parse(rest)?;
    let (parameter, within) = parameter.unzip();
    let is_commented = before || behind || within == Some(true);
    Ok((rest, ParameterStep { parameter, is_commented }))
}

/// The next step of a parameter list that is not empty, as browsers write it in form data.
///
/// ```abnf
/// form-parameter = token "=" ( token / DQUOTE *form-octet DQUOTE )
/// form-octet     = HTAB / SP / VCHAR / obs-text, except DQUOTE
/// ```
///
/// There are no quoted pairs (HTML Standard section 4.10.21.8).
pub(crate) fn next_form_parameter(input: &[u8]) -> IResult<&[u8], ParameterStep<'_>> {
    let is_inner = |octet| is_text(octet) && octet != b'"';
    let literal = delimited(tag("\""), take_while(is_inner), tag("\""));
    let value = alt((map(literal, Value::Literal), map(token, Value::Token)));
    let parameter =
        map((token, tag("="), value), |(name, _, value)| Parameter { name, value, spaced: false });
    let (rest, (_, _, _, parameter, _)) = (ows, tag(";"), ows, opt(parameter), ows).parse(input)?;
    Ok((rest, ParameterStep { parameter, is_commented: false }))
}

/// A parameter, and whether a comment precedes its `=`.
fn parameter(input: &[u8]) -> IResult<&[u8], (Parameter<'_>, bool)> {
    let (rest, (name, before, _, after)) = (token, consumed(cfws), tag("="), ows).parse(input)?;
    let (spaces, is_commented) = before;
    let (rest, value) = alt((map(quoted_string, Value::Quoted), unquoted)).parse(rest)?;
    let spaced = (!spaces.is_empty() && !is_commented) || !after.is_empty();
    Ok((rest, (Parameter { name, value, spaced }, is_commented)))
}

/// A token, or what some peers send instead of a quoted-string.
fn unquoted(input: &[u8]) -> IResult<&[u8], Value<'_>> {
    let is_bare = |octet| is_text(octet) && !matches!(octet, b';' | b'"');
    let (rest, octets) = take_while1(|octet| is_bare(octet) && !is_space(octet))(input)?;
    let (behind, _) = take_while(is_space)(rest)?;
    if behind.first().is_some_and(|&next| is_bare(next) && next != b'(') {
        let (rest, octets) = take_while1(is_bare)(input)?;
        return Ok((rest, Value::Spaced(octets.trim_ascii_end())));
    }
    Ok((
        rest,
        match token(octets) {
            Ok(([], text)) => Value::Token(text),
            _ => Value::Bare(octets),
        },
    ))
}

/// The type and the subtype of a media type.
///
/// ```abnf
/// media-type = type "/" subtype parameters               ; RFC 9110 section 8.3.1
/// ```
pub(crate) fn media_type_names(input: &[u8]) -> IResult<&[u8], (&str, &str)> {
    let (rest, (type_, _, subtype)) = (token, tag("/"), token).parse(input)?;
    Ok((rest, (type_, subtype)))
}

/// What follows the boundary on a delimiter line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DelimiterRest {
    pub(crate) close: bool,
    pub(crate) line_end: LineEnd,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    CrLf,
    BareLf,
    /// The input ends.
    Input,
    /// The input ends between CR and LF.
    InputAfterCr,
}

/// The octets after `--boundary` up to and including the end of the line, or nom's `Incomplete`.
///
/// ```abnf
/// delimiter-rest = [ "--" ] transport-padding CRLF       ; RFC 2046 section 5.1.1
/// transport-padding = *LWSP-char
/// ```
pub(crate) fn delimiter_rest(input: &[u8]) -> IResult<&[u8], DelimiterRest> {
    use nom::bytes::streaming;
    let (rest, close) = opt(streaming::tag("--")).parse(input)?;
    let (rest, _) = streaming::take_while(is_space)(rest)?;
    let line_end = |end, text: &'static str| map(streaming::tag(text), move |_: &[u8]| end);
    let (rest, line_end) =
        alt((line_end(LineEnd::CrLf, "\r\n"), line_end(LineEnd::BareLf, "\n"))).parse(rest)?;
    let close = close.is_some();
    Ok((rest, DelimiterRest { close, line_end }))
}

/// An error without content: the callers of these parsers name the rule.
pub(crate) fn failure(input: &[u8]) -> nom::Err<nom::error::Error<&[u8]>> {
    nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc2046_5_1_1_padding_may_follow_a_delimiter_and_nothing_else() {
        let rest = |text: &'static [u8]| delimiter_rest(text).map(|(_, rest)| rest);
        let open = DelimiterRest { close: false, line_end: LineEnd::CrLf };
        assert_eq!(rest(b"\r\nX"), Ok(open));
        assert_eq!(rest(b" \t\r\n"), Ok(open));
        assert_eq!(rest(b"--\t\r\n"), Ok(DelimiterRest { close: true, ..open }));
        assert_eq!(rest(b"\n"), Ok(DelimiterRest { line_end: LineEnd::BareLf, ..open }));
        for body in [&b"X\r\n"[..], b"-\r\n", b"- -\r\n", b"--X\r\n", b"\rX", b"--\rX", b" X"] {
            assert!(matches!(rest(body), Err(nom::Err::Error(_))), "{}", body.escape_ascii());
        }
        for open in [&b""[..], b"-", b"--", b" ", b"--  ", b"\r", b"--\r"] {
            assert!(matches!(rest(open), Err(nom::Err::Incomplete(_))), "{}", open.escape_ascii());
        }
    }

    #[test]
    fn rfc9110_5_6_4_quoted_pairs_stand_for_their_second_octet() {
        let (rest, quoted) = quoted_string(br#""a\"b\\c";x"#).unwrap();
        assert_eq!(rest, b";x");
        assert_eq!(Value::Quoted(quoted).octets().as_ref(), br#"a"b\c"#);
        let (_, folded) = quoted_string(b"\"a\r\n b\n\tc\"").unwrap();
        assert_eq!(Value::Quoted(folded).octets().as_ref(), b"a b\tc");
        for broken in [&br#""a"#[..], br#""a\"#, b"\"a\0\"", b"a\"", b"\"a\r\nb\"", b"\"a\r b\""] {
            assert!(quoted_string(broken).is_err(), "{}", broken.escape_ascii());
        }
    }

    #[test]
    fn rfc5322_3_2_2_comments_nest_and_contain_quoted_pairs() {
        for (text, rest) in [
            (&b"x"[..], &b"x"[..]),
            (b"(a)x", b"x"),
            (b" (a (b) \\) c)\r\n (d) x", b"x"),
            (b"()(", b""),
        ] {
            let found = cfws(text);
            match rest {
                b"" => assert!(found.is_err()),
                _ => assert_eq!(found, Ok((rest, text[0] != b'x')), "{}", text.escape_ascii()),
            }
        }
        for broken in [&b"("[..], b"(a", b"((a)", b"(\\)", b"(a\0)"] {
            assert!(cfws(broken).is_err(), "{}", broken.escape_ascii());
        }
    }
}
