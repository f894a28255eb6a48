//! References to bundles (draft-wilde-fsm-00 section 2.2.1).

use super::profile::Profile;
use super::profile_rules;
use crate::atom::{Base, Content, Entry, Link, Text};
use crate::error::Error;
use crate::reporting::{Diagnostics, Tolerance};
use std::borrow::Cow;

/// An entry of a bundle that stands for another bundle, on this server or another
/// (draft-wilde-fsm-00 section 2.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleReference<'a>(pub(super) Entry<'a>);

impl<'a> BundleReference<'a> {
    /// A reference to the bundle at this URI, as a client submits it.
    pub fn new(title: impl Into<Text<'a>>, uri: impl Into<Cow<'a, str>>) -> Self {
        let uri = uri.into();
        let summary = Text::plain(format!("Bundle at {uri}"));
        let content = Content::out_of_line(uri.clone(), Some("application/atom+xml".into()));
        Self(
            Entry::new()
                .with_title(title)
                .with_link(Link::new(uri).with_rel("alternate"))
                .with_link(Profile::Bundle.link())
                .with_summary(summary)
                .with_content(content),
        )
    }

    /// Takes an entry for a bundle reference, and tells the rules that it breaks and the tolerance
    /// holds.
    ///
    /// # Errors
    /// When its profile links say something else or nothing, when it has no alternate link, or
    /// breaks a rule that is not tolerated.
    pub fn from_entry(
        entry: Entry<'a>,
        tolerance: Tolerance,
    ) -> Result<(Self, Diagnostics), Error> {
        let violations = profile_rules::violations(&entry, Profile::Bundle);
        let diagnostics = profile_rules::admit(&violations, tolerance, "/entry", entry.id())?;
        Ok((Self(entry), diagnostics))
    }

    /// The bundle's URI as the alternate link has it: an IRI reference.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.0.link("alternate").and_then(Link::href).unwrap_or_default()
    }

    /// The bundle's URI, resolved against the base of what the entry stands in.
    ///
    /// # Errors
    /// [`Rule::ServiceRelative`](crate::Rule::ServiceRelative) when it is relative and the base is not absolute.
    pub fn bundle_uri(&self, base: &Base) -> Result<String, Error> {
        super::invocation::uri(&self.0, None, base)
    }

    /// The title for people.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.0.title().map(Text::value).unwrap_or_default()
    }

    /// Where the reference itself can be edited: an IRI reference. Deleting it leaves the bundle.
    #[must_use]
    pub fn edit_uri(&self) -> Option<&str> {
        self.0.link("edit").and_then(Link::href)
    }

    /// The entry.
    #[must_use]
    pub fn as_entry(&self) -> &Entry<'a> {
        &self.0
    }

    /// The entry.
    #[must_use]
    pub fn into_entry(self) -> Entry<'a> {
        self.0
    }

    /// The same, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> BundleReference<'static> {
        BundleReference(self.0.into_owned())
    }
}

impl<'a> TryFrom<Entry<'a>> for BundleReference<'a> {
    type Error = Error;

    /// Takes an entry for a reference as [`from_entry`](Self::from_entry) does by default.
    fn try_from(entry: Entry<'a>) -> Result<Self, Error> {
        Self::from_entry(entry, Tolerance::default()).map(|(reference, _)| reference)
    }
}

impl<'a> From<BundleReference<'a>> for Entry<'a> {
    fn from(reference: BundleReference<'a>) -> Self {
        reference.into_entry()
    }
}
