//! A proxy before the publisher that harms answers, as networks and servers do.

use super::{Site, fetcher};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use http::{StatusCode, header};
use sha2::Digest;
use snapshot_sync::replica::fetch::Fetcher;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) range: Option<String>,
    /// Whether caches are to ask the publisher.
    pub(crate) is_fresh: bool,
    /// The number of earlier requests for the same.
    pub(crate) nth: usize,
    /// The number of octets of the body that were passed on.
    pub(crate) passed: usize,
}

/// What is done to an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Harm {
    /// The connection breaks after this number of octets.
    Cut(usize),
    /// Nothing comes after this number of octets.
    Stall(usize),
    /// The body ends after this number of octets, and the Content-Length is this number.
    Truncate(usize),
    /// One bit of this octet is flipped.
    Flip(usize),
    /// The body is another one.
    Tamper(fn(Vec<u8>) -> Vec<u8>),
    /// The body is another one, and neither a digest nor a 304 reveals that.
    Forge(fn(Vec<u8>) -> Vec<u8>),
    /// The answer is this one instead.
    Answer(u16, &'static [(&'static str, &'static str)]),
    /// The body is in a content coding, and its digests are those of the plain body.
    Code(&'static str, fn(Vec<u8>) -> Vec<u8>),
    /// The body is in a content coding, and its digests are those of the coded body.
    Recode(&'static str, fn(Vec<u8>) -> Vec<u8>),
    /// A field has another value.
    Field(&'static str, &'static str),
    /// The requested range is ignored.
    NoRange,
    /// The answer is late.
    Late(Duration),
}

type Harms = Box<dyn Fn(&Asked) -> Option<Harm> + Send + Sync>;

struct Passing {
    to: String,
    client: reqwest::Client,
    harms: Harms,
    log: Mutex<Vec<Asked>>,
    times: Mutex<HashMap<String, usize>>,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    passing: Arc<Passing>,
}

impl Proxy {
    pub(crate) fn new(
        site: &Site,
        harms: impl Fn(&Asked) -> Option<Harm> + Send + Sync + 'static,
    ) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let to = site.listening.uri("");
        let (log, times) = Default::default();
        let passing = Arc::new(Passing { to, client, harms: Box::new(harms), log, times });
        let routes = Router::new().fallback({
            let passing = passing.clone();
            move |request: Request| async move { passing.pass(request).await }
        });
        let address = site.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(axum::serve(listener, routes).into_future());
            address
        });
        Self { address, passing }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn fetcher(&self) -> Fetcher {
        fetcher(&self.uri("/"))
    }

    /// The requests, in order.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.passing.log.lock().unwrap().clone()
    }
}

impl Passing {
    async fn pass(&self, request: Request) -> Response {
        let path = request.uri().path_and_query().unwrap().to_string();
        let range = request.headers().get(header::RANGE);
        let range = range.map(|range| range.to_str().unwrap().to_owned());
        let no_cache = request.headers().get(header::CACHE_CONTROL);
        let is_fresh = no_cache.is_some_and(|value| value == "no-cache");
        let nth = {
            let mut times = self.times.lock().unwrap();
            let times = times.entry(path.clone()).or_default();
            *times += 1;
            *times - 1
        };
        let mut asked = Asked { path, range, is_fresh, nth, passed: 0 };
        let harm = (self.harms)(&asked);
        let response = self.harmed(request, &mut asked, harm).await;
        self.log.lock().unwrap().push(asked);
        response
    }

    async fn harmed(&self, request: Request, asked: &mut Asked, harm: Option<Harm>) -> Response {
        if let Some(Harm::Answer(status, fields)) = harm {
            let response = Response::builder().status(status);
            let response = fields
                .iter()
                .fold(response, |response, (name, value)| response.header(*name, *value));
            return response.body(Body::empty()).unwrap();
        }
        if let Some(Harm::Late(delay)) = harm {
            tokio::time::sleep(delay).await;
        }
        let (mut head, _) = request.into_parts();
        head.headers.remove(header::HOST);
        if matches!(harm, Some(Harm::NoRange)) {
            head.headers.remove(header::RANGE);
        }
        if matches!(harm, Some(Harm::Forge(_))) {
            head.headers.remove(header::IF_NONE_MATCH);
        }
        let to = format!("{}{}", self.to, asked.path);
        let answer = self.client.request(head.method, to).headers(head.headers).send().await;
        let answer = answer.unwrap();
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        let mut body = answer.bytes().await.unwrap().to_vec();
        headers.remove(header::TRANSFER_ENCODING);
        let octets = body.len();
        match harm {
            Some(Harm::Truncate(at)) => body.truncate(at),
            Some(Harm::Flip(at)) if at < octets => body[at] ^= 0x20,
            Some(Harm::Tamper(tamper)) => body = tamper(body),
            Some(Harm::Forge(tamper)) => {
                body = tamper(body);
                headers.remove("repr-digest");
                headers.remove("content-digest");
            }
            Some(Harm::Code(coding, code) | Harm::Recode(coding, code)) if octets > 0 => {
                body = code(body);
                headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
                for name in ["repr-digest", "content-digest"] {
                    if matches!(harm, Some(Harm::Recode(..))) && headers.contains_key(name) {
                        headers.insert(name, digest(&body).parse().unwrap());
                    }
                }
            }
            Some(Harm::Field(name, value)) => {
                headers.insert(name, value.parse().unwrap());
            }
            _ => {}
        }
        if status != StatusCode::NOT_MODIFIED {
            headers.insert(header::CONTENT_LENGTH, body.len().into());
        }
        let body = match harm {
            Some(Harm::Cut(at)) if at < octets => {
                body.truncate(at);
                asked.passed = at;
                let rest = stream::iter([Err(io::Error::other("cut"))]);
                Body::from_stream(pieces(body).chain(rest))
            }
            Some(Harm::Stall(at)) if at < octets => {
                body.truncate(at);
                asked.passed = at;
                Body::from_stream(pieces(body).chain(stream::pending()))
            }
            _ => {
                asked.passed = body.len();
                Body::from(body)
            }
        };
        let mut response = Response::new(body);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        response
    }
}

/// A body, and a pause in which the client can read it before more happens.
fn pieces(body: Vec<u8>) -> impl stream::Stream<Item = io::Result<Bytes>> {
    let first = stream::iter([Ok(Bytes::from(body))]);
    first.chain(stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Bytes::new())
    }))
}

/// The value of a digest field.
fn digest(octets: &[u8]) -> String {
    let mut dictionary = sfv::DictSerializer::new();
    let digest = sfv::BareItem::ByteSequence(sha2::Sha256::digest(octets).to_vec());
    let _ = dictionary.bare_item(sfv::KeyRef::from_str("sha-256").unwrap(), &digest);
    dictionary.finish().unwrap()
}
