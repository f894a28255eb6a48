//! A proxy that serves a publisher below a prefix. References that are absolute paths are made
//! relative on the way, and a publisher that tells no timeline gets one.

use super::Site;
use super::proxy::Asked;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, StatusCode, header};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

const TIMELINE: &str = "https://github.com/web-history-codecs/web-history-codecs#timeline";

/// What answers some requests: a status, a Content-Type and a body.
type Instead = fn(&Asked) -> Option<(u16, &'static str, &'static str)>;

struct Serving {
    to: String,
    prefix: String,
    instead: Instead,
    /// The end of the paths that are redirected, and where to.
    redirected: Option<(&'static str, &'static str)>,
    /// The path that was redirected last.
    snapshot: Mutex<String>,
    client: reqwest::Client,
    log: Mutex<Vec<Asked>>,
}

pub(crate) struct Prefixed {
    address: SocketAddr,
    serving: Arc<Serving>,
}

impl Prefixed {
    pub(crate) fn new(site: &Site, prefix: &str) -> Self {
        Self::instead(site, prefix, |_| None)
    }

    pub(crate) fn instead(site: &Site, prefix: &str, instead: Instead) -> Self {
        Self::serving(site, prefix, instead, None)
    }

    /// Redirects what ends in this way to another path, where the same is served.
    pub(crate) fn redirecting(
        site: &Site,
        prefix: &str,
        end: &'static str,
        to: &'static str,
    ) -> Self {
        Self::serving(site, prefix, |_| None, Some((end, to)))
    }

    fn serving(
        site: &Site,
        prefix: &str,
        instead: Instead,
        redirected: Option<(&'static str, &'static str)>,
    ) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let (to, prefix) = (site.listening.uri(""), prefix.to_owned());
        let log = Mutex::default();
        let serving = Arc::new(Serving {
            to,
            prefix,
            instead,
            redirected,
            snapshot: Mutex::default(),
            client,
            log,
        });
        let routes = Router::new().fallback({
            let serving = serving.clone();
            move |request: Request| async move { serving.serve(request).await }
        });
        let address = site.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(axum::serve(listener, routes).into_future());
            address
        });
        Self { address, serving }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{}{path}", self.address, self.serving.prefix)
    }

    pub(crate) fn log(&self) -> Vec<Asked> {
        self.serving.log.lock().unwrap().clone()
    }
}

impl Serving {
    async fn serve(&self, request: Request) -> Response {
        let path = request.uri().path_and_query().unwrap().to_string();
        let asked = Asked { path: path.clone(), range: None, is_fresh: false, nth: 0, passed: 0 };
        self.log.lock().unwrap().push(asked.clone());
        let Some(path) = path.strip_prefix(&self.prefix) else {
            return answer(StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new());
        };
        if let Some((status, media_type, body)) = (self.instead)(&asked) {
            let headers = [(header::CONTENT_TYPE, media_type.parse().unwrap())];
            let status = StatusCode::from_u16(status).unwrap();
            return answer(status, headers.into_iter().collect(), body.into());
        }
        let mut path = path.to_owned();
        if let Some((end, to)) = self.redirected {
            let id = self.snapshot.lock().unwrap().clone();
            if asked.path == to {
                path = id;
            } else if path.ends_with(end) {
                *self.snapshot.lock().unwrap() = path;
                let headers = [(header::LOCATION, to.parse().unwrap())];
                return answer(StatusCode::FOUND, headers.into_iter().collect(), Vec::new());
            }
        }
        let (mut head, _) = request.into_parts();
        for name in [header::HOST, header::RANGE, header::IF_RANGE] {
            head.headers.remove(name);
        }
        let to = format!("{}{path}", self.to);
        let got = self.client.get(to).headers(head.headers).send().await.unwrap();
        let (status, headers) = (got.status(), got.headers().clone());
        let body = got.bytes().await.unwrap().to_vec();
        if path == "/timeline" && status == StatusCode::NOT_FOUND {
            let timeline = r#"{"feed":"0123456789abcdef","runs":[{"id":"00112233445566778899aabbccddeeff","first":1}]}"#;
            return answer(StatusCode::OK, HeaderMap::new(), timeline.into());
        }
        let up = "../".repeat(path.matches('/').count() - 1);
        let up = if up.is_empty() { "./".to_owned() } else { up };
        let is_read = ["/snapshots/", "/changes/"].iter().any(|it| path.starts_with(it));
        let mut relative = HeaderMap::new();
        for (name, value) in &headers {
            // Other bodies stay as they are.
            let is_digest = is_read && ["repr-digest", "content-digest"].contains(&name.as_str());
            if !is_digest && ![header::TRANSFER_ENCODING, header::CONTENT_LENGTH].contains(name) {
                relative.append(name, made_relative(name, value.to_str().unwrap(), &up));
            }
        }
        let links: Vec<_> = relative.get_all(header::LINK).iter().cloned().collect();
        let has_timeline = links.iter().any(|link| link.to_str().unwrap().contains("#timeline"));
        if !links.is_empty() && !has_timeline {
            let link = format!("<{up}timeline>; rel=\"{TIMELINE}\"");
            relative.append(header::LINK, link.parse().unwrap());
        }
        let body = match String::from_utf8(body) {
            Ok(text) if is_read => text
                .replace("ontent-Location: /", &format!("ontent-Location: {up}"))
                .replace("ink: </", &format!("ink: <{up}"))
                .replace("\"/snapshots/", &format!("\"{up}snapshots/"))
                .into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(octets) => octets.into_bytes(),
        };
        answer(status, relative, body)
    }
}

fn made_relative(name: &HeaderName, value: &str, up: &str) -> http::HeaderValue {
    let value = match *name {
        header::LINK => value.replace("</", &format!("<{up}")),
        header::LOCATION => {
            value.strip_prefix('/').map_or_else(|| value.to_owned(), |it| format!("{up}{it}"))
        }
        _ => value.to_owned(),
    };
    value.parse().unwrap()
}

fn answer(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}
