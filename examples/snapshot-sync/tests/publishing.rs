//! Requests to the publisher and its answers, over real sockets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::publisher::generate::{Generator, uri};
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START, Token};
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf};
use snapshot_sync::publisher::store::{EventId, Store, events, last_event, most_changed};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use support::asked::{Response, ask, get, resolved};
use support::{Site, sent};

/// The path of the index.
fn index(site: &Site) -> String {
    resolved(site, START, get(site, START, &[]).header("location"))
}

/// The path of the first package.
fn package(site: &Site) -> String {
    let id = site.publisher.shelf().current().unwrap().document().id().to_owned();
    format!("/snapshots/{id}/0")
}

#[test]
fn the_stable_uri_leads_to_an_index_that_never_changes() {
    let site = Site::new(100, 5);
    assert_eq!(get(&site, START, &[]).status, 404);
    site.publish(Opening::Implied, 10_000);
    let latest = get(&site, START, &[]);
    assert_eq!((latest.status.as_u16(), latest.header("cache-control")), (302, "no-cache"));
    let reference = latest.header("location").to_owned();
    assert!(reference.starts_with("./20"), "relative: {reference}");
    let place = resolved(&site, START, &reference);
    let index = get(&site, &place, &[]);
    assert!(index.header("cache-control").contains("immutable"));
    assert_eq!(index.header("link"), "<../../changes/latest>; rel=\"current\"");
    assert!(index.header("repr-digest").starts_with("sha-256=:"));
    assert!(index.header("last-modified").ends_with(" GMT"));
    let etag = index.header("etag").to_owned();
    assert_eq!(get(&site, &place, &[("if-none-match", &etag)]).status, 304);

    site.publish(Opening::Implied, 10_000);
    assert_ne!(get(&site, START, &[]).header("location"), reference);
    assert_eq!(get(&site, &place, &[]).body, index.body);
}

#[test]
fn rfc9110_8_8_and_9530_3_a_package_is_told_apart_and_has_a_digest() {
    let site = Site::new(200, 5);
    site.publish(Opening::Implied, 20_000);
    let path = package(&site);
    let whole = get(&site, &path, &[]);
    assert_eq!(whole.status, 200);
    assert!(whole.header("etag").starts_with('"'), "a strong one: {}", whole.header("etag"));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    assert!(whole.header("cache-control").contains("immutable"));
    use base64_of_sha256 as digest;
    assert_eq!(whole.header("repr-digest"), digest(&whole.body));

    let head = ask(&site, "HEAD", &path, &[], "");
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    for name in ["etag", "content-length", "content-type", "last-modified", "repr-digest"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    let (etag, modified) = (whole.header("etag"), whole.header("last-modified"));
    assert_eq!(get(&site, &path, &[("if-none-match", etag)]).status, 304);
    assert_eq!(get(&site, &path, &[("if-none-match", "\"other\"")]).status, 200);
    assert_eq!(get(&site, &path, &[("if-modified-since", modified)]).status, 304);
    assert_eq!(get(&site, &path, &[("if-match", "\"other\"")]).status, 412);
}

fn base64_of_sha256(octets: &[u8]) -> String {
    use sha2::Digest;
    let mut dictionary = sfv::DictSerializer::new();
    let digest = sfv::BareItem::ByteSequence(sha2::Sha256::digest(octets).to_vec());
    let _ = dictionary.bare_item(sfv::KeyRef::from_str("sha-256").unwrap(), &digest);
    dictionary.finish().unwrap()
}

#[test]
fn rfc9110_14_ranges_of_a_package_are_served_where_it_is_still_the_same() {
    let site = Site::new(200, 5);
    site.publish(Opening::Implied, 20_000);
    let path = package(&site);
    let whole = get(&site, &path, &[]);
    let (etag, octets) = (whole.header("etag").to_owned(), whole.body.len());
    let part = get(&site, &path, &[("range", "bytes=100-199"), ("if-range", &etag)]);
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &whole.body[100..200]));
    assert_eq!(part.header("content-range"), format!("bytes 100-199/{octets}"));
    assert_eq!(part.header("repr-digest"), whole.header("repr-digest"), "of the whole");
    let rest = get(&site, &path, &[("range", "bytes=100-")]);
    assert_eq!((rest.status.as_u16(), &rest.body[..]), (206, &whole.body[100..]));

    let changed = get(&site, &path, &[("range", "bytes=100-"), ("if-range", "\"other\"")]);
    assert_eq!((changed.status.as_u16(), changed.body.len()), (200, octets));
    let weak = format!("W/{etag}");
    let weak = get(&site, &path, &[("range", "bytes=100-"), ("if-range", &weak)]);
    assert_eq!(weak.status, 200, "If-Range compares strongly");

    let behind = get(&site, &path, &[("range", &format!("bytes={octets}-"))]);
    assert_eq!(behind.status, 416);
    assert_eq!(behind.header("content-range"), format!("bytes */{octets}"));
}

