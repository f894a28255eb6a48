//! The references in XHTML, and their resolution (RFC 4287 section 3.1.1.3, XML Base).

use super::Base;
use crate::into_owned::IntoOwned;
use crate::namespace;
use crate::xml::{Attribute, Element, Node};
use std::borrow::Cow;

/// How an attribute of XHTML holds references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One.
    One,
    /// Several, separated by white space.
    Several,
    /// Candidates for a picture, separated by commas, each with a width or a density behind it.
    Candidates,
}

/// The attributes of XHTML and HTML that hold references, each with its elements; none means every
/// element.
const ATTRIBUTES: &[(&str, &[&str], Form)] = &[
    ("href", &[], Form::One),
    ("src", &[], Form::One),
    ("srcset", &["img", "source"], Form::Candidates),
    ("imagesrcset", &["link"], Form::Candidates),
    ("action", &["form"], Form::One),
    ("formaction", &["button", "input"], Form::One),
    ("cite", &["blockquote", "del", "ins", "q"], Form::One),
    ("longdesc", &["frame", "iframe", "img"], Form::One),
    ("poster", &["video"], Form::One),
    ("data", &["object"], Form::One),
    ("background", &[], Form::One),
    ("manifest", &["html"], Form::One),
    ("ping", &["a", "area"], Form::Several),
    ("profile", &["head"], Form::Several),
    ("usemap", &["img", "input", "object"], Form::One),
    ("icon", &["command", "menuitem"], Form::One),
    ("itemid", &[], Form::One),
    ("itemtype", &[], Form::Several),
];

fn form(element: &Element<'_>, attribute: &Attribute<'_>) -> Option<Form> {
    let (element, name) = (element.name(), attribute.name());
    if !name.namespace().is_empty() || !namespace::same(element.namespace(), namespace::XHTML) {
        return None;
    }
    let found = ATTRIBUTES.iter().find(|(local, elements, _)| {
        *local == name.local() && (elements.is_empty() || elements.contains(&element.local()))
    });
    // `classid`, `codebase` and `archive` of `object` and `applet` have a base of their own.
    found.map(|(_, _, form)| *form)
}

/// A reference in an attribute of XHTML.
///
/// `element` and `attribute` name where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'e> {
    element: &'e str,
    attribute: &'e str,
    text: &'e str,
    resolved: Option<String>,
}

impl<'e> Reference<'e> {
    /// The name of the element, such as `img`.
    #[must_use]
    pub fn element(&self) -> &'e str {
        self.element
    }

    /// The name of the attribute, such as `srcset`.
    #[must_use]
    pub fn attribute(&self) -> &'e str {
        self.attribute
    }

    /// The reference as it is written, without the white space around it.
    #[must_use]
    pub fn text(&self) -> &'e str {
        self.text
    }

    /// The reference, resolved against the base of its element. `None` where [`Base::resolve`] gives
    /// none.
    #[must_use]
    pub fn resolved(&self) -> Option<&str> {
        self.resolved.as_deref()
    }
}

/// The references in the XHTML in an element and in all elements within it, in document order. `base`
/// is that around the element: the `xml:base` of each element counts, the element's own too.
///
/// ```
/// use atom_fsm::atom::{Base, references};
/// use atom_fsm::xml::Element;
///
/// let div = Element::parse(
///     "<div xmlns='http://www.w3.org/1999/xhtml' xml:base='a/'><a href='b'/>\
///      <img src='c' srcset='d 2x, e 3x' alt=''/></div>",
/// )?;
/// let found = references(&div, &Base::new("http://example.org/"));
/// let found: Vec<_> = found.iter().filter_map(|one| one.resolved()).collect();
/// assert_eq!(found.len(), 4);
/// assert_eq!(found[3], "http://example.org/a/e");
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[must_use]
pub fn references<'e>(element: &'e Element<'_>, base: &Base) -> Vec<Reference<'e>> {
    let mut found = Vec::new();
    gather(element, base, &mut found);
    found
}

fn gather<'e>(element: &'e Element<'_>, base: &Base, found: &mut Vec<Reference<'e>>) {
    let base = base.within_element(element);
    for attribute in element.attributes() {
        let Some(form) = form(element, attribute) else { continue };
        for text in texts(attribute.value(), form) {
            found.push(Reference {
                element: element.name().local(),
                attribute: attribute.name().local(),
                text,
                resolved: base.resolve(text),
            });
        }
    }
    element.children().for_each(|child| gather(child, &base, found));
}

