//! Who may do what.

use crate::fixture::{DRAFT, ENTRY, PUBLIC, Running, collection, entry, run, run_within, service};
use feed_manager::store::{StoreError, users};
use http::{Method, StatusCode};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// One operation, and the status that its owner, another user and nobody get.
struct Row {
    method: Method,
    path: String,
    media_type: &'static str,
    body: String,
    expected: [u16; 3],
}

fn row(
    method: Method,
    path: impl Into<String>,
    media_type: &'static str,
    body: impl Into<String>,
    expected: [u16; 3],
) -> Row {
    Row { method, path: path.into(), media_type, body: body.into(), expected }
}

/// The operations on a collection and what it contains. `seen` is what others get who read, and
/// `refused` what another user gets who writes.
fn rows(collection_path: &str, visible: &str, seen: u16, refused: u16) -> Vec<Row> {
    let (member, draft) = (format!("{collection_path}/one"), format!("{collection_path}/draft"));
    let media_link = format!("{collection_path}/picture");
    let media = format!("{media_link}/media");
    let markup = collection("C", &format!("{visible}<accept>*/*</accept>"));
    let entry = entry("E", "");
    let options = if seen == 200 { 204 } else { seen };
    let read = [200, seen, seen];
    let hidden = [200, 404, 404];
    let mut rows = Vec::new();
    for method in [Method::GET, Method::HEAD] {
        for path in [collection_path, &member, &media_link, &media] {
            rows.push(row(method.clone(), path, "", "", read));
        }
        rows.push(row(method, draft.as_str(), "", "", hidden));
    }
    for path in [collection_path, &member, &media] {
        rows.push(row(Method::OPTIONS, path, "", "", [204, options, options]));
    }
    rows.push(row(Method::POST, collection_path, ENTRY, entry.clone(), [201, refused, 401]));
    rows.push(row(Method::POST, collection_path, "image/png", "p", [201, refused, 401]));
    rows.push(row(Method::PUT, collection_path, ENTRY, markup, [200, refused, 401]));
    rows.push(row(Method::PUT, member.as_str(), ENTRY, entry.clone(), [200, refused, 401]));
    rows.push(row(Method::PUT, draft.as_str(), ENTRY, entry.clone(), [200, 404, 401]));
    rows.push(row(Method::PUT, media_link.as_str(), ENTRY, entry, [200, refused, 401]));
    rows.push(row(Method::PUT, media.as_str(), "image/gif", "g", [204, refused, 401]));
    rows.push(row(Method::POST, member.as_str(), ENTRY, "", [405, refused, 401]));
    rows.push(row(Method::DELETE, member, "", "", [204, refused, 401]));
    rows.push(row(Method::DELETE, media, "", "", [204, refused, 401]));
    rows.push(row(Method::DELETE, collection_path, "", "", [204, refused, 401]));
    rows
}

async fn fill(running: &Running, slug: &str, visible: &str) -> String {
    let markup = collection("C", &format!("{visible}<accept>*/*</accept>"));
    let markup = markup.replace("</collection>", &format!("<accept>{ENTRY}</accept></collection>"));
    let path = running.post("/service", ENTRY, slug, &markup).await;
    running.post(&path, ENTRY, "one", &entry("One", "")).await;
    running.post(&path, ENTRY, "draft", &entry("Draft", DRAFT)).await;
    running.post(&path, "image/png", "picture", "png").await;
    path
}

