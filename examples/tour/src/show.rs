//! Output for a person who watches the tour.

use indicatif::{ProgressBar, ProgressStyle};

/// Prints what happens, or nothing if it is quiet.
#[derive(Debug)]
pub(crate) struct Show {
    quiet: bool,
}

impl Show {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Prints a sentence.
    pub(crate) fn say(&self, sentence: &str) {
        if !self.quiet {
            println!("{sentence}");
        }
    }

    /// Creates a progress bar for a step with a known number of things.
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
