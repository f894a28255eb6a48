//! Bundles (draft-wilde-fsm-00 section 2.2).

use super::profile::Profile;
use super::profile_rules;
use super::{BundleReference, ServiceEntry, violations};
use crate::atom::{Date, Entry, Feed, Link, Text};
use crate::error::Error;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use std::borrow::Cow;

/// A feed that bundles service entries and references to other bundles
/// (draft-wilde-fsm-00 section 2.2).
///
/// It converts from a [`Feed`] and back without loss: entries that are neither are kept in their
/// place.
///
/// ```
/// use atom_fsm::fsm::Bundle;
///
/// let bundle = Bundle::parse(
///     "<feed xmlns='http://www.w3.org/2005/Atom'>
///        <id>urn:example:1</id><title>Spatial</title><updated>2010-11-13T16:51:38Z</updated>
///        <author><name>Y</name></author>
///        <link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>
///        <link rel='service' href='/service'/>
///        <entry><id>urn:example:2</id><title>Rates</title><updated>2010-11-13T16:51:38Z</updated>
///          <link rel='alternate' href='http://geofeeds.org/rates'/>
///          <link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/></entry>
///      </feed>",
/// )?;
/// for service in bundle.services() {
///     assert_eq!((&*service.title(), service.uri()), ("Rates", "http://geofeeds.org/rates"));
/// }
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// The feed without its entries.
    feed: Feed<'a>,
    members: Vec<Member<'a>>,
}

/// An entry of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "each holds an entry")]
pub enum Member<'a> {
    /// A service.
    Service(ServiceEntry<'a>),
    /// A reference to another bundle.
    Reference(BundleReference<'a>),
    /// An entry that is neither, and the rule that it violates.
    Other(Entry<'a>, Rule),
}

impl<'a> From<Entry<'a>> for Member<'a> {
    /// Converts an entry to a service or a reference, if it has the profile link and an alternate
    /// link.
    fn from(entry: Entry<'a>) -> Self {
        let has_uri = entry.link("alternate").and_then(Link::href).is_some();
        match Profile::of(entry.links()) {
            Err(rule) => Self::Other(entry, rule),
            Ok(_) if !has_uri => Self::Other(entry, Rule::ServiceUri),
            Ok(Profile::ServiceEntry) => Self::Service(ServiceEntry(entry)),
            Ok(Profile::Bundle) => Self::Reference(BundleReference(entry)),
        }
    }
}

impl<'a> Member<'a> {
    /// The entry.
    #[must_use]
    pub fn as_entry(&self) -> &Entry<'a> {
        match self {
            Self::Service(service) => service.as_entry(),
            Self::Reference(reference) => reference.as_entry(),
            Self::Other(entry, _) => entry,
        }
    }

    /// Copies what the value still borrows, so that it can outlive the document.
    #[must_use]
    pub fn into_owned(self) -> Member<'static> {
        match self {
            Self::Service(service) => Member::Service(service.into_owned()),
            Self::Reference(reference) => Member::Reference(reference.into_owned()),
            Self::Other(entry, rule) => Member::Other(entry.into_owned(), rule),
        }
    }

    /// The entry.
    #[must_use]
    pub fn into_entry(self) -> Entry<'a> {
        match self {
            Self::Service(service) => service.into_entry(),
            Self::Reference(reference) => reference.into_entry(),
            Self::Other(entry, _) => entry,
        }
    }
}

impl<'a> Bundle<'a> {
    /// Returns an empty bundle. It cannot be written before its feed has an author, unless it has
    /// no entries or each of them has one.
    pub fn new(
        id: impl Into<Cow<'a, str>>,
        title: impl Into<Text<'a>>,
        updated: impl Into<Date<'a>>,
        service_document: impl Into<Cow<'a, str>>,
    ) -> Self {
        let feed = Feed::new()
            .with_id(id)
            .with_title(title)
            .with_updated(updated)
            .with_link(Profile::Bundle.link())
            .with_link(Link::new(service_document).with_rel("service"));
        Self { feed, members: Vec::new() }
    }

    /// Reads a bundle with the default [`Reader`](crate::Reader), without its diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read), and those of [`from_feed`](Self::from_feed).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        Feed::parse(source)?.try_into()
    }

    /// Converts a feed to a bundle, and reports the violations that are tolerated.
    ///
    /// # Errors
    /// When the feed has no profile link of bundles, or when it violates a rule that is not
    /// tolerated.
    pub fn from_feed(feed: Feed<'a>, tolerance: Tolerance) -> Result<(Self, Diagnostics), Error> {
        let violations = violations::bundle_violations(&feed);
        let diagnostics = profile_rules::admit(&violations, tolerance, "/feed", feed.id())?;
        let mut feed = feed;
        let members = std::mem::take(feed.entries_mut()).into_iter().map(Member::from).collect();
        Ok((Self { feed, members }, diagnostics))
    }

    /// The entries, in document order.
    #[must_use]
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// Gives the entries to change.
    pub fn members_mut(&mut self) -> &mut Vec<Member<'a>> {
        &mut self.members
    }

    /// Appends an entry.
    #[must_use]
    pub fn with_member(mut self, entry: impl Into<Entry<'a>>) -> Self {
        self.members.push(entry.into().into());
        self
    }

    /// Iterates over the services, in document order.
    pub fn services(&self) -> impl Iterator<Item = &ServiceEntry<'a>> + Clone {
        self.members.iter().filter_map(|member| match member {
            Member::Service(service) => Some(service),
            Member::Reference(_) | Member::Other(..) => None,
        })
    }

    /// Iterates over the references to other bundles, in document order.
    pub fn references(&self) -> impl Iterator<Item = &BundleReference<'a>> + Clone {
        self.members.iter().filter_map(|member| match member {
            Member::Reference(reference) => Some(reference),
            Member::Service(_) | Member::Other(..) => None,
        })
    }

    /// The title as plain text; empty if there is none.
    #[must_use]
    pub fn title(&self) -> Cow<'_, str> {
        self.feed.title().map(Text::value).unwrap_or_default()
    }

    /// The IRI reference of the service document that lists the bundle.
    #[must_use]
    pub fn service_document(&self) -> Option<&str> {
        self.feed.link("service").and_then(Link::href)
    }

    /// The feed without its entries.
    #[must_use]
    pub fn feed(&self) -> &Feed<'a> {
        &self.feed
    }

    /// Gives the feed without its entries to change. Entries that are added to it come after those
    /// of the bundle.
    pub fn feed_mut(&mut self) -> &mut Feed<'a> {
        &mut self.feed
    }

    /// Copies what the value still borrows, so that it can outlive the document.
    #[must_use]
    pub fn into_owned(self) -> Bundle<'static> {
        let members = self.members.into_iter().map(Member::into_owned).collect();
        Bundle { feed: self.feed.into_owned(), members }
    }

    /// The feed with all its entries.
    #[must_use]
    pub fn into_feed(self) -> Feed<'a> {
        let Self { mut feed, members } = self;
        let entries = members.into_iter().map(Member::into_entry);
        feed.entries_mut().splice(0..0, entries);
        feed
    }
}

impl<'a> TryFrom<Feed<'a>> for Bundle<'a> {
    type Error = Error;

    /// Converts a feed as [`from_feed`](Self::from_feed) does under the default tolerance.
    fn try_from(feed: Feed<'a>) -> Result<Self, Error> {
        Self::from_feed(feed, Tolerance::default()).map(|(bundle, _)| bundle)
    }
}

impl<'a> From<Bundle<'a>> for Feed<'a> {
    fn from(bundle: Bundle<'a>) -> Self {
        bundle.into_feed()
    }
}
