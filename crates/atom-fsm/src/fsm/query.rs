//! The query element (draft-wilde-fsm-00 section 2.1).

use crate::error::Error;
use crate::ext::Extension;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::xml::{Attribute, Element, Name};
use std::borrow::Cow;

/// The query that a client always invokes a service with (draft-wilde-fsm-00 section 2.1).
///
/// It may contain a client's secrets: see
/// [`ServiceEntry::without_query`](super::ServiceEntry::without_query).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    text: Cow<'a, str>,
    scheme: Option<Cow<'a, str>>,
}

into_owned!(Query { text, scheme });

impl<'a> Query<'a> {
    /// Returns the query of a URI, which is appended to the service's URI.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), scheme: None }
    }

    /// Sets a URI that says what kind of query it is. A query with a scheme is not appended.
    #[must_use]
    pub fn with_scheme(mut self, scheme: impl Into<Cow<'a, str>>) -> Self {
        self.scheme = Some(scheme.into());
        self
    }

    /// The text of the query.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The URI that says what kind of query it is. `None` for the query of a URI.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }
}

impl<'a> Extension<'a> for Query<'a> {
    const NAMESPACE: &'static str = namespace::FSM;
    const LOCAL: &'static str = "query";
    const PREFIX: &'static str = "fsm";

    fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let scheme = element.attribute("", "scheme").map(|scheme| Cow::Owned(scheme.to_owned()));
        Ok(Self { text: Cow::Owned(element.text().into_owned()), scheme })
    }

    fn to_element(&self) -> Element<'a> {
        let element = Element::new(Self::name()).with_text(self.text.clone());
        match &self.scheme {
            Some(scheme) => {
                let name = Name::known("", "", "scheme");
                element.with_attribute(Attribute::new(name, scheme.clone()))
            }
            None => element,
        }
    }
}
