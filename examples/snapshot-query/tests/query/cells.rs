//! What is printed of values: characters that are not seen, and plans.

use crate::command::{PACKAGE, kept, query, text};

/// The cells of a column `body`, one for each of these bodies.
fn printed(bodies: &[&str]) -> Vec<String> {
    let part = |body: &&str| format!("--b\r\n\r\n{body}\r\n");
    let package = bodies.iter().map(part).collect::<String>() + "--b--\r\n";
    let snapshot = kept(package.as_bytes());
    let manifest = snapshot.path().join("manifest.json");
    let parts = format!("\"parts\": {}", bodies.len());
    let stated = std::fs::read_to_string(&manifest).unwrap().replace("\"parts\": 2", &parts);
    std::fs::write(manifest, stated).unwrap();
    let output = query(snapshot.path(), &["select body from snapshot order by \"offset\""]);
    assert_eq!(text(&output.stderr), "");
    let table = text(&output.stdout);
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row[2..row.len() - 1].trim_end_matches(' ').to_owned()).collect()
}

/// Otherwise values that differ would look the same.
#[test]
fn characters_that_are_not_seen_are_escaped() {
    let hidden = "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200e}\u{2028}\u{2029}\u{202e}\u{2060}\
                  \u{2063}\u{2066}\u{206f}\u{3164}\u{e000}\u{feff}\u{ffa0}\u{fff9}\u{1d173}\u{e0041}\
                  \u{10fffd}";
    let bodies: Vec<String> = hidden.chars().map(|c| format!("a{c}b")).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let expected: Vec<String> =
        hidden.chars().map(|c| format!("a{}b", c.escape_unicode())).collect();
    assert_eq!(printed(&bodies), expected);
}

/// Joiners are part of how such texts are written.
#[test]
fn joiners_stand_where_they_join_and_are_escaped_elsewhere() {
    let written = [
        // A family, a red heart on fire with a variation selector, and a modified hand.
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
        "\u{1f9d1}\u{1f3fd}\u{200d}\u{1f680}",
        // Persian with a non-joiner, also after a vowel mark; Hindi and Bengali with both.
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{628}\u{650}\u{200c}\u{647}",
        "\u{915}\u{94d}\u{200d}\u{937}",
        "\u{915}\u{94d}\u{200c}\u{937}",
        "\u{9b0}\u{200d}\u{9cd}\u{9af}",
        // The sign of a verse and its number, a variant of an ideograph, and letters with marks.
        "\u{6dd}\u{661}",
        "\u{845b}\u{e0100}",
        "e\u{301} \u{5d0}\u{5b8}",
    ];
    assert_eq!(printed(&written), written);
    let elsewhere = [
        "a\u{200d}b",
        "a\u{200c}b",
        "\u{200d}",
        "1\u{200d}2",
        "e\u{301}\u{200d}e",
        "\u{1f468}\u{200c}\u{1f469}",
        "\u{627}\u{200c}\u{628}",
    ];
    for (cell, body) in printed(&elsewhere).iter().zip(elsewhere) {
        let expected = body.replace('\u{200c}', r"\u{200c}").replace('\u{200d}', r"\u{200d}");
        assert_eq!(*cell, expected);
    }
    // The second one of two joins nothing.
    assert_eq!(printed(&["\u{628}\u{200d}\u{200d}"]), ["\u{628}\u{200d}\\u{200d}"]);
}

/// A plan that is cut says nothing.
#[test]
fn a_plan_is_printed_as_a_whole_and_line_by_line() {
    let snapshot = kept(PACKAGE.as_bytes());
    let query = |sql: &str| {
        let output = query(snapshot.path(), &[sql]);
        assert_eq!(text(&output.stderr), "");
        text(&output.stdout)
    };
    let literal = "x".repeat(300);
    let select =
        format!("select body as plan from snapshot where body < '{literal}\u{1b}\u{200b}'");
    for explain in ["explain", "explain analyze"] {
        let plan = query(&format!("{explain} {select}"));
        assert!(plan.contains("DataSourceExec") && plan.contains(&literal), "{plan}");
        assert!(!plan.contains("... ") && !plan.contains("\\n"), "{plan}");
        assert!(plan.contains(r"\u{1b}\u{200b}"), "{plan}");
    }
    // Only the name is that of a plan.
    let value = query(&format!("select '{literal}\n' as plan from snapshot"));
    assert!(value.contains("... 301 octets") && !value.contains(&literal), "{value}");
}
