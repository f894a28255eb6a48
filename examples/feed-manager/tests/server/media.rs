//! Media resources (RFC 5023 sections 9.6 and 9.7).

use crate::fixture::{DRAFT, ENTRY, PUBLIC, Running, collection, entry, run, run_within, service};
use http::Method;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

async fn plain(running: &Running) -> String {
    running.post("/service", ENTRY, "files", &collection("Files", "<accept>*/*</accept>")).await
}

#[tokio::test]
async fn rfc5023_9_6_a_media_resource_is_created_with_its_media_link_entry() {
    let running = run().await;
    let path = plain(&running).await;
    let fields = [("content-type", "image/png"), ("slug", "The Beach")];
    let octets: Vec<u8> = (0..=255).collect();
    let created =
        running.send(Method::POST, &path, Some(&running.ann), &fields, octets.clone()).await;
    assert_eq!(created.status, 201);
    let location = format!("{}{path}/the-beach", running.origin);
    assert_eq!(created.field("location"), Some(&*location));
    let link = |relation: &str| {
        let entry = created.entry();
        entry.link(relation).and_then(|it| it.href()).unwrap().to_owned()
    };
    assert_eq!(created.entry().title().unwrap().value(), "The Beach");
    assert_eq!(link("edit"), location);
    let edit_media = link("edit-media");
    assert_eq!(edit_media, format!("{location}/media"));
    let media = running.get(&edit_media).await;
    assert_eq!(
        (media.body, media.headers["content-type"].to_str().unwrap()),
        (octets, "image/png")
    );
    let policy = media.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("sandbox"), "{policy}");

    let fields = [("content-type", "image/gif")];
    let put = running.send(Method::PUT, &edit_media, Some(&running.ann), &fields, "gif");
    let put = put.await;
    assert_eq!(put.status, 204);
    let media = running.get(&edit_media).await;
    assert_eq!(media.body, b"gif");
    assert_eq!(media.field("etag"), put.field("etag"));
    let described = running.get(&location).await;
    let content = described.entry().content().cloned().unwrap();
    assert_eq!(content.type_(), Some("image/gif"));
    assert_eq!(content.src(), Some(&*edit_media));

    let deleted = running.send(Method::DELETE, &edit_media, Some(&running.ann), &[], "");
    assert_eq!(deleted.await.status, 204);
    assert_eq!(running.get(&location).await.status, 404);
}

#[tokio::test]
async fn an_edit_of_a_media_link_entry_keeps_the_links_of_the_server_and_its_kind() {
    let running = run().await;
    let path = plain(&running).await;
    let member = running.post(&path, "image/png", "p", "png").await;
    let evil = "<content src='http://evil.example/' type='text/html'/>\
        <link rel='edit-media' href='http://evil.example/'/><link rel='edit' href='/bob/inbox/a'/>";
    let fields = [("content-type", ENTRY)];
    let put = running.send(Method::PUT, &member, Some(&running.ann), &fields, entry("New", evil));
    assert_eq!(put.await.status, 200);
    let read = running.get(&member).await;
    let entry = read.entry();
    let media = format!("{}{member}/media", running.origin);
    assert_eq!(entry.link("edit-media").and_then(|it| it.href()), Some(&*media));
    assert_eq!(entry.content().and_then(|it| it.src()), Some(&*media));
    assert!(
        !read.text().contains("evil.example") && !read.text().contains("/bob/"),
        "{}",
        read.text()
    );
    assert_eq!(running.get(&media).await.body, b"png");
}

#[tokio::test]
async fn rfc5023_9_7_a_slug_names_a_member_and_never_leaves_its_collection() {
    let running = run().await;
    let path = plain(&running).await;
    for (slug, expected) in [
        ("The Beach at S%C3%A8te", "the-beach-at-sete"),
        ("The Beach at S%C3%A8te", "the-beach-at-sete-2"),
        ("../../bob/inbox/%2e%2e%2fx", "bob-inbox-x"),
        ("%00%0d%0aSet-Cookie: a", "set-cookie-a"),
        ("", "title"),
        ("%F0%9F%98%80", "grinning"),
    ] {
        let created = running.post(&path, ENTRY, slug, &entry("Title", DRAFT)).await;
        assert_eq!(created, format!("{path}/{expected}"), "{slug}");
    }
}

