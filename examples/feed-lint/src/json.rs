//! Findings for programs.

use atom_fsm::validate::Finding;
use atom_fsm::{Level, Limit, Position, Rule};
use serde_json::{Value, json};

/// A finding as a JSON object.
#[must_use]
pub fn line(file: &str, finding: &Finding) -> Value {
    let level = match finding.level() {
        Level::Fatal => "fatal",
        Level::Must => "must",
        Level::Advice => "advice",
    };
    let at = finding.position();
    json!({
        "file": file,
        "line": at.map(Position::line),
        "column": at.map(Position::column),
        "offset": at.map(Position::offset),
        "octets": finding.span().map(|span| span.end - span.start),
        "level": level,
        "rule": finding.rule().map(Rule::name),
        "limit": finding.limit().map(Limit::name),
        "section": finding.rule().map(Rule::section),
        "sentence": finding.rule().map(Rule::sentence),
        "message": finding.to_string(),
    })
}
