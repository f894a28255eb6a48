//! The files for containers and for systemd: the programs accept the arguments that these state, and an
//! operator may state each of them. They are for programs with the default features.

#![cfg(all(feature = "json", feature = "metrics", feature = "systemd"))]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use std::path::Path;
use std::process::Command;

const PUBLISH: &str = env!("CARGO_BIN_EXE_publish");
const REPLICATE: &str = env!("CARGO_BIN_EXE_replicate");

fn read(name: &str) -> String {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    std::fs::read_to_string(packaging.join(name)).unwrap()
}

/// The rest of the line that begins with this.
fn line<'a>(text: &'a str, begin: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(begin)).unwrap()
}

/// The arguments are accepted: the program gets as far as to miss the directory of its database.
fn are_accepted(program: &str, arguments: &[String]) {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|it| {
            it.replace("%S/", "/none/")
                .replace("/var/lib/", "/none/")
                .replace("0.0.0.0", "127.0.0.1")
        })
        .map(|it| it.replace(":8080", ":0"))
        .filter(|it| !it.starts_with("--metrics"))
        .filter(|it| !matches!(it.as_str(), "9100" | "9101"))
        .collect();
    assert!(arguments.iter().any(|it| it.contains("/none/")), "{arguments:?}");
    let output = Command::new(program).args(&arguments).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
    assert!(told.contains("/none"), "{told}");
}

#[test]
fn a_unit_states_its_options_where_an_operator_can_replace_them_and_waits_for_the_first_snapshot() {
    for (name, program) in [
        ("snapshot-sync-publish.service", PUBLISH),
        ("snapshot-sync-publish-attached.service", PUBLISH),
        ("snapshot-sync-replicate.service", REPLICATE),
    ] {
        let unit = read(name);
        let executed: Vec<_> = line(&unit, "ExecStart=").split(' ').collect();
        assert_eq!(executed[1..], ["$OPTIONS"], "{name}");
        assert!(unit.contains("\nTimeoutStartSec=infinity\n"), "{name}");
        let options = line(&unit, "Environment=\"OPTIONS=").trim_end_matches('"');
        let options: Vec<_> = options.split(' ').map(str::to_owned).collect();
        are_accepted(program, &options);
    }
}

#[test]
fn an_image_states_its_options_where_an_operator_can_replace_them() {
    for (name, program) in [("publish", PUBLISH), ("replicate", REPLICATE)] {
        let file = read(&format!("{name}.Dockerfile"));
        let entry: Vec<String> = serde_json::from_str(line(&file, "ENTRYPOINT ")).unwrap();
        assert_eq!(entry, [format!("/usr/local/bin/{name}")]);
        let default: Vec<String> = serde_json::from_str(line(&file, "CMD ")).unwrap();
        if program == PUBLISH {
            are_accepted(program, &default);
            assert!(file.contains("--start-period=24h"));
        }
        // Of the services, each has all arguments of its program.
        let compose = read("compose.yaml");
        let service = compose.split("\n  ").find(|it| it.starts_with(&format!("{name}:"))).unwrap();
        let service = &compose[compose.find(&format!("\n  {service}")).unwrap() + 1..];
        let arguments = service.lines().skip_while(|it| !it.contains("command:")).skip(1);
        let arguments = arguments.map_while(|it| it.strip_prefix("      - "));
        are_accepted(program, &arguments.map(str::to_owned).collect::<Vec<_>>());
    }
}

#[test]
fn an_image_is_built_without_what_git_leaves_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let lines = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    };
    let ignored = lines(".dockerignore");
    // A pattern of git that begins with a slash, or has one within, is one from the root; others hold
    // everywhere.
    let of_git = lines(".gitignore").into_iter().map(|line| {
        let line = line.trim_end_matches('/');
        match line.strip_prefix('/') {
            Some(from_root) => from_root.to_owned(),
            None => format!("**/{}", line.trim_start_matches("proptest-regressions/**/")),
        }
    });
    for pattern in of_git.chain([".git".to_owned()]) {
        assert!(ignored.contains(&pattern), "{pattern}: {ignored:?}");
    }
}
