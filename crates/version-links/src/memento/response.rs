//! What a response says about mementos: the client's side of datetime negotiation.

use crate::memento::datetime::{MementoDatetime, Weekday};
use crate::memento::pattern::MementoPattern;
use crate::reference::{Base, normal};
use crate::relation::Relation;
use crate::rule::Rule;
use crate::versions::{VersionLink, VersionLinks};
use http::header::{CONTENT_LOCATION, LOCATION, VARY};
use http::{HeaderMap, HeaderName, StatusCode};

/// `Accept-Datetime` (RFC 7089 section 2.1.1).
pub(super) const ACCEPT_DATETIME: HeaderName = HeaderName::from_static("accept-datetime");
/// `Memento-Datetime` (RFC 7089 section 2.1.1).
pub(super) const MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");

/// What a response says about mementos (RFC 7089 section 4).
///
/// ```
/// use version_links::{MementoResponse, MementoResponseKind};
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("vary", "accept-datetime".parse()?);
/// headers.insert("location", "/web/20000620180259/http://a.example/".parse()?);
/// headers.insert("link", "<http://a.example/>; rel=original".parse()?);
/// let gate = "http://archive.example/timegate/http://a.example/";
/// let response = MementoResponse::of(gate, http::StatusCode::FOUND, &headers);
/// let memento = "http://archive.example/web/20000620180259/http://a.example/";
/// assert_eq!(*response.kind(), MementoResponseKind::Redirect { to: memento.into() });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MementoResponse {
    status: StatusCode,
    kind: MementoResponseKind,
    pattern: Option<MementoPattern>,
    datetime: Option<MementoDatetime>,
    memento: Option<String>,
    links: VersionLinks,
    violated: Option<Rule>,
}

/// What kind of response it is.
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MementoResponseKind {
    /// A memento: it has a Memento-Datetime. Its status may be any, since there are mementos of
    /// redirects and of errors too (RFC 7089 sections 4.5.4 and 4.5.5).
    Memento,
    /// A redirect that is no memento: by a TimeGate to a memento or to another TimeGate, or by the
    /// original resource.
    Redirect {
        /// The resolved URI.
        to: String,
    },
    /// A list of mementos to choose from (300).
    Choices,
    /// The Accept-Datetime could not be read (400).
    BadDatetime,
    /// There is no memento that the other fields of the request accept (406).
    NotAcceptable,
    /// A resource in its present state: the original resource, or one whose server knows no
    /// mementos.
    Present,
    /// Another status, such as 404 of a TimeGate without mementos.
    Failed,
}