#[test]
fn rfc9110_12_5_3_a_package_comes_coded_where_that_is_asked_for() {
    let site = Site::new(200, 5);
    site.publish(Opening::Implied, 20_000);
    let path = package(&site);
    let whole = get(&site, &path, &[("accept-encoding", "identity")]);
    assert_eq!(whole.header("content-encoding"), "");
    let gzip = get(&site, &path, &[("accept-encoding", "gzip")]);
    let mut decoded = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut decoded).unwrap();
    assert_eq!(decoded, whole.body);
    is_coded(&gzip, "gzip", &whole);

    let zstd = get(&site, &path, &[("accept-encoding", "zstd")]);
    #[cfg(feature = "zstd")]
    {
        assert_eq!(zstd::decode_all(&zstd.body[..]).unwrap(), whole.body);
        is_coded(&zstd, "zstd", &whole);
    }
    #[cfg(not(feature = "zstd"))]
    assert_eq!((zstd.header("content-encoding"), &zstd.body), ("", &whole.body));
}

/// Asserts that this is a package in a coding, with fields of its own.
fn is_coded(coded: &Response, coding: &str, whole: &Response) {
    assert_eq!(coded.header("content-encoding"), coding);
    assert!(coded.body.len() < whole.body.len() / 2);
    assert_eq!(coded.header("repr-digest"), base64_of_sha256(&coded.body));
    assert_ne!(coded.header("etag"), whole.header("etag"));
    assert_eq!(coded.header("vary"), "accept-encoding");
    assert_eq!(coded.header("content-type"), whole.header("content-type"));
}

#[test]
fn rfc9530_3_an_answer_without_a_package_has_no_digest_of_one() {
    let site = Site::new(200, 5);
    site.publish(Opening::Implied, 20_000);
    let path = package(&site);
    let gzip = ("accept-encoding", "gzip");
    let coded = get(&site, &path, &[gzip]);
    let same = get(&site, &path, &[gzip, ("if-none-match", coded.header("etag"))]);
    assert_eq!((same.status.as_u16(), same.header("repr-digest")), (304, ""));
    assert!(same.header("cache-control").contains("immutable"));
    for (status, field) in [(412, ("if-match", "\"other\"")), (416, ("range", "bytes=9999999-"))] {
        let refused = get(&site, &path, &[gzip, field]);
        assert_eq!((refused.status.as_u16(), refused.header("repr-digest")), (status, ""));
        assert_eq!(refused.header("cache-control"), "", "{status}");
    }
}

#[test]
fn rfc9110_9_3_2_head_is_answered_as_get_without_the_body() {
    let site = Site::new(10, 5);
    site.publish(Opening::Implied, 10_000);
    site.change(2, 10, 12);
    let index = index(&site);
    let reader = site.publisher.store().reader().unwrap();
    let entity = most_changed(&reader).unwrap().unwrap();
    for path in [START, &index, "/changes/latest", "/changes/archive/0", &entity] {
        let (got, head) = (get(&site, path, &[]), ask(&site, "HEAD", path, &[], ""));
        let fields = |response: &Response| {
            let mut headers = response.headers.clone();
            headers.remove("date");
            headers
        };
        assert_eq!((head.status, fields(&head)), (got.status, fields(&got)), "{path}");
        assert_eq!(head.body.len(), 0, "{path}");
    }
}

