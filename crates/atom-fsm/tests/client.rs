//! The client of AtomPub and Feed Service Management: what it sends, and what it makes of what servers
//! really answer.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Collection;
use atom_fsm::atom::Entry;
use atom_fsm::fsm::{BundleReference, ServiceEntry};
use atom_fsm::interaction::{
    Answer, Client, CollectionType, ENTRY, EntityTag, Guard, Refusal, Representation, Retried,
    RetryAfter, StrongTag, Validators,
};
use atom_fsm::walk::Outcome;
use atom_fsm::{ErrorKind, Limits, Reader, Rule};
use chrono::DateTime;
use http::{Method, Response, response};

const URI: &str = "http://example.org/bundles/a";
const BODY: &[u8] = b"<entry xmlns='http://www.w3.org/2005/Atom'><title>A</title>\
    <link rel='edit' href='a/7'/><link rel='edit-media' href='/m/7'/></entry>";

fn head(status: u16, fields: &[(&str, &str)]) -> response::Parts {
    let response = Response::builder().status(status);
    let response =
        fields.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(()).unwrap().into_parts().0
}

#[test]
fn rfc5023_5_each_interaction_is_a_request() {
    let client = Client::new();
    let (collection, entry) = (Collection::new("A"), ServiceEntry::new("A", "/a").into_entry());
    let reference = BundleReference::new("B", "http://b.example/b");
    let tag = Guard::from(StrongTag::new(EntityTag::strong("1").unwrap()).unwrap());
    let date = Guard::IfUnmodifiedSince(DateTime::from_timestamp(784_111_777, 0).unwrap());
    for (request, method, fields) in [
        (client.get(URI), "GET", &[][..]),
        (client.get_identity(URI), "GET", &[("accept-encoding", "identity")]),
        (
            client.create_collection(URI, &collection, Some("S\u{e8}te")),
            "POST",
            &[("content-type", ENTRY), ("slug", "S%C3%A8te")],
        ),
        (client.create_member(URI, &entry, None), "POST", &[("content-type", ENTRY)]),
        (client.add_reference(URI, &reference, None), "POST", &[("content-type", ENTRY)]),
        (
            client.create_media(URI, "image/png", vec![1], Some("a")),
            "POST",
            &[("content-type", "image/png"), ("slug", "a")],
        ),
        (
            client.edit_collection(URI, &collection, &Guard::IfExists),
            "PUT",
            &[("content-type", ENTRY), ("if-match", "*")],
        ),
        (
            client.edit_member(URI, &entry, &tag),
            "PUT",
            &[("content-type", ENTRY), ("if-match", "\"1\"")],
        ),
        (
            client.edit_media(URI, "image/png", vec![1], &date),
            "PUT",
            &[
                ("content-type", "image/png"),
                ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ],
        ),
        (client.delete(URI, &Guard::Unguarded), "DELETE", &[]),
    ] {
        let request = request.unwrap();
        assert_eq!(request.method(), method);
        let names = request.headers().keys().filter(|name| *name != "accept");
        assert_eq!(names.count(), fields.len(), "{method} {fields:?}");
        for (name, value) in fields {
            assert_eq!(request.headers()[*name], *value);
        }
    }
    let xml = Client::new().collection_type(CollectionType::Xml);
    let request = xml.create_collection(URI, &collection, None).unwrap();
    assert_eq!(request.headers()["content-type"], "application/xml");
    let refused = client.create_media(URI, "png", vec![1], None).unwrap_err();
    assert_eq!(refused.rule(), Some(Rule::MediaType));
}

#[test]
fn rfc9110_13_1_a_conditional_get_has_the_tag_or_else_the_date() {
    let client = Client::new();
    let date = DateTime::from_timestamp(784_111_777, 0).unwrap();
    let validators = Validators::new().with_last_modified(date);
    let request = client.get_if_changed(URI, &validators).unwrap();
    assert_eq!(request.headers()["if-modified-since"], "Sun, 06 Nov 1994 08:49:37 GMT");
    // A weak tag is fine for a GET.
    let validators = validators.with_etag(EntityTag::parse("W/\"1\"").unwrap());
    let request = client.get_if_changed(URI, &validators).unwrap();
    assert_eq!(request.headers()["if-none-match"], "W/\"1\"");
    assert!(!request.headers().contains_key("if-modified-since"));
    let answer = client.entry(URI, &head(304, &[("etag", "W/\"1\"")]), b"").unwrap();
    let Answer::NotModified(head) = answer else { panic!("{answer:?}") };
    assert_eq!(head.validators().etag(), validators.etag());
}

