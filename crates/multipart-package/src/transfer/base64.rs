//! Base64 (RFC 2045 section 6.8): its characters are gathered in groups, which the base64 crate
//! decodes.

use super::line::LINE;
use crate::error::Error;
use crate::report::Report;
use crate::rule::Rule;
use ::base64::Engine;
use ::base64::engine::DecodePaddingMode;
use ::base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::BufMut;

/// Takes groups without padding, as that is not gathered.
const EXACT: GeneralPurpose = engine(false);
/// Ignores the bits of a cut group that belong to no octet.
const WITH_REST: GeneralPurpose = engine(true);

const fn engine(rest: bool) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(rest);
    GeneralPurpose::new(&::base64::alphabet::STANDARD, config)
}

/// How many characters are decoded at once, in groups of four.
const GATHERED: usize = 1024;

#[derive(Debug, Clone, Default)]
pub(super) struct Base64 {
    /// Characters that are not yet decoded, fewer than [`GATHERED`].
    gathered: Vec<u8>,
    /// How many `=` follow them.
    padding: usize,
    /// Whether a padded group was read.
    ended: bool,
    /// The length of the current line so far.
    line: usize,
}

impl Base64 {
    pub(super) fn push(
        &mut self,
        octets: &[u8],
        offset: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        let mut at = 0;
        while let Some(&octet) = octets.get(at) {
            let rest = &octets[at..];
            let here = offset.saturating_add(at as u64);
            let len = match octet {
                b'\n' => {
                    self.line = 0;
                    1
                }
                b'\r' | b' ' | b'\t' => 1,
                b'=' => {
                    self.count(1, here, report)?;
                    self.pad(here, report, out)?;
                    1
                }
                _ => {
                    let len = self.run(rest);
                    if len == 0 {
                        self.count(1, here, report)?;
                        report.violation(Rule::Base64Syntax, here, &rest[..1])?;
                        1
                    } else {
                        self.gather(&rest[..len], here, report, out)?;
                        self.count(len, here, report)?;
                        len
                    }
                }
            };
            at += len;
        }
        Ok(())
    }

    /// How many characters there are at once, of which those behind a full group come later.
    fn run(&self, octets: &[u8]) -> usize {
        let room = GATHERED - self.gathered.len();
        let reach = &octets[..octets.len().min(room)];
        reach.iter().position(|&octet| !is_character(octet)).unwrap_or(reach.len())
    }

    /// Counts the characters of a line, and reports the first one that is too many.
    fn count(&mut self, len: usize, here: u64, report: &mut Report) -> Result<(), Error> {
        let before = self.line;
        self.line = before.saturating_add(len);
        if before <= LINE && self.line > LINE {
            let first = here.saturating_add((LINE - before) as u64);
            report.violation_in(Rule::TransferEncodingLine, first..first.saturating_add(1))?;
        }
        Ok(())
    }

    fn gather(
        &mut self,
        characters: &[u8],
        here: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        if self.padding > 0 {
            // A group whose padding is cut, or nothing but padding.
            self.violation(here, characters, report)?;
            self.decode(here, report, out)?;
        } else if self.ended {
            self.violation(here, characters, report)?;
        }
        self.ended = false;
        self.gathered.extend_from_slice(characters);
        if self.gathered.len() == GATHERED {
            self.decode(here, report, out)?;
        }
        Ok(())
    }

    fn pad(&mut self, here: u64, report: &mut Report, out: &mut impl BufMut) -> Result<(), Error> {
        let in_group = self.gathered.len() % 4;
        if in_group < 2 {
            return self.violation(here, b"=", report);
        }
        self.padding += 1;
        if in_group + self.padding == 4 {
            self.decode(here, report, out)?;
            self.ended = true;
        }
        Ok(())
    }

    pub(super) fn finish(
        &mut self,
        end: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        if self.gathered.len() % 4 != 0 {
            self.violation(end, b"", report)?;
        }
        self.decode(end, report, out)
    }

    #[cold]
    fn violation(&self, here: u64, found: &[u8], report: &mut Report) -> Result<(), Error> {
        report.violation(Rule::Base64Padding, here, found)
    }

    /// Decodes what is gathered, as far as it goes.
    fn decode(
        &mut self,
        here: u64,
        report: &mut Report,
        out: &mut impl BufMut,
    ) -> Result<(), Error> {
        // One character alone holds no octet.
        let alone = usize::from(self.gathered.len() % 4 == 1);
        let characters = &self.gathered[..self.gathered.len() - alone];
        let mut octets = [0; GATHERED / 4 * 3];
        let decoded = match EXACT.decode_slice(characters, &mut octets) {
            Ok(len) => Ok(len),
            Err(_) => {
                report.violation(Rule::Base64Padding, here, b"")?;
                WITH_REST.decode_slice(characters, &mut octets)
            }
        };
        // Only characters of base64 are gathered, so that the second decoding succeeds.
        out.put_slice(&octets[..decoded.unwrap_or(0)]);
        self.gathered.clear();
        self.padding = 0;
        Ok(())
    }
}

const fn is_character(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/')
}
