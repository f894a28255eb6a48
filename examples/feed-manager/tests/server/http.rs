//! What HTTP demands of a server (RFC 9110, RFC 9112).

use crate::fixture::{ENTRY, Running, collection, entry, run, run_site, run_within};
use feed_manager::store::Token;
use http::Method;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends octets on a connection of its own, and returns what comes until the server closes it or says
/// nothing more.
async fn raw(running: &Running, octets: &str) -> String {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(octets.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(5), read).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn rfc9110_wrong_requests_are_refused_with_a_reason() {
    let running = run().await;
    let host = running.address.to_string();
    let auth = format!("Authorization: Bearer {}\r\n", running.ann.secret());
    let entry_head =
        format!("Host: {host}\r\n{auth}Content-Type: {ENTRY}\r\nConnection: close\r\n");
    let close = format!("Host: {host}\r\n{auth}Connection: close\r\n");
    for (request, expected) in [
        (format!("GET /service HTTP/1.1\r\n{close}\r\n"), "200"),
        (format!("GET /service HTTP/1.1\r\n{auth}Connection: close\r\n\r\n"), "400"),
        (format!("GET /service HTTP/1.1\r\nHost: {host}\r\n{close}\r\n"), "400"),
        (
            format!(
                "GET /service HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n{auth}\r\n"
            ),
            "421",
        ),
        (format!("GET http://evil.example/service HTTP/1.1\r\n{close}\r\n"), "421"),
        (format!("BREW /service HTTP/1.1\r\n{close}\r\n"), "501"),
        (format!("PATCH /service HTTP/1.1\r\n{close}\r\n"), "405"),
        (format!("GET /ann/inbox/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n{close}\r\n"), "404"),
        (format!("GET /ann/../bob/service HTTP/1.1\r\n{close}\r\n"), "404"),
        (
            format!(
                "POST /ann/inbox HTTP/1.1\r\n{entry_head}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na"
            ),
            "415",
        ),
        (format!("POST /ann/inbox HTTP/1.1\r\n{entry_head}Content-Length: 5\r\n\r\n<a/>\n"), "400"),
        (format!("POST /ann/inbox HTTP/1.1\r\n{close}Content-Length: 0\r\n\r\n"), "415"),
        (format!("GET /service HTTP/1.1\r\n{close}Authorization: Bearer a\r\n\r\n"), "400"),
    ] {
        let answer = raw(&running, &request).await;
        assert_eq!(answer.get(9..12), Some(expected), "{request}\n{answer}");
        if expected != "200" {
            assert!(answer.contains("content-type: application/problem+json"), "{answer}");
        }
    }
}

/// What is too large is refused by the server, which says why, before the library for HTTP does.
#[tokio::test]
async fn rfc9110_15_5_a_head_that_is_too_large_is_refused_with_a_problem() {
    let running = run().await;
    let host = running.address.to_string();
    let head = |target: &str, fields: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n")
    };
    let fields = |count: usize, octets: usize| -> String {
        let value = "x".repeat(octets);
        (0..count).map(|number| format!("X-{number}: {value}\r\n")).collect()
    };
    let long = |octets: usize| format!("/ann/service?{}", "x".repeat(octets));
    for (request, expected) in [
        (head("/ann/service", &fields(98, 100)), "200"),
        (head("/ann/service", &fields(99, 1)), "431"),
        (head("/ann/service", &fields(150, 1)), "431"),
        (head("/ann/service", &fields(20, 3_000)), "200"),
        (head("/ann/service", &fields(20, 3_300)), "431"),
        (head("/health", &fields(20, 5_000)), "431"),
        (head(&long(8_000), ""), "200"),
        (head(&long(8_192), ""), "414"),
        (head(&long(60_000), ""), "414"),
    ] {
        let answer = raw(&running, &request).await;
        assert_eq!(answer.get(9..12), Some(expected), "{} octets: {answer}", request.len());
        let has_problem = answer.contains("content-type: application/problem+json");
        assert_eq!(has_problem, expected != "200", "{answer}");
    }
}

#[tokio::test]
async fn rfc9110_10_1_1_the_length_is_judged_before_100_continue() {
    let running = run().await;
    let request = |length: u64| {
        format!(
            "POST /ann/inbox HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {ENTRY}\r\n\
             Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n",
            running.address,
            running.ann.secret()
        )
    };
    let answer = raw(&running, &request(1 << 40)).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = raw(&running, &request(10)).await;
    assert!(answer.starts_with("HTTP/1.1 100 "), "{answer}");
}

