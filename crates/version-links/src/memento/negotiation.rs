//! The client's way from an original resource to its memento.

use crate::limits::Limits;
use crate::memento::datetime::MementoDatetime;
use crate::memento::response::{ACCEPT_DATETIME, MementoResponse, MementoResponseKind, uri};
use crate::reference::normal;
use http::{HeaderMap, HeaderValue, Request, StatusCode};

/// Finds the memento of a resource at a time, without IO (RFC 7089 section 4).
///
/// It asks the original resource, goes to the TimeGate that it names, and follows redirects, each of
/// which the caller sees before it sends a request: it decides whether it goes to that server.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use version_links::{MementoDatetime, Negotiation, NegotiationStep};
///
/// let datetime = MementoDatetime::from_digits("20000620180259").unwrap();
/// let mut negotiation = Negotiation::new("http://a.example/", Some(datetime));
/// let request = negotiation.request()?;
/// assert_eq!(request.headers()["accept-datetime"], "Tue, 20 Jun 2000 18:02:59 GMT");
/// // The caller sends the request, without following redirects, and passes the head of the response.
/// let mut headers = HeaderMap::new();
/// headers.insert("link", "<http://archive.example/tg>; rel=timegate".parse()?);
/// let step = negotiation.response(StatusCode::OK, &headers);
/// assert_eq!(step, NegotiationStep::Ask("http://archive.example/tg".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone)]
pub struct Negotiation {
    datetime: Option<MementoDatetime>,
    at: String,
    /// The URIs that were asked, in normal form. The first one is the original resource's.
    asked: Vec<String>,
    limits: Limits,
}

/// What comes after a response.
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiationStep {
    /// Send [`Negotiation::request`] to this URI, if you want to go there.
    Ask(String),
    /// This response is the last one: a memento, or the reason why there is none.
    Done(Box<MementoResponse>),
    /// The TimeGate leads back to the original resource: its present state is the nearest one.
    Original,
    /// The redirects lead in a circle, to this URI again.
    Circle(String),
    /// There are more redirects than [`Limits::redirects`](crate::Limits#structfield.redirects) allows.
    TooManyRedirects,
}

impl Negotiation {
    /// Begins with the original resource, or with a TimeGate. Without a time, the last memento is
    /// asked for.
    #[must_use]
    pub fn new(uri: impl Into<String>, datetime: Option<MementoDatetime>) -> Self {
        Self { datetime, at: uri.into(), asked: Vec::new(), limits: Limits::default() }
    }

    /// Sets how many redirects are followed: [`Limits::redirects`](crate::Limits#structfield.redirects).
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The next request: GET, with the Accept-Datetime.
    ///
    /// # Errors
    /// That of the `http` crate if its type for URIs does not take this one.
    pub fn request(&self) -> Result<Request<()>, http::Error> {
        let mut request = Request::get(&self.at);
        if let Some(datetime) = self.datetime {
            let value = HeaderValue::try_from(datetime.to_string())?;
            request = request.header(ACCEPT_DATETIME, value);
        }
        request.body(())
    }

    /// Takes the head of the response to [`request`](Self::request).
    pub fn response(&mut self, status: StatusCode, headers: &HeaderMap) -> NegotiationStep {
        let response = MementoResponse::of(&self.at, status, headers);
        self.asked.push(normal(&self.at).into_owned());
        let next = match response.kind() {
            MementoResponseKind::Redirect { to } => to.clone(),
            MementoResponseKind::Present => match uri(response.links().timegate()) {
                // After the TimeGate itself, the resource is what it led to.
                Some(timegate) if !self.is_asked(&normal(&timegate)) => timegate,
                _ => return NegotiationStep::Done(Box::new(response)),
            },
            _ => return NegotiationStep::Done(Box::new(response)),
        };
        let key = normal(&next).into_owned();
        if self.asked.len() > 1 && self.asked.first().is_some_and(|first| *first == key) {
            return NegotiationStep::Original;
        }
        if self.is_asked(&key) {
            return NegotiationStep::Circle(next);
        }
        if self.asked.len() as u64 > self.limits.redirects {
            return NegotiationStep::TooManyRedirects;
        }
        self.at.clone_from(&next);
        NegotiationStep::Ask(next)
    }

    /// Whether a URI, in normal form, was asked.
    fn is_asked(&self, key: &str) -> bool {
        self.asked.iter().any(|asked| asked == key)
    }
}
