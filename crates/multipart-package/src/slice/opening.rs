//! Reading the opening of a package: its first delimiter line, and the preamble before that.

use super::parts::{Next, Parts};
use crate::delimiter::{Delimiter, DelimiterLine, StartSearch, Window};
use crate::error::Error;
use crate::opening_probe::{DetectedOpening, FirstBlock, OpeningProbe};
use crate::part_checks;
use crate::preamble::Preamble;
use crate::reader::ReadConfig;
use crate::report::Report;

impl Parts<'_> {
    pub(super) fn open(&mut self) -> Result<(), Error> {
        let window = self.window(0);
        let ReadConfig { opening, delimiter, report, .. } = &mut self.config;
        let mut probe = OpeningProbe::new(*opening, delimiter, report);
        let line = match probe.advance(window, delimiter, report)? {
            DetectedOpening::Implied => {
                self.next = Next::Part;
                return Ok(());
            }
            DetectedOpening::Line(line) => line,
            DetectedOpening::OwnDashes(line) => {
                delimiter.take_own_dashes();
                line
            }
            DetectedOpening::Preamble(first) => skip_preamble(first, window, delimiter, report)?,
            // The window ends with the input.
            DetectedOpening::Incomplete => {
                skip_preamble(FirstBlock::Other, window, delimiter, report)?
            }
        };
        line.check(0, report)?;
        self.continue_after(line, 0);
        Ok(())
    }
}

/// Skips a preamble, and returns the delimiter line that ends it.
fn skip_preamble(
    first_block: FirstBlock,
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<DelimiterLine, Error> {
    let mut preamble = Preamble::begin(first_block, window, delimiter, report)?;
    let mut from = 0;
    loop {
        match delimiter.find_behind(window, from, report, |before| {
            part_checks::check_preamble(before as u64, report)
        })? {
            StartSearch::Line(line) => {
                preamble.end(line, window, delimiter, report)?;
                return Ok(line);
            }
            StartSearch::Prefix(line) => {
                preamble.prefix(line, window, delimiter, report)?;
                from = line.dash;
            }
            StartSearch::Incomplete(_) | StartSearch::None => {
                let end = window.octets.len() as u64;
                part_checks::check_preamble(end, report)?;
                preamble.skip(window.octets, window.base);
                return Err(preamble.opening_missing(end, delimiter));
            }
        }
    }
}
