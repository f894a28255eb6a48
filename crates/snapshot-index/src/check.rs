//! The rules that concern what an index says, once its syntax is read.

use crate::index::SnapshotIndexRef;
use crate::member::id;
use crate::member::uris::numbering::Numbering;
use crate::member::uris::{reference, repeats};
use crate::place::Place;
use crate::rule::{Level, Rule};
use crate::tolerance::Tolerance;

/// A breach that is not tolerated.
pub(crate) type Refused = (Rule, Place);

/// Collects breaches, up to a cap, and refuses what the tolerance does not hold.
pub(crate) struct Findings {
    tolerance: Tolerance,
    cap: usize,
    kept: Vec<(Rule, Place)>,
    omitted: u64,
    has_broken_must: bool,
}

impl Findings {
    pub(crate) fn new(tolerance: Tolerance, cap: usize) -> Self {
        Self { tolerance, cap, kept: Vec::new(), omitted: 0, has_broken_must: false }
    }

    pub(crate) fn report(&mut self, rule: Rule, place: Place) -> Result<(), Refused> {
        if !self.tolerance.tolerates(rule) {
            return Err((rule, place));
        }
        self.has_broken_must |= rule.level() == Level::Must;
        if self.kept.len() < self.cap {
            self.kept.push((rule, place));
        } else {
            self.omitted += 1;
        }
        Ok(())
    }

    pub(crate) fn has_broken_must(&self) -> bool {
        self.has_broken_must
    }

    pub(crate) fn into_parts(self) -> (Vec<(Rule, Place)>, u64) {
        (self.kept, self.omitted)
    }
}

/// Whether a tolerance holds every rule about items, so that reading can leave them alone.
pub(crate) fn holds_all_about_items(tolerance: Tolerance) -> bool {
    [Rule::UriSyntax, Rule::UriSameDocument, Rule::UriRepeated]
        .into_iter()
        .all(|rule| tolerance.tolerates(rule))
}

/// What takes no table and no grammar.
pub(crate) fn members(
    index: &SnapshotIndexRef<'_>,
    completed_is_null: bool,
    findings: &mut Findings,
) -> Result<(), Refused> {
    let started = index.started;
    for rule in id::violated_rules(index.id(), started) {
        findings.report(rule, Place::Id)?;
    }
    if started.is_doubtful() {
        findings.report(Rule::TimeInSeconds, Place::Started)?;
    }
    match index.completed {
        Some(completed) => {
            if completed.is_doubtful() {
                findings.report(Rule::TimeInSeconds, Place::Completed)?;
            }
            if completed < started {
                findings.report(Rule::CompletedBeforeStarted, Place::Completed)?;
            }
        }
        None if completed_is_null => findings.report(Rule::CompletedNull, Place::Completed)?,
        None => findings.report(Rule::CompletedMissing, Place::Document)?,
    }
    if index.uris.is_empty() {
        findings.report(Rule::UrisEmpty, Place::Uris)?;
    }
    Ok(())
}

/// What takes a comparison of all items, and the grammar of each.
pub(crate) fn items(index: &SnapshotIndexRef<'_>, findings: &mut Findings) -> Result<(), Refused> {
    let mut repeated = repeats::repeated(&index.uris).into_iter().peekable();
    let mut numbering = Numbering::default();
    for (number, uri) in index.uris().enumerate() {
        let place = Place::Uri(number);
        if let Some(rule) = reference::violated_rule(uri) {
            findings.report(rule, place)?;
        }
        if repeated.next_if_eq(&number).is_some() {
            findings.report(Rule::UriRepeated, place)?;
        }
        if numbering.is_first_gap(uri) {
            findings.report(Rule::UriNumbering, place)?;
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

    /// What holds of the items, told by the grammar for each and a table of all.
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
            let mut findings = Findings::new(Tolerance::ALL, usize::MAX);
            prop_assert_eq!(items(&index, &mut findings), Ok(()));
            prop_assert_eq!(findings.into_parts(), (slowly(&uris), 0));
        }
    }
}
