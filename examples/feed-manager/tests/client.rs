//! The client over real sockets: where its token goes, its limits, and what servers really answer.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::{Accept, Collection};
use atom_fsm::atom::{Content, Entry, Text};
use atom_fsm::fsm::ServiceEntry;
use atom_fsm::interaction::{EntityTag, Guard};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use feed_manager::Error;
use feed_manager::client::{Limits, Manager, Token};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{entry, feed, run, serve};

/// What the servers of a test were asked for: path and Authorization.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

fn answer(status: u16, fields: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in fields {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// A server that notes what it is asked for, and answers by a function of the path.
async fn scripted(
    seen: &Seen,
    script: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static,
) -> String {
    let handler = move |State(seen): State<Seen>, request: Request| {
        let token = request.headers().get("authorization");
        let token = token.map(|it| it.to_str().unwrap().to_owned());
        seen.lock().unwrap().push((request.uri().to_string(), token));
        let answer = script(&request);
        async move { answer }
    };
    serve(Router::new().fallback(handler).with_state(Arc::clone(seen))).await
}

fn atom(body: String) -> Response {
    answer(200, &[("content-type", "application/atom+xml")], body)
}

#[tokio::test]
async fn a_token_stays_at_the_origin_of_the_service_document() {
    let seen = Seen::default();
    let far = scripted(&seen, |_| atom(feed("far", ""))).await;
    let target = format!("{far}/b");
    let near = scripted(&seen, move |request| match request.uri().path() {
        "/away" => answer(302, &[("location", &target)], ""),
        "/there" => answer(308, &[("location", "/b")], ""),
        _ => atom(feed("near", "")),
    })
    .await;
    let manager = Manager::new(&format!("{near}/service")).unwrap();
    let manager = manager.with_token(Token::new("secret").unwrap());
    for (uri, title) in [
        (format!("{near}/there"), "near"),
        (format!("{near}/away"), "far"),
        (format!("{far}/c"), "far"),
    ] {
        assert_eq!(manager.bundle(&uri).await.unwrap().title(), title);
    }
    let token = || Some("Bearer secret".to_owned());
    let expected = [
        ("/there".to_owned(), token()),
        ("/b".to_owned(), token()),
        ("/away".to_owned(), token()),
        ("/b".to_owned(), None),
        ("/c".to_owned(), None),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert!(!format!("{manager:?}").contains("secret"));
}

#[tokio::test]
async fn a_token_is_not_sent_again_after_a_redirection_has_left_the_origin() {
    let (seen, back) = (Seen::default(), Arc::new(Mutex::new(String::new())));
    let to = Arc::clone(&back);
    let far = scripted(&seen, move |_| answer(307, &[("location", &to.lock().unwrap())], "")).await;
    let target = format!("{far}/x");
    let near = scripted(&seen, move |request| match request.uri().path() {
        "/away" => answer(307, &[("location", &target)], ""),
        _ => atom(feed("near", "")),
    })
    .await;
    *back.lock().unwrap() = format!("{near}/home");
    let manager = Manager::new(&format!("{near}/service")).unwrap();
    let manager = manager.with_token(Token::new("secret").unwrap());
    manager.bundle(&format!("{near}/away")).await.unwrap();
    let tokens: Vec<_> = seen.lock().unwrap().iter().map(|(_, it)| it.is_some()).collect();
    assert_eq!(tokens, [true, false, false]);
}

/// A relative reference leads to where its document is, and a token nowhere but home: not even where another
/// server names a path that there is at home too.
#[tokio::test]
async fn rfc3986_5_1_a_reference_resolves_against_its_own_document_and_no_token_leaves_home() {
    let members = entry("bundle", "b2") + &entry("service-entry", "feeds/s?x=y#z");
    let based = members.replace("<entry>", "<entry xml:base='/based/'>");
    let (far_seen, near_seen) = (Seen::default(), Seen::default());
    let far = scripted(&far_seen, move |request| match request.uri().path() {
        "/ann/l" => atom(feed("far", &members)),
        "/ann/based" => atom(feed("far", &based)),
        _ => atom(feed("there", "")),
    })
    .await;
    let target = format!("{far}/ann/l");
    let near = scripted(&near_seen, move |request| match request.uri().path() {
        "/away" => answer(302, &[("location", &target)], ""),
        _ => atom(feed("home", "")),
    })
    .await;
    let manager = Manager::new(&format!("{near}/service")).unwrap();
    let manager = manager.with_token(Token::new("secret").unwrap());
    for (uri, folder) in [
        (format!("{far}/ann/l"), "/ann/"),
        (format!("{near}/away"), "/ann/"),
        (format!("{far}/ann/based"), "/based/"),
    ] {
        let found = manager.found_bundle(&uri).await.unwrap();
        let reference = found.value.references().next().unwrap();
        let followed = manager.follow(reference, &found.base()).await.unwrap();
        assert_eq!(
            (followed.value.title(), followed.uri),
            ("there".into(), format!("{far}{folder}b2"))
        );
        let service = found.value.services().next().unwrap();
        let feed = manager.invoke(service, &found.base()).await.unwrap();
        assert_eq!(feed.title().unwrap().value(), "there");
        let walked = manager.walk(atom_fsm::walk::BundleWalk::new(&uri), |_| {}).await;
        assert!(walked.is_whole() && walked.visits().len() == 2);
    }
    let near: Vec<_> = near_seen.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(near, ["/away", "/away"], "nothing else is asked for at home");
    let seen = far_seen.lock().unwrap();
    assert!(seen.iter().any(|(path, _)| path == "/based/feeds/s?x=y"), "{seen:?}");
    assert_eq!(seen.iter().find(|(_, token)| token.is_some()), None);
}

/// The service document may be elsewhere than where it is asked for.
#[tokio::test]
async fn rfc3986_5_1_3_collections_resolve_against_the_uri_behind_redirections() {
    let document = "<service xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'>\
        <workspace><a:title>W</a:title><collection href='list'><a:title>L</a:title></collection>\
        <collection href='x' xml:base='/y/'><a:title>X</a:title></collection></workspace></service>";
    let seen = Seen::default();
    let server = scripted(&seen, move |request| match request.uri().path() {
        "/service" => answer(303, &[("location", "/ann/service")], ""),
        _ => answer(200, &[("content-type", "application/atomsvc+xml")], document),
    })
    .await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    let listed = manager.collections().await.unwrap();
    let uris: Vec<_> = listed.iter().map(|(uri, _)| uri.strip_prefix(&*server).unwrap()).collect();
    assert_eq!(uris, ["/ann/list", "/y/x"]);
    let found = manager.collection(&format!("{server}/ann/list")).await.unwrap();
    assert_eq!(found.title().unwrap().value(), "L");
}

/// What a server sends with a 200 need not be what it has stored: Content-Location says whether it is.
#[tokio::test]
async fn rfc9110_8_7_what_an_edit_has_stored_is_what_content_location_names() {
    let said = |title: &str| {
        entry("service-entry", "http://a.example/")
            .replacen("<entry>", "<entry xmlns='http://www.w3.org/2005/Atom'>", 1)
            .replace("<title>http://a.example/", &format!("<title>{title}"))
    };
    let (stored, echoed) = (said("stored"), said("echoed"));
    let script = move |request: &Request| match (request.method().as_str(), request.uri().path()) {
        ("PUT", "/named") => {
            let fields = [("content-type", "application/atom+xml"), ("content-location", "/named")];
            answer(200, &fields, stored.clone())
        }
        ("PUT", _) => atom(echoed.clone()),
        _ => atom(stored.clone()),
    };
    let seen = Seen::default();
    let server = scripted(&seen, script).await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    let service = ServiceEntry::new("S", "http://a.example/").into_entry();
    for (path, requests) in [("/named", 1), ("/silent", 2)] {
        seen.lock().unwrap().clear();
        let uri = format!("{server}{path}");
        let edited = manager.edit_member(&uri, &service, &Guard::Unguarded).await.unwrap();
        assert_eq!(edited.title().unwrap().value(), "stored", "{path}");
        assert_eq!(seen.lock().unwrap().len(), requests, "{path}");
    }
}

#[tokio::test]
async fn rfc9110_10_1_5_each_request_names_the_client() {
    let agents = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&agents);
    let server = scripted(&Seen::default(), move |request| {
        let agent = request.headers().get("user-agent").map(|it| it.to_str().unwrap().to_owned());
        noted.lock().unwrap().push(agent);
        atom(feed("b", ""))
    })
    .await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    manager.page(&format!("{server}/b")).await.unwrap();
    manager.delete(&format!("{server}/b")).await.unwrap();
    let expected = Some(concat!("feed-manager/", env!("CARGO_PKG_VERSION")).to_owned());
    assert_eq!(*agents.lock().unwrap(), [expected.clone(), expected]);
}

/// Some servers send no Location (RFC 5023 section 5.3): the collection names its own URI.
#[tokio::test]
async fn rfc5023_5_3_a_bundle_without_a_location_is_where_its_href_says() {
    let body = "<collection xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom' \
        href='ann/list'><a:title>L</a:title></collection>";
    let script = move |_: &Request| {
        answer(201, &[("content-type", "application/atom+xml;type=entry")], body)
    };
    let server = scripted(&Seen::default(), script).await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    let created = manager.create_bundle(&atom_fsm::app::Collection::new("L"), None).await.unwrap();
    assert_eq!(created.uri, format!("{server}/ann/list"));
    assert_eq!(created.value.title().unwrap().value(), "L");
}

#[tokio::test]
async fn redirections_are_counted_and_a_change_is_not_repeated_elsewhere() {
    let seen = Seen::default();
    let server = scripted(&seen, |_| answer(307, &[("location", "/again")], "")).await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    let error = manager.bundle(&format!("{server}/a")).await.unwrap_err();
    assert!(matches!(error, Error::Redirects { limit: 5, .. }), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 6);
    let error = manager.delete(&format!("{server}/a")).await.unwrap_err();
    assert!(
        matches!(&error, Error::Redirected { target: Some(it), .. } if *it == format!("{server}/again"))
    );
    assert_eq!(seen.lock().unwrap().len(), 7);
}

#[tokio::test]
async fn rfc5005_3_pages_are_read_once_each_and_a_loop_is_an_error() {
    let page = |request: &Request| {
        let next = |uri: &str| format!("<link rel='next' href='{uri}'/>");
        let services = |uris: [&str; 2]| uris.map(|uri| entry("service-entry", uri)).concat();
        atom(match request.uri().to_string().as_str() {
            "/b" => feed("b", &(next("?page=2") + &services(["http://a/1", "http://a/2"]))),
            "/b?page=2" => feed("b", &services(["http://a/2", "http://a/3"])),
            "/loop" => feed("b", &next("/loop?2")),
            "/loop?2" => feed("b", &next("/loop")),
            endless => feed("b", &next(&format!("{endless}0"))),
        })
    };
    let server = scripted(&Seen::default(), page).await;
    let limits = Limits::default().with_pages(3);
    let manager = Manager::with_limits(&format!("{server}/service"), limits).unwrap();
    let bundle = manager.bundle(&format!("{server}/b")).await.unwrap();
    let uris: Vec<_> = bundle.services().map(ServiceEntry::uri).collect();
    assert_eq!(uris, ["http://a/1", "http://a/2", "http://a/3"]);
    for (path, expected) in [("/loop", "loop"), ("/endless?1", "limit `pages`")] {
        let error = manager.bundle(&format!("{server}{path}")).await.unwrap_err();
        assert!(
            matches!(error, Error::Pages { .. }) && error.to_string().contains(expected),
            "{error}"
        );
    }
    let few = Manager::with_limits(&server, Limits::default().with_entries(2)).unwrap();
    let error = few.bundle(&format!("{server}/b")).await.unwrap_err();
    assert!(error.to_string().contains("limit `entries`"), "{error}");
}

#[tokio::test]
async fn sizes_and_times_have_limits_also_of_what_was_compressed() {
    let script = |request: &Request| match request.uri().path() {
        "/bomb" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&vec![b' '; 4_000_000]).unwrap();
            answer(200, &[("content-encoding", "gzip")], encoder.finish().unwrap())
        }
        "/br" => answer(200, &[("content-encoding", "br")], "x"),
        "/slow" => answer(
            200,
            &[],
            Body::from_stream(futures_util::stream::pending::<std::io::Result<Vec<u8>>>()),
        ),
        _ => answer(200, &[], vec![b' '; 100_001]),
    };
    let server = scripted(&Seen::default(), script).await;
    let limits = Limits::default().with_octets(100_000);
    let manager = Manager::with_limits(&server, limits).unwrap();
    for path in ["/bomb", "/large"] {
        let error = manager.bundle(&format!("{server}{path}")).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 100_000, .. }), "{error}");
    }
    let error = manager.bundle(&format!("{server}/br")).await.unwrap_err();
    assert!(matches!(error, Error::Coding { .. }), "{error}");
    let limits = limits.with_silence(Duration::from_millis(200));
    let manager = Manager::with_limits(&server, limits).unwrap();
    let error = manager.bundle(&format!("{server}/slow")).await.unwrap_err();
    assert!(matches!(&error, Error::Http(it) if it.is_timeout()), "{error:?}");
}

