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
    ($($variant:ident: $level:ident, $name:literal, $section:expr, $sentence:literal;)*) => {
        /// One thing that a reader, a builder or a resolver checks.
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

macro_rules! draft {
    () => {
        "draft-kiessling-web-eventsourcing-00 section 3.1"
    };
}

rules! {
    Encoding: Fatal, "encoding", "RFC 8259 section 8.1",
        "an index is UTF-8 without a byte order mark";
    Incomplete: Fatal, "incomplete", "RFC 8259 section 2",
        "an index does not end before its last brace closes";
    JsonSyntax: Fatal, "json-syntax", "RFC 8259 section 2",
        "an index is one JSON text";
    TrailingOctets: Fatal, "trailing-octets", "RFC 8259 section 2",
        "nothing but white space follows an index";
    NotAnObject: Fatal, "not-an-object", draft!(),
        "an index is a JSON object";
    MemberMissing: Fatal, "member-missing", draft!(),
        "an index has the members id, started and uris";
    MemberRepeated: Fatal, "member-repeated", "RFC 8259 section 4",
        "no two members of an index have the same name";
    MemberType: Fatal, "member-type", draft!(),
        "id is a string, started and completed are numbers, uris is an array of strings";
    TimeInexact: Fatal, "time-inexact", draft!(),
        "a time is a whole number of milliseconds, without fraction or exponent";
    TimeRange: Fatal, "time-range", "RFC 3339 section 5.6",
        "a time lies from 0 to 253402300799999, the last millisecond of the year 9999";
    CompletedBeforeStarted: Must, "completed-before-started", draft!(),
        "a snapshot is not completed before it is started";
    UriSyntax: Must, "uri-syntax", "RFC 3986 section 4.1",
        "every item of uris is a URI reference";
    UriSameDocument: Must, "uri-same-document", "RFC 3986 section 4.4",
        "no item of uris refers to the index itself";
    UriRepeated: Must, "uri-repeated", draft!(),
        "no two items of uris are the same text";
    UriResolvedRepeated: Must, "uri-resolved-repeated", "RFC 3986 section 6.2.2",
        "no two items of uris are the same resource once resolved";
    UriUnresolvable: Fatal, "uri-unresolvable", "RFC 3986 section 5.2",
        "every item of uris that is resolved is a URI reference with a target";
    OtherAuthority: Fatal, "other-authority", "RFC 6454 section 5",
        "every item of uris leads where the policy of the resolver allows";
    BaseSyntax: Fatal, "base-syntax", "RFC 3986 section 5.1",
        "the URI that an index is resolved against is absolute";
    CompletedMissing: Advice, "completed-missing", draft!(),
        "a snapshot that is complete says when it was completed";
    CompletedNull: Advice, "completed-null", draft!(),
        "a snapshot that is not complete leaves completed out, rather than null";
    UrisEmpty: Advice, "uris-empty", draft!(),
        "a snapshot has at least one package";
    IdEmpty: Advice, "id-empty", draft!(),
        "an id is not empty";
    IdNotStarted: Advice, "id-not-started", draft!(),
        "an id is the RFC 3339 form of started";
    IdHazard: Advice, "id-hazard", "RFC 3986 section 7.3",
        "an id has no slash, backslash, control character or dot segment, which would make it unfit for a file's name";
    TimeInSeconds: Advice, "time-in-seconds", draft!(),
        "a time counts milliseconds, not seconds: one before March 1973 is doubtful";
    UriFragment: Advice, "uri-fragment", "RFC 3986 section 3.5",
        "an item of uris has no fragment, which no request would carry";
    UriNumbering: Advice, "uri-numbering", draft!(),
        "items of uris that end in numbers are numbered without a gap";
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
