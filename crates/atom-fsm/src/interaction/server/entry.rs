//! What becomes of an entry that a client posts: an entry that can be stored, or a refusal.

use super::refusal::{refuse_document, refuse_limit, refuse_rule};
use super::settings::Server;
use super::{resolution, standing};
use crate::app::{Control, Edited};
use crate::atom::{Content, Date, Entry, Link, Person, Text};
use crate::error::Error;
use crate::fsm::{self, Profile};
use crate::limits::{Limit, Limits};
use crate::namespace;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::xml::{Element, is_blank};
use chrono::{DateTime, Utc};
use http::{Response, StatusCode};

/// What the server determines in an entry, whatever the client sent.
///
/// ```
/// use atom_fsm::atom::Person;
/// use atom_fsm::interaction::ServerFields;
///
/// let fields = ServerFields::new("urn:uuid:1", "http://example.org/1", chrono::DateTime::UNIX_EPOCH)
///     .with_author(Person::new("Owner"));
/// assert_eq!(fields.uri(), "http://example.org/1");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ServerFields {
    id: String,
    uri: String,
    updated: DateTime<Utc>,
    published: Option<Date<'static>>,
    author: Option<Person<'static>>,
    media: Option<MediaFields>,
}

#[derive(Debug, Clone)]
struct MediaFields {
    source: String,
    media_type: Option<String>,
    edit_media: String,
}

impl MediaFields {
    /// Those of a media link entry. Only the server gives an entry an edit-media link.
    fn of(entry: &Entry<'_>) -> Option<Self> {
        let edit_media = entry.link("edit-media").and_then(Link::href)?.to_owned();
        let content = entry.content()?;
        let media_type = content.type_().map(str::to_owned);
        Some(Self { source: content.src()?.to_owned(), media_type, edit_media })
    }
}

impl ServerFields {
    /// Returns the fields of a member with this id, at this absolute URI, which is its edit link too. The
    /// time becomes the entry's `updated` and `app:edited`, and its `published` where it has none.
    pub fn new(id: impl Into<String>, uri: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            id: id.into(),
            uri: uri.into(),
            updated: now,
            published: None,
            author: None,
            media: None,
        }
    }

    /// Returns the fields for an edit: the id of the member stays, and its date of publication, unless
    /// the client sends another. A media link entry keeps its edit-media link, and the src and the type
    /// of its content: they are the server's (RFC 5023 section 9.6).
    pub fn for_edit(before: &Entry<'_>, uri: impl Into<String>, now: DateTime<Utc>) -> Self {
        let published = before.published().cloned().map(Date::into_owned);
        let media = MediaFields::of(before);
        Self { published, media, ..Self::new(before.id().unwrap_or_default(), uri, now) }
    }

    /// Sets the author of an entry that has none, such as the owner of the collection.
    pub fn with_author(mut self, author: Person<'static>) -> Self {
        self.author = Some(author);
        self
    }

    /// Makes the entry a media link entry: the src and the media type of its content, and its edit-media
    /// link (RFC 5023 section 9.6).
    pub fn with_media(
        mut self,
        source: impl Into<String>,
        media_type: impl Into<String>,
        edit_media: impl Into<String>,
    ) -> Self {
        let (source, media_type, edit_media) =
            (source.into(), Some(media_type.into()), edit_media.into());
        self.media = Some(MediaFields { source, media_type, edit_media });
        self
    }

    /// The URI of the member.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// An entry that a client posts, read but not yet fit to be stored.
#[derive(Debug, Clone)]
pub struct PostedEntry {
    pub(super) entry: Entry<'static>,
    pub(super) diagnostics: Diagnostics,
    pub(super) profile: Option<Profile>,
    pub(super) base: String,
    pub(super) server: Server,
}

/// An entry as it is to be stored, which can be written into a feed.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    entry: Entry<'static>,
    octets: Vec<u8>,
    uri: String,
    publication: Control,
    profile: Option<Profile>,
}

