//! Finding a snapshot's index and its feed.
//!
//! The draft does not say how a consumer finds them. Here the operator of a replica knows one start
//! URI, that of the index or that of the feed, and each document links to the other: the index to
//! the feed by `Link: rel="current"` (RFC 5005: the subscription document), and the feed to the
//! index by `rel="index"`.

use crate::error::Error;
use crate::replica::fetch::{Answer, Fetcher};
use crate::replica::related::Related;
use http::{StatusCode, header};
use multipart_package::ContentType;

/// The documents that a replica begins with.
#[derive(Debug)]
pub struct Start {
    /// The snapshot's index.
    pub index: Answer,
    /// The URI of the feed's subscription document.
    pub feed: String,
}

/// Gets the index that a start URI leads to, and the URI of the feed.
///
/// # Errors
/// Those of the requests, [`Error::Gone`], and [`Error::Missing`] if a document has no link to the
/// other.
pub async fn discover(fetcher: &Fetcher, start: &str) -> Result<Start, Error> {
    let mut answer = found(fetcher, start).await?;
    if is_feed(&answer) {
        let index = related(&answer)?.index;
        let missing = || Error::Missing { uri: answer.uri.clone(), what: "link rel=index" };
        answer = found(fetcher, &index.ok_or_else(missing)?).await?;
    }
    let feed = related(&answer)?.current;
    let missing = || Error::Missing { uri: answer.uri.clone(), what: "link rel=current" };
    Ok(Start { feed: feed.ok_or_else(missing)?, index: answer })
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