impl MementoResponse {
    /// What the response says that a request to a URI got.
    ///
    /// The default [`Reader`](crate::Reader) reads the Link fields.
    #[must_use]
    pub fn of(uri: &str, status: StatusCode, headers: &HeaderMap) -> Self {
        let links = VersionLinks::about(uri).headers(headers);
        let base = Base::new(uri);
        let located = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok())?;
            base.resolve(value)
        };
        let varies = headers.get_all(VARY).iter().any(|value| {
            let mut names = value.as_bytes().split(|octet| *octet == b',');
            names.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"accept-datetime"))
        });
        let field = headers.get(&MEMENTO_DATETIME);
        let read = field.and_then(|value| MementoDatetime::read(value.as_bytes().trim_ascii()));
        let violated = match (field, read) {
            (Some(_), None) => Some(Rule::DatetimeSyntax),
            (_, Some((_, Weekday::Wrong))) => Some(Rule::DatetimeWeekday),
            _ => None,
        };
        let kind = match located(LOCATION).filter(|_| status.is_redirection()) {
            // A TimeGate's redirect is no memento, whatever else it says (RFC 7089 section 4.1.1).
            Some(to) if varies || field.is_none() => MementoResponseKind::Redirect { to },
            _ if field.is_some() => MementoResponseKind::Memento,
            _ => match status {
                StatusCode::MULTIPLE_CHOICES => MementoResponseKind::Choices,
                StatusCode::BAD_REQUEST => MementoResponseKind::BadDatetime,
                StatusCode::NOT_ACCEPTABLE => MementoResponseKind::NotAcceptable,
                _ if status.is_success() => MementoResponseKind::Present,
                _ => MementoResponseKind::Failed,
            },
        };
        let is_memento = kind == MementoResponseKind::Memento;
        // What varies is not the memento's own URI (RFC 7089 sections 4.1.3 and 4.2.3), unless it says
        // so by a link: there are archives whose mementos vary.
        let is_listed = || {
            let here = normal(uri);
            links.of(Relation::MEMENTO).any(|link| normal(link.uri()) == here)
        };
        let own = || Some(uri.to_owned()).filter(|_| !varies || is_listed());
        let memento = if is_memento { located(CONTENT_LOCATION).or_else(own) } else { None };
        let pattern = pattern(uri, varies, is_memento, &links);
        let datetime = read.map(|(datetime, _)| datetime).filter(|_| is_memento);
        Self { status, kind, pattern, datetime, memento, links, violated }
    }

    /// What kind of response it is.
    #[must_use]
    pub fn kind(&self) -> &MementoResponseKind {
        &self.kind
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The pattern of RFC 7089 section 4 that the server follows, as far as this response shows it.
    ///
    /// | the response | the original resource is | pattern |
    /// |---|---|---|
    /// | varies by Accept-Datetime | the requested one | 1 |
    /// | varies by Accept-Datetime | another one | 2 |
    /// | is a memento and does not vary | the requested one | 3 |
    /// | is a memento and has a link to a TimeGate | that TimeGate | 1 |
    /// | is a memento and has a link to a TimeGate | another one | 2 |
    /// | is a memento and has none | another one | 4 |
    /// | is no memento, and has a link to a TimeGate | | 2, or 1 if it is the TimeGate |
    #[must_use]
    pub fn pattern(&self) -> Option<MementoPattern> {
        self.pattern
    }

    /// The time of the memento (Memento-Datetime), if it can be read.
    #[must_use]
    pub fn datetime(&self) -> Option<MementoDatetime> {
        self.datetime
    }

    /// The URI of the memento, if the response is one, and the memento has a URI of its own.
    ///
    /// | the memento | its URI | sections of RFC 7089 |
    /// |---|---|---|
    /// | has a Content-Location | that one | 4.1.2, 4.2.2 |
    /// | has none, and varies by Accept-Datetime | none | 4.1.3, 4.2.3 |
    /// | the same, and one of its links says that it is a memento | that of the request | |
    /// | has none, and does not vary | that of the request | 4.1.1, 4.2.1, 4.3, 4.4 |
    ///
    /// A memento without a URI is found only by the same request again, with the same Accept-Datetime.
    #[must_use]
    pub fn memento(&self) -> Option<&str> {
        self.memento.as_deref()
    }

    /// The rule that the Memento-Datetime violates, if it violates one. A wrong weekday does not
    /// matter to [`datetime`](Self::datetime).
    #[must_use]
    pub fn violated(&self) -> Option<Rule> {
        self.violated
    }

    /// The links: to the original resource, the TimeGate, the TimeMap and other mementos.
    #[must_use]
    pub fn links(&self) -> &VersionLinks {
        &self.links
    }
}

fn pattern(
    uri: &str,
    varies: bool,
    is_memento: bool,
    links: &VersionLinks,
) -> Option<MementoPattern> {
    let uri = normal(uri);
    let original = links.original().map(|link| normal(link.uri()));
    let timegate = links.timegate().map(|link| normal(link.uri()));
    let is_original = original.as_ref().is_some_and(|original| *original == uri);
    Some(match (varies, is_memento) {
        // The original resource need not link to itself.
        (true, _) if is_original || original.is_none() => MementoPattern::OwnTimeGate,
        (true, _) => MementoPattern::RemoteTimeGate,
        (false, true) if is_original => MementoPattern::FixedResource,
        (false, true) => match (original?, timegate) {
            (_, None) => MementoPattern::NoTimeGate,
            (original, Some(timegate)) if original == timegate => MementoPattern::OwnTimeGate,
            _ => MementoPattern::RemoteTimeGate,
        },
        (false, false) if timegate? == uri => MementoPattern::OwnTimeGate,
        (false, false) => MementoPattern::RemoteTimeGate,
    })
}

/// The URI of a link, if there is one.
pub(super) fn uri(link: Option<&VersionLink>) -> Option<String> {
    link.map(|link| link.uri().to_owned())
}
