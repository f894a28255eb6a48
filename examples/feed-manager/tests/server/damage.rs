//! Whatever is sent, every feed and the service document can be read afterwards.

use crate::fixture::{Answer, ENTRY, Running, run, strict};
use atom_fsm::app::Service;
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Pieces of documents, most of which are wrong somewhere.
const PIECES: [&str; 46] = [
    "<title>A</title>",
    "<title/>",
    "<title type='xhtml'><b/></title>",
    "<title type='nonsense'>A</title>",
    "<author/>",
    "<author><name>A</name></author>",
    "<author><name/><email>x</email><uri>javascript:a</uri></author>",
    "<generator/>",
    "<generator uri='a b'>x</generator>",
    "<unknown/>",
    "<unknown xmlns='http://www.w3.org/2007/app'/>",
    "<id>urn:other</id>",
    "<id/>",
    "<updated>yesterday</updated>",
    "<published>2012-13-45T00:00:00Z</published>",
    "<content type='a'>x</content>",
    "<content type='xhtml'>x</content>",
    "<content type='image/png'>***</content>",
    "<content src='http://a.example/'/>",
    "<content src='javascript:a'/>",
    "<content>x</content>",
    "<content type='application/xml'><a xmlns=''><b xmlns='urn:b'/></a></content>",
    "<link/>",
    "<link href='http://a.example/'/>",
    "<link rel='alternate' href='relative'/>",
    "<link rel='alternate' href='data:text/html,a'/>",
    "<link rel='edit' href='/bob/inbox'/>",
    "<link rel='self' href='http://[::'/>",
    "<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>",
    "<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>",
    "<category/>",
    "<category term='a' scheme='%'/>",
    "<source><title/></source>",
    "<rights type='html'>&lt;</rights>",
    "<f:query xmlns:f='http://dret.net/fsm/1.0' scheme='a b'>q</f:query>",
    "<f:query xmlns:f='http://dret.net/fsm/1.0'><a/></f:query>",
    "<p:x xmlns:p='urn:1'><q:y xmlns:q='urn:2' p:a='1' q:b='2'/></p:x>",
    "<x xmlns='' xml:base='http://a.example/' xml:lang='not a language'/>",
    "<t:deleted-entry xmlns:t='http://purl.org/atompub/tombstones/1.0' ref='urn:a' when='2012-01-01T00:00:00Z'/>",
    "<h:complete xmlns:h='http://purl.org/syndication/history/1.0'/>",
    "<c:control xmlns:c='http://www.w3.org/2007/app'><c:draft>yes</c:draft></c:control>",
    "<c:control xmlns:c='http://www.w3.org/2007/app'><c:draft>perhaps</c:draft></c:control>",
    "<c:accept xmlns:c='http://www.w3.org/2007/app'>*/*</c:accept>",
    "<c:categories xmlns:c='http://www.w3.org/2007/app' href='a'/>",
    "<m:visibility xmlns:m='urn:feed-manager'>public</m:visibility>",
    "<!-- --><?a b?>text&#x9;&amp;",
];

/// Where a request goes: `*` stands for what the last creation made.
const PATHS: [&str; 11] = [
    "/service",
    "/service",
    "/ann/service",
    "/ann/inbox",
    "/ann/inbox",
    "/ann/inbox",
    "/ann/bundle",
    "/ann/inbox/first",
    "*",
    "*/media",
    "/ann/inbox/none",
];

const TYPES: [&str; 6] =
    [ENTRY, "application/atom+xml", "application/xml", "image/png", "text/plain", "nonsense"];

#[derive(Debug, Clone)]
struct Sent {
    method: Method,
    path: &'static str,
    media_type: &'static str,
    slug: String,
    body: String,
}

fn sent() -> impl Strategy<Value = Sent> {
    let method = prop::sample::select(vec![
        Method::POST,
        Method::POST,
        Method::POST,
        Method::PUT,
        Method::PUT,
        Method::DELETE,
        Method::GET,
    ]);
    let root = prop::sample::select(vec![
        ("entry", "http://www.w3.org/2005/Atom"),
        ("entry", "http://www.w3.org/2005/Atom"),
        ("a:entry", "http://www.w3.org/2005/Atom"),
        ("collection", "http://www.w3.org/2007/app"),
        ("feed", "http://www.w3.org/2005/Atom"),
    ]);
    let attributes = prop::sample::select(vec![
        "",
        "",
        "xml:base='http://b.example/'",
        "xml:base='javascript:a'",
        "xml:lang='de'",
        "b='c'",
    ]);
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..4);
    // Most documents have what each needs, so that something is stored.
    let start = prop::sample::select(vec!["", "<t:title>A</t:title>", "<t:title>A</t:title>"]);
    let body = (root, attributes, start, pieces).prop_map(|(root, attributes, start, pieces)| {
        let (name, namespace) = root;
        let text = format!("{start}{}", pieces.concat());
        match name.split_once(':') {
            Some((prefix, _)) => {
                format!(
                    "<{name} xmlns:{prefix}='{namespace}' xmlns:t='{namespace}' {attributes}>\
                     {text}</{name}>"
                )
            }
            None => format!(
                "<{name} xmlns='{namespace}' xmlns:t='http://www.w3.org/2005/Atom' {attributes}>\
                 {text}</{name}>"
            ),
        }
    });
    let media_type = prop::sample::select(vec![0_usize, 0, 0, 1, 2, 3, 4, 5]);
    (method, prop::sample::select(&PATHS[..]), media_type, "[ -~]{0,8}", body).prop_map(
        |(method, path, media_type, slug, body)| Sent {
            method,
            path,
            media_type: TYPES[media_type],
            slug,
            body,
        },
    )
}