#[test]
fn rfc3987_3_1_an_iri_becomes_a_uri_and_nothing_can_be_injected() {
    let client = Client::new();
    let request = client.get("http://example.org/S\u{e8}te?q=\u{e8}#\u{e8}").unwrap();
    assert_eq!(request.uri().to_string(), "http://example.org/S%C3%A8te?q=%C3%A8");
    // RFC 5891: a host of the domain name system is in its ASCII form.
    let request = client.get("http://b\u{fc}cher.example/\u{fc}").unwrap();
    assert_eq!(request.uri().to_string(), "http://xn--bcher-kva.example/%C3%BC");
    let (collection, entry) = (Collection::new("A"), ServiceEntry::new("A", "/a").into_entry());
    for uri in ["http://example.org/\r\nA: b", "http://example.org/ HTTP/1.1", "\u{e9}", "/a", ""] {
        assert_eq!(client.get(uri).unwrap_err().rule(), Some(Rule::IriSyntax), "{uri:?}");
        assert!(client.create_collection(uri, &collection, None).is_err());
        assert!(client.edit_member(uri, &entry, &Guard::Unguarded).is_err());
        assert!(client.delete(uri, &Guard::Unguarded).is_err());
    }
    let slugged = client.create_collection(URI, &collection, Some("a\r\nb: c")).unwrap();
    assert_eq!(slugged.headers()["slug"], "a%0D%0Ab: c");
    assert!(client.create_media(URI, "a/b\r\nc: d", Vec::new(), None).is_err());
    for etag in ["\"1\"\r\nA: b", "\"\0\"", "\n", "1"] {
        assert_eq!(EntityTag::parse(etag), None, "{etag:?}");
    }
}

#[test]
fn rfc5023_5_3_a_creation_that_was_performed_is_never_an_error() {
    let client = Client::new();
    let created = |status, fields: &[(&str, &str)], body: &[u8]| {
        client.created_member(URI, &head(status, fields), body).done().unwrap()
    };
    let typed = ("content-type", ENTRY);
    // A relative Location, and what a GET of it gives.
    let location = [typed, ("location", "a/7"), ("content-location", "a/7")];
    let whole = created(201, &location, BODY);
    assert_eq!(whole.location().as_deref(), Some("http://example.org/bundles/a/7"));
    assert!(whole.complete().is_some());
    assert_eq!(whole.edit_media_uri().as_deref(), Some("http://example.org/m/7"));
    // RFC 5023 section 9.2: the two are compared character for character.
    let spelled = [typed, ("location", "a/7"), ("content-location", "/bundles/a/7")];
    assert_eq!(created(201, &spelled, BODY).complete(), None);
    // Without Content-Location, the entry need not be all that is stored.
    let partial = created(201, &[typed, ("location", "/7")], BODY);
    assert!(partial.complete().is_none() && partial.document().is_some());
    // Without an entry.
    let bare = created(201, &[("location", "/7")], b"");
    assert_eq!(bare.representation(), &Representation::None);
    assert_eq!(bare.edit_uri().as_deref(), Some("http://example.org/7"));
    // Without a Location: the entry says where it is.
    let unplaced = created(201, &[typed], BODY);
    assert_eq!(unplaced.location(), None);
    assert_eq!(unplaced.edit_uri().as_deref(), Some("http://example.org/bundles/a/7"));
    // With a page for people, with another status, with a Location that is none.
    let page = created(201, &[("content-type", "text/html")], b"<html><br></html>");
    assert!(matches!(page.representation(), Representation::Unreadable(_)));
    assert_eq!(created(200, &[typed], BODY).head().status(), 200);
    assert_eq!(created(204, &[("location", "http://[")], b"").location(), None);
    let collection = b"<collection xmlns='http://www.w3.org/2007/app' href='/a'/>";
    let made = client.created_collection(URI, &head(201, &[("location", "/a")]), collection);
    assert_eq!(made.done().unwrap().document().and_then(Collection::href), Some("/a"));
    // A collection without a Location is where its href says.
    let based = b"<collection xmlns='http://www.w3.org/2007/app' xml:base='/b/' href='a'/>";
    let uri = |fields: &[(&str, &str)], body: &[u8]| {
        client.created_collection(URI, &head(201, fields), body).done().unwrap().collection_uri()
    };
    assert_eq!(uri(&[], based).as_deref(), Some("http://example.org/b/a"));
    assert_eq!(uri(&[("location", "c")], based).as_deref(), Some("http://example.org/bundles/c"));
    assert_eq!(uri(&[], b""), None);
}

