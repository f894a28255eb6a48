//! Histories walked over real sockets, right ones and wrong ones.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::atom::Feed;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Redirect;
use axum::routing::any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use version_explorer::{Error, Explorer, History};

/// Serves resources by their paths: the Link field of each.
async fn serve(links: &[(&'static str, &'static str)]) -> String {
    let links: Arc<HashMap<_, _>> = Arc::new(links.iter().copied().collect());
    let answer = move |method: Method, uri: axum::http::Uri| {
        let links = links.clone();
        async move {
            let mut headers = HeaderMap::new();
            let anchor = (method.as_str() == "VERSION-CONTROL").then_some("; anchor=</doc>");
            let field = links.get(uri.path()).copied().unwrap_or_default();
            let field =
                field.split(", ").map(|link| format!("{link}{}", anchor.unwrap_or_default()));
            let field = field.collect::<Vec<_>>().join(", ");
            headers.insert(HeaderName::from_static("link"), HeaderValue::from_str(&field).unwrap());
            headers
        }
    };
    listen(Router::new().fallback(any(answer))).await
}

/// Serves a router on a port of its own, and gives the origin.
async fn listen(router: Router) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, router).await.unwrap();
    });
    origin
}

const LINE: [(&str, &str); 4] = [
    ("/doc", "</3>; rel=latest-version, </h>; rel=version-history"),
    ("/1", "</2>; rel=successor-version"),
    ("/2", "</1>; rel=\"prev predecessor-version\", </3>; rel=successor-version"),
    ("/3", "</2>; rel=predecessor-version"),
];

async fn walk(changed: &[(&'static str, &'static str)]) -> Result<History, Error> {
    let origin = serve(&[&LINE[..], changed].concat()).await;
    Explorer::new().unwrap().by_links(&format!("{origin}/doc")).await
}

#[tokio::test]
async fn rfc5829_3_a_history_is_walked_by_links_alone() {
    let history = walk(&[]).await.unwrap();
    let paths: Vec<_> = history.versions().iter().map(|uri| &uri[uri.len() - 2..]).collect();
    assert_eq!(paths, ["/1", "/2", "/3"]);
    assert_eq!(walk(&[("/3", "")]).await.unwrap().versions().len(), 1);
}

#[tokio::test]
async fn rfc5829_appendix_b_version_control_is_answered_about_the_document() {
    let origin = serve(&LINE).await;
    let explorer = Explorer::new().unwrap();
    let links = explorer.version_control(&format!("{origin}/doc")).await.unwrap();
    assert_eq!(links.latest_version().unwrap().uri(), format!("{origin}/3"));
    // Of another resource than its anchor the answer says nothing.
    let other = explorer.version_control(&format!("{origin}/1")).await.unwrap();
    assert_eq!(other.iter().count(), 0);
}

#[tokio::test]
async fn what_does_not_make_one_line_is_told() {
    let told = |result: Result<History, Error>| result.unwrap_err().to_string();
    assert!(told(walk(&[("/doc", "")]).await).contains("no link to its latest version"));
    let foreign = walk(&[("/2", "<http://other.example/1>; rel=predecessor-version")]).await;
    assert!(matches!(foreign, Err(Error::Foreign { .. })));
    let branched =
        walk(&[("/2", "</1>; rel=predecessor-version, </0>; rel=predecessor-version")]).await;
    assert!(matches!(branched, Err(Error::Branched { .. })));
    let cycle = walk(&[("/1", "</3>; rel=predecessor-version")]).await;
    assert!(matches!(cycle, Err(Error::Cycle { .. })));
    let short = walk(&[("/1", "</3>; rel=successor-version")]).await;
    assert!(matches!(short, Err(Error::Contradiction { .. })));
    let ends = walk(&[("/1", "")]).await;
    assert!(matches!(ends, Err(Error::Contradiction { .. })));
}

#[tokio::test]
async fn rfc6454_5_a_redirect_is_followed_within_the_origin_of_the_request_alone() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = asked.clone();
    let other = listen(Router::new().fallback(any(move || async move {
        counts.fetch_add(1, Ordering::SeqCst);
    })))
    .await;
    let away = format!("{other}/doc");
    let latest = [(HeaderName::from_static("link"), "</3>; rel=latest-version")];
    let router = Router::new()
        .route("/doc", any(move || async move { latest }))
        .route("/moved", any(|| async { Redirect::permanent("/doc") }))
        .route("/away", any(move || async move { Redirect::temporary(&away) }))
        .route("/on", any(|| async { Redirect::temporary("/away") }))
        .route("/round", any(|| async { Redirect::temporary("/round") }));
    let origin = listen(router).await;
    let explorer = Explorer::new().unwrap();
    let links = explorer.look(&format!("{origin}/moved")).await.unwrap();
    assert_eq!(links.context(), format!("{origin}/doc"));
    assert_eq!(links.latest_version().unwrap().uri(), format!("{origin}/3"));
    for path in ["/away", "/on", "/round"] {
        let refused = explorer.look(&format!("{origin}{path}")).await.unwrap_err();
        let is_redirect = matches!(&refused, Error::Http(error) if error.is_redirect());
        assert!(is_redirect, "{path}: {refused:?}");
        let is_foreign = format!("{refused:?}").contains("Foreign");
        assert_eq!(is_foreign, path != "/round", "{path}: {refused:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the other server was asked");
}

fn feed(entries: &str) -> Result<History, Error> {
    let source = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/v/'><id>urn:x:1</id><title/>
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>{entries}</feed>"
    );
    History::of_feed("http://example.org/h", &Feed::parse(&source).unwrap())
}

fn entry(number: u32, links: &str) -> String {
    format!(
        "<entry><id>urn:x:{number}</id><title/><updated>2026-01-01T00:00:00Z</updated>
         <link href='{number}'/>{links}</entry>"
    )
}

#[test]
fn rfc4287_4_2_7_2_a_feed_gives_the_history_by_its_links_whatever_its_order() {
    let iana = "http://www.iana.org/assignments/relation/";
    let one = entry(1, "<link rel='successor-version' href='2'/>");
    let two = entry(
        2,
        &format!(
            "<link rel='{iana}predecessor-version' href='1'/><link rel='latest-version' href='2'/>"
        ),
    );
    let expected = ["http://example.org/v/1", "http://example.org/v/2"];
    for entries in [format!("{one}{two}"), format!("{two}{one}")] {
        assert_eq!(feed(&entries).unwrap().versions(), expected);
    }
    assert!(matches!(feed(""), Err(Error::Missing { .. })));
    assert!(matches!(feed(&one), Err(Error::Contradiction { .. })));
    let latest = "<link rel='latest-version' href='1'/>";
    assert!(matches!(
        feed(&format!("{}{two}", entry(1, latest))),
        Err(Error::Contradiction { .. })
    ));
    assert_eq!(feed(&entry(1, latest)).unwrap().versions().len(), 1);
}
