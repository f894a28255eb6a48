//! The page as it is served: its policy, and what the policy needs of it.

#![cfg(feature = "page")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use feed_manager::page;
use tokio::net::TcpListener;

async fn served() -> String {
    #[cfg(feature = "tls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, page::routes()).into_future());
    format!("http://{address}")
}

const ASSETS: [(&str, &str); 8] = [
    ("/", "text/html; charset=utf-8"),
    ("/assets/app.js", "text/javascript; charset=utf-8"),
    ("/assets/atom.js", "text/javascript; charset=utf-8"),
    ("/assets/server.js", "text/javascript; charset=utf-8"),
    ("/assets/show.js", "text/javascript; charset=utf-8"),
    ("/assets/style.css", "text/css; charset=utf-8"),
    ("/assets/content.css", "text/css; charset=utf-8"),
    ("/assets/icon.svg", "image/svg+xml"),
];

#[tokio::test]
async fn every_part_of_the_page_is_served_under_the_same_policy() {
    let origin = served().await;
    for (path, media_type) in ASSETS {
        let answer = reqwest::get(format!("{origin}{path}")).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let field = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(field("content-type"), media_type);
        // Nothing else of this server, where users store what they like, is a script of the page.
        let at = format!("{}/assets", origin.strip_prefix("http://").unwrap());
        assert_eq!(
            field("content-security-policy"),
            format!(
                "default-src 'none'; script-src {at}/app.js {at}/atom.js {at}/server.js {at}/show.js; \
                 style-src {at}/style.css {at}/content.css; connect-src 'self'; \
                 img-src {at}/icon.svg; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
            )
        );
        assert_eq!(field("x-content-type-options"), "nosniff");
        assert_eq!(field("referrer-policy"), "no-referrer");
        assert_eq!(field("cross-origin-opener-policy"), "same-origin");
        assert_eq!(field("cross-origin-embedder-policy"), "require-corp");
        // The frames of entries have an origin of their own, and use this one file.
        let shared = if path == "/assets/content.css" { "cross-origin" } else { "same-origin" };
        assert_eq!(field("cross-origin-resource-policy"), shared, "{path}");
    }
}

#[tokio::test]
async fn the_page_names_only_what_is_served_and_has_nothing_inline() {
    let origin = served().await;
    let text = async |path: &str| {
        reqwest::get(format!("{origin}{path}")).await.unwrap().text().await.unwrap()
    };
    let page = text("/").await;
    for (before, _) in page.match_indices("=\"/") {
        let named = page[before + 2..].split('"').next().unwrap();
        assert!(ASSETS.iter().any(|(path, _)| *path == named), "{named}");
    }
    for inline in
        [" style=", " onclick=", " onload=", "javascript:", "<style", "<script>", "http:", "https:"]
    {
        assert!(!page.contains(inline), "{inline}");
    }
    assert_eq!(page.matches("<script").count(), 1);
    for script in ["/assets/app.js", "/assets/atom.js", "/assets/server.js", "/assets/show.js"] {
        let script = text(script).await;
        for dangerous in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "localStorage",
        ] {
            assert!(!script.contains(dangerous), "{dangerous}");
        }
        // The address of the page is read in one place, which takes two names of this server alone.
        assert!(script.matches("location.hash;").count() == 0);
        assert_eq!(script.matches("location.hash.").count(), 0);
        assert_eq!(script.matches("(location.hash)").count(), script.matches("/^#(").count());
        // HTML of others goes into one place, which is a sandbox.
        assert!(script.matches("srcdoc").count() <= 1);
        assert_eq!(script.matches("srcdoc").count(), script.matches("'sandbox'").count());
    }
}
