//! The parameters that RFC 8288 defines.

use crate::rule::Rule;

/// A parameter that RFC 8288 sections 3.2 to 3.4 define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Rel,
    Rev,
    Anchor,
    Hreflang,
    Media,
    Title,
    TitleStar,
    Type,
}

impl Known {
    const NAMES: [(&'static str, Self); 8] = [
        ("rel", Self::Rel),
        ("rev", Self::Rev),
        ("anchor", Self::Anchor),
        ("hreflang", Self::Hreflang),
        ("media", Self::Media),
        ("title", Self::Title),
        ("title*", Self::TitleStar),
        ("type", Self::Type),
    ];

    #[inline]
    pub(crate) fn of(name: &str) -> Option<Self> {
        let known = Self::NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        known.map(|&(_, known)| known)
    }

    /// The rule that a second parameter of this name violates, if only the first one counts.
    pub(crate) const fn repeated(self) -> Option<Rule> {
        match self {
            Self::Rel => Some(Rule::RelRepeated),
            Self::Anchor => Some(Rule::AnchorRepeated),
            Self::Rev | Self::Hreflang => None,
            Self::Media | Self::Title | Self::TitleStar | Self::Type => {
                Some(Rule::ParameterRepeated)
            }
        }
    }

    /// Whether the parameter, with a `*` at the end of its name, can have any text as its value.
    pub(crate) const fn has_ext_value_form(self) -> bool {
        matches!(self, Self::Title | Self::TitleStar)
    }
}