/// A copy of an element in which the references in XHTML are resolved, so that it can be shown
/// anywhere. What cannot be resolved stays as it is, and `xml:base` is removed.
///
/// ```
/// use atom_fsm::atom::{Base, resolve_references};
/// use atom_fsm::xml::Element;
///
/// let div = Element::parse("<div xmlns='http://www.w3.org/1999/xhtml'><a href='b'>c</a></div>")?;
/// let resolved = resolve_references(&div, &Base::new("http://example.org/a/"));
/// let link = resolved.children().next().unwrap();
/// assert_eq!(link.attribute("", "href"), Some("http://example.org/a/b"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[must_use]
pub fn resolve_references(element: &Element<'_>, base: &Base) -> Element<'static> {
    let mut copy = IntoOwned::into_owned(element.clone());
    resolve(&mut copy, base);
    copy
}

fn resolve(element: &mut Element<'static>, base: &Base) {
    let base = base.within_element(element);
    let forms: Vec<_> = element.attributes.iter().map(|it| form(element, it)).collect();
    for (attribute, form) in element.attributes.iter_mut().zip(forms) {
        if let Some(form) = form {
            attribute.value = Cow::Owned(replaced(&attribute.value, form, &base));
        }
    }
    element.attributes.retain(|it| !it.name().is(namespace::XML, "base"));
    for node in &mut element.nodes {
        if let Node::Element(child) = node {
            resolve(child, &base);
        }
    }
}

/// A value in which each reference is resolved, if it can be.
fn replaced(value: &str, form: Form, base: &Base) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = 0;
    for text in texts(value, form) {
        let start = text.as_ptr() as usize - value.as_ptr() as usize;
        out.push_str(&value[rest..start]);
        match base.resolve(text) {
            Some(resolved) => out.push_str(&resolved),
            None => out.push_str(text),
        }
        rest = start + text.len();
    }
    out.push_str(&value[rest..]);
    out
}

fn is_space(found: char) -> bool {
    found.is_ascii_whitespace()
}

/// The references in a value.
fn texts(value: &str, form: Form) -> Vec<&str> {
    match form {
        Form::One => {
            let text = value.trim_matches(is_space);
            // A reference to the document itself is written so, and an empty list is not one.
            vec![text]
        }
        Form::Several => value.split_ascii_whitespace().collect(),
        Form::Candidates => candidates(value),
    }
}

/// The references of the candidates in a `srcset` (the HTML standard, section 4.8.4.2.2): a reference
/// ends at white space, may contain commas, and ends the candidate if it ends in commas.
fn candidates(value: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches(|it| is_space(it) || it == ',');
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        let (text, behind) = rest.split_at(end);
        let reference = text.trim_end_matches(',');
        found.push(reference);
        rest = behind;
        if reference.len() == text.len() {
            rest = after_descriptor(behind);
        }
    }
}

/// What is behind the comma that ends a descriptor; parentheses may contain commas.
fn after_descriptor(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_4_8_4_2_2_candidates_are_separated_by_commas_behind_white_space() {
        for (value, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a 1x, b 2x", &["a", "b"]),
            ("a, b", &["a", "b"]),
            ("a,b 2x", &["a,b"]),
            (" ,a 1x,b 2x,", &["a", "b"]),
            ("data:,x 1x, b", &["data:,x", "b"]),
            ("a (1,2), b", &["a", "b"]),
        ] {
            assert_eq!(candidates(value), expected, "{value}");
        }
    }

    #[test]
    fn rfc4287_3_1_1_3_each_attribute_of_xhtml_that_holds_references_is_resolved() {
        let base = Base::new("http://a/b/");
        for (source, expected) in [
            ("<a href='c'/>", "href=\"http://a/b/c\""),
            ("<a href=' c '/>", "href=\" http://a/b/c \""),
            ("<a href='c' xml:base='d/'/>", "href=\"http://a/b/d/c\""),
            ("<img src='../c'/>", "src=\"http://a/c\""),
            ("<img srcset='c 1x, /d 2x'/>", "srcset=\"http://a/b/c 1x, http://a/d 2x\""),
            ("<img longdesc='c'/>", "longdesc=\"http://a/b/c\""),
            ("<q cite='c'/>", "cite=\"http://a/b/c\""),
            ("<video poster='c'/>", "poster=\"http://a/b/c\""),
            ("<a ping='c  d'/>", "ping=\"http://a/b/c  http://a/b/d\""),
            ("<object data='c'/>", "data=\"http://a/b/c\""),
            ("<form action='c'/>", "action=\"http://a/b/c\""),
            // Not references.
            ("<p cite='c'/>", "cite=\"c\""),
            ("<a title='c'/>", "title=\"c\""),
            ("<a href='http://['/>", "href=\"http://[\""),
            ("<b xmlns='urn:b' href='c'/>", "href=\"c\""),
        ] {
            let source = format!("<div xmlns='http://www.w3.org/1999/xhtml'>{source}</div>");
            let div = Element::parse(&source).unwrap();
            let resolved = resolve_references(&div, &base).to_string();
            assert!(resolved.contains(expected), "{resolved}");
            assert!(!resolved.contains("xml:base"));
        }
    }
}