#[tokio::test]
async fn rfc9457_a_refusal_says_the_rule_and_the_place() {
    let running = run().await;
    let http = running.manager;
    let bundle = http.create_bundle(&atom_fsm::app::Collection::new("A"), None).await.unwrap().uri;
    // An entry without a profile is refused in a bundle.
    let entry = Entry::new().with_title("No profile").with_content(Content::text("x"));
    let error = http.create_member(&bundle, &entry).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert!(refusal.status().is_client_error());
    assert!(refusal.head().headers().contains_key("content-type") && !refusal.body().is_empty());
    assert!(error.to_string().contains("rule profile-missing"), "{error}");
}

#[tokio::test]
async fn rfc9457_a_refusal_names_line_and_column_and_when_to_ask_again() {
    let problem = r#"{"title":"Bad Request","detail":"two titles","rule":"element-repeated",
        "section":"RFC 4287 section 4.1.2","path":"/entry/title[2]","line":3,"column":5}"#;
    let script = move |_: &Request| {
        let fields = [("content-type", "application/problem+json"), ("retry-after", "7")];
        answer(503, &fields, problem)
    };
    let server = scripted(&Seen::default(), script).await;
    let manager = Manager::new(&server).unwrap();
    let error = manager.service().await.unwrap_err();
    let expected = "503 Service Unavailable: two titles (rule element-repeated, RFC 4287 section \
                    4.1.2, at /entry/title[2], line 3, column 5); it can be asked again after 7 s";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[tokio::test]