/// Every version of every entity.
fn states(store: &Store) -> Vec<(String, u64, Vec<u8>)> {
    let reader = store.reader().unwrap();
    let select = "SELECT uri, version, body FROM earlier
                  UNION ALL SELECT uri, version, body FROM entity ORDER BY uri, version";
    let mut select = reader.prepare(select).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_filling_that_was_interrupted_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let whole = Store::open(&directory.path().join("whole.sqlite"), 50).unwrap();
    whole.fill(100, &mut Generator::new(1), || ()).unwrap();
    let path = directory.path().join("interrupted.sqlite");
    // A kill leaves the transactions before it.
    let before = Store::open(&path, 50).unwrap();
    before.fill(30, &mut Generator::new(1), || ()).unwrap();
    drop(before);

    let again = Store::open(&path, 50).unwrap();
    assert!(again.is_unseen().unwrap());
    again.fill(100, &mut Generator::new(1), || ()).unwrap();
    assert_eq!(states(&again), states(&whole));
    // From its first snapshot on, entities come with events only.
    drop(again.freeze().unwrap());
    assert!(!again.is_unseen().unwrap());
}

/// The entries of a directory.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_snapshot_outlives_the_publisher_and_a_half_of_one_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let (database, shelf) =
        (directory.path().join("source.sqlite"), directory.path().join("store"));
    let store = Store::open(&database, 50).unwrap();
    store.fill(100, &mut Generator::new(1), || ()).unwrap();
    let options = Options { package_octets: 10_000, ..Options::default() };
    let written = Shelf::open(&shelf, &store).unwrap();
    let snapshot = written.write(&store, &shelf, &options, || ()).unwrap();
    let (index, packages) = (snapshot.octets().to_vec(), snapshot.packages().len());
    drop((written, snapshot));
    // One that was being written when the publisher was killed.
    std::fs::create_dir(shelf.join("1795491261316.writing")).unwrap();
    std::fs::write(shelf.join("1795491261316.writing/0.multipart"), b"half").unwrap();

    let again = Shelf::open(&shelf, &store).unwrap();
    let snapshot = again.current().unwrap();
    assert_eq!((snapshot.octets(), snapshot.packages().len()), (&index[..], packages));
    assert_eq!(names(&shelf).len(), 1, "the half is gone");

    // One that cannot be written, behind the others: its packages are there by then.
    let insert = "INSERT INTO entity VALUES ('~' || char(10), 1, 0, '\"1\"', 'x/y', '{}')";
    rusqlite::Connection::open(&database).unwrap().execute(insert, []).unwrap();
    again.write(&store, &shelf, &options, || ()).unwrap_err();
    assert_eq!(names(&shelf).len(), 1, "nothing is left of it");

    let other = Store::open(&directory.path().join("other.sqlite"), 50).unwrap();
    let error = Shelf::open(&shelf, &other).unwrap_err();
    assert!(error.to_string().contains("of another database"), "{error}");
}

/// A site whose clients must send a token.
fn guarded() -> Site {
    let mut site = Site::new(10, 5);
    let store = site.publisher.store().clone();
    let publisher = Publisher::new(store, Shelf::default()).unwrap().token(Token::new("s3cret"));
    site.publisher = Arc::new(publisher);
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = Listening::at(anywhere, site.publisher.clone());
    site.listening = site.runtime.block_on(listening).unwrap();
    site
}

#[test]
fn rfc6750_3_who_has_not_the_token_is_told_what_is_asked_for() {
    let site = guarded();
    for path in [START, "/changes/latest", "/nowhere", &uri(1)] {
        for fields in
            [&[][..], &[("authorization", "Bearer other")], &[("authorization", "Basic s3cret")]]
        {
            let refused = get(&site, path, fields);
            assert_eq!(refused.status, 401, "{path} {fields:?}");
            assert!(refused.header("www-authenticate").starts_with("Bearer realm="));
            assert_eq!(refused.header("content-type"), "application/problem+json");
        }
    }
    let token = ("authorization", "Bearer s3cret");
    assert_eq!(get(&site, "/changes/latest", &[token]).status, 200);
    assert_eq!(ask(&site, "DELETE", &uri(1), &[], "").status, 401);
    assert_eq!(ask(&site, "DELETE", &uri(1), &[token], "").status, 204);
}

