//! The table of one screen at the head of RESULTS.md, made from the long tables below it.

use std::fmt::Write;

const HEAD: &str =
    "| group | input | ours | ns an item | fastest peer | times ours | floor | times ours |
|---|---|---|---:|---|---:|---|---:|
";

/// A row of a long table.
struct Row<'a> {
    name: &'a str,
    median: f64,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Ours,
    Peer,
    Floor,
}

impl<'a> Row<'a> {
    /// None for a header, a rule, or a contestant that got no time.
    fn parse(line: &'a str) -> Option<Self> {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (name, median) = (cells.next()?, cells.next()?.parse().ok()?);
        let bare = name.trim_matches('*');
        let kind = match name.len() - bare.len() {
            0 => Kind::Peer,
            2 => Kind::Floor,
            _ => Kind::Ours,
        };
        Some(Self { name: bare, median, kind })
    }
}

/// The rows of one group's tables, of those alone that have a peer: the first contestant of ours,
/// and the decoder beside the reader of slices.
#[must_use]
pub fn rows(group: &str, section: &str) -> String {
    let mut text = String::new();
    for table in section.split("### ").skip(1) {
        let title = table.lines().next().unwrap_or_default();
        let title = title.rsplit_once(" (").map_or(title, |(title, _)| title);
        let rows: Vec<_> = table.lines().filter_map(Row::parse).collect();
        let peers = rows.iter().filter(|row| row.kind == Kind::Peer);
        let Some(peer) = peers.min_by(|a, b| a.median.total_cmp(&b.median)) else { continue };
        let floor = rows.iter().find(|row| row.kind == Kind::Floor);
        let mut ours = rows.iter().filter(|row| row.kind == Kind::Ours);
        let shown =
            ours.next().into_iter().chain(ours.filter(|row| row.name.starts_with("Decoder")));
        for our in shown {
            let times = |other: &Row<'_>| format!("{:.2}", other.median / our.median);
            let (floor_name, floor_times) =
                floor.map_or(("-", "-".to_owned()), |floor| (floor.name, times(floor)));
            let _ = writeln!(
                text,
                "| {group} | {title} | {} | {:.1} | {} | {} | {floor_name} | {floor_times} |",
                our.name,
                our.median,
                peer.name,
                times(peer),
            );
        }
    }
    text
}

/// The whole table, of the groups' names and sections.
#[must_use]
pub fn table<'a>(sections: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    sections.fold(HEAD.to_owned(), |text, (group, section)| text + &rows(group, section))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_our_first_contestant_the_fastest_peer_and_the_first_floor() {
        let section = "### reading 20 links (7 rounds)\n\n| contestant | ns a link | quartiles |\n\
             |---|---:|---:|\n| **ours** | 100.0 | x |\n| **ours, strict** | 110.0 | x |\n\
             | **Decoder, in chunks** | 200.0 | x |\n| quick | 150.0 | x |\n| slow | 900.0 | x |\n\
             | wrong | reads 2 of 3, in 9 octets | |\n| *near* | 50.0 | x |\n| *far* | 1.0 | x |\n\n\
             ### reading alone (7 rounds)\n\n| **ours** | 100.0 | x |\n| *near* | 50.0 | x |\n";
        assert_eq!(
            rows("link", section),
            "| link | reading 20 links | ours | 100.0 | quick | 1.50 | near | 0.50 |\n\
             | link | reading 20 links | Decoder, in chunks | 200.0 | quick | 0.75 | near | 0.25 |\n"
        );
    }
}