#[test]
fn rfc9110_9_3_an_edit_and_a_deletion_that_were_performed_are_never_errors() {
    let client = Client::new();
    let edited = |status, body: &[u8]| {
        client.edited_member(URI, &head(status, &[("content-type", ENTRY)]), body).done().unwrap()
    };
    assert!(edited(200, BODY).document().is_some());
    // RFC 9110 section 8.7: only Content-Location says that it is what is stored.
    assert_eq!(edited(200, BODY).complete(), None);
    for (location, is_complete) in [(URI, true), ("/bundles/a", true), ("a?x", false), ("/", false)]
    {
        let fields = [("content-type", ENTRY), ("content-location", location)];
        let edited = client.edited_member(URI, &head(200, &fields), BODY).done().unwrap();
        assert_eq!(edited.complete().is_some(), is_complete, "{location}");
    }
    for (status, body) in [(204, &b""[..]), (200, b""), (201, b"")] {
        assert_eq!(edited(status, body).representation(), &Representation::None);
    }
    assert!(matches!(edited(200, b"OK").representation(), Representation::Unreadable(_)));
    for (status, body) in [(200, &b"<html>gone</html>"[..]), (204, b""), (200, b"")] {
        assert_eq!(client.deleted(URI, &head(status, &[]), body).done().unwrap().status(), status);
    }
}

#[test]
fn rfc9110_15_what_is_no_success_is_a_value_too() {
    let client = Client::new();
    let answer = |status, fields: &[(&str, &str)], body: &[u8]| {
        let answer = client.entry(URI, &head(status, fields), body).unwrap();
        assert!(answer.clone().done().is_err());
        answer
    };
    let Answer::Accepted(head) = answer(202, &[("location", "status/1")], b"") else { panic!() };
    assert_eq!(head.location().as_deref(), Some("http://example.org/bundles/status/1"));
    for (status, from, to) in [
        (301, Method::POST, Method::GET),
        (302, Method::PUT, Method::PUT),
        (303, Method::PUT, Method::GET),
        (307, Method::POST, Method::POST),
        (308, Method::DELETE, Method::DELETE),
    ] {
        let Answer::Redirected(redirect) = answer(status, &[("location", "b")], b"") else {
            panic!("{status}")
        };
        assert_eq!(redirect.target().as_deref(), Some("http://example.org/bundles/b"));
        assert_eq!(redirect.method(&from), to, "{status}");
        assert_eq!(redirect.is_permanent(), matches!(status, 301 | 308));
    }
    assert!(matches!(answer(206, &[], BODY), Answer::Unexpected(_)));
    let problem = br#"{"title":"No","rule":"entry-title","line":2,"more":[{}]}"#;
    let fields = [
        ("content-type", "application/problem+json; charset=utf-8"),
        ("www-authenticate", "Bearer realm=\"a\""),
        ("retry-after", "120"),
    ];
    let Answer::Refused(refusal) = answer(401, &fields, problem) else { panic!() };
    assert_eq!(refusal.problem().unwrap().rule(), Some(Rule::EntryTitle));
    assert_eq!(refusal.problem().unwrap().line(), Some(2));
    assert_eq!(refusal.challenges().next().unwrap(), "Bearer realm=\"a\"");
    assert_eq!(refusal.retry_after(), Some(RetryAfter::Seconds(120)));
    assert_eq!(refusal.body(), problem);
    let page = answer(500, &[("content-type", "text/html")], b"<h1>");
    let Answer::Refused(refusal) = page else { panic!() };
    assert_eq!((refusal.problem(), refusal.body()), (None, &b"<h1>"[..]));
}

