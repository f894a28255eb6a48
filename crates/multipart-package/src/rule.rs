//! Everything this crate checks, each check with its name, level and section.

use std::fmt;

/// How far a [`Rule`] can be bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// No tolerance can hold a breach: there is no sound way to go on.
    Fatal,
    /// A strict reader refuses a breach; a [`Tolerance`](crate::Tolerance) may have it reported instead.
    Must,
    /// A breach is only ever reported.
    Advice,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident: $level:ident, $name:literal, $section:literal, $sentence:literal;)*) => {
        /// One thing that a reader or writer checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = $sentence]
                #[doc = concat!("\n\n[`Level::", stringify!($level), "`], ", $section, ".")]
                $variant,
            )*
        }

        impl Rule {
            /// Every rule, in the order of declaration.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

            /// How far this rule can be bent.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Rule::$variant => Level::$level,)* }
            }

            /// The rule's name, as errors and diagnostics print it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// Where the rule stands.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Rule::$variant => $section,)* }
            }

            /// What must hold.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Rule::$variant => $sentence,)* }
            }
        }
    };
}

rules! {
    ContentTypeSyntax: Fatal, "content-type-syntax", "RFC 9110 section 8.3.1",
        "a content type is type/subtype and parameters";
    NotMultipart: Fatal, "not-multipart", "RFC 2046 section 5.1",
        "the content type of a package or feed document is a multipart one";
    BoundaryMissing: Fatal, "boundary-missing", "RFC 2046 section 5.1.1",
        "a multipart content type has a boundary parameter";
    BoundaryRepeated: Fatal, "boundary-repeated", "RFC 2046 section 5.1.1",
        "a multipart content type has one boundary parameter only";
    BoundarySyntax: Fatal, "boundary-syntax", "RFC 2046 section 5.1.1",
        "a boundary is 1 to 70 bchars and does not end in a space";
    ParameterUnquoted: Must, "parameter-unquoted", "RFC 9110 section 5.6.6",
        "a parameter value that is no token is quoted";
    ParameterSpace: Must, "parameter-space", "RFC 9110 section 5.6.6",
        "no space stands around the = of a parameter";
    OpeningMissing: Fatal, "opening-missing", "RFC 2046 section 5.1.1",
        "a delimiter line opens the first part";
    CloseMissing: Must, "close-missing", "RFC 2046 section 5.1.1",
        "the close delimiter ends the last part";
    HeadIncomplete: Fatal, "head-incomplete", "RFC 2046 section 5.1",
        "a blank line ends the head of a part";
    BodyIncomplete: Fatal, "body-incomplete", "RFC 9110 section 8.6",
        "a body framed by its length holds as many octets as its Content-Length says";
    LengthMissing: Fatal, "length-missing", "RFC 9110 section 8.6",
        "every part has a valid Content-Length where lengths frame the bodies";
    LengthFraming: Fatal, "length-framing", "RFC 2046 section 5.1.1",
        "a delimiter line follows at once on a body framed by its length";
    DelimiterInHead: Must, "delimiter-in-head", "RFC 2046 section 5.1.1",
        "no delimiter line stands inside the head of a part";
    DelimiterInBody: Fatal, "delimiter-in-body", "RFC 2046 section 5.1.1",
        "no line of a body begins with the delimiter";
    BareLineFeed: Must, "bare-line-feed", "RFC 2046 section 5.1.1",
        "delimiter and field lines end in CR LF";
    FieldSyntax: Fatal, "field-syntax", "RFC 9110 section 5.1",
        "a field line is a name, a colon and a value";
    FieldNulOrCr: Fatal, "field-nul-or-cr", "RFC 9110 section 5.5",
        "a field value holds no NUL, CR or LF";
    FieldControl: Must, "field-control", "RFC 9110 section 5.5",
        "a field value holds no control characters";
    FieldSpaceBeforeColon: Must, "field-space-before-colon", "RFC 9112 section 5.1",
        "no space stands between a field's name and its colon";
    FieldFold: Must, "field-fold", "RFC 9112 section 5.2",
        "a field value is not folded over lines";
    ContentLengthSyntax: Must, "content-length-syntax", "RFC 9110 section 8.6",
        "a Content-Length is a decimal number of octets";
    ContentLengthRepeated: Must, "content-length-repeated", "RFC 9110 section 8.6",
        "a part states its Content-Length once";
    ContentLengthConflict: Fatal, "content-length-conflict", "RFC 9110 section 8.6",
        "the Content-Length values of one part agree";
    ContentLengthDiffers: Must, "content-length-differs", "RFC 9110 section 8.6",
        "a Content-Length equals the octets of the body";
    ContentDispositionSyntax: Must, "content-disposition-syntax", "RFC 6266 section 4.1",
        "a Content-Disposition is a type and parameters";
    ContentLocationSyntax: Must, "content-location-syntax", "RFC 9110 section 8.7",
        "a Content-Location is printable ASCII without spaces";
    ContentIdSyntax: Must, "content-id-syntax", "RFC 2045 section 7",
        "a Content-ID is a message id in angle brackets";
    EntityTagSyntax: Must, "entity-tag-syntax", "RFC 9110 section 8.8.3",
        "an ETag is a quoted opaque tag, after W/ when weak";
    EventTypeSyntax: Must, "event-type-syntax", "draft-kiessling-web-eventsourcing-00 (2015-06-30) section 4.3",
        "an Event-Type is family=name";
    LastModifiedSyntax: Must, "last-modified-syntax", "RFC 9110 section 5.6.7",
        "a Last-Modified is an HTTP date";
    LastModifiedObsolete: Must, "last-modified-obsolete", "RFC 9110 section 5.6.7",
        "a Last-Modified has the form of an IMF-fixdate";
    LastModifiedWeekday: Must, "last-modified-weekday", "RFC 5322 section 3.3",
        "the weekday of a Last-Modified is that of its date";
    FieldRepeated: Must, "field-repeated", "RFC 9110 section 5.3",
        "a field that takes one value stands once in a head";
    ContentDigestSyntax: Fatal, "content-digest-syntax", "RFC 9530 section 2",
        "a Content-Digest is a dictionary of byte sequences";
    ContentDigestDiffers: Fatal, "content-digest-differs", "RFC 9530 section 2",
        "a body has the digest that its Content-Digest says";
    CheckpointSyntax: Fatal, "checkpoint-syntax", "this crate's Checkpoint",
        "the text of a checkpoint is as it was given";
    SummarySyntax: Fatal, "summary-syntax", "this crate's Summary",
        "the text of a summary is as it was given";
    DelimiterAfterClose: Fatal, "delimiter-after-close", "RFC 2046 section 5.1.1",
        "no delimiter line stands behind the close delimiter of a package that is read in ranges";
    PreambleNotEmpty: Advice, "preamble-not-empty", "RFC 2046 section 5.1.1",
        "nothing stands before the opening delimiter";
    PreambleLooksLikeHead: Advice, "preamble-looks-like-head", "draft-kiessling-web-eventsourcing-00 section 3.2",
        "what stands before the opening delimiter is not the head of a part";
    EpilogueNotEmpty: Advice, "epilogue-not-empty", "RFC 2046 section 5.1.1",
        "nothing stands after the close delimiter";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_fits_the_tolerance_set() {
        let names: HashSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        assert!(Rule::ALL.len() <= 64);
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(*rule as usize, index);
        }
    }
}