async fn rfc9110_13_1_2_a_page_that_has_not_changed_is_not_sent_again() {
    let running = run().await;
    let manager = running.manager;
    let collection = atom_fsm::app::Collection::new("A");
    let bundle = manager.create_bundle(&collection, None).await.unwrap().uri;
    let page = manager.page(&bundle).await.unwrap();
    assert_eq!(manager.page_if_changed(&bundle, &page.validators).await.unwrap(), None);
    let service = ServiceEntry::new("S", "http://a.example/").into_entry();
    manager.create_member(&bundle, &service).await.unwrap();
    let changed = manager.page_if_changed(&bundle, &page.validators).await.unwrap();
    assert_eq!(changed.unwrap().value.entries().len(), 1);
}

/// The version of a list, the number of edits that are left, and what the list has.
type Edits = Arc<Mutex<(usize, usize, Vec<&'static str>)>>;

/// A list of two pages. Each time that the first one was answered, as long as there are edits left, an
/// edit moves the last entry to the front.
async fn edited_list(edits: usize, is_tagged: bool) -> (String, Edits) {
    let state = Arc::new(Mutex::new((0, edits, vec!["a", "b", "c", "d"])));
    let edits = Arc::clone(&state);
    let script = move |request: &Request| {
        let mut state = state.lock().unwrap();
        let (version, left, entries) = &mut *state;
        let tag = format!("\"{version}\"");
        let sent = request.headers().get("if-none-match").and_then(|it| it.to_str().ok());
        if is_tagged && sent == Some(&*tag) {
            return answer(304, &[("etag", &tag)], "");
        }
        let is_first = request.uri().query().is_none();
        let shown = if is_first { &entries[..2] } else { &entries[2..] };
        let shown = shown.iter().map(|it| entry("service-entry", &format!("http://a/{it}")));
        let next = if is_first { "<link rel='next' href='?2'/>" } else { "" };
        let body = feed("b", &(next.to_owned() + &shown.collect::<String>()));
        if is_first && *left > 0 {
            entries.rotate_right(1);
            (*version, *left) = (*version + 1, *left - 1);
        }
        let fields = [("content-type", "application/atom+xml"), ("etag", &*tag)];
        answer(200, &fields[..if is_tagged { 2 } else { 1 }], body)
    };
    (format!("{}/b", scripted(&Seen::default(), script).await), edits)
}

/// The entry that was edited has left the second page when that is read, and the first one when that was.
#[tokio::test]
async fn rfc5023_10_an_entry_that_is_edited_while_pages_are_read_is_not_missing() {
    for is_tagged in [true, false] {
        let (list, _) = edited_list(1, is_tagged).await;
        let manager = Manager::new(&list).unwrap();
        let bundle = manager.bundle(&list).await.unwrap();
        let mut uris: Vec<_> = bundle.services().map(ServiceEntry::uri).collect();
        uris.sort_unstable();
        assert_eq!(uris, ["http://a/a", "http://a/b", "http://a/c", "http://a/d"], "{is_tagged}");
        let (list, _) = edited_list(usize::MAX, is_tagged).await;
        let error = manager.bundle(&list).await.unwrap_err();
        let is_cut = matches!(&error, Error::Pages { why, .. } if why.contains("changed"));
        assert!(is_cut, "{is_tagged}: {error}");
    }
}

/// What is only elsewhere in the list is not gone from it.
#[tokio::test]
async fn an_entry_that_is_edited_while_a_list_is_followed_is_not_marked_as_gone() {
    let mine = run().await.manager;
    let copy = mine.create_bundle(&atom_fsm::app::Collection::new("Copy"), None).await.unwrap().uri;
    let (list, state) = edited_list(0, true).await;
    assert_eq!(mine.follow_into(&copy, &list).await.unwrap().added.len(), 4);
    state.lock().unwrap().1 = 1;
    let followed = mine.follow_into(&copy, &list).await.unwrap();
    assert_eq!((followed.gone.len(), followed.kept.len()), (0, 4), "{followed:?}");
    state.lock().unwrap().1 = usize::MAX;
    let error = mine.follow_into(&copy, &list).await.unwrap_err();
    assert!(matches!(error, Error::Pages { .. }), "{error}");
    let bundle = mine.bundle(&copy).await.unwrap();
    assert!(bundle.members().iter().all(|it| !feed_manager::client::is_gone(it.as_entry())));
}

/// A proxy that compresses every answer unless the request says `identity`, and makes its tag weak.
async fn compressing_proxy(origin: String) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let handler = move |request: Request| {
        let (http, origin) = (http.clone(), origin.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let uri = format!("{origin}{}", parts.uri);
            let is_identity =
                parts.headers.get("accept-encoding").is_some_and(|it| it == "identity");
            let mut headers = parts.headers;
            headers.remove("host");
            let upstream = http.request(parts.method, uri).headers(headers).body(body);
            let upstream = upstream.send().await.unwrap();
            let mut response = Response::builder().status(upstream.status());
            for (name, value) in upstream.headers() {
                if name == "etag" && !is_identity {
                    response = response.header(name, format!("W/{}", value.to_str().unwrap()));
                } else if name != "content-length" {
                    response = response.header(name, value);
                }
            }
            let body = upstream.bytes().await.unwrap();
            if is_identity || body.is_empty() {
                return response.body(Body::from(body)).unwrap();
            }
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).unwrap();
            let body = Body::from(encoder.finish().unwrap());
            response.header("content-encoding", "gzip").body(body).unwrap()
        }
    };
    serve(Router::new().fallback(handler)).await
}

