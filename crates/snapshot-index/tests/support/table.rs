//! The table of abuse: `tests/data/abuse.tsv`, which says itself how it is read.

use super::with;
use snapshot_index::{Level, Limit, Rule};
use std::collections::HashSet;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/abuse.tsv");

/// Where an index of the table is retrieved from.
const BASE: &str = "https://example.org/a/index.json";

/// One row.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) read: Outcome,
    /// None if it cannot be read, or would be slow.
    pub(crate) resolved: Option<Vec<Rule>>,
    pub(crate) schema: Schema,
    pub(crate) base: String,
    pub(crate) input: Vec<u8>,
}

/// What comes of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What is reported when everything is tolerated that may be.
    Read(Vec<Rule>),
    Refused(Rule),
    Exceeded(Limit),
}

/// What the schema says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    Valid,
    Invalid,
    /// It cannot be asked: a parser of JSON trees refuses the document.
    NoTree,
    /// It is not asked.
    Slow,
}

/// All rows; panics at one that is malformed, and if there are none.
pub(crate) fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| parsed(TABLE));
    &CASES
}

pub(crate) fn parsed(table: &'static str) -> Vec<Case> {
    let rows =
        table.lines().enumerate().filter(|(_, row)| !row.is_empty() && !row.starts_with('#'));
    let cases: Vec<_> = rows
        .map(|(line, row)| case(row).unwrap_or_else(|why| panic!("row {}: {why}: {row}", line + 1)))
        .collect();
    assert!(!cases.is_empty(), "a table without rows shows nothing");
    let mut names = HashSet::new();
    for case in &cases {
        assert!(names.insert(case.name), "two rows are named {}", case.name);
    }
    cases
}

fn case(row: &'static str) -> Result<Case, String> {
    let columns: Vec<_> = row.split('\t').collect();
    let [name, read, resolved, schema, member, value] = columns[..] else {
        return Err(format!("{} columns", columns.len()));
    };
    let read = outcome(read)?;
    let (value, is_none) = (expanded(value)?, value == "«none»");
    let mut base = BASE.to_owned();
    let input = match member {
        "document" => value,
        "base" => {
            base = String::from_utf8(value).map_err(|error| error.to_string())?;
            with("", "").into_bytes()
        }
        "more" => {
            let sound = with("", "");
            [sound.trim_end_matches('}').as_bytes(), b",", &value, b"}"].concat()
        }
        "id" | "started" | "completed" | "uris" if is_none => with(member, "").into_bytes(),
        "id" | "started" | "completed" | "uris" => {
            let mark = "\u{1A}";
            let around = with(member, mark);
            let (before, behind) = around.split_once(mark).ok_or("the member has no place")?;
            [before.as_bytes(), &value, behind.as_bytes()].concat()
        }
        _ => return Err(format!("no member {member}")),
    };
    let is_read = matches!(read, Outcome::Read(_));
    let resolved = match resolved {
        "-" if is_read => return Err("it is read, and not resolved".into()),
        "-" | "slow" => None,
        _ if !is_read => return Err("it is resolved, and not read".into()),
        "ok" => Some(Vec::new()),
        rules => Some(broken(rules)?),
    };
    let schema = match schema {
        "valid" => Schema::Valid,
        "invalid" => Schema::Invalid,
        "-" => Schema::NoTree,
        "slow" => Schema::Slow,
        _ => return Err(format!("the schema says {schema}")),
    };
    Ok(Case { name, read, resolved, schema, base, input })
}

fn outcome(column: &str) -> Result<Outcome, String> {
    if column == "sound" {
        return Ok(Outcome::Read(Vec::new()));
    }
    if let Some(name) = column.strip_prefix("limit:") {
        let named = LIMITS.iter().find(|limit| limit.name() == name);
        return named.map(|&limit| Outcome::Exceeded(limit)).ok_or(format!("no limit {name}"));
    }
    let rules = broken(column)?;
    match rules.iter().find(|rule| rule.level() == Level::Fatal) {
        Some(&rule) if rules.len() == 1 => Ok(Outcome::Refused(rule)),
        Some(rule) => Err(format!("{rule} is fatal, and another is broken too")),
        None => Ok(Outcome::Read(rules)),
    }
}

/// Rules by level and name.
fn broken(column: &str) -> Result<Vec<Rule>, String> {
    let each = column.split(',').map(|one| {
        let (level, name) = one.split_once(':').ok_or(format!("no rule and no level: {one}"))?;
        let rule = Rule::ALL.iter().copied().find(|rule| rule.name() == name);
        let rule = rule.ok_or(format!("no rule {name}"))?;
        let of_rule = format!("{:?}", rule.level()).to_ascii_lowercase();
        if level == of_rule { Ok(rule) } else { Err(format!("{name} is {of_rule}")) }
    });
    each.collect()
}

/// The limits that the table can name.
pub(crate) const LIMITS: [Limit; 5] =
    [Limit::UriOctets, Limit::IdOctets, Limit::UnknownMembers, Limit::UnknownOctets, Limit::Depth];

/// A value, with what stands between « and » worked out.
fn expanded(value: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('«') {
        octets.extend_from_slice(before.as_bytes());
        let (inside, after) = behind.split_once('»').ok_or("no »")?;
        expand(inside, &mut octets)?;
        rest = after;
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}

fn expand(inside: &str, octets: &mut Vec<u8>) -> Result<(), String> {
    let sound = with("", "");
    match inside {
        "" | "none" => {}
        "sound" => octets.extend_from_slice(sound.as_bytes()),
        "utf-16le" => octets.extend(sound.encode_utf16().flat_map(u16::to_le_bytes)),
        "utf-16be" => octets.extend(sound.encode_utf16().flat_map(u16::to_be_bytes)),
        _ => {
            if let Some((unit, times)) = inside.rsplit_once('*') {
                let times: usize = times.parse().map_err(|_| format!("{times} times"))?;
                for turn in 0..times {
                    octets.extend_from_slice(unit.replace('#', &turn.to_string()).as_bytes());
                }
            } else {
                let octet = u8::from_str_radix(inside, 16).ok().filter(|_| inside.len() == 2);
                octets.push(octet.ok_or(format!("no octet {inside}"))?);
            }
        }
    }
    Ok(())
}