/// A client that sends head and body apart, as httplib2 does, reads the refusal, and can go on.
#[tokio::test]
async fn rfc9112_9_6_a_refusal_does_not_break_a_connection_whose_body_still_comes() {
    let running = run().await;
    let (host, token) = (running.address.to_string(), running.ann.secret().to_owned());
    let auth = format!("Authorization: Bearer {token}\r\n");
    let typed = format!("Content-Type: {ENTRY}\r\n");
    for (path, host, fields, expected) in [
        ("/ann/inbox", &*host, typed.clone(), "401"),
        ("/ann/none", &host, format!("{auth}{typed}"), "404"),
        ("/ann/inbox", &host, format!("{auth}Content-Type: nonsense\r\n"), "415"),
        ("/ann/inbox", "evil.example", format!("{auth}{typed}"), "421"),
        ("/fetch/test", &host, typed.clone(), "401"),
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{fields}Content-Length: 300000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            stream.write_all(&[b'x'; 100_000]).await.unwrap();
        }
        let next = format!(
            "GET /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            running.address
        );
        stream.write_all(next.as_bytes()).await.unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        assert_eq!(answers.get(9..12), Some(expected), "{path}: {answers}");
        assert!(answers.contains("HTTP/1.1 204 "), "{path}: {answers}");
    }
}

/// The wait for a body that is refused has a limit, and a client that waits for 100 waits for nothing.
#[tokio::test]
async fn rfc9110_10_1_1_a_refusal_does_not_wait_for_a_body_that_does_not_come() {
    let running = run_within(|mut limits| {
        limits.refused_time = Duration::from_millis(600);
        limits
    });
    let running = running.await;
    let refused = async |more: &str| {
        let started = std::time::Instant::now();
        let request = format!(
            "POST /ann/inbox HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n\r\n",
            running.address
        );
        let answer = raw(&running, &request).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        started.elapsed()
    };
    let wait = Duration::from_millis(600);
    assert!(refused("Content-Length: 10").await >= wait);
    assert!(refused("Content-Length: 10\r\nExpect: 100-Continue").await < wait);
    assert!(refused("Content-Length: 2000000").await < wait);
}

#[tokio::test]
async fn heads_and_bodies_that_do_not_end_are_ended() {
    let running = run_within(|mut limits| {
        limits.head_time = Duration::from_millis(300);
        limits.body_time = Duration::from_millis(300);
        limits
    });
    let running = running.await;
    let head = format!(
        "POST /ann/inbox HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {ENTRY}\r\n",
        running.address,
        running.ann.secret()
    );
    // Neither is waited for longer than the five seconds of `raw`, which would leave no end.
    let started = std::time::Instant::now();
    raw(&running, &head).await;
    assert!(started.elapsed() < Duration::from_secs(4), "the head is waited for");
    for body in ["Content-Length: 100\r\n\r\n<e", "Transfer-Encoding: chunked\r\n\r\n2\r\n<e\r\n"] {
        let answer = raw(&running, &format!("{head}{body}")).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
}

#[tokio::test]
async fn rfc9110_13_conditions_are_honoured() {
    let running = run().await;
    let member = running.post("/ann/inbox", ENTRY, "a", &entry("A", "")).await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "")).await;
    for path in ["/service", "/ann/service", &path, "/ann/inbox", &member] {
        let answer = running.get(path).await;
        let etag = answer.field("etag").unwrap().to_owned();
        assert!(etag.starts_with('"'), "{etag}");
        let date = answer.field("last-modified").unwrap().to_owned();
        for (name, value, expected) in [
            ("if-none-match", &*etag, 304),
            ("if-none-match", &format!("W/{etag}"), 304),
            ("if-none-match", "*", 304),
            ("if-none-match", "\"x\"", 200),
            ("if-modified-since", &*date, 304),
            ("if-match", "\"x,*,y\"", 412),
        ] {
            for method in [Method::GET, Method::HEAD] {
                let fields = [(name, value)];
                let sent = running.send(method, path, Some(&running.ann), &fields, "");
                assert_eq!(sent.await.status, expected, "{path} {name}: {value}");
            }
        }
    }
    let put = async |name: &str, value: &str| {
        let fields = [("content-type", ENTRY), (name, value)];
        let sent = running.send(Method::PUT, &member, Some(&running.ann), &fields, entry("B", ""));
        sent.await.status.as_u16()
    };
    let etag = running.get(&member).await.field("etag").unwrap().to_owned();
    assert_eq!(put("if-none-match", "*").await, 412);
    assert_eq!(put("if-match", "\"x\"").await, 412);
    assert_eq!(put("if-match", &format!("\"x\", {etag}")).await, 200);
    assert_eq!(put("if-match", &etag).await, 412);
}

