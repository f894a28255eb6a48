//! Content-Disposition (RFC 6266): the draft's parts say `inline`.

use crate::field::form_parameters::{FormParameters, unescaped};
use crate::grammar::{ParameterStep, Value, next_form_parameter, next_parameter, token};
use crate::rule::Rule;
use std::borrow::Cow;

/// A Content-Disposition value (RFC 6266): its type and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentDisposition<'a> {
    type_: &'a str,
    parameters: &'a [u8],
    quoting: Quoting,
}

/// What a backslash within quotes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Quoting {
    /// The first octet of a quoted pair.
    Pairs,
    /// A backslash, as browsers write it in form data.
    Literal,
}

impl Quoting {
    /// All steps of a parameter list, and `None` where it cannot be read.
    fn steps(self, parameters: &[u8]) -> impl Iterator<Item = Option<ParameterStep<'_>>> {
        let next = match self {
            Self::Pairs => next_parameter,
            Self::Literal => next_form_parameter,
        };
        let mut rest = parameters;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Ok((behind, step)) = next(rest) else {
                rest = &[];
                return Some(None);
            };
            rest = behind;
            Some(Some(step))
        })
    }

    fn reads(self, parameters: &[u8]) -> bool {
        self.steps(parameters).all(|step| step.is_some())
    }
}

impl<'a> ContentDisposition<'a> {
    /// ```abnf
    /// content-disposition = disposition-type *( OWS ";" OWS disposition-parm )
    /// ```
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let (parameters, type_) = token(value).ok()?;
        let quoting = match () {
            () if is_form_data(type_) && Quoting::Literal.reads(parameters) => Quoting::Literal,
            () if Quoting::Pairs.reads(parameters) => Quoting::Pairs,
            () => return None,
        };
        Some(Self { type_, parameters, quoting })
    }

    /// The disposition type as written, such as `inline` or `attachment`.
    ///
    /// Types are compared case-insensitively.
    #[must_use]
    pub fn type_(&self) -> &'a str {
        self.type_
    }

    /// Whether the type is `form-data` (RFC 7578), compared case-insensitively.
    ///
    /// [`Head::form_name`](crate::Head::form_name) and
    /// [`Head::form_filename`](crate::Head::form_filename) read the names in form data.
    #[must_use]
    pub fn is_form_data(&self) -> bool {
        is_form_data(self.type_)
    }

    /// The value of the first parameter with this name, compared case-insensitively.
    ///
    /// Quotes are removed, and quoted pairs and folds are resolved. Nothing else is decoded:
    /// `filename*` is a name of its own. In form data as browsers write it, a backslash stands for
    /// itself.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.parameters()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The value of the first parameter with this name as it is written, without its quotes: quoted
    /// pairs and folds are not resolved.
    #[must_use]
    pub fn raw_parameter(&self, name: &str) -> Option<&'a [u8]> {
        let mut values = self.values();
        values.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.raw())
    }

    /// The file name under which the sender suggests to save the body.
    ///
    /// It is `filename*` if that can be decoded (RFC 8187), and `filename` otherwise. The latter is
    /// decoded as UTF-8 if it is valid UTF-8, and as ISO-8859-1 otherwise.
    ///
    /// The name may contain path separators, dots and control characters. Before a file is given
    /// this name, take the last segment and check it (RFC 6266 section 4.3).
    #[must_use]
    pub fn filename(&self) -> Option<Cow<'a, str>> {
        let extended = self.parameter("filename*").and_then(|value| extended(&value));
        extended.map(Cow::Owned).or_else(|| self.parameter("filename").map(text))
    }

    /// The parameters in order.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, Cow<'a, [u8]>)> {
        self.values().map(|(name, value)| (name, value.octets()))
    }

    /// A name in form data, which must be the only one of its kind.
    pub(crate) fn form_parameter(&self, name: &str) -> Result<Option<Cow<'a, str>>, Rule> {
        let mut values = self.values().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let Some((_, value)) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Rule::FormParameterRepeated);
        }
        let octets = value.octets();
        Ok(Some(match self.quoting {
            Quoting::Literal => text(unescaped(octets)),
            Quoting::Pairs => text(octets),
        }))
    }

    fn steps(&self) -> impl Iterator<Item = ParameterStep<'a>> + use<'a> {
        self.quoting.steps(self.parameters).flatten()
    }

    fn values(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        self.steps()
            .filter_map(|step| step.parameter)
            .map(|parameter| (parameter.name, parameter.value))
    }
}

fn is_form_data(type_: &str) -> bool {
    type_.eq_ignore_ascii_case("form-data")
}

/// ```abnf
/// ext-value = charset "'" [ language ] "'" value-chars      ; RFC 8187 section 3.2.1
/// ```
fn extended(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    let mut pieces = value.splitn(3, '\'');
    let (charset, _, chars) = (pieces.next()?, pieces.next()?, pieces.next()?);
    // A value that cannot be decoded is ignored, not guessed.
    let hex = |digits: &str| u8::from_str_radix(digits, 16).ok();
    let is_sound = chars.match_indices('%').all(|(at, _)| {
        chars.get(at + 1..at + 3).is_some_and(|two| !two.starts_with('+') && hex(two).is_some())
    });
    let octets: Vec<u8> = percent_encoding::percent_decode_str(chars).collect();
    match () {
        () if !is_sound || !chars.is_ascii() => None,
        () if charset.eq_ignore_ascii_case("utf-8") => String::from_utf8(octets).ok(),
        () if charset.eq_ignore_ascii_case("iso-8859-1") => {
            Some(octets.into_iter().map(char::from).collect())
        }
        () => None,
    }
}