impl StoredEntry {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &Entry<'static> {
        &self.entry
    }

    /// The entry.
    #[must_use]
    pub fn into_entry(self) -> Entry<'static> {
        self.entry
    }

    /// The entry as a document, as a response has it. Octets that are stored can be served again without
    /// being read.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The URI of the member.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Whether the client wants it to be published (RFC 5023 section 13.1). A draft is a member like any
    /// other for those who may edit the collection, and in no feed that others read.
    #[must_use]
    pub fn publication(&self) -> Control {
        self.publication
    }

    /// Whether it is a service entry or a bundle reference. `None` if it is neither.
    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }
}

type Refusal = Response<Vec<u8>>;

impl Server {
    /// Makes the media link entry of a new media resource, with this title (RFC 5023 section 9.6). Pass
    /// [`ServerFields::with_media`].
    ///
    /// # Errors
    /// Returns the response to send when the entry cannot be written, such as when the title has a
    /// control character.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn media_link_entry(
        &self,
        title: &str,
        fields: &ServerFields,
    ) -> Result<StoredEntry, Refusal> {
        let posted = PostedEntry {
            entry: Entry::new().with_title(Text::plain(title.to_owned())),
            diagnostics: Diagnostics::default(),
            profile: None,
            base: fields.uri.clone(),
            server: self.clone(),
        };
        posted.store(fields)
    }
}

impl PostedEntry {
    /// The entry as the client sent it.
    #[must_use]
    pub fn entry(&self) -> &Entry<'static> {
        &self.entry
    }

    /// The violations in what the client sent. What is stored may be without them.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Whether it is a service entry or a bundle reference. `None` if it is neither.
    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// Makes the entry that is stored, or refuses it. Nothing else decides, so nothing that was
    /// refused leaves a trace, and whatever is stored can be written into a feed.
    ///
    /// | of what the client sent | is stored |
    /// |---|---|
    /// | the id, `updated`, `app:edited` | those of the server |
    /// | `published` | if it is a date, otherwise that of the server |
    /// | links of the relations `self`, `edit` and `edit-media` | none; the server adds its own |
    /// | relative references in links and in the `src` of content | resolved against the URI of the request and `xml:base` |
    /// | other relative references | as they are; the entry has an absolute `xml:base` |
    /// | no author | the author of the server's fields |
    /// | neither content nor an alternate link | an alternate link to the member itself |
    /// | the content of a media link entry, if the server's fields have its media resource | the src and the type of the server |
    /// | markup of any other kind, unknown elements of Atom and AtomPub too | as it is |
    ///
    /// A page of [fifty](crate::Limits::member_octets) stored entries can be read under the default
    /// limits, whatever prefixes they use: an entry has no more octets and elements than the limits of a
    /// member say, and half of the namespaces, attributes and depth that a reader accepts.
    ///
    /// # Errors
    /// Returns the response to send: 400, with the rule that the entry would violate, the path, and the
    /// line in what was sent, if that is known; 413 when it would exceed a limit. An entry with an FSM
    /// profile obeys the rules of FSM too, and references of links, content and `xml:base` are of http or
    /// https ([`Rule::AlternateScheme`], [`Rule::BaseScheme`]).
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn store(self, fields: &ServerFields) -> Result<StoredEntry, Refusal> {
        let Self { mut entry, diagnostics, profile, base, server } = self;
        entry.links_mut().retain(|link| !is_of_server(link));
        let limits = server.member_limits();
        let mut entry = resolution::resolved(entry, &base, limits.member_octets)
            .ok_or_else(|| refuse_limit(Limit::MemberOctets, &limits))?;
        if !names_the_web(&entry) {
            return Err(refuse_rule(StatusCode::BAD_REQUEST, Rule::AlternateScheme));
        }
        let refused = |error: &Error| refuse_document(error, &limits, Some(&diagnostics));
        let publication = publication(&entry).map_err(|error| refused(&error))?;
        if profile.is_some() {
            let is_refused = |rule: &Rule| !server.tolerance.tolerates(*rule);
            if let Some(rule) = fsm::entry_violations(&entry).into_iter().find(is_refused) {
                return Err(refused(&Error::built(rule, "/entry", "")));
            }
        }
        set_fields(&mut entry, fields);
        let octets = written(&entry, &server, &limits).map_err(|error| refused(&error))?;
        Ok(StoredEntry { entry, octets, uri: fields.uri.clone(), publication, profile })
    }
}

