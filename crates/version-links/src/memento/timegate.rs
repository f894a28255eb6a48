//! A TimeGate: the server's side of datetime negotiation.

use crate::error::Error;
use crate::link_field::{LinkBuf, LinkFields};
use crate::memento::datetime::MementoDatetime;
use crate::memento::response::{ACCEPT_DATETIME, MEMENTO_DATETIME};
use crate::memento::selection::{Memento, Selection};
use crate::memento::timemap_writer::{memento, timemap};
use crate::relation::Relation;
use crate::rule::Rule;
use http::header::{CONTENT_LOCATION, LOCATION, VARY};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// A TimeGate, without IO: it makes the heads of responses (RFC 7089 section 4).
///
/// ```
/// use version_links::{Memento, MementoDatetime, TimeGate};
///
/// let gate = TimeGate::new("http://a.example/", "http://a.example/tg").timemap("http://a.example/tm");
/// let mementos = [Memento::new("/2000", MementoDatetime::from_digits("20000620180259").unwrap())];
/// let mut request = http::HeaderMap::new();
/// request.insert("accept-datetime", "Sat, 01 Jan 2000 00:00:00 GMT".parse()?);
/// let response = gate.answer(&request, mementos)?;
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (302, &"/2000".parse()?));
/// assert_eq!(response.headers()["vary"], "accept-datetime");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone)]
#[must_use]
pub struct TimeGate<'a> {
    original: &'a str,
    timegate: &'a str,
    timemap: Option<&'a str>,
    style: TimeGateStyle,
}

/// How a TimeGate answers (RFC 7089 sections 4.1 and 4.2).
///
/// | the chosen memento | style | status | sections of RFC 7089 |
/// |---|---|---|---|
/// | has a URI of its own | `Redirect` | 302, Location | 4.1.1, 4.2.1 |
/// | has a URI of its own | `Content` | 200, Content-Location | 4.1.2, 4.2.2 |
/// | has none | either | 200, no Content-Location | 4.1.3, 4.2.3 |
///
/// The first section of each row is for an original resource that is its own TimeGate.
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TimeGateStyle {
    /// By a redirect to the memento (302).
    #[default]
    Redirect,
    /// By the memento itself (200), whose own URI is the Content-Location. The caller adds the body.
    /// A memento [without a URI of its own](Memento::without_uri) is answered like this in either
    /// style, without a Content-Location.
    Content,
}

impl<'a> TimeGate<'a> {
    /// A TimeGate of an original resource. If both URIs are the same, it is pattern 1 of RFC 7089
    /// section 4, and otherwise pattern 2. Clients resolve relative references against the URI of the
    /// response in which they stand.
    pub fn new(original: &'a str, timegate: &'a str) -> Self {
        Self { original, timegate, timemap: None, style: TimeGateStyle::default() }
    }

    /// Sets the URI of the TimeMap, which is then linked to in each response.
    pub fn timemap(mut self, uri: &'a str) -> Self {
        self.timemap = Some(uri);
        self
    }

    /// Sets how it answers. The default is [`TimeGateStyle::Redirect`].
    pub fn style(mut self, style: TimeGateStyle) -> Self {
        self.style = style;
        self
    }