/// UTF-8 if it is that, and ISO-8859-1 otherwise.
fn text(octets: Cow<'_, [u8]>) -> Cow<'_, str> {
    let latin = |octets: &[u8]| octets.iter().copied().map(char::from).collect::<String>();
    match octets {
        Cow::Borrowed(octets) => {
            std::str::from_utf8(octets).map_or_else(|_| latin(octets).into(), Cow::Borrowed)
        }
        Cow::Owned(octets) => match String::from_utf8(octets) {
            Ok(text) => text.into(),
            Err(error) => latin(error.as_bytes()).into(),
        },
    }
}

/// Whether a value without control characters is one of those that almost all are, which violate no
/// rule: a type without parameters, or what browsers write in form data.
#[inline]
pub(crate) fn is_usual(value: &[u8]) -> bool {
    match value.strip_prefix(b"form-data; name=\"") {
        Some(rest) => ends_usual_form(rest),
        None => matches!(value, b"inline" | b"attachment"),
    }
}

/// Whether the rest of a form field's value ends with its name, or with a file name behind that.
fn ends_usual_form(rest: &[u8]) -> bool {
    let behind_quote =
        |octets: &[u8]| octets.iter().position(|&octet| octet == b'"').map(|quote| quote + 1);
    let Some(rest) = behind_quote(rest).and_then(|end| rest.get(end..)) else { return false };
    match rest.strip_prefix(b"; filename=\"") {
        Some(name) => behind_quote(name) == Some(name.len()),
        None => rest.is_empty(),
    }
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    let Some(parsed) = ContentDisposition::parse(value) else {
        return Some(Rule::ContentDispositionSyntax);
    };
    let (mut is_sound, mut is_commented) = (true, false);
    let mut form = FormParameters::default();
    for step in parsed.steps() {
        is_commented |= step.is_commented;
        if let Some(parameter) = step.parameter {
            is_sound &= !matches!(parameter.value, Value::Bare(_) | Value::Spaced(_));
            form.count(parameter.name);
        }
    }
    // What the default does not tolerate comes first: one rule is given.
    match parsed.is_form_data() {
        true if form.is_repeated() => Some(Rule::FormParameterRepeated),
        _ if !is_sound => Some(Rule::ContentDispositionSyntax),
        true if form.violation().is_some() => form.violation(),
        _ => is_commented.then_some(Rule::FieldComment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6266_4_3_the_extended_filename_is_preferred_where_it_can_be_decoded() {
        for (value, expected) in [
            (&b"attachment; filename=a.txt"[..], Some("a.txt")),
            (b"attachment; filename=\"a \\\"b\\\".txt\"", Some("a \"b\".txt")),
            (b"attachment; filename=a; filename*=UTF-8''%e2%82%ac%20rates", Some("\u{20ac} rates")),
            (b"attachment; filename*=iso-8859-1'en'%A3%20rates; filename=a", Some("\u{a3} rates")),
            (b"attachment; filename*=UTF-8''%e2%82; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%zz; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%+1; filename=a", Some("a")),
            (b"attachment; filename*=UTF-8''%4; filename=a", Some("a")),
            (b"attachment; filename*=koi8-r''a; filename=b", Some("b")),
            (b"attachment; filename*=a; filename=b", Some("b")),
            (b"attachment; filename=\"na\xEFve\"", Some("na\u{ef}ve")),
            (b"attachment; filename*0=a; name=b", None),
            (b"inline", None),
        ] {
            let parsed = ContentDisposition::parse(value).unwrap();
            assert_eq!(parsed.filename().as_deref(), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn rfc6266_4_1_a_disposition_is_a_type_and_parameters() {
        let inline = ContentDisposition::parse(b"inline").unwrap();
        assert_eq!((inline.type_(), inline.parameters().count()), ("inline", 0));
        let value = br#"attachment; filename="a\"b"; filename*=UTF-8''%e2%82%ac"#;
        let attachment = ContentDisposition::parse(value).unwrap();
        assert_eq!(attachment.parameter("FileName").unwrap().as_ref(), br#"a"b"#);
        assert_eq!(attachment.parameter("filename*").unwrap().as_ref(), b"UTF-8''%e2%82%ac");
        assert_eq!(violation(value), None);
        let commented = b"attachment (a); filename=\"b\\\"c\" (d)";
        let parsed = ContentDisposition::parse(commented).unwrap();
        assert_eq!(parsed.parameter("filename").unwrap().as_ref(), b"b\"c");
        assert_eq!(parsed.raw_parameter("FileName"), Some(&b"b\\\"c"[..]));
        assert_eq!(violation(commented), Some(Rule::FieldComment));
        let spaced = ContentDisposition::parse(b"attachment; filename=a b.txt ; c=d").unwrap();
        assert_eq!(spaced.filename().as_deref(), Some("a b.txt"));
        assert_eq!(spaced.raw_parameter("c"), Some(&b"d"[..]));
        for bad in [
            &b""[..],
            b"inline; a=b c",
            b"inline; a=b (c",
            b"; a=b",
            b"inline a=b",
            b"inline; a=\"",
            b"inline; a=b:c",
        ] {
            assert_eq!(
                violation(bad),
                Some(Rule::ContentDispositionSyntax),
                "{}",
                bad.escape_ascii()
            );
        }
    }
}
