//! What a linkset is made of.

use crate::error::Error;
use crate::reporting::Diagnostics;
use std::borrow::Cow;
use std::ops::Range;

/// A set of links (RFC 9264), read from text or JSON, or made of links from another source.
///
/// ```
/// use version_links::{Relation, Linkset};
///
/// let linkset = Linkset::from_text(
///     b"<https://example.org/v/2>; rel=latest-version; anchor=\"https://example.org/doc\",
///       <https://example.org/me>; rel=author; anchor=\"https://example.org/doc\"")?;
/// let mut latest = linkset.of("https://example.org/doc", Relation::LATEST_VERSION);
/// assert_eq!(latest.next().map(|link| link.href()), Some("https://example.org/v/2"));
/// # Ok::<(), version_links::Error>(())
/// ```
///
/// A linkset is a sequence of link context objects, in the order of the document, and each is a
/// sequence of links. A link has one relation type: a link with several in text is several links
/// here, which share their attributes (RFC 8288 section 3.3). Text that contains no escapes and no
/// line breaks borrows the document; [`into_owned`](Self::into_owned) copies it.
///
/// A link that cannot be read is an error in its place, and its neighbours are read.
///
/// Two linksets are equal if their contexts, links, attributes and other members are equal, in
/// order. Diagnostics are not compared.
///
/// | to | use |
/// |---|---|
/// | read | [`from_text`](Self::from_text), `from_json`, [`Reader::linkset`](crate::Reader::linkset), `Reader::linkset_json` |
/// | make one of Link fields, or of records | [`from_links`](Self::from_links), [`from_records`](Self::from_records) |
/// | look at all links | [`links`](Self::links), [`contexts`](Self::contexts) |
/// | find links by context and relation type | [`of`](Self::of); [`ApiCatalog`](crate::ApiCatalog) |
/// | make references absolute | [`resolve`](Self::resolve) |
/// | write | [`LinksetWriter`](crate::LinksetWriter): [`to_text`](Self::to_text), `to_json`, [`to_link_format`](Self::to_link_format) |
/// | convert | [`to_links`](Self::to_links), [`records`](Self::records) |
#[derive(Debug, Clone, Default)]
pub struct Linkset<'a> {
    pub(super) contexts: Vec<Context<'a>>,
    /// The relation types of all contexts, in order.
    pub(super) relations: Vec<Cow<'a, str>>,
    /// The links of all contexts, in order.
    pub(super) items: Vec<Item<'a>>,
    /// The attributes of all links. Links that came from one link with several relation types share
    /// theirs.
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The members that RFC 9264 does not define, of all contexts, in order.
    pub(super) members: Vec<Member<'a>>,
    /// The members beside `linkset`.
    pub(super) document_members: Vec<Member<'a>>,
    pub(super) diagnostics: Diagnostics,
}

/// A link context object. The ranges are indexes into the lists of the linkset.
#[derive(Debug, Clone, Default)]
pub(super) struct Context<'a> {
    pub(super) anchor: Option<Cow<'a, str>>,
    pub(super) relations: Range<usize>,
    pub(super) items: Range<usize>,
    pub(super) members: Range<usize>,
}

/// A link, or why it could not be read.
#[derive(Debug, Clone)]
pub(super) enum Item<'a> {
    Target(Target<'a>),
    Refused(Error),
}

/// A link target object.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    /// An index into the list of relation types.
    pub(super) relation: usize,
    pub(super) href: Cow<'a, str>,
    pub(super) attributes: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Value<'a>,
}

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A parameter without `=`.
    Absent,
    Text(Cow<'a, str>),
    /// Text that has, or may have, a language.
    Extended(Box<Extended<'a>>),
    /// The text of a JSON value that RFC 9264 does not define.
    #[cfg_attr(not(feature = "json"), allow(dead_code, reason = "only JSON has such values"))]
    Json(Cow<'a, str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extended<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) language: Option<Cow<'a, str>>,
}

/// A member that RFC 9264 does not define: its name, and the text of its JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) json: Cow<'a, str>,
}

impl<'a> Linkset<'a> {
    /// Begins a context. The links, relation types and members that are added from now on are its.
    pub(super) fn begin(&mut self, anchor: Option<Cow<'a, str>>) {
        let relations = self.relations.len()..self.relations.len();
        let items = self.items.len()..self.items.len();
        let members = self.members.len()..self.members.len();
        self.contexts.push(Context { anchor, relations, items, members });
    }

    /// Ends the context that was begun last.
    pub(super) fn finish(&mut self) {
        if let Some(context) = self.contexts.last_mut() {
            context.relations.end = self.relations.len();
            context.items.end = self.items.len();
            context.members.end = self.members.len();
        }
    }

    /// Copies what borrows the document. The diagnostics and errors keep their places.
    #[must_use]
    pub fn into_owned(self) -> Linkset<'static> {
        let members = |members: Vec<Member<'a>>| members.into_iter().map(Member::into_owned);
        Linkset {
            contexts: self.contexts.into_iter().map(Context::into_owned).collect(),
            relations: self.relations.into_iter().map(owned).collect(),
            items: self.items.into_iter().map(Item::into_owned).collect(),
            attributes: self.attributes.into_iter().map(Attribute::into_owned).collect(),
            members: members(self.members).collect(),
            document_members: members(self.document_members).collect(),
            diagnostics: self.diagnostics,
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Context<'_> {
    fn into_owned(self) -> Context<'static> {
        Context { anchor: self.anchor.map(owned), ..self }
    }
}

impl Item<'_> {
    fn into_owned(self) -> Item<'static> {
        match self {
            Self::Refused(error) => Item::Refused(error),
            Self::Target(target) => Item::Target(Target { href: owned(target.href), ..target }),
        }
    }
}

impl Attribute<'_> {
    fn into_owned(self) -> Attribute<'static> {
        let value = match self.value {
            Value::Absent => Value::Absent,
            Value::Text(text) => Value::Text(owned(text)),
            Value::Json(text) => Value::Json(owned(text)),
            Value::Extended(value) => {
                let (text, language) = (owned(value.text), value.language.map(owned));
                Value::Extended(Box::new(Extended { text, language }))
            }
        };
        Attribute { name: owned(self.name), value }
    }
}

impl Member<'_> {
    pub(super) fn as_pair(&self) -> (&str, &str) {
        (&self.name, &self.json)
    }

    fn into_owned(self) -> Member<'static> {
        Member { name: owned(self.name), json: owned(self.json) }
    }
}
