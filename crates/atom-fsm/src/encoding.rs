//! The part of a document that is UTF-8.

use crate::error::Error;
use crate::rule::Rule;
use crate::settings::Settings;
use crate::xml::{XmlReader, has_wide_characters};

/// How the input ends behind its part that is UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// Within a character.
    Cut,
    /// In octets that are not UTF-8, and what is behind them.
    BeforeOtherOctets,
}

impl End {
    /// What became of a document that was read up to this end, or why it could not be read.
    pub(crate) fn outcome(
        self,
        read: Result<(), Error>,
        reader: &mut XmlReader<'_>,
    ) -> Result<(), Error> {
        match (read, self) {
            (Ok(()), Self::Cut | Self::BeforeOtherOctets) if reader.repairs() => {
                reader.leave_out_octets()
            }
            (Ok(()), Self::Cut | Self::BeforeOtherOctets) => Err(reader.at_end(Rule::Encoding)),
            (Err(error), Self::BeforeOtherOctets) if error.rule() == Some(Rule::Incomplete) => {
                Err(reader.at_end(Rule::Encoding))
            }
            // A character that is cut by the end of the input is cut, not wrong.
            (read, _) => read,
        }
    }
}

/// The part of a document before the first octets that are not UTF-8, and what is there.
pub(crate) fn text(octets: &[u8]) -> (&str, End) {
    match std::str::from_utf8(octets) {
        Ok(text) => (text, End::Whole),
        Err(error) => {
            let (valid, _) = octets.split_at(error.valid_up_to());
            let end = if error.error_len().is_none() { End::Cut } else { End::BeforeOtherOctets };
            (std::str::from_utf8(valid).unwrap_or_default(), end)
        }
    }
}

/// Refuses a document in UTF-16 or UTF-32.
pub(crate) fn refuse_wide(octets: &[u8], settings: Settings) -> Result<(), Error> {
    if has_wide_characters(octets) {
        return Err(XmlReader::of_nothing(settings).at_end(Rule::Encoding));
    }
    Ok(())
}