async fn check(running: &Running, after: &Sent, answer: &Answer) {
    assert!(!answer.status.is_server_error(), "{after:?}: {}", answer.text());
    for token in [Some(&running.ann), None] {
        let outline = running.send(Method::GET, "/ann/bundle.opml", token, &[], "").await;
        assert_eq!(outline.status, 200, "the OPML after {after:?}: {}", outline.text());
        let service = running.send(Method::GET, "/ann/service", token, &[], "").await;
        assert_eq!(service.status, 200, "{after:?}");
        let read = strict().read::<Service<'_>>(&service.body);
        let read = read.unwrap_or_else(|error| panic!("{after:?}: {error}\n{}", service.text()));
        for collection in read.document().collections() {
            let uri = collection.href().unwrap();
            let feed = running.send(Method::GET, uri, token, &[], "").await;
            assert_eq!(feed.status, 200, "{uri} after {after:?}");
            if let Err(error) = strict().read::<atom_fsm::atom::Feed<'_>>(&feed.body) {
                panic!("{after:?}: {error}\n{}", feed.text());
            }
        }
    }
}

/// Issue of the past: one refused document was stored, and its feed answered 500 from then on.
#[test]
fn after_any_request_every_feed_and_the_service_document_still_answer_200() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let running = runtime.block_on(async {
        let running = run().await;
        running
            .post(
                "/service",
                ENTRY,
                "bundle",
                &crate::fixture::collection("B", crate::fixture::PUBLIC),
            )
            .await;
        running.post("/ann/inbox", ENTRY, "first", &crate::fixture::entry("First", "")).await;
        running
    });
    let last = std::sync::Mutex::new("/ann/inbox/first".to_owned());
    let (created, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let mut runner =
        TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let done = runner.run(&sent(), |one| {
        let path = one.path.replace('*', &last.lock().unwrap());
        // The two collections stay, so that most requests find something.
        prop_assume!(
            one.method != Method::DELETE || !["/ann/inbox", "/ann/bundle"].contains(&&*path)
        );
        runtime.block_on(async {
            let fields = [("content-type", one.media_type), ("slug", &*one.slug)];
            let answer = running
                .send(one.method.clone(), &path, Some(&running.ann), &fields, one.body.clone())
                .await;
            if answer.status == 201 {
                let location = answer.field("location").unwrap();
                *last.lock().unwrap() = location.strip_prefix(&running.origin).unwrap().to_owned();
                created.set(created.get() + 1);
            }
            if answer.status == 400 {
                refused.set(refused.get() + 1);
            }
            check(&running, &one, &answer).await;
        });
        Ok(())
    });
    done.unwrap();
    // Both happen, or the test sends nothing that says anything: about 10 and 45 of 300.
    assert!(created.get() > 0 && refused.get() > 10, "{created:?} {refused:?}");
}

/// Each of these members can be read, and all of them are more than a reader reads at once.
#[tokio::test]
async fn the_opml_of_members_with_too_many_elements_is_404_as_that_of_too_many_members() {
    let running = run().await;
    let title = crate::fixture::collection("B", crate::fixture::PUBLIC);
    running.post("/service", ENTRY, "bundle", &title).await;
    let elements = format!("<x xmlns='urn:x'>{}</x>", "<y/>".repeat(14_000));
    running.post("/ann/bundle", ENTRY, "a", &crate::fixture::service("A", &elements)).await;
    assert_eq!(running.get("/ann/bundle.opml").await.status, 200);
    let copied = running.database.write(|connection| {
        let sql = "INSERT INTO members
            (collection, name, kind, is_draft, edited, tag, octets, public_octets,
                public_tag, public_edited)
            SELECT collection, name || ?1, kind, is_draft, edited + ?1, randomblob(16), octets,
                public_octets, randomblob(16), edited + ?1 FROM members WHERE name = 'a'";
        (1..=75).try_for_each(|number| connection.execute(sql, [number]).map(drop))?;
        Ok::<_, feed_manager::store::StoreError>(())
    });
    copied.await.unwrap();
    let outline = running.get("/ann/bundle.opml").await;
    assert_eq!(outline.status, 404, "{}", outline.text());
    assert!(outline.text().contains("the limit of its OPML"), "{}", outline.text());
}

#[tokio::test]
async fn opml_documents_are_written_one_after_another() {
    let running = run().await;
    let title = crate::fixture::collection("B", crate::fixture::PUBLIC);
    running.post("/service", ENTRY, "bundle", &title).await;
    // One connection that reads is kept busy by this one, and the others too: the first document waits.
    let (ends, ended) = std::sync::mpsc::channel::<()>();
    let ended = std::sync::Arc::new(std::sync::Mutex::new(ended));
    let mut busy = Vec::new();
    for _ in 0..4 {
        let (database, ended) = (running.database.clone(), ended.clone());
        busy.push(tokio::spawn(async move {
            let read = database.read(move |_| {
                let _ = ended.lock().unwrap().recv();
                Ok::<_, feed_manager::store::StoreError>(())
            });
            read.await.unwrap();
        }));
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let outline = || running.send(Method::GET, "/ann/bundle.opml", None, &[], "");
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let second = outline().await;
        drop(ends);
        second
    };
    let (first, second) = tokio::join!(outline(), second);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 503));
    assert!(second.field("retry-after").is_some());
    for task in busy {
        task.await.unwrap();
    }
    assert_eq!(outline().await.status, 200);
}