#[tokio::test]
async fn a_tag_never_repeats_after_a_backup_was_restored() {
    let running = run().await;
    let member = running.post("/ann/inbox", ENTRY, "a", &entry("A", "")).await;
    let edit = async || {
        let fields = [("content-type", ENTRY)];
        let sent = running.send(Method::PUT, &member, Some(&running.ann), &fields, entry("B", ""));
        assert_eq!(sent.await.status, 200);
        running.get(&member).await.field("etag").unwrap().to_owned()
    };
    // The same edit of the same state, as after a backup was restored, has another tag each time.
    let before = rows(&running).await;
    let mut tags = std::collections::BTreeSet::new();
    for _ in 0..3 {
        assert!(tags.insert(edit().await));
        restore(&running, before.clone()).await;
    }
}

type Rows = Vec<(i64, Vec<u8>, Vec<u8>)>;

async fn rows(running: &Running) -> Rows {
    let read = running.database.read(|connection| {
        let mut statement = connection.prepare("SELECT id, tag, octets FROM members")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok::<_, feed_manager::store::StoreError>(rows.collect::<Result<Rows, _>>()?)
    });
    read.await.unwrap()
}

async fn restore(running: &Running, rows: Rows) {
    let written = running.database.write(move |connection| {
        for (id, tag, octets) in rows {
            let sql = "UPDATE members SET tag = ?2, octets = ?3 WHERE id = ?1";
            connection.execute(sql, (id, tag, octets))?;
        }
        Ok::<_, feed_manager::store::StoreError>(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let running = run_within(|mut limits| {
        limits.requests_a_minute = 5;
        limits
    });
    let running = running.await;
    for number in 0..8 {
        for token in [Some(&running.ann), Some(&running.bob), None] {
            let answer = running.send(Method::GET, "/ann/service", token, &[], "").await;
            let expected = if number < 5 { 200 } else { 429 };
            assert_eq!(answer.status, expected, "{number}");
            assert_eq!(answer.field("retry-after").is_some(), expected == 429);
        }
    }
}

/// Behind a proxy, each client has a rate of its own, and whoever comes directly cannot choose one.
#[tokio::test]
async fn rfc7239_only_a_trusted_proxy_says_where_a_request_comes_from() {
    for (proxy, expected) in [("127.0.0.0/8", 200), ("192.0.2.0/24", 429)] {
        let limited = |mut limits: feed_manager::server::Limits| {
            limits.requests_a_minute = 5;
            limits
        };
        let running = run_site(limited, |site| site.trusted_proxy(proxy.parse().unwrap())).await;
        for number in 0..12 {
            let forwarded = format!("for=198.51.100.9, for=203.0.113.{number}");
            let list = format!("198.51.100.9, 192.0.2.{number}");
            let fields = match number % 2 {
                0 => ("forwarded", &*forwarded),
                _ => ("x-forwarded-for", &*list),
            };
            let answer = running.send(Method::GET, "/ann/service", None, &[fields], "").await;
            assert_eq!(answer.status, if number < 5 { 200 } else { expected }, "{proxy} {number}");
        }
        // One client has its limit, whatever it writes before its address.
        let mut last = 0;
        for number in 0..8 {
            let list = format!("192.0.2.{number}, 203.0.113.200");
            let fields = [("x-forwarded-for", &*list)];
            let answer = running.send(Method::GET, "/ann/service", None, &fields, "").await;
            last = answer.status.as_u16();
        }
        assert_eq!(last, 429, "{proxy}");
    }
}

#[tokio::test]
async fn wrong_credentials_count_for_the_address() {
    let wrong = Token::random().unwrap();
    let nonsense = [("authorization", "Basic nonsense")];
    for (token, fields) in [(Some(&wrong), &[][..]), (None, &nonsense[..])] {
        for path in ["/ann/service", "/fetch/test"] {
            let running = run_within(|mut limits| {
                limits.requests_a_minute = 5;
                limits
            });
            let running = running.await;
            for number in 0..8 {
                let answer = running.send(Method::GET, path, token, fields, "").await;
                assert_eq!(answer.status, if number < 5 { 401 } else { 429 }, "{path} {number}");
            }
            // A user of the same address is not kept from anything.
            assert_eq!(running.get("/ann/service").await.status, 200);
        }
    }
}

/// The octets that are counted for ann, and those that there are.
async fn octets(running: &Running) -> (i64, i64) {
    let read = running.database.read(|connection| {
        let counted = "SELECT octets FROM users WHERE name = 'ann'";
        let there = "SELECT coalesce(sum(length(octets) + coalesce(length(public_octets), 0)), 0)
            + (SELECT coalesce(sum(length(octets)), 0) FROM pieces) FROM members";
        let number = |sql| connection.query_row(sql, [], |row| row.get(0));
        Ok::<_, feed_manager::store::StoreError>((number(counted)?, number(there)?))
    });
    read.await.unwrap()
}

#[tokio::test]
async fn the_octets_of_a_user_have_a_limit_and_are_counted_with_each_change() {
    let running = run_within(|mut limits| {
        limits.user_octets = 10_000;
        limits
    });
    let running = running.await;
    let send = async |method: Method, path: &str, media_type: &str, body: String| {
        let fields = [("content-type", media_type)];
        let answer = running.send(method, path, Some(&running.ann), &fields, body).await;
        let (counted, there) = octets(&running).await;
        assert_eq!(counted, there, "{path}");
        assert!(counted <= 10_000, "{path}: {counted}");
        let location = answer.field("location").map(str::to_owned).unwrap_or_default();
        (answer.status.as_u16(), location.replace(&running.origin, ""))
    };
    let long = |octets: usize| entry("E", &format!("<content>{}</content>", "x".repeat(octets)));
    let plain = collection("C", "<accept>*/*</accept>");
    let (_, of) = send(Method::POST, "/service", ENTRY, plain).await;
    let (status, member) = send(Method::POST, &of, ENTRY, long(2000)).await;
    assert_eq!(status, 201);
    assert_eq!(send(Method::POST, &of, ENTRY, long(9000)).await.0, 507);
    assert_eq!(send(Method::PUT, &member, ENTRY, long(9990)).await.0, 507);
    assert_eq!(send(Method::PUT, &member, ENTRY, long(1000)).await.0, 200);
    let (status, link) = send(Method::POST, &of, "image/png", "x".repeat(5000)).await;
    assert_eq!(status, 201);
    assert_eq!(send(Method::POST, &of, "image/png", "x".repeat(5000)).await.0, 507);
    let media = format!("{link}/media");
    assert_eq!(send(Method::PUT, &media, "image/png", "x".repeat(9000)).await.0, 507);
    assert!([200, 204].contains(&send(Method::PUT, &media, "image/png", "x".repeat(4000)).await.0));
    assert!([200, 204].contains(&send(Method::DELETE, &link, ENTRY, String::new()).await.0));
    assert_eq!(send(Method::POST, &of, "image/png", "x".repeat(5000)).await.0, 201);
    assert!([200, 204].contains(&send(Method::DELETE, &of, ENTRY, String::new()).await.0));
    assert_eq!(octets(&running).await, (0, 0));
    assert_eq!(send(Method::POST, "/ann/inbox", ENTRY, long(5000)).await.0, 201);
}

#[tokio::test]
async fn what_is_full_is_refused_and_changes_nothing() {
    let running = run_within(|mut limits| {
        (limits.collections, limits.members) = (2, 2);
        limits
    });
    let running = running.await;
    let fields = [("content-type", ENTRY)];
    // The inbox is a collection too.
    for expected in [201, 507] {
        let post = running.send(
            Method::POST,
            "/service",
            Some(&running.ann),
            &fields,
            collection("C", ""),
        );
        assert_eq!(post.await.status, expected);
    }
    for expected in [201, 201, 507] {
        let post =
            running.send(Method::POST, "/ann/inbox", Some(&running.ann), &fields, entry("E", ""));
        assert_eq!(post.await.status, expected);
    }
    let large = collection("C", &format!("<a:b>{}</a:b>", "x".repeat(20_000)));
    let large = running.send(Method::PUT, "/ann/inbox", Some(&running.ann), &fields, large).await;
    assert_eq!(large.status, 413);
    assert_eq!(running.get("/ann/inbox").await.feed().entries().len(), 2);
}
