//! The server of AtomPub and Feed Service Management: what is expected, what is refused, and the
//! responses.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(clippy::result_large_err, reason = "a refusal is a response")]

use atom_fsm::app::{Accept, Collection};
use atom_fsm::atom::{Content, Date, Entry, Feed, Person};
use atom_fsm::fsm::{BundleReference, Profile, ServiceEntry};
use atom_fsm::interaction::{
    Client, ENTRY, EntityTag, Expected, Operation, Outcome, Problem, Resource, Server,
    ServerFields, Target, Validators,
};
use atom_fsm::{Level, Limits, Rule};
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode, request};

const URI: &str = "http://example.org/bundles/a";
const MEMBER: &str = "http://example.org/bundles/a/1";

fn head(method: &str, fields: &[(&str, &str)]) -> request::Parts {
    let request = Request::builder().method(method).uri("/bundles/a");
    let request =
        fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn expect(
    server: &Server,
    method: &str,
    fields: &[(&str, &str)],
    resource: Resource,
) -> Result<Expected, Response<Vec<u8>>> {
    server.expect(&head(method, fields), &Target::new(resource, URI))
}

/// Each refusal is a problem document with the status of the response, in the words of HTTP.
fn problem(response: &Response<Vec<u8>>) -> Problem {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem = Problem::parse(response.body()).unwrap();
    assert_eq!(problem.status(), Some(response.status().as_u16()));
    let detail = problem.detail().unwrap();
    assert!(!detail.contains("::") && !detail.contains("crate"), "{detail}");
    problem
}

fn refused(response: Result<Expected, Response<Vec<u8>>>) -> Option<u16> {
    response.err().map(|response| {
        problem(&response);
        response.status().as_u16()
    })
}

#[test]
fn rfc9110_15_5_6_each_resource_has_its_methods_and_names_them() {
    let typed = [("content-type", ENTRY)];
    let member = "GET, HEAD, OPTIONS, PUT, DELETE";
    for (resource, allowed) in [
        (Resource::ServiceDocument, "GET, HEAD, OPTIONS, POST"),
        (Resource::Categories, "GET, HEAD, OPTIONS"),
        (Resource::Bundle, "GET, HEAD, OPTIONS, POST, PUT, DELETE"),
        (Resource::Collection, "GET, HEAD, OPTIONS, POST, PUT, DELETE"),
        (Resource::Member, member),
        (Resource::ServiceEntry, member),
        (Resource::BundleReference, member),
        (Resource::MediaLinkEntry, member),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"] {
            let response = expect(&Server::new(), method, &typed, resource);
            assert_eq!(response.is_ok(), allowed.split(", ").any(|one| one == method), "{method}");
            if let Err(response) = response {
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
                assert_eq!(response.headers()["allow"], allowed);
                problem(&response);
            }
        }
        let options = expect(&Server::new(), "OPTIONS", &[], resource).unwrap_err();
        assert_eq!((options.status(), options.body().len()), (StatusCode::NO_CONTENT, 0));
        assert_eq!(options.headers()["allow"], allowed);
    }
    let target = Target::new(Resource::Bundle, URI).read_only();
    let response = Server::new().expect(&head("POST", &typed), &target).unwrap_err();
    assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS");
}

#[test]
fn rfc9110_15_6_2_a_method_that_is_not_known_is_not_implemented() {
    for method in ["VERSION-CONTROL", "get", "X"] {
        assert_eq!(refused(expect(&Server::new(), method, &[], Resource::Bundle)), Some(501));
    }
}

#[test]
fn fsm_4_1_the_draft_leaves_the_deletion_by_post_open_and_the_refusal_names_delete() {
    let server = Server::new();
    let response = expect(&server, "POST", &[], Resource::BundleReference).unwrap_err();
    let found = problem(&response);
    assert_eq!(found.rule(), Some(Rule::ReferenceDeletion));
    assert!(found.detail().unwrap().contains("DELETE"));
    let expected = expect(&server, "POST", &[("content-type", ENTRY)], Resource::Bundle).unwrap();
    let response = expected.read(b"").unwrap_err();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(problem(&response).rule(), Some(Rule::ReferenceDeletion));
    // A request without a body needs no Content-Type.
    for fields in [&[][..], &[("content-length", "0")]] {
        let expected = expect(&server, "POST", fields, Resource::Bundle).unwrap();
        let response = expected.read(b"").unwrap_err();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(problem(&response).rule(), Some(Rule::ReferenceDeletion));
        let response = expected.read(b"<entry/>").unwrap_err();
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(response.headers()["accept"], ENTRY);
    }
    for fields in [
        &[("content-length", "9")][..],
        &[("transfer-encoding", "chunked")],
        &[("content-type", "a/b")],
    ] {
        assert_eq!(refused(expect(&server, "POST", fields, Resource::Bundle)), Some(415));
    }
    assert_eq!(refused(expect(&server, "POST", &[], Resource::ServiceDocument)), Some(415));
}