#[tokio::test]
async fn a_collection_takes_what_it_accepts_and_a_bundle_takes_members_with_a_profile() {
    let running = run().await;
    let markup = collection("C", "<accept>image/*</accept>");
    let pictures = running.post("/service", ENTRY, "pictures", &markup).await;
    let bundle = running.post("/service", ENTRY, "bundle", &collection("B", "")).await;
    for (path, media_type, body, expected) in [
        (&*pictures, "image/png", "p".to_owned(), 201),
        (&pictures, "text/plain", "p".to_owned(), 415),
        (&pictures, ENTRY, entry("E", ""), 415),
        (&bundle, "image/png", "p".to_owned(), 415),
        (&bundle, ENTRY, entry("E", ""), 400),
        ("/ann/inbox", "application/atom+xml; type=entry", entry("E", ""), 201),
        ("/ann/inbox", "application/zip", "z".to_owned(), 201),
        (
            "/service",
            ENTRY,
            collection("C", "<manager:kind>bundle</manager:kind><accept>image/*</accept>"),
            400,
        ),
        ("/service", ENTRY, collection("C", "<manager:kind>folder</manager:kind>"), 400),
        ("/service", ENTRY, collection("C", "<manager:visibility>all</manager:visibility>"), 400),
        ("/service", ENTRY, collection("C", "<manager:kind>collection</manager:kind>"), 201),
    ] {
        let fields = [("content-type", media_type)];
        let answer =
            running.send(Method::POST, path, Some(&running.ann), &fields, body.clone()).await;
        assert_eq!(answer.status, expected, "{path} {media_type} {body}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_media_resource_may_be_larger_than_a_document_and_has_a_limit_too() {
    let running = run_within(|mut limits| {
        (limits.document_octets, limits.media_octets) = (1000, 5000);
        limits
    });
    let running = running.await;
    for (media_type, size, expected) in
        [("image/png", 5000, 201), ("image/png", 5001, 413), (ENTRY, 1001, 413)]
    {
        let fields = [("content-type", media_type)];
        let body = "x".repeat(size);
        let answer = running.send(Method::POST, "/ann/inbox", Some(&running.ann), &fields, body);
        assert_eq!(answer.await.status, expected, "{media_type} {size}");
    }
}

/// Who sends slowly keeps nobody else from sending.
#[tokio::test]
async fn one_user_takes_no_more_than_a_share_of_the_places_for_media() {
    let running = run_within(|mut limits| {
        (limits.media_together, limits.media_of_user) = (3, 2);
        limits
    });
    let running = running.await;
    let (png, line) = ("image/png", "POST /ann/inbox");
    let post = async |user: &str, token| {
        let fields = [("content-type", png)];
        let path = format!("/{user}/inbox");
        let answer = running.send(Method::POST, &path, Some(token), &fields, "png").await;
        let is_later = answer.field("retry-after").is_some();
        assert_eq!(is_later, answer.status != 201, "{}", answer.text());
        answer.status.as_u16()
    };
    let first = running.begun(line, &running.ann, png, 1000, "png").await;
    let second = running.begun(line, &running.ann, png, 1000, "png").await;
    assert_eq!(post("ann", &running.ann).await, 429);
    assert_eq!(post("bob", &running.bob).await, 201);
    let third = running.begun("POST /bob/inbox", &running.bob, png, 1000, "png").await;
    assert_eq!(post("bob", &running.bob).await, 503);
    // Entries need no place.
    running.post("/ann/inbox", ENTRY, "a", &entry("A", "")).await;
    drop((first, second, third));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(post("ann", &running.ann).await, 201);
}

/// Asks for a resource, and reads nothing of the answer.
pub(crate) async fn asked(running: &Running, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(running.address).await.unwrap();
    let (host, token) = (running.address, running.ann.secret());
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream
}

/// Octets of which no piece is like another.
fn varied(octets: usize) -> Vec<u8> {
    (0..octets).map(|at| ((at / 251) ^ at).to_le_bytes()[0]).collect()
}

/// A client that does not read keeps nobody from reading, and loses its connection.
#[tokio::test]
async fn a_media_resource_is_sent_in_pieces_and_has_a_time() {
    const OCTETS: usize = 14 * 1024 * 1024 + 123;
    // So long that whoever reads is done by then, on a busy machine too.
    let time = Duration::from_secs(8);
    let running = run_within(|mut limits| {
        limits.response_time = time;
        limits
    });
    let running = running.await;
    let octets = varied(OCTETS);
    let fields = [("content-type", "image/png"), ("slug", "p")];
    let post =
        running.send(Method::POST, "/ann/inbox", Some(&running.ann), &fields, octets.clone());
    assert_eq!(post.await.status, 201);
    let media = "/ann/inbox/p/media";
    let head = running.send(Method::HEAD, media, Some(&running.ann), &[], "").await;
    assert_eq!(head.field("content-length"), Some(&*OCTETS.to_string()));
    let mut slow = asked(&running, media).await;
    for size in [OCTETS, 0, 1, 65_536, 65_537] {
        let octets = &octets[..size];
        if size != OCTETS {
            let (name, slug) = (format!("/ann/inbox/s{size}"), format!("s{size}"));
            let fields = [("content-type", "image/png"), ("slug", &*slug)];
            let body = octets.to_vec();
            running.send(Method::POST, "/ann/inbox", Some(&running.ann), &fields, body).await;
            assert!(running.get(&format!("{name}/media")).await.body == octets, "{size}");
        } else {
            assert!(running.get(media).await.body == octets);
        }
    }
    tokio::time::sleep(time + Duration::from_millis(500)).await;
    let mut read = Vec::new();
    let _ = slow.read_to_end(&mut read).await;
    assert!(read.len() < OCTETS, "{}", read.len());
}

/// What comes of two states is never taken for one.
#[tokio::test]
async fn a_download_that_an_edit_overtakes_breaks() {
    const OCTETS: usize = 14 * 1024 * 1024;
    let running = run().await;
    let link = running.post("/ann/inbox", "image/png", "p", &"x".repeat(OCTETS)).await;
    let media = format!("{link}/media");
    let mut overtaken = asked(&running, &media).await;
    let fields = [("content-type", "image/png")];
    let put = running.send(Method::PUT, &media, Some(&running.ann), &fields, "y".repeat(OCTETS));
    assert_eq!(put.await.status, 204);
    let mut read = Vec::new();
    let _ = overtaken.read_to_end(&mut read).await;
    let head = read.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    assert!(read.len() - head < OCTETS, "{}", read.len());
    assert!(read[head..].iter().all(|octet| *octet == b'x'));
    assert!(running.get(&media).await.body == "y".repeat(OCTETS).as_bytes());
}

/// An OPML document is in memory until it is written.
#[tokio::test]
async fn an_outline_that_is_sent_counts_until_it_is_written() {
    let running = run_within(|mut limits| {
        limits.response_octets_together = 0;
        limits.room_time = Duration::from_millis(100);
        limits
    });
    let running = running.await;
    running.post("/service", ENTRY, "bundle", &collection("B", PUBLIC)).await;
    let summary = format!("<summary>{}</summary>", "x".repeat(100_000));
    running.post("/ann/bundle", ENTRY, "a", &service("A", &summary)).await;
    let copied = running.database.write(|connection| {
        let sql = "INSERT INTO members
            (collection, name, kind, is_draft, edited, tag, octets, public_tag, public_edited)
            SELECT collection, name || ?1, kind, is_draft, edited + ?1, randomblob(16), octets,
                randomblob(16), edited + ?1 FROM members WHERE name = 'a'";
        (1..=130).try_for_each(|number| connection.execute(sql, [number]).map(drop))?;
        Ok::<_, feed_manager::store::StoreError>(())
    });
    copied.await.unwrap();
    let outline = "/ann/bundle.opml";
    let whole = running.get(outline).await;
    assert_eq!(whole.status, 200);
    assert!(whole.body.len() > 10_000_000, "{}", whole.body.len());
    // The largest one alone has room.
    let unread = asked(&running, outline).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let refused = running.get(outline).await;
    assert_eq!(refused.status, 503);
    assert!(refused.field("retry-after").is_some());
    assert_eq!(running.get("/ann/inbox").await.status, 200);
    drop(unread);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(running.get(outline).await.status, 200);
}

/// Whatever type a media resource has, browsers neither guess another one nor run it.
#[tokio::test]
async fn what_is_active_is_saved_and_what_is_private_is_for_pages_of_this_server() {
    let running = run().await;
    let markup = collection("C", &format!("{PUBLIC}<accept>*/*</accept>"));
    let public = running.post("/service", ENTRY, "public", &markup).await;
    for (collection, media_type, disposition, sharing) in [
        (&*public, "image/png", None, "cross-origin"),
        ("/ann/inbox", "image/png", None, "same-origin"),
        (&public, "text/javascript", Some("attachment"), "same-origin"),
        (&public, "text/html", Some("attachment"), "same-origin"),
        (&public, "image/svg+xml", Some("attachment"), "same-origin"),
    ] {
        let member = running.post(collection, media_type, "m", "sentinel()").await;
        for method in [Method::GET, Method::HEAD] {
            let path = format!("{member}/media");
            let media = running.send(method, &path, Some(&running.ann), &[], "").await;
            assert_eq!(media.status, 200);
            assert_eq!(media.field("content-type"), Some(media_type));
            assert_eq!(media.field("content-disposition"), disposition, "{media_type}");
            assert_eq!(media.field("cross-origin-resource-policy"), Some(sharing), "{media_type}");
            assert_eq!(media.field("x-content-type-options"), Some("nosniff"));
            assert!(media.field("content-security-policy").unwrap().contains("sandbox"));
        }
    }
}
