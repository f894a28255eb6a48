//! Content-Type values, of packages and of parts.

use crate::boundary::Boundary;
use crate::error::Error;
use crate::grammar::{self, ParameterStep, Value, is_space};
use crate::limits::Limits;
use crate::read_boundary::ReadBoundary;
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use nom::Offset;
use std::borrow::Cow;
use std::fmt;

/// A Content-Type value (RFC 9110 section 8.3).
///
/// Parsing checks the whole value. The accessors read its parameters on demand.
///
/// The mime crate refuses quoted pairs, and unquoted values such as the draft's
/// `boundary=gc0p4Jq0M:2Yt0`. This type accepts both, the latter if [`Rule::ParameterUnquoted`] is
/// tolerated. It also reads comments and folds, as they are in mail, and unquoted values with
/// spaces; each of these has a rule, too. Behind the `=` of a parameter, a parenthesis does not begin
/// a comment, but an unquoted value.
///
/// ```
/// use multipart_package::ContentType;
///
/// let content_type = ContentType::parse(br#"multipart/mixed; boundary="gc0p4Jq0M:2Yt08jU534c0p""#)?;
/// assert_eq!(content_type.subtype(), "mixed");
/// assert_eq!(content_type.boundary()?.as_str(), "gc0p4Jq0M:2Yt08jU534c0p");
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ContentType<'a> {
    value: &'a [u8],
    type_: &'a str,
    subtype: &'a str,
    parameters: &'a [u8],
    offset: u64,
    tolerance: Tolerance,
    diagnostics: Diagnostics,
}

impl<'a> ContentType<'a> {
    /// Parses a field value under [`Tolerance::DRAFTS`].
    ///
    /// # Errors
    /// Those of [`parse_with`](Self::parse_with).
    pub fn parse(value: &'a [u8]) -> Result<Self, Error> {
        Self::parse_with(value, Tolerance::DRAFTS)
    }

    /// Parses a field value.
    ///
    /// # Errors
    /// [`Rule::ContentTypeSyntax`], and unless they are tolerated, [`Rule::ParameterUnquoted`],
    /// [`Rule::ParameterUnquotedSpace`], [`Rule::ParameterSpace`], [`Rule::FieldComment`],
    /// [`Rule::FieldFold`] and [`Rule::BareLineFeed`]. Offsets count from the start of the value.
    pub fn parse_with(value: &'a [u8], tolerance: Tolerance) -> Result<Self, Error> {
        Self::parse_at(value, tolerance, 0)
    }

    pub(crate) fn parse_at(
        value: &'a [u8],
        tolerance: Tolerance,
        base: u64,
    ) -> Result<Self, Error> {
        let at = |rest: &[u8]| base + value.offset(rest) as u64;
        let trimmed = grammar::trimmed(value);
        let refused = |found: &[u8], whole: &[u8]| {
            Error::violation(Rule::ContentTypeSyntax, at(found), whole)
        };
        let mut report = Report::new(tolerance, Limits::default());
        check_folds(trimmed, at(trimmed), &mut report)?;
        let (names, is_commented) = grammar::cfws(trimmed).map_err(|_| refused(value, value))?;
        if is_commented {
            let comment = &trimmed[..trimmed.len() - names.len()];
            report.violation(Rule::FieldComment, at(trimmed), comment)?;
        }
        let (parameters, (type_, subtype)) =
            grammar::media_type_names(names).map_err(|_| refused(value, value))?;
        let offset = at(parameters);
        let mut rest = parameters;
        while !rest.is_empty() {
            let (next, ParameterStep { parameter, is_commented }) =
                grammar::next_parameter(rest).map_err(|_| refused(rest, rest))?;
            let unquoted = match parameter.map(|parameter| parameter.value) {
                Some(Value::Bare(_)) => Some(Rule::ParameterUnquoted),
                Some(Value::Spaced(_)) => Some(Rule::ParameterUnquotedSpace),
                _ => None,
            };
            let is_spaced = parameter.is_some_and(|parameter| parameter.spaced);
            let spaced = is_spaced.then_some(Rule::ParameterSpace);
            let commented = is_commented.then_some(Rule::FieldComment);
            for rule in [unquoted, spaced, commented].into_iter().flatten() {
                report.violation(rule, at(rest), &rest[..rest.len() - next.len()])?;
            }
            rest = next;
        }
        let diagnostics = report.diagnostics;
        Ok(Self { value, type_, subtype, parameters, offset, tolerance, diagnostics })
    }

