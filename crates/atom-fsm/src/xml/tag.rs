//! Start tags: a name, attributes, and the namespaces they declare.

use super::chars::{self, SPACE};
use super::name::{Attribute, Name};
use super::repair::{self, Repairs};
use super::scope::Scope;
use super::shared::Shared;
use super::text::{self, Fault};
use crate::namespace;
use crate::rule::Rule;
use memchr::memchr;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// From this many attributes on, they are compared by hashing and no longer each with each.
const MANY: usize = 16;

/// A start tag as it is written, before its prefixes are looked up.
#[derive(Debug, Default)]
pub(crate) struct Raw<'a> {
    pub(crate) name: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    attributes: Vec<RawAttribute<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
struct RawAttribute<'a> {
    prefix: &'a str,
    local: &'a str,
    value: Cow<'a, str>,
    at: usize,
}

impl RawAttribute<'_> {
    /// Where the name is in the document, if no white space is in it.
    fn span(&self) -> Range<usize> {
        let prefix = if self.prefix.is_empty() { 0 } else { self.prefix.len() + ":".len() };
        self.at..self.at + prefix + self.local.len()
    }

    /// The prefix that this attribute declares, if it is a declaration.
    fn declares(&self) -> Option<&str> {
        match (self.prefix, self.local) {
            ("", "xmlns") => Some(""),
            ("xmlns", local) => Some(local),
            _ => None,
        }
    }
}

impl<'a> Raw<'a> {
    /// Reads what is behind the `<` of a start tag that is written as most are, up to its `>`. Returns
    /// its octets, and whether it ends in `/>`; `None` for any other tag.
    pub(crate) fn read_usual(
        &mut self,
        text: &'a str,
        base: usize,
        most: u64,
    ) -> Option<(usize, bool)> {
        self.attributes.clear();
        let octets = text.as_bytes();
        let (prefix, local, mut at) = chars::ascii_name(text)?;
        (self.name, self.prefix, self.local) = (text.get(..at)?, prefix, local);
        loop {
            let start = at;
            while octets.get(at).is_some_and(|octet| chars::is_space(*octet)) {
                at += 1;
            }
            match octets.get(at)? {
                b'>' => return Some((at + 1, false)),
                b'/' => return (octets.get(at + 1) == Some(&b'>')).then_some((at + 2, true)),
                _ if at == start || self.attributes.len() as u64 >= most => return None,
                _ => {}
            }
            let (attribute, length) = usual(text.get(at..)?, base + at)?;
            self.attributes.push(attribute);
            at += length;
        }
    }

    /// The slow twin: reads what is between `<` and `>` or `/>` (XML 1.0 section 3.1, `STag`), up to the
    /// first attribute beyond `most`, and returns the number of attributes. The first octet is at `base`
    /// in the document, for faults. With `repairs`, values are repaired.
    pub(crate) fn read(
        &mut self,
        inside: &'a str,
        base: usize,
        most: u64,
        mut repairs: Option<&mut Repairs>,
    ) -> Result<u64, Fault> {
        self.attributes.clear();
        let mut at = chars::until_space(inside);
        self.name = &inside[..at];
        let name = base..base + self.name.len().max(1);
        (self.prefix, self.local) = chars::split(self.name).ok_or((Rule::Name, name))?;
        loop {
            let rest = chars::skip_space(&inside[at..]);
            if rest.is_empty() || self.attributes.len() as u64 > most {
                return Ok(self.attributes.len() as u64);
            }
            let start = inside.len() - rest.len();
            if start == at {
                return Err((Rule::Tag, base + at..base + at + first_len(rest)));
            }
            let (attribute, length) = match usual(rest, base + start) {
                Some(usual) => usual,
                None => attribute(rest, base + start, repairs.as_deref_mut())?,
            };
            self.attributes.push(attribute);
            at = start + length;
        }
    }

    pub(crate) fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// The prefix, the local part and the value of each attribute that was read.
    pub(crate) fn into_attributes(self) -> impl Iterator<Item = (&'a str, &'a str, Cow<'a, str>)> {
        self.attributes.into_iter().map(|it| (it.prefix, it.local, it.value))
    }

    /// Adds the namespaces that the tag declares to the scope.
    pub(crate) fn declare(&self, scope: &mut Scope<'a>) -> Result<(), Fault> {
        for attribute in &self.attributes {
            let RawAttribute { prefix, local, value, .. } = attribute;
            let declared = match (*prefix, *local) {
                ("", "xmlns") => "",
                ("xmlns", local) => local,
                _ => continue,
            };
            let span = attribute.span();
            let of_xml = declared == "xml";
            let is_reserved = declared == "xmlns" || **value == *namespace::XMLNS;
            if is_reserved || of_xml != (**value == *namespace::XML) {
                return Err((Rule::PrefixReserved, span));
            }
            if value.is_empty() && !declared.is_empty() {
                return Err((Rule::PrefixEmpty, span));
            }
            scope.push(Cow::Borrowed(declared), value.clone());
        }
        Ok(())
    }

