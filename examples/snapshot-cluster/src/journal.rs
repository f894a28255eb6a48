//! What Ballista and the engine log, on the standard error stream.

use log::{LevelFilter, Log, Metadata, Record};
use std::io::{self, Write};

/// How many characters of a record are printed: what a client has sent may be quoted in it.
const LONGEST: usize = 500;

/// Prints records, one a line.
struct Journal;

/// Begins to print what is logged: warnings and errors, or also what is only told.
pub(crate) fn start(is_verbose: bool) {
    if log::set_logger(&Journal).is_ok() {
        log::set_max_level(if is_verbose { LevelFilter::Info } else { LevelFilter::Warn });
    }
}

impl Log for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let text = record.args().to_string();
            let text = text.replace(|character: char| character.is_control(), " ");
            let text = match text.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            };
            // A program goes on if nobody can read what it logs.
            let _ = writeln!(io::stderr(), "{} {}: {text}", record.level(), record.target());
        }
    }

    fn flush(&self) {}
}
