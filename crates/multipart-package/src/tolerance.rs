//! The presets of [`Tolerance`] that are this crate's own.

use crate::reporting::Tolerance;
use crate::rule::Rule;

impl Tolerance {
    /// The default: tolerates what the drafts' own examples and common peers need.
    ///
    /// A missing close delimiter ([`Rule::CloseMissing`]) is not tolerated.
    ///
    /// ```
    /// use multipart_package::{Rule, Tolerance};
    ///
    /// let tolerance = Tolerance::STRICT.with(Rule::BareLineFeed);
    /// assert!(tolerance.tolerates(Rule::BareLineFeed));
    /// assert!(!tolerance.tolerates(Rule::CloseMissing));
    /// ```
    pub const DRAFTS: Self = Self::STRICT
        .with(Rule::ParameterUnquoted)
        .with(Rule::BareLineFeed)
        .with(Rule::FieldFold)
        .with(Rule::ContentLengthSyntax)
        .with(Rule::ContentLengthRepeated)
        .with(Rule::ContentLengthDiffers)
        .with(Rule::ContentDispositionSyntax)
        .with(Rule::ContentLocationSyntax)
        .with(Rule::ContentIdSyntax)
        .with(Rule::EntityTagSyntax)
        .with(Rule::EventTypeSyntax)
        .with(Rule::LastModifiedSyntax)
        .with(Rule::LastModifiedObsolete)
        .with(Rule::LastModifiedWeekday)
        .with(Rule::FieldRepeated);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_close_delimiter_is_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::CloseMissing));
        assert!(Tolerance::ALL.tolerates(Rule::CloseMissing));
    }
}