    /// The type as written. Types are compared case-insensitively; see [`is`](Self::is).
    #[must_use]
    pub fn type_(&self) -> &'a str {
        self.type_
    }

    /// The subtype as written. Subtypes are compared case-insensitively; see [`is`](Self::is).
    #[must_use]
    pub fn subtype(&self) -> &'a str {
        self.subtype
    }

    /// Whether this is the given type and subtype, compared case-insensitively.
    #[must_use]
    pub fn is(&self, type_: &str, subtype: &str) -> bool {
        self.type_.eq_ignore_ascii_case(type_) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// The whole value as written.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.value
    }

    /// The value of the first parameter with the given name, compared case-insensitively.
    ///
    /// Quotes are removed, and quoted pairs and folds are resolved.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let mut values = self.values(name);
        values.next().map(|(_, value)| value.octets())
    }

    /// The value of the first parameter with the given name as it is written, without its quotes:
    /// quoted pairs and folds are not resolved.
    #[must_use]
    pub fn raw_parameter(&self, name: &str) -> Option<&'a [u8]> {
        self.values(name).next().map(|(_, value)| value.raw())
    }

    /// The boundary parameter, if it is a boundary that a writer may use.
    ///
    /// # Errors
    /// [`Rule::BoundaryMissing`], [`Rule::BoundaryRepeated`] or [`Rule::BoundarySyntax`]. Offsets
    /// are those of the parameter in the value.
    pub fn boundary(&self) -> Result<Boundary, Error> {
        let (at, octets) = self.boundary_octets()?;
        Boundary::from_octets(&octets)
            .map_err(|_| Error::violation(Rule::BoundarySyntax, at, &octets))
    }

    /// The boundary parameter, to read by.
    ///
    /// # Errors
    /// Those of [`boundary`](Self::boundary). If the value was parsed under a tolerance that
    /// contains [`Rule::BoundarySyntax`], [`Rule::BoundaryOctets`] instead of that rule.
    pub fn read_boundary(&self) -> Result<ReadBoundary, Error> {
        let (at, octets) = self.boundary_octets()?;
        ReadBoundary::parse_with(&octets, self.tolerance).map_err(|error| error.at(at))
    }

    fn boundary_octets(&self) -> Result<(u64, Cow<'a, [u8]>), Error> {
        let mut values = self.values("boundary");
        let Some((at, value)) = values.next() else {
            return Err(Error::violation(Rule::BoundaryMissing, self.offset, self.value));
        };
        if let Some((again, _)) = values.next() {
            return Err(Error::violation(Rule::BoundaryRepeated, again, self.value));
        }
        Ok((at, value.octets()))
    }

    /// The violations that were tolerated in the value.
    ///
    /// Their spans count from where the offsets of errors do: from the start of the value, or from
    /// the start of the whole input for the Content-Type of a part's [`Head`](crate::Head).
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Converts the value into a `mime::Mime`, or returns `None` if that crate cannot parse it.
    #[cfg(feature = "mime")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mime")))]
    #[must_use]
    pub fn to_mime(&self) -> Option<mime::Mime> {
        std::str::from_utf8(self.value).ok()?.parse().ok()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = (u64, Value<'a>)> {
        let (mut rest, parameters, offset) = (self.parameters, self.parameters, self.offset);
        std::iter::from_fn(move || {
            let at = offset + (parameters.len() - rest.len()) as u64;
            if rest.is_empty() {
                return None;
            }
            let (next, parameter) = grammar::next_parameter(rest).ok()?;
            rest = next;
            Some((at, parameter.parameter))
        })
        .filter_map(|(at, parameter)| parameter.map(|parameter| (at, parameter)))
        .filter(move |(_, parameter)| parameter.name.eq_ignore_ascii_case(name))
        .map(|(at, parameter)| (at, parameter.value))
    }
}

