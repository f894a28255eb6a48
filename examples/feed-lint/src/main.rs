//! The command line of feed-lint.

use anyhow::{Context, Result, ensure};
use atom_fsm::Stage;
use clap::Parser;
use feed_lint::{Lint, Options, fix, line, lint, show};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Tells what is wrong with Atom feeds and other documents of Atom and AtomPub.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// The documents; `-` or none is the standard input.
    files: Vec<PathBuf>,
    /// Check them as a client submits them, without ids, dates and authors.
    #[arg(long)]
    submitted: bool,
    /// Demand bundles, service entries and bundle references.
    #[arg(long)]
    fsm: bool,
    /// Print one JSON object a line for each finding.
    #[arg(long)]
    json: bool,
    /// Mend what has a name, and print the document; what was mended goes to the standard error.
    #[arg(long)]
    fix: bool,
    /// With --fix, write each document to its file.
    #[arg(long, requires = "fix")]
    in_place: bool,
    /// Count advice as a violation.
    #[arg(long)]
    strict_advice: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments, &mut std::io::stdout().lock(), &mut std::io::stderr().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nothing can be done where this cannot be written either.
            drop(writeln!(std::io::stderr(), "feed-lint: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Lints or mends all files, and returns whether all are valid.
fn run(arguments: &Arguments, out: &mut dyn Write, log: &mut dyn Write) -> Result<bool> {
    let stage = if arguments.submitted { Stage::Submitted } else { Stage::Stored };
    let options = Options { stage, fsm: arguments.fsm };
    let standard = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard[..] } else { &arguments.files };
    let is_one = files.len() == 1;
    ensure!(
        !arguments.fix || arguments.in_place || is_one,
        "--fix prints one document; for several, add --in-place"
    );
    let mut is_valid = true;
    for file in files {
        let source = read(file)?;
        let name = file.to_string_lossy();
        let outcome = if arguments.fix {
            mend(arguments, &name, file, &source, options, out, log)?
        } else {
            let lint = lint(&source, options);
            report(arguments, &name, &source, &lint, out)?;
            Some(lint)
        };
        let is_clean =
            |lint: &Lint| lint.is_valid() && !(arguments.strict_advice && lint.counts().1 > 0);
        is_valid &= outcome.as_ref().is_some_and(is_clean);
    }
    Ok(is_valid)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let mut source = Vec::new();
    let octets = if is_standard(file) {
        std::io::stdin().lock().read_to_end(&mut source).map(|_| source)
    } else {
        fs::read(file)
    };
    octets.with_context(|| format!("cannot read {}", file.display()))
}

fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}

fn report(
    arguments: &Arguments,
    name: &str,
    source: &[u8],
    lint: &Lint,
    out: &mut dyn Write,
) -> Result<()> {
    if arguments.json {
        for finding in lint.findings() {
            writeln!(out, "{}", line(name, finding))?;
        }
        return Ok(());
    }
    out.write_all(show(name, source, lint)?.as_bytes())?;
    let (violations, advice) = lint.counts();
    writeln!(out, "{name}: {}", summary(violations, advice))?;
    Ok(())
}

fn summary(violations: u64, advice: u64) -> String {
    let of_violations = match violations {
        0 => "valid".to_owned(),
        1 => "1 violation".to_owned(),
        number => format!("{number} violations"),
    };
    if advice == 0 { of_violations } else { format!("{of_violations}, {advice} notes") }
}

/// Mends one document. `None` when it cannot be read.
fn mend(
    arguments: &Arguments,
    name: &str,
    file: &Path,
    source: &[u8],
    options: Options,
    out: &mut dyn Write,
    log: &mut dyn Write,
) -> Result<Option<Lint>> {
    let fixed = match fix(source, options) {
        Ok(fixed) => fixed,
        Err(error) => {
            writeln!(log, "{name}: {error}")?;
            return Ok(None);
        }
    };
    if fixed.is_replaced {
        writeln!(log, "{name}: mended octets that are wrong in its encoding: they are U+FFFD now")?;
    }
    for diagnostic in &fixed.mended {
        writeln!(log, "{name}: mended {diagnostic}")?;
    }
    report(arguments, name, &fixed.document, &fixed.left, log)?;
    if arguments.in_place && !is_standard(file) {
        if fixed.document != source {
            replace(file, &fixed.document)?;
        }
    } else {
        out.write_all(&fixed.document)?;
    }
    Ok(Some(fixed.left))
}

/// Writes a file beside the old one and puts it in its place, so that an interruption loses neither.
fn replace(file: &Path, document: &[u8]) -> Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".mended");
    let beside = PathBuf::from(beside);
    fs::write(&beside, document)
        .and_then(|()| fs::rename(&beside, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
