//! Checks of names and values that only JSON has.

use crate::language_tag::is_language_tag;
use crate::link_field::{is_media_type, is_token};
use crate::linkset::model::Value;
use crate::relation::is_relation_types;
use crate::rule::Rule;

/// What kind of value an attribute with this name has in JSON (RFC 9264 section 4.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string: `media`, `title` and `type`.
    One,
    /// An array of strings: `hreflang`, and extension attributes.
    Several,
    /// An array of objects: names that end in `*`.
    Extended,
}

impl Shape {
    #[inline]
    pub(super) fn of(name: &str) -> Self {
        match name {
            _ if name.ends_with('*') => Self::Extended,
            "media" | "title" | "type" => Self::One,
            _ => Self::Several,
        }
    }
}

/// The rule that the name of an attribute violates in JSON.
#[inline]
pub(super) fn name(name: &str) -> Option<Rule> {
    match name {
        "title" | "type" | "hreflang" | "media" | "title*" => None,
        "rel" | "rev" | "anchor" | "href" => Some(Rule::AttributeReserved),
        _ if !is_token(name.as_bytes()) => Some(Rule::ParameterName),
        _ => None,
    }
}

/// The rule that one value of an attribute violates in JSON.
#[inline]
pub(super) fn value(name: &str, value: &Value<'_>) -> Option<Rule> {
    let violated = |holds: bool, rule| (!holds).then_some(rule);
    match value {
        Value::Text(_) if name.ends_with('*') => Some(Rule::ExtValueSyntax),
        Value::Text(text) => match name {
            "type" => violated(is_media_type(text.as_bytes()), Rule::TypeSyntax),
            "hreflang" => violated(is_language_tag(text.as_bytes()), Rule::HreflangSyntax),
            _ => None,
        },
        Value::Extended(value) => value.language.as_deref().and_then(|language| {
            violated(is_language_tag(language.as_bytes()), Rule::HreflangSyntax)
        }),
        Value::Absent => Some(Rule::AttributeAbsent),
        Value::Json(_) => Some(Rule::AttributeValue),
    }
}

/// Whether a text is one relation type (RFC 8288 section 3.3).
pub(super) fn is_relation_type(name: &str) -> bool {
    !name.contains(' ') && is_relation_types(name)
}
