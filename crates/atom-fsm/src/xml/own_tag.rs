//! The start tag of an element that was read, as it is written.

use super::markup;
use super::tag::Raw;
use std::borrow::Cow;

/// What a start tag says itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnTag<'a> {
    /// Where its name ends.
    pub(crate) name_end: usize,
    pub(crate) is_empty: bool,
    /// The prefixes that it declares.
    pub(crate) declared: Vec<&'a str>,
    pub(crate) base: Option<Cow<'a, str>>,
    pub(crate) has_lang: bool,
}

/// Reads the start tag of an element that is known to be well-formed.
pub(crate) fn own_tag(element: &str) -> OwnTag<'_> {
    let end = markup::tag_end(element.as_bytes(), 1).unwrap_or(element.len());
    let is_empty = element[..end].ends_with("/>");
    let inside = element.get(1..end - if is_empty { 2 } else { 1 }).unwrap_or_default();
    let mut raw = Raw::default();
    // What is well-formed has no fault.
    let _ = raw.read(inside, 0, u64::MAX, None);
    let name_end = 1 + raw.name.len();
    let mut own = OwnTag { name_end, is_empty, ..OwnTag::default() };
    for (prefix, local, value) in raw.into_attributes() {
        match (prefix, local) {
            ("", "xmlns") => own.declared.push(""),
            ("xmlns", prefix) => own.declared.push(prefix),
            ("xml", "base") => own.base = Some(value),
            ("xml", "lang") => own.has_lang = true,
            _ => {}
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_tag_says_what_it_declares() {
        let own = own_tag("<a:b xmlns:c='>'\nxmlns = \"\" xml:base='&amp;' xml:lang='' d='e'/>");
        assert_eq!((own.name_end, own.is_empty, own.has_lang), (4, true, true));
        assert_eq!((own.declared, own.base.as_deref()), (vec!["c", ""], Some("&")));
        assert_eq!(own_tag("<a></a>"), OwnTag { name_end: 2, ..OwnTag::default() });
        assert_eq!(own_tag("<a/>"), OwnTag { name_end: 2, is_empty: true, ..OwnTag::default() });
    }
}
