//! The rules about what an index says, once its syntax is read.

use crate::error::Error;
use crate::index::SnapshotIndexRef;
use crate::limits::Limits;
use crate::member::id;
use crate::member::uris::numbering::Numbering;
use crate::member::uris::{reference, repeats};
use crate::place::Place;
use crate::report::{Refused, Report};
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;

impl SnapshotIndexRef<'_> {
    /// Checks every rule that needs no base URI, the rules about the items of `uris` included.
    ///
    /// It keeps at most 64 diagnostics, whatever the limits of the reader were, and does not change
    /// [`diagnostics`](Self::diagnostics). A `completed` that was null in the input is reported as
    /// [`Rule::CompletedMissing`].
    ///
    /// # Errors
    ///
    /// The first violation that the tolerance does not contain.
    pub fn check(&self, tolerance: &Tolerance) -> Result<Diagnostics, Error> {
        let mut report = Report::new(*tolerance, Limits::DEFAULT.diagnostics);
        everything(self, &mut report).map_err(|refused| self.refused(refused))?;
        Ok(report.into_diagnostics(self))
    }
}

/// Whether a tolerance contains every rule about items, so that reading need not check them.
pub(crate) fn tolerates_all_about_items(tolerance: Tolerance) -> bool {
    [Rule::UriSyntax, Rule::UriSameDocument, Rule::UriRepeated]
        .into_iter()
        .all(|rule| tolerance.tolerates(rule))
}

/// Checks every rule that needs no base URI.
pub(crate) fn everything(index: &SnapshotIndexRef<'_>, report: &mut Report) -> Result<(), Refused> {
    members(index, false, report)?;
    items(index, report)
}

/// Checks the rules that need neither a table nor a grammar.
pub(crate) fn members(
    index: &SnapshotIndexRef<'_>,
    completed_is_null: bool,
    report: &mut Report,
) -> Result<(), Refused> {
    let started = index.started;
    for rule in id::violated_rules(index.id(), started) {
        report.violation(rule, Place::Id)?;
    }
    if started.is_doubtful() {
        report.violation(Rule::TimeInSeconds, Place::Started)?;
    }
    match index.completed {
        Some(completed) => {
            if completed.is_doubtful() {
                report.violation(Rule::TimeInSeconds, Place::Completed)?;
            }
            if completed < started {
                report.violation(Rule::CompletedBeforeStarted, Place::Completed)?;
            }
        }
        None if completed_is_null => report.violation(Rule::CompletedNull, Place::Completed)?,
        None => report.violation(Rule::CompletedMissing, Place::Document)?,
    }
    if index.uris.is_empty() {
        report.violation(Rule::UrisEmpty, Place::Uris)?;
    }
    Ok(())
}

/// Checks the items of `uris`, each against the grammar and all against each other.
pub(crate) fn items(index: &SnapshotIndexRef<'_>, report: &mut Report) -> Result<(), Refused> {
    let mut repeated = repeats::repeated(&index.uris).into_iter().peekable();
    let mut numbering = Numbering::default();
    for (number, uri) in index.uris().enumerate() {
        let place = Place::Uri(number);
        if let Some(rule) = reference::violated_rule(uri) {
            report.violation(rule, place)?;
        }
        if repeated.next_if_eq(&number).is_some() {
            report.violation(Rule::UriRepeated, place)?;
        }
        if numbering.is_first_gap(uri) {
            report.violation(Rule::UriNumbering, place)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::SnapshotIndexBuilder;
    use iri_string::types::UriReferenceStr;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// The violations of the items, found by the grammar for each and a table of all.
    fn slowly(uris: &[String]) -> Vec<(Rule, Place)> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let numbered = |uri: &str| {
            let stem = uri.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            uri.strip_prefix(&*stem).and_then(|number| number.parse::<u64>().ok()).zip(Some(stem))
        };
        let mut has_gap = false;
        for (number, uri) in uris.iter().enumerate() {
            let place = Place::Uri(number);
            if UriReferenceStr::new(uri).is_err() {
                found.push((Rule::UriSyntax, place));
            } else if uri.is_empty() || uri.starts_with('#') {
                found.push((Rule::UriSameDocument, place));
            } else if uri.contains('#') {
                found.push((Rule::UriFragment, place));
            }
            if !seen.insert(uri) {
                found.push((Rule::UriRepeated, place));
            }
            let before = number.checked_sub(1).and_then(|before| numbered(&uris[before]));
            let pair = before.zip(numbered(uri)).filter(|(before, this)| before.1 == this.1);
            if pair.is_some_and(|(before, this)| before.0.checked_add(1) != Some(this.0))
                && !has_gap
            {
                has_gap = true;
                found.push((Rule::UriNumbering, place));
            }
        }
        found
    }

    proptest! {
        #[test]
        fn items_are_told_as_by_a_grammar_for_each_and_a_table_of_all(
            uris in proptest::collection::vec(
                prop_oneof!["/p/[0-9]{0,2}", "[#%:/?a0-2]{0,4}", "(https://h/)?[ab1]"],
                0..12,
            ),
        ) {
            let index = SnapshotIndexBuilder::default()
                .started(chrono::DateTime::UNIX_EPOCH)
                .build()
                .unwrap();
            let mut index = (*index).clone();
            index.uris = uris.iter().map(Into::into).collect();
            let mut report = Report::new(Tolerance::ALL, u64::MAX);
            prop_assert_eq!(items(&index, &mut report), Ok(()));
            let diagnostics = report.diagnostics();
            let found: Vec<_> = diagnostics.iter().map(|one| (one.rule(), one.place())).collect();
            prop_assert_eq!((found, diagnostics.omitted()), (slowly(&uris), 0));
        }
    }
}
