//! Telling a person what happens.

use indicatif::{ProgressBar, ProgressStyle};

/// Tells what happens, or nothing when quiet.
#[derive(Debug)]
pub(crate) struct Show {
    quiet: bool,
}

impl Show {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Says a sentence.
    pub(crate) fn say(&self, sentence: &str) {
        if !self.quiet {
            println!("{sentence}");
        }
    }

    /// A bar for a step of a known number of things.
    pub(crate) fn bar(&self, what: &'static str, count: u64) -> ProgressBar {
        if self.quiet {
            return ProgressBar::hidden();
        }
        let template = "  {msg:<34} {bar:32} {human_pos:>10} of {human_len} in {elapsed}";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(count).with_message(what).with_style(style)
    }
}