/// The events' methods, and the states that were made.
fn methods(site: &Site) -> Vec<&'static str> {
    let reader = site.publisher.store().reader().unwrap();
    let last = last_event(&reader).unwrap();
    events(&reader, 1, last).unwrap().iter().map(|event| event.method.name()).collect()
}

const MERGE: [(&str, &str); 1] = [("content-type", "application/merge-patch+json")];

#[test]
fn rfc5789_2_2_a_patch_of_another_kind_is_refused() {
    let site = Site::new(10, 5);
    let patch = |fields: &[(&str, &str)], patch| ask(&site, "PATCH", &uri(3), fields, patch);
    let remove = r#"[{"op":"remove","path":"/id"}]"#;
    for fields in [
        &[("content-type", "application/json-patch+json")][..],
        &[("content-type", "application/json")],
        &[("content-type", "merge-patch")],
        &[],
    ] {
        let refused = patch(fields, remove);
        assert_eq!(refused.status, 415, "{fields:?}");
        assert_eq!(refused.header("accept-patch"), "application/merge-patch+json");
    }
    assert_eq!(methods(&site).len(), 0);
    let merge = [("content-type", "Application/Merge-Patch+JSON; charset=utf-8")];
    assert_eq!(patch(&merge, r#"{"id":null}"#).status, 204);
}

#[test]
fn rfc9110_9_3_and_5789_each_write_is_a_change_and_its_event() {
    let site = Site::new(10, 5);
    let (target, fresh) = (uri(3), uri(77));
    // The entity tag is the id of the event.
    let run = site.publisher.store().feed().run;
    let is_tag = |answer: &Response, number: u64| {
        let id = answer.header("etag").trim_matches('"').parse::<EventId>().unwrap();
        matches!(id, EventId::Issued { run: of, number: n, .. } if (of, n) == (run, number))
    };
    let created = ask(&site, "PUT", &fresh, &[], r#"{"id":"77","assets":[]}"#);
    assert!(created.status == 201 && is_tag(&created, 1));
    let replaced = ask(&site, "PUT", &fresh, &[], r#"{"id":"78","assets":[]}"#);
    assert!(replaced.status == 204 && is_tag(&replaced, 2));
    let patched = ask(&site, "PATCH", &fresh, &MERGE, r#"{"stock":7,"id":null}"#);
    assert!(patched.status == 204 && is_tag(&patched, 3));
    let posted = ask(&site, "POST", &fresh, &[], r#"{"id":"1","role":"spot"}"#);
    assert!(posted.status == 204 && is_tag(&posted, 4));
    let now = get(&site, &fresh, &[]);
    assert!(is_tag(&now, 4) && now.header("etag") == posted.header("etag"));
    let state: serde_json::Value = serde_json::from_slice(&now.body).unwrap();
    assert_eq!(state, serde_json::json!({"stock": 7, "assets": [{"id": "1", "role": "spot"}]}));
    assert_eq!(ask(&site, "DELETE", &target, &[], "").status, 204);
    assert_eq!(get(&site, &target, &[]).status, 410);
    for method in ["PATCH", "POST", "DELETE"] {
        assert_eq!(ask(&site, method, &target, &MERGE, "{}").status, 404, "{method}");
    }
    for method in ["PUT", "PATCH", "POST"] {
        assert_eq!(ask(&site, method, &fresh, &MERGE, "{").status, 400, "{method}");
    }
    ask(&site, "PUT", &fresh, &[], "7");
    assert_eq!(ask(&site, "POST", &fresh, &[], "{}").status, 409, "a number has no assets");
    assert_eq!(methods(&site), ["PUT", "PUT", "PATCH", "POST", "DELETE", "PUT"]);
    assert_eq!(ask(&site, "TRACE", &fresh, &[], "").status, 405);
}

/// The status of the answer to a request whose path is sent as it stands.
fn status(site: &Site, method: &str, path: &str, body: &str) -> u16 {
    let octets = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    let request = format!("{head}content-length: {octets}\r\n\r\n{body}");
    let answer = sent(site.listening.address(), request.as_bytes());
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn rfc3986_3_3_whatever_an_entity_is_called_snapshot_and_feed_are_read() {
    let site = Site::new(10, 5);
    let state = r#"{"assets":[]}"#;
    let path = |name: &str| format!("/entities/{name}");
    let (named, none): (Vec<_>, Vec<_>) = [
        "a%20b", "%C3%A9", "a%0Ab", "a%23b", "a%3Fb", "a%2Fb", "a%3E", "50%25", "%2E%2E", "%2E",
        "%00", "%FF", "%22",
    ]
    .into_iter()
    .partition(|name| status(&site, "PUT", &path(name), state) == 201);
    assert_eq!(named, ["a%20b", "%C3%A9", "a%23b", "a%3Fb", "a%3E", "50%25", "%22"]);
    for name in none {
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(status(&site, method, &path(name), state), 400, "{method} {name}");
        }
        assert_eq!(status(&site, "GET", &format!("/histories/{name}"), ""), 400, "{name}");
    }
    site.publish(Opening::Implied, 10_000);
    for name in &named {
        // A reader of the feed has to ask for it, as the feed names it.
        assert_eq!(status(&site, "POST", &path(name), "{}"), 204, "{name}");
        for path in [format!("/versions/{name}/2"), format!("/histories/{name}")] {
            assert_eq!(status(&site, "GET", &path, ""), 200, "{path}");
        }
    }
    assert_eq!(status(&site, "DELETE", &path("%61%20b"), ""), 204, "the same as a%20b");
    let (mut replica, report) = site.replicate().unwrap();
    site.follow(&mut replica, &report.feed, 2);
    assert_eq!(site.differences(&replica), 0);
    assert_eq!(
        replica.reader().unwrap().query_row("SELECT count(*) FROM entity", [], |row| row.get(0)),
        Ok(16)
    );
}

#[test]
fn rfc9110_8_8_1_entity_tags_do_not_repeat_in_a_database_that_is_made_anew() {
    let etag = |site: &Site, state| {
        ask(site, "PUT", &uri(77), &[], state);
        get(site, &uri(77), &[]).header("etag").to_owned()
    };
    let (before, anew) = (Site::new(1, 5), Site::new(1, 5));
    let known = etag(&before, r#"{"id":"1"}"#);
    assert_ne!(etag(&anew, r#"{"id":"2"}"#), known);
    assert_eq!(get(&anew, &uri(77), &[("if-none-match", &known)]).status, 200);
    let filled = get(&before, &uri(0), &[]).header("etag").to_owned();
    assert_ne!(get(&anew, &uri(0), &[]).header("etag"), filled);
}

#[test]
fn rfc9110_13_1_a_write_is_made_on_its_conditions() {
    let site = Site::new(10, 5);
    let target = uri(3);
    let etag = get(&site, &target, &[]).header("etag").to_owned();
    let state = r#"{"id":"3"}"#;
    assert_eq!(ask(&site, "PUT", &target, &[("if-none-match", "*")], state).status, 412);
    assert_eq!(ask(&site, "PUT", &target, &[("if-match", "\"0\"")], state).status, 412);
    assert_eq!(ask(&site, "DELETE", &target, &[("if-match", "\"0\"")], "").status, 412);
    assert_eq!(ask(&site, "PUT", &uri(99), &[("if-match", "*")], state).status, 412);
    assert_eq!(methods(&site).len(), 0, "nothing was changed");
    assert_eq!(ask(&site, "PUT", &target, &[("if-match", &etag)], state).status, 204);
    assert_eq!(ask(&site, "PUT", &uri(99), &[("if-none-match", "*")], state).status, 201);
}

#[test]
fn rfc9110_15_5_14_no_change_makes_a_state_that_is_too_long() {
    let site = Site::new(10, 5);
    let state = format!(r#"{{"assets":[],"text":"{}"}}"#, "x".repeat((16 << 20) - 100));
    assert_eq!(ask(&site, "PUT", &uri(77), &[], &state).status, 201);
    let asset = format!(r#"{{"note":"{}"}}"#, "x".repeat(100));
    assert_eq!(ask(&site, "POST", &uri(77), &[], &asset).status, 413);
    assert_eq!(ask(&site, "PATCH", &uri(77), &MERGE, &asset).status, 413);
    assert_eq!(methods(&site), ["PUT"]);
    // Octets of a request that are more as they are written.
    let long = format!("[{}1]", "1e15,".repeat(1 << 20));
    assert_eq!(ask(&site, "PATCH", &uri(1), &MERGE, &long).status, 413);
}