    /// The response to a GET or HEAD of the TimeGate, with the [nearest](Selection::nearest) of these
    /// mementos. [`answer_with`](Self::answer_with) says what it contains.
    ///
    /// # Errors
    /// As [`answer_with`](Self::answer_with).
    pub fn answer<'m>(
        &self,
        request: &HeaderMap,
        mementos: impl IntoIterator<Item = Memento<'m>>,
    ) -> Result<Response<()>, Error> {
        self.answer_with(request, |preferred| Selection::nearest(mementos, preferred))
    }

    /// The response to a GET or HEAD of the TimeGate, with the memento that the caller selects for the
    /// preferred time, or for no preference.
    ///
    /// | the request, the mementos | status | the response has |
    /// |---|---|---|
    /// | with an Accept-Datetime, or without one | 302 | Location |
    /// | the same, [`TimeGateStyle::Content`] | 200 | Memento-Datetime, Content-Location |
    /// | the same, and the memento has no URI of its own | 200 | Memento-Datetime |
    /// | an Accept-Datetime that cannot be read, or several ones | 400 | |
    /// | there are no mementos | 404 | |
    ///
    /// Each has `Vary: accept-datetime` and Link fields: to the original resource, to the TimeMap, and
    /// to the first, last, previous, next and chosen memento, as far as there are such and they have
    /// URIs. A response of status 200 also links to the TimeGate, as each memento does. A wrong
    /// weekday in the Accept-Datetime does not matter.
    ///
    /// # Errors
    /// The rule that a URI violates; or the limit that the Link fields exceed.
    pub fn answer_with<'m>(
        &self,
        request: &HeaderMap,
        select: impl FnOnce(Option<MementoDatetime>) -> Option<Selection<'m>>,
    ) -> Result<Response<()>, Error> {
        let preferred = preferred(request);
        let selection = select(preferred.unwrap_or_default());
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("accept-datetime"));
        let status = match (&selection, preferred) {
            (_, Err(Unreadable)) => StatusCode::BAD_REQUEST,
            (None, _) => StatusCode::NOT_FOUND,
            (Some(selection), _) => self.lead_to(selection.chosen(), &mut headers)?,
        };
        let mut links = self.links_to_gate()?;
        if status != StatusCode::OK {
            // Only a memento links to another TimeGate than the one that answers.
            links.truncate(1);
        }
        self.link_to_timemap(&mut links, selection.as_ref())?;
        // After a date that cannot be read, no memento is chosen.
        let chosen = preferred.is_ok();
        link_to_mementos(&mut links, selection.as_ref(), chosen)?;
        LinkFields::new().append_to(&links, &mut headers)?;
        let mut response = Response::new(());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// The fields of a memento's own response: Memento-Datetime, and Link fields to the original
    /// resource, the TimeGate, the TimeMap and other mementos. The memento is the chosen one.
    ///
    /// # Errors
    /// As [`answer_with`](Self::answer_with).
    pub fn memento(&self, selection: &Selection<'_>) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(MEMENTO_DATETIME, datetime(selection.chosen())?);
        let mut links = self.links_to_gate()?;
        self.link_to_timemap(&mut links, Some(selection))?;
        link_to_mementos(&mut links, Some(selection), true)?;
        LinkFields::new().append_to(&links, &mut headers)?;
        Ok(headers)
    }

    /// The fields of the original resource's own responses: Link fields to the TimeGate and to the
    /// TimeMap, so that clients find them.
    ///
    /// # Errors
    /// As [`answer_with`](Self::answer_with).
    pub fn original(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        let mut links = vec![LinkBuf::builder(self.timegate).rel(Relation::TIMEGATE).build()?];
        self.link_to_timemap(&mut links, None)?;
        LinkFields::new().append_to(&links, &mut headers)?;
        Ok(headers)
    }

    /// The status by which the TimeGate answers with a memento, and the fields that lead to it.
    fn lead_to(&self, chosen: &Memento<'_>, headers: &mut HeaderMap) -> Result<StatusCode, Error> {
        let uri = chosen.uri().map(reference).transpose()?;
        let (name, status) = match self.style {
            TimeGateStyle::Redirect if uri.is_some() => (LOCATION, StatusCode::FOUND),
            TimeGateStyle::Redirect | TimeGateStyle::Content => (CONTENT_LOCATION, StatusCode::OK),
        };
        if status == StatusCode::OK {
            headers.insert(MEMENTO_DATETIME, datetime(chosen)?);
        }
        headers.extend(uri.map(|uri| (name, uri)));
        Ok(status)
    }

    /// The links to the original resource and to the TimeGate, which may be one.
    fn links_to_gate(&self) -> Result<Vec<LinkBuf>, Error> {
        let original = LinkBuf::builder(self.original).rel(Relation::ORIGINAL);
        if self.original == self.timegate {
            return Ok(vec![original.rel(Relation::TIMEGATE).build()?]);
        }
        let timegate = LinkBuf::builder(self.timegate).rel(Relation::TIMEGATE);
        Ok(vec![original.build()?, timegate.build()?])
    }

    fn link_to_timemap(
        &self,
        links: &mut Vec<LinkBuf>,
        selection: Option<&Selection<'_>>,
    ) -> Result<(), Error> {
        if let Some(uri) = self.timemap {
            let covered = selection.map(|it| it.first().datetime()..=it.last().datetime());
            links.push(timemap(uri, Relation::TIMEMAP, covered).build()?);
        }
        Ok(())
    }
}

/// The links to those mementos of a selection that have a URI: one for each, with all its relation
/// types.
fn link_to_mementos(
    links: &mut Vec<LinkBuf>,
    selection: Option<&Selection<'_>>,
    chosen: bool,
) -> Result<(), Error> {
    let Some(it) = selection else { return Ok(()) };
    let of = |memento, relation| (memento, Some(relation));
    let around = [
        of(Some(it.first()), Relation::FIRST),
        of(Some(it.last()), Relation::LAST),
        of(it.prev().filter(|_| chosen), Relation::PREV),
        of(it.next().filter(|_| chosen), Relation::NEXT),
        (Some(it.chosen()).filter(|_| chosen), None),
    ];
    let mut targets: Vec<(&Memento<'_>, Vec<Relation<'static>>)> = Vec::new();
    for (target, relation) in around {
        let Some(target) = target else { continue };
        match targets.iter_mut().find(|(known, _)| *known == target) {
            Some((_, relations)) => relations.extend(relation),
            None => targets.push((target, relation.into_iter().collect())),
        }
    }
    for (target, relations) in targets {
        if let Some(uri) = target.uri() {
            links.push(memento(uri, target.datetime(), relations).build()?);
        }
    }
    Ok(())
}

/// An Accept-Datetime that cannot be read.
#[derive(Debug, Clone, Copy)]
struct Unreadable;

/// The preferred time, if a request states one.
fn preferred(request: &HeaderMap) -> Result<Option<MementoDatetime>, Unreadable> {
    let mut values = request.get_all(ACCEPT_DATETIME).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let read = MementoDatetime::read(value.as_bytes().trim_ascii());
            read.map(|(datetime, _)| Some(datetime)).ok_or(Unreadable)
        }
        (Some(_), Some(_)) => Err(Unreadable),
    }
}

/// The URI of a memento as a field value. It is checked as the target of a link is.
fn reference(uri: &str) -> Result<HeaderValue, Error> {
    let link = LinkBuf::builder(uri).rel(Relation::MEMENTO).build()?;
    value(link.as_link().target())
}

fn datetime(memento: &Memento<'_>) -> Result<HeaderValue, Error> {
    value(&memento.datetime().to_string())
}

fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::violation(Rule::FieldControl, 0, 0, text.as_bytes()))
}
