//! The collection in a feed or a source (RFC 5023 section 8.3.5).

use super::extension::Extension;
use crate::app::Collection;
use crate::error::Error;
use crate::namespace;
use crate::reader::Reader;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use crate::writer::Writer;
use crate::xml::{Element, Name};

/// The collection that a feed or a source shows, and to which a client can add members
/// (RFC 5023 section 8.3.5).
///
/// ```
/// use atom_fsm::{app::Collection, atom::Feed};
///
/// let mut feed = Feed::new();
/// feed.set_extension(&Collection::new("Members").with_href("/members"));
/// let collection = feed.extension::<Collection<'_>>().unwrap()?;
/// assert_eq!(collection.href(), Some("/members"));
/// assert!(collection.accepts_type("application/atom+xml;type=entry"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
impl<'a> Extension<'a> for Collection<'a> {
    const NAMESPACE: &'static str = namespace::APP;
    const LOCAL: &'static str = "collection";
    const PREFIX: &'static str = "app";

    fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let mut octets = Vec::new();
        element.write(&mut octets)?;
        match Reader::new().read::<Collection<'_>>(&octets) {
            Ok(reading) => Ok(reading.into_document().into_owned()),
            Err(error) => {
                let rule = error.rule().unwrap_or(Rule::ExtensionValue);
                Err(Error::built(rule, "/collection", ""))
            }
        }
    }

    /// A collection that cannot be written, since a text of it contains a control character, becomes
    /// an element without content.
    fn to_element(&self) -> Element<'a> {
        let written = Writer::new().tolerance(Tolerance::ALL).to_string(self);
        let read = written.and_then(|text| Element::parse(&text).map(Element::into_owned));
        read.unwrap_or_else(|_| Element::new(Name::known(Self::NAMESPACE, "app", Self::LOCAL)))
    }
}