#[tokio::test]
async fn rfc9110_13_1_1_behind_a_proxy_that_makes_tags_weak_an_edit_is_guarded_all_the_same() {
    let running = run().await;
    let collection = atom_fsm::app::Collection::new("A");
    let bundle = running.manager.create_bundle(&collection, None).await.unwrap().uri;
    let service = ServiceEntry::new("S", "http://a.example/").into_entry();
    let member = running.manager.create_member(&bundle, &service).await.unwrap();
    let origin = running.service.trim_end_matches("/service").to_owned();
    let proxy = compressing_proxy(origin.clone()).await;
    let mut behind = Manager::new(&running.service.replace(&origin, &proxy)).unwrap();
    if let Some(token) = &running.token {
        behind = behind.with_token(Token::new(token).unwrap());
    }
    let uri = member.uri.replace(&origin, &proxy);
    // A plain read has the weak tag, which guards nothing.
    let read = behind.member(&uri).await.unwrap();
    assert!(read.validators.etag().is_some_and(EntityTag::is_weak));
    assert_eq!(read.guard(), Guard::Unguarded);
    assert_eq!(read.value, member.value);
    let found = behind.member_to_edit(&uri).await.unwrap();
    assert_eq!(found.guard(), member.guard());
    let mut entry = found.value.clone();
    entry.set_title(Some(Text::plain("New")));
    behind.edit_member(&uri, &entry, &found.guard()).await.unwrap();
    let late = behind.edit_member(&uri, &entry, &found.guard()).await.unwrap_err();
    assert_eq!(late.status(), Some(http::StatusCode::PRECONDITION_FAILED));
}