#[test]
fn rfc9110_15_5_of_the_body_of_a_refusal_no_more_is_kept_than_the_limit_allows() {
    let reader = Reader::new().limits(Limits::default().refusal_octets(10));
    let client = Client::new().reader(reader);
    let json = [("content-type", "application/problem+json")];
    for (body, kept, omitted) in [(&b"{\"a\":\"1\"}"[..], 9, 0), (b"{\"a\":\"123\"}", 10, 1)] {
        let answers = [
            client.deleted(URI, &head(400, &json), body).done_or_refusal(),
            client.edited_member(URI, &head(400, &json), body).done_or_refusal(),
            client.entry(URI, &head(400, &json), body).unwrap().done_or_refusal(),
        ];
        for refusal in answers {
            assert_eq!((refusal.body().len(), refusal.omitted()), (kept, omitted));
            assert_eq!(refusal.problem().is_some(), omitted == 0);
        }
    }
    let long = vec![b'x'; 1_000_000];
    let refusal = Client::new().deleted(URI, &head(500, &[]), &long).done_or_refusal();
    assert_eq!((refusal.body().len(), refusal.omitted()), (65_536, 934_464));
}

trait Refused {
    fn done_or_refusal(self) -> Refusal;
}

impl<T: std::fmt::Debug> Refused for Answer<T> {
    fn done_or_refusal(self) -> Refusal {
        match self {
            Answer::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn rfc9110_10_2_3_a_refusal_says_what_it_means_for_a_walk() {
    let now = DateTime::from_timestamp(784_111_777, 0).unwrap();
    let at = "Sun, 06 Nov 1994 08:50:37 GMT";
    for (status, after, expected) in [
        (404, None, "Gone"),
        (410, None, "Gone"),
        (401, None, "Refused"),
        (403, Some("5"), "Refused"),
        (429, Some("5"), "TryAfter(5)"),
        (503, Some(at), "TryAfter(60)"),
        (503, Some("Sun, 06 Nov 1994 08:00:00 GMT"), "TryAfter(0)"),
        (429, None, "Failed"),
        (503, Some("soon"), "Failed"),
        (500, Some("5"), "Failed"),
    ] {
        let fields: Vec<_> = after.map(|after| ("retry-after", after)).into_iter().collect();
        let answer = Client::new().feed(URI, &head(status, &fields), b"").unwrap();
        let Answer::Refused(refusal) = answer else { panic!("{status}") };
        let outcome: Outcome<'_, '_> = refusal.to_outcome(now);
        assert_eq!(format!("{outcome:?}"), expected, "{status} {after:?}");
    }
}

#[test]
fn rfc7303_8_a_missing_or_wrong_media_type_is_reported_and_the_root_decides() {
    let client = Client::new();
    let read = |fields: &[(&str, &str)], body: &[u8]| {
        let received = client.entry(URI, &head(200, fields), body).unwrap().done().unwrap();
        assert_eq!(received.value().title().unwrap().value(), "A");
        received.diagnostics().iter().any(|one| one.rule() == Rule::ResponseType)
    };
    assert!(!read(&[("content-type", "application/atom+xml; type=entry")], BODY));
    assert!(!read(&[("content-type", "application/atom+xml")], BODY));
    assert!(read(&[], BODY));
    assert!(read(&[("content-type", "text/html")], BODY));
    assert!(read(&[("content-type", "application/atom+xml; charset=x-unknown")], BODY));
    let text = std::str::from_utf8(BODY).unwrap();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(!read(&[("content-type", "application/atom+xml;charset=utf-16le")], &wide));
    let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(wide).collect();
    assert!(!read(&[("content-type", ENTRY)], &marked));
    let feed = b"<feed xmlns='http://www.w3.org/2005/Atom'/>";
    let error = client.entry(URI, &head(200, &[("content-type", ENTRY)]), feed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::RootElement));
}

/// With the feature `encodings` and without it.
#[test]
fn rfc7303_3_a_charset_that_the_document_contradicts_is_reported_and_the_document_read() {
    let (client, uri) = (Client::new(), "http://example.org/1");
    for (media_type, title, is_reported) in [
        ("application/atom+xml;charset=utf-8", "Zo\u{eb}", false),
        ("application/atom+xml;charset=iso-8859-1", "Zo\u{eb}", true),
        ("application/atom+xml;charset=us-ascii", "Zoe", false),
    ] {
        let body =
            format!("<entry xmlns='http://www.w3.org/2005/Atom'><title>{title}</title></entry>");
        let head = head(200, &[("content-type", media_type)]);
        let read = client.entry(uri, &head, body.as_bytes()).unwrap().done().unwrap();
        assert_eq!(read.value().title().unwrap().value(), title, "{media_type}");
        let reported = read.diagnostics().iter().any(|it| it.rule() == Rule::ResponseType);
        assert_eq!(reported, is_reported, "{media_type}");
    }
}

#[test]
fn rfc5023_10_1_the_next_page_and_the_edit_links_are_resolved() {
    let feed = b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/pages/'>\
        <link rel='next' href='2'/></feed>";
    let parts = head(200, &[("content-type", "application/atom+xml")]);
    let received = Client::new().feed(URI, &parts, feed).unwrap().done().unwrap();
    assert_eq!(received.next_page().as_deref(), Some("http://example.org/pages/2"));
    let received = Client::new().entry(URI, &parts, BODY).unwrap().done().unwrap();
    assert_eq!(received.edit_uri().as_deref(), Some("http://example.org/bundles/a/7"));
    assert_eq!(received.edit_media_uri().as_deref(), Some("http://example.org/m/7"));
}

/// A server behind a proxy that compresses for whoever accepts it, and makes the tag weak then.
struct Proxy {
    tag: Option<&'static str>,
    /// Whether the tag is weak even without a content coding.
    is_always_weak: bool,
    requests: u32,
}

impl Proxy {
    fn get(&mut self, request: &http::Request<Vec<u8>>) -> response::Parts {
        self.requests += 1;
        let is_identity =
            request.headers().get("accept-encoding").is_some_and(|value| value == "identity");
        let is_weak = self.is_always_weak || !is_identity;
        let tag = self.tag.map(|tag| if is_weak { format!("W/{tag}") } else { tag.to_owned() });
        let fields: Vec<_> = tag.iter().map(|tag| ("etag", &**tag)).collect();
        head(200, &fields)
    }
}

#[test]
fn rfc9110_13_1_1_a_weak_tag_is_never_sent_and_one_retry_asks_for_a_strong_one() {
    let client = Client::new();
    let retried = |proxy: &mut Proxy, later: Option<&'static str>| {
        let parts = proxy.get(&client.get(URI).unwrap());
        let received = client.entry(URI, &parts, BODY).unwrap().done().unwrap();
        let none = received.strong_tag().unwrap_err();
        assert_eq!(none.weak().is_some(), proxy.tag.is_some());
        let (request, retry) = none.retry(&client).unwrap();
        proxy.tag = later;
        let answer = retry.answer(&proxy.get(&request));
        assert_eq!(proxy.requests, 2, "there is one retry, and no loop");
        answer
    };
    let proxy = |tag, is_always_weak| Proxy { tag, is_always_weak, requests: 0 };
    let tag = Some("\"1\"");
    let Retried::Unchanged(strong) = retried(&mut proxy(tag, false), tag) else { panic!() };
    let entry = Entry::new().with_title("A").with_content(atom_fsm::atom::Content::text("a"));
    let request = client.edit_member(URI, &entry, &strong.into()).unwrap();
    assert_eq!(request.headers()["if-match"], "\"1\"");
    // Somebody has changed it meanwhile.
    assert!(matches!(retried(&mut proxy(tag, false), Some("\"2\"")), Retried::Reread(_)));
    assert!(matches!(retried(&mut proxy(None, false), tag), Retried::Reread(_)));
    assert_eq!(retried(&mut proxy(tag, true), tag), Retried::NoStrongValidator);
    assert_eq!(retried(&mut proxy(None, true), None), Retried::NoStrongValidator);
}