#[tokio::test]
async fn each_operation_by_its_owner_by_another_user_and_by_nobody() {
    let running = run().await;
    let open = fill(&running, "open", PUBLIC).await;
    let closed = fill(&running, "closed", "").await;
    let mut all = rows(&open, PUBLIC, 200, 403);
    all.extend(rows(&closed, "", 404, 404));
    running.post("/service", ENTRY, "list", &collection("List", "")).await;
    running.post("/service", ENTRY, "shared", &collection("Shared", PUBLIC)).await;
    let new = || collection("New", "");
    all.extend([
        row(Method::GET, "/ann/list.opml", "", "", [200, 404, 404]),
        row(Method::GET, "/ann/shared.opml", "", "", [200, 200, 200]),
        row(Method::PUT, "/ann/shared.opml", "text/x-opml", "", [405, 403, 401]),
        row(Method::GET, "/ann/inbox.opml", "", "", [404, 404, 404]),
        row(Method::GET, "/fetch/test", "", "", [200, 200, 401]),
        row(Method::GET, "/open", "", "", [200, 200, 200]),
        // Whoever is signed in has a service document.
        row(Method::GET, "/service", "", "", [200, 200, 401]),
        row(Method::POST, "/service", ENTRY, new(), [201, 201, 401]),
        row(Method::GET, "/ann/service", "", "", [200, 200, 200]),
        row(Method::POST, "/ann/service", ENTRY, new(), [201, 403, 401]),
        row(Method::DELETE, "/ann/service", "", "", [405, 403, 401]),
        row(Method::GET, "/nobody/service", "", "", [404, 404, 404]),
        row(Method::GET, "/health", "", "", [204, 204, 204]),
    ]);
    for Row { method, path, media_type, body, expected } in all {
        let fields = [("content-type", media_type)];
        let fields = if media_type.is_empty() { &[][..] } else { &fields[..] };
        // The owner comes last, since the owner's request changes something.
        for who in [2, 1, 0] {
            let token = [Some(&running.ann), Some(&running.bob), None][who];
            let sent = running.send(method.clone(), &path, token, fields, body.clone());
            let answer = sent.await;
            let name = ["owner", "other", "nobody"][who];
            let text = String::from_utf8_lossy(&answer.body);
            assert_eq!(answer.status, expected[who], "{method} {path} by {name}: {text}");
            if answer.status == StatusCode::UNAUTHORIZED {
                assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 2);
            }
            if answer.status.is_client_error() && method != Method::HEAD {
                let media_type = answer.field("content-type");
                assert_eq!(media_type, Some("application/problem+json"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn who_guesses_learns_nothing_of_what_is_private() {
    let running = run().await;
    let closed = fill(&running, "closed", "").await;
    let open = fill(&running, "open", PUBLIC).await;
    let there = [closed.clone(), format!("{closed}/one"), format!("{open}/draft")];
    let not_there = ["/ann/nothing", "/ann/nothing/one", "/ann/open/nothing"];
    for (there, not_there) in there.iter().zip(not_there) {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            for token in [Some(&running.bob), None] {
                let one = running.send(method.clone(), there, token, &[], "").await;
                let other = running.send(method.clone(), not_there, token, &[], "").await;
                assert_eq!((one.status, &one.body), (other.status, &other.body), "{there}");
                let names = |it: &crate::fixture::Answer| {
                    it.headers.keys().map(ToString::to_string).collect::<Vec<_>>()
                };
                assert_eq!(names(&one), names(&other));
            }
        }
    }
    let seen = running.send(Method::GET, "/ann/service", Some(&running.bob), &[], "").await;
    assert!(!seen.text().contains("closed") && seen.text().contains("open"), "{}", seen.text());
}

#[tokio::test]
async fn a_token_is_all_or_nothing() {
    let running = run().await;
    let basic = |user: &str, token: &str| {
        use base64::Engine as _;
        let text = format!("{user}:{token}");
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let secret = running.ann.secret();
    let cut = &secret[..42];
    for (field, expected) in [
        (format!("Bearer {secret}"), 200),
        (format!("bearer {secret}"), 200),
        (basic("ann", secret), 200),
        (basic("bob", secret), 401),
        (basic("", secret), 401),
        (basic("ann", cut), 401),
        (format!("Bearer {cut}"), 401),
        (format!("Bearer {secret}a"), 401),
        (format!("Digest {secret}"), 401),
        ("Bearer".to_owned(), 401),
        ("Bearer ' OR 1=1 --".to_owned(), 401),
        (String::new(), 401),
    ] {
        let fields = [("authorization", &*field)];
        let answer = running.send(Method::GET, "/service", None, &fields, "").await;
        assert_eq!(answer.status, expected, "{field}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_write_in_the_name_of_a_user() {
    let running = run().await;
    let origin = running.origin.clone();
    for (name, value, expected) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", &*origin, 201),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 201),
    ] {
        let fields = [("content-type", "text/plain"), (name, value)];
        let post = running.send(Method::POST, "/ann/inbox", Some(&running.ann), &fields, "a");
        assert_eq!(post.await.status, expected, "{name}: {value}");
    }
}

/// Drafts notes, decided: `fsm:query` may hold a client's secrets.
#[tokio::test]
async fn a_query_is_shown_to_its_owner_alone() {
    let running = run().await;
    let markup = collection("C", &format!("{PUBLIC}<fsm:query>secret</fsm:query>"));
    let path = running.post("/service", ENTRY, "c", &markup).await;
    let query =
        "<fsm:query scheme='http://a.example/'>secret</fsm:query><fsm:query>secret</fsm:query>";
    let one = "<fsm:query>secret</fsm:query>";
    let member = running.post(&path, ENTRY, "one", &service("One", one)).await;
    let fields = [("content-type", ENTRY), ("slug", "two")];
    let two = running.send(Method::POST, &path, Some(&running.ann), &fields, service("Two", query));
    assert!([201, 400].contains(&two.await.status.as_u16()));
    let outline = format!("{path}.opml");
    let without = running.get(&outline).await;
    assert_eq!((without.status.as_u16(), without.text().contains("secret")), (200, false));
    for path in ["/ann/service", &path, &member, &format!("{outline}?queries=included")] {
        assert!(running.get(path).await.text().contains("secret"), "{path}");
        for token in [Some(&running.bob), None] {
            let seen = running.send(Method::GET, path, token, &[], "").await;
            assert_eq!(seen.status, 200);
            assert!(!seen.text().contains("secret"), "{path}: {}", seen.text());
        }
    }
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_any_more() {
    let running = run().await;
    assert_eq!(running.get("/service").await.status, 200);
    let revoked = running.database.write(|connection| {
        let user = feed_manager::store::users::by_name(connection, "ann")?.unwrap();
        feed_manager::store::users::revoke(connection, &user, None)
    });
    assert_eq!(revoked.await.unwrap(), 1);
    assert_eq!(running.get("/service").await.status, 401);
}

#[tokio::test]
async fn who_lets_the_server_fetch_is_a_user_on_a_page_of_this_server_and_has_a_limit() {
    let running = run_within(|mut limits| {
        limits.fetches_a_minute = 2;
        limits
    });
    let running = running.await;
    let get = async |token, fields: &[(&str, &str)]| {
        let answer = running.send(Method::GET, "/fetch/test", token, fields, "").await;
        (answer.status.as_u16(), answer.text())
    };
    assert_eq!(get(None, &[]).await.0, 401);
    assert_eq!(get(Some(&running.ann), &[("sec-fetch-site", "cross-site")]).await.0, 403);
    for _ in 0..2 {
        // The route is not given the token.
        assert_eq!(get(Some(&running.ann), &[]).await, (200, "no token".to_owned()));
    }
    assert_eq!(get(Some(&running.ann), &[]).await.0, 429);
    assert_eq!(get(Some(&running.bob), &[]).await.0, 200);
}

/// A token that is revoked while the body comes changes nothing any more.
#[tokio::test]
async fn a_token_is_checked_again_where_the_change_is_made() {
    let running = run().await;
    let entry = entry("Late", "");
    let (begin, rest) = entry.split_at(20);
    let line = "POST /ann/inbox";
    let mut late = running.begun(line, &running.ann, ENTRY, entry.len(), begin).await;
    let revoked = running.database.write(|connection| {
        let ann = users::by_name(connection, "ann")?.ok_or(StoreError::Missing)?;
        users::revoke(connection, &ann, None)
    });
    assert_eq!(revoked.await.unwrap(), 1);
    late.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    late.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let stored = running.database.read(|connection| {
        let sql = "SELECT count(*) FROM members";
        Ok::<i64, StoreError>(connection.query_row(sql, [], |row| row.get(0))?)
    });
    assert_eq!(stored.await.unwrap(), 0);
}

/// A user who lets the server fetch slow documents has no more turns than others, also when the clients go
/// away meanwhile.
#[tokio::test]
async fn a_user_has_a_share_of_the_turns_to_fetch_for_as_long_as_the_server_works() {
    let running = run_within(|mut limits| {
        (limits.fetches_together, limits.fetches_of_user) = (2, 1);
        limits
    });
    let running = running.await;
    let gone = running.begun("GET /fetch/slow", &running.ann, "text/plain", 0, "").await;
    drop(gone);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = running.get("/fetch/test").await;
    assert_eq!(refused.status, 429);
    assert!(refused.field("retry-after").is_some());
    let other = running.send(Method::GET, "/fetch/test", Some(&running.bob), &[], "").await;
    assert_eq!(other.status, 200);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(running.get("/fetch/test").await.status, 200);
}
