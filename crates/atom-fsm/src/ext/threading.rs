//! Threads of entries (RFC 4685).

use super::extension::Extension;
use super::rules;
use super::value::{attribute, element_value, plain};
use crate::atom::{Date, Link};
use crate::namespace;
use crate::xml::{Attribute, Element, Name};
use std::borrow::Cow;

element_value! {
    /// Says which entry an entry answers (RFC 4685 section 3). An entry may answer several.
    ///
    /// ```
    /// use atom_fsm::{atom::Entry, ext::InReplyTo};
    ///
    /// let mut entry = Entry::new();
    /// entry.add_extension(&InReplyTo::new("urn:example:1").with_href("http://example.org/1"));
    /// let reply = entry.typed_extensions::<InReplyTo<'_>>().next().unwrap()?;
    /// assert_eq!(reply.reference(), Some("urn:example:1"));
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    InReplyTo, namespace::THREAD, "thr", "in-reply-to"
}

element_value! {
    /// How many replies an entry has (RFC 4685 section 5).
    TotalReplies, namespace::THREAD, "thr", "total"
}

impl<'a> InReplyTo<'a> {
    /// Returns the element for an answer to the entry with this id.
    #[must_use]
    pub fn new(reference: impl Into<Cow<'a, str>>) -> Self {
        Self(Element::new(Self::name()).with_attribute(plain("ref", reference)))
    }

    /// The id of the entry that is answered; `None` only where that violation was tolerated
    /// ([`Rule::ReplyReference`](crate::Rule::ReplyReference)).
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        attribute(&self.0, "ref")
    }

    /// The IRI reference of a representation of that entry.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        attribute(&self.0, "href")
    }

    /// The media type of that representation, as a hint.
    #[must_use]
    pub fn type_(&self) -> Option<&str> {
        attribute(&self.0, "type")
    }

    /// The IRI reference of a feed or an entry document that contains that entry.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        attribute(&self.0, "source")
    }

    /// Sets the href.
    #[must_use]
    pub fn with_href(self, href: impl Into<Cow<'a, str>>) -> Self {
        Self(self.0.with_attribute(plain("href", href)))
    }

    /// Sets the media type.
    #[must_use]
    pub fn with_type(self, type_: impl Into<Cow<'a, str>>) -> Self {
        Self(self.0.with_attribute(plain("type", type_)))
    }

    /// Sets the source.
    #[must_use]
    pub fn with_source(self, source: impl Into<Cow<'a, str>>) -> Self {
        Self(self.0.with_attribute(plain("source", source)))
    }
}

impl TotalReplies<'static> {
    /// Returns the element for this number of replies.
    #[must_use]
    pub fn new(count: u64) -> Self {
        Self(Element::new(Self::name()).with_text(count.to_string()))
    }
}

impl TotalReplies<'_> {
    /// The number of replies; `None` where it is no number
    /// ([`Rule::ReplyTotal`](crate::Rule::ReplyTotal)) or does not fit.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        rules::count(&self.0.text())
    }
}

/// RFC 4685 section 4: what a link with the relation `replies` says about its target.
impl<'a> Link<'a> {
    /// How many replies the target has, as a hint. `None` where the attribute is missing, or is no
    /// number ([`Rule::ReplyCount`](crate::Rule::ReplyCount)).
    #[must_use]
    pub fn reply_count(&self) -> Option<u64> {
        rules::count(threading(self, "count")?)
    }

    /// When the newest reply was made, as a hint.
    #[must_use]
    pub fn replies_updated(&self) -> Option<Date<'_>> {
        threading(self, "updated").map(|text| Date::new(text.trim_matches(crate::xml::SPACE)))
    }

    /// Sets how many replies the target has.
    #[must_use]
    pub fn with_reply_count(self, count: u64) -> Self {
        with_threading(self, "count", count.to_string())
    }

    /// Sets when the newest reply was made.
    #[must_use]
    pub fn with_replies_updated(self, updated: &Date<'_>) -> Self {
        with_threading(self, "updated", updated.as_str().to_owned())
    }
}

fn threading<'l>(link: &'l Link<'_>, local: &str) -> Option<&'l str> {
    let mut attributes = link.common().attributes().iter();
    attributes.find(|it| it.name().is(namespace::THREAD, local)).map(Attribute::value)
}

fn with_threading<'a>(link: Link<'a>, local: &'static str, value: String) -> Link<'a> {
    let attribute = Attribute::new(Name::known(namespace::THREAD, "thr", local), value);
    let common = link.common().clone().with_attribute(attribute);
    link.with_common(common)
}