/// Whether the client wants the entry to be published. A control or a draft of another spelling, or in the
/// namespace of Atom, is refused: it would publish what the client holds back.
fn publication(entry: &Entry<'_>) -> Result<Control, Error> {
    let is = |element: &Element<'_>, local: &str| {
        let namespaces = [namespace::APP, namespace::ATOM, ""];
        let name = element.name();
        namespaces.contains(&name.namespace()) && name.local().eq_ignore_ascii_case(local)
    };
    let is_exactly = |element: &Element<'_>, local| element.name().is(namespace::APP, local);
    for control in entry.extensions().iter().filter(|element| is(element, "control")) {
        let mut drafts = control.children().filter(|element| is(element, "draft"));
        let is_known = is_exactly(control, "control")
            && drafts.all(|draft| is_exactly(draft, "draft"))
            && is_blank(&control.text());
        if !is_known {
            return Err(Error::built(Rule::ControlDraft, "/entry/control", ""));
        }
    }
    entry.extension::<Control>().unwrap_or(Ok(Control::Published))
}

/// The entry as a document, if it can stand in any feed.
fn written(entry: &Entry<'static>, server: &Server, limits: &Limits) -> Result<Vec<u8>, Error> {
    standing::check(entry, server, limits, |reader, octets| {
        reader.read::<Entry<'_>>(octets).map(drop)
    })
    .map_err(|error| standing::without_place(error, "/entry"))?;
    let mut octets = Vec::new();
    server.writer().write(entry, &mut octets)?;
    Ok(octets)
}

/// Whether a link is one that only the server sets.
fn is_of_server(link: &Link<'_>) -> bool {
    ["self", "edit", "edit-media"].into_iter().any(|it| link.has_rel_ignoring_case(it))
}

/// Whether the alternate links and the source of the content are of http or https, as far as they have a
/// scheme.
fn names_the_web(entry: &Entry<'_>) -> bool {
    let links = entry.links().iter().filter(|link| link.has_rel_ignoring_case("alternate"));
    let mut references = links.filter_map(Link::href).chain(entry.content().and_then(Content::src));
    references.all(standing::is_of_web)
}

fn set_fields(entry: &mut Entry<'static>, fields: &ServerFields) {
    // An id or a date that could not be understood is among the extensions.
    let is_set = |element: &Element<'_>| {
        let (is_atom, local) =
            (element.name().namespace() == namespace::ATOM, element.name().local());
        is_atom && ["id", "updated", "published"].iter().any(|it| local.eq_ignore_ascii_case(it))
    };
    entry.extensions_mut().retain(|element| !is_set(element));
    entry.set_id(Some(fields.id.clone().into()));
    entry.set_updated(Some(fields.updated.into()));
    entry.set_extension(&Edited(fields.updated.into()));
    if entry.published().is_none_or(|date| date.to_datetime().is_none()) {
        let date = fields.published.clone().unwrap_or_else(|| fields.updated.into());
        entry.set_published(Some(date));
    }
    if !entry.has_author() {
        entry.authors_mut().extend(fields.author.clone());
    }
    if let Some(media) = &fields.media {
        let type_ = media.media_type.clone().map(Into::into);
        entry.set_content(Some(Content::out_of_line(media.source.clone(), type_)));
        let edit_media = Link::new(media.edit_media.clone()).with_rel("edit-media");
        entry.links_mut().push(edit_media);
        if entry.summary().is_none() {
            entry.set_summary(Some(Text::plain("")));
        }
    }
    if entry.content().is_none() && entry.link("alternate").is_none() {
        let link = Link::new(fields.uri.clone()).with_rel("alternate");
        entry.links_mut().push(link.with_type(super::super::media::ENTRY));
    }
    entry.links_mut().push(Link::new(fields.uri.clone()).with_rel("edit"));
}
