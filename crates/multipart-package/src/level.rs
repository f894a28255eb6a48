//! How strictly a rule is enforced, and the macro that declares a crate's rules.
//!
//! Every crate of the family has this file, octet for octet the same.

/// How strictly a [`Rule`](crate::Rule) is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// A violation is always an error: there is no sound way to continue.
    Fatal,
    /// A violation is an error, unless the [`Tolerance`](crate::Tolerance) contains the rule: then
    /// it is reported as a diagnostic.
    Must,
    /// A violation is never an error, only reported.
    Advice,
}

/// Declares the enum `Rule` from a table with one row for each rule: its variant, its level, its
/// name, the section it comes from, and the sentence that must hold.
macro_rules! rules {
    ($($variant:ident: $level:ident, $name:literal, $section:expr, $sentence:literal;)*) => {
        /// One thing that this crate checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = $sentence]
                #[doc = concat!(
                    "\n\n[`Level::", stringify!($level), "`](crate::Level::", stringify!($level),
                    "), ", $section, ".",
                )]
                $variant,
            )*
        }

        impl Rule {
            /// Every rule, in the order of declaration.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

            /// How strictly this rule is enforced.
            #[must_use]
            pub const fn level(self) -> $crate::level::Level {
                match self { $(Rule::$variant => $crate::level::Level::$level,)* }
            }

            /// The rule's name, as errors and diagnostics print it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// The specification and the section that the rule comes from.
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

        impl std::fmt::Display for Rule {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use rules;
