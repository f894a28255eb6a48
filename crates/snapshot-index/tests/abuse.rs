//! What an index may be abused with: each row of `tests/data/abuse.tsv` under every tolerance.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use snapshot_index::{
    Error, ErrorKind, Level, Reader, Resolver, Rule, SnapshotIndexRef, Tolerance,
};
use std::collections::HashSet;
use support::table::{self, Case, LIMITS, Outcome};
use support::{ALL, DRAFTS, STRICT, rules};

fn read(case: &Case, reader: Reader) -> Result<SnapshotIndexRef<'_>, Error> {
    reader.read(&case.input)
}

/// Runs all rows, and names every one that fails.
fn each(holds: impl Fn(&Case) -> Result<(), String>) {
    let cases = table::cases();
    let failed = cases
        .iter()
        .filter_map(|case| holds(case).err().map(|why| format!("{}: {why}\n", case.name)));
    let failed: String = failed.collect();
    assert!(failed.is_empty(), "{failed}");
}

#[expect(clippy::needless_pass_by_value, reason = "what is compared is made for it")]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} {found:?}, not {expected:?}")) }
}

/// The first of some rules that a tolerance does not tolerate.
fn first_refused(rules: &[Rule], tolerance: Tolerance) -> Option<ErrorKind> {
    rules.iter().find(|&&rule| !tolerance.tolerates(rule)).map(|&rule| ErrorKind::Rule(rule))
}

/// The error of a result, which must be one that a person can use.
fn kind<T>(result: Result<T, Error>, input: &[u8]) -> Result<Option<ErrorKind>, String> {
    let Err(error) = result else { return Ok(None) };
    let text = error.to_string();
    let name = match error.kind() {
        ErrorKind::Rule(rule) => rule.name(),
        ErrorKind::Limit(limit) => limit.name(),
        _ => return Err(format!("no rule and no limit: {text}")),
    };
    let is_one_line = text.len() < 400 && !text.contains(char::is_control);
    let is_inside = error.offset() <= input.len() as u64;
    if is_one_line && is_inside && text.contains(name) {
        Ok(Some(error.kind()))
    } else {
        Err(format!("of no use: {error:?}"))
    }
}

#[test]
fn each_abuse_breaks_its_rule_at_its_level() {
    each(|case| {
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let expected = match &case.read {
                Outcome::Refused(rule) => Some(ErrorKind::Rule(*rule)),
                Outcome::Exceeded(limit) => Some(ErrorKind::Limit(*limit)),
                Outcome::Read(broken) => first_refused(broken, tolerance),
            };
            let found = kind(read(case, DRAFTS.tolerance(tolerance)), &case.input)?;
            same(&format!("read under {tolerance:?}:"), found, expected)?;
        }
        Ok(())
    });
}

#[test]
fn each_abuse_that_is_read_is_reported_in_full_by_a_check() {
    each(|case| {
        let Outcome::Read(broken) = &case.read else { return Ok(()) };
        let index = read(case, ALL).map_err(|error| error.to_string())?;
        let found = index.check(&Tolerance::ALL).map_err(|error| error.to_string())?;
        // An index does not distinguish a `completed` of null from a missing one, as a document does.
        let expected: Vec<_> = broken
            .iter()
            .map(|&rule| if rule == Rule::CompletedNull { Rule::CompletedMissing } else { rule })
            .collect();
        same("checked:", rules(&found), expected)?;
        let strict = DRAFTS.tolerance(Tolerance::ALL.without(Rule::UriSyntax));
        if let (false, Ok(index)) = (broken.contains(&Rule::UriSyntax), read(case, strict)) {
            same("read in full:", rules(index.diagnostics()), broken.clone())?;
        }
        for found in found.iter() {
            let span = found.span();
            let is_inside = span.start < span.end && span.end <= case.input.len() as u64;
            same("inside:", is_inside, true)?;
        }
        Ok(())
    });
}

#[test]
fn each_abuse_that_a_strict_reader_takes_is_written_and_read_again() {
    each(|case| {
        let Ok(index) = read(case, STRICT) else { return Ok(()) };
        let written = index.to_vec().map_err(|error| error.to_string())?;
        let again = STRICT.read(&written);
        same("again:", again.as_ref(), Ok(&index))
    });
}

#[test]
fn each_abuse_resolves_or_breaks_its_rule() {
    each(|case| {
        let Some(broken) = &case.resolved else { return Ok(()) };
        let index = read(case, ALL).map_err(|error| error.to_string())?;
        for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
            let resolved = Resolver::new(&case.base)
                .and_then(|base| base.tolerance(tolerance).resolve(&index));
            let reported = resolved.as_ref().map(|resolved| rules(resolved.diagnostics()));
            let reported = reported.unwrap_or_default();
            let expected = first_refused(broken, tolerance);
            same("refused:", kind(resolved, &case.input)?, expected)?;
            same("reported:", reported, if expected.is_none() { broken.clone() } else { vec![] })?;
        }
        Ok(())
    });
}

#[test]
fn every_rule_and_most_limits_have_an_abuse() {
    let (mut rules, mut limits) = (HashSet::new(), HashSet::new());
    for case in table::cases() {
        match &case.read {
            Outcome::Read(broken) => rules.extend(broken),
            Outcome::Refused(rule) => _ = rules.insert(rule),
            Outcome::Exceeded(limit) => _ = limits.insert(limit),
        }
        rules.extend(case.resolved.iter().flatten());
    }
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !rules.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(limits.len(), LIMITS.len());
    let musts = Rule::ALL.iter().filter(|rule| rule.level() == Level::Must);
    assert_eq!(musts.filter(|rule| rules.contains(rule)).count(), 5);
}

#[test]
fn a_table_that_is_empty_or_malformed_is_no_table() {
    let good = "a\tsound\tok\tvalid\tid\t\"a\"";
    assert_eq!(table::parsed(good).len(), 1);
    for bad in [
        "",
        "# none",
        "a\tsound\tok\tvalid\tid",
        "a\tsound\tok\tvalid\tid\t1\t2",
        "a\tsound\t-\tvalid\tid\t1",
        "a\tsound\tok\tperhaps\tid\t1",
        "a\tsound\tok\tvalid\tname\t1",
        "a\tsound\tok\tvalid\tid\t«0",
        "a\tsound\tok\tvalid\tid\t«0»",
        "a\tsound\tok\tvalid\tid\t«a*b»",
        "a\tfatal:encoding\tok\tvalid\tid\t1",
        "a\tmust:encoding\t-\tvalid\tid\t1",
        "a\tfatal:unheard-of\t-\tvalid\tid\t1",
        "a\tencoding\t-\tvalid\tid\t1",
        "a\tlimit:patience\t-\tvalid\tid\t1",
        "a\tfatal:encoding,fatal:incomplete\t-\tvalid\tid\t1",
        "a\tsound\tok\tvalid\tid\t1\na\tsound\tok\tvalid\tid\t1",
    ] {
        let parsed = std::panic::catch_unwind(|| table::parsed(bad).len());
        assert!(parsed.is_err(), "{bad:?}");
    }
}
