//! Finding a snapshot's index, its feed, and what the publisher says about both.
//!
//! The draft does not say how a consumer finds them. Here the operator of a replica knows one start
//! URI, that of the index or that of the feed, and each document links to the other: the index to
//! the feed by `Link: rel="current"` (RFC 5005: the subscription document), and the feed to the
//! index by `rel="index"`. Both link to the timeline document, whose directory is the publisher's
//! root. A publisher without one has its root at the path `/`.

use crate::error::Error;
use crate::origin::{Roots, resolve};
use crate::replica::fetch::{Answer, Fetcher, is_direct};
use crate::replica::media_type;
use crate::replica::related::Related;
use change_feed::{Limits, Timeline};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use multipart_package::ContentType;

/// The documents that a replica begins with.
#[derive(Debug)]
pub struct Start {
    /// The snapshot's index.
    pub index: Answer,
    /// The feed that continues from it.
    pub feed: Feed,
}

/// A feed, as a replica has discovered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The URI of the subscription document.
    pub uri: String,
    /// The timeline, if the publisher tells it.
    pub timeline: Option<Told>,
    /// The roots that names are below: that of the publisher, and what else is allowed.
    pub roots: Roots,
}

impl Feed {
    /// The feed of a publisher that tells no timeline: its root is the path `/`.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn at_origin(fetcher: &Fetcher, uri: &str) -> Result<Self, Error> {
        let roots = fetcher.origins().roots_at_origin(uri)?;
        Ok(Self { uri: uri.to_owned(), timeline: None, roots })
    }
}

/// A publisher's timeline, as its document tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The URI of the document.
    pub uri: String,
    /// The timeline.
    pub timeline: Timeline,
    /// When the publisher sent it.
    pub date: Option<DateTime<Utc>>,
}

impl Told {
    fn of(answer: &Answer) -> Result<Self, Error> {
        let broken = |source| Error::Rules { uri: answer.uri.clone(), source };
        let timeline = Timeline::from_slice(&answer.body, &Limits::default()).map_err(broken)?;
        Ok(Self { uri: answer.uri.clone(), timeline, date: answer.date() })
    }

    /// Gets the timeline again, past all caches; none if there is no such document any more.
    ///
    /// # Errors
    /// Those of the request, and [`Error::Rules`].
    pub async fn again(&self, fetcher: &Fetcher) -> Result<Option<Self>, Error> {
        let answer = fetcher.get_fresh(&self.uri, None).await?;
        match answer.status {
            StatusCode::OK => Self::of(&answer).map(Some),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status => Err(Error::Status { uri: answer.uri, status }),
        }
    }
}

/// Gets the index that a start URI leads to, the URI of the feed, and the timeline.
///
/// # Errors
/// Those of the requests, [`Error::Start`], [`Error::NoIndex`], [`Error::Gone`], and
/// [`Error::Missing`] if a document has no link to the other; [`Error::Rules`], and
/// [`Error::Outside`] if the feed is not below the root.
pub async fn discover(fetcher: &Fetcher, start: &str) -> Result<Start, Error> {
    let begun = fetcher.get_start(start).await.map_err(|error| match error {
        // A redirect may have led elsewhere: then the start URI is right.
        Error::Gone { uri, status } if is_direct(start, &uri) => Error::Start { uri, status },
        error => error,
    });
    let mut answer = found(begun?)?;
    let mut told = None;
    if is_feed(&answer) {
        let links = related(&answer)?;
        told = links.timeline.map(|timeline| resolve(&answer.uri, &timeline)).transpose()?;
        let index = links.index.ok_or_else(|| missing(&answer, "link rel=index"))?;
        let index = resolve(&answer.uri, &index)?;
        answer = found(fetcher.get_patiently(&index, None).await?)?;
    }
    let links = related(&answer)?;
    let Some(feed) = links.current else { return Err(no_index(&answer)) };
    let feed = resolve(&answer.uri, &feed)?;
    let own = links.timeline.map(|timeline| resolve(&answer.uri, &timeline)).transpose()?;
    let feed = match own.or(told) {
        Some(uri) => {
            let answer = found(fetcher.get_patiently(&uri, None).await?)?;
            let roots = fetcher.origins().roots(&answer.uri)?;
            Feed { uri: feed, timeline: Some(Told::of(&answer)?), roots }
        }
        None => Feed::at_origin(fetcher, &feed)?,
    };
    feed.roots.check(&answer.uri, &feed.uri)?;
    Ok(Start { index: answer, feed })
}

/// What is wrong with an index that has no link to its feed.
fn no_index(answer: &Answer) -> Error {
    let media_type = media_type::of_answer(&answer.headers);
    let content_type = ContentType::parse(media_type.as_bytes()).ok();
    let is_json = content_type.is_some_and(|content_type| {
        let subtype = content_type.subtype().to_ascii_lowercase();
        subtype == "json" || subtype.ends_with("+json")
    });
    match is_json {
        true => missing(answer, "link rel=current"),
        false => Error::NoIndex { uri: answer.uri.clone(), media_type },
    }
}

fn missing(answer: &Answer, what: &'static str) -> Error {
    Error::Missing { uri: answer.uri.clone(), what }
}

fn found(answer: Answer) -> Result<Answer, Error> {
    match answer.status {
        StatusCode::OK => Ok(answer),
        status => Err(Error::of_status(&answer.uri, status)),
    }
}

fn is_feed(answer: &Answer) -> bool {
    let value = answer.headers.get(header::CONTENT_TYPE);
    let content_type = value.and_then(|value| ContentType::parse(value.as_bytes()).ok());
    content_type.is_some_and(|content_type| content_type.is("multipart", "mixed"))
}

fn related(answer: &Answer) -> Result<Related, Error> {
    let fields = answer.headers.get_all(header::LINK).iter();
    Related::read(&answer.uri, fields.map(http::HeaderValue::as_bytes))
}
