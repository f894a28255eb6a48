//! The attributes of a link, whatever it was read from.

use crate::ext_value::ExtValue;
use crate::link_field::Parameter;
use std::borrow::Cow;

/// A target attribute (RFC 8288 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: AttributeValue<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttributeValue<'a> {
    /// The attribute is only a name, such as `crossorigin`.
    Absent,
    Text(Cow<'a, str>),
    /// The decoded value of an attribute whose name ends in `*`, with its language or `""`.
    Encoded {
        language: Cow<'a, str>,
        text: Cow<'a, str>,
    },
}

/// Names of attributes that are so common that no memory is allocated for them.
const COMMON: [&str; 8] =
    ["title", "title*", "type", "hreflang", "media", "datetime", "crossorigin", "as"];

impl<'a> Attribute<'a> {
    /// The attribute that a parameter is. There is none if the value of a name that ends in `*`
    /// cannot be decoded.
    pub(crate) fn of(parameter: Parameter<'a>) -> Option<Self> {
        let name = Cow::Borrowed(parameter.name());
        let value = match parameter.value() {
            None => AttributeValue::Absent,
            Some(_) if name.ends_with('*') => {
                let decoded: ExtValue<'a> = parameter.ext_value()?;
                let language = Cow::Borrowed(decoded.language().unwrap_or_default());
                AttributeValue::Encoded { language, text: decoded.into_text() }
            }
            Some(text) => AttributeValue::Text(text),
        };
        Some(Self { name, value })
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as text, which is empty if there is none.
    pub(crate) fn text(&self) -> &str {
        match &self.value {
            AttributeValue::Absent => "",
            AttributeValue::Text(text) | AttributeValue::Encoded { text, .. } => text,
        }
    }

    pub(crate) fn language(&self) -> Option<&str> {
        match &self.value {
            AttributeValue::Encoded { language, .. } if !language.is_empty() => Some(language),
            _ => None,
        }
    }

    pub(crate) fn into_owned(self) -> Attribute<'static> {
        let common = COMMON.iter().find(|common| **common == self.name);
        let owned = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Attribute {
            name: common.map_or_else(|| Cow::Owned(self.name.into_owned()), |&it| it.into()),
            value: match self.value {
                AttributeValue::Absent => AttributeValue::Absent,
                AttributeValue::Text(text) => AttributeValue::Text(owned(text)),
                AttributeValue::Encoded { language, text } => {
                    AttributeValue::Encoded { language: owned(language), text: owned(text) }
                }
            },
        }
    }
}

/// The first attribute with this name. For `title`, the first `title*` is preferred (RFC 8288 section
/// 3.4.1).
pub(crate) fn first<'s, 'a>(
    attributes: &'s [Attribute<'a>],
    name: &str,
) -> Option<&'s Attribute<'a>> {
    let of_name = |name: &str| attributes.iter().find(|found| found.is(name));
    let preferred = if name.eq_ignore_ascii_case("title") { of_name("title*") } else { None };
    preferred.or_else(|| of_name(name))
}
