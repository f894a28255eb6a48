//! Everything this crate checks, each check with its name, level and section.

use std::fmt;

/// How far a [`Rule`] can be bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// No tolerance can hold a breach: the link cannot be read.
    Fatal,
    /// A strict reader refuses a breach; a [`Tolerance`](crate::Tolerance) may have it reported instead.
    Must,
    /// A breach is only ever reported.
    Advice,
}

macro_rules! rules {
    ($($variant:ident: $level:ident, $name:literal, $section:literal, $sentence:literal;)*) => {
        /// One thing that a reader checks.
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
    FieldLineBreak: Fatal, "field-line-break", "RFC 9110 section 5.5",
        "a field value holds no NUL, CR or LF";
    FieldControl: Must, "field-control", "RFC 9110 section 5.5",
        "a field value holds no control characters";
    FieldFold: Must, "field-fold", "RFC 9112 section 5.2",
        "a field value is not folded over lines";
    TargetBrackets: Fatal, "target-brackets", "RFC 8288 section 3",
        "a link begins with its target between < and >";
    ReferenceUtf8: Fatal, "reference-utf8", "RFC 3987 section 1.2",
        "a target or anchor that is not ASCII is UTF-8";
    ReferenceAscii: Must, "reference-ascii", "RFC 3986 section 2",
        "a target or anchor is a URI reference, in ASCII, and no IRI reference";
    TargetSyntax: Must, "target-syntax", "RFC 8288 section 3.1",
        "a target is a URI reference";
    QuoteUnclosed: Fatal, "quote-unclosed", "RFC 9110 section 5.6.4",
        "a quoted string ends in a quote";
    ParameterSeparator: Must, "parameter-separator", "RFC 8288 section 3",
        "a semicolon parts a parameter from what stands before it";
    ParameterEmpty: Must, "parameter-empty", "RFC 8288 section 3",
        "a parameter follows every semicolon";
    ParameterName: Must, "parameter-name", "RFC 8288 section 3",
        "the name of a parameter is a token";
    ParameterValue: Must, "parameter-value", "RFC 8288 section 3",
        "the value of a parameter is a token or a quoted string";
    RelMissing: Must, "rel-missing", "RFC 8288 section 3.3",
        "a link has a rel parameter";
    RelRepeated: Must, "rel-repeated", "RFC 8288 section 3.3",
        "a link has one rel parameter only";
    RelSyntax: Must, "rel-syntax", "RFC 8288 section 3.3",
        "rel and rev list relation types: names in lower case or URIs, parted by spaces";
    RelRenamed: Advice, "rel-renamed", "RFC 5829 section 3",
        "version-history and working-copy are not called all-versions and working-resource any more";
    AnchorBrackets: Must, "anchor-brackets", "RFC 8288 section 3.2",
        "an anchor is quoted, and does not stand between < and >";
    AnchorSyntax: Must, "anchor-syntax", "RFC 8288 section 3.2",
        "an anchor is a URI reference";
    ParameterRepeated: Must, "parameter-repeated", "RFC 8288 section 3.4.1",
        "media, title, title* and type stand once in a link";
    HreflangSyntax: Must, "hreflang-syntax", "RFC 8288 section 3.4.1",
        "hreflang is a language tag";
    TypeSyntax: Must, "type-syntax", "RFC 8288 section 3.4.1",
        "type is a media type without parameters";
    ExtendedSyntax: Must, "extended-syntax", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is charset'language'text, percent-encoded";
    ExtendedQuoted: Must, "extended-quoted", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is not quoted";
    ExtendedCharset: Must, "extended-charset", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is in UTF-8";
    ElementEmpty: Advice, "element-empty", "RFC 9110 section 5.6.1",
        "a link stands between two commas, before the first and after the last";
    ParameterSpace: Advice, "parameter-space", "RFC 9110 section 5.6.3",
        "no space stands around the = of a parameter";
    ValueAscii: Advice, "value-ascii", "RFC 9110 section 5.5",
        "the value of a parameter is ASCII";
    AnchorRepeated: Advice, "anchor-repeated", "RFC 8288 appendix B.2",
        "a link has one anchor only";
    RevDeprecated: Advice, "rev-deprecated", "RFC 8288 section 3.3",
        "a link says its relation with rel, not with rev";
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