#[test]
fn rfc3986_5_1_a_resource_without_an_absolute_uri_is_a_fault_of_the_server() {
    let fields = head("GET", &[]);
    for uri in ["/bundles/a", "", "bundles", "//example.org/", "urn:x:y", "http://"] {
        let target = Target::new(Resource::Bundle, uri);
        let response = Server::new().expect(&fields, &target).unwrap_err();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{uri}");
        problem(&response);
    }
    assert!(
        Server::new().expect(&fields, &Target::new(Resource::Bundle, "https://a/\u{e9}")).is_ok()
    );
}

#[test]
fn rfc9110_15_5_16_a_body_that_is_not_accepted_is_not_read() {
    let server = Server::new();
    let of = |method, resource, fields: &[(&str, &str)]| {
        refused(expect(&server, method, fields, resource))
    };
    for (method, resource, media_type, expected) in [
        ("POST", Resource::Bundle, "application/atom+xml; type=entry", None),
        ("POST", Resource::Bundle, "application/atom+xml; type=\"ENTRY\"", None),
        ("POST", Resource::Bundle, "application/atom+xml", None),
        ("POST", Resource::Bundle, "application/atom+xml;type=feed", Some(415)),
        ("POST", Resource::Bundle, "application/xml", Some(415)),
        ("POST", Resource::Collection, "image/png", Some(415)),
        ("POST", Resource::ServiceDocument, "application/xml", None),
        ("PUT", Resource::Bundle, "application/atomsvc+xml", None),
        ("PUT", Resource::Bundle, "text/html", Some(415)),
        ("PUT", Resource::ServiceEntry, "application/atomsvc+xml", Some(415)),
        ("GET", Resource::Bundle, "text/html", None),
    ] {
        let found = of(method, resource, &[("content-type", media_type)]);
        assert_eq!(found, expected, "{method} {media_type}");
    }
    assert_eq!(of("POST", Resource::Collection, &[]), Some(415));
    let coded = [("content-type", ENTRY), ("content-encoding", "gzip")];
    let response = expect(&server, "POST", &coded, Resource::Bundle).unwrap_err();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(response.headers()["accept-encoding"], "identity");
    let plain = [("content-type", ENTRY), ("content-encoding", "Identity")];
    assert_eq!(of("POST", Resource::Bundle, &plain), None);
}

