//! Requests to a publisher, as a client that follows nothing by itself.

use super::Site;
use http::{HeaderMap, Method, StatusCode};
use snapshot_sync::origin::Base;

/// An answer of the publisher.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Sends a request, as a client that follows no redirect and decodes no content coding.
pub(crate) fn ask(
    site: &Site,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &str,
) -> Response {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = client.request(method, site.listening.uri(path)).body(body.to_owned());
    let request =
        fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    site.runtime.block_on(async {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Response { status, headers, body: response.bytes().await.unwrap().to_vec() }
    })
}

pub(crate) fn get(site: &Site, path: &str, fields: &[(&str, &str)]) -> Response {
    ask(site, "GET", path, fields, "")
}

/// The path that a reference in a document leads to, both at the publisher.
pub(crate) fn resolved(site: &Site, document: &str, reference: &str) -> String {
    let root = site.fetcher.origins().roots(&site.listening.uri("/timeline")).unwrap();
    Base::new(&root, &site.listening.uri(document)).unwrap().name(reference).unwrap()
}