impl fmt::Display for ContentType<'_> {
    /// Writes the whole value as it is written, without the line breaks of its folds. Octets that are
    /// no UTF-8 become U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&grammar::unfolded(self.value)))
    }
}

/// Reports the folds of a value, and refuses any other line break.
fn check_folds(value: &[u8], offset: u64, report: &mut Report) -> Result<(), Error> {
    for at in memchr::memchr2_iter(b'\r', b'\n', value) {
        let (offset, next) = (offset + at as u64, value.get(at + 1).copied().unwrap_or(0));
        match value[at] {
            b'\r' if next == b'\n' => continue,
            b'\n' if is_space(next) => {}
            _ => return Err(Error::violation(Rule::ContentTypeSyntax, offset, &value[at..])),
        }
        if !value[..at].ends_with(b"\r") {
            report.violation(Rule::BareLineFeed, offset, b"\n")?;
        }
        report.violation(Rule::FieldFold, offset, b"\n")?;
    }
    Ok(())
}

#[cfg(feature = "mime")]
#[cfg_attr(docsrs, doc(cfg(feature = "mime")))]
impl TryFrom<&mime::Mime> for Boundary {
    type Error = Error;

    /// Reads the boundary parameter.
    ///
    /// # Errors
    /// Those of [`ContentType::boundary`].
    fn try_from(mime: &mime::Mime) -> Result<Self, Error> {
        ContentType::parse(mime.as_ref().as_bytes())?.boundary()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::error::ErrorKind;

    fn boundary(value: &str) -> Result<String, ErrorKind> {
        let content_type = ContentType::parse(value.as_bytes()).map_err(|error| error.kind())?;
        content_type.boundary().map(|boundary| boundary.to_string()).map_err(|error| error.kind())
    }

    #[test]
    fn rfc2046_5_1_1_the_boundary_parameter_table() {
        let cases: &[(&str, Result<&str, Rule>)] = &[
            ("multipart/mixed; boundary=abc", Ok("abc")),
            ("MULTIPART/Mixed ; BOUNDARY=aBc", Ok("aBc")),
            ("multipart/mixed;boundary=\"a b\"", Ok("a b")),
            ("multipart/mixed; boundary=\"a\\b\"", Ok("ab")),
            ("multipart/mixed; boundary=gc0p4Jq0M:2Yt08jU534c0p", Ok("gc0p4Jq0M:2Yt08jU534c0p")),
            ("multipart/mixed;; charset=x; ;boundary=abc;", Ok("abc")),
            (" multipart/mixed; boundary=abc ", Ok("abc")),
            ("multipart/mixed; boundary=a=b", Ok("a=b")),
            ("multipart/mixed", Err(Rule::BoundaryMissing)),
            ("multipart/mixed; x=\"boundary=abc\"", Err(Rule::BoundaryMissing)),
            ("multipart/mixed; boundary=a; Boundary=a", Err(Rule::BoundaryRepeated)),
            ("multipart/mixed; boundary=\"\"", Err(Rule::BoundarySyntax)),
            ("multipart/mixed; boundary=\"a \"", Err(Rule::BoundarySyntax)),
            ("multipart/mixed; boundary=\"a;b\"", Err(Rule::BoundarySyntax)),
            ("multipart/mixed; boundary=", Err(Rule::ContentTypeSyntax)),
            ("multipart/mixed; boundary=\"abc", Err(Rule::ContentTypeSyntax)),
            ("multipart/mixed; boundary=a b", Err(Rule::ParameterUnquotedSpace)),
            ("multipart", Err(Rule::ContentTypeSyntax)),
            ("", Err(Rule::ContentTypeSyntax)),
            ("multipart/mixed boundary=a", Err(Rule::ContentTypeSyntax)),
            ("multipart/mixed; boundary = a", Err(Rule::ParameterSpace)),
        ];
        for (value, expected) in cases {
            let expected = expected.map(String::from).map_err(ErrorKind::Rule);
            assert_eq!(boundary(value), expected, "{value}");
        }
    }

    #[test]
    fn rfc9110_8_3_1_type_and_subtype_compare_in_any_case() {
        let content_type = ContentType::parse(b"Multipart/Package; boundary=b").unwrap();
        assert_eq!((content_type.type_(), content_type.subtype()), ("Multipart", "Package"));
        assert!(content_type.is("multipart", "package"));
        assert!(!content_type.is("multipart", "mixed") && !content_type.is("text", "package"));
        assert_eq!(content_type.as_bytes(), b"Multipart/Package; boundary=b");
    }

    #[test]
    fn a_content_type_is_shown_in_one_line_as_it_is_written() {
        let value = b"Text/Plain;\r\n charset=\"\xe4\" (a)";
        let content_type = ContentType::parse(value).unwrap();
        assert_eq!(content_type.to_string(), "Text/Plain; charset=\"\u{fffd}\" (a)");
    }

    #[test]
    fn rfc9110_5_6_6_an_unquoted_value_is_reported_by_default_and_refused_when_strict() {
        let value = b"multipart/mixed; boundary=a:b";
        let content_type = ContentType::parse(value).unwrap();
        let [found] = content_type.diagnostics().as_slice() else { panic!("one diagnostic") };
        assert_eq!((found.rule(), found.span()), (Rule::ParameterUnquoted, 15..29));
        let error = ContentType::parse_with(value, Tolerance::STRICT).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(Rule::ParameterUnquoted), 15));
    }

    #[test]
    fn a_thousand_parameters_are_read_once_and_a_doubled_boundary_among_them_is_refused() {
        let many = format!("multipart/mixed{}", "; boundary=x".repeat(1000));
        assert_eq!(boundary(&many), Err(ErrorKind::Rule(Rule::BoundaryRepeated)));
    }

    #[test]
    fn rfc2045_5_1_mime_knows_comments_folds_and_spaces_and_reports_what_http_does_not() {
        let value = b"multipart/mixed (a);\r\n boundary = b (c)";
        let content_type = ContentType::parse_with(value, Tolerance::MIME).unwrap();
        assert_eq!(content_type.boundary().unwrap().as_str(), "b");
        let rules: Vec<_> = content_type.diagnostics().iter().map(Diagnostic::rule).collect();
        let comment = Rule::FieldComment;
        assert_eq!(rules, [Rule::FieldFold, Rule::ParameterSpace, comment, comment]);
        for other in [&b"multipart/mixed; boundary=a:b"[..], b"multipart/mixed; boundary=a b"] {
            assert!(ContentType::parse_with(other, Tolerance::MIME).is_err());
        }
    }

    #[test]
    fn rfc5322_3_2_2_a_comment_before_the_type_is_reported_with_its_place() {
        let content_type = ContentType::parse(b" (a (b)) multipart/mixed; boundary=c").unwrap();
        let [found] = content_type.diagnostics().as_slice() else { panic!("one diagnostic") };
        assert_eq!((found.rule(), found.span()), (Rule::FieldComment, 1..9));
    }

    #[test]
    fn a_raw_parameter_is_as_it_is_written_without_its_quotes() {
        let value = br#"text/plain; a="b\"c"; d=e; f="g\\h""#;
        let content_type = ContentType::parse(value).unwrap();
        for (name, raw, octets) in
            [("a", &br#"b\"c"#[..], &br#"b"c"#[..]), ("D", b"e", b"e"), ("f", br"g\\h", br"g\h")]
        {
            assert_eq!(content_type.raw_parameter(name), Some(raw));
            assert_eq!(content_type.parameter(name).unwrap().as_ref(), octets);
        }
        assert_eq!(content_type.raw_parameter("g"), None);
    }

    #[cfg(feature = "mime")]
    #[test]
    fn a_boundary_is_read_from_a_mime() {
        let mime: mime::Mime = "multipart/package; boundary=\"a b\"".parse().unwrap();
        assert_eq!(Boundary::try_from(&mime).unwrap().as_str(), "a b");
        let plain: mime::Mime = "text/plain".parse().unwrap();
        assert_eq!(
            Boundary::try_from(&plain).unwrap_err().kind(),
            ErrorKind::Rule(Rule::BoundaryMissing)
        );
    }
}
