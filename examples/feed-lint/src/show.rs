//! Findings for people.

use crate::excerpt::Excerpt;
use crate::lint::Lint;
use atom_fsm::validate::Finding;
use atom_fsm::{Level, Position, Reader};
use codespan_reporting::diagnostic::{Diagnostic, Label, LabelStyle, Severity};
use codespan_reporting::term::{Config, emit_to_string};
use std::borrow::Cow;

/// The findings in a document as text, each with the part of the document that it is about.
///
/// # Errors
/// None in practice: those of the library that formats the text.
pub fn show(name: &str, source: &[u8], lint: &Lint) -> anyhow::Result<String> {
    let decoded = Reader::new().repair().decode(source, None);
    let text = match &decoded {
        Ok(decoded) => Cow::Borrowed(decoded.as_str()),
        Err(_) => String::from_utf8_lossy(source),
    };
    let mut out = String::new();
    for finding in lint.findings() {
        out.push_str(&one(name, &text, finding)?);
    }
    Ok(out)
}

fn one(name: &str, source: &str, finding: &Finding) -> anyhow::Result<String> {
    let severity = match finding.level() {
        Level::Fatal | Level::Must => Severity::Error,
        Level::Advice => Severity::Note,
    };
    let (code, message, note) = match finding.rule() {
        Some(rule) => (rule.name(), rule.sentence().to_owned(), rule.section().to_owned()),
        None => {
            let limit = finding.limit().map_or("limit", atom_fsm::Limit::name);
            (limit, finding.to_string(), "a limit of this program".to_owned())
        }
    };
    let at = finding.position();
    let number = |number: Option<u64>| number.and_then(|it| usize::try_from(it).ok()).unwrap_or(1);
    let span = finding.span().unwrap_or_default();
    let span = usize::try_from(span.start).unwrap_or(usize::MAX)
        ..usize::try_from(span.end).unwrap_or(usize::MAX);
    let (line, column) = (number(at.map(Position::line)), number(at.map(Position::column)));
    let excerpt = Excerpt::new(name, source, span, line, column);
    let label = Label::new(LabelStyle::Primary, (), excerpt.span());
    let diagnostic = Diagnostic::new(severity)
        .with_code(code)
        .with_message(message)
        .with_label(label)
        .with_note(note);
    let mut out = String::new();
    emit_to_string(&mut out, &Config::default(), &excerpt, &diagnostic)?;
    Ok(out)
}