#[test]
fn rfc5023_8_3_4_the_accept_elements_of_a_collection_decide() {
    let server = Server::new();
    let collection = |ranges: &[&'static str]| {
        let new = Collection::new("A");
        ranges.iter().fold(new, |it, range| it.with_accept(Accept::new(*range)))
    };
    for (ranges, media_type, expected) in [
        (&[][..], "application/atom+xml", Ok("member")),
        (&[], "image/png", Err(415)),
        (&["application/atom+xml;type=entry"], "application/atom+xml", Ok("member")),
        (&["image/*"], "image/png", Ok("media")),
        (&["image/*"], "application/atom+xml; type=entry", Err(415)),
        (&["image/*", "application/atom+xml; type=entry"], ENTRY, Ok("member")),
        (&["*/*"], ENTRY, Ok("member")),
        (&["*/*"], "application/atom+xml;type=feed", Ok("media")),
        (&["*/*"], "nonsense", Err(415)),
        (&[""], ENTRY, Err(405)),
    ] {
        let collection = collection(ranges);
        let target = Target::new(Resource::Collection, URI).collection(&collection);
        let fields = [("content-type", media_type), ("slug", "a%20b")];
        let found = match server.expect(&head("POST", &fields), &target) {
            Err(response) => {
                problem(&response);
                Err(response.status().as_u16())
            }
            Ok(expected) => match expected.read(b"<entry xmlns='http://www.w3.org/2005/Atom'/>") {
                Ok(Operation::CreateMember(..)) => Ok("member"),
                Ok(Operation::CreateMedia(found, slug)) => {
                    assert_eq!((&*found, slug.unwrap().text()), (media_type, "a b"));
                    Ok("media")
                }
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(found, expected, "{ranges:?} {media_type}");
    }
    let collection = collection(&["image/*"]);
    let target = Target::new(Resource::Collection, URI).collection(&collection);
    let response = server.expect(&head("POST", &[("content-type", ENTRY)]), &target).unwrap_err();
    assert_eq!(response.headers()["accept"], "image/*");
}

#[test]
fn rfc9110_15_5_14_what_is_too_long_is_refused_before_it_is_read_and_behind() {
    let server = Server::new().limits(Limits::default().octets(100));
    let of = |length| {
        let fields = [("content-type", ENTRY), ("content-length", length)];
        refused(expect(&server, "POST", &fields, Resource::Bundle))
    };
    assert_eq!((of("100"), of("101")), (None, Some(413)));
    let expected = expect(&server, "POST", &[("content-type", ENTRY)], Resource::Bundle).unwrap();
    assert_eq!(expected.most_octets(), 100);
    let response = expected.read(&[b' '; 101]).unwrap_err();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem(&response).detail(), Some("more than 100 octets in a document"));
}

#[test]
fn rfc6585_3_conditions_are_demanded_only_where_the_server_says_so() {
    let (lenient, strict) = (Server::new(), Server::new().demand_conditions());
    let typed = ("content-type", ENTRY);
    for method in ["PUT", "DELETE"] {
        let of = |server: &Server, fields: &[(&str, &str)]| {
            refused(expect(server, method, fields, Resource::ServiceEntry))
        };
        assert_eq!(of(&lenient, &[typed]), None);
        assert_eq!(of(&strict, &[typed]), Some(428));
        assert_eq!(of(&strict, &[typed, ("if-none-match", "\"1\"")]), Some(428));
        assert_eq!(of(&strict, &[typed, ("if-match", "\"1\"")]), None);
        assert_eq!(of(&strict, &[typed, ("if-match", "*")]), None);
        let date = ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(of(&strict, &[typed, date]), None);
    }
    for method in ["GET", "POST"] {
        assert!(expect(&strict, method, &[typed], Resource::Bundle).is_ok());
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(784_111_777, 0).unwrap()
}

fn validators() -> Validators {
    Validators::new().with_etag(EntityTag::strong("1").unwrap()).with_last_modified(now())
}

#[test]
fn rfc9110_13_a_condition_gives_304_or_412() {
    let checked = |method, fields: &[(&str, &str)], current: Option<&Validators>| {
        let expected = expect(&Server::new(), method, fields, Resource::Member).unwrap();
        expected.check(current).err()
    };
    let current = validators();
    let response = checked("GET", &[("if-none-match", "W/\"1\"")], Some(&current)).unwrap();
    assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(response.headers()["etag"], "\"1\"");
    assert!(!response.headers().contains_key("last-modified"), "15.4.5: the tag is enough");
    let dated = Validators::new().with_last_modified(now());
    let since = [("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")];
    let response = checked("HEAD", &since, Some(&dated)).unwrap();
    assert_eq!(response.headers()["last-modified"], "Sun, 06 Nov 1994 08:49:37 GMT");
    for (method, fields, current) in [
        ("DELETE", [("if-match", "\"x,*,y\"")], Some(&current)),
        ("GET", [("if-match", "\"2\"")], Some(&current)),
    ] {
        let response = checked(method, &fields, current).unwrap();
        assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
        problem(&response);
    }
    assert!(checked("DELETE", &[("if-match", "\"1\"")], Some(&current)).is_none());
    // 13.2.1: the server answers with 404 or 410 whatever the conditions are.
    assert!(checked("DELETE", &[("if-match", "*")], None).is_none());
    assert!(checked("PUT", &[("content-type", ENTRY), ("if-match", "\"1\"")], None).is_none());
    // 9.3.2: the response to a HEAD has no body, and its length.
    let response = checked("HEAD", &[("if-match", "\"2\"")], Some(&current)).unwrap();
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
    assert!(response.body().is_empty() && response.headers()["content-length"] != "0");
}

#[test]
fn rfc9457_3_1_a_member_of_another_type_is_ignored() {
    let document = br#"{"title":["x",{"y":1}],"status":"400","line":-3,"column":1.5,"path":null,
        "rule":true,"section":{"a":[]},"detail":"d\u00e9","x":[[0,{}],0.1,-1]}"#;
    assert_eq!(Problem::parse(document), Some(Problem::default().with_detail("d\u{e9}")));
    for wrong in ["", "[]", "{", "{\"a\":[}", "{} x"] {
        assert_eq!(Problem::parse(wrong.as_bytes()), None, "{wrong}");
    }
    assert_eq!(Problem::parse(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()), None);
}

#[test]
fn rfc9110_13_1_4_a_date_guards_nothing_where_the_resource_has_none() {
    let server = Server::new().demand_conditions();
    let since = [("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT")];
    let expected = expect(&server, "DELETE", &since, Resource::Member).unwrap();
    let tagged = Validators::new().with_etag(EntityTag::strong("1").unwrap());
    let response = expected.check(Some(&tagged)).unwrap_err();
    assert_eq!(response.status(), StatusCode::PRECONDITION_REQUIRED);
    let dated = Validators::new().with_last_modified(now() - chrono::Duration::days(20_000));
    assert!(expected.check(Some(&dated)).is_ok());
}

#[test]
fn rfc9110_8_6_a_length_that_no_number_holds_is_too_long() {
    let fields = [("content-type", ENTRY), ("content-length", "99999999999999999999999")];
    let response = expect(&Server::new(), "POST", &fields, Resource::Collection).unwrap_err();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn rfc5023_9_6_a_media_resource_may_have_any_type_where_its_collection_is_not_known() {
    let fields = [("content-type", "image/png")];
    assert!(expect(&Server::new(), "PUT", &fields, Resource::Media).is_ok());
}

#[test]
fn fsm_4_1_a_bundle_takes_service_entries_and_references_and_a_collection_any_entry() {
    let read = |resource, body: &[u8]| {
        let typed = [("content-type", ENTRY)];
        match expect(&Server::new(), "POST", &typed, resource).unwrap().read(body) {
            Ok(Operation::CreateMember(posted, None)) => Ok(posted.profile()),
            Ok(other) => panic!("{other:?}"),
            Err(response) => Err((response.status().as_u16(), problem(&response).rule())),
        }
    };
    let made = |entry| Client::new().create_member(URI, &entry, None).unwrap().into_body();
    let service = made(ServiceEntry::new("A", "/a").into_entry());
    let reference = made(BundleReference::new("B", "/b").into_entry());
    let plain = b"<entry xmlns='http://www.w3.org/2005/Atom'><title/><content/></entry>";
    let (bundle, collection) = (Resource::Bundle, Resource::Collection);
    assert_eq!(read(bundle, &service), Ok(Some(Profile::ServiceEntry)));
    assert_eq!(read(bundle, &reference), Ok(Some(Profile::Bundle)));
    assert_eq!(read(bundle, plain), Err((400, Some(Rule::ProfileMissing))));
    assert_eq!(read(collection, plain), Ok(None));
    assert_eq!(read(collection, &service), Ok(Some(Profile::ServiceEntry)));
}

/// Who knows a member by its URI finds something of the same kind there after each edit.
#[test]
fn fsm_2_a_service_entry_stays_one_and_a_reference_too() {
    let server = Server::new();
    let put = |resource, profile: &str| {
        let body = format!(
            "<entry xmlns='http://www.w3.org/2005/Atom'><title>A</title>\
             <link rel='alternate' href='http://a.example/'/>\
             <link rel='profile' href='http://dret.net/fsm/1.0/{profile}'/></entry>"
        );
        let expected = expect(&server, "PUT", &[("content-type", ENTRY)], resource).unwrap();
        expected.read(body.as_bytes()).map(drop)
    };
    for (resource, profile) in [
        (Resource::ServiceEntry, "service-entry"),
        (Resource::BundleReference, "bundle"),
        (Resource::Member, "bundle"),
        (Resource::Member, "service-entry"),
    ] {
        assert!(put(resource, profile).is_ok(), "{resource:?} {profile}");
    }
    for (resource, profile) in
        [(Resource::ServiceEntry, "bundle"), (Resource::BundleReference, "service-entry")]
    {
        let refused = put(resource, profile).unwrap_err();
        assert_eq!(refused.status(), 409, "{resource:?} {profile}");
        assert_eq!(problem(&refused).rule(), Some(Rule::ProfileUnknown));
    }
}

#[test]
fn rfc5023_12_1_a_document_without_a_type_is_read_by_its_root() {
    let read = |media_type, body: &[u8]| {
        let fields = [("content-type", media_type)];
        let expected = expect(&Server::new(), "POST", &fields, Resource::Collection).unwrap();
        expected.read(body).map(drop).map_err(|response| {
            let problem = problem(&response);
            (response.status().as_u16(), problem.rule(), problem.line())
        })
    };
    let atom = "application/atom+xml";
    assert_eq!(read(atom, b"<entry xmlns='http://www.w3.org/2005/Atom'/>"), Ok(()));
    let feed = b"<feed xmlns='http://www.w3.org/2005/Atom'/>";
    assert_eq!(read(atom, feed), Err((415, Some(Rule::RootElement), None)));
    assert_eq!(read(ENTRY, feed), Err((400, Some(Rule::RootElement), Some(1))));
    assert_eq!(read(ENTRY, b"<entry"), Err((400, Some(Rule::Incomplete), Some(1))));
}

#[test]
fn rfc7303_3_utf_16_is_read_and_latin_1_without_a_declaration_is_refused_with_a_hint() {
    let typed = [("content-type", ENTRY)];
    let expected = expect(&Server::new(), "POST", &typed, Resource::Collection).unwrap();
    let entry = "<entry xmlns='http://www.w3.org/2005/Atom'><title>\u{e9}</title></entry>";
    let wide = "\u{FEFF}".encode_utf16().chain(entry.encode_utf16()).flat_map(u16::to_be_bytes);
    let wide: Vec<u8> = wide.collect();
    let Ok(Operation::CreateMember(posted, _)) = expected.read(&wide) else { panic!() };
    assert_eq!(posted.entry().title().unwrap().value(), "\u{e9}");
    let latin: Vec<u8> = entry.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
    let response = expected.read(&latin).unwrap_err();
    let problem = problem(&response);
    assert_eq!((response.status().as_u16(), problem.rule()), (400, Some(Rule::Encoding)));
    assert!(problem.detail().unwrap().contains("ISO-8859-1"));
}

#[test]
fn rfc5023_5_each_outcome_is_a_response() {
    let server = Server::new();
    let expected = expect(&server, "GET", &[], Resource::Bundle).unwrap();
    let fields = ServerFields::new("urn:uuid:1", MEMBER, now()).with_author(Person::new("A"));
    let fields =
        fields.with_media("http://example.org/m/1.png", "image/png", "http://example.org/m/1");
    let stored = server.media_link_entry("Beach", &fields).unwrap();
    assert!(stored.entry().link("edit-media").is_some());
    assert_eq!(stored.entry().content().and_then(Content::src), Some("http://example.org/m/1.png"));
    let feed = Feed::new()
        .with_id("urn:uuid:0")
        .with_title("A")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_entry(stored.entry().clone());
    for (outcome, status, fields) in [
        (Outcome::Feed(&feed), 200, &["content-type", "etag", "last-modified"][..]),
        (Outcome::Entry(stored.entry()), 200, &["content-type", "etag", "last-modified"]),
        (Outcome::Octets("image/png", b"\x89"), 200, &["content-type", "etag", "last-modified"]),
        (
            Outcome::CreatedMember(&stored),
            201,
            &["content-type", "location", "content-location", "etag", "last-modified"],
        ),
        // RFC 9110 section 9.3.4: only what was stored octet for octet has a validator.
        (Outcome::EditedMember(&stored), 200, &["content-type", "content-location"]),
        (Outcome::EditedMedia, 204, &["etag", "last-modified"]),
        (Outcome::Deleted, 204, &[]),
        (Outcome::NotFound, 404, &["content-type"]),
        (Outcome::Gone, 410, &["content-type"]),
    ] {
        let response = expected.respond(outcome, &validators()).unwrap();
        assert_eq!(response.status().as_u16(), status, "{outcome:?}");
        let names: Vec<_> = response.headers().keys().map(http::HeaderName::as_str).collect();
        assert_eq!(names, fields, "{outcome:?}");
        let head = expect(&server, "HEAD", &[], Resource::Bundle).unwrap();
        let head = head.respond(outcome, &validators()).unwrap();
        assert_eq!(head.headers()["content-length"], response.body().len().to_string());
        assert_eq!((head.status(), head.body().len()), (response.status(), 0));
    }
    let wrong = Outcome::Octets("a/b\r\nc: d", b"");
    assert!(expected.respond(wrong, &Validators::new()).is_err(), "nothing can be injected");
    // What did not go through `store` is checked when it is written.
    let error = expected.respond(Outcome::Entry(&Entry::new()), &Validators::new()).unwrap_err();
    assert_eq!(error.path(), Some("/entry"));
}

#[test]
fn rfc9457_what_a_refusal_says_is_in_the_words_of_the_protocols() {
    let can_be_refused = Rule::ALL.iter().filter(|rule| rule.level() != Level::Advice);
    // This one is of feeds that are passed on; no request violates it.
    for rule in can_be_refused.filter(|rule| **rule != Rule::EntryBase) {
        let sentence = rule.sentence();
        assert!(!sentence.contains("::") && !sentence.contains("this crate"), "{sentence}");
    }
}