#[tokio::test]
async fn rfc5023_9_2_what_servers_really_answer_to_a_post_and_a_put() {
    let script = |request: &Request| match (request.method().as_str(), request.uri().path()) {
        // A relative Location without an entry; an empty 200; an answer that is a page for people.
        ("POST", _) => answer(201, &[("location", "m/1")], ""),
        ("PUT", "/m/1") => answer(200, &[("content-type", "text/html")], "<p>Done</p>"),
        ("DELETE", _) => answer(200, &[], "deleted"),
        _ => atom(entry("service-entry", "http://a.example/").replacen(
            "<entry>",
            "<entry xmlns='http://www.w3.org/2005/Atom'>",
            1,
        )),
    };
    let server = scripted(&Seen::default(), script).await;
    let manager = Manager::new(&format!("{server}/service")).unwrap();
    let service = ServiceEntry::new("S", "http://a.example/").into_entry();
    let created = manager.create_member(&format!("{server}/"), &service).await.unwrap();
    assert_eq!(created.uri, format!("{server}/m/1"));
    assert_eq!(created.value.title().unwrap().value(), "http://a.example/");
    let edited = manager.edit_member(&created.uri, &service, &created.guard()).await.unwrap();
    assert_eq!(edited, created.value);
    manager.delete(&created.uri).await.unwrap();
}

