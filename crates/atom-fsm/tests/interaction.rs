//! Requests and responses of AtomPub and Feed Service Management: what is answered, what refused.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Collection;
use atom_fsm::fsm::{BundleReference, Member, ServiceEntry};
use atom_fsm::interaction::{
    Answer, Client, CollectionType, ENTRY, Operation, Outcome, Resource, expect,
};
use atom_fsm::{ErrorKind, Limits, Reader, Rule};
use http::{Request, Response, StatusCode, request, response};

const URI: &str = "http://example.org/bundles/a";

fn head(method: &str, fields: &[(&str, &str)]) -> request::Parts {
    let request = Request::builder().method(method).uri(URI);
    let request =
        fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn refused(method: &str, fields: &[(&str, &str)], resource: Resource) -> Option<StatusCode> {
    expect(&head(method, fields), resource).err().map(|response| response.status())
}

#[test]
fn rfc5023_5_each_resource_has_its_methods_and_tells_them() {
    let typed = [("content-type", ENTRY)];
    for (resource, allowed) in [
        (Resource::ServiceDocument, "GET, HEAD, POST"),
        (Resource::Bundle, "GET, HEAD, POST, PUT, DELETE"),
        (Resource::ServiceEntry, "GET, HEAD, PUT, DELETE"),
        (Resource::BundleReference, "GET, HEAD, PUT, DELETE"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "VERSION-CONTROL"] {
            let response = expect(&head(method, &typed), resource);
            assert_eq!(response.is_ok(), allowed.split(", ").any(|one| one == method), "{method}");
            if let Err(response) = response {
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
                assert_eq!(response.headers()["allow"], allowed);
            }
        }
    }
}

#[test]
fn fsm_4_1_the_draft_leaves_the_deletion_by_post_open_and_the_refusal_says_what_to_do() {
    let response = expect(&head("POST", &[]), Resource::BundleReference).unwrap_err();
    let text = String::from_utf8(response.into_body()).unwrap();
    assert!(text.contains("reference-deletion") && text.contains("DELETE"), "{text}");
    let expected = expect(&head("POST", &[("content-type", ENTRY)]), Resource::Bundle).unwrap();
    let response = expected.read(&Reader::new(), b"").unwrap_err();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(String::from_utf8(response.into_body()).unwrap().contains("reference-deletion"));
}

#[test]
fn rfc5023_12_a_body_of_another_media_type_is_not_read() {
    for (method, resource, media_type, expected) in [
        ("POST", Resource::Bundle, "application/atom+xml; type=\"ENTRY\"", None),
        ("POST", Resource::Bundle, "application/atom+xml;type=feed", Some(415)),
        ("POST", Resource::Bundle, "application/xml", Some(415)),
        ("POST", Resource::ServiceDocument, "application/xml", None),
        ("PUT", Resource::Bundle, "application/atomsvc+xml", None),
        ("PUT", Resource::Bundle, "text/html", Some(415)),
        ("PUT", Resource::ServiceEntry, "application/atomsvc+xml", Some(415)),
        ("GET", Resource::Bundle, "text/html", None),
    ] {
        let found = refused(method, &[("content-type", media_type)], resource);
        assert_eq!(found.map(|status| status.as_u16()), expected, "{method} {media_type}");
    }
    assert_eq!(refused("POST", &[], Resource::Bundle), Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
}

#[test]
fn rfc9110_13_1_1_if_match_is_compared_strongly() {
    for (fields, etag, expected) in [
        (&[][..], Some("\"1\""), true),
        (&["\"1\""], Some("\"1\""), true),
        (&["*"], Some("\"1\""), true),
        (&["\"0\", \"1\""], Some("\"1\""), true),
        (&["\"0\"", "\"1\""], Some("\"1\""), true),
        (&["\"0\""], Some("\"1\""), false),
        (&["\"1\""], None, false),
        (&["W/\"1\""], Some("W/\"1\""), false),
        (&[""], Some("\"1\""), false),
        // An entity tag may contain a comma, an asterisk and white space around neither.
        (&["\"a,b\""], Some("\"a,b\""), true),
        (&["\"x\", \"a,b\" , W/\"y\""], Some("\"a,b\""), true),
        (&["\"a,b\""], Some("\"a\""), false),
        (&["\"x,*,y\""], Some("\"1\""), false),
        (&["\"x\", *"], Some("\"1\""), false),
        // The lines of a field are one list.
        (&["*", "\"x\""], Some("\"1\""), false),
        (&["1"], Some("\"1\""), false),
    ] {
        let fields: Vec<_> = fields.iter().map(|value| ("if-match", *value)).collect();
        let expected_request = expect(&head("DELETE", &fields), Resource::ServiceEntry).unwrap();
        assert!(!expected_request.takes_body());
        let checked = expected_request.check_precondition(etag);
        assert_eq!(checked.is_ok(), expected, "{fields:?} {etag:?}");
        if let Err(response) = checked {
            assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
        }
    }
}

#[test]
fn fsm_4_1_a_bundle_takes_service_entries_and_references_and_nothing_else() {
    let read = |body: &[u8], reader: &Reader| {
        let expected = expect(&head("POST", &[("content-type", ENTRY)]), Resource::Bundle).unwrap();
        match expected.read(reader, body) {
            Ok(Operation::CreateMember(Member::Service(_), None)) => "service".to_owned(),
            Ok(Operation::CreateMember(Member::Reference(_), None)) => "reference".to_owned(),
            Ok(other) => panic!("{other:?}"),
            Err(response) => response.status().as_str().to_owned(),
        }
    };
    let made = |entry| Client::new().create_member(URI, &entry, None).unwrap().into_body();
    let service = made(ServiceEntry::new("A", "/a").into_entry());
    let reader = Reader::new();
    assert_eq!(read(&service, &reader), "service");
    assert_eq!(read(&made(BundleReference::new("B", "/b").into_entry()), &reader), "reference");
    let plain = b"<entry xmlns='http://www.w3.org/2005/Atom'><title/><content/></entry>";
    assert_eq!(read(plain, &reader), "400");
    assert_eq!(read(b"<entry", &reader), "400");
    assert_eq!(read(&service, &Reader::new().limits(Limits::default().octets(100))), "413");
}

fn answer(status: u16, fields: &[(&str, &str)]) -> response::Parts {
    let response = Response::builder().status(status);
    let response =
        fields.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(()).unwrap().into_parts().0
}

#[test]
fn rfc5023_5_3_an_answer_without_what_it_must_have_is_refused() {
    let body = Client::new().create_member(URI, ServiceEntry::new("A", "/a").as_entry(), None);
    let body = body.unwrap().into_body();
    let client = Client::new();
    let created = |status, fields: &[(&str, &str)], body: &[u8]| {
        let parts = answer(status, fields);
        match client.created_member(&parts, body) {
            Ok(Answer::Done(created)) => Ok(created.location().map(str::to_owned)),
            Ok(Answer::Refused(status)) => Ok(Some(status.to_string())),
            Err(error) => Err(error.kind()),
        }
    };
    let (typed, placed) = (("content-type", ENTRY), ("location", "/1"));
    let rule = |rule| Err(ErrorKind::Rule(rule));
    assert_eq!(created(201, &[typed, placed], &body), Ok(Some("/1".to_owned())));
    assert_eq!(created(201, &[typed], &body), rule(Rule::LocationMissing));
    assert_eq!(created(201, &[placed], &body), rule(Rule::MediaType));
    assert_eq!(created(200, &[typed, placed], &body), rule(Rule::Status));
    assert_eq!(created(302, &[typed, placed], &body), rule(Rule::Status));
    assert_eq!(created(201, &[typed, placed], b""), rule(Rule::Incomplete));
    assert_eq!(created(409, &[], b""), Ok(Some("409 Conflict".to_owned())));
    assert_eq!(created(503, &[], b""), Ok(Some("503 Service Unavailable".to_owned())));
    for (status, done) in [(200, true), (202, true), (204, true), (404, false), (500, false)] {
        let deleted = client.deleted(&answer(status, &[]));
        assert_eq!(deleted == Answer::Done(()), done, "{status}");
        assert_eq!(deleted.done().is_ok(), done);
    }
}

#[test]
fn rfc9110_5_5_nothing_can_be_injected_into_a_head() {
    let client = Client::new();
    let collection = Collection::new("A");
    let entry = ServiceEntry::new("A", "/a").into_entry();
    for uri in ["http://example.org/\r\nA: b", "http://example.org/ HTTP/1.1", "é", ""] {
        assert!(client.get(uri).is_err(), "{uri:?}");
        assert!(client.create_bundle(uri, &collection, None).is_err());
    }
    for etag in ["\"1\"\r\nA: b", "\"\0\"", "\n"] {
        assert!(client.edit_member(URI, &entry, Some(etag)).is_err(), "{etag:?}");
        assert!(client.edit_bundle(URI, &collection, Some(etag)).is_err());
        assert!(client.delete(URI, Some(etag)).is_err());
        let outcome = Outcome::Deleted.into_response(Some(etag), CollectionType::Entry);
        assert!(outcome.is_err());
    }
    let slugged = client.create_bundle(URI, &collection, Some("a\r\nb: c")).unwrap();
    assert_eq!(slugged.headers()["slug"], "a%0D%0Ab: c");
    let placed = collection.with_href("/a");
    let outcome = Outcome::CreatedBundle("/a\r\nB: c", &placed);
    assert!(outcome.into_response(None, CollectionType::Entry).is_err());
}

#[test]
fn rfc9110_9_3_4_an_edit_gives_no_entity_tag_of_its_own_accord() {
    let placed = Collection::new("A").with_href("/a");
    let edited = Outcome::EditedBundle(&placed).into_response(None, CollectionType::Xml).unwrap();
    assert_eq!(edited.status(), StatusCode::OK);
    assert_eq!(edited.headers()["content-type"], "application/xml");
    assert!(!edited.headers().contains_key("etag"));
    for (outcome, status) in
        [(Outcome::Deleted, 204), (Outcome::NotFound, 404), (Outcome::Gone, 410)]
    {
        let response = outcome.into_response(None, CollectionType::Entry).unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
}
