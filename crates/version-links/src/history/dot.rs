//! A history as a drawing: the language DOT of Graphviz.

use crate::history::graph::VersionGraph;
use crate::history::node::{Side, State};
use std::fmt;

impl VersionGraph<'_> {
    /// The graph in the language DOT of Graphviz. Arrows lead from a version to its successors; dashed
    /// ones are redirects, dotted ones lead to the latest version. A box says what was wrong with a
    /// version that could not be read.
    ///
    /// URIs come from servers. They are escaped, so that each is text of one box and nothing else.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.dot().to_string()
    }

    fn dot(&self) -> Dot<'_> {
        Dot(self)
    }
}

struct Dot<'g>(&'g VersionGraph<'g>);

impl fmt::Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(graph) = self;
        f.write_str("digraph history {\n  node [shape=box];\n")?;
        for (number, node) in graph.nodes.iter().enumerate() {
            write!(f, "  n{number} [label=\"{}", Escaped(&node.uri))?;
            let style = match node.state {
                State::Found => "solid",
                State::Redirected(_) => "rounded",
                _ => "dashed",
            };
            if let Some(word) = word(node.state) {
                write!(f, "\\n{word}")?;
            }
            writeln!(f, "\", style={style}];")?;
        }
        for (number, after) in graph.after.iter().enumerate() {
            for next in after {
                writeln!(f, "  n{number} -> n{next};")?;
            }
        }
        for (number, node) in graph.nodes.iter().enumerate() {
            if let State::Redirected(to) = node.state {
                writeln!(f, "  n{number} -> n{to} [style=dashed];")?;
            }
            for (_, latest) in node.links.iter().filter(|(side, _)| *side == Side::Latest) {
                writeln!(f, "  n{number} -> n{latest} [style=dotted];")?;
            }
        }
        f.write_str("}\n")
    }
}

/// What is said about a version that was not found.
fn word(state: State) -> Option<&'static str> {
    match state {
        State::Found | State::Redirected(_) => None,
        State::Wanted => Some("not asked yet"),
        State::Gone => Some("gone"),
        State::Refused => Some("refused"),
        State::Failed => Some("failed"),
        State::NotAVersion => Some("no version"),
        State::Busy => Some("busy"),
        State::LeftOut(_) => Some("left out"),
    }
}

/// A text within a quoted string of DOT, in which a backslash begins an escape.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if character.is_control() => write!(f, "{}", char::REPLACEMENT_CHARACTER)?,
                _ => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}
