//! Reading a document of the feed.

use crate::error::Error;
use crate::origin::{Base, Roots};
use crate::replica::fetch::{Answer, entity_tag};
use crate::replica::media_type;
use crate::replica::related::Related;
use bytes::Bytes;
use change_feed::{Document, Event, Method};
use http::header;
use multipart_package::{Head, Part, Reader, Tolerance};
use tracing::warn;

/// A feed document: the input of the consuming rules, and the body of each event.
#[derive(Debug)]
pub struct FeedPage {
    /// The input of the consuming rules.
    pub document: Document,
    /// For each event what it brings.
    pub states: Vec<State>,
}

/// What an event brings: a state after PUT, a patch after PATCH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The entity tag of the target after the event, if it is known.
    pub etag: Option<String>,
    /// The media type of the body, as it was sent.
    pub media_type: String,
    /// The body.
    pub body: Bytes,
}

/// Reads a feed document. The document and all that it refers to have names below the roots.
///
/// # Errors
/// [`Error::Package`] if the framing violates a rule, [`Error::Link`], [`Error::Outside`], and
/// [`Error::Missing`] if the document or an event lacks a required field.
pub fn read(roots: &Roots, answer: &Answer) -> Result<FeedPage, Error> {
    let Answer { uri, headers, body, .. } = answer;
    let broken = |source| Error::Package { uri: uri.clone(), source };
    let content_type =
        headers.get(header::CONTENT_TYPE).ok_or_else(|| missing(uri, "Content-Type"))?;
    let reader = Reader::from_content_type(content_type.as_bytes()).map_err(broken)?;
    let base = Base::new(roots, uri)?;
    let (mut events, mut states) = (Vec::new(), Vec::new());
    for part in reader.tolerance(Tolerance::STRICT).parts(body) {
        let part = part.map_err(broken)?;
        events.push(event(&base, &part)?);
        let etag = part.head().etag().map_err(broken)?;
        let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
        let media_type = media_type::of_value(part.head().get("content-type")).into_owned();
        states.push(State { etag, media_type, body: body.slice_ref(part.body()) });
    }
    let fields = headers.get_all(header::LINK).iter().map(http::HeaderValue::as_bytes);
    let related = Related::read(uri, fields)?;
    // An example of the draft has rel=prev in the place of rel=prev-archive.
    let prev_archive = related.prev_archive.or_else(|| {
        let prev = related.prev?;
        warn!(uri, prev, "a link with rel=prev is used in the place of rel=prev-archive");
        Some(prev)
    });
    let name = |reference: Option<String>| reference.map(|it| base.name(&it)).transpose();
    let document = Document::new(base.own_name()?, events)
        .with_etag(entity_tag(headers).map(str::to_owned))
        .with_date(answer.date())
        .with_prev_archive(name(prev_archive)?)
        .with_next_archive(name(related.next_archive)?);
    Ok(FeedPage { document, states })
}

fn event(base: &Base<'_>, part: &Part<'_>) -> Result<Event, Error> {
    let uri = base.uri();
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let head = part.head();
    let related = Related::read(uri, head.get_all("link"))?;
    let target = related.about.ok_or_else(|| missing(uri, "link rel=about in an event"))?;
    let event_type = head.event_type().map_err(broken)?;
    let method = event_type.and_then(|event_type| Method::by_name(event_type.http_equiv()?));
    let method = match method {
        // Only the server can apply a patch of another type. Its effect is fetched, as after a
        // POST.
        Some(Method::Patch) if !is_merge_patch(head) => Some(Method::Post),
        method => method,
    };
    let id =
        head.content_id().map_err(broken)?.ok_or_else(|| missing(uri, "Content-ID in an event"))?;
    let time = head.last_modified().map_err(broken)?;
    let event = Event::new(
        id,
        base.name(&target)?,
        method.ok_or_else(|| missing(uri, "http-equiv Event-Type in an event"))?,
        time.ok_or_else(|| missing(uri, "Last-Modified in an event"))?,
    );
    Ok(match related.self_uri {
        Some(self_uri) => event.with_self_uri(base.name(&self_uri)?),
        None => event,
    })
}

fn is_merge_patch(head: Head<&[u8]>) -> bool {
    let content_type = head.content_type().ok().flatten();
    content_type.is_some_and(|value| value.is("application", "merge-patch+json"))
}

fn missing(uri: &str, what: &'static str) -> Error {
    Error::Missing { uri: uri.to_owned(), what }
}
