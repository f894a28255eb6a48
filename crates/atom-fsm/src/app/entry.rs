//! The elements that AtomPub adds to entries: edited and control (RFC 5023 sections 10.2 and 13.1).

use crate::atom::Date;
use crate::error::Error;
use crate::ext::Extension;
use crate::namespace;
use crate::rule::Rule;
use crate::xml::{Element, Name};

/// When an entry was last edited on the server. A collection is ordered by it
/// (RFC 5023 section 10.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited<'a>(pub Date<'a>);

impl<'a> Extension<'a> for Edited<'a> {
    const NAMESPACE: &'static str = namespace::APP;
    const LOCAL: &'static str = "edited";
    const PREFIX: &'static str = "app";

    fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let date = Date::new(element.text().trim().to_owned());
        match date.to_datetime() {
            Some(_) => Ok(Self(date)),
            None => Err(Error::built(Rule::DateSyntax, "edited", date.as_str())),
        }
    }

    fn to_element(&self) -> Element<'a> {
        Element::new(Self::name()).with_text(self.0.as_str().to_owned())
    }
}

/// Whether a client wants an entry to be published (RFC 5023 section 13.1).
///
/// Markup of other vocabularies in the control element is not in this value: see
/// [`Entry::extensions`](crate::atom::Entry::extensions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Control {
    /// The entry is a draft: it should not be published yet.
    Draft,
    /// The entry may be published.
    Published,
}

impl<'a> Extension<'a> for Control {
    const NAMESPACE: &'static str = namespace::APP;
    const LOCAL: &'static str = "control";
    const PREFIX: &'static str = "app";

    fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let draft = element.child(namespace::APP, "draft").map(Element::text);
        match draft.as_deref() {
            None | Some("no") => Ok(Self::Published),
            Some("yes") => Ok(Self::Draft),
            Some(other) => Err(Error::built(Rule::ControlDraft, "control/draft", other)),
        }
    }

    fn to_element(&self) -> Element<'a> {
        let answer = match self {
            Self::Draft => "yes",
            Self::Published => "no",
        };
        let draft = Name::known(namespace::APP, "app", "draft");
        Element::new(Self::name()).with_child(Element::new(draft).with_text(answer))
    }
}
