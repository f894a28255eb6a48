//! References to bundles (draft-wilde-fsm-00 section 2.2.1).

use super::profile::Profile;
use super::profile_rules;
use crate::atom::{Base, Content, Entry, Link, Text};
use crate::error::Error;
use crate::reporting::{Diagnostics, Tolerance};
use std::borrow::Cow;

/// An entry of a bundle that refers to another bundle, on this server or another
/// (draft-wilde-fsm-00 section 2.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleReference<'a>(pub(super) Entry<'a>);

impl<'a> BundleReference<'a> {
    /// Returns a reference to the bundle at this URI, as a client submits it.
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

    /// Converts an entry to a bundle reference, and reports the violations that are tolerated.
    ///
    /// # Errors
    /// When the entry has no profile link of this kind, when it has no alternate link, or when it
    /// violates a rule that is not tolerated.
    pub fn from_entry(
        entry: Entry<'a>,
        tolerance: Tolerance,
    ) -> Result<(Self, Diagnostics), Error> {
        let violations = profile_rules::violations(&entry, Profile::Bundle);
        let diagnostics = profile_rules::admit(&violations, tolerance, "/entry", entry.id())?;
        Ok((Self(entry), diagnostics))
    }

    /// The bundle's IRI reference, which is the target of the alternate link.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.0.link("alternate").and_then(Link::href).unwrap_or_default()
    }

    /// The bundle's URI, resolved against the base around the entry.
    ///
    /// # Errors
    /// [`Rule::ServiceRelative`](crate::Rule::ServiceRelative) when the reference is relative and
    /// the base is not absolute.
    pub fn bundle_uri(&self, base: &Base) -> Result<String, Error> {
        super::invocation::uri(&self.0, None, base)
    }

    /// The title as plain text; empty if there is none.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.0.title().map(Text::value).unwrap_or_default()
    }

    /// The IRI reference where the reference itself can be edited. DELETE there does not delete the
    /// bundle.
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

    /// Copies what the value still borrows, so that it can outlive the document.
    #[must_use]
    pub fn into_owned(self) -> BundleReference<'static> {
        BundleReference(self.0.into_owned())
    }
}

impl<'a> TryFrom<Entry<'a>> for BundleReference<'a> {
    type Error = Error;

    /// Converts an entry as [`from_entry`](Self::from_entry) does under the default tolerance.
    fn try_from(entry: Entry<'a>) -> Result<Self, Error> {
        Self::from_entry(entry, Tolerance::default()).map(|(reference, _)| reference)
    }
}

impl<'a> From<BundleReference<'a>> for Entry<'a> {
    fn from(reference: BundleReference<'a>) -> Self {
        reference.into_entry()
    }
}
