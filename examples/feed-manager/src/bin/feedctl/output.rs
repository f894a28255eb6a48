//! What is printed.

use anyhow::Context;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use std::io::{ErrorKind, Write};

/// Whether JSON is printed, or text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Json,
    Text,
}

impl Output {
    /// Prints a result in one of its two forms.
    pub(crate) fn print(self, json: &Value, text: &str) -> anyhow::Result<()> {
        match self {
            Self::Json => octets(format!("{json:#}\n").as_bytes()),
            Self::Text => octets(text.as_bytes()),
        }
    }
}

/// Prints octets. That nobody reads them, as with `| head`, is no error.
pub(crate) fn octets(octets: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(octets).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("the output cannot be written"),
    }
}

/// Text of a server without the characters by which it could change what a terminal shows.
pub(crate) fn plain(text: &str) -> String {
    let is_hidden = |it: char| {
        it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.trim().chars().map(|it| if is_hidden(it) { '\u{fffd}' } else { it }).collect()
}

/// A table with these rows, whose text comes from servers.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_of_a_server_do_not_reach_the_terminal() {
        assert_eq!(plain("a\u{1b}[2J\u{202e}b\n"), "a\u{fffd}[2J\u{fffd}b");
        assert!(!table(&["title"], &[vec!["\u{1b}]0;x\u{7}".to_owned()]]).contains('\u{1b}'));
    }
}
