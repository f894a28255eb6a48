//! Service entries (draft-wilde-fsm-00 section 2.1).

use super::invocation;
use super::profile::Profile;
use super::profile_rules;
use super::query::Query;
use crate::atom::{Base, Content, Entry, Link, Text, is_iri};
use crate::error::Error;
use crate::ext::Extension;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use std::borrow::Cow;

/// An entry that describes a service which a client is interested in
/// (draft-wilde-fsm-00 section 2.1).
///
/// It converts from an [`Entry`] and back without loss.
///
/// ```
/// use atom_fsm::atom::Base;
/// use atom_fsm::fsm::{Query, ServiceEntry};
///
/// let service = ServiceEntry::new("Unemployment", "http://geofeeds.org/unemployment2011")
///     .with_query(Query::new("state=CA"));
/// assert_eq!(
///     service.invocation_uri(&Base::new(""))?,
///     "http://geofeeds.org/unemployment2011?state=CA"
/// );
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEntry<'a>(pub(super) Entry<'a>);

impl<'a> ServiceEntry<'a> {
    /// Returns a service with this title and URI, as a client submits it: the entry has the profile
    /// link, and the URI is its alternate link and the src of its content.
    pub fn new(title: impl Into<Text<'a>>, uri: impl Into<Cow<'a, str>>) -> Self {
        let uri = uri.into();
        let summary = Text::plain(format!("Subscription to {uri}"));
        Self(
            Entry::new()
                .with_title(title)
                .with_link(Link::new(uri.clone()).with_rel("alternate"))
                .with_link(Profile::ServiceEntry.link())
                .with_summary(summary)
                .with_content(Content::out_of_line(uri, None)),
        )
    }

    /// Sets the query, in place of any other.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "as all that a value is built from")]
    pub fn with_query(mut self, query: Query<'a>) -> Self {
        self.0.set_extension(&query);
        self
    }

    /// Removes the query, which may contain secrets, before the entry is sent to another server.
    #[must_use]
    pub fn without_query(mut self) -> Self {
        self.0.remove_extension::<Query<'a>>();
        self
    }

    /// Converts an entry to a service entry, and reports the violations that are tolerated.
    ///
    /// # Errors
    /// When the entry has no profile link of this kind, when it has no alternate link, or when it
    /// violates a rule that is not tolerated.
    pub fn from_entry(
        entry: Entry<'a>,
        tolerance: Tolerance,
    ) -> Result<(Self, Diagnostics), Error> {
        let violations = violations(&entry);
        let diagnostics = profile_rules::admit(&violations, tolerance, "/entry", entry.id())?;
        Ok((Self(entry), diagnostics))
    }

    /// The service's IRI reference, which is the target of the alternate link.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.0.link("alternate").and_then(Link::href).unwrap_or_default()
    }

    /// The title as plain text; empty if there is none.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.0.title().map(Text::value).unwrap_or_default()
    }

    /// The IRI reference where the entry itself can be edited.
    #[must_use]
    pub fn edit_uri(&self) -> Option<&str> {
        self.0.link("edit").and_then(Link::href)
    }

    /// The query that the service is invoked with.
    #[must_use]
    pub fn query(&self) -> Option<Query<'a>> {
        self.0.extension::<Query<'a>>().and_then(Result::ok)
    }

    /// The URI that invokes the service, resolved against the base around the entry.
    ///
    /// A query without a scheme is appended before any fragment: with `?`, or with `&` if the URI
    /// has a query. A query with a scheme is not appended: the caller has to interpret it.
    ///
    /// # Errors
    /// [`Rule::ServiceRelative`] when the reference is relative and the base is not absolute,
    /// [`Rule::QuerySyntax`] when the query has not the syntax of a URI's query.
    pub fn invocation_uri(&self, base: &Base) -> Result<String, Error> {
        invocation::uri(&self.0, self.query().as_ref(), base)
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
    pub fn into_owned(self) -> ServiceEntry<'static> {
        ServiceEntry(self.0.into_owned())
    }
}

impl<'a> TryFrom<Entry<'a>> for ServiceEntry<'a> {
    type Error = Error;

    /// Converts an entry as [`from_entry`](Self::from_entry) does under the default tolerance.
    fn try_from(entry: Entry<'a>) -> Result<Self, Error> {
        Self::from_entry(entry, Tolerance::default()).map(|(service, _)| service)
    }
}

impl<'a> From<ServiceEntry<'a>> for Entry<'a> {
    fn from(service: ServiceEntry<'a>) -> Self {
        service.into_entry()
    }
}

/// Returns the rules of service entries that an entry violates.
pub(super) fn violations(entry: &Entry<'_>) -> Vec<Rule> {
    let mut violations = profile_rules::violations(entry, Profile::ServiceEntry);
    let is_query = |name: &crate::xml::Name<'_>| name.is(Query::NAMESPACE, Query::LOCAL);
    let mut queries = entry.extensions().iter().filter(|element| is_query(element.name()));
    if let Some(query) = queries.next() {
        if query.attribute("", "scheme").is_some_and(|scheme| !is_iri(scheme)) {
            violations.push(Rule::QueryScheme);
        }
    }
    if queries.next().is_some() {
        violations.push(Rule::QueryRepeated);
    }
    violations
}
