//! Checks of a link's target and parameters that go beyond the grammar.

use crate::ext_value::ext_value;
use crate::language_tag::is_language_tag;
use crate::link_field::grammar::{Step, Value};
use crate::link_field::known::Known;
use crate::link_field::media_type::is_media_type;
use crate::link_field::parameter::Parameter;
use crate::link_field::scan::is_control;
use crate::relation::is_relation_types;
use crate::report::Report;
use crate::rule::Rule;
use iri_string::types::{IriReferenceStr, UriReferenceStr};

/// Checks a target and gives its text without white space around it. The text has no meaning if the
/// target is refused.
pub(crate) fn target<'a>(report: &mut Report<'a>, inside: &'a [u8]) -> &'a str {
    let octets = trimmed(inside);
    report.expect(octets.len() == inside.len(), Rule::TargetSpace, inside);
    if let Some(at) = memchr::memchr2(b'\r', b'\n', octets) {
        report.violation(Rule::FieldLineBreak, &octets[at..]);
    }
    let text = std::str::from_utf8(octets);
    match text {
        Ok(text) => reference(report, text, octets, Rule::TargetSyntax),
        Err(_) => report.violation(Rule::ReferenceUtf8, octets),
    }
    text.unwrap_or_default()
}

/// The octets without the white space around them.
fn trimmed(octets: &[u8]) -> &[u8] {
    let is_text = |octet: &u8| !matches!(octet, b' ' | b'\t');
    let end = octets.iter().rposition(is_text).map_or(0, |last| last + 1);
    let start = octets[..end].iter().position(is_text).unwrap_or(end);
    &octets[start..end]
}

fn reference<'a>(report: &mut Report<'a>, text: &str, octets: &'a [u8], syntax: Rule) {
    if text.is_ascii() {
        report.expect(UriReferenceStr::new(text).is_ok(), syntax, octets);
    } else {
        report.violation(Rule::ReferenceAscii, octets);
        report.expect(IriReferenceStr::new(text).is_ok(), syntax, octets);
    }
}

/// Checks the parameters of one link, in order.
#[derive(Debug, Default)]
pub(crate) struct Check {
    seen: u8,
}

impl Check {
    /// Checks one step, which consists of these octets.
    pub(crate) fn step<'a>(&mut self, report: &mut Report<'a>, step: Step<'a>, octets: &'a [u8]) {
        let param = match step {
            Step::Param(param) => param,
            Step::Misnamed => return report.violation(Rule::ParameterName, octets),
            Step::Empty => return report.violation(Rule::ParameterEmpty, octets),
            Step::Stray => return report.violation(Rule::ParameterSeparator, octets),
        };
        report.expect(!param.unseparated, Rule::ParameterSeparator, octets);
        report.expect(!param.spaced, Rule::ParameterSpace, octets);
        match param.value {
            Value::Absent | Value::Token(_) => {}
            Value::Quoted(inside) => report.expect(inside.is_ascii(), Rule::ValueAscii, inside),
            Value::Bracketed(_) => report.violation(Rule::AnchorBrackets, octets),
            Value::Loose(_) => report.violation(Rule::ParameterValue, octets),
        }
        let parameter = Parameter::new(param);
        let known = Known::of(parameter.name());
        if let Some(known) = known {
            if let Some(rule) = self.repeated(known) {
                return report.violation(rule, octets);
            }
        }
        meaning(report, known, parameter, octets);
    }

    /// Checks what is known only at the end of a link.
    pub(crate) fn finish<'a>(self, report: &mut Report<'a>, link: &'a [u8]) {
        report.expect(self.seen & 1 << Known::Rel as u8 != 0, Rule::RelMissing, link);
    }

    /// The rule that a parameter violates because it occurred before. It then has no effect.
    fn repeated(&mut self, known: Known) -> Option<Rule> {
        let bit = 1 << known as u8;
        let again = self.seen & bit != 0;
        self.seen |= bit;
        known.repeated().filter(|_| again)
    }
}

fn meaning<'a>(
    report: &mut Report<'a>,
    known: Option<Known>,
    parameter: Parameter<'a>,
    octets: &'a [u8],
) {
    match known {
        Some(Known::Rel) => relations(report, parameter, octets),
        Some(Known::Rev) => {
            report.violation(Rule::RevDeprecated, octets);
            relations(report, parameter, octets);
        }
        Some(Known::Anchor) => anchor(report, parameter, octets),
        Some(Known::Hreflang) => {
            let holds = parameter.octets().is_some_and(|value| is_language_tag(&value));
            report.expect(holds, Rule::HreflangSyntax, octets);
        }
        Some(Known::Type) => {
            let holds = parameter.octets().is_some_and(|value| is_media_type(&value));
            report.expect(holds, Rule::TypeSyntax, octets);
        }
        _ if parameter.name().ends_with('*') => extended(report, parameter, octets),
        Some(Known::Media | Known::Title | Known::TitleStar) | None => {}
    }
}

fn relations<'a>(report: &mut Report<'a>, parameter: Parameter<'a>, octets: &'a [u8]) {
    let holds = parameter.value().is_some_and(|value| is_relation_types(&value));
    report.expect(holds, Rule::RelSyntax, octets);
    let renamed = parameter.relations().any(|found| found.renamed().is_some());
    report.expect(!renamed, Rule::RelRenamed, octets);
}

fn anchor<'a>(report: &mut Report<'a>, parameter: Parameter<'a>, octets: &'a [u8]) {
    let Some(value) = parameter.octets() else {
        return report.violation(Rule::AnchorSyntax, octets);
    };
    match std::str::from_utf8(&value) {
        Ok(text) => reference(report, text, octets, Rule::AnchorSyntax),
        Err(_) => report.violation(Rule::ReferenceUtf8, octets),
    }
}

fn extended<'a>(report: &mut Report<'a>, parameter: Parameter<'a>, octets: &'a [u8]) {
    let quoted = matches!(parameter.raw_value(), Value::Quoted(_));
    report.expect(!quoted, Rule::ExtValueQuoted, octets);
    let Some(Ok((_, value))) = parameter.raw().map(ext_value) else {
        return report.violation(Rule::ExtValueSyntax, octets);
    };
    report.expect(value.is_utf8(), Rule::ExtValueCharset, octets);
    let decoded = value.decoded();
    let decodes = !value.is_utf8() || decoded.is_some();
    report.expect(decodes && value.is_strict(), Rule::ExtValueSyntax, octets);
    let has_controls = decoded.is_some_and(|decoded| decoded.has_controls());
    report.expect(!has_controls, Rule::ExtValueControl, octets);
}

/// Checks that octets contain no control characters except tabs, and no line breaks except those of
/// folds.
pub(crate) fn controls<'a>(report: &mut Report<'a>, octets: &'a [u8]) {
    let mut rest = octets;
    while let Some(at) = rest.iter().position(|&octet| is_control(octet)) {
        rest = &rest[at..];
        let (rule, len) = match rest {
            [b'\r', b'\n', b' ' | b'\t', ..] => (Rule::FieldFold, 3),
            [b'\n', b' ' | b'\t', ..] => (Rule::FieldFold, 2),
            [0 | b'\r' | b'\n', ..] => (Rule::FieldLineBreak, 1),
            _ => (Rule::FieldControl, 1),
        };
        let (control, after) = rest.split_at(len);
        report.violation(rule, control);
        rest = after;
    }
}
