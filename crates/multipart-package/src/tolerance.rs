//! The presets of [`Tolerance`] that are this crate's own.

use crate::reporting::Tolerance;
use crate::rule::Rule;

impl Tolerance {
    /// Mail and MIME: tolerates what RFC 2045, 2046 and 5322 allow, and what they say nothing of.
    ///
    /// [`Tolerance::STRICT`] holds parts to the rules of the drafts' packages and feeds, which are
    /// those of HTTP: no folds, no comments, names that are tokens, right lengths. To MIME these are
    /// no violations, or concern fields that it does not know; they are still reported. All that
    /// RFC 2046 says of delimiter lines is refused, and so is everything obsolete in RFC 5322. So is
    /// [`Rule::FormParameterRepeated`], as two readers could take different names.
    pub const MIME: Self = Self::STRICT
        .with(Rule::ParameterSpace)
        .with(Rule::FieldNameToken)
        .with(Rule::FieldFold)
        .with(Rule::FieldComment)
        .with(Rule::ContentLengthSyntax)
        .with(Rule::ContentLengthRepeated)
        .with(Rule::ContentLengthDiffers)
        .with(Rule::FormNameMissing)
        .with(Rule::FormFilenameExtended)
        .with(Rule::ContentRangeSyntax)
        .with(Rule::ContentRangeOrder)
        .with(Rule::EntityTagSyntax)
        .with(Rule::EventTypeSyntax)
        .with(Rule::LastModifiedSyntax)
        .with(Rule::LastModifiedObsolete)
        .with(Rule::LastModifiedWeekday);

    /// The default: tolerates what the drafts' own examples and common peers need.
    ///
    /// Of the rules that can be tolerated, it does not contain [`Rule::BoundarySyntax`],
    /// [`Rule::DelimiterDashes`], [`Rule::ParameterSpace`], [`Rule::ParameterUnquotedSpace`],
    /// [`Rule::CloseMissing`], [`Rule::DelimiterInHead`], [`Rule::PreambleDelimiterPrefix`],
    /// [`Rule::PreambleHead`],
    /// [`Rule::FieldControl`], [`Rule::FieldSpaceBeforeColon`], [`Rule::FormParameterRepeated`],
    /// [`Rule::Base64Syntax`], [`Rule::Base64Padding`] and [`Rule::QuotedPrintableSyntax`].
    ///
    /// If you add [`Rule::CloseMissing`], the last body may reach to the end of the input. It may
    /// then end with a part of the delimiter. If the input ends behind a delimiter line or within a
    /// head, the octets behind that line belong to no part; they are the span of the diagnostic.
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
        .with(Rule::CloseLineEnd)
        .with(Rule::PartEmpty)
        .with(Rule::DelimiterPrefix)
        .with(Rule::BareLineFeed)
        .with(Rule::LineBreakAmbiguous)
        .with(Rule::FieldNameToken)
        .with(Rule::FieldFold)
        .with(Rule::FieldComment)
        .with(Rule::ContentLengthSyntax)
        .with(Rule::ContentLengthRepeated)
        .with(Rule::ContentLengthDiffers)
        .with(Rule::ContentDispositionSyntax)
        .with(Rule::FormNameMissing)
        .with(Rule::FormFilenameExtended)
        .with(Rule::ContentLocationSyntax)
        .with(Rule::ContentIdSyntax)
        .with(Rule::ContentRangeSyntax)
        .with(Rule::ContentRangeOrder)
        .with(Rule::ContentTransferEncodingSyntax)
        .with(Rule::TransferEncodingLine)
        .with(Rule::QuotedPrintableForm)
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
    fn the_default_contains_all_but_some_of_the_rules_that_can_be_tolerated() {
        let all = Rule::ALL.iter().filter(|rule| Tolerance::ALL.tolerates(**rule));
        let others: Vec<_> = all.filter(|rule| !Tolerance::DRAFTS.tolerates(**rule)).collect();
        let expected = [
            Rule::BoundarySyntax,
            Rule::DelimiterDashes,
            Rule::ParameterSpace,
            Rule::ParameterUnquotedSpace,
            Rule::CloseMissing,
            Rule::DelimiterInHead,
            Rule::PreambleDelimiterPrefix,
            Rule::PreambleHead,
            Rule::FieldControl,
            Rule::FieldSpaceBeforeColon,
            Rule::FormParameterRepeated,
            Rule::Base64Syntax,
            Rule::Base64Padding,
            Rule::QuotedPrintableSyntax,
        ];
        assert_eq!(others, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_missing_close_delimiter_is_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::CloseMissing));
        assert!(Tolerance::ALL.tolerates(Rule::CloseMissing));
    }
}
