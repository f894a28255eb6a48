//! The rules of OPML 2.0, each at the element that violates it. An outline has one report at most.

use super::outline::{attribute, is};
use crate::error::Error;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::Element;

/// The first rule that an element violates, which is the one that matters most.
fn violated(element: &Element<'_>) -> Option<Rule> {
    let has = |local| attribute(element, local).is_some();
    if is(element, "opml") {
        let has_child = |local| element.children().any(|child| is(child, local));
        return if !has_child("body") {
            Some(Rule::OpmlBody)
        } else if !has("version") {
            Some(Rule::OpmlVersion)
        } else if !has_child("head") {
            Some(Rule::OpmlHead)
        } else if has_outline(element) || element.children().any(has_outline_in_head) {
            Some(Rule::OpmlOutline)
        } else {
            None
        };
    }
    if !is(element, "outline") {
        return None;
    }
    let type_ = attribute(element, "type");
    let is_type = |known: &str| type_.is_some_and(|type_| type_.eq_ignore_ascii_case(known));
    if (is_type("include") || is_type("link")) && !has("url") {
        Some(Rule::OpmlUrl)
    } else if element.attribute("", "text").is_none() {
        Some(Rule::OpmlText)
    } else if is_type("rss") != has("xmlUrl") {
        Some(Rule::OpmlType)
    } else {
        None
    }
}

fn has_outline(element: &Element<'_>) -> bool {
    element.children().any(|child| is(child, "outline"))
}

fn has_outline_in_head(element: &Element<'_>) -> bool {
    is(element, "head") && has_outline(element)
}

/// Checks one element.
pub(super) fn check(element: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    violated(element).map_or(Ok(()), |rule| report.violation(rule))
}
