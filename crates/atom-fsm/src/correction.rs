//! What a writer may mend in a value that violates a rule.

use crate::rule::Rule;

/// Declares `Correction` from a table with one row for each correction: its documentation, its
/// variant, and the rules whose violation it mends.
macro_rules! corrections {
    ($($(#[$doc:meta])* $variant:ident: $($rule:ident),+;)*) => {
        /// A change that a [`Writer`](crate::Writer) makes in what it writes, so that a rule holds
        /// which the value violates. None is made unless
        /// [`Writer::correction`](crate::Writer::correction) names it, and each is reported.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Correction {
            $($(#[$doc])* $variant,)*
        }

        impl Correction {
            /// Every correction.
            pub const ALL: &'static [Correction] = &[$(Correction::$variant),*];

            /// The rules whose violation it mends.
            #[must_use]
            pub const fn rules(self) -> &'static [Rule] {
                match self { $(Correction::$variant => &[$(Rule::$rule),+],)* }
            }
        }
    };
}

corrections! {
    /// Leaves out the elements of Atom and AtomPub that are not expected where they are, are
    /// repeated, or could not be understood. What is required and left out so is missing then.
    UnexpectedElements: ElementUnexpected, ElementRepeated;
    /// Leaves out the elements and attributes whose prefix is declared nowhere. Only
    /// [`Reader::repair`](crate::Reader::repair) reads such names.
    UnboundNames: PrefixUndeclared;
    /// Writes the metadata of a feed before its entries.
    MetadataOrder: MetadataOrder;
    /// Writes an empty title where one is missing.
    MissingTitles: FeedTitle, EntryTitle, WorkspaceTitle, CollectionTitle;
    /// Writes an empty name where a person has none.
    MissingNames: PersonName;
    /// Writes each text construct with the type that it means: `text/html` becomes `html`, and
    /// markup without a `div` becomes XHTML with one.
    TextTypes: TextType, TextMarkup, XhtmlDiv;
    /// Leaves out the alternate links whose type and hreflang an earlier one has.
    RepeatedAlternates: AlternateRepeated;
    /// Writes the dates whose moment is certain
    /// ([`Date::to_certain_datetime`](crate::atom::Date::to_certain_datetime)) as RFC 4287 demands.
    Dates: DateSyntax;
    /// Leaves out the type and the hreflang of a link where they have not the syntax of one.
    LinkHints: LinkType, LinkHreflang;
}

/// A set of corrections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Corrections(u32);

impl Corrections {
    pub(crate) const fn with(self, correction: Correction) -> Self {
        Self(self.0 | 1 << correction as u32)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn contains(self, correction: Correction) -> bool {
        self.0 & 1 << correction as u32 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_what_was_put_in() {
        for &one in Correction::ALL {
            let set = Corrections::default().with(one);
            assert!(Correction::ALL.iter().all(|&other| set.contains(other) == (other == one)));
        }
    }
}
