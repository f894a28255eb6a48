//! Finding a snapshot's index, its feed, and what the publisher says about both.
//!
//! The draft does not say how a consumer finds them. Here the operator of a replica knows one start
//! URI, that of the index or that of the feed, and each document links to the other: the index to
//! the feed by `Link: rel="current"` (RFC 5005: the subscription document), and the feed to the
//! index by `rel="index"`. Both link to the timeline document, whose directory is the publisher's
//! root. A publisher without one has its root at the path `/`.

use crate::error::Error;
use crate::origin::{Roots, resolve};
use crate::replica::fetch::{Answer, Fetcher};
use crate::replica::related::Related;
use bytes::Bytes;
use http::{StatusCode, header};
use multipart_package::ContentType;
use serde::Deserialize;

/// The documents that a replica begins with.
#[derive(Debug)]
pub struct Start {
    /// The snapshot's index.
    pub index: Answer,
    /// The URI of the feed's subscription document.
    pub feed: String,
    /// The timeline, if the publisher tells it.
    pub timeline: Option<Timeline>,
    /// The roots that names are below: that of the publisher, and what else is allowed.
    pub roots: Roots,
}

/// Which feed a publisher has, and the runs that have issued its events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Timeline {
    /// The identity of the feed.
    pub feed: String,
    /// The runs, the oldest first.
    pub runs: Vec<Run>,
    /// The document as it was received.
    #[serde(skip)]
    pub octets: Bytes,
}

/// A run of the publisher.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The number of the first event that it could issue.
    pub first: u64,
}

/// Gets the index that a start URI leads to, the URI of the feed, and the timeline.
///
/// # Errors
/// Those of the requests, [`Error::Gone`], and [`Error::Missing`] if a document has no link to the
/// other; [`Error::Timeline`], and [`Error::Outside`] if the feed is not below the root.
pub async fn discover(fetcher: &Fetcher, start: &str) -> Result<Start, Error> {
    let mut answer = found(fetcher, start).await?;
    let mut told = None;
    if is_feed(&answer) {
        let links = related(&answer)?;
        told = links.timeline.map(|timeline| resolve(&answer.uri, &timeline)).transpose()?;
        let index = links.index.ok_or_else(|| missing(&answer, "link rel=index"))?;
        answer = found(fetcher, &resolve(&answer.uri, &index)?).await?;
    }
    let links = related(&answer)?;
    let feed = links.current.ok_or_else(|| missing(&answer, "link rel=current"))?;
    let feed = resolve(&answer.uri, &feed)?;
    let own = links.timeline.map(|timeline| resolve(&answer.uri, &timeline)).transpose()?;
    let (timeline, roots) = match own.or(told) {
        Some(uri) => {
            let answer = found(fetcher, &uri).await?;
            (Some(timeline(&answer)?), fetcher.origins().roots(&answer.uri)?)
        }
        None => (None, fetcher.origins().roots_at_origin(&feed)?),
    };
    roots.check(&answer.uri, &feed)?;
    Ok(Start { index: answer, feed, timeline, roots })
}

fn missing(answer: &Answer, what: &'static str) -> Error {
    Error::Missing { uri: answer.uri.clone(), what }
}

fn timeline(answer: &Answer) -> Result<Timeline, Error> {
    let broken = |source| Error::Timeline { uri: answer.uri.clone(), source };
    let timeline: Timeline = serde_json::from_slice(&answer.body).map_err(broken)?;
    Ok(Timeline { octets: answer.body.clone(), ..timeline })
}

async fn found(fetcher: &Fetcher, uri: &str) -> Result<Answer, Error> {
    let answer = fetcher.get(uri, None).await?;
    match answer.status {
        StatusCode::OK => Ok(answer),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::Gone { uri: answer.uri }),
        status => Err(Error::Status { uri: answer.uri, status }),
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