    /// Looks up the prefixes of the attributes, and leaves out the declarations.
    pub(crate) fn resolve(
        &mut self,
        mut lookup: impl FnMut(&'a str) -> Option<Shared<'a>>,
        resolved: &mut Vec<Attribute<'a>>,
        mut repairs: Option<&mut Repairs>,
    ) -> Result<(), Fault> {
        resolved.clear();
        self.forbid_repeated_declarations()?;
        let mut beyond = Vec::new();
        for attribute in self.attributes.drain(..) {
            if attribute.declares().is_some() {
                continue;
            }
            let span = attribute.span();
            let RawAttribute { prefix, local, value, at } = attribute;
            let namespace = match prefix {
                "" => Shared::Borrowed(""),
                _ => match (lookup(prefix), repairs.as_deref_mut()) {
                    (Some(namespace), _) => namespace,
                    (None, Some(repairs)) => {
                        repairs.push(Rule::RepairedPrefix, at..at + prefix.len());
                        Shared::unbound(prefix)
                    }
                    (None, None) => return Err((Rule::PrefixUndeclared, at..at + prefix.len())),
                },
            };
            let (prefix, local) = (Cow::Borrowed(prefix), Cow::Borrowed(local));
            let name = Name { namespace, prefix, local };
            if resolved.len() >= MANY {
                beyond.push(span);
            } else if resolved.iter().any(|other| other.name == name) {
                return Err((Rule::AttributeRepeated, span));
            }
            resolved.push(Attribute { name, value });
        }
        if !beyond.is_empty() {
            let (few, many) = resolved.split_at(MANY);
            let mut names: HashSet<_> = few.iter().map(Attribute::name).collect();
            for (attribute, span) in many.iter().zip(beyond) {
                if !names.insert(attribute.name()) {
                    return Err((Rule::AttributeRepeated, span));
                }
            }
        }
        Ok(())
    }

    fn forbid_repeated_declarations(&self) -> Result<(), Fault> {
        let declarations =
            self.attributes.iter().filter(|attribute| attribute.declares().is_some());
        if declarations.clone().nth(1).is_none() {
            return Ok(());
        }
        let mut seen = HashSet::new();
        for attribute in declarations {
            if !seen.insert(attribute.declares()) {
                return Err((Rule::AttributeRepeated, attribute.span()));
            }
        }
        Ok(())
    }
}

/// Reads one attribute that is written as most are: no white space around the `=`, and nothing to replace
/// in the value. `None` for any other.
fn usual(text: &str, base: usize) -> Option<(RawAttribute<'_>, usize)> {
    let (prefix, local, equals) = chars::ascii_name(text)?;
    let [b'=', quote @ (b'"' | b'\''), ..] = *text.as_bytes().get(equals..)? else { return None };
    let start = equals + 2;
    let length = memchr(quote, text.as_bytes().get(start..)?)?;
    let value = text.get(start..start + length).filter(|value| chars::is_plain_value(value))?;
    let attribute = RawAttribute { prefix, local, value: Cow::Borrowed(value), at: base };
    Some((attribute, start + length + 1))
}

/// The slow twin: reads one attribute (XML 1.0 section 3.1, `Attribute`), and returns its length.
fn attribute<'a>(
    text: &'a str,
    base: usize,
    repairs: Option<&mut Repairs>,
) -> Result<(RawAttribute<'a>, usize), Fault> {
    let equals = memchr(b'=', text.as_bytes()).unwrap_or(text.len());
    let name = text[..equals].trim_end_matches(SPACE);
    let Some((prefix, local)) = chars::split(name) else {
        // `a b="1"`: a name alone, which is no attribute.
        let first = name.split(SPACE).next().unwrap_or_default();
        let rule = if chars::split(first).is_some() { Rule::AttributeValue } else { Rule::Name };
        return Err((rule, base..base + first.len().max(1)));
    };
    let Some(after) = text.get(equals + 1..) else {
        return Err((Rule::AttributeValue, base..base + name.len()));
    };
    let quoted = chars::skip_space(after);
    let open = text.len() - quoted.len();
    let quote = match quoted.bytes().next() {
        Some(quote @ (b'"' | b'\'')) => quote,
        // There is nothing to show but the name.
        None => return Err((Rule::AttributeValue, base..base + name.len())),
        _ => {
            let at = base + open;
            return Err((Rule::AttributeValue, at..at + first_len(quoted)));
        }
    };
    let start = open + 1;
    let length = memchr(quote, &text.as_bytes()[start..])
        .ok_or((Rule::AttributeValue, base + open..base + start))?;
    let from = base + start;
    let in_document = |(rule, at): Fault| (rule, from + at.start..from + at.end);
    let raw = &text[start..start + length];
    let value = match repairs {
        None => text::attribute(raw).map_err(in_document)?,
        Some(repairs) => repair::attribute(raw, from, repairs).map_err(in_document)?,
    };
    Ok((RawAttribute { prefix, local, value, at: base }, start + length + 1))
}

/// The octets of the first character.
fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_usual_attribute_is_read_as_any_other(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "Z_", "xml", ":", "-", "7", ".", "=", "'", "\"", " ", "\n", "é", "&lt;", "&", "<",
                    ">", "/", "some words that are long", "\u{FFFE}", "\u{1}",
                ]),
                0..8,
            )
        ) {
            for text in [parts.concat(), format!("a:{}", parts.concat()), format!("a='{}'", parts.concat())] {
                if let Some(usual) = usual(&text, 3) {
                    prop_assert_eq!(Ok(usual), attribute(&text, 3, None), "{}", text);
                }
            }
        }
    }

    #[test]
    fn the_attributes_of_most_feeds_are_usual() {
        for text in ["a='b'", "x:a-1=\"b c\" d", "xmlns=''/", "href='http://example.org/'"] {
            assert!(usual(text, 0).is_some(), "{text}");
        }
        for text in [
            "", "a", "a=", "a =''", "a= ''", "a='", "a='&'", "a:b:c=''", "1=''", ":a=''", "a:=''",
            "é=''",
        ] {
            assert!(usual(text, 0).is_none(), "{text}");
        }
    }
}