/// Media resources by the client: created with the entry that describes them, read, replaced in the state that
/// was read only, and deleted together with that entry.
#[tokio::test]
async fn rfc5023_9_6_media_are_created_read_edited_and_deleted() {
    let manager = run().await.manager;
    let files = Collection::new("Files").with_accept(Accept::new("image/*"));
    let files = manager.create_bundle(&files, None).await.unwrap().uri;
    let octets: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let created = manager.create_media(&files, "image/png", octets.clone(), Some("The Beach"));
    let created = created.await.unwrap();
    assert_eq!(created.value.title().unwrap().value(), "The Beach");
    assert!(created.uri.ends_with("/the-beach"), "{}", created.uri);
    let media = created.value.link("edit-media").and_then(|it| it.href()).unwrap().to_owned();
    let found = manager.media(&media).await.unwrap();
    assert_eq!((&*found.value.media_type, &found.value.octets), ("image/png", &octets));
    assert_eq!(found.uri, media);

    let guard = found.guard();
    let edited = manager.edit_media(&media, "image/gif", b"gif".to_vec(), &guard);
    let validators = edited.await.unwrap();
    let again = manager.media(&media).await.unwrap();
    assert_eq!((&*again.value.media_type, &*again.value.octets), ("image/gif", &b"gif"[..]));
    assert_eq!(validators.etag(), again.validators.etag());
    // Somebody has changed it since it was read.
    let late = manager.edit_media(&media, "image/gif", b"late".to_vec(), &guard);
    assert_eq!(late.await.unwrap_err().status(), Some(StatusCode::PRECONDITION_FAILED));
    let refused = manager.create_media(&files, "text/plain", b"a".to_vec(), None).await;
    assert_eq!(refused.unwrap_err().status(), Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));

    manager.delete(&media).await.unwrap();
    for gone in [&media, &created.uri] {
        let error = manager.media(gone).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND), "{gone}");
    }
}
